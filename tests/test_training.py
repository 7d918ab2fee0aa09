"""Training: the same from the same seed, stoppable between any two batches, and it learns."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.core.checkpoint import trained
from workbench.core.data import Dataset, load
from workbench.core.engine.runners import TorchEager
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.core.training import Diverged, augmented, fit, training_batches
from workbench.measurement import Progress, Superseded, ignore
from workbench.setting import MOST_SEEDS, Setting

QUICK = Setting(dataset="digits", model="mlp", epochs=1, batch_size=64, augmentation="none")


@pytest.fixture(scope="module")
def digits(cache: Path) -> Dataset:
    return load("digits")


def weights_of(model: nn.Module) -> Tensor:
    return torch.cat([value.detach().flatten() for value in model.parameters()])


def loss_of(model: nn.Module, data: Dataset) -> float:
    scores = TorchEager(model, "cpu").logits(normalized(data.train_images, data))
    return float(
        functional.cross_entropy(torch.from_numpy(scores), torch.tensor(data.train_labels))
    )


def changed(**values: object) -> Setting:
    return Setting(**(QUICK.as_dict() | values))


@pytest.mark.parametrize("augmentation", ["none", "shift_flip"])
def test_the_same_seed_learns_the_same_weights(digits: Dataset, augmentation: str) -> None:
    setting = changed(augmentation=augmentation)
    first, again = (weights_of(fit(setting, digits, ignore)) for _run in range(2))
    assert torch.equal(first, again)


def test_another_seed_learns_other_weights(digits: Dataset) -> None:
    first, other = (weights_of(fit(changed(seed=seed), digits, ignore)) for seed in (0, 1))
    assert not torch.allclose(first, other, atol=1e-3)


def test_training_leaves_everyone_elses_random_numbers_alone(digits: Dataset) -> None:
    before = torch.get_rng_state()
    fit(QUICK, digits, ignore)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_loss_falls(digits: Dataset) -> None:
    fresh = build(QUICK, digits.image_shape, 10)
    assert loss_of(fit(QUICK, digits, ignore), digits) < 0.7 * loss_of(fresh, digits)


def test_small_cnn_learns_digits_in_a_few_epochs(digits: Dataset) -> None:
    found: list[float] = []

    def report(progress: Progress) -> None:
        if "validation_accuracy" in progress.quantities:
            found.append(progress.quantities["validation_accuracy"].value)

    setting = changed(model="small_cnn", epochs=5, batch_size=32)
    model = fit(setting, digits, report)
    assert len(found) == 5
    assert found[-1] >= 0.9
    assert not model.training


def test_it_reports_every_batch_and_how_far_it_is(digits: Dataset) -> None:
    heard: list[Progress] = []
    fit(changed(epochs=2), digits, heard.append)
    batches = -(-len(digits.train_labels) // QUICK.batch_size)
    done = [progress.done for progress in heard]
    assert {progress.total for progress in heard} == {2 * batches}
    assert set(done) == set(range(2 * batches + 1))
    assert done == sorted(done)
    assert "1 of 2" in str(heard[0].stage)
    assert "2 of 2" in str(heard[-1].stage)


@pytest.mark.parametrize("nth", [1, 2, 7, 20])
def test_a_report_that_raises_ends_the_training_at_once(digits: Dataset, nth: int) -> None:
    heard: list[Progress] = []

    def report(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == nth:
            raise Superseded

    with pytest.raises(Superseded):
        fit(QUICK, digits, report)
    assert len(heard) == nth


def test_steps_that_are_too_large_are_told_in_a_sentence(digits: Dataset) -> None:
    with pytest.raises(Diverged, match=r"learning rate .* is too large") as error:
        fit(changed(learning_rate=1e6), digits, ignore)
    assert "\n" not in str(error.value)


def test_the_learning_rate_that_was_too_large_is_the_one_that_was_asked(digits: Dataset) -> None:
    with pytest.raises(Diverged, match=r"the learning rate 1000000\.0 is too large"):
        fit(changed(learning_rate=1e6), digits, ignore)


def test_batch_norm_on_one_picture_is_told_in_a_sentence(digits: Dataset) -> None:
    with pytest.raises(
        ValueError, match=r"batch_size is at least 2 for resnet8 .*, got 1"
    ) as error:
        fit(changed(model="resnet8", batch_size=1), digits, ignore)
    assert "\n" not in str(error.value)


def test_the_largest_seed_trains(digits: Dataset) -> None:
    assert not fit(changed(seed=MOST_SEEDS - 1), digits, ignore).training


@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad, torch.inference_mode])
def test_it_learns_whoever_calls_it(digits: Dataset, mode: type) -> None:
    fresh = build(QUICK, digits.image_shape, 10)
    with mode():
        asked = torch.is_grad_enabled()
        model = fit(QUICK, digits, ignore)
        assert torch.is_grad_enabled() == asked
        assert loss_of(model, digits) < 0.7 * loss_of(fresh, digits)
    assert not any(weight.is_inference() for weight in model.parameters())
    assert torch.equal(weights_of(model), weights_of(fit(QUICK, digits, ignore)))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_network_that_never_ran_is_trained_whoever_asks(
    digits: Dataset, mode: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    with mode():
        kept = trained(QUICK, digits, ignore)
    assert torch.equal(weights_of(kept), weights_of(trained(QUICK, digits, ignore)))


@pytest.mark.parametrize(("batch_size", "batches"), [(1, 1259), (2, 629), (1258, 1), (4096, 1)])
def test_every_batch_size_shows_all_pictures_but_a_left_over_one(
    digits: Dataset, batch_size: int, batches: int
) -> None:
    setting = changed(batch_size=batch_size)
    epoch = list(training_batches(setting, digits, torch.Generator().manual_seed(0)))
    assert len(epoch) == batches
    assert sum(len(labels) for _pictures, labels in epoch) >= len(digits.train_labels) - 1


def test_an_epoch_shows_every_picture_once(digits: Dataset) -> None:
    epoch = list(training_batches(QUICK, digits, torch.Generator().manual_seed(0)))
    shown = torch.cat([pictures for pictures, _labels in epoch]).flatten(1)
    labels = torch.cat([labels for _pictures, labels in epoch])
    assert (epoch[0][0].dtype, labels.dtype) == (torch.float32, torch.int64)
    assert np.array_equal(np.sort(labels.numpy()), np.sort(digits.train_labels))
    expected = torch.from_numpy(normalized(digits.train_images, digits)).flatten(1)
    assert torch.equal(shown.sum(1).sort().values, expected.sum(1).sort().values)


@pytest.mark.parametrize("augmentation", ["none", "shift", "shift_flip"])
def test_augmentation_keeps_shape_kind_and_the_original(augmentation: str) -> None:
    pictures = torch.randint(0, 256, (50, 3, 12, 9), dtype=torch.uint8)
    before = pictures.clone()
    varied = augmented(pictures, changed(augmentation=augmentation), torch.Generator())
    assert (varied.shape, varied.dtype) == (pictures.shape, torch.uint8)
    assert torch.equal(pictures, before)
    assert torch.equal(varied, pictures) == (augmentation == "none")


@pytest.mark.parametrize("augmentation", ["shift", "shift_flip"])
def test_a_shift_is_of_2_pixels_at_most_and_flips_only_when_asked(augmentation: str) -> None:
    pictures = torch.zeros(400, 1, 12, 12, dtype=torch.uint8)
    pictures[:, :, 5, 4:6] = torch.tensor([1, 2], dtype=torch.uint8)
    varied = augmented(pictures, changed(augmentation=augmentation), torch.Generator())
    _places, _channels, rows, columns = (varied == 1).nonzero(as_tuple=True)
    assert set(rows.tolist()) == {3, 4, 5, 6, 7}
    flipped = (varied[:, 0].amax(1).argmax(1) - columns) < 0
    assert set(columns[~flipped].tolist()) == {2, 3, 4, 5, 6}
    assert bool(flipped.any()) == (augmentation == "shift_flip")
    assert bool((varied.flatten(1).sum(1) == 3).all())
