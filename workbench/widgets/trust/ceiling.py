"""The exercise of lesson 1, its second half: which layer first, and what that brings at most."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from workbench.checks import Finding
from workbench.locale import _, keep_translated, message
from workbench.measurement.layer_times import LayerTimes
from workbench.widgets.findings import findings_text
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.trust.parts import layer_name

Check = Callable[[LayerTimes, str, float], tuple[Finding, ...]]


class CeilingExercise:
    """A layer and a number, judged by the shares of the time that were measured on this page."""

    def __init__(
        self, check: Check, task: Callable[[], str], hints: Callable[[], Sequence[str]]
    ) -> None:
        self._check, self._task, self._hints = check, task, hints
        self._times: LayerTimes | None = None
        self._findings: tuple[Finding, ...] = ()
        self._problem = ""
        self._layer: Any = ipywidgets.Dropdown(style={"description_width": "9.5em"})
        self._claimed = ipywidgets.Text(style={"description_width": "9.5em"}, placeholder="1.0")
        self._words = ipywidgets.HTML()
        self._layer.add_class("wb-control")
        self._claimed.add_class("wb-control")
        self._words.add_class("wb-text")
        press = button(
            message("Check my answer"),
            message("compare it with the shares that were measured above"),
            self._judge,
            self._show,
        )
        row = ipywidgets.HBox([press])
        row.add_class("wb-buttons")
        controls = ipywidgets.VBox([self._layer, self._claimed])
        controls.add_class("wb-controls")
        self.widget = ipywidgets.VBox([self._words, controls, row])
        self.widget.add_class("wb-study")
        keep_translated(self._translate)

    def show(self, times: LayerTimes | None) -> None:
        """Take what was measured of the layers; an answer to another measurement is forgotten."""
        if times is not self._times:
            self._times, self._findings = times, ()
            self._offer()
        self._show("")

    def _judge(self) -> None:
        if self._times is None or not self._times.layers:
            raise ValueError(_("time the layers first, further up on this page"))
        if self._layer.value is None:
            raise ValueError(_("choose the layer that you would attack first"))
        claimed = number_of(self._claimed.value)
        self._findings = self._check(self._times, self._layer.value, claimed)
        self._show("")

    def _show(self, words: str) -> None:
        """Show one escaped sentence; the answer stays in its fields."""
        self._problem = words
        self._write()

    def _translate(self) -> None:
        self._layer.description = _("layer")
        self._claimed.description = _("ceiling (×)")
        page().give_name(self._layer, _("the layer to attack first"))
        page().give_name(self._claimed, _("how many times faster the network could be at most"))
        page().give_name(self._words, _("exercise"), role="group", live=True)
        self._offer()
        self._write()

    def _offer(self) -> None:
        layers = self._times.layers if self._times else ()
        options = [(layer_name(layer), layer.name) for layer in layers]
        if list(self._layer.options) == options:
            return
        kept = self._layer.value
        self._layer.options = options
        self._layer.value = kept if kept in dict(options).values() else None

    def _write(self) -> None:
        inside = f"<p>{self._task()}</p>"
        if self._problem:
            inside += f'<p class="wb-problem">⚠ {self._problem}</p>'
        elif self._findings:
            inside += findings_text(self._findings, self._hints())
        self._words.value = f'<div class="wb-exercise">{inside}</div>'


def number_of(written: str) -> float:
    """A speed-up as people write it: 1.4, 1,4, × 1.4 or 1.4x."""
    cleaned = written.strip().strip("×xX").strip().replace(",", ".")
    try:
        number = float(cleaned)
    except ValueError:
        number = 0.0
    if not 1 <= number < 1e6:
        rule = _("the ceiling is a number of at least 1, as 1.4, got {value}")
        raise ValueError(rule.format(value=written.strip() or "…"))
    return number
