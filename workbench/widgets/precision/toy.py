"""Fields for numbers, buttons that fill them, and below what every format makes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Generic, NamedTuple, TypeVar

import ipywidgets

from workbench.figures.casts import casts_drawn
from workbench.locale import Message, _, keep_translated, message
from workbench.measurement import Superseded
from workbench.measurement.precision import Adding, Casting
from workbench.scheduler import Scheduler
from workbench.widgets.guard import listen, sentence
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.views import View, Views

Found = TypeVar("Found", Casting, Adding)
Words = tuple[str, ...]


class Field(NamedTuple):
    """What a line of text is called, what it is for, and what stands there at first."""

    label: Message
    explained: Message
    value: str


@dataclass(frozen=True, kw_only=True)
class Seen(Generic[Found]):
    """The last answer, and the sentence of what was wrong since (escaped HTML)."""

    found: Found | None = None
    problem: str = ""


class Toy(Generic[Found]):
    """Fields whose words are worked out when one of them is finished; the answer drawn below.

    The first answer comes from a thread, since torch has to be imported for it; every later one at
    once: it takes milliseconds, and need not wait for a training to end.
    """

    def __init__(
        self,
        work_out: Callable[..., Found],
        fields: Sequence[Field],
        examples: Mapping[str, Words],
        name: Message,
        told: Callable[[Found], str],
    ) -> None:
        self._work_out: Callable[..., Found] = work_out
        self._told: Callable[[Found], str] = told
        self._name = name
        self._is_filling = False
        self._problem, self._drawn = ipywidgets.HTML(), ipywidgets.HTML()
        self._drawn.add_class("wb-drawing")
        self._fields = [self._field(each) for each in fields]
        self._views: Views[Seen[Found]] = Views(
            Seen(),
            (
                View(key=lambda seen: seen.problem, draw=self._tell),
                View(key=lambda seen: id(seen.found), draw=self._draw),
            ),
        )
        self._scheduler: Scheduler[Words, None, Found] = Scheduler(
            lambda words, report: work_out(*words),
            superseded=Superseded,
            on_start=lambda words: None,
            on_news=lambda words, news: None,
            on_answer=lambda words, found: self._learn(words, found=found, problem=""),
            on_error=lambda words, error: self._learn(words, problem=sentence(error)),
            on_stopped=lambda words: None,
        )
        inside = ipywidgets.VBox([*self._fields, self._buttons(examples), self._problem])
        inside.add_class("wb-numbers")
        self.widget = ipywidgets.VBox([inside, self._drawn])
        self.widget.add_class("wb-study")
        self._views.begin()
        self._scheduler.request(self._words)

    @property
    def _words(self) -> Words:
        return tuple(field.value for field in self._fields)

    def follow(self, view: Callable[[Found | None], None]) -> None:
        """Call `view` with every answer, and when the language changes."""
        self._views.follow(
            View(key=lambda seen: id(seen.found), draw=lambda seen: view(seen.found))
        )

    def close(self) -> None:
        """End the thread."""
        self._scheduler.close()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence below the fields; the last answer stays."""
        self._views.update(problem=words)

    def _field(self, each: Field) -> ipywidgets.Text:
        widget = ipywidgets.Text(
            value=each.value, continuous_update=False, style={"description_width": "9.5em"}
        )
        widget.add_class("wb-control")

        def put() -> None:
            widget.description, widget.tooltip = str(each.label), str(each.explained)
            page().give_name(widget, f"{each.label}: {each.explained}")

        keep_translated(put)
        listen(widget, lambda _value: self._take(), self.show_problem)
        return widget

    def _buttons(self, examples: Mapping[str, Words]) -> ipywidgets.Widget:
        told = message("put this into the fields")
        row = ipywidgets.HBox(
            [
                button(Message(label), told, partial(self._fill, words), self.show_problem)
                for label, words in examples.items()
            ]
        )
        row.add_class("wb-ready-made")
        return row

    def _fill(self, words: Words) -> None:
        self._is_filling = True
        try:
            for field, value in zip(self._fields, words, strict=False):
                field.value = value
        finally:
            self._is_filling = False
        self._take()

    def _take(self) -> None:
        if not self._is_filling:
            self._views.update(found=self._work_out(*self._words), problem="")

    def _learn(self, words: Words, **news: object) -> None:
        """Take what is said of `words`, unless others stand in the fields by now."""
        with self._views.lock:
            if words == self._words:
                self._views.update(**news)

    def _tell(self, seen: Seen[Found]) -> None:
        page().give_name(self._problem, _("status"), role="status", live=True)
        told = f'<div class="wb-problem">⚠ {seen.problem}</div>' if seen.problem else ""
        self._problem.value = told

    def _draw(self, seen: Seen[Found]) -> None:
        page().give_name(self._drawn, str(self._name), role="group")
        if seen.found is None:
            words = _("the formats come with the first answer")
            self._drawn.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        self._drawn.value = f"<p>{self._told(seen.found)}</p>{casts_drawn(seen.found.casts)}"
