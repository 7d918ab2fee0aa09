"""The composition root: one file a lesson, which joins computation and page."""

from workbench.lessons.kernels import kernels
from workbench.lessons.learning import learning
from workbench.lessons.quantization import quantization
from workbench.lessons.search import search
from workbench.lessons.start import start
from workbench.lessons.structured_pruning import structured_pruning
from workbench.lessons.weight_pruning import weight_pruning

__all__ = [
    "kernels",
    "learning",
    "quantization",
    "search",
    "start",
    "structured_pruning",
    "weight_pruning",
]
