"""The checks of the exercises, on measurements made by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from workbench.checks import (
    Check,
    Finding,
    faster,
    few_bits,
    is_rescued,
    is_solved,
    learns_fast,
    sees_enough,
    spared,
)
from workbench.locale import message
from workbench.measurement import (
    Layer,
    Measurement,
    Moment,
    Outcome,
    Quantity,
    Training,
    WeightHistogram,
)
from workbench.measurement.kernels import Look, Sight
from workbench.setting import PLAIN_TRAINING, Setting
from workbench.widgets.exercise import Exercise
from workbench.widgets.state import State

LABELS = np.zeros(1000, np.int64)


def quantity(value: float, unit: Any, low: float | None = None) -> Quantity:
    return Quantity(
        value=value, unit=unit, provenance="measured", how=message("zeros"), low=low,
        high=value if low is not None else None,
    )  # fmt: skip


def measured(
    setting: Setting | None = None, *, wrong: int = 100, deflated: float = 90_000,
    speedup: float = 1.0, low: float = 0.99, parameters: int = 1000,
) -> Measurement:  # fmt: skip
    """A measurement of which the first `wrong` test images are answered wrongly."""
    weights = {"conv": 100, "fc": 900}
    layers = tuple(
        Layer(
            name=name, kind="linear", inputs=1, outputs=1, before=(1, 1),
            quantities={"weights": quantity(count, "count")},
        )
        for name, count in weights.items()
    )  # fmt: skip
    return Measurement(
        setting=setting or Setting(),
        quantities={
            "deflated_bytes": quantity(deflated, "bytes"),
            "speedup": quantity(speedup, "ratio", low),
            "parameters": quantity(parameters, "count"),
        },
        predictions=(np.arange(1000) < wrong).astype(np.int64),
        ratios=np.ones(3),
        weights=WeightHistogram(edges=(0.0, 1.0), kept=(1,), pruned=(0,)),
        machine={},
        layers=layers,
    )


def met(check: Check, now: Measurement) -> list[bool]:
    return [finding.is_met for finding in check(now, measured(), LABELS)]


def test_zeros_are_spared_if_the_file_shrinks_and_nobody_sees_it() -> None:
    assert met(spared, measured(deflated=60_000, wrong=103)) == [True, True]
    assert met(spared, measured(deflated=80_000, wrong=103)) == [False, True]
    assert met(spared, measured(deflated=60_000, wrong=160)) == [True, False]


def test_more_accurate_is_not_held_against_anybody() -> None:
    assert met(spared, measured(deflated=60_000, wrong=20)) == [True, True]


def test_faster_wants_the_whole_interval_and_a_short_repair() -> None:
    tuned = Setting(sparsity=0.3, granularity="filter", repair="finetune", repair_epochs=3)
    good = {"speedup": 1.5, "low": 1.4, "parameters": 500, "wrong": 110}
    assert met(faster, measured(tuned, **good)) == [True, True, True, True]  # type: ignore[arg-type]
    assert met(faster, measured(tuned, **good | {"low": 1.2}))[1] is False  # type: ignore[arg-type]
    assert met(faster, measured(tuned, **good | {"parameters": 1000}))[0] is False  # type: ignore[arg-type]
    assert met(faster, measured(tuned, **good | {"wrong": 130}))[2] is False  # type: ignore[arg-type]
    long = replace(tuned, prune_steps=2)
    assert met(faster, measured(long, **good))[3] is False  # type: ignore[arg-type]


def test_bits_are_averaged_over_weights_and_not_over_layers() -> None:
    mixed = Setting(weight_bits=4, layer_bits="conv=8")
    assert met(few_bits, measured(mixed)) == [True, True]
    assert met(few_bits, measured(replace(mixed, layer_bits="fc=8"))) == [False, True]
    (first, _second) = few_bits(measured(mixed), measured(), LABELS)
    assert "4.40 bits" in str(first.told)


class Images:
    """What an exercise needs of a data set."""

    test_images = np.zeros((1000, 1, 1, 1), np.uint8)
    test_labels = LABELS
    classes = ()


@pytest.fixture
def exercise() -> Exercise:
    return Exercise(
        lambda: "the task", lambda: ["less file", "more care"], spared, lambda name: Images()
    )


def draw(exercise: Exercise, now: Measurement | None) -> str:
    history = (measured(), *([now] if now else []))
    setting = now.setting if now else Setting()
    exercise.view.draw(State(setting=setting, answer=now, history=history))
    return str(exercise.widget.value)


def test_an_exercise_judges_what_is_measured_and_hints_at_what_is_missed(
    exercise: Exercise,
) -> None:
    assert "Move the controls" in draw(exercise, None)
    assert "Move the controls" in draw(exercise, measured())
    setting = Setting(sparsity=0.5)
    large = draw(exercise, measured(setting, deflated=80_000))
    assert "less file" in large
    assert "✗" in large
    wrong = draw(exercise, measured(setting, deflated=60_000, wrong=300))
    assert "more care" in wrong
    assert "less accurate than the baseline" in wrong
    assert "Solved." in draw(exercise, measured(setting, deflated=60_000))


def test_all_conditions_count() -> None:
    yes, no = (Finding(is_met=met, told=message("zeros")) for met in (True, False))
    assert is_solved([yes, yes])
    assert not is_solved([yes, no])


def looked(*, field: int = 7, jump: int = 1, channels: int = 8, macs: float = 3e6) -> Look:
    """A form of one layer that sees, loses and costs so much."""
    sight = Sight(
        layer="blocks.0.0", block=1, inputs=1, outputs=channels, kernel_size=field, stride=jump,
        padding=0, map=(4, 4), field=field, jump=jump, first=0,
    )  # fmt: skip
    costs = {"macs": quantity(macs, "MAC")}
    return Look(setting=Setting(), shape=(1, 28, 28), sights=(sight,), quantities=costs)


def test_seeing_enough_wants_a_field_every_pixel_channels_and_a_budget() -> None:
    assert is_solved(sees_enough(looked()))
    for number, form in enumerate(
        (looked(field=5), looked(jump=2), looked(channels=4), looked(macs=3.1e6))
    ):
        met = [finding.is_met for finding in sees_enough(form)]
        assert met == [place != number for place in range(4)]


def trained(setting: Setting, accuracy: float, updates: int = 120) -> Training:
    """A training that came so far."""
    found = Quantity(value=accuracy, unit="fraction", provenance="measured", how=message("zeros"))
    last = Moment(updates=updates, epochs=3.0, quantities={"validation_accuracy": found})
    outcome: Outcome = "finished" if accuracy else "diverged"
    return Training(setting=setting, moments=(last,), outcome=outcome)


def test_a_training_that_diverged_is_not_fast_and_is_told_so() -> None:
    lost = replace(trained(PLAIN_TRAINING, 0.1, 2), outcome="diverged")
    found = learns_fast([trained(PLAIN_TRAINING, 0.99, 80), lost, lost])
    assert [finding.is_met for finding in found] == [False, False]
    assert "diverged from 2 of 3" in str(found[0].told)


@pytest.mark.parametrize(
    ("accuracies", "updates", "is_met"),
    [
        ((0.96, 0.95, 0.94), 120, (True, True)),
        ((0.96, 0.95, 0.93), 120, (True, False)),
        ((0.99, 0.99, 0.99), 121, (False, True)),
        ((0.99, 0.99, 0.1), 80, (True, False)),
    ],
)
def test_learning_is_fast_by_its_mean_over_seeds_and_its_updates(
    accuracies: tuple[float, ...], updates: int, is_met: tuple[bool, ...]
) -> None:
    found = learns_fast([trained(PLAIN_TRAINING, a, updates) for a in accuracies])
    assert tuple(finding.is_met for finding in found) == is_met


@pytest.mark.parametrize(
    ("changes", "accuracy", "is_met"),
    [
        ({"learning_rate": 0.1}, 0.95, (True, True)),
        ({"learning_rate": 0.1, "seed": 101}, 0.95, (True, True)),
        ({"learning_rate": 0.1, "momentum": 0.5}, 0.95, (False, True)),
        ({}, 0.0, (False, False)),
        ({"momentum": 0.0}, 0.6, (True, False)),
    ],
)
def test_a_rescue_moves_one_control_and_the_seed_is_none(
    changes: dict[str, float], accuracy: float, is_met: tuple[bool, ...]
) -> None:
    broken = replace(PLAIN_TRAINING, learning_rate=1.0, momentum=0.9)
    found = is_rescued(broken, [trained(replace(broken, **changes), accuracy)])
    assert tuple(finding.is_met for finding in found) == is_met
