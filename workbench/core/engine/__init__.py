"""The engines that run a network: PyTorch eagerly, ONNX Runtime in float32 and in real int8."""

from workbench.core.engine.compile import Compiler, Engine
from workbench.core.engine.int8 import scheme

__all__ = ["Compiler", "Engine", "scheme"]
