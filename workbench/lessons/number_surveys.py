"""What the first half of lesson 8 asks of core: imported when first asked for, with torch."""

from collections.abc import Callable

from workbench.measurement.precision import Adding, Casting, Master, OpMap
from workbench.setting import Setting


def casting(text: str, largest: str) -> Casting:
    """A typed number in every format."""
    from workbench.core.precision.casting import casting as cast

    return cast(text, largest)


def adding(first: str, second: str, times: str, largest: str) -> Adding:
    """A sum in the arithmetic of every format."""
    from workbench.core.precision.casting import adding as add

    return add(first, second, times, largest)


def op_types(setting: Setting, dtype: str, tell: Callable[[OpMap], None]) -> OpMap:
    """Which operation of one update ran in which type."""
    from workbench.core.precision.op_types import op_types as watch

    return watch(setting, dtype, tell)


def master_weights(setting: Setting, tell: Callable[[Master], None]) -> Master:
    """One training with its weights kept in four formats."""
    from workbench.core.precision.master import master_weights as survey

    return survey(setting, tell)
