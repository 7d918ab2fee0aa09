"""The engines that run a network: PyTorch eagerly, ONNX Runtime in float32 and in real int8."""

from workbench.core.engine.compile import Built, Compiler
from workbench.core.engine.runners import Engine
from workbench.core.engine.scheme import scheme
from workbench.setting import is_real_int8

__all__ = ["Built", "Compiler", "Engine", "is_real_int8", "scheme"]
