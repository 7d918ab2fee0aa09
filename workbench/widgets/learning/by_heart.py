"""What a training on few images showed: the loss may turn while no fewer answers are right."""

from html import escape

from workbench.checks.learning import sure_text
from workbench.locale import _, decimal
from workbench.measurement import Moment, Training
from workbench.widgets.html import tag

SHOWN = ("validation_loss", "validation_accuracy")


def by_heart(training: Training) -> str:
    """HTML: what a training on few images showed, from its own numbers, and how they were got."""
    best = training.best
    if best is None:
        return ""
    tags = " ".join(tag(best.quantities[name]) for name in SHOWN)
    return f"{escape(_told(training))} {tags}"


def _told(training: Training) -> str:
    best, last = training.best, training.validated[-1] if training.validated else None
    if best is None or last is None:
        return ""
    told = _("Least validation loss after epoch {n}: {loss}, with {accuracy} right.")
    if training.outcome != "finished" or last is best:
        return _seen(told, best)
    rose = last.quantities["validation_loss"].value > best.quantities["validation_loss"].value
    gained = (
        last.quantities["validation_accuracy"].value >= best.quantities["validation_accuracy"].value
    )
    end = _seen(_("At the end, after epoch {n}: {loss}, with {accuracy} right."), last)
    if not (rose and gained):
        return f"{_seen(told, best)} {end}"
    why = _(
        "No fewer images are right and the loss is higher all the same: what is wrong is now wrong"
        " with more confidence."
    )
    return f"{_seen(told, best)} {end} {why}"


def _seen(words: str, moment: Moment) -> str:
    return words.format(
        n=decimal(moment.epochs),
        loss=sure_text(moment.quantities["validation_loss"]),
        accuracy=sure_text(moment.quantities["validation_accuracy"]),
    )
