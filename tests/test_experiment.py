"""run: honest numbers on the way and at the end, stoppable at every stage, on whole files only."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest
import torch

from workbench.core.checkpoint import checkpoint_path, trained
from workbench.core.data import load
from workbench.core.experiment import prepared, run
from workbench.core.files import FileProblem
from workbench.core.pruning import fraction_zero, prunable
from workbench.measurement import Measurement, Progress, Superseded, ignore
from workbench.places import data_folder
from workbench.setting import SHIPPED, Setting

FASHION = SHIPPED["fashion_mnist", "small_cnn"]
DIGITS = SHIPPED["digits", "small_cnn"]
QUICK = Setting(dataset="digits", model="mlp", epochs=1, seed=5)
MEASURED = {"file_bytes", "deflated_bytes", "latency_ms", "speedup", "changed_answers", "cpu_share"}
COMPUTED = {
    "packed_bytes", "parameters", "nonzero_parameters", "macs", "weight_bytes",
}  # fmt: skip


class Heard:
    """Every report of a run and its answer."""

    def __init__(self, setting: Setting) -> None:
        self.news: list[Progress] = []
        self.answer: Measurement = run(setting, self.news.append)

    @property
    def stages(self) -> list[str]:
        return list(dict.fromkeys(str(progress.stage) for progress in self.news))


@pytest.fixture(scope="module")
def int8(cache: Path) -> Heard:
    return Heard(replace(FASHION, sparsity=0.5, weight_bits=8))


@pytest.fixture
def own_data(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what ships, to be spoilt."""
    shipped = data_folder()
    folder = copytree(shipped, tmp_path / "data", ignore=ignore_patterns("fashion_mnist-*"))
    monkeypatch.setenv("WORKBENCH_DATA", str(folder))
    return folder


def test_the_first_estimate_comes_long_before_the_last_image(int8: Heard) -> None:
    estimates = [p.quantities["accuracy"] for p in int8.news if "accuracy" in p.quantities]
    counts = [estimate.n or 0 for estimate in estimates]
    assert counts[0] == 256
    assert counts[-1] == 10_000
    assert counts == sorted(counts)
    assert len(set(counts)) > 3
    for estimate in estimates:
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.value <= estimate.high


def test_the_shipped_network_is_as_accurate_as_promised(int8: Heard) -> None:
    assert run(FASHION).quantities["accuracy"].value >= 0.905
    assert int8.answer.quantities["accuracy"].value >= 0.85


@pytest.mark.parametrize(
    ("bits", "engine", "provenance"),
    [
        *((32, "onnxruntime", "measured"), (8, "onnxruntime", "measured")),
        *((4, "onnxruntime", "simulated"), (8, "torch", "simulated"), (32, "torch", "measured")),
    ],
)
def test_every_number_is_there_and_says_how_it_was_got(
    cache: Path, bits: int, engine: str, provenance: str
) -> None:
    found = run(replace(DIGITS, weight_bits=bits, engine=engine)).quantities  # type: ignore[arg-type]
    assert MEASURED | COMPUTED | {"accuracy"} <= found.keys()
    assert found["accuracy"].provenance == provenance
    assert {found[name].provenance for name in MEASURED} == {"measured"}
    assert {found[name].provenance for name in COMPUTED} == {"computed"}
    assert found["activation_bytes"].provenance == "estimated"
    assert all(str(quantity.how) for quantity in found.values())


@pytest.mark.parametrize("model", ["mlp", "small_cnn", "resnet8"])
def test_the_baseline_changes_no_answer(cache: Path, model: str) -> None:
    baseline = run(SHIPPED["digits", model])
    assert baseline.quantities["changed_answers"].value == 0
    assert baseline.quantities["accuracy"].value >= 0.97


def test_changed_answers_are_those_that_differ_from_the_baselines(int8: Heard) -> None:
    answer, baseline = int8.answer, run(FASHION)
    differing = int((answer.predictions != baseline.predictions).sum())
    assert answer.quantities["changed_answers"].value == differing > 0


def test_the_accuracy_is_that_of_the_predictions(int8: Heard) -> None:
    right = int8.answer.predictions == load("fashion_mnist").test_labels
    assert int8.answer.quantities["accuracy"].value == right.mean()


