"""The composition root: one file a lesson, which joins computation and page."""

from workbench.lessons.capstone import capstone
from workbench.lessons.choosing import choosing
from workbench.lessons.kernels import kernels
from workbench.lessons.learning import learning
from workbench.lessons.mixed_precision import mixed_precision
from workbench.lessons.quantization import quantization
from workbench.lessons.search import search
from workbench.lessons.start import start
from workbench.lessons.structured_pruning import structured_pruning
from workbench.lessons.trust import trust
from workbench.lessons.weight_pruning import weight_pruning

__all__ = [
    "capstone",
    "choosing",
    "kernels",
    "learning",
    "mixed_precision",
    "quantization",
    "search",
    "start",
    "structured_pruning",
    "trust",
    "weight_pruning",
]
