"""A button that moves the controls of the panel, with how the panel's training of it goes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

import ipywidgets

from workbench.locale import Message, _
from workbench.measurement import Training
from workbench.setting import Setting
from workbench.widgets.html import button
from workbench.widgets.learning.panel import LearningPanel
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.widgets.learning.status import outcome_text
from workbench.widgets.page import page

PLACE = "wb-training-panel"
"""The id of the panel, to which the line below the button leads."""


class Preset:
    """The panel may be far above: what it does with this setting stands below the button too.

    `free` names the fields that may be moved without leaving the preset; `more` says, in HTML, what
    is to be seen in a training that is over.
    """

    def __init__(
        self,
        panel: LearningPanel,
        setting: Setting,
        label: Message,
        told: Message,
        *,
        free: tuple[str, ...] = (),
        more: Callable[[Training], str] = lambda training: "",
    ) -> None:
        self._wanted, self._free, self._more = setting, free, more
        self._line = ipywidgets.HTML()
        self._line.add_class("wb-text")
        move = button(label, told, partial(panel.controls.show, setting), panel.show_problem)
        row = ipywidgets.HBox([move])
        row.add_class("wb-buttons")
        self.widget = ipywidgets.VBox([row, self._line])
        self.widget.add_class("wb-drawing")
        panel.views.follow(
            LearningView(
                key=lambda s: (s.setting, s.phase, s.training if s.phase == "idle" else None),
                draw=self._draw,
            )
        )

    def _draw(self, scene: Scene) -> None:
        page().give_name(self._line, _("what the panel does with it"), role="group")
        free = {name: getattr(self._wanted, name) for name in self._free}
        if replace(scene.setting, **free) != self._wanted:
            self._line.value = ""
            return
        words = escape(_("The panel above has it now."))
        if scene.phase == "idle" and scene.training is not None and scene.is_of_setting:
            ended = escape(f"{outcome_text(scene.training)}.")
            words = f"{ended} {self._more(scene.training)}"
        back = escape(_("To the curves"))
        link = f'<a style="text-decoration:underline" href="#{PLACE}">{back}</a>'
        self._line.value = f"<p>{words} {link}</p>"
