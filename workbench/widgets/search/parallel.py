"""Parallel coordinates: a line a trial through all its values, brushed by a slider an axis."""

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from workbench.figures.palette import BASELINE, CANDIDATE
from workbench.locale import _, message
from workbench.search.values import Standing, Trial
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.search.response import trial_table
from workbench.widgets.search.scene import SCORE, Scene, complete
from workbench.widgets.search.words import axis_text, axis_value
from workbench.widgets.views import View
from workbench.wording import QUANTITIES

PER_CENT = tuple(range(0, 101, 5))


class Parallel:
    """Trials inside all ranges are drawn strong, the others faint; each axis has its own scale."""

    def __init__(self) -> None:
        self._plot = Plot(
            message(" "), message("lowest to highest"),
            message("all values of each trial as a line"),
        )  # fmt: skip
        self._frame = self._plot.lines(BASELINE, stroke_width=1)
        self._out = self._plot.lines(BASELINE, stroke_width=1, opacities=[0.35])
        self._in = self._plot.lines(CANDIDATE, stroke_width=2, opacities=[0.8])
        self._sliders: dict[str, Any] = {}
        self._brushes = ipywidgets.VBox([])
        self._brushes.add_class("wb-switches")
        self._scene: Scene | None = None
        self.widget = ipywidgets.VBox([self._plot.widget, self._brushes])
        self.widget.add_class("wb-parallel")
        self.view = View(key=lambda s: complete(s.standing), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        self._scene = scene
        standing, trials = scene.standing, complete(scene.standing)
        if standing is None or not trials:
            self._brushes.children = ()
            self._plot.show(nothing(_("no trial is complete yet")), is_drawn=False)
            return
        self._make_sliders(standing)
        self._lines(standing, trials)

    def _lines(self, standing: Standing, trials: Sequence[Trial]) -> None:
        names = [*standing.plan.axes, SCORE]
        inside = [t for t in trials if self._is_inside(t)]
        outside = [t for t in trials if not self._is_inside(t)]
        self._plot.segments(self._frame, [(i, 0.0, 1.0) for i in range(len(names))])
        self._plot.polylines(self._in, [_line(standing, names, t) for t in inside])
        self._plot.polylines(self._out, [_line(standing, names, t) for t in outside])
        self._plot.limits(x=(-0.4, len(names) - 0.6), y=(-0.05, 1.05))
        self._plot.name_axes(" ")
        self._plot.name_ticks(x=[_short(name) for name in names], y=["↓", "↑"])
        told = _("{n} of {all} trials lie within all ranges").format(n=len(inside), all=len(trials))
        self._plot.show(
            caption(escape(told + ". " + _("Move the ends of a range below.")))
            + trial_table(inside or trials),
            is_drawn=True,
            described=told,
        )

    def _make_sliders(self, standing: Standing) -> None:
        """One range slider an axis; they stay while the axes stay."""
        wanted = {**standing.plan.axes, SCORE: PER_CENT}
        for name, values in wanted.items():
            slider = self._sliders.get(name)
            if slider is None or [value for _text, value in slider.options] != list(values):
                self._sliders[name] = self._slider(values)
            self._name(name, self._sliders[name], values)
        sliders = tuple(self._sliders[name] for name in wanted)
        if self._brushes.children != sliders:
            self._brushes.children = sliders

    def _slider(self, values: Sequence[Any]) -> Any:
        slider = ipywidgets.SelectionRangeSlider(
            options=[(str(value), value) for value in values],
            index=(0, len(values) - 1),
            style={"description_width": "9.5em"},
        )
        slider.add_class("wb-control")
        listen(slider, lambda _value: self._brushed(), page().show_problem)
        return slider

    def _name(self, name: str, slider: Any, values: Sequence[Any]) -> None:
        told = _name_of(name)
        if slider.description == told:
            return
        slider.description = told
        page().give_name(slider, _("range of {axis}").format(axis=told))
        slider.set_trait("_options_labels", tuple(_value_text(name, value) for value in values))

    def _brushed(self) -> None:
        if self._scene is not None and self._scene.standing is not None:
            self._lines(self._scene.standing, complete(self._scene.standing))

    def _is_inside(self, trial: Trial) -> bool:
        for name, slider in self._sliders.items():
            if slider not in self._brushes.children:
                continue
            low, high = slider.value
            if name == SCORE:
                if not low <= 100 * trial.quantities[SCORE].value <= high:
                    return False
            elif not slider.index[0] <= _index(slider, trial.chosen.get(name)) <= slider.index[1]:
                return False
        return True


def _index(slider: Any, value: Any) -> int:
    known = [each for _text, each in slider.options]
    return known.index(value) if value in known else 0


def _line(standing: Standing, names: Sequence[str], trial: Trial) -> list[tuple[float, float]]:
    return [(i, _height(standing, name, trial)) for i, name in enumerate(names)]


def _height(standing: Standing, name: str, trial: Trial) -> float:
    if name == SCORE:
        return trial.quantities[SCORE].value
    values = standing.plan.axes[name]
    place = values.index(trial.chosen[name]) if trial.chosen.get(name) in values else 0
    return place / (len(values) - 1) if len(values) > 1 else 0.5


def _name_of(name: str) -> str:
    return str(QUANTITIES[SCORE]) if name == SCORE else axis_text(name)


def _value_text(name: str, value: Any) -> str:
    return _("{number} %").format(number=value) if name == SCORE else axis_value(name, value)


def _short(name: str) -> str:
    """The name of an axis below its line; its ends stand beside the sliders."""
    return str(QUANTITIES["accuracy"]) if name == SCORE else axis_text(name)
