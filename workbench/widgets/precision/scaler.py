"""A dynamic scaler at work: its scale against the updates, every skipped one marked."""

from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import ipywidgets

from workbench.checks.precision import backs_off
from workbench.figures.matrix import numbers_below
from workbench.figures.palette import CANDIDATE, PRUNED
from workbench.locale import Message, _, decimal, keep_translated, message
from workbench.measurement.scaling import Trace
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.task import Task
from workbench.wording import QUANTITIES, network_text, value_text

STARTS = (4, 8, 12, 16, 20, 24)
INTERVALS = (5, 10, 20, 50, 100)
Wanted = tuple[int, int]
Follow = Callable[[Wanted, Callable[[Trace], None]], Trace]


class ScalerTrace:
    """Two controls, a button, the scale as it goes, and what the halvings have in common."""

    def __init__(self, follow: Follow) -> None:
        self.start = _slider(STARTS, 24, message("first scale, power of 2"))
        self.interval = _slider(INTERVALS, 10, message("updates until it doubles"))
        self._plot = Plot(
            message("updates"), message("loss scale (power of 2)"),
            message("scale of the loss against updates"), height=280, counts=True,
        )  # fmt: skip
        self._line = self._plot.lines(CANDIDATE, interpolation="step-after")
        self._skipped = self._plot.dots(PRUNED, marker="cross", default_size=90)
        self.task: Task[Wanted, Trace] = Task(follow, self._draw, _told, self._plot.widget)
        self.task.offer(
            message("Train with a scaler"),
            message("train in float16 and follow the scale, update by update"),
            lambda: (self.start.value, self.interval.value),
        )
        left = ipywidgets.VBox([self.start, self.interval])
        left.add_class("wb-left")
        self.widget = ipywidgets.VBox([left, self.task.widget])
        self.widget.add_class("wb-panel")

    def _draw(self, trace: Trace | None) -> None:
        updates = trace.updates if trace else ()
        powers = [each.power for each in updates]
        low, high = min(powers, default=0.0) - 1, max(powers, default=24.0) + 1
        self._plot.limits((0.0, float(max(len(updates), 1)) + 1), (low, high))
        self._plot.put(self._line, [(float(each.number), each.power) for each in updates])
        skipped = [(float(each.number), each.power) for each in updates if each.is_skipped]
        self._plot.put(self._skipped, skipped)
        self._plot.name_axes()
        self._plot.show(_words(trace), is_drawn=bool(updates))


def _slider(values: Sequence[int], value: int, name: Message) -> Any:
    control = ipywidgets.SelectionSlider(
        options=[(str(each), each) for each in values], value=value,
        style={"description_width": "12em"},
    )  # fmt: skip
    control.add_class("wb-control")

    def put() -> None:
        control.description = str(name)
        page().give_name(control, str(name))

    keep_translated(put)
    return control


def _told(trace: Trace) -> str:
    return _("{n} updates").format(n=len(trace.updates)) + f" · {network_text(trace.setting)}"


def _words(trace: Trace | None) -> str:
    if trace is None or not trace.updates:
        return nothing(escape(_("not measured yet: press the button")))
    numbers = "; ".join(
        f"{escape(str(QUANTITIES[name]))} {escape(value_text(found))} {tag(found)}"
        for name, found in trace.quantities.items()
    )
    findings = "".join(
        f"<li>{'✓' if found.is_met else '✗'} {escape(str(found.told))}</li>"
        for found in backs_off(trace)
    )
    key = _("✚: a gradient was infinite, so that the update was skipped and the scale halved")
    interval = _("it is doubled after {n} updates without one").format(
        n=decimal(trace.growth_interval)
    )
    return (
        caption(f"{escape(key)}; {escape(interval)}. {numbers}.")
        + f'<ul class="wb-findings">{findings}</ul>'
        + _table(trace)
    )


def _table(trace: Trace) -> str:
    """A row wherever the scale changed or an update was skipped."""
    told = trace.updates[:1] + tuple(
        after
        for before, after in pairwise(trace.updates)
        if after.is_skipped or after.power != before.power
    )
    rows = [
        (decimal(each.number), f"2<sup>{decimal(each.power)}</sup>",
         escape(_("skipped")) if each.is_skipped else escape(_("made")))
        for each in told
    ]  # fmt: skip
    heads = (_("update"), _("loss scale"), _("what became of it"))
    return f'<div class="wb-drawing-figure">{numbers_below(heads, rows)}</div>'
