"""Sentences of articles on optimization, put to the test: what each says, and who judges it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.locale import Message
from workbench.measurement import Grid, Quantity

Ruling = Literal["supported", "not supported", "depends", "cannot tell"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of an experiment: whether the sentence holds there, None: the numbers cannot tell.

    `shown`: the numbers that say so, each by its name.
    """

    name: Message
    holds: bool | None
    shown: tuple[tuple[Message, Quantity], ...]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What measurements say of a sentence, case by case."""

    cases: tuple[Case, ...]

    @property
    def ruling(self) -> Ruling:
        """One word of all cases; a case that cannot be told leaves open what only it could break.

        `depends`: it holds in one case and in another it does not, whatever the rest.
        """
        found = {case.holds for case in self.cases}
        if {True, False} <= found:
            return "depends"
        if not self.cases or None in found:
            return "cannot tell"
        return "supported" if found == {True} else "not supported"

    def where(self, holds: bool | None) -> tuple[Message, ...]:
        """The names of the cases with this answer."""
        return tuple(case.name for case in self.cases if case.holds is holds)


Judge = Callable[[Grid], Judged]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A sentence that measurements can speak to.

    `lesson`: the number of the one that it belongs to; `rule`: what is measured and when the
    sentence is said to hold; `experiment`: the name of what fills the grid that `judge` reads.
    Claims with the same experiment are judged by the same grid.
    """

    name: str
    lesson: int
    text: Message
    rule: Message
    experiment: str
    judge: Judge


def judged(cases: Sequence[Case]) -> Judged:
    """The judgement of these cases."""
    return Judged(cases=tuple(cases))
