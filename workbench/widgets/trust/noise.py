"""The noise lab on the page: conditions to choose, a button, and the histograms of some runs."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement.noise import Conditions, Timed
from workbench.setting import Setting
from workbench.widgets.choice import choice
from workbench.widgets.controls import Controls
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.widgets.trust.histogram import Histogram, run_name

Run = Callable[[Conditions, Callable[[Timed], None]], Timed]
BATCHES = (1, 2, 4, 8, 16, 32, 64)
REPEATS = (50, 100, 200, 500, 1000)
MOST_KEPT = 2
STARTS = {
    "warm": message("warm: called before"),
    "cold": message("cold: a fresh engine each time"),
}


def neighbours_here() -> tuple[int, ...]:
    """None, one, two, four ... up to one for each core, and no more than eight."""
    most = min(8, os.cpu_count() or 1)
    return tuple(sorted({0, most, *(count for count in (1, 2, 4) if count <= most)}))


class NoiseLab:
    """The last run over the one before and those that were kept.

    `device` makes the control of the device.
    """

    def __init__(
        self, run: Run, setting: Setting, device: Callable[[Controls], ipywidgets.Widget]
    ) -> None:
        self._figure = Histogram()
        self._before: Timed | None = None
        self._kept: tuple[Timed, ...] = ()
        self._chosen = Conditions(setting=setting)
        self.controls = Controls(setting, self._taker("setting"), page().show_problem)
        self.task: Task[Conditions, Timed] = Task(run, self._draw, _told, self._figure.widget)
        self.task.offer(message("Time it"), message("time so many calls, one by one"), self._begin)
        self.widget = self._laid_out(device(self.controls))

    def _laid_out(self, device: ipywidgets.Widget) -> ipywidgets.Widget:
        controls = [
            *self._conditions(),
            self.controls.widget("inference_batch", BATCHES),
            self.controls.widget("model"),
            self.controls.widget("engine"),
            device,
        ]
        keep = button(
            message("Keep these timings"),
            message("let the last run stay in the figure; two can be kept"),
            self._keep, page().show_problem,
        )  # fmt: skip
        forget = button(
            message("Forget the others"),
            message("leave only the last run in the figure"),
            self._forget, page().show_problem,
        )  # fmt: skip
        row = ipywidgets.HBox([keep, forget])
        row.add_class("wb-buttons")
        left, right = ipywidgets.VBox([*controls, row]), ipywidgets.VBox([self.task.widget])
        left.add_class("wb-left")
        right.add_class("wb-right")
        widget = ipywidgets.VBox([left, right])
        widget.add_class("wb-panel")
        return widget

    def _conditions(self) -> list[ipywidgets.Widget]:
        """The controls of what is no field of a setting."""
        beside = message("other processes that compute meanwhile; they end with the run")
        shared = message("how many threads share one call")
        timed = message("how many calls are timed")
        return [
            choice(
                message("start"), message("whether it was called before"), STARTS,
                self._chosen.start, self._taker("start"),
            ),
            self._slider("threads", message("threads"), shared, (1, 2)),
            self._slider("neighbours", message("busy neighbours"), beside, neighbours_here()),
            self._slider("repeats", message("calls"), timed, REPEATS),
        ]  # fmt: skip

    def _slider(
        self, name: str, label: Message, explained: Message, values: Sequence[int]
    ) -> ipywidgets.Widget:
        options = {value: str(value) for value in values}
        first = getattr(self._chosen, name)
        taker = self._taker(name)
        return choice(label, explained, options, first, taker, ipywidgets.SelectionSlider)

    def _taker(self, name: str) -> Callable[[Any], None]:
        def take(value: Any) -> None:
            self._chosen = replace(self._chosen, **{name: value})

        return take

    @property
    def conditions(self) -> Conditions:
        """What the controls ask for."""
        return self._chosen

    def _begin(self) -> Conditions:
        last = self.task.found
        if last is not None and last.quantities and last not in self._kept:
            self._before = last
        return self.conditions

    def _keep(self) -> None:
        last = self.task.found
        if last is None or not last.quantities:
            raise ValueError(_("there is no run yet that could be kept"))
        if last not in self._kept:
            self._kept = (*self._kept, last)[-MOST_KEPT:]
        self._draw(last)

    def _forget(self) -> None:
        self._before, self._kept = None, ()
        self._draw(self.task.found)

    def _draw(self, found: Timed | None) -> None:
        others = [run for run in (*self._kept, self._before) if run is not None]
        self._figure.draw(found, [run for run in others if run is not found])


def _told(found: Timed) -> str:
    words = run_name(found.conditions)
    done = len(found.samples_ms)
    if 0 < done < found.conditions.repeats:
        return _("{conditions}: {done} of {n} calls").format(
            conditions=words, done=done, n=found.conditions.repeats
        )
    return words
