"""The loss-scaling playground: a slider moves the scale, a real way back in float16 follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import ipywidgets

from workbench.figures.gradients import gradients_picture
from workbench.locale import Message, _, message
from workbench.measurement import Grid, Progress, Quantity, Report, Superseded
from workbench.measurement.scaling import Gradients
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.guard import sentence
from workbench.widgets.heatmap import by_value, plain
from workbench.widgets.html import button, tag
from workbench.widgets.lines import Lines
from workbench.widgets.map import Map
from workbench.widgets.page import page
from workbench.widgets.readouts import Readouts
from workbench.widgets.state import State
from workbench.widgets.views import View, Views
from workbench.wording import network_text, value_text

Run = Callable[[Setting, Report], Gradients]
STRIP = ("lost_share", "lost", "overflowed")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The setting that the controls ask for, and the last gradients that are known.

    `problem` is escaped HTML, the sentence of an error.
    """

    setting: Setting
    found: Gradients | None = None
    is_waiting: bool = True
    problem: str = ""

    @property
    def is_stale(self) -> bool:
        """What is known is of another setting than the controls show."""
        return self.found is None or self.found.setting != self.setting


class GradientsPanel:
    """Follows the controls' setting; what stands on the page is pale until the next is there."""

    def __init__(self, run: Run, setting: Setting, more: Sequence[View[Any]] = ()) -> None:
        self.readouts = Readouts(STRIP)
        self.status, self._picture = ipywidgets.HTML(), ipywidgets.HTML()
        self.status.add_class("wb-study-status")
        self._picture.add_class("wb-drawing")
        drawing = View[Wanted](key=lambda w: (id(w.found), w.is_stale), draw=self._draw)
        telling = View[Wanted](key=lambda w: w, draw=self._tell)
        self._views: Views[Wanted] = Views(Wanted(setting=setting), (drawing, telling, *more))
        self.controls = Controls(setting, self.ask, self.show_problem)
        self._scheduler: Scheduler[Setting, Progress, Gradients] = Scheduler(
            run,
            superseded=Superseded,
            on_start=lambda wanted: None,
            on_news=lambda wanted, news: None,
            on_answer=lambda wanted, found: self._learn(wanted, found=found, is_waiting=False),
            on_error=lambda wanted, error: self._learn(wanted, problem=sentence(error)),
            on_stopped=lambda wanted: self._learn(wanted, is_waiting=False),
        )
        again, stop = (
            button(
                message("Measure again"), message("the same way back once more"),
                lambda: self.ask(self.setting), self.show_problem,
            ),
            button(
                message("Stop"), message("end what is being measured"),
                self._scheduler.stop, self.show_problem,
            ),
        )  # fmt: skip
        self.buttons = ipywidgets.HBox([again, stop])
        self.buttons.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([self.readouts.widget, self._picture])
        self.widget.add_class("wb-figures")
        self._views.begin()

    @property
    def setting(self) -> Setting:
        """What the controls ask for."""
        return self._views.state.setting

    @property
    def found(self) -> Gradients | None:
        """The last gradients that are known."""
        return self._views.state.found

    def ask(self, setting: Setting) -> None:
        """Go back through the network of `setting`, at its scale."""
        self._views.update(setting=setting, is_waiting=True, problem="")
        self._scheduler.request(setting)

    def close(self) -> None:
        """End the thread of this panel."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self._views.update(problem=words)

    def _learn(self, wanted: Setting, **news: object) -> None:
        with self._views.lock:
            if wanted == self.setting:
                self._views.update(**news)

    def _draw(self, wanted: Wanted) -> None:
        found = wanted.found
        numbers = found.quantities if found else {}
        fresh = frozenset() if wanted.is_stale else frozenset(numbers)
        state = State(setting=wanted.setting, quantities=numbers, fresh=fresh)
        self.readouts.view.draw(state)
        (self._picture.add_class if wanted.is_stale else self._picture.remove_class)("wb-old")
        self._picture.value = gradients_picture(found) if found else ""

    def _tell(self, wanted: Wanted) -> None:
        page().give_name(self.status, _("status"), role="status", live=True)
        if wanted.problem:
            words = f"⚠ {wanted.problem}"
        elif wanted.is_stale:
            words = escape(_("measuring …") if wanted.is_waiting else _("stopped"))
        else:
            words = f'<span class="wb-study-ready">✓ {_ready(wanted)}</span>'
        self.status.value = f"<span>{words}</span>"


def _ready(wanted: Wanted) -> str:
    """What was measured, and how long it took (HTML)."""
    took = wanted.found.quantities["way_back_ms"] if wanted.found else None
    words = escape(told(wanted.setting))
    return f"{words} · {escape(value_text(took))} {tag(took)}" if took else words


def told(setting: Setting) -> str:
    """Network, batch and scale in a few words."""
    power = max(setting.loss_scale, 1).bit_length() - 1
    return _("{network}, untrained, batch of {batch}, the loss times 2^{power}").format(
        network=network_text(setting), batch=setting.batch_size, power=power
    )


class AllScales:
    """The shares lost and overflowed over all scales as lines, and of each layer as a table."""

    def __init__(self) -> None:
        across = message("loss scale, as a power of 2")
        up: Message = message("share of the gradients (%)")
        self._lines = Lines(across, up, message("gradients lost and overflowed by scale"))
        corner = message("layer by power of 2")
        self._map = Map(corner, message("gradients lost by layer and scale"), _shade)
        self.widget = ipywidgets.VBox([self._lines.widget])
        self.widget.add_class("wb-figures")

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        whole, others = grid.rows[:2], grid.rows[2:]
        self._lines.draw(_part(grid, whole))
        self._map.draw(_part(grid, others))
        shown = (self._lines.widget, *([self._map.widget] if grid.cells else []))
        if self.widget.children != shown:
            self.widget.children = shown


def _shade(quantity: Quantity) -> str:
    return by_value(quantity) if quantity.unit == "fraction" else plain(quantity)


def _part(grid: Grid, rows: tuple[str, ...]) -> Grid:
    cells = {(row, column): cell for (row, column), cell in grid.cells.items() if row in rows}
    return replace(grid, rows=rows, cells=cells)
