"""The plane of costs and gains: versions as dots, budgets as lines, what keeps them all shaded."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import ipywidgets

from workbench.checks.choosing import is_feasible
from workbench.checks.versions import front
from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, CANDIDATE
from workbench.locale import Message, _, decimal, keep_translated, message
from workbench.measurement.choosing import Version
from workbench.widgets.choosing.scene import Desk, Scene, SceneView
from workbench.widgets.choosing.words import MARKS, WHO, key, number, tags
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.widgets.plot import Plot, caption, nothing
from workbench.wording import QUANTITIES, recipe_text

ACROSS: dict[str, Message] = {
    "deflated_bytes": message("file, deflated (KiB)"),
    "latency_ms": message("latency of a batch (ms)"),
    "energy_uj": message("energy an image, estimated (µJ)"),
}
UP: dict[str, Message] = {
    "accuracy": message("accuracy (%)"),
    "worst_class": message("accuracy in the worst class (%)"),
}
SCALE = {"deflated_bytes": 1 / 1024, "accuracy": 100.0, "worst_class": 100.0}
NAMES = ("accuracy", "worst_class", "deflated_bytes", "latency_ms", "energy_uj")
DEEP = 30.0
"""Points below the baseline that the plane shows: what fell deeper would flatten all else."""
FEASIBLE = "#009E73"


class PlaneView:
    """Two choices of axis and the plane."""

    def __init__(self) -> None:
        self._plot = Plot(
            ACROSS["deflated_bytes"], UP["accuracy"],
            message("each version by what it costs and what it gives"), height=380,
        )  # fmt: skip
        self._shade = self._plot.lines(
            FEASIBLE, fill="inside", fill_colors=[FEASIBLE], fill_opacities=[0.14], stroke_width=0
        )
        self._limits = self._plot.lines(FEASIBLE, line_style="dashed")
        self._front = self._plot.lines(BASELINE, stroke_width=1.5)
        self._dots = {
            source: self._plot.dots(colour, marker=marker)
            for source, (colour, _sign, marker) in MARKS.items()
        }
        self._now = self._plot.dots(CANDIDATE, default_size=190, fill=False, stroke_width=2)
        self._axes = {"across": _choice(ACROSS), "up": _choice(UP)}
        axes = ipywidgets.HBox(list(self._axes.values()))
        axes.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([axes, self._plot.widget])
        self.widget.add_class("wb-study")
        self.view = SceneView(
            key=lambda s: (s.versions, s.budgets, s.current, s.across, s.up), draw=self._draw
        )
        keep_translated(self._translate)

    def listen(self, desk: Desk) -> None:
        """Tell the desk which axes are wanted."""
        listen(self._axes["across"], lambda name: desk.choose(across=name), page().show_problem)
        listen(self._axes["up"], lambda name: desk.choose(up=name), page().show_problem)

    def _translate(self) -> None:
        labels = {"across": (_("across"), ACROSS), "up": (_("up"), UP)}
        for name, (label, names) in labels.items():
            choice = self._axes[name]
            choice.description = label
            choice.set_trait("_options_labels", tuple(map(str, names.values())))
            page().give_name(choice, _("axis: {which}").format(which=label))

    def _draw(self, scene: Scene) -> None:
        if not scene.versions:
            words = _("the first version comes with the first answer of the panel")
            self._plot.show(nothing(escape(words)), is_drawn=False)
            return
        floor = self._fit(scene)
        shown = [v for v in scene.versions if _place(v, scene)[1] >= floor]
        best = front(scene.versions, scene.across, scene.up)
        for source, mark in self._dots.items():
            own = [v for v in shown if v.by == source]
            fits = [1.0 if is_feasible(v, scene.budgets) else 0.45 for v in own]
            self._plot.put(mark, [_place(v, scene) for v in own], opacities=fits)
        stairs = [place for v in best if (place := _place(v, scene))[1] >= floor]
        self._plot.put(self._front, _stairs(stairs))
        now = scene.current
        is_here = now is not None and _place(now, scene)[1] >= floor
        self._plot.put(self._now, [_place(now, scene)] if now is not None and is_here else [])
        self._plot.name_axes(str(ACROSS[scene.across]), str(UP[scene.up]))
        self._plot.show(_words(scene, best, len(scene.versions) - len(shown)), is_drawn=True)

    def _fit(self, scene: Scene) -> float:
        """The limits of the axes, and the budgets between them; the lowest that is shown."""
        places = [_place(version, scene) for version in scene.versions]
        top = max(y for _x, y in places)
        low = max(min(y for _x, y in places), top - DEEP, 0.0) - 2
        right, high = 1.08 * max(x for x, _y in places), min(101.0, top + 4)
        limits = {b.name: b.limit * SCALE.get(b.name, 1.0) for b in scene.budgets}
        wall, ground = limits.get(scene.across), limits.get(scene.up)
        if ground is not None:
            high, low = max(high, ground + 2), min(low, ground - 2)
        self._plot.limits(x=(0.0, right), y=(low, high))
        edge, base = min(wall or right, right), low if ground is None else ground
        corners = [(0.0, base), (edge, base), (edge, high), (0.0, high), (0.0, base)]
        is_bound = wall is not None or ground is not None
        self._plot.put(self._shade, corners if is_bound else [])
        lines = [[(edge, low), (edge, high)]] if wall is not None and wall <= right else []
        lines += [[(0.0, ground), (right, ground)]] if ground is not None else []
        self._plot.polylines(self._limits, lines)
        return low


def _choice(names: dict[str, Message]) -> ipywidgets.Dropdown:
    options = [(str(words), name) for name, words in names.items()]
    choice = ipywidgets.Dropdown(options=options, style={"description_width": "4em"})
    choice.add_class("wb-choosing-axis")
    return choice


def _place(version: Version, scene: Scene) -> tuple[float, float]:
    x, y = (version.quantities[name].value * SCALE.get(name, 1.0)
            for name in (scene.across, scene.up))  # fmt: skip
    return x, y


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Right and up from one version of the front to the next: between them nothing was measured."""
    found = list(points[:1])
    for before, after in pairwise(points):
        found += [(after[0], before[1]), after]
    return found if len(found) > 1 else []


def _words(scene: Scene, best: Sequence[Version], hidden: int) -> str:
    counts = [
        key(source, f"{WHO[source]}: {decimal(count)}")
        for source in MARKS
        if (count := sum(v.by == source for v in scene.versions))
    ]
    told = _(
        "Circle: now. Grey stairs: the front; no other version is as good in both and better in"
        " one, by the values as measured: within their intervals neighbours may change places."
        " Dashed: your budgets on these two axes; pale dots miss one of the budgets, on whichever"
        " axis."
    )
    if hidden:
        told += " " + _("Below the figure, in the table only: {n}.").format(n=hidden)
    heads = [_("version"), *(str(QUANTITIES[name]) for name in NAMES), _("by"), _("front"),
             _("budgets")]  # fmt: skip
    rows = [_row(version, scene, best) for version in scene.versions]
    label = tags(scene.versions, NAMES)
    return caption(f"{label} {', '.join(counts)}. {escape(told)}") + numbers_below(heads, rows)


def _row(version: Version, scene: Scene, best: Sequence[Version]) -> list[str]:
    return [
        escape(recipe_text(version.steps)),
        *(number(version.quantities[name]) for name in NAMES),
        escape(str(WHO[version.by])),
        "◆" if version in best else "",
        ("✓" if is_feasible(version, scene.budgets) else "✗") if scene.budgets else "",
    ]
