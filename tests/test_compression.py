"""The steps of a compression: their order, what fine-tuning keeps, what is remembered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from workbench.core import compression, measures
from workbench.core.accuracy import validation_accuracy
from workbench.core.compression import compressed, work
from workbench.core.compression.work import Workshop
from workbench.core.data import load
from workbench.core.engine import int8, is_real_int8, levels, scheme
from workbench.core.experiment import prepared, run
from workbench.core.pruning import fraction_zero, prunable
from workbench.core.repair import finetune, recalibrate
from workbench.measurement import Progress, Superseded, ignore
from workbench.setting import Setting, shipped

SMALL = shipped("digits", "small_cnn")
RESNET = shipped("digits", "resnet8")
CUT = replace(SMALL, sparsity=0.3, granularity="filter")


def final(setting: Setting) -> nn.Module:
    return prepared(setting)[0].versions.final


def flat(model: nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in prunable(model).values()])


@pytest.mark.parametrize("setting", [SMALL, RESNET], ids=["small_cnn", "resnet8"])
def test_recalibration_changes_batch_norms_and_no_weight(cache: Path, setting: Setting) -> None:
    data, model = load("digits"), final(replace(setting, sparsity=0.3, granularity="filter"))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    recalibrate(model, data, ignore)
    changed = {n for n, value in model.state_dict().items() if not torch.equal(value, before[n])}
    ends = {name.rpartition(".")[2] for name in changed}
    assert ends == {"running_mean", "running_var", "num_batches_tracked"}
    assert not model.training


def test_recalibrated_statistics_are_those_of_the_training_images(cache: Path) -> None:
    """After it, a batch norm's input over those images has the mean and variance that it holds."""
    data, model = load("digits"), final(CUT)
    recalibrate(model, data, ignore)
    seen: list[torch.Tensor] = []
    norm = next(module for module in model.modules() if isinstance(module, nn.BatchNorm2d))
    hook = norm.register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        recalibrate(model, data, ignore)
    hook.remove()
    taken = torch.cat(seen).transpose(0, 1).flatten(1)
    assert norm.running_mean is not None
    assert torch.allclose(norm.running_mean, taken.mean(dim=1), atol=1e-2)


def test_recalibration_brings_a_collapsed_network_back(cache: Path) -> None:
    raw, back = (
        run(replace(RESNET, sparsity=0.3, granularity="filter", repair=repair)).quantities[  # type: ignore[arg-type]
            "accuracy"
        ]
        for repair in ("none", "batch_norm")
    )
    assert back.value > raw.value + 0.1


def test_fine_tuning_leaves_zeros_at_zero_and_moves_the_others(cache: Path) -> None:
    pruned = final(replace(SMALL, sparsity=0.5))
    tuned = final(replace(SMALL, sparsity=0.5, repair="finetune"))
    assert fraction_zero(tuned) == pytest.approx(0.5, abs=1e-3)
    assert torch.equal(flat(pruned) == 0, flat(tuned) == 0)
    assert not torch.equal(flat(pruned), flat(tuned))


def test_fine_tuning_is_the_same_from_the_same_seed(cache: Path) -> None:
    data, setting = load("digits"), replace(SMALL, sparsity=0.5)
    tuned = []
    for _time in range(2):
        model = final(setting)
        finetune(model, setting, 1, data, ignore, lambda epochs, found: None)
        tuned.append(flat(model))
    assert torch.equal(*tuned)


def test_the_curve_grows_by_steps_and_parts_of_epochs(cache: Path) -> None:
    heard: list[int] = []
    setting = replace(CUT, repair="finetune", repair_epochs=2, seed=0, finetune_rate=0.03)
    answer = run(setting, lambda progress: heard.append(len(progress.curve)))
    epochs = [point.epochs for point in answer.curve]
    assert epochs[0] == 0
    assert epochs[-1] == pytest.approx(2)
    assert epochs == sorted(epochs)
    assert heard == sorted(heard)
    assert all(point.accuracy.provenance == "measured" for point in answer.curve)


def test_fine_tuning_is_remembered_for_the_steps_after_it(cache: Path) -> None:
    recipe = "prune:0.4,finetune:1"
    first = prepared(replace(SMALL, recipe=recipe))[0]
    stages: list[str] = []
    told = lambda progress: stages.append(str(progress.stage))  # noqa: E731
    second = prepared(replace(SMALL, recipe=f"{recipe},quantize:4"), told)[0]
    assert not any(stage.startswith("fine-tuning") for stage in stages)
    assert torch.equal(flat(second.versions.unrounded), flat(first.versions.final))
    assert not torch.equal(flat(second.versions.final), flat(first.versions.final))


