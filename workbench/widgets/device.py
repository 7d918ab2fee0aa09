"""The control of the device: open where this machine has a choice, else closed, with the reason."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets

from workbench.locale import Message, _, keep_translated
from workbench.measurement import Superseded
from workbench.scheduler import Scheduler
from workbench.setting import SPACE
from workbench.widgets.controls import Change, Controls
from workbench.widgets.guard import sentence
from workbench.widgets.html import text
from workbench.widgets.page import page
from workbench.wording import EXPLAINED, FIELDS, field_text

Reasons = Mapping[str, Message]
CPU = "cpu"


class DeviceControl:
    """Says at first that only the processor is known; `look` finds out, patiently, in a thread."""

    def __init__(
        self, controls: Controls, look: Callable[[], Reasons], change: Change | None = None
    ) -> None:
        self._controls, self._change = controls, change
        self._reasons: Reasons | None = None
        self._problem = ""
        self._closed: Any = ipywidgets.Dropdown(
            options=[(CPU, CPU)], disabled=True, style={"description_width": "9.5em"}
        )
        self._closed.add_class("wb-control")
        self._told = text(self._why, "wb-device")
        self.widget = ipywidgets.VBox([self._closed, self._told])
        keep_translated(self._name)
        self._scheduler: Scheduler[None, None, Reasons] = Scheduler(
            lambda wanted, report: look(),
            superseded=Superseded,
            on_start=lambda wanted: None,
            on_news=lambda wanted, news: None,
            on_answer=lambda wanted, found: self.know(found),
            on_error=lambda wanted, error: self._fail(error),
            on_stopped=lambda wanted: None,
            is_patient=True,
        )
        self._scheduler.request(None)

    def know(self, reasons: Reasons) -> None:
        """Open where there is a choice; below it, why a device is not among them."""
        self._reasons = reasons
        here = tuple(device for device in SPACE["device"] if device not in reasons)
        if len(here) > 1:
            control = self._controls.widget("device", here, change=self._change)
            self.widget.children = (control, self._told)
        self._told.value = self._why()

    def close(self) -> None:
        """End the thread."""
        self._scheduler.close()

    def _fail(self, error: Exception) -> None:
        self._problem = sentence(error)
        self._told.value = self._why()

    def _name(self) -> None:
        self._closed.description = str(FIELDS["device"])
        self._closed.set_trait("_options_labels", (field_text("device", CPU),))
        page().give_name(self._closed, f"{FIELDS['device']}: {EXPLAINED['device']}")

    def _why(self) -> str:
        if self._problem:
            return f"⚠ {self._problem}"
        if self._reasons is None:
            return escape(_("looking for other devices …"))
        return "<br>".join(
            escape(_("no {device}: {reason}").format(device=device, reason=reason))
            for device, reason in self._reasons.items()
        )
