"""What makes a value wrong, each in one sentence: the name, the rule, the value given."""

import re
from typing import Any

from workbench.locale import _
from workbench.setting.space import NO_PATTERN


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


def check_together(pattern: str, granularity: str, engine: str, activation_bits: Any) -> None:
    """Refuse values that are right alone and not beside each other."""
    if pattern != NO_PATTERN and granularity != "weight":
        rule = _("pattern is for granularity weight, got {value}")
        raise ValueError(rule.format(value=granularity))
    if engine != "onnxruntime" and (activation_bits or 32) < 32:
        rule = _(
            "activation_bits below 32 are for engine onnxruntime; 32 is possible with {engine},"
            " got {value}"
        )
        raise ValueError(rule.format(engine=engine, value=activation_bits))
