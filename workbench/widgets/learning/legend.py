"""Which line of the plots is which, in words, with its last accuracy and its label."""

from html import escape

from workbench.figures.palette import BASELINE, CANDIDATE, PINNED, PRUNED, TRAIL
from workbench.locale import _, decimal
from workbench.measurement import Training
from workbench.widgets.html import tag
from workbench.widgets.learning.scene import Scene
from workbench.wording import differences, training_text, value_text

COLOURS = (PRUNED, PINNED, TRAIL, "#009E73", "#CC79A7")
STYLES = ("solid", "dashed", "dotted")


def look_of(number: int) -> tuple[str, str]:
    """Colour and line style of a kept run: every colour once, then again in another style."""
    return COLOURS[number % len(COLOURS)], STYLES[number // len(COLOURS) % len(STYLES)]


def legend(scene: Scene) -> str:
    """Which line is which, in words, with its last accuracy and its label."""
    runs = scene.runs
    names = differences([run.setting for run in runs])
    looks = [*map(look_of, range(len(scene.kept))), (CANDIDATE, "solid")]
    keys = [
        _key(colour, name or training_text(run.setting), run, style)
        for (colour, style), name, run in zip(looks, names, runs, strict=False)
    ]
    if scene.training is not None:
        words = _("thick: validation images, thin: training images, ◆ the best epoch")
        keys.append(escape(words))
    if any(run.outcome == "diverged" for run in runs):
        keys.append(escape(_("✕ diverged there; a loss beyond the picture is cut off")))
    if scene.recorded is not None:
        keys.append(_key(BASELINE, _("the same training, recorded"), scene.recorded, "dashed"))
    return "<br>".join(keys)


def _key(colour: str, name: str, training: Training, style: str) -> str:
    line = f'<span class="wb-line" style="border-color:{colour};border-style:{style}"></span>'
    if training.outcome == "diverged":
        return f"{line}{escape(name)}: {escape(_('diverged'))}"
    moment = training.reached
    if moment is None:
        return f"{line}{escape(name)}"
    found = moment.quantities["validation_accuracy"]
    return (
        f"{line}{escape(name)}: {escape(value_text(found))}"
        f" {escape(_('after {n} epochs').format(n=decimal(moment.epochs)))} {tag(found)}"
    )
