"""What makes a value wrong, each in one sentence: the name, the rule, the value given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from workbench.locale import _
from workbench.setting.space import CHOICES, COUNTS, DYNAMIC, NO_PATTERN, OPEN, OPEN_COUNTS, SCALES

if TYPE_CHECKING:
    from workbench.setting.values import Setting

MOST_SEEDS = 2**63


def check_fields(setting: Setting) -> None:
    """Refuse any field whose value is wrong by itself."""
    for name in ("dataset", "model"):
        check_name(name, getattr(setting, name))
    for name in OPEN_COUNTS:
        if (value := getattr(setting, name)) is not None:
            check_whole(name, value, at_least=1)
    for name in COUNTS:
        check_whole(name, getattr(setting, name), at_least=1)
    for name in ("seed", "qat_epochs", "patience", "train_images"):
        check_whole(name, getattr(setting, name), at_least=0)
    if setting.seed >= MOST_SEEDS:
        rule = _("seed is a whole number below {most}, got {value}")
        raise ValueError(rule.format(most=MOST_SEEDS, value=setting.seed))
    for name, choices in CHOICES.items():
        if (value := getattr(setting, name)) is not None or name not in OPEN:
            check_choice(name, value, choices)
    if setting.kernel_size is not None and setting.kernel_size % 2 == 0:
        rule = _("kernel_size is odd, so that a pixel is its centre, got {value}")
        raise ValueError(rule.format(value=setting.kernel_size))
    check_rate("learning_rate", setting.learning_rate)
    check_rate("finetune_rate", setting.finetune_rate)
    check_momentum(setting.momentum)
    check_decay(setting.weight_decay)
    check_loss_scale(setting.loss_scale)
    check_sparsity(setting.sparsity)
    check_percentile(setting.percentile)
    check_pattern(setting.pattern)


def is_number(value: Any) -> bool:
    """Whether `value` is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_name(name: str, value: Any) -> None:
    """Refuse what is no word."""
    if not isinstance(value, str) or not value:
        raise ValueError(_("{name} is a name, got {value}").format(name=name, value=repr(value)))


def check_whole(name: str, value: Any, *, at_least: int) -> None:
    """Refuse what is no whole number, or too small a one."""
    if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
        raise ValueError(
            _("{name} is a whole number of at least {least}, got {value}").format(
                name=name, least=at_least, value=value
            )
        )


def check_choice(name: str, value: Any, choices: Any) -> None:
    """Refuse what is none of `choices`, and name them."""
    if value not in choices:
        known = ", ".join(str(choice) for choice in choices)
        raise ValueError(
            _("{name} is one of {known}, got {value}").format(name=name, known=known, value=value)
        )


def check_rate(name: str, value: Any) -> None:
    """Refuse what cannot be the size of a step."""
    if not (is_number(value) and 0 < value < float("inf")):
        rule = _("{name} is the step size: a number above 0, got {value}")
        raise ValueError(rule.format(name=name, value=value))


def check_momentum(value: Any) -> None:
    """Refuse what would keep nothing of a gradient, or all of it for ever."""
    if not (is_number(value) and 0 <= value < 1):
        rule = _(
            "momentum is the share of the last step that is kept: 0 <= momentum < 1, got {value}"
        )
        raise ValueError(rule.format(value=value))


def check_decay(value: Any) -> None:
    """Refuse what is no share of the weights."""
    if not (is_number(value) and 0 <= value < 1):
        rule = _(
            "weight_decay is how much of every weight each step takes away, times the learning"
            " rate: 0 <= weight_decay < 1, got {value}"
        )
        raise ValueError(rule.format(value=value))


def check_loss_scale(value: Any) -> None:
    """Refuse what is neither the dynamic scale nor a power of two within reach."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in (DYNAMIC, *SCALES):
        rule = _(
            "loss_scale is {dynamic} (dynamic), 1 (none) or a power of two up to {most}, got"
            " {value}"
        )
        raise ValueError(rule.format(dynamic=DYNAMIC, most=SCALES[-1], value=value))


def check_sparsity(value: Any) -> None:
    """Refuse what is no fraction, or all of it."""
    if not (is_number(value) and 0 <= value < 1):
        rule = _("sparsity is the fraction that pruning takes away: 0 <= sparsity < 1, got {value}")
        raise ValueError(rule.format(value=value))


def check_percentile(value: Any) -> None:
    """Refuse a percentile that leaves less than half of the values inside."""
    if not (is_number(value) and 50 <= value <= 100):
        rule = _(
            "percentile is the share of the activations within the range: 50 to 100, got {value}"
        )
        raise ValueError(rule.format(value=value))


def check_pattern(value: Any) -> None:
    """Refuse what is neither none nor N:M with 1 <= N < M."""
    if value == NO_PATTERN:
        return
    found = re.fullmatch(r"([1-9]\d?):([1-9]\d?)", value) if isinstance(value, str) else None
    if found is None or int(found[1]) >= int(found[2]):
        rule = _(
            "pattern is none, or N:M: how many of M neighbours stay, as 2:4, with N below M,"
            " got {value}"
        )
        raise ValueError(rule.format(value=value))


def check_together(setting: Setting) -> None:
    """Refuse values that are right alone and not beside each other."""
    granularity, engine = setting.granularity, setting.engine
    if setting.pattern != NO_PATTERN and granularity != "weight":
        rule = _("pattern is for granularity weight, got {value}")
        raise ValueError(rule.format(value=granularity))
    if engine != "onnxruntime" and (setting.activation_bits or 32) < 32:
        rule = _(
            "activation_bits below 32 are for engine onnxruntime; 32 is possible with {engine},"
            " got {value}"
        )
        raise ValueError(rule.format(engine=engine, value=setting.activation_bits))
