"""The read-outs of a training: loss, accuracies, gradient, time and memory, each with its label."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.locale import _
from workbench.widgets.learning.scene import LearningView, Scene, latest
from workbench.widgets.page import page
from workbench.widgets.readouts import card
from workbench.wording import QUANTITIES

STRIP = (
    "training_loss",
    "training_accuracy",
    "validation_accuracy",
    "overfitting_gap",
    "gradient_norm",
    "rate",
    "epoch_seconds",
    "epoch_updates",
    "kept_bytes",
)


class LearningReadouts:
    """A strip of cards that takes quantities and nothing else; places never move."""

    def __init__(self, strip: Sequence[str] = STRIP) -> None:
        self._strip = strip
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-readouts")
        self.view = LearningView(key=lambda s: (s.training, s.is_of_setting), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("read-outs"), role="group")
        found = latest(scene.training)
        cards = "".join(
            card(name, escape(str(QUANTITIES[name])), found.get(name),
                 is_stale=not scene.is_of_setting)
            for name in self._strip
        )  # fmt: skip
        key = escape(str(hash(scene.training.setting)) if scene.training else "", quote=True)
        self.widget.value = f'<div class="wb-strip" data-setting="{key}">{cards}</div>'
