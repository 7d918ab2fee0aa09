"""What the training panel knows at one moment: a value, from which every view is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.locale import Message, _
from workbench.measurement import Quantity, Training
from workbench.setting import Setting
from workbench.widgets.views import View
from workbench.wording import differences, training_text

Phase = Literal["idle", "working", "paused"]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The controls' setting, the training that runs or ran, the recorded one, and those kept.

    `problem` is escaped HTML, the sentence of an error; `notice` is a word to the learner.
    """

    setting: Setting
    training: Training | None = None
    recorded: Training | None = None
    kept: tuple[Training, ...] = ()
    phase: Phase = "idle"
    stage: Message | None = None
    done: int = 0
    total: int = 0
    problem: str = ""
    notice: Message | None = None

    @property
    def is_of_setting(self) -> bool:
        """Whether the training on the page is the one that the controls ask for."""
        return self.training is not None and self.training.setting == self.setting

    @property
    def live(self) -> Training | None:
        """The training of the moment, unless it is one of those kept: none is drawn twice."""
        return None if any(self.training is run for run in self.kept) else self.training

    @property
    def runs(self) -> tuple[Training, ...]:
        """Every training on the plot, the kept ones first, without the recorded one."""
        return (*self.kept, *([self.live] if self.live is not None else []))

    @property
    def names(self) -> tuple[str, ...]:
        """What differs between the runs, and where nothing does, which of the same it is."""
        told = differences([run.setting for run in self.runs])
        names = [
            name or training_text(run.setting) for name, run in zip(told, self.runs, strict=True)
        ]
        return tuple(
            name
            if names.count(name) == 1
            else _("{name}, run {n}").format(name=name, n=names[:place].count(name) + 1)
            for place, name in enumerate(names)
        )


LearningView = View[Scene]


def latest(training: Training | None) -> Mapping[str, Quantity]:
    """The newest of each quantity of a training, whichever moment it is of."""
    found: dict[str, Quantity] = {}
    if training is not None:
        moments = (*training.validated[-1:], *training.moments[-1:])
        if training.outcome == "stopped_early" and training.best is not None:
            moments = (training.best,)  # the network is that of the best epoch again
        for moment in moments:
            found |= moment.quantities
        found |= training.quantities
    return found


def learned_nothing(training: Training) -> bool:
    """Whether the network that came of it may as well guess, by the interval of its accuracy."""
    if training.outcome == "running" or training.reached is None:
        return False
    found = training.reached.quantities
    accuracy, guess = found["validation_accuracy"], found.get("guessing")
    return guess is not None and accuracy.low is not None and accuracy.low <= guess.value