def test_the_histogram_counts_every_weight_once(int8: Heard) -> None:
    weights, model = int8.answer.weights, trained(FASHION, load("fashion_mnist"), ignore)
    count = sum(weight.numel() for weight in prunable(model).values())
    assert sum(weights.pruned) == round(0.5 * count)
    assert sum(weights.pruned) + sum(weights.rounded) + sum(weights.kept) == count
    assert len(weights.edges) == len(weights.kept) + 1 == len(weights.pruned) + 1


@pytest.mark.parametrize("bits", [32, 4, 2])
def test_zeros_of_rounding_are_not_called_pruned(cache: Path, bits: int) -> None:
    setting = replace(DIGITS, sparsity=0.3, weight_bits=bits)
    weights, model = run(setting).weights, prepared(setting)[0].versions.final
    count = sum(weight.numel() for weight in prunable(model).values())
    assert sum(weights.pruned) == round(0.3 * count)
    assert sum(weights.pruned) + sum(weights.rounded) == round(fraction_zero(model) * count)
    assert sum(weights.pruned) + sum(weights.rounded) + sum(weights.kept) == count
    assert (sum(weights.rounded) > 0) == (bits < 32)


def test_zeros_that_real_int8_made_are_counted(cache: Path) -> None:
    weights = run(replace(DIGITS, weight_bits=8)).weights
    assert sum(weights.pruned) == 0
    assert sum(weights.rounded) > 0


def test_the_speed_up_is_timed_in_pairs(int8: Heard) -> None:
    assert int8.answer.quantities["speedup"].value == pytest.approx(np.median(int8.answer.ratios))


def test_a_superseded_run_ends_at_its_next_word_whatever_it_does(cache: Path) -> None:
    setting = replace(DIGITS, sparsity=0.3, weight_bits=8)
    stages = Heard(setting).stages
    assert len(stages) >= 5
    for unwanted in stages:
        heard: list[str] = []

        def report(progress: Progress, unwanted: str = unwanted, heard: list[str] = heard) -> None:
            heard.append(str(progress.stage))
            if str(progress.stage) == unwanted:
                raise Superseded

        with pytest.raises(Superseded):
            run(setting, report)
        assert heard.count(unwanted) == 1
        assert heard[-1] == unwanted
        assert torch.is_grad_enabled()


@pytest.mark.parametrize("mode", [torch.no_grad, torch.enable_grad])
def test_the_callers_gradients_stay_as_they_were(cache: Path, mode: type) -> None:
    with mode():
        before = torch.is_grad_enabled()
        run(DIGITS, lambda progress: None)
        assert torch.is_grad_enabled() == before
        assert not torch.is_inference_mode_enabled()


def test_a_deleted_checkpoint_is_told_and_a_restored_one_works_again(own_data: Path) -> None:
    path = checkpoint_path(DIGITS)
    assert path.is_relative_to(own_data)
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(FileProblem, match=f"{path.name} is missing"):
        run(DIGITS)
    path.write_bytes(content)
    assert run(DIGITS).quantities["accuracy"].value >= 0.97


@pytest.mark.parametrize("place", [8, -1])
def test_a_flipped_bit_in_a_checkpoint_is_told(own_data: Path, place: int) -> None:
    path = checkpoint_path(DIGITS)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=f"{path.name} is truncated or altered") as error:
        run(DIGITS)
    assert "\n" not in str(error.value)
    content[place] ^= 1
    path.write_bytes(content)
    assert run(DIGITS).quantities["accuracy"].value >= 0.97


def test_a_training_that_does_not_ship_runs_once_and_is_kept(empty_cache: Path) -> None:
    def is_training(heard: Heard) -> bool:
        return any("training: epoch" in stage for stage in heard.stages)

    first, again, pruned = (Heard(s) for s in (QUICK, QUICK, replace(QUICK, sparsity=0.5)))
    assert is_training(first)
    assert not is_training(again)
    assert not is_training(pruned)
    assert np.array_equal(first.answer.predictions, again.answer.predictions)
    assert checkpoint_path(QUICK).is_relative_to(empty_cache)


def test_an_altered_checkpoint_of_ones_own_is_told_too(empty_cache: Path) -> None:
    run(QUICK)
    path = checkpoint_path(QUICK)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FileProblem, match="truncated or altered"):
        run(QUICK)
