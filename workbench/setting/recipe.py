"""Compression as steps in an order: written by hand as a recipe, or made of a setting's fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from workbench.locale import _
from workbench.setting.rules import check_choice, check_sparsity, check_whole
from workbench.setting.space import BITS, CHOICES, NO_PATTERN, Granularity

if TYPE_CHECKING:
    from workbench.setting.values import Setting

Number = TypeVar("Number", int, float)
Kind = Literal["prune", "recalibrate", "finetune", "quantize"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One change of the network; what it does not tell (criterion, scope) the setting tells.

    `activation_bits` None: as the engine runs such weights best.
    """

    kind: Kind
    sparsity: float = 0.0
    granularity: Granularity = "weight"
    epochs: int = 0
    weight_bits: int = 32
    activation_bits: int | None = None


SYNTAX = {
    "prune": "prune:SPARSITY[:GRANULARITY]",
    "recalibrate": "recalibrate",
    "finetune": "finetune:EPOCHS",
    "quantize": "quantize:WEIGHT_BITS[:ACTIVATION_BITS]",
}


def steps_of(setting: Setting) -> tuple[Step, ...]:
    """What is done to the trained network, in order."""
    return _read(setting) if setting.recipe else (*_pruning(setting), *_quantizing(setting))


def after_recipe(setting: Setting) -> Setting:
    """The same compression in the fields alone: what the steps of a recipe leave behind."""
    if not setting.recipe:
        return setting
    plain = replace(setting, recipe="")
    for step in steps_of(setting):
        if step.kind == "prune":
            plain = replace(plain, sparsity=step.sparsity, granularity=step.granularity)
        elif step.kind == "quantize":
            bits = step.weight_bits, step.activation_bits
            plain = replace(plain, weight_bits=bits[0], activation_bits=bits[1])
    return plain


def is_pruned(setting: Setting) -> bool:
    """Whether the fields ask for pruning."""
    return bool(setting.sparsity or setting.pattern != NO_PATTERN or setting.layer_sparsity)


def is_quantized(setting: Setting) -> bool:
    """Whether the fields ask for fewer bits."""
    bits = (setting.weight_bits, setting.activation_bits or 32)
    return min(bits) < 32 or bool(setting.layer_bits)


NOTHING: dict[str, Any] = {
    "sparsity": 0.0, "pattern": NO_PATTERN, "layer_sparsity": "", "weight_bits": 32,
    "layer_bits": "", "qat_epochs": 0, "recipe": "",
}  # fmt: skip
"""What the fields say where nothing is taken away."""
OF_PRUNING = (
    "granularity", "criterion", "scope", "masks", "snap_to", "prune_steps", "repair",
)  # fmt: skip
OF_QUANTIZING = (
    "weight_symmetry", "activation_symmetry", "quantized_per", "levels", "batch_norm",
    "calibration", "calibration_method", "percentile", "qat_epochs",
)  # fmt: skip


def without_effect(setting: Setting) -> set[str]:
    """The fields that change nothing, as the others are."""
    if setting.recipe:
        return {"repair", "repair_epochs", "prune_steps", "qat_epochs"}
    found: set[str] = set()
    if not is_pruned(setting):
        found.update(OF_PRUNING)
    if not is_quantized(setting):
        found.update(OF_QUANTIZING)
    if setting.scope == ("global" if setting.granularity == "weight" else "layer"):
        found.add("scope")
    if not is_pruned(setting) or setting.repair != "finetune":
        found.add("repair_epochs")
        if not is_quantized(setting) or not setting.qat_epochs:
            found.add("finetune_rate")
    if setting.pattern != NO_PATTERN:
        found.update(("sparsity", "scope"))
    if setting.granularity != "weight":
        found.add("masks")
    if setting.bits_of_activations == 32:
        found.update(("activation_symmetry", "calibration", "calibration_method", "percentile"))
    if setting.levels == "kmeans":
        found.update(("quantized_per", "weight_symmetry"))
    if setting.calibration_method != "percentile":
        found.add("percentile")
    if setting.activation_bits == 32 and setting.weight_bits != 8:
        found.add("activation_bits")
    return found


def _pruning(setting: Setting) -> list[Step]:
    """The sparsity in one step, or in more that grow ever less (Zhu & Gupta 2017), with repair."""
    if not is_pruned(setting):
        return []
    steps: list[Step] = []
    for number in range(1, setting.prune_steps + 1):
        left = 1 - number / setting.prune_steps
        sparsity = setting.sparsity * (1 - left**3)
        steps.append(Step(kind="prune", sparsity=sparsity, granularity=setting.granularity))
        if setting.repair == "batch_norm":
            steps.append(Step(kind="recalibrate"))
        elif setting.repair == "finetune":
            steps.append(Step(kind="finetune", epochs=setting.repair_epochs))
    return steps


def _quantizing(setting: Setting) -> list[Step]:
    if not is_quantized(setting):
        return []
    bits = Step(
        kind="quantize", weight_bits=setting.weight_bits, activation_bits=setting.activation_bits
    )
    return [bits, *[Step(kind="finetune", epochs=setting.qat_epochs)] * (setting.qat_epochs > 0)]


def _read(setting: Setting) -> tuple[Step, ...]:
    words = [word.strip() for word in setting.recipe.split(",")]
    return tuple(_step(word, setting.granularity) for word in words)


def _step(word: str, granularity: Granularity) -> Step:
    kind, *values = (part.strip() for part in word.split(":"))
    check_choice(_("a step of the recipe"), kind, tuple(SYNTAX))
    if kind == "recalibrate" and not values:
        return Step(kind="recalibrate")
    most = {"recalibrate": 0, "finetune": 1}.get(kind, 2)
    if not 1 <= len(values) <= most:
        raise ValueError(_unlike(kind, word))
    if kind == "prune":
        sparsity = _number(float, values[0], kind, word)
        chosen: Granularity = values[1] if len(values) == 2 else granularity  # type: ignore[assignment]
        check_sparsity(sparsity)
        check_choice("granularity", chosen, CHOICES["granularity"])
        return Step(kind="prune", sparsity=sparsity, granularity=chosen)
    whole = [_number(int, value, kind, word) for value in values]
    if kind == "finetune":
        check_whole("epochs", whole[0], at_least=1)
        return Step(kind="finetune", epochs=whole[0])
    check_choice("weight_bits", whole[0], BITS)
    check_choice("activation_bits", whole[-1], BITS)
    activation_bits = whole[1] if len(whole) == 2 else None
    return Step(kind="quantize", weight_bits=whole[0], activation_bits=activation_bits)


def _number(read: Callable[[str], Number], value: str, kind: str, word: str) -> Number:
    try:
        return read(value)
    except ValueError:
        raise ValueError(_unlike(kind, word)) from None


def _unlike(kind: str, word: str) -> str:
    rule = _("a step of the recipe is written {syntax}, got {value}")
    return rule.format(syntax=SYNTAX[kind], value=word)
