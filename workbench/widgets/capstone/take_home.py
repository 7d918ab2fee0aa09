"""A button that writes the network of the panel into a folder of its own, ready to be used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import ipywidgets

from workbench.locale import _, message
from workbench.measurement import Measurement, Quantity
from workbench.setting import Setting
from workbench.widgets.capstone.lines import line
from workbench.widgets.claims.tables import row, table
from workbench.widgets.handout import Handout
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import setting_text, value_text


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be written where."""

    setting: Setting
    folder: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Written:
    """A folder that was made, the length of its files, and the measurement that went into it.

    Without a measurement it is on its way.
    """

    wanted: Wanted
    folder: str = ""
    files: Mapping[str, Quantity] = field(default_factory=dict)
    measurement: Measurement | None = None


class TakeHome:
    """A line for the folder, a button, and what was written; `on_written` hears of it."""

    def __init__(
        self,
        write: Callable[[Wanted, Callable[[Written], None]], Written],
        setting: Callable[[], Setting],
        on_written: Callable[[Measurement], None],
    ) -> None:
        self._on_written = on_written
        self._written: Path | None = None
        self.folder = line(
            message("folder"), message("a new folder, which is made whole or not at all"),
            "~/my_network",
        )  # fmt: skip
        self._told = ipywidgets.HTML()
        self._told.add_class("wb-text")
        self.task: Task[Wanted, Written] = Task(
            write, self._draw, lambda found: setting_text(found.wanted.setting), self._told
        )
        self.task.offer(
            message("Take it home"),
            message("measure the version of the panel once more and write it into the folder"),
            lambda: Wanted(setting=setting(), folder=self._path()),
        )
        handout = Handout(
            "network.zip",
            message("Download the folder as a zip"),
            message("the folder that was written, as one file"),
            self._packed,
            page().show_problem,
        )
        self._offer = ipywidgets.VBox([handout])
        self._offer.layout.display = "none"
        self.widget = ipywidgets.VBox([self.folder, self.task.widget, self._offer])
        self.widget.add_class("wb-exercise")

    def close(self) -> None:
        """End the thread."""
        self.task.close()

    def _packed(self) -> bytes:
        """What was written last; on a server of a class the folder itself is out of reach."""
        assert self._written is not None
        content = BytesIO()
        with ZipFile(content, "w", ZIP_DEFLATED) as packed:
            for path in sorted(self._written.iterdir()):
                packed.write(path, f"{self._written.name}/{path.name}")
        return content.getvalue()

    def _path(self) -> str:
        path = str(self.folder.value).strip()
        if not path:
            rule = _("an export is a new folder: write its name, got {value}")
            raise ValueError(rule.format(value="“”"))
        return path

    def _draw(self, found: Written | None) -> None:
        page().give_name(self._told, _("what was written"), role="group", live=True)
        if found is None or found.measurement is None:
            if self._written is not None:
                return  # the folder of before is still there
            words = _("Nothing is written yet.")
            self._told.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        rows = [
            row(escape(name), [f"{escape(value_text(size))} {tag(size)}"])
            for name, size in found.files.items()
        ]
        folder = escape(_("Written: {folder}").format(folder=found.folder))
        self._told.value = f"<p>{folder}</p>{table((), rows)}"
        self._written = Path(found.folder)
        self._offer.layout.display = None
        self._on_written(found.measurement)
