"""A session to take along: predictions that are noted, and the report in three formats."""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from workbench.locale import _, keep_translated, message
from workbench.report import Prediction, Session, as_json, content, html, markdown
from workbench.widgets.guard import listen
from workbench.widgets.html import button
from workbench.widgets.page import page

FORMATS: Mapping[str, tuple[str, Callable[[Session], str]]] = {
    "html": ("text/html", lambda session: html(content(session))),
    "md": ("text/markdown", lambda session: markdown(content(session))),
    "json": ("application/json", as_json),
}
LABELS = {
    "html": message("Report as a web page"),
    "md": message("Report as Markdown"),
    "json": message("Report as JSON"),
}
MOST_LETTERS = 500


class ReportButtons(anywidget.AnyWidget):
    """One click makes the report of what there is and saves it, without a network.

    `value`: the format that was asked for last, and when.
    """

    _esm = Path(__file__).with_name("report.js")
    labels = traitlets.Dict().tag(sync=True)
    value: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Callable[[], Session]) -> None:
        super().__init__()
        self._session = session
        listen(self, lambda asked: self.send(self.made(asked["format"])), page().show_problem)
        keep_translated(self._translate)

    def _translate(self) -> None:
        self.labels = {name: str(label) for name, label in LABELS.items()}
        page().give_name(self, _("report of this session"), role="group")

    def made(self, form: str) -> dict[str, str]:
        """The file of a format: its name, its type and its text."""
        kind, write = FORMATS[form]
        session = self._session()
        name = f"workbench-{session.day.isoformat()}.{form}"
        return {"name": name, "type": f"{kind};charset=utf-8", "text": write(session)}


class Predictions:
    """What the learner expects, in own words, noted before the next measurement."""

    def __init__(self, measured: Callable[[], int]) -> None:
        self._measured = measured
        self.noted: tuple[Prediction, ...] = ()
        self._words = ipywidgets.Text()
        self._words.add_class("wb-control")
        self._list = ipywidgets.HTML()
        self._list.add_class("wb-text")
        note = button(
            message("Note it"), message("keep this prediction for the report"),
            self.note, page().show_problem,
        )  # fmt: skip
        row = ipywidgets.HBox([note])
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([self._words, row, self._list])
        self.widget.add_class("wb-drawing")
        keep_translated(self._translate)

    def _translate(self) -> None:
        self._words.description = _("I predict")
        self._words.placeholder = _("what will come of the next move, and why")
        page().give_name(self._words, _("your prediction"))
        self._write()

    def note(self) -> None:
        """Keep what stands in the field, and empty it."""
        words = " ".join(self._words.value.split())
        if not words or len(words) > MOST_LETTERS:
            rule = _("a prediction has 1 to {most} characters, got {value}")
            raise ValueError(rule.format(most=MOST_LETTERS, value=len(words)))
        self.noted += (Prediction(words=words, before=self._measured() + 1),)
        self._words.value = ""
        self._write()

    def _write(self) -> None:
        page().give_name(self._list, _("your predictions"), role="group", live=True)
        told = _("before measurement {number}: {words}")
        items = "".join(
            f"<li>{escape(told.format(number=each.before, words=each.words))}</li>"
            for each in self.noted
        )
        self._list.value = f"<ul>{items}</ul>" if items else ""
