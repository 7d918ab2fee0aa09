"""Training as a stream: moments with their numbers, divergence as a result, early stopping."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.core.accuracy import cross_entropies, validated
from workbench.core.data import Dataset, load
from workbench.core.models import build
from workbench.core.training import (
    Course,
    Diverged,
    fit,
    learned,
    learning,
    rates,
    training_batches,
    watch,
)
from workbench.core.training.batches import batches_of, room_for
from workbench.core.training.cost import epoch_costs, kept_for_backward
from workbench.core.training.interruptible import Asking
from workbench.measurement import Progress, Superseded, Training, ignore
from workbench.setting import PLAIN_TRAINING, SPACE, Setting

QUICK = replace(PLAIN_TRAINING, epochs=2)


@pytest.fixture(scope="module")
def digits(cache: Path) -> Dataset:
    return load("digits")


@pytest.fixture(scope="module")
def finished(cache: Path) -> Training:
    return watch(PLAIN_TRAINING, ignore)


def network(setting: Setting, data: Dataset) -> nn.Module:
    torch.manual_seed(setting.seed)
    return build(setting, data.image_shape, 10)


@pytest.mark.parametrize("optimizer", SPACE["optimizer"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_updates_agree_with_torch_s_own_optimizer(
    digits: Dataset, optimizer: str, momentum: float
) -> None:
    setting = replace(
        QUICK, optimizer=optimizer, momentum=momentum, learning_rate=0.01, weight_decay=0.01
    )
    ours, theirs = network(setting, digits), network(setting, digits)
    course = Course(epochs=1, rate=setting.learning_rate)
    for _update in islice(learning(ours, setting, course, digits, ignore), 5):
        pass
    rate, decay = setting.learning_rate, setting.weight_decay
    step = (
        torch.optim.SGD(theirs.parameters(), rate, momentum, nesterov=momentum > 0,
                        weight_decay=decay)
        if optimizer == "sgd"
        else torch.optim.AdamW(theirs.parameters(), rate, (momentum, 0.999), weight_decay=decay)
    )  # fmt: skip
    generator = torch.Generator().manual_seed(setting.seed)
    for pictures, labels in islice(training_batches(setting, digits, generator), 5):
        step.zero_grad()
        functional.cross_entropy(theirs(pictures), labels).backward()
        step.step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("total", [*range(1, 12), 100])
@pytest.mark.parametrize("schedule", SPACE["schedule"])
def test_a_schedule_ends_lower_than_its_highest_or_stays(schedule: str, total: int) -> None:
    found = rates(replace(QUICK, schedule=schedule, momentum=0.9), total)
    assert len(found) == total
    assert max(found) <= QUICK.learning_rate * (1 + 1e-9)
    assert min(found) > 0
    if schedule == "constant":
        assert set(found) == {QUICK.learning_rate}
    elif total >= 4:
        assert found[-1] < max(found)


def test_each_third_of_the_steps_has_a_tenth_of_the_rate_before() -> None:
    found = rates(replace(QUICK, schedule="step", learning_rate=1.0), 30)
    np.testing.assert_allclose(found, [1.0] * 10 + [0.1] * 10 + [0.01] * 10)


@pytest.mark.parametrize("schedule", SPACE["schedule"])
def test_the_rate_that_is_told_is_the_one_of_the_schedule(digits: Dataset, schedule: str) -> None:
    setting = replace(QUICK, schedule=schedule, momentum=0.9)
    course = Course(epochs=2, rate=setting.learning_rate)
    model = network(setting, digits)
    told = [update.rate for update in learning(model, setting, course, digits, ignore)]
    assert told == rates(setting, len(told))


def test_batches_in_one_place_are_those_in_new_places(digits: Dataset) -> None:
    setting = replace(QUICK, batch_size=100)
    room = room_for(setting, digits)
    fresh = training_batches(setting, digits, torch.Generator().manual_seed(0))
    again = training_batches(setting, digits, torch.Generator().manual_seed(0), room)
    for (pictures, labels), (others, same) in zip(fresh, again, strict=True):
        assert torch.equal(pictures, others)
        assert torch.equal(labels, same)
        assert others.data_ptr() == room.data_ptr()


def test_the_first_update_and_the_end_of_each_epoch_are_moments(finished: Training) -> None:
    assert finished.moments[0].updates == 1
    ends = [moment.epochs for moment in finished.validated]
    assert ends == list(range(1, PLAIN_TRAINING.epochs + 1))
    updates = [moment.updates for moment in finished.moments]
    assert updates == sorted(set(updates))
    assert finished.outcome == "finished"


def test_every_image_of_an_epoch_is_counted_once(finished: Training, digits: Dataset) -> None:
    seen = sum(m.quantities["training_accuracy"].n or 0 for m in finished.moments)
    assert seen == PLAIN_TRAINING.epochs * len(digits.train_labels)


def test_every_moment_tells_loss_accuracy_gradient_and_rate(finished: Training) -> None:
    for moment in finished.moments:
        assert {"training_loss", "training_accuracy", "gradient_norm", "rate"} <= set(
            moment.quantities
        )
    for moment in finished.validated:
        accuracy = moment.quantities["validation_accuracy"]
        assert accuracy.low is not None
        assert accuracy.low <= accuracy.value <= (accuracy.high or 1)
    costs = {"epoch_seconds", "epoch_updates", "kept_bytes", "overfitting_gap", "best_epoch"}
    assert costs <= set(finished.quantities)


def test_the_gradient_s_length_is_that_of_all_gradients_together(digits: Dataset) -> None:
    found: list[Training] = []

    def report(progress: Progress) -> None:
        if progress.training is not None:
            found.append(progress.training)
            raise Superseded

    with pytest.raises(Superseded):
        learned(QUICK, digits, report)
    model = network(QUICK, digits)
    generator = torch.Generator().manual_seed(QUICK.seed)
    pictures, labels = next(training_batches(QUICK, digits, generator))
    functional.cross_entropy(model(pictures), labels).backward()
    whole = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    told = found[0].moments[0].quantities["gradient_norm"].value
    assert told == pytest.approx(float(whole.norm()), rel=1e-5)


def test_cross_entropy_is_that_of_torch() -> None:
    scores = torch.randn(50, 10, generator=torch.Generator().manual_seed(0)) * 30
    labels = torch.arange(50) % 10
    expected = functional.cross_entropy(scores.double(), labels, reduction="none").numpy()
    np.testing.assert_allclose(cross_entropies(scores.numpy(), labels.numpy()), expected)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_too_large_steps_are_a_result_with_its_last_moments(digits: Dataset, seed: int) -> None:
    wild = replace(PLAIN_TRAINING, learning_rate=1e6, seed=seed)
    found = learned(wild, digits, ignore)
    assert found.training.outcome == "diverged"
    assert found.trouble is not None
    assert watch(wild, ignore).outcome == "diverged"
    with pytest.raises(Diverged, match="too large"):
        fit(wild, digits, ignore)


def test_a_loss_far_beyond_a_guess_has_diverged_too(digits: Dataset) -> None:
    with pytest.raises(Diverged, match="beyond 100 times that of a guess"):
        fit(replace(PLAIN_TRAINING, learning_rate=10.0), digits, ignore)


def overfitting(patience: int) -> Setting:
    return replace(PLAIN_TRAINING, train_images=100, epochs=40, momentum=0.9, patience=patience)


def test_early_stopping_ends_after_patience_and_keeps_the_best_weights(digits: Dataset) -> None:
    long = watch(overfitting(patience=0), ignore)
    assert long.outcome == "finished"
    assert long.best is not None
    found = learned(overfitting(patience=3), digits, ignore)
    best = found.training.best
    assert found.training.outcome == "stopped_early"
    assert best is not None
    assert found.training.moments[-1].epochs == best.epochs + 3
    now = validated(found.model, digits, lambda: None)
    expected = best.quantities["validation_loss"].value
    assert now["validation_loss"].value == pytest.approx(expected, rel=1e-5)


def test_best_is_where_the_validation_loss_is_least() -> None:
    found = watch(overfitting(patience=0), ignore)
    losses = [moment.quantities["validation_loss"].value for moment in found.validated]
    assert found.best is found.validated[int(np.argmin(losses))]


def test_fewer_training_images_are_the_first_ones(digits: Dataset) -> None:
    few = replace(QUICK, train_images=64, batch_size=64)
    assert watch(few, ignore).quantities["epoch_updates"].value == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"batch_size": 1260}, "batch_size is at most the 1259 training images there are, got"),
        (
            {"train_images": 50, "batch_size": 64},
            "at most the 50 training images there are",
        ),
        ({"train_images": 2000}, "train_images is at most the 1259 training images of digits"),
    ],
)
def test_more_than_there_is_gets_a_sentence(
    digits: Dataset, changes: dict[str, int], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence) as error:
        fit(replace(QUICK, **changes), digits, ignore)
    assert "\n" not in str(error.value)


def test_what_is_kept_for_the_way_back_is_what_the_layers_keep() -> None:
    """Two linear layers: their inputs, and the output of the ReLU, and the scores of no loss."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4))
    found = kept_for_backward(model, 3, (1, 2, 3))
    assert found.value == 4 * 3 * (6 + 5)


