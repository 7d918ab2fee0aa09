"""Objectives: what a trial measures, that it can be stopped, and that it is the same again."""

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.core.accuracy import test_accuracy as accuracy_of_test
from workbench.core.accuracy import validation_accuracy
from workbench.core.data import load
from workbench.core.objectives import OBJECTIVES
from workbench.core.training import fit
from workbench.measurement import Progress, Superseded, ignore
from workbench.setting import Setting, shipped
from workbench.setting.recorded import PLAIN_TRAINING

QUICK = Setting(dataset="digits", model="mlp", epochs=2, batch_size=128, augmentation="none")

pytestmark = pytest.mark.usefixtures("cache")


def test_every_objective_answers_what_it_says_it_seeks(cache: Path) -> None:
    settings = {"compression": shipped("digits", "mlp"), "recorded": PLAIN_TRAINING}
    for name, objective in OBJECTIVES.items():
        found = objective.measure(settings.get(name, QUICK), ignore)
        assert objective.directions.keys() <= found.keys(), name


def test_training_answers_the_accuracies_of_the_network_that_fit_gives() -> None:
    found = OBJECTIVES["training"].measure(QUICK, ignore)
    data = load("digits")
    model = fit(QUICK, data, ignore)
    assert (
        found["validation_accuracy"].value == validation_accuracy(model, data, lambda: None).value
    )
    assert found["accuracy"].value == accuracy_of_test(model, data).value
    assert found["updates"].value == 2 * -(-len(data.train_labels) // 128)
    assert found["parameters"].value == sum(weight.numel() for weight in model.parameters())


def test_training_tells_validation_accuracy_once_an_epoch() -> None:
    heard: list[Progress] = []
    OBJECTIVES["training"].measure(replace(QUICK, epochs=3), heard.append)
    told = {id(p.quantities["validation_accuracy"]) for p in heard if p.quantities}
    assert len(told) == 3


def test_a_diverged_training_is_a_result_no_better_than_a_guess() -> None:
    found = OBJECTIVES["training"].measure(replace(QUICK, learning_rate=1e9), ignore)
    assert found["validation_accuracy"].value == pytest.approx(0.1)
    assert found["validation_accuracy"].provenance == "computed"


def test_the_recorded_objective_answers_the_last_epoch_and_tells_all() -> None:
    heard: list[Progress] = []
    found = OBJECTIVES["recorded"].measure(PLAIN_TRAINING, heard.append)
    assert found["validation_accuracy"] is heard[-1].quantities["validation_accuracy"]
    assert found["validation_accuracy"].provenance == "recorded"
    assert len(heard) == PLAIN_TRAINING.epochs


def test_fewer_epochs_are_the_beginning_of_the_recorded_training() -> None:
    heard: list[Progress] = []
    OBJECTIVES["recorded"].measure(PLAIN_TRAINING, heard.append)
    found = OBJECTIVES["recorded"].measure(replace(PLAIN_TRAINING, epochs=2, seed=3), ignore)
    assert found["validation_accuracy"] == heard[1].quantities["validation_accuracy"]
    trained = OBJECTIVES["training"].measure(replace(PLAIN_TRAINING, epochs=2), ignore)
    assert found["validation_accuracy"].value == trained["validation_accuracy"].value


def test_a_training_that_was_not_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match="is looked up among those that were recorded"):
        OBJECTIVES["recorded"].measure(replace(PLAIN_TRAINING, epochs=11), ignore)


@pytest.mark.parametrize("name", ["training", "compression", "arithmetic"])
def test_an_objective_ends_by_what_its_report_raises(name: str) -> None:
    words = []

    def stop_at_the_second(progress: Progress) -> None:
        words.append(progress)
        if len(words) == 2:
            raise Superseded

    setting = shipped("digits", "mlp") if name == "compression" else replace(QUICK, epochs=4)
    with pytest.raises(Superseded):
        OBJECTIVES[name].measure(setting, stop_at_the_second)
    assert len(words) == 2


def test_compression_measures_the_compressed_network() -> None:
    measure = OBJECTIVES["compression"].measure
    whole, packed = (
        measure(replace(shipped("digits", "mlp"), weight_bits=bits), ignore) for bits in (32, 8)
    )
    assert packed["file_bytes"].value < 0.5 * whole["file_bytes"].value
    assert packed["validation_accuracy"].n == len(load("digits").validation_labels)
    assert whole["accuracy"].n == len(load("digits").test_labels)


def test_arithmetic_is_the_same_again_and_highest_at_its_top() -> None:
    measure = OBJECTIVES["arithmetic"].measure
    top = replace(QUICK, learning_rate=0.1, batch_size=64)
    assert measure(top, ignore) == measure(top, ignore)
    for other in (
        replace(top, learning_rate=0.3),
        replace(top, batch_size=32),
        replace(top, epochs=1),
    ):
        assert measure(other, ignore)["validation_accuracy"].value < (
            measure(top, ignore)["validation_accuracy"].value
        )


def test_the_data_an_objective_reads_have_an_identity() -> None:
    assert OBJECTIVES["training"].identity(QUICK) == load("digits").identity
    assert OBJECTIVES["arithmetic"].identity(QUICK) == ""
