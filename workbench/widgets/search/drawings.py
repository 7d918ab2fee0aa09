"""optuna's own plots of the search, drawn when they are asked for."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from workbench.figures.optuna_plots import PLOTS
from workbench.locale import _, keep_translated, message
from workbench.search.values import Standing
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.task import Task

LABEL = message("plot")


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawing:
    """A plot of optuna's and the search that it is of."""

    name: str
    standing: Standing
    png: bytes = b""


class Drawings:
    """A list to choose from, a button, and the picture with its words."""

    def __init__(
        self,
        draw: Callable[[str, Standing], bytes],
        standing: Callable[[], Standing | None],
        names: Sequence[str],
    ) -> None:
        self._make, self._standing = draw, standing
        self._choice: Any = ipywidgets.Dropdown(
            options=[(str(PLOTS[name].title), name) for name in names],
            style={"description_width": "9.5em"},
        )
        self._choice.add_class("wb-control")
        self._choice.add_class("wb-switches")
        self._picture = ipywidgets.HTML()
        self._picture.add_class("wb-drawing")
        self.task: Task[Drawing, Drawing] = Task(self._run, self._draw, self._told, self._picture)
        self.task.offer(
            message("Draw optuna's plot"),
            message("optuna's own plot of the search as it stands now"),
            self._wanted,
        )
        self.widget = ipywidgets.VBox([self._choice, self.task.widget])
        self.widget.add_class("wb-study")
        keep_translated(lambda: self._translate(names))

    def _translate(self, names: Sequence[str]) -> None:
        self._choice.description = str(LABEL)
        page().give_name(self._choice, str(LABEL))
        self._choice.set_trait("_options_labels", tuple(str(PLOTS[n].title) for n in names))

    def _wanted(self) -> Drawing:
        standing = self._standing()
        if standing is None or not standing.done:
            raise ValueError(_("optuna draws finished trials, and this study has none yet"))
        return Drawing(name=self._choice.value, standing=standing)

    def _run(self, wanted: Drawing, tell: Callable[[Drawing], None]) -> Drawing:
        png = self._make(wanted.name, wanted.standing)
        return Drawing(name=wanted.name, standing=wanted.standing, png=png)

    def _told(self, drawing: Drawing) -> str:
        return _("{plot} of {n} trials, drawn by optuna").format(
            plot=PLOTS[drawing.name].title, n=len(drawing.standing.done)
        )

    def _draw(self, drawing: Drawing | None) -> None:
        if drawing is None or not drawing.png:
            told = _("choose a plot and press the button")
            self._picture.value = nothing(escape(told))
            return
        plot = PLOTS[drawing.name]
        about = escape(str(plot.about), quote=True)
        address = b64encode(drawing.png).decode()
        words = _(
            "{about}. The score is the validation accuracy, from 0 to 1. The table under the"
            " response map has the numbers."
        ).format(about=plot.about)
        self._picture.value = (
            f'<figure class="wb-drawing-figure"><img class="wb-optuna" alt="{about}"'
            f' src="data:image/png;base64,{address}">'
            f"<figcaption>{caption(escape(words))}</figcaption></figure>"
        )
