"""Recipes in words: one block, and all of them in their order."""

from collections.abc import Sequence

from workbench.locale import _, percent
from workbench.setting import Step


def step_text(step: Step) -> str:
    """One block of a recipe."""
    if step.kind == "prune":
        share = percent(step.sparsity, 0)
        if step.granularity == "weight":
            return _("{share} of the weights to 0").format(share=share)
        return _("{share} of the channels away").format(share=share)
    if step.kind == "finetune":
        return _("fine-tune, epochs: {n}").format(n=step.epochs)
    if step.kind == "recalibrate":
        return _("re-calibrate")
    if step.activation_bits is None:
        return _("round to {bits} bits").format(bits=step.weight_bits)
    told = _("round to {bits} bits, activations to {inputs}")
    return told.format(bits=step.weight_bits, inputs=step.activation_bits)


def recipe_text(steps: Sequence[Step]) -> str:
    """All blocks in their order; the uncompressed network by its name."""
    return " → ".join(map(step_text, steps)) if steps else _("baseline")
