"""The table behind the plots: every epoch of every run."""

from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Training
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.wording import value_text


class Numbers:
    """A row an epoch, folded away; where there are several runs, each below its name."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = LearningView(key=lambda s: (s.kept, _epochs(s.training)), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        rows = "".join(
            _rows(name if len(scene.runs) > 1 else "", run)
            for name, run in zip(scene.names, scene.runs, strict=True)
            if run.validated
        )
        if not rows:
            self.widget.value = ""
            return
        heads = (_("epoch"), _("training loss"), _("validation loss"), _("validation accuracy"))
        head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
        self.widget.value = (
            f"<details><summary>{escape(_('the numbers'))}</summary>"
            f'<div class="wb-scroll" tabindex="0"><table class="wb-heat"><thead><tr>{head}</tr>'
            f"</thead><tbody>{rows}</tbody></table></div></details>"
        )


def _epochs(training: Training | None) -> tuple[object, int]:
    return (training.setting, len(training.validated)) if training else (None, 0)


def _rows(name: str, training: Training) -> str:
    names = ("training_loss", "validation_loss", "validation_accuracy")
    # A row of its own that may wrap: beside the numbers the name of a run cut them off.
    head = (
        f'<tr><th colspan="4" scope="rowgroup" style="white-space:normal">{escape(name)}</th></tr>'
    )
    return (head if name else "") + "".join(
        f'<tr><th scope="row">{round(moment.epochs)}</th>'
        + "".join(f"<td>{escape(value_text(moment.quantities[n]))}</td>" for n in names)
        + "</tr>"
        for moment in training.validated
    )
