"""How settings are put into words, on the page and in a terminal."""

from collections.abc import Sequence

import numpy as np

from workbench.locale import _, decimal, message, percent
from workbench.setting import PLAIN_TRAINING, TRAINING, Setting, steps_of, without_folders
from workbench.wording.fields import FIELDS
from workbench.wording.quantities import QUANTITIES
from workbench.wording.recipes import recipe_text

WORDS = {
    "weight": message("single weights"),
    "neuron": message("whole neurons"),
    "filter": message("whole filters"),
    "magnitude": message("magnitude"),
    "l2": message("L2 norm"),
    "random": message("random"),
    "gradient": message("gradient"),
    "activation": message("activation"),
    "batch_norm": message("batch norm"),
    "global": message("the whole network"),
    "layer": message("each layer"),
    "none": message("none"),
    "removed": message("removed"),
    "kept": message("kept"),
    "finetune": message("fine-tune"),
    "symmetric": message("symmetric"),
    "asymmetric": message("asymmetric"),
    "channel": message("channel"),
    "tensor": message("tensor"),
    "uniform": message("at equal distances"),
    "kmeans": message("k-means codebook"),
    "pattern": message("pattern 2:4"),
    "kernel": message("whole kernels"),
    "formula": message("(1 − p)²"),
    "folded": message("folded in first"),
    "separate": message("left apart"),
    "minmax": message("smallest to largest"),
    "percentile": message("percentile"),
    "mse": message("least squared error"),
    "entropy": message("entropy"),
    "sgd": message("SGD"),
    "adamw": message("AdamW"),
    "one_cycle": message("one cycle"),
    "constant": message("constant"),
    "step": message("steps"),
    "cosine": message("cosine"),
    "same": message("zeros around"),
    "valid": message("no padding"),
    "shift": message("shift"),
    "shift_flip": message("shift and flip"),
    "mixed_float16": message("float16, mixed"),
    "mixed_bfloat16": message("bfloat16, mixed"),
    "float16": message("float16 alone"),
}
SPOKEN = (
    "granularity", "criterion", "scope", "pattern", "masks", "repair", "weight_symmetry",
    "activation_symmetry", "quantized_per", "levels", "batch_norm", "calibration_method",
    "optimizer", "schedule", "padding", "augmentation", "precision",
)  # fmt: skip
"""Fields whose values are words of a language, not names of things."""
TOLD = [name for name in FIELDS if name not in (*TRAINING, "recipe", "engine", "inference_batch")]


def field_text(name: str, value: object) -> str:
    """The value of a setting's field as a control shows it."""
    if name == "sparsity":
        return percent(float(str(value)), 0)
    if name in ("weight_bits", "activation_bits"):
        return _("{bits} bits").format(bits=value)
    if name == "finetune_rate":
        return f"× {decimal(float(str(value)), 2)}"
    if name == "loss_scale":
        return _scale_text(int(str(value)))
    if name == "train_images" and not value:
        return _("all")
    if name == "patience" and not value:
        return _("never")
    if name == "percentile":
        return percent(float(str(value)) / 100, 2)
    if isinstance(value, float):
        return decimal(value, len(np.format_float_positional(value, trim="0").partition(".")[2]))
    return str(WORDS.get(str(value), value)) if name in SPOKEN else str(value)


def _scale_text(scale: int) -> str:
    """A scale of the loss: 0 stands for one that is found, 1 for none."""
    if scale in (0, 1):
        return _("none") if scale else _("dynamic")
    return f"2^{scale.bit_length() - 1}"


def name_text(name: str) -> str:
    """A quantity or a choice by its words in this language; what is neither stays as it is."""
    return str(QUANTITIES.get(name) or WORDS.get(name) or name)


def network_text(setting: Setting) -> str:
    """The trained network alone."""
    return f"{without_folders(setting.model)} ({without_folders(setting.dataset)})"


def setting_text(setting: Setting) -> str:
    """A setting in one line: network, data set, and what differs from the plain baseline."""
    plain, setting = setting.baseline, setting.effective
    done = [recipe_text(steps_of(setting))] if setting.recipe else []
    for name in TOLD:
        value = getattr(setting, name)
        if value != getattr(plain, name):
            done.append(_told(name, value))
    if setting.inference_batch != Setting().inference_batch:
        done.append(_("batch {n}").format(n=setting.inference_batch))
    if setting.engine != Setting().engine:
        done.append(setting.engine)
    if setting.device != Setting().device:
        done.append(setting.device)
    what = ", ".join(done) if setting != plain else ", ".join([_("baseline"), *done])
    return f"{network_text(setting)}: {what}"


def training_text(setting: Setting) -> str:
    """A training in one line: its rate, batch size, epochs, and what else is not plain descent."""
    plain = PLAIN_TRAINING.as_dict()
    told = ["learning_rate", "batch_size", "epochs"]
    told += [
        name for name in TRAINING
        if name not in (*told, "dataset", "model") and getattr(setting, name) != plain[name]
    ]  # fmt: skip
    return f"{network_text(setting)}: " + ", ".join(_named(name, setting) for name in told)


def differences(settings: Sequence[Setting]) -> list[str]:
    """Each setting by the fields of its training in which they differ."""
    names = [name for name in TRAINING if len({getattr(s, name) for s in settings}) > 1]
    return [", ".join(_named(name, setting) for name in names) for setting in settings]


def _named(name: str, setting: Setting) -> str:
    value = getattr(setting, name)
    return f"{FIELDS[name]} {field_text(name, value) if value is not None else _('as usual')}"


def _told(name: str, value: object) -> str:
    if name == "granularity":
        return field_text(name, value)
    if name == "weight_bits":
        return _("{bits}-bit weights").format(bits=value)
    if name == "activation_bits":
        return _("{bits}-bit activations").format(bits=value)
    return f"{FIELDS[name]} {field_text(name, value)}"
