"""The present setting as a program that stands alone, without workbench."""

from workbench.as_code.archive import FILE, Program, archive
from workbench.as_code.forms import form, kernel_sizes
from workbench.as_code.numbers import adding, casting, rounding
from workbench.as_code.processor import Processor
from workbench.as_code.programs import compression, training, untold
from workbench.as_code.scaling import gradients
from workbench.as_code.searching import Search, is_told, searching
from workbench.as_code.timing import Calls, timing

__all__ = [
    "FILE",
    "Calls",
    "Processor",
    "Program",
    "Search",
    "adding",
    "archive",
    "casting",
    "compression",
    "form",
    "gradients",
    "is_told",
    "kernel_sizes",
    "rounding",
    "searching",
    "timing",
    "training",
    "untold",
]
