"""How a search tells its standing on the way."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from optuna.trial import FrozenTrial

from workbench.search.reading import standing_of
from workbench.search.studies import Opened
from workbench.search.values import Standing, Trial

Report = Callable[[Standing], None]
"""Hears how a search stands; may raise Superseded: then the search ends at once."""


class Voice:
    """Tells a report how the study stands: anew after a change, else the same Standing again."""

    def __init__(self, opened: Opened, report: Report) -> None:
        self._opened, self._report = opened, report
        self._last: Standing | None = None

    def renew(self, trials: Sequence[FrozenTrial]) -> Standing:
        """Tell how the study stands by its trials."""
        self._last = standing_of(self._opened, trials)
        self._report(self._last)
        return self._last

    def amend(self, ours: Trial) -> None:
        """Tell what has become of our own trial: nobody need be asked for it."""
        if self._last is not None:
            trials = [ours if one.number == ours.number else one for one in self._last.trials]
            self._last = replace(self._last, trials=tuple(trials))
            self.say()

    def say(self) -> None:
        """Tell the same again, so that the report may stop us."""
        if self._last is not None:
            self._report(self._last)
