"""One trial of a search for a version: sought by validation images, read out on test images."""

from functools import partial

from workbench.core.accuracy import accuracy, answers_of, right_answers
from workbench.core.experiment import no_gradients, prepared, run
from workbench.locale import message
from workbench.measurement import Measurement, Progress, Quantity, Report
from workbench.setting import Setting


def trial(setting: Setting, report: Report) -> tuple[Measurement, Quantity]:
    """The whole measurement, and the accuracy on validation images that a search may look at."""
    measurement = run(setting, report)
    candidate, _work = prepared(setting, report)
    data = candidate.architecture.data
    check = partial(report, Progress(stage=message("accuracy on validation images")))
    with no_gradients():
        answers = answers_of(candidate.engine, data.validation_images, data, check)
    right = right_answers(answers, data.validation_labels)
    return measurement, accuracy(right, measurement.quantities["accuracy"].provenance)
