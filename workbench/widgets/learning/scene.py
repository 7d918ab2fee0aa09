"""What the training panel knows at one moment: a value, from which every view is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workbench.locale import Message
from workbench.measurement import Quantity, Training
from workbench.setting import Setting
from workbench.widgets.views import View

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
    def runs(self) -> tuple[Training, ...]:
        """Every training on the plot, the kept ones first, without the recorded one."""
        return (*self.kept, *([self.training] if self.training is not None else []))


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
