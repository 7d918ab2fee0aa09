"""The front of the class: accuracy against size of everything that anybody measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.checks.versions import undominated
from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PINNED, TRAIL
from workbench.locale import _, decimal, keep_translated, message
from workbench.measurement import Quantity
from workbench.report import Tried
from workbench.widgets.claims.classroom_room import Column, Room, columns
from workbench.widgets.guard import listen
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.views import View
from workbench.wording import QUANTITIES, interval_text, setting_text, value_text

MOST_SHOWN = 600
"""Dots that a browser moves with ease; those of the front come first."""
DEEP = 30.0
"""Points below the best that the plane shows: what fell deeper would flatten all else."""
HIGHEST = 100.9
"""Room for a sign at 100 %, and none for a tick above."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dot:
    """What was tried, and where."""

    tried: Tried
    machine: Column

    @property
    def place(self) -> tuple[float, float]:
        """KiB and per cent."""
        return self.tried.deflated_bytes.value / 1024, 100 * self.tried.accuracy.value


class ClassFront:
    """A dot a measurement, one data set at a time."""

    def __init__(self) -> None:
        self._machines: tuple[Column, ...] = ()
        self._plot = Plot(
            message("file, deflated (KiB)"), message("accuracy (%)"),
            message("accuracy against size of everything that the class measured"), height=340,
        )  # fmt: skip
        self._others = self._plot.dots(TRAIL, marker="square")
        self._own = self._plot.dots(CANDIDATE)
        self._best = self._plot.dots(
            PINNED, marker="diamond", default_size=240, fill=False, stroke_width=2.5
        )
        self.dataset = ipywidgets.Dropdown(
            options=[], style={"description_width": "9.5em"}, layout={"max_width": "40em"}
        )
        self.dataset.add_class("wb-control")
        choices = ipywidgets.VBox([self.dataset])
        choices.add_class("wb-controls")
        self.widget = ipywidgets.VBox([choices, self._plot.widget])
        self.widget.add_class("wb-drawing")
        self.view: View[Room] = View(key=lambda room: (room.own, room.reports), draw=self._take)
        listen(self.dataset, lambda _name: self._draw(), page().show_problem)
        keep_translated(self._translate)

    def _translate(self) -> None:
        self.dataset.description = _("data set")
        page().give_name(self.dataset, _("data set of the front of the class"))

    def _take(self, room: Room) -> None:
        self._machines = columns(room)
        settings = [setting for machine in self._machines for setting in machine.tried]
        names = tuple(dict.fromkeys(setting.dataset for setting in settings))
        if self.dataset.options != names:
            chosen = self.dataset.value
            self.dataset.options = names
            self.dataset.value = chosen if chosen in names else next(iter(names), None)
        self.dataset.layout.display = None if len(names) > 1 else "none"
        self._draw()

    def _draw(self) -> None:
        dots = [
            Dot(tried=tried, machine=machine)
            for machine in self._machines
            for setting, tried in machine.tried.items()
            if setting.dataset == self.dataset.value
        ]
        if not dots:
            words = _("Nothing is measured yet: here, or in a report.")
            self._plot.show(nothing(escape(words)), is_drawn=False)
            return
        best = front(dots)
        signed = set(best)
        listed = best_first(dots, best)[:MOST_SHOWN]
        shown = self._fit(listed)
        self._plot.put(self._others, [dot.place for dot in shown if not dot.machine.is_here])
        self._plot.put(self._own, [dot.place for dot in shown if dot.machine.is_here])
        self._plot.put(self._best, [dot.place for dot in shown if dot in signed])
        self._plot.name_axes()
        below, left_out = len(listed) - len(shown), len(dots) - len(listed)
        self._plot.show(_words(listed, best, below, left_out), is_drawn=True)

    def _fit(self, dots: Sequence[Dot]) -> list[Dot]:
        """Set the limits of the axes; those that lie within."""
        floor = max(dot.place[1] for dot in dots) - DEEP
        shown = [dot for dot in dots if dot.place[1] >= floor]
        low = min(dot.place[1] for dot in shown) - 3
        right = 1.08 * max(dot.place[0] for dot in shown)
        self._plot.limits(x=(0.0, right or 1.0), y=(max(0.0, low), HIGHEST))
        return shown


def front(dots: Sequence[Dot]) -> list[Dot]:
    """Those that no other equals in both numbers and beats in one; equal ones side by side."""
    return list(undominated(dots, lambda dot: (dot.place[0], -dot.place[1])))


def best_first(dots: Sequence[Dot], best: Sequence[Dot]) -> list[Dot]:
    """The front, then the others, the most accurate first."""
    signed = set(best)
    others = [dot for dot in dots if dot not in signed]  # equal ones stay in their order
    return [*best, *sorted(others, key=lambda dot: (-dot.place[1], dot.place[0]))]


def _words(listed: Sequence[Dot], best: Sequence[Dot], below: int, left_out: int) -> str:
    """Labels, keys, what the front is, and the numbers of what is `listed`."""
    numbers = [q for dot in listed for q in (dot.tried.accuracy, dot.tried.deflated_bytes)]
    kinds = {quantity.provenance: quantity for quantity in numbers}
    here = sum(dot.machine.is_here for dot in listed)
    keys = ", ".join(
        f'<span style="color:{colour}">{sign}</span> {escape(words)}'
        for colour, sign, words in (
            (CANDIDATE, "●", _("measured on this page: {n}").format(n=decimal(here))),
            (TRAIL, "■", _("from reports: {n}").format(n=decimal(len(listed) - here))),
            (PINNED, "◇", _("the front: {n}").format(n=decimal(len(best)))),
        )
    )
    told = _(
        "No other is as good as one of the front in both and better in one, by the values as"
        " measured: within their intervals neighbours may change places. Latency is not merged: it"
        " holds for one machine alone."
    )
    if below:
        told += " " + _("Below the figure, in the table only: {n}.").format(n=decimal(below))
    if left_out:
        told += " " + _("Less accurate ones that are not shown: {n}.").format(n=decimal(left_out))
    heads = [_("setting"), str(QUANTITIES["accuracy"]), str(QUANTITIES["deflated_bytes"]),
             _("machine"), _("front")]  # fmt: skip
    signed = set(best)
    rows = [_row(dot, "◇" if dot in signed else "") for dot in listed]
    tags = " ".join(map(tag, kinds.values()))
    return caption(f"{tags} {keys}. {escape(told)}") + numbers_below(heads, rows)


def _row(dot: Dot, sign: str) -> list[str]:
    return [
        escape(setting_text(dot.tried.setting)),
        _cell(dot.tried.accuracy),
        _cell(dot.tried.deflated_bytes),
        escape(dot.machine.title),
        sign,
    ]


def _cell(quantity: Quantity) -> str:
    told = f"{escape(value_text(quantity))} <small>{escape(interval_text(quantity))}</small>"
    return f"{told} {tag(quantity)}"
