"""The objective of a compressed network: accurate, small and fast, all at once."""

from functools import partial

from workbench.core.accuracy import accuracy, accuracy_on_test, answers_of, right_answers
from workbench.core.experiment import baseline_engine, no_gradients, prepared
from workbench.core.measures import timed
from workbench.core.sizes import file_sizes
from workbench.locale import message
from workbench.measurement import Progress, Provenance, Quantities, Report
from workbench.setting import Setting


def compression(setting: Setting, report: Report) -> Quantities:
    """Compress the trained network: validation accuracy, bytes of the file, time of one call."""
    candidate, _work = prepared(setting, report)
    data, engine = candidate.architecture.data, candidate.engine
    provenance: Provenance = "simulated" if candidate.built.is_simulated else "measured"
    now = Progress(stage=message("accuracy on validation images"))
    check = partial(report, now)
    with no_gradients():
        answers = answers_of(engine, data.validation_images, data, check)
        right = right_answers(answers, data.validation_labels)
        sizes = file_sizes(engine, check)
        _timings, times = timed(candidate, baseline_engine(candidate), report, {})
        return {
            "validation_accuracy": accuracy(right, provenance),
            "deflated_bytes": sizes["deflated_bytes"],
            "file_bytes": sizes["file_bytes"],
            "latency_ms": times["latency_ms"],
            "accuracy": accuracy_on_test(engine, data, check, provenance),
        }
