"""The panel of lesson 3: controls make a form, a thread counts and times it, views draw it."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Superseded
from workbench.measurement.kernels import Look
from workbench.scheduler import Scheduler
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.guard import sentence
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.readouts import Readouts
from workbench.widgets.receptive import field_seen
from workbench.widgets.state import State
from workbench.widgets.views import View, Views
from workbench.wording import field_text

Run = Callable[[Setting, Callable[[Look], None]], Look]
STRIP = ("parameters", "macs", "latency_ms", "speedup", "file_bytes", "deflated_bytes")


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form that the controls ask for, and the last one that exists, which was looked at.

    `problem` is escaped HTML, the sentence of an error; `notice` is a word to the learner.
    """

    setting: Setting
    look: Look | None = None
    is_over: bool = False
    problem: str = ""
    notice: Message | None = None

    @property
    def is_stale(self) -> bool:
        """What is known is of another form than the controls show."""
        return self.look is None or self.look.setting != self.setting


class KernelPanel:
    """Untrained networks only: what they see, what they cost, how long they take.

    A form that does not exist is told in the status line; the last one that did stays, faded.
    """

    def __init__(self, run: Run, setting: Setting) -> None:
        self._start = setting
        self.readouts = Readouts(STRIP)
        self.status = ipywidgets.HTML()
        self.status.add_class("wb-status")
        numbers = View[Form](key=lambda form: (form.setting, form.look), draw=self._draw_numbers)
        telling = View[Form](key=lambda form: form, draw=self._tell)
        self._views = Views(Form(setting=setting), (numbers, telling))
        self.controls = Controls(setting, self.ask, self.show_problem)
        stopped = message("stopped; move a control or press “Measure again”")
        self._scheduler = Scheduler(
            run,
            superseded=Superseded,
            on_start=lambda wanted: None,
            on_news=lambda wanted, news: self._learn(wanted, look=news),
            on_answer=lambda wanted, answer: self._learn(wanted, look=answer, is_over=True),
            on_error=lambda wanted, error: self._learn(wanted, problem=sentence(error)),
            on_stopped=lambda wanted: self._learn(wanted, notice=stopped),
        )
        self.buttons = ipywidgets.HBox(self._buttons())
        self.buttons.add_class("wb-buttons")
        self._views.begin()

    @property
    def setting(self) -> Setting:
        """The form that the controls ask for."""
        return self._views.state.setting

    def _buttons(self) -> list[ipywidgets.Button]:
        show = self.show_problem
        stop, again = message("end what is being measured"), message("time this form once more")
        back = message("the form with which this lesson starts")
        return [
            button(message("Stop"), stop, self._scheduler.stop, show),
            button(message("Back to 3 x 3"), back, self.reset, show),
            button(message("Measure again"), again, lambda: self.ask(self.setting), show),
        ]

    def follow(self, follower: Callable[[Look], None], *faded: ipywidgets.DOMWidget) -> None:
        """Call `follower` with every other form; `faded` widgets pale while they show the last."""

        def draw(form: Form) -> None:
            if form.look is not None:
                follower(form.look)

        def fade(form: Form) -> None:
            for widget in faded:
                (widget.add_class if form.is_stale else widget.remove_class)("wb-old")

        self._views.follow(View(key=lambda form: form.look and form.look.setting, draw=draw))
        self._views.follow(View(key=lambda form: form.is_stale, draw=fade))

    def follow_asking(self, asker: Callable[[Setting], None]) -> None:
        """Call `asker` with every setting that is asked for, whether its form exists or not."""
        asking = View[Form](key=lambda form: form.setting, draw=lambda form: asker(form.setting))
        self._views.follow(asking)

    def ask(self, setting: Setting) -> None:
        """Look at `setting`; what stands on the page is pale until it is there."""
        self._views.update(setting=setting, is_over=False, problem="", notice=None)
        self._scheduler.request(setting)

    def reset(self) -> None:
        """Back to the form with which the lesson started."""
        self.controls.show(self._start)

    def close(self) -> None:
        """End the thread of this panel."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence in the status line."""
        self._views.update(problem=words)

    def _learn(self, wanted: Setting, **news: object) -> None:
        """Take what is said of `wanted`, unless the controls ask for another form by now."""
        with self._views.lock:
            if wanted == self.setting:
                self._views.update(**news)

    def _tell(self, form: Form) -> None:
        page().give_name(self.status, _("status"), role="status", live=True)
        if form.problem or form.notice:
            kind, words = "problem", f"⚠ {form.problem}" if form.problem else str(form.notice)
        elif form.is_over and form.look:
            kind, words = "ready", "✓ " + ready(form.look)
        else:
            told = _("looking at {form}").format(form=form_text(form.setting))
            kind, words = "working", escape(told)
        self.status.value = f'<div class="wb-{kind}">{words}</div>'

    def _draw_numbers(self, form: Form) -> None:
        found = form.look.quantities if form.look else {}
        fresh = frozenset() if form.is_stale else frozenset(found)
        self.readouts.view.draw(State(setting=form.setting, quantities=found, fresh=fresh))


def ready(look: Look) -> str:
    """What was looked at, what it sees, and what a reader of its numbers should know (HTML)."""
    last = look.sights[-1]
    told = _("{form}, {n} blocks: the last layer sees {field}").format(
        form=form_text(look.setting), n=last.block, field=field_seen(last, look.shape[1:])
    )
    return escape(told) + "".join(f"<div>{escape(str(note))}</div>" for note in look.notes)


def form_text(setting: Setting) -> str:
    """Window, stride and padding in a few words."""
    return _("windows of {k} x {k}, stride {stride}, {padding}").format(
        k=setting.kernel_size,
        stride=setting.stride,
        padding=field_text("padding", setting.padding),
    )
