"""The way back in real float16 beside float32: what is lost below its range, what leaves it above.

Of Micikevicius et al. 2018, Mixed Precision Training, figure 3, on a network of the learner.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.core.data import load
from workbench.core.machine import machine, use_one_thread
from workbench.core.pictures import normalized
from workbench.core.training import untrained
from workbench.core.training.learning import forward
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.measurement.scaling import (
    HIGHEST,
    LOWEST,
    POWERS,
    Gradients,
    LayerGradients,
)
from workbench.setting import Setting

Values = NDArray[np.float32]
LOST = message(
    "numbers that are 0 in float16 and not in float32, of {n} gradients of convolutions and linear"
    " layers, one batch of {batch}"
)
LOST_OF_LAYER = message(
    "for a layer: numbers that are 0 in float16 and not in float32, one batch of {batch}"
)
WHOLE = ("lost_share", "overflowed_share", "lost", "overflowed")
"""Rows of all layers together."""
OVERFLOWED = message(
    "numbers that are infinite or no number in float16, of {n} gradients of convolutions and linear"
    " layers, one batch of {batch}"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ready:
    """A network and a batch, and the gradients of its layers in float32, unscaled."""

    model: nn.Module
    pictures: Tensor
    labels: Tensor
    exact: Mapping[str, Values]


def gradients(setting: Setting, report: Report, *, held_out: bool = False) -> Gradients:
    """One way back in float16 with the loss times `setting.loss_scale`, beside float32.

    The network is untrained, from the seed; `held_out`: of validation images instead of the first
    training images.
    """
    use_one_thread()
    report(Progress(stage=message("the way back in float32")))
    made = ready(replace(setting, precision="float32", loss_scale=1), held_out)
    report(Progress(stage=message("the way back in float16")))
    return _scaled(setting, made, max(setting.loss_scale, 1).bit_length() - 1)


def all_scales(setting: Setting, report: Report, *, held_out: bool = False) -> Grid:
    """What is lost and overflows against the power of two of the scale; a row a layer too."""
    use_one_thread()
    stage = message("the way back in float16, scale by scale")
    now = Progress(stage=stage, total=len(POWERS))
    report(now)
    made = ready(replace(setting, precision="float32", loss_scale=1), held_out)
    rows = (*WHOLE, *made.exact)
    columns = tuple(map(str, POWERS))
    grid = Grid(rows=rows, columns=columns, cells={}, machine=machine())
    for power in POWERS:
        report(now)
        found = _scaled(setting, made, power)
        of_layers = {layer.layer: layer.quantities["lost_share"] for layer in found.layers}
        cells = {name: found.quantities[name] for name in WHOLE} | of_layers
        told = {(row, str(power)): cell for row, cell in cells.items()}
        grid = replace(grid, cells={**grid.cells, **told})
        now = replace(now, done=now.done + 1, grid=grid)
    report(now)
    return grid


@lru_cache(maxsize=8)
def ready(setting: Setting, held_out: bool) -> Ready:
    """The untrained network of `setting` with its first batch; kept for the next scale."""
    data = load(setting.dataset)
    images, labels = data.train_images, data.train_labels
    if held_out:
        images, labels = data.validation_images, data.validation_labels
    with torch.inference_mode(mode=False):
        pictures = torch.from_numpy(normalized(images[: setting.batch_size], data))
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        chosen = torch.from_numpy(labels[: setting.batch_size].astype(np.int64))
        model = untrained(setting, data).train()
    exact = _way_back(setting, model, pictures, chosen, 1.0)
    return Ready(model=model, pictures=pictures, labels=chosen, exact=exact)


@torch.inference_mode(mode=False)
@torch.enable_grad()
def _way_back(
    setting: Setting, model: nn.Module, pictures: Tensor, labels: Tensor, scale: float
) -> dict[str, Values]:
    """The gradient of each convolution and linear layer, weights and biases in one array."""
    model.zero_grad()
    _scores, loss = forward(model, pictures, labels, setting)
    (loss * scale).backward()
    layers = {n: m for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    return {
        name: torch.cat(
            [each.grad.float().flatten() for each in layer.parameters() if each.grad is not None]
        ).numpy()
        for name, layer in layers.items()
    }


def _scaled(setting: Setting, made: Ready, power: int) -> Gradients:
    asked = replace(setting, precision="mixed_float16")
    began = perf_counter()
    found = _way_back(asked, made.model, made.pictures, made.labels, 2.0**power)
    took = 1e3 * (perf_counter() - began)
    batch = len(made.labels)
    layers = tuple(
        LayerGradients(
            layer=name,
            exact=_counts(exact * np.float32(2.0**power)),
            kept=_counts(found[name]),
            quantities=_shares(exact, found[name], LOST_OF_LAYER, batch),
        )
        for name, exact in made.exact.items()
    )
    whole = [np.concatenate(list(each.values())) for each in (made.exact, found)]
    how = message("one way there and back of a batch of {batch}, one thread", batch=batch)
    time = Quantity(value=took, unit="ms", provenance="measured", how=how, n=1)
    return Gradients(
        setting=setting, power=power, layers=layers,
        quantities={**_shares(whole[0], whole[1], LOST, batch), "way_back_ms": time},
    )  # fmt: skip


def _counts(values: Values) -> tuple[int, ...]:
    """How many values there are of 2^p to 2^(p + 1), for each p; 0, infinity and NaN are none."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    powers = np.clip(np.frexp(sizes)[1] - 1, LOWEST, HIGHEST)
    counts = np.bincount(powers - LOWEST, minlength=HIGHEST - LOWEST + 1)
    return tuple(int(count) for count in counts)


def _shares(exact: Values, found: Values, of: Message, batch: int) -> dict[str, Quantity]:
    count = exact.size
    values = {
        "lost": (of, (found == 0) & (exact != 0)),
        "overflowed": (OVERFLOWED, ~np.isfinite(found)),
    }
    found_so = {}
    for name, (told, is_so) in values.items():
        how = Message(told.text, {"n": count, "batch": batch})
        found_so[f"{name}_share"] = Quantity(
            value=float(is_so.mean()), unit="fraction", provenance="measured", how=how, n=count
        )
        found_so[name] = Quantity(
            value=int(is_so.sum()), unit="count", provenance="measured", how=how, n=count
        )
    return found_so