def test_what_is_remembered_is_not_changed_by_what_comes_after(cache: Path) -> None:
    recipe = replace(SMALL, recipe="prune:0.2,finetune:1")
    before = flat(final(recipe)).clone()
    final(replace(SMALL, recipe="prune:0.2,finetune:1,prune:0.9"))
    assert torch.equal(flat(final(recipe)), before)


def test_the_order_of_steps_matters(cache: Path) -> None:
    one = final(replace(SMALL, recipe="prune:0.8,quantize:4"))
    other = final(replace(SMALL, recipe="quantize:4,prune:0.8"))
    assert fraction_zero(one) >= 0.799
    assert fraction_zero(other) >= 0.799
    assert not torch.equal(flat(one), flat(other))


def test_weights_trained_with_rounding_are_on_the_grid(cache: Path) -> None:
    setting = replace(SMALL, weight_bits=3, qat_epochs=1, batch_norm="separate")
    for weight in prunable(final(setting)).values():
        for channel in weight.detach().flatten(1):
            assert len(torch.unique(channel)) <= 7


def test_training_with_rounding_beats_rounding(cache: Path) -> None:
    rounded, aware = (
        run(replace(SMALL, weight_bits=2, qat_epochs=epochs)).quantities["accuracy"].value
        for epochs in (0, 2)
    )
    assert aware > rounded + 0.1


def test_a_recipe_is_what_its_fields_are(cache: Path) -> None:
    fields = replace(SMALL, sparsity=0.5, weight_bits=8)
    recipe = replace(SMALL, recipe="prune:0.5,quantize:8")
    answers = [run(setting) for setting in (fields, recipe)]
    assert np.array_equal(answers[0].predictions, answers[1].predictions)
    assert len({answer.quantities["file_bytes"].value for answer in answers}) == 1


def test_a_gradual_schedule_reaches_the_sparsity_and_is_repaired_between(cache: Path) -> None:
    setting = replace(SMALL, sparsity=0.8, prune_steps=3, repair="batch_norm")
    answer = run(setting)
    assert [str(point.step) for point in answer.curve].count("pruned") == 3
    assert fraction_zero(final(setting)) == pytest.approx(0.8, abs=1e-3)


def test_removed_channels_are_told_layer_by_layer(cache: Path) -> None:
    answer = run(CUT)
    first, second = answer.layers[:2]
    assert (first.outputs, first.before[1]) == (11, 16)
    assert (second.inputs, second.before[0]) == (11, 16)
    weights = answer.weights
    removed = sum(weights.pruned)
    assert removed + sum(weights.kept) == sum(
        weight.numel() for weight in prunable(prepared(SMALL)[0].versions.final).values()
    )
    left = sum(layer.quantities["weights"].value for layer in answer.layers)
    assert removed == sum(weights.kept) + removed - left


def test_weights_and_channels_can_go_one_after_the_other(cache: Path) -> None:
    answer = run(replace(SMALL, recipe="prune:0.5:weight,prune:0.3:filter,quantize:8"))
    zeros = sum(layer.quantities["zeros"].value for layer in answer.layers)
    weights = sum(layer.quantities["weights"].value for layer in answer.layers)
    assert 0.2 < zeros / weights < 0.8
    assert answer.layers[0].outputs == 11


def test_a_superseded_compression_ends_within_its_repair(cache: Path) -> None:
    def report(progress: Progress) -> None:
        if str(progress.stage).startswith("fine-tuning") and progress.done > 3:
            raise Superseded

    with pytest.raises(Superseded):
        run(replace(SMALL, sparsity=0.35, repair="finetune", repair_epochs=3), report)


def test_the_trained_network_is_left_as_it_was(cache: Path) -> None:
    plain = prepared(SMALL)[0]
    model, before = plain.versions.trained, flat(plain.versions.trained).clone()
    for recipe in ("prune:0.5,finetune:1,quantize:4", "prune:0.3:filter,recalibrate"):
        setting = replace(SMALL, recipe=recipe)
        shop = Workshop(setting=setting, architecture=plain.architecture, report=ignore)
        with torch.no_grad():
            compressed(model, shop)
        assert torch.equal(flat(model), before)
    assert validation_accuracy(model, load("digits"), lambda: None).value > 0.9


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_a_gradual_schedule_of_filters_ends_at_the_same_widths(cache: Path, steps: int) -> None:
    """A sparsity is a fraction of what was trained, however many steps lead there."""
    setting = replace(SMALL, sparsity=0.5, granularity="filter", prune_steps=steps)
    widths = [layer.outputs for layer in run(setting).layers]
    assert widths == [8, 16, 32, 10]


