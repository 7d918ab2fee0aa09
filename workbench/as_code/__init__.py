"""The present setting as a program that stands alone, without workbench."""

from workbench.as_code.processor import Processor
from workbench.as_code.programs import compression, training, untold
from workbench.as_code.scaling import gradients
from workbench.as_code.searching import Search, is_told, searching

__all__ = [
    "Processor",
    "Search",
    "compression",
    "gradients",
    "is_told",
    "searching",
    "training",
    "untold",
]