@pytest.mark.parametrize("n", [1, 5, 6, 40])
def test_the_time_of_an_epoch_has_ends_only_from_6_updates_on(n: int) -> None:
    found = epoch_costs([0.1 + 0.01 * update for update in range(n)], 40)["epoch_seconds"]
    assert (found.low is None) == (found.high is None) == (n < 6)


def test_twice_the_batch_keeps_twice_as_much(digits: Dataset) -> None:
    small, large = (
        watch(replace(QUICK, epochs=1, model="small_cnn", batch_size=size), ignore)
        for size in (64, 128)
    )
    ratio = large.quantities["kept_bytes"].value / small.quantities["kept_bytes"].value
    assert ratio == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("nth", [1, 2, 30])
def test_a_report_that_raises_ends_the_stream_at_once(digits: Dataset, nth: int) -> None:
    heard: list[Progress] = []

    def report(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == nth:
            raise Superseded

    with pytest.raises(Superseded):
        learned(QUICK, digits, report)
    assert len(heard) == nth


@pytest.mark.parametrize(
    ("images", "size", "batches"), [(33, 32, 1), (34, 32, 2), (32, 32, 1), (33, 1, 33), (5, 5, 1)]
)
def test_a_single_image_that_is_left_over_is_no_batch(
    digits: Dataset, images: int, size: int, batches: int
) -> None:
    assert batches_of(images, size) == batches
    few = replace(QUICK, train_images=images, batch_size=size)
    found = watch(few, ignore)
    assert [m.updates for m in found.validated] == [batches, 2 * batches]
    assert found.quantities["epoch_updates"].value == batches


def test_the_gap_is_of_the_images_of_the_last_epoch_alone(digits: Dataset) -> None:
    found = watch(replace(QUICK, epochs=3), ignore)
    last = [m for m in found.moments if m.epochs > 2]
    seen = [m.quantities["training_accuracy"] for m in last]
    asked = sum(q.n or 0 for q in seen)
    assert asked == len(digits.train_labels)
    right = sum(q.value * (q.n or 0) for q in seen) / asked
    validation = found.validated[-1].quantities["validation_accuracy"].value
    assert found.quantities["overfitting_gap"].value == pytest.approx(right - validation)


@pytest.mark.parametrize("rate", [3.0, 1e20])
def test_a_divergence_in_the_last_update_is_one_too(digits: Dataset, rate: float) -> None:
    wild = replace(QUICK, epochs=1, batch_size=512, model="resnet8", learning_rate=rate, patience=1)
    found = watch(wild, ignore)
    assert found.outcome == "diverged"
    assert found.reached is None


def test_time_in_which_a_training_is_held_is_no_training_time() -> None:
    clock = iter(float(n) for n in range(1000))
    asking = Asking(lambda: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workbench.core.training.interruptible.perf_counter", lambda: next(clock))
        asking.ask()
        asking.ask()
    assert asking.seconds == 2.0


def test_what_early_stopping_reached_is_the_best_epoch(digits: Dataset) -> None:
    found = learned(overfitting(patience=1), digits, ignore)
    assert found.training.reached is found.training.best
    assert found.training.reached is not None
    now = validated(found.model, digits, lambda: None)["validation_accuracy"].value
    assert found.training.reached.quantities["validation_accuracy"].value == now


def test_plain_descent_is_the_formula(digits: Dataset) -> None:
    """w <- w - rate * gradient, and nothing else."""
    model, before = network(QUICK, digits), network(QUICK, digits)
    course = Course(epochs=1, rate=QUICK.learning_rate)
    next(learning(model, QUICK, course, digits, ignore))
    generator = torch.Generator().manual_seed(QUICK.seed)
    pictures, labels = next(training_batches(QUICK, digits, generator))
    functional.cross_entropy(before(pictures), labels).backward()
    for now, then in zip(model.parameters(), before.parameters(), strict=True):
        assert then.grad is not None
        torch.testing.assert_close(now, then - QUICK.learning_rate * then.grad)
