"""The search panel: controls make a plan, trials come one by one, views draw what is known."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import ipywidgets

from workbench.locale import message
from workbench.measurement import Superseded
from workbench.scheduler import Scheduler
from workbench.search.values import Plan, Standing
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.search.choices import Choices
from workbench.widgets.search.controls import SearchControls
from workbench.widgets.search.scene import Scene, Watch
from workbench.widgets.search.status import SearchStatus
from workbench.widgets.views import View, Views

REDRAW_SECONDS = 0.15
OF_OTHERS = message(
    "this study is worked on by others: it goes on without this page. “Stop” ends the watching;"
    " then “Play” begins the search of your controls"
)

Tell = Callable[[Standing], None]
Search = Callable[[Plan, Tell], Standing]
Watching = Callable[[Watch, Tell], Standing]


class SearchPanel:
    """Holds the one scene, hands it to every view when it changes, and asks for searches.

    The newest wish wins: a control that moves ends the search that runs and begins another.
    `watch` follows a study that others work on; it computes nothing, so it never waits for a turn.
    """

    def __init__(
        self, search: Search, watch: Watching, choices: Choices, views: Sequence[View[Scene]]
    ) -> None:
        status = SearchStatus()
        self.status = status.widget
        self._scene = Views(Scene(plan=choices.plan), [*views, status.view])
        self.update = self._scene.update
        self.controls = SearchControls(
            choices, lambda choices: self.ask(choices.plan), self.show_problem
        )
        self._last_news = 0.0
        self._searching = self._scheduler(search, is_patient=False)
        self._watching = self._scheduler(watch, is_patient=True)
        self.buttons = ipywidgets.HBox(self._buttons())
        self.buttons.add_class("wb-buttons")
        self._scene.begin()

    def _scheduler(
        self, run: Callable[[Any, Tell], Standing], *, is_patient: bool
    ) -> Scheduler[Any, Standing, Standing]:
        return Scheduler(
            run, superseded=Superseded, on_start=self._on_start, on_news=self._on_news,
            on_answer=self._on_answer, on_error=self._on_error, on_stopped=self._on_stopped,
            on_paused=self._on_paused,
            is_patient=is_patient,
        )  # fmt: skip

    def _buttons(self) -> list[ipywidgets.Button]:
        said: tuple[tuple[Any, Any, Callable[[], None]], ...] = (
            (message("Play"), message("go on, or search anew where a search is over"), self.play),
            (message("Pause"), message("hold the search where it is"), self.pause),
            (message("One trial"), message("go on to the end of one trial, and hold"),
             self.play_one),
            (message("Stop"), message("end the search; the trials so far stay"), self.stop),
            (message("Pin as A"), message("compare what follows with this search"), self.pin),
        )  # fmt: skip
        return [button(label, told, call, self.show_problem) for label, told, call in said]

    def ask(self, plan: Plan) -> None:
        """Begin the search of `plan`; what runs now ends."""
        self._watching.stop()
        self._searching.play()
        self._begin(plan)

    def _begin(self, plan: Plan) -> None:
        self.update(plan=plan, watched=None, is_running=True, problem="", notice=None,
                    is_paused=False)  # fmt: skip
        self._searching.request(plan)

    @property
    def is_watching(self) -> bool:
        """A study of others is followed right now."""
        return self.scene.is_running and self.scene.watched is not None

    def pause(self) -> None:
        """Hold the search; a study of others is not ours to hold."""
        if self.is_watching:
            self.update(notice=OF_OTHERS)
        else:
            self._searching.pause()

    def play(self, until: Callable[[Standing], bool] | None = None) -> None:
        """Go on, to the end or to the first standing that `until` waits for; or search anew."""
        if self.is_watching:
            self.update(notice=OF_OTHERS)
            return
        self.update(is_paused=False)
        self._searching.play(until)
        if not self.scene.is_running:
            self._begin(self.controls.choices.plan)

    def play_one(self) -> None:
        """Go on to the end of one trial, and hold there."""
        standing = self.scene.standing if self.scene.is_running else None
        ended = standing.complete if standing else 0
        self.play(lambda now: now.complete > ended)

    def watch(self, watch: Watch) -> None:
        """Follow the study that others work on, instead of searching."""
        self._searching.stop()
        self.update(watched=watch, standing=None, is_running=True, is_paused=False, problem="",
                    notice=None)  # fmt: skip
        self._watching.request(watch)

    def stop(self) -> None:
        """End what runs."""
        self._searching.stop()
        self._watching.stop()

    def pin(self) -> None:
        """Make the present search A, with which the history compares all others."""
        standing = self.scene.standing
        if standing is None or not standing.done:
            self.update(notice=message("nothing to pin yet: wait for the first trial"))
            return
        self.update(pinned=standing)

    @property
    def scene(self) -> Scene:
        """What is known at this moment."""
        return self._scene.state

    def close(self) -> None:
        """End the threads of this panel."""
        self._searching.close()
        self._watching.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self.update(problem=words, is_running=False, is_paused=False)

    def _is_wanted(self, request: Plan | Watch) -> bool:
        return request == (self.scene.watched or self.scene.plan)

    def _on_start(self, request: Plan | Watch) -> None:
        if self._is_wanted(request):
            self.update(standing=None)

    def _on_news(self, request: Plan | Watch, standing: Standing) -> None:
        """Draw every trial that ends at once, and what its epochs say a few times a second."""
        with self._scene.lock:
            if not self._is_wanted(request) or standing is self.scene.standing:
                return
            before = self.scene.standing
            has_ended = before is None or before.complete != standing.complete
            if not has_ended and monotonic() - self._last_news < REDRAW_SECONDS:
                return
            self.update(standing=standing)
            self._last_news = monotonic()

    def _on_answer(self, request: Plan | Watch, standing: Standing) -> None:
        if self._is_wanted(request):
            self.update(standing=standing, is_running=False, is_paused=False)

    def _on_error(self, request: Plan | Watch, error: Exception) -> None:
        if self._is_wanted(request):
            self.show_problem(sentence(error))

    def _on_paused(self, request: Plan | Watch) -> None:
        if self._is_wanted(request):
            self.update(is_paused=True)

    def _on_stopped(self, request: Plan | Watch) -> None:
        if self._is_wanted(request):
            told = message("stopped; move a control or press “Play”")
            self.update(is_running=False, is_paused=False, notice=told)