def test_what_is_gone_already_counts_in_a_recipe(cache: Path) -> None:
    once, twice = (
        run(replace(SMALL, recipe=recipe)).layers[0].outputs
        for recipe in ("prune:0.5:filter", "prune:0.25:filter,prune:0.5:filter")
    )
    assert once == twice == 8


@pytest.mark.parametrize(
    "other",
    [
        {"engine": "torch"}, {"quantized_per": "tensor"}, {"levels": "kmeans"},
        {"weight_symmetry": "asymmetric"}, {"finetune_rate": 0.3}, {"layer_bits": "classifier=4"},
    ],
)  # fmt: skip
def test_what_is_remembered_is_never_another_settings(
    cache: Path, other: dict[str, object]
) -> None:
    plain = replace(SMALL, weight_bits=8, qat_epochs=1)
    changed = replace(plain, **other)  # type: ignore[arg-type]
    compression._REPAIRED.clear()
    alone = flat(final(changed)).clone()
    compression._REPAIRED.clear()
    final(plain)
    assert torch.equal(flat(final(changed)), alone)


def test_pruning_after_rounding_is_told_apart_from_it(cache: Path) -> None:
    answer = run(replace(SMALL, recipe="quantize:4,prune:0.5"))
    rounded = run(replace(SMALL, recipe="quantize:4"))
    assert answer.quantities["sqnr_db"].value < 60
    assert sum(answer.weights.pruned) < 0.55 * sum(
        sum(part) for part in (answer.weights.kept, answer.weights.pruned, answer.weights.rounded)
    )
    assert sum(rounded.weights.pruned) == 0


def test_the_nine_weights_are_those_that_run_on_a_cpu_with_7_bits(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seven = replace(scheme(), weight_limit=63)
    for module in (work, measures, levels, int8):
        monkeypatch.setattr(module, "scheme", lambda: seven)
    found = prepared(replace(SMALL, weight_bits=8))[0].rounding
    assert found is not None
    assert found.bits == 7
    assert np.allclose(found.after, (found.levels - found.zero_point) * found.step, atol=1e-6)


@pytest.mark.parametrize(
    "fields",
    [
        {"quantized_per": per, "batch_norm": norm, "activation_symmetry": symmetry}
        for per in ("channel", "tensor")
        for norm in ("folded", "separate")
        for symmetry in ("symmetric", "asymmetric")
    ],
)
def test_what_runs_in_real_int8_is_what_was_rounded(cache: Path, fields: dict[str, str]) -> None:
    setting = replace(SMALL, weight_bits=8, **fields)  # type: ignore[arg-type]
    candidate = prepared(setting)[0]
    one_grid = fields["quantized_per"] == "channel" or fields["batch_norm"] == "folded"
    assert is_real_int8(setting) == one_grid == (not candidate.built.is_simulated)
    found = candidate.rounding
    assert found is not None
    if one_grid:
        assert np.allclose(found.after, (found.levels - found.zero_point) * found.step, atol=1e-6)


def test_an_imitation_says_in_how_many_bits(cache: Path) -> None:
    answer = run(replace(SMALL, weight_bits=8, weight_symmetry="asymmetric"))
    assert "8 bits (activations)" in str(answer.quantities["accuracy"].how)


def test_a_layer_that_does_not_exist_is_told_before_anything_is_trained(cache: Path) -> None:
    stages: list[str] = []
    setting = replace(SMALL, sparsity=0.45, repair="finetune", weight_bits=4, layer_bits="head=8")
    with pytest.raises(ValueError, match="layer_bits knows the layers"):
        prepared(setting, lambda progress: stages.append(str(progress.stage)))
    assert not any(stage.startswith("fine-tuning") for stage in stages)


def test_layers_that_go_together_have_one_sparsity(cache: Path) -> None:
    joined = "blocks.0.second.0=0.25, blocks.0.shortcut.0=0.5"
    with pytest.raises(ValueError, match="one value for layers whose channels go together"):
        prepared(replace(RESNET, layer_sparsity=joined, granularity="filter"))


@pytest.mark.parametrize("setting", [SMALL, RESNET], ids=["small_cnn", "resnet8"])
def test_masks_are_kept_after_fine_tuning_too(cache: Path, setting: Setting) -> None:
    found = run(replace(setting, sparsity=0.5, masks="kept", repair="finetune")).quantities
    assert found["checkpoint_bytes"].value > 1.8 * 4 * found["parameters"].value


def test_no_speed_is_claimed_of_an_imitation(cache: Path) -> None:
    assert run(replace(SMALL, weight_bits=4)).is_simulated
    assert not run(replace(SMALL, weight_bits=8)).is_simulated
