"""The studies of lesson 2: measurements of their own, each with a button and a figure."""

from collections.abc import Callable
from functools import partial

import ipywidgets

from workbench.checks.learning import smaller_batches
from workbench.lessons import trainings
from workbench.lessons.bench import Drawn
from workbench.lessons.frame import box
from workbench.locale import Message, message
from workbench.setting import PLAIN_TRAINING, TRAINING, Setting
from workbench.widgets.band import Band
from workbench.widgets.heatmap import plain
from workbench.widgets.learning.bet import Bet
from workbench.widgets.learning.panel import LearningPanel
from workbench.widgets.map import Map
from workbench.widgets.study import Study, Survey
from workbench.wording import FIELDS, field_text, network_text

OF_THE_STUDY = ("dataset", "model", "batch_size", "epochs", "patience")
"""Told otherwise, or chosen by the study itself, whatever the controls say."""


def used_text(names: tuple[str, ...], setting: Setting) -> str:
    """The network and, of the fields that a study takes, the rate and what is not plain."""
    told = [
        f"{FIELDS[name]} {field_text(name, getattr(setting, name))}"
        for name in names
        if name == "learning_rate" or getattr(setting, name) != getattr(PLAIN_TRAINING, name)
    ]
    return ": ".join([network_text(setting), *([", ".join(told)] if told else [])])


OF_COSTS = tuple(name for name in TRAINING if name not in OF_THE_STUDY)
OF_BAND = tuple(name for name in OF_COSTS if name != "seed")
OF_GRADIENTS = ("train_images", "seed")


def _study(
    panel: LearningPanel,
    survey: Survey,
    figure: Drawn,
    label: Message,
    explained: Message,
    told: Callable[[Setting], str],
) -> Study:
    return Study(
        survey, lambda: panel.scene.setting, figure.draw, figure.widget, label, explained, told
    )


def band(panel: LearningPanel) -> Study:
    """Accuracy from several seeds."""
    return _study(
        panel,
        trainings.batch_band,
        Band(message("accuracy from five seeds, by batch size")),
        message("Train from five seeds"),
        message("train with three batch sizes from five seeds each"),
        partial(used_text, OF_BAND),
    )


def noise(panel: LearningPanel) -> Study:
    """Gradients of single batches."""
    return _study(
        panel,
        trainings.gradient_noise,
        Map(message("batch size"), message("gradients of single batches"), plain),
        message("Compare gradients"),
        message("compare the gradients of single batches with that of many images"),
        partial(used_text, OF_GRADIENTS),
    )


def _bet() -> Bet:
    return Bet(
        message("An epoch, once over all training images, is over sooner with …"),
        (message("small batches"), message("large batches"), message("either alike")),
        Map(message("batch size"), message("what a batch size costs"), plain),
        smaller_batches,
    )


def costs(panel: LearningPanel) -> tuple[Study, ipywidgets.Widget]:
    """Time, memory and accuracy by batch size; and the same with a bet to be made before."""
    bet = _bet()
    study = _study(
        panel,
        trainings.batch_costs,
        bet,
        message("Time every batch size"),
        message("time batches of 8 to 512 images, in turn, then train with each"),
        partial(used_text, OF_COSTS),
    )
    return study, box([bet.asked, study.widget], "wb-figures")
