"""The live panel: controls make settings, the scheduler runs them, views draw what came of it."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import ipywidgets

from workbench.locale import message
from workbench.measurement import Measurement, Progress, Run, Superseded
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.state import State, View
from workbench.widgets.status import Status
from workbench.widgets.views import Views

REDRAW_SECONDS = 0.08


class Panel:
    """Holds the one state, hands it to every view when it changes, and asks for runs.

    Where no baseline of the network is known, it is measured after the wanted answer and pinned.
    """

    def __init__(self, run: Run, setting: Setting, views: Sequence[View]) -> None:
        self.controls = Controls(setting, self.ask, self.show_problem)
        status = Status()
        self.status = status.widget
        self._views: Views[State] = Views(State(setting=setting), (*views, status.view))
        self._last_news = 0.0
        self._pinned_by_hand = False
        self._scheduler = Scheduler(
            run,
            superseded=Superseded,
            on_start=self._on_start,
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=self._on_error,
            on_stopped=self._on_stopped,
        )
        self.buttons = ipywidgets.HBox(self._buttons())
        self.buttons.add_class("wb-buttons")
        self._views.begin()

    @property
    def state(self) -> State:
        """What is known at the moment."""
        return self._views.state

    def _buttons(self) -> list[ipywidgets.Button]:
        stop = button(
            message("Stop"),
            message("end what is being measured"),
            self._scheduler.stop,
            self.show_problem,
        )
        pin = button(
            message("Pin as A"),
            message("compare what follows with this result"),
            self.pin,
            self.show_problem,
        )
        back = button(
            message("Back to the baseline"),
            message("no compression, and the baseline pinned as A"),
            self.reset,
            self.show_problem,
        )
        again = button(
            message("Measure again"),
            message("measure the setting of the controls once more"),
            lambda: self.ask(self.state.setting),
            self.show_problem,
        )
        return [stop, pin, back, again]

    def ask(self, setting: Setting) -> None:
        """Measure `setting`; until the answer is there, what stands on the page is marked stale."""
        clean = {"problem": "", "notice": None, "stage": None, "done": 0, "total": 0}
        self.update(setting=setting, fresh=frozenset(), **clean)
        self._scheduler.request(setting)

    def pin(self) -> None:
        """Make the present result A, with which all others are compared."""
        if self.state.is_stale:
            self.update(notice=message("nothing to pin yet: wait until this setting is measured"))
            return
        self._pinned_by_hand = True
        self.update(pinned=self.state.answer)

    def reset(self) -> None:
        """Back to the uncompressed network, pinned as A."""
        self._pinned_by_hand = False
        plain = self.state.setting.uncompressed
        self.update(pinned=self._known(plain.baseline) or self.state.pinned)
        if self.state.setting == plain:
            self.ask(plain)
        else:
            self.controls.show(plain)

    def follow(self, view: View) -> None:
        """One more view, made after the panel because it moves the panel's controls."""
        self._views.follow(view)

    def close(self) -> None:
        """End the thread of this panel."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self.update(problem=words, stage=None)

    def update(self, **changes: Any) -> None:
        """Make a new state and let each view draw what changed for it."""
        self._views.update(**changes)

    def _known(self, setting: Setting) -> Measurement | None:
        found = [m for m in self.state.history if m.setting.effective == setting]
        return found[-1] if found else None

    def _on_start(self, setting: Setting) -> None:
        """Say nothing yet: most first numbers come before a stage could be read."""
        self._last_news = monotonic()

    def _on_news(self, setting: Setting, progress: Progress) -> None:
        """Draw the first of each kind of news at once, further ones a few times a second."""
        is_own = setting == self.state.setting
        found: Mapping[str, Any] = progress.quantities if is_own else {}
        grown = is_own and len(progress.curve) != len(self.state.curve)
        is_first = grown or not set(found) <= self.state.fresh
        if not is_first and monotonic() - self._last_news < REDRAW_SECONDS:
            return
        self._last_news = monotonic()
        changes: dict[str, Any] = {
            "stage": progress.stage,
            "done": progress.done,
            "total": progress.total,
        }
        if is_own:
            changes["curve"] = progress.curve
        if found:
            changes |= {
                "quantities": {**self.state.quantities, **found},
                "fresh": frozenset(found),
            }
        with self._views.lock:
            if setting == self.state.setting or not found:
                self.update(**changes)

    def _on_answer(self, setting: Setting, measurement: Measurement) -> None:
        changes: dict[str, Any] = {"stage": None}
        with self._views.lock:
            self.update(history=(*self.state.history, measurement))
            baseline = self.state.setting.baseline
            known = self._known(baseline)
            if known is not None and not self._pinned_by_hand:
                changes["pinned"] = known
            if setting == self.state.setting:
                changes |= {
                    "answer": measurement,
                    "quantities": measurement.quantities,
                    "fresh": frozenset(measurement.quantities),
                    "curve": measurement.curve,
                }
            self.update(**changes)
        if known is None and not self._pinned_by_hand:
            self._scheduler.request_when_idle(baseline)

    def _is_wanted(self, setting: Setting) -> bool:
        """Whether the page still has to do with this run: its setting, or the baseline of that."""
        return setting in (self.state.setting, self.state.setting.baseline)

    def _on_error(self, setting: Setting, error: Exception) -> None:
        if self._is_wanted(setting):
            self.show_problem(sentence(error))

    def _on_stopped(self, setting: Setting) -> None:
        if self._is_wanted(setting):
            told = message("stopped; move a control or press “Measure again”")
            self.update(stage=None, notice=told)
