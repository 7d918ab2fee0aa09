"""What a panel knows at one moment: a value, from which every view is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ipywidgets

from workbench.locale import Message
from workbench.measurement import Measurement, Point, Quantity
from workbench.setting import Setting
from workbench.widgets import views


@dataclass(frozen=True, kw_only=True)
class State:
    """The controls' setting, what is known of it, and what was measured before.

    `problem` is escaped HTML, the sentence of an error; `notice` is a word to the learner.
    `fresh` names the quantities that belong to `setting`; the others still are the last one's.
    """

    setting: Setting
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    fresh: frozenset[str] = frozenset()
    answer: Measurement | None = None
    pinned: Measurement | None = None
    history: tuple[Measurement, ...] = ()
    curve: tuple[Point, ...] = ()
    stage: Message | None = None
    done: int = 0
    total: int = 0
    problem: str = ""
    notice: Message | None = None

    @property
    def is_stale(self) -> bool:
        """The last complete answer belongs to another setting than the controls show."""
        return self.answer is None or self.answer.setting != self.setting

    @property
    def reference(self) -> Measurement | None:
        """The pinned measurement, if it was made on the same data and so can be compared."""
        same = self.pinned is not None and self.pinned.setting.dataset == self.setting.dataset
        return self.pinned if same else None


View = views.View[State]


def staleness(widget: ipywidgets.DOMWidget) -> View:
    """Fades `widget` while the last answer belongs to another setting, without writing it again."""

    def fade(state: State) -> None:
        (widget.add_class if state.is_stale else widget.remove_class)("wb-old")

    return View(key=lambda state: state.is_stale, draw=fade)
