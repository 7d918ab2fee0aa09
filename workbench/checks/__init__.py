"""The exercises' checks: plain functions of what was measured, a file for lessons of one kind."""

from workbench.checks.compression import Check, Labels, faster, few_bits, spared
from workbench.checks.finding import Finding, is_solved
from workbench.checks.kernels import sees_enough
from workbench.checks.learning import is_rescued, learns_fast

__all__ = [
    "Check",
    "Finding",
    "Labels",
    "faster",
    "few_bits",
    "is_rescued",
    "is_solved",
    "learns_fast",
    "sees_enough",
    "spared",
]
