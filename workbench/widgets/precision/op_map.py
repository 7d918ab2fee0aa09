"""The map of types: one update under autocast, run when the learner asks, drawn as it runs."""

from collections.abc import Callable
from html import escape
from typing import NamedTuple

import ipywidgets

from workbench.figures.op_map import op_map
from workbench.locale import Message, _, message
from workbench.measurement.precision import OpMap
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.page import page
from workbench.widgets.task import Task

Tell = Callable[[OpMap], None]


class Wanted(NamedTuple):
    """A network, and the type to which autocast takes it; float32: no autocast."""

    setting: Setting
    dtype: str


BUTTONS = {
    "bfloat16": message("Run in bfloat16"),
    "float16": message("Run in float16"),
    "float32": message("Run in float32"),
}


class TypesMap:
    """Which network, a button a type, and the map."""

    def __init__(
        self,
        run: Callable[[Setting, str, Tell], OpMap],
        setting: Setting,
        networks: tuple[str, ...],
    ) -> None:
        self._drawn = ipywidgets.HTML()
        self._drawn.add_class("wb-drawing")
        self.task: Task[Wanted, OpMap] = Task(
            lambda wanted, tell: run(wanted.setting, wanted.dtype, tell),
            self._draw,
            _told,
            self._drawn,
        )
        self._controls = Controls(setting, lambda setting: None, page().show_problem)
        network = self._controls.widget("model", networks)
        explained = message("one update of this network under autocast, watched as it runs")
        for dtype, label in BUTTONS.items():
            self._offer(label, explained, dtype)
        choice = ipywidgets.VBox([network])
        choice.add_class("wb-numbers")
        self.widget = ipywidgets.VBox([choice, self.task.widget])
        self.widget.add_class("wb-study")

    def _offer(self, label: Message, explained: Message, dtype: str) -> None:
        self.task.offer(
            label, explained, lambda: Wanted(setting=self._controls.setting, dtype=dtype)
        )

    def _draw(self, found: OpMap | None) -> None:
        page().give_name(self._drawn, _("which operation ran in which type"), role="group")
        if found is None:
            words = escape(_("not run yet: press a button"))
            self._drawn.value = f'<p class="wb-empty">{words}</p>'
            return
        self._drawn.value = op_map(found)


def _told(found: OpMap) -> str:
    return _("{network}, autocast to {type}").format(network=found.setting.model, type=found.dtype)
