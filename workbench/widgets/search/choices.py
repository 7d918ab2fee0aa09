"""What the controls of the search panel choose, and the plan that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from workbench.search.values import Plan, Pruning, Strategy
from workbench.setting import SPACE, Setting
from workbench.setting.recorded import PLAIN_TRAINING
from workbench.widgets.search.words import USELESS

Width = Literal["narrow", "medium", "wide"]
WIDTHS: Mapping[Width, int] = {"narrow": 3, "medium": 5, "wide": max(map(len, SPACE.values()))}
"""At most so many values a range, out of the middle of SPACE."""
AXES = ("learning_rate", "batch_size")
USELESS_VALUES = tuple(range(7))
EPOCHS = 3


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The controls of the panel; `seconds` 0: as long as the trials take."""

    strategy: Strategy = "tpe"
    trials: int = 16
    width: Width = "wide"
    pruning: Pruning = "none"
    seed: int = 1
    offset: int = 0
    is_useless_there: bool = False
    dataset: str = "digits"
    model: str = "small_cnn"
    epochs: int = EPOCHS
    seconds: int = 0

    @property
    def setting(self) -> Setting:
        """The training that is tried, everything but its axes: plain, as the recorded ones are."""
        return replace(PLAIN_TRAINING, dataset=self.dataset, model=self.model, epochs=self.epochs)

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """The middle of each range in SPACE, and the useless axis where it is wanted."""
        axes = {name: middle(SPACE[name], WIDTHS[self.width]) for name in AXES}
        return axes | ({USELESS: USELESS_VALUES} if self.is_useless_there else {})

    @property
    def plan(self) -> Plan:
        """The search that these choices ask for."""
        return Plan(
            setting=self.setting, axes=self.axes, strategy=self.strategy, trials=self.trials,
            pruning=self.pruning, seed=self.seed, offset=self.offset, seconds=self.seconds or None,
        )  # fmt: skip


def middle(values: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """`count` neighbouring values around the middle one."""
    start = max(0, (len(values) - count) // 2)
    return values[start : start + count]
