"""The panel of lesson 3: controls make a form, a thread counts and times it, followers draw it."""

from collections.abc import Callable
from html import escape
from threading import RLock

import ipywidgets

from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Superseded
from workbench.measurement.kernels import Look
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.readouts import Readouts
from workbench.widgets.state import State
from workbench.wording import field_text

Run = Callable[[Setting, Callable[[Look], None]], Look]
Follower = Callable[[Look], None]
STRIP = ("parameters", "macs", "latency_ms", "speedup", "file_bytes", "deflated_bytes")


class KernelPanel:
    """Untrained networks only: what they see, what they cost, how long they take.

    A form that does not exist is told in the status line; the last one that did stays, faded.
    """

    def __init__(self, run: Run, setting: Setting) -> None:
        self._start, self.setting = setting, setting
        self.look: Look | None = None
        self._followers: list[Follower] = []
        self._askers: list[Callable[[Setting], None]] = []
        self._faded: list[ipywidgets.DOMWidget] = []
        self._words: tuple[str, Callable[[], str]] = ("working", lambda: "")
        self._lock = RLock()
        self.controls = Controls(setting, self.ask, self.show_problem)
        self.readouts = Readouts(STRIP)
        self.status = ipywidgets.HTML()
        self.status.add_class("wb-status")
        self._scheduler = Scheduler(
            run,
            superseded=Superseded,
            on_start=lambda wanted: None,
            on_news=self._on_news,
            on_answer=self._on_answer,
            on_error=lambda wanted, error: self.show_problem(sentence(error)),
            on_stopped=lambda wanted: self._say(
                "problem", lambda: escape(_("stopped; move a control or press “Measure again”"))
            ),
        )
        self.buttons = ipywidgets.HBox(self._buttons())
        self.buttons.add_class("wb-buttons")
        keep_translated(self._translate)

    def _buttons(self) -> list[ipywidgets.Button]:
        show = self.show_problem
        stop, again = message("end what is being measured"), message("time this form once more")
        back = message("the form with which this lesson starts")
        return [
            button(message("Stop"), stop, self._scheduler.stop, show),
            button(message("Back to 3 x 3"), back, self.reset, show),
            button(message("Measure again"), again, lambda: self.ask(self.setting), show),
        ]

    def follow(self, follower: Follower, *faded: ipywidgets.DOMWidget) -> None:
        """Call `follower` with every look; `faded` widgets pale while they show another form."""
        self._followers.append(follower)
        self._faded += faded
        if self.look is not None:
            follower(self.look)

    def follow_asking(self, asker: Callable[[Setting], None]) -> None:
        """Call `asker` with every setting that is asked for, whether its form exists or not."""
        self._askers.append(asker)

    def ask(self, setting: Setting) -> None:
        """Look at `setting`; what stands on the page is pale until it is there."""
        with self._lock:
            self.setting = setting
            self._fade()
            self._say(
                "working", lambda: escape(_("looking at {form}").format(form=form_text(setting)))
            )
        for asker in self._askers:
            asker(setting)
        self._scheduler.request(setting)

    def reset(self) -> None:
        """Back to the form with which the lesson started."""
        self.controls.show(self._start)

    def close(self) -> None:
        """End the thread of this panel."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self._say("problem", lambda: f"⚠ {words}")

    def _say(self, kind: str, write: Callable[[], str]) -> None:
        with self._lock:
            self._words = kind, write
            self.status.value = f'<div class="wb-{kind}">{write()}</div>'

    def _translate(self) -> None:
        page().give_name(self.status, _("status"), role="status", live=True)
        self._say(*self._words)
        self._draw_numbers()

    @property
    def _is_stale(self) -> bool:
        return self.look is None or self.look.setting != self.setting

    def _fade(self) -> None:
        for widget in self._faded:
            (widget.add_class if self._is_stale else widget.remove_class)("wb-old")
        self._draw_numbers()

    def _draw_numbers(self) -> None:
        found = self.look.quantities if self.look else {}
        fresh = frozenset() if self._is_stale else frozenset(found)
        self.readouts.view.draw(State(setting=self.setting, quantities=found, fresh=fresh))

    def _on_news(self, wanted: Setting, news: Look) -> None:
        with self._lock:
            if wanted != self.setting:
                return
            known = None if self._is_stale or self.look is None else self.look.quantities.keys()
            if known == news.quantities.keys():
                return
            is_new = known is None
            self.look = news
            self._fade()
        if is_new:
            for follower in self._followers:
                follower(news)

    def _on_answer(self, wanted: Setting, answer: Look) -> None:
        self._on_news(wanted, answer)
        with self._lock:
            if wanted == self.setting:
                self.look = answer
                self._draw_numbers()
                self._say("ready", lambda: "✓ " + ready(answer))


def ready(look: Look) -> str:
    """What was looked at, what it sees, and what a reader of its numbers should know (HTML)."""
    field = look.sights[-1].field
    told = _("{form}: the last layer sees {field} x {field} pixels").format(
        form=form_text(look.setting), field=field
    )
    notes: list[Message] = list(look.notes)
    return escape(told) + "".join(f"<div>{escape(str(note))}</div>" for note in notes)


def form_text(setting: Setting) -> str:
    """Window, stride and padding in a few words."""
    return _("windows of {k} x {k}, stride {stride}, {padding}").format(
        k=setting.kernel_size,
        stride=setting.stride,
        padding=field_text("padding", setting.padding),
    )
