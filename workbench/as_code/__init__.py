"""The present setting as a program that stands alone, without workbench."""

from workbench.as_code.processor import Processor
from workbench.as_code.programs import compression, training, untold

__all__ = ["Processor", "compression", "training", "untold"]
