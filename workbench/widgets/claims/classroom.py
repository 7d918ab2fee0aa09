"""The class board without a server: reports of others beside what this page ruled and measured."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, get_args

import ipywidgets

from workbench.claims import Ruling
from workbench.locale import _, decimal, keep_translated, message
from workbench.report import Session, Shared, read, shared
from workbench.widgets.claims.classroom_front import ClassFront
from workbench.widgets.claims.classroom_room import Room, columns
from workbench.widgets.claims.classroom_table import ClassTable
from workbench.widgets.guard import listen
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.views import View, Views

MOST_REPORTS = 60
MOST_LETTERS = 80
"""Of a file's name in the sentence that refuses it."""
SHEET = Path(__file__).parent / "classroom.css"


class Classroom:
    """Files that are chosen add up; `session` tells what this page has to report at the moment."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        self._upload = ipywidgets.FileUpload(
            accept=".json", multiple=True, icon="", layout={"width": "max-content"}
        )
        self._upload.add_class("wb-upload")
        self._status = ipywidgets.HTML()
        self._status.add_class("wb-text")
        self.table, self.front = ClassTable(), ClassFront()
        status: View[Room] = View(key=lambda r: (r.reports, r.refused), draw=self._tell)
        self._views = Views(Room(own=shared(session())), (status, self.table.view, self.front.view))
        clear = button(
            message("Clear the class"), message("take all reports off this board; files stay"),
            lambda: self._views.update(reports=(), refused=()), page().show_problem,
        )  # fmt: skip
        row = ipywidgets.HBox([self._upload, clear])
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox(
            [_style(), row, self._status, self.table.widget, self.front.widget]
        )
        self.widget.add_class("wb-figures")
        listen(self._upload, self._chosen, page().show_problem)
        keep_translated(self._translate)
        self._views.begin()

    def refresh(self) -> None:
        """Look again at what this page itself ruled and measured."""
        with self._views.lock:  # two threads may bring news at once: the newer has to stay
            self._views.update(own=shared(self._session()))

    def add(self, files: Sequence[Mapping[str, Any]]) -> None:
        """Put the reports in these files on the board, and say of the others what is wrong."""
        reports, refused = list(self._views.state.reports), list(self._views.state.refused)
        for file in files:
            try:
                reports.append(self._report(bytes(file["content"]), len(reports)))
            except ValueError as error:
                refused.append(f"{str(file['name'])[:MOST_LETTERS]}: {error}")
        self._views.update(reports=tuple(reports), refused=tuple(refused[-MOST_REPORTS:]))

    def _report(self, content: bytes, others: int) -> Shared:
        if others >= MOST_REPORTS:
            rule = _("a class has at most {most} reports, got one more: clear the class first")
            raise ValueError(rule.format(most=MOST_REPORTS))
        return read(content, get_args(Ruling))

    def _chosen(self, files: Sequence[Mapping[str, Any]]) -> None:
        if files:
            self._upload.value = ()  # else the same file could not be chosen again
            # A browser hands files over by name, where a second report of a day comes first.
            self.add(sorted(files, key=lambda file: file["last_modified"]))

    def _translate(self) -> None:
        self._upload.description = _("Add reports (JSON)")
        self._upload.tooltip = _("files that “Report as JSON” wrote, one or several at once")
        page().give_name(self._upload, str(self._upload.description))

    def _tell(self, room: Room) -> None:
        page().give_name(self._status, _("reports of the class"), role="status", live=True)
        machines = {column.hardware for column in columns(room)[1:]}
        told = _("Reports: {n}, of machines: {machines}.").format(
            n=decimal(len(room.reports)), machines=decimal(len(machines))
        )
        problems = "".join(
            f'<div class="wb-problem">⚠ {escape(each)}</div>' for each in room.refused
        )
        self._status.value = f"<p>{escape(told)}</p>{problems}"


def _style() -> ipywidgets.Widget:
    """A widget that shows nothing and lays out the table."""
    widget = ipywidgets.HTML(f"<style>{SHEET.read_text(encoding='utf-8')}</style>")
    widget.add_class("wb-page")
    return widget
