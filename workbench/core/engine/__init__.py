"""The engines that run a network: PyTorch eagerly, ONNX Runtime in float32 and in real int8."""

from workbench.core.engine.compile import Built, Compiler, is_real_int8
from workbench.core.engine.runners import Engine
from workbench.core.engine.scheme import scheme

__all__ = ["Built", "Compiler", "Engine", "is_real_int8", "scheme"]
