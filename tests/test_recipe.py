"""Recipes: steps in any order, and the same steps made of a setting's fields."""

from dataclasses import replace

import pytest

from workbench.setting import Setting, Step, after_recipe, steps_of
from workbench.wording import setting_text

RECIPE = "prune:0.5, finetune:1, quantize:8:32"


def kinds(setting: Setting) -> list[str]:
    return [step.kind for step in steps_of(setting)]


def test_a_recipe_is_read_in_its_order() -> None:
    assert steps_of(Setting(recipe=RECIPE, granularity="filter")) == (
        Step(kind="prune", sparsity=0.5, granularity="filter"),
        Step(kind="finetune", epochs=1),
        Step(kind="quantize", weight_bits=8, activation_bits=32),
    )


def test_a_step_may_name_its_own_granularity() -> None:
    (step,) = steps_of(Setting(recipe="prune:0.3:neuron"))
    assert (step.sparsity, step.granularity) == (0.3, "neuron")


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ("prine:0.5", "one of prune, recalibrate, finetune, quantize, got prine"),
        ("prune:0.5,", "one of prune, recalibrate, finetune, quantize, got "),
        ("prune", "written prune:SPARSITY[:GRANULARITY], got prune"),
        ("prune:half", "written prune:SPARSITY[:GRANULARITY], got prune:half"),
        ("prune:1.0", "0 <= sparsity < 1, got 1.0"),
        ("prune:0.5:kernel", "granularity is one of weight, neuron, filter, got kernel"),
        ("recalibrate:3", "written recalibrate, got recalibrate:3"),
        ("finetune:0", "at least 1, got 0"),
        ("finetune:1:2", "written finetune:EPOCHS, got finetune:1:2"),
        ("quantize:9", "weight_bits is one of 32, 16, 8, 7, 6, 5, 4, 3, 2, got 9"),
        ("quantize:8:1", "activation_bits is one of 32, 16, 8, 7, 6, 5, 4, 3, 2, got 1"),
    ],
)
def test_a_slip_in_a_recipe_is_a_sentence_that_names_the_word(recipe: str, told: str) -> None:
    with pytest.raises(ValueError, match="is") as error:
        Setting(recipe=recipe)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_recipe_and_the_fields_do_not_say_the_same_thing_twice() -> None:
    with pytest.raises(ValueError, match="recipe names the steps itself"):
        Setting(recipe=RECIPE, sparsity=0.5)


def test_no_compression_is_no_step() -> None:
    assert steps_of(Setting()) == ()
    assert steps_of(Setting(repair="finetune", qat_epochs=3, snap_to=8)) == ()


def test_fields_prune_then_repair_then_round_then_train() -> None:
    setting = Setting(sparsity=0.5, repair="finetune", weight_bits=3, qat_epochs=1)
    assert kinds(setting) == ["prune", "finetune", "quantize", "finetune"]
    assert kinds(replace(setting, repair="batch_norm", qat_epochs=0)) == [
        "prune", "recalibrate", "quantize",
    ]  # fmt: skip


def test_a_gradual_schedule_takes_ever_less_and_ends_at_the_sparsity() -> None:
    """Zhu and Gupta 2017: s (1 - (1 - t / n)^3)."""
    steps = steps_of(Setting(sparsity=0.8, prune_steps=4, repair="finetune"))
    sparsities = [step.sparsity for step in steps if step.kind == "prune"]
    assert sparsities == pytest.approx([0.8 * (1 - (1 - t / 4) ** 3) for t in range(1, 5)])
    assert sparsities[-1] == 0.8
    assert [step.kind for step in steps] == ["prune", "finetune"] * 4


def test_what_a_recipe_leaves_behind_is_a_plain_setting() -> None:
    plain = after_recipe(Setting(recipe="quantize:4,prune:0.3:filter,quantize:8"))
    assert plain == Setting(sparsity=0.3, granularity="filter", weight_bits=8)
    assert after_recipe(plain) == plain


def test_fields_without_effect_do_not_make_another_setting() -> None:
    idle = Setting(granularity="filter", repair="finetune", activation_bits=32, levels="kmeans")
    assert idle.effective == Setting()
    assert idle.effective == idle.baseline
    busy = replace(idle, sparsity=0.5, weight_bits=8)
    assert busy.effective == busy


def test_nothing_compressed_keeps_how_it_would_be_done() -> None:
    setting = Setting(sparsity=0.5, granularity="filter", weight_bits=4, activation_bits=8)
    assert setting.uncompressed == Setting(granularity="filter", activation_bits=32)
    assert Setting(weight_bits=8).uncompressed == Setting()


def test_a_setting_is_told_by_what_has_an_effect() -> None:
    assert setting_text(Setting(granularity="filter")) == setting_text(Setting())
    told = setting_text(Setting(sparsity=0.5, granularity="filter", weight_bits=8))
    assert "50" in told
    assert "whole filters" in told
    assert "8-bit weights" in told
    words = "50 % of the weights to 0 → fine-tune, epochs: 1 → round to 8 bits, activations to 32"
    assert words in setting_text(Setting(recipe=RECIPE))
