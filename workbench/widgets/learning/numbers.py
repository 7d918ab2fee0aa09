"""The table behind the plots: every epoch of every run."""

from html import escape

import ipywidgets

from workbench.locale import _
from workbench.measurement import Training
from workbench.widgets.learning.scene import LearningView, Scene
from workbench.wording import differences, value_text


class Numbers:
    """A row an epoch, folded away."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = LearningView(key=lambda s: (s.kept, _epochs(s.training)), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        runs = [run for run in scene.runs if run.validated]
        names = differences([r.setting for r in runs]) if len(runs) > 1 else [""] * len(runs)
        rows = "".join(_rows(name, run) for name, run in zip(names, runs, strict=True))
        if not rows:
            self.widget.value = ""
            return
        heads = (_("run"), _("epochs"), _("training loss"), _("validation loss"),
                 _("validation accuracy"))  # fmt: skip
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
    return "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{round(moment.epochs)}</td>'
        + "".join(f"<td>{escape(value_text(moment.quantities[n]))}</td>" for n in names)
        + "</tr>"
        for moment in training.validated
    )
