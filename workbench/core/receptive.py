"""Receptive fields: which pixels of the picture a pixel of a map sees, from the windows alone."""

from collections.abc import Iterator
from typing import Any

from workbench.core.models import FAMILIES, asked_form
from workbench.core.windows import Window, pooled, windows_of
from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.measurement.kernels import Sight
from workbench.setting import Setting

FAMILY = "small_cnn"
WEIGHTS = message("input channels x output channels x height x width of the window")
MACS = message("weights of the layer x pixels of the map it makes")


def sights(setting: Setting, shape: tuple[int, int, int]) -> tuple[Sight, ...]:
    """What each convolution of `setting` sees of a picture of `shape`, first layer first.

    field += (kernel - 1) * jump, first -= padding * jump, jump *= stride (Araujo et al. 2019).
    """
    return tuple(seen_by(windows(setting, shape)))


def windows(setting: Setting, shape: tuple[int, int, int]) -> tuple[Window, ...]:
    """The convolutions of `setting`; raises ValueError where there is no such network."""
    if setting.model != FAMILY:
        rule = _("receptive fields are told of {known}, a plain chain of windows, got {value}")
        raise ValueError(rule.format(known=FAMILY, value=setting.model))
    form: dict[str, Any] = {**FAMILIES[FAMILY].defaults, **asked_form(setting)}
    return windows_of(shape, **form)


def seen_by(chain: tuple[Window, ...]) -> Iterator[Sight]:
    field, jump, first = 1, 1, 0
    for number, window in enumerate(chain):
        field += (window.kernel_size - 1) * jump
        first -= window.padding * jump
        jump *= window.stride
        yield Sight(
            layer=f"blocks.{number}.0",
            block=window.block,
            inputs=window.inputs,
            outputs=window.outputs,
            kernel_size=window.kernel_size,
            stride=window.stride,
            padding=window.padding,
            map=window.after,
            field=field,
            jump=jump,
            first=first,
            quantities=_costs(window),
        )


def _costs(window: Window) -> dict[str, Quantity]:
    weights = window.inputs * window.outputs * window.kernel_size**2
    pixels = window.after[0] * window.after[1]
    return {
        "weights": Quantity(value=weights, unit="count", provenance="computed", how=WEIGHTS),
        "macs": Quantity(value=weights * pixels, unit="MAC", provenance="computed", how=MACS),
    }


def form_costs(seen: tuple[Sight, ...], classes: int) -> dict[str, Quantity]:
    """`parameters` and `macs` of the whole network, before any of it is built."""
    last = seen[-1]
    features = last.outputs * pooled(last.map)
    convolved = sum(sight.quantities["weights"].value for sight in seen)
    norms = sum(2 * sight.outputs for sight in seen)
    multiplied = sum(sight.quantities["macs"].value for sight in seen)
    how = message("weights of the windows, scale and shift of batch norms, and the classifier")
    added = message("of all windows and of the classifier, for one image")
    return {
        "parameters": Quantity(
            value=convolved + norms + (features + 1) * classes,
            unit="count",
            provenance="computed",
            how=how,
        ),
        "macs": Quantity(
            value=multiplied + features * classes, unit="MAC", provenance="computed", how=added
        ),
    }
