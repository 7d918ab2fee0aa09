"""The training panel: a slider starts a real training, which the learner plays, pauses, steps."""

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

from workbench.locale import message
from workbench.measurement import Progress, Report, Superseded, Training
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.guard import sentence
from workbench.widgets.learning.news import ends_epoch, is_moment
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.widgets.learning.status import LearningStatus
from workbench.widgets.learning.transport import KEEPING, TRANSPORT, row_of
from workbench.widgets.views import Views

REDRAW_SECONDS = 0.1
Watch = Callable[[Setting, Report], Training]


class LearningPanel:
    """Controls make settings, the newest is trained, views draw every moment of it."""

    def __init__(self, watch: Watch, setting: Setting, views: Sequence[LearningView]) -> None:
        status = LearningStatus()
        self.status = status.widget
        self.views: Views[Scene] = Views(Scene(setting=setting), (*views, status.view))
        self.controls = Controls(setting, self.ask, self.show_problem)
        self._queue: list[Setting] = []
        self._home: Setting | None = None
        self._is_returning = False
        self._last_news, self._is_new = 0.0, True
        self._unseen: dict[str, Any] = {}
        self._scheduler = Scheduler(
            watch,
            superseded=Superseded,
            on_start=self._on_start,
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=self._on_error,
            on_stopped=self._on_stopped,
            on_paused=self._on_paused,
        )
        by_hand = [partial(self.play, until) for until in (is_moment, ends_epoch)]
        calls: list[Callable[[], None]] = [self.play, self.pause, *by_hand, self.stop]
        self.transport = row_of(TRANSPORT, calls, self.show_problem)
        clear = lambda: self.views.update(kept=())  # noqa: E731
        self.keeping = row_of(KEEPING, (self.keep, clear), self.show_problem)
        self.views.begin()

    @property
    def scene(self) -> Scene:
        """What is known at the moment."""
        return self.views.state

    def ask(self, setting: Setting) -> None:
        """Train as `setting` says, now; what runs ends, and what waits is forgotten."""
        with self.views.lock:
            if self._is_returning:
                self.views.update(setting=setting)
                return
            self._queue.clear()
            self._home = None
            self._begin(setting)

    def ask_all(self, settings: Sequence[Setting]) -> None:
        """Train one after the other, keep all on the plot, then put the controls back."""
        first, *rest = settings
        with self.views.lock:
            home = self._home or self.scene.setting
            self.controls.show(first)
            self._queue[:], self._home = rest, home

    def _go_home(self) -> None:
        """Put the controls back to before a row of trainings, without a training."""
        if self._home is None:
            return
        home, self._home, self._is_returning = self._home, None, True
        try:
            self.controls.show(home)
        finally:
            self._is_returning = False

    def play(self, until: Callable[[Progress], bool] | None = None) -> None:
        """Go on, for good or up to the first news that `until` waits for."""
        with self.views.lock:
            is_over = self.scene.phase == "idle"
            if is_over:
                self._begin(self.scene.setting, until)
            else:
                self.views.update(phase="working")
                self._scheduler.play(until)

    def pause(self) -> None:
        """Hold at the next moment, so that every number on the page is of where it is held."""
        self._scheduler.play(is_moment)

    def stop(self) -> None:
        """End the training of the moment and those that wait."""
        with self.views.lock:
            self._queue.clear()
        self._scheduler.stop()

    def keep(self) -> None:
        """Let the curve of the training of the moment stay on the plot."""
        training = self.scene.training
        if training is None or not training.moments:
            self.views.update(notice=message("nothing to keep yet: play first"))
        elif self.scene.live is None:
            self.views.update(notice=message("this run is kept already"))
        else:
            self.views.update(kept=(*self.scene.kept, training), notice=None)

    def close(self) -> None:
        """End the thread of this panel."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self.views.update(problem=words)

    def _begin(self, setting: Setting, until: Callable[[Progress], bool] | None = None) -> None:
        """Ask for a training; the page says so first, since it may be over at once."""
        clean = {"problem": "", "notice": None, "stage": None, "done": 0, "total": 0}
        self.views.update(setting=setting, phase="working", **clean)
        self._scheduler.play(until)
        self._scheduler.request(setting)

    def _on_start(self, setting: Setting) -> None:
        """What is on the page stays until there is something of this training, at once redrawn."""
        self._last_news, self._unseen, self._is_new = 0.0, {}, True

    def _on_news(self, setting: Setting, progress: Progress) -> None:
        """Draw the first moment and the end of an epoch at once, others a few times a second."""
        if setting != self.scene.setting:
            return
        training = progress.training
        if training is None:
            return
        if training.is_recorded:
            self._is_new = False
            self.views.update(training=None, recorded=training, stage=progress.stage)
            return
        self._unseen = {
            "phase": "working",
            "training": training,
            "stage": progress.stage,
            "done": progress.done,
            "total": progress.total,
        }
        is_due = monotonic() - self._last_news >= REDRAW_SECONDS  # the first one always is
        if is_due or ends_epoch(progress):
            self._last_news = monotonic()
            self._show(**self._unseen)

    def _show(self, **changes: Any) -> None:
        """Draw what is known of this training; with its first word goes what was there before."""
        before = {"training": None, "recorded": None} if self._is_new else {}
        self._is_new = False
        self.views.update(**{**before, **changes})

    def _on_paused(self, setting: Setting) -> None:
        """Whoever holds a training wants to see where it is held."""
        if setting == self.scene.setting:
            self._show(**{**self._unseen, "phase": "paused"})

    def _on_answer(self, setting: Setting, training: Training) -> None:
        with self.views.lock:  # whoever moves a control now is before us or after us
            if setting != self.scene.setting:
                return
            self._show(training=training, phase="idle", stage=None)
            if self._home is not None:
                self.keep()
            if self._queue:
                self.ask_all(list(self._queue))
            else:
                self._go_home()

    def _on_error(self, setting: Setting, error: Exception) -> None:
        with self.views.lock:
            if setting == self.scene.setting:
                self._queue.clear()
                self._show(problem=sentence(error), phase="idle")
                self._go_home()

    def _on_stopped(self, setting: Setting) -> None:
        """Nothing runs and nothing waits, whichever setting it was."""
        told = message("stopped; move a control or press “Play”")
        with self.views.lock:
            self.views.update(phase="idle", stage=None, notice=told)
            self._go_home()
