"""One condition of an exercise, and whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.locale import Message


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One condition of an exercise: whether it is met, and the number that says so."""

    is_met: bool
    told: Message


def is_solved(findings: Sequence[Finding]) -> bool:
    """Whether every condition is met."""
    return all(finding.is_met for finding in findings)
