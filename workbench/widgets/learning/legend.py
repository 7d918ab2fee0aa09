"""Which line of the plots is which, in words, with its last accuracy and its label."""

from html import escape

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import _, decimal
from workbench.measurement import Training
from workbench.widgets.html import tag
from workbench.widgets.learning.scene import Scene
from workbench.wording import value_text

COLOURS = (PRUNED, PINNED, TRAIL, "#009E73", "#CC79A7")
STYLES = ("solid", "dashed", "dotted")


def look_of(number: int) -> tuple[str, str]:
    """Colour and line style of a kept run: every colour once, then again in another style."""
    return COLOURS[number % len(COLOURS)], STYLES[number // len(COLOURS) % len(STYLES)]


def legend(scene: Scene) -> str:
    """Which line is which, in words, with its last accuracy and its label."""
    runs = scene.runs
    looks = [*map(look_of, range(len(scene.kept))), (CANDIDATE, "solid")]
    keys = [
        _key(colour, name, run, style)
        for (colour, style), name, run in zip(looks, scene.names, runs, strict=False)
    ]
    if scene.live is not None:
        words = _("thick: validation images, thin: training images, ◆ the best epoch")
        keys.append(escape(words))
    if any(run.outcome == "diverged" for run in runs):
        words = _(
            "✚ in its colour: the last update before a run diverged; its line is of training"
            " images; a loss beyond the picture is cut off"
        )
        keys.append(escape(words))
    if scene.recorded is not None:
        keys.append(_key(BASELINE, _("the same training, recorded"), scene.recorded, "dashed"))
    elif scene.live is not None:
        keys.append(escape(_("no recorded run of this setting to compare with")))
    return "<br>".join(keys)


def _key(colour: str, name: str, training: Training, style: str) -> str:
    line = f'<span class="wb-line" style="border-color:{colour};border-style:{style}"></span>'
    if training.outcome == "diverged":
        return f"{line}{escape(name)}: {escape(_('diverged'))}"
    moment = training.reached
    if moment is None:
        return f"{line}{escape(name)}"
    found = moment.quantities["validation_accuracy"]
    when = _("after epoch {n}").format(n=decimal(moment.epochs))
    return f"{line}{escape(name)}: {escape(value_text(found))} {escape(when)} {tag(found)}"
