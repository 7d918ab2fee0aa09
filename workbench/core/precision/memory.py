"""What an update costs in each precision: bytes by part, and time, against the batch size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.spread import spread
from workbench.core.training import Course, Update, learning, untrained
from workbench.core.training.batches import learned_from, training_batches
from workbench.core.training.cost import kept_for_backward
from workbench.core.training.learning import forward
from workbench.core.training.optimizers import optimizer_of
from workbench.core.training.precisions import Scaler, casting
from workbench.locale import Message, message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.measurement.scaling import PARTS
from workbench.setting import Setting
from workbench.setting.space import CHOICES
from workbench.statistics import ratio_of_medians

PRECISIONS = CHOICES["precision"]
SIZES = (8, 32, 128)
ROUNDS, FEWEST = 12, 3
RATE = 1e-3
"""Small, so that nothing diverges; it changes neither time nor bytes."""
FOR_EVER = 10**6


@torch.inference_mode(mode=False)
def precision_costs(setting: Setting, report: Report) -> Grid:
    """Rows PRECISION and PRECISION/PART, columns batch sizes.

    A row PRECISION holds the time of an update; the parts are weights, gradients, optimizer state
    and what waits for the way back, in bytes, then the time of the way there and the time of an
    update over that of float32.
    """
    use_one_thread()
    stage = message("timing an update in each precision, in turn")
    now = Progress(stage=stage, total=ROUNDS)
    report(now)
    data = learned_from(replace(setting, batch_size=1), load(setting.dataset))
    sizes = [size for size in SIZES if size <= len(data.train_labels)]
    timed = {
        (precision, size): _Timed.of(
            replace(setting, precision=precision, batch_size=size), data, lambda: report(now)
        )
        for precision in PRECISIONS
        for size in sizes
    }
    parts = [f"{precision}/{part}" for precision in PRECISIONS for part in PARTS]
    grid = Grid(
        rows=(*PRECISIONS, *parts), columns=tuple(map(str, sizes)), cells={},
        machine={**machine(), **fast_formats()},
    )  # fmt: skip
    for done in range(1, ROUNDS + 1):
        for one in timed.values():
            one.sample()
            report(now)
        if done >= FEWEST:
            grid = replace(grid, cells=_cells(timed))
        now = replace(now, done=done, grid=grid)
        report(now)
    return grid


def fast_formats() -> dict[str, str]:
    """Whether oneDNN, which runs PyTorch's layers here, says that this processor has the format."""
    known = torch.ops.mkldnn
    return {
        "float16": "yes" if known._is_mkldnn_fp16_supported() else "",
        "bfloat16": "yes" if known._is_mkldnn_bf16_supported() else "",
    }


@dataclass(kw_only=True)
class _Timed:
    """A training in one precision and batch size that goes on update by update; milliseconds."""

    setting: Setting
    model: nn.Module
    batch: tuple[Tensor, Tensor]
    updates: Iterator[Update]
    parts: dict[str, Quantity]
    there_ms: list[float] = field(default_factory=list)
    update_ms: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, setting: Setting, data: Dataset, check: Callable[[], None]) -> "_Timed":
        """The first update warms up and is not timed."""
        plain = replace(setting, schedule="constant", loss_scale=0)
        model = untrained(plain, data)
        generator = torch.Generator().manual_seed(setting.seed)
        batch = next(training_batches(plain, data, generator))
        parts = bytes_of(plain, model, batch)
        course = Course(epochs=FOR_EVER, rate=RATE)
        updates = learning(model, plain, course, data, lambda _news: check())
        next(updates)
        return cls(setting=plain, model=model, batch=batch, updates=updates, parts=parts)

    @torch.no_grad()
    def sample(self) -> None:
        """The way there once, and one update."""
        began = perf_counter()
        forward(self.model, *self.batch, self.setting)
        self.there_ms.append(1e3 * (perf_counter() - began))
        with torch.enable_grad():
            self.update_ms.append(1e3 * next(self.updates).seconds)


@torch.enable_grad()
def bytes_of(
    setting: Setting, model: nn.Module, batch: tuple[Tensor, Tensor]
) -> dict[str, Quantity]:
    """Bytes of each part after one update of a copy of `model`, counted in real tensors."""
    model = _copy(model)
    shape = (batch[0].shape[1], batch[0].shape[2], batch[0].shape[3])
    with casting(setting, "cpu"):
        kept = kept_for_backward(model, len(batch[1]), shape)
    optimizer = optimizer_of(model, replace(setting, learning_rate=RATE))
    _scores, loss = forward(model, *batch, setting)
    scaler = Scaler.of(setting, optimizer)
    if scaler is None:
        loss.backward()
        optimizer.step()
    else:
        scaler.step(loss)
    weights = list(model.parameters())
    states = [each for state in optimizer.state.values() for each in state.values()]
    return {
        "weight_bytes": _bytes(weights, message("the weights that are updated")),
        "gradient_bytes": _bytes(
            [each.grad for each in weights], message("their gradients after the way back")
        ),
        "optimizer_bytes": _bytes(states, message("what the optimizer remembers of each weight")),
        "kept_bytes": replace(
            kept, how=message(
                "what waits for the way back of a batch, 16-bit copies of weights included"
            ),
        ),
    }  # fmt: skip


def _copy(model: nn.Module) -> nn.Module:
    from copy import deepcopy

    return deepcopy(model).train()


def _bytes(tensors: list[Tensor | None] | list[nn.Parameter], how: Message) -> Quantity:
    found = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors
             if isinstance(t, Tensor)}  # fmt: skip
    return Quantity(value=sum(found.values()), unit="bytes", provenance="measured", how=how)


def _cells(timed: dict[tuple[str, int], _Timed]) -> dict[tuple[str, str], Quantity]:
    cells: dict[tuple[str, str], Quantity] = {}
    for (precision, size), one in timed.items():
        n = len(one.update_ms)
        how = message("median and 10th to 90th percentile of {n} updates, precisions in turn, one"
                      " thread", n=n)  # fmt: skip
        there = message("median and 10th to 90th percentile of {n} ways there, in turn, one thread",
                        n=n)  # fmt: skip
        plain = timed[PRECISIONS[0], size].update_ms
        column = str(size)
        cells[precision, column] = spread(np.array(one.update_ms), "ms", how)
        cells[f"{precision}/there_ms", column] = spread(np.array(one.there_ms), "ms", there)
        cells[f"{precision}/over_float32", column] = _over(one.update_ms, plain)
        cells |= {(f"{precision}/{part}", column): told for part, told in one.parts.items()}
    return cells


def _over(times: list[float], plain: list[float]) -> Quantity:
    value, low, high = ratio_of_medians(times, plain)
    how = message(
        "median time of {n} updates over that of float32, timed in turn; 95 % bootstrap interval",
        n=len(times),
    )
    return Quantity(
        value=value, unit="ratio", provenance="measured", how=how, low=low, high=high, n=len(times)
    )
