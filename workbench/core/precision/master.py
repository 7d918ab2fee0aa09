"""Weights of 16 bits and updates too small for them; and float32 master weights, which keep all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.training import untrained
from workbench.core.training.batches import learned_from, training_batches
from workbench.core.training.learning import check_loss
from workbench.locale import Message, message
from workbench.measurement import Grid, Quantity, Unit
from workbench.measurement.precision import Master, UpdateHistogram
from workbench.setting import Setting

UPDATES, EVERY = 200, 20
FIRST, LAST = -30, 4
"""Ends of the histogram, as powers of 2; what lies beyond is counted in its last bins."""
LOSS = message(
    "mean loss of the last {n} batches before each update, same batches for all; weights in these"
    " formats, the arithmetic of the layers in float32",
    n=EVERY,
)
UNCHANGED = message(
    "share of all weights that an update other than 0 left as they were, mean of the last {n}"
    " updates",
    n=EVERY,
)


@torch.inference_mode(mode=False)
@torch.enable_grad()
def master_weights(setting: Setting, tell: Callable[[Master], None]) -> Master:
    """The training of `setting`, four times in step: the formats of its weights differ alone.

    Its optimizer is plain gradient descent, in the format of the weights.
    """
    use_one_thread()
    data = learned_from(setting, load(setting.dataset))
    runs = {
        "weights_float32": _Run.of(setting, data, torch.float32, torch.float32),
        "weights_float16": _Run.of(setting, data, torch.float16, torch.float16),
        "weights_bfloat16": _Run.of(setting, data, torch.bfloat16, torch.bfloat16),
        "master_bfloat16": _Run.of(setting, data, torch.float32, torch.bfloat16),
    }
    found = _found(setting, runs, 0, None)
    tell(found)
    for number, batch in enumerate(islice(_batches(setting, data), UPDATES), start=1):
        for run in runs.values():
            run.step(batch, setting)
            tell(found)
        if number % EVERY == 0:
            found = _found(setting, runs, number, runs["weights_float32"].histogram(number))
            tell(found)
    return found


def _batches(setting: Setting, data: Dataset) -> Iterator[tuple[Tensor, Tensor]]:
    """Epoch after epoch."""
    generator = torch.Generator().manual_seed(setting.seed)
    while True:
        yield from training_batches(setting, data, generator)


@dataclass(kw_only=True, eq=False)
class _Run:
    """A training whose weights are kept in one type and rounded to another where they are used."""

    model: nn.Module
    kept: dict[str, Tensor]
    used: torch.dtype
    optimizer: torch.optim.Optimizer
    losses: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    before: list[Tensor] = field(default_factory=list)

    @classmethod
    def of(cls, setting: Setting, data: Dataset, kept: torch.dtype, used: torch.dtype) -> "_Run":
        """From the same random weights, rounded."""
        model = untrained(setting, data).train()
        weights = {
            name: nn.Parameter(weight.detach().to(kept))
            for name, weight in model.named_parameters()
        }
        optimizer = torch.optim.SGD(weights.values(), lr=setting.learning_rate)
        return cls(model=model, kept=dict(weights), used=used, optimizer=optimizer)

    def step(self, batch: tuple[Tensor, Tensor], setting: Setting) -> None:
        """One update; which weights it left as they were."""
        pictures, labels = batch
        rounded = {name: weight.to(self.used).float() for name, weight in self.kept.items()}
        scores = functional_call(self.model, rounded, (pictures,))
        loss = functional.cross_entropy(scores, labels)
        check_loss(loss.item(), scores.shape[1], setting)
        self.optimizer.zero_grad()
        loss.backward()
        self.before = [weight.detach().clone() for weight in self.kept.values()]
        self.optimizer.step()
        self.losses.append(loss.item())
        self.unchanged.append(self._unchanged())

    def _unchanged(self) -> float:
        pairs = zip(self.before, self.kept.values(), strict=True)
        stayed = sum(
            int(((old == new) & (new.grad != 0)).sum())
            for old, new in pairs
            if new.grad is not None
        )
        return stayed / sum(weight.numel() for weight in self.before)

    def histogram(self, update: int) -> UpdateHistogram:
        """The last update, rate times gradient, over the weight before it."""
        weights = torch.cat([weight.flatten() for weight in self.before]).numpy()
        gradients = [
            weight.grad.flatten() for weight in self.kept.values() if weight.grad is not None
        ]
        updates = torch.cat(gradients).numpy() * self.optimizer.param_groups[0]["lr"]
        there = (weights != 0) & (updates != 0)
        exponents = np.log2(np.abs(updates[there] / weights[there]))
        edges = np.arange(FIRST, LAST + 1)
        counts, _edges = np.histogram(exponents.clip(FIRST, LAST), edges)
        return UpdateHistogram(
            update=update, first=FIRST, counts=tuple(map(int, counts)),
            zeros=int((~there).sum()),
        )  # fmt: skip


def _found(
    setting: Setting, runs: dict[str, _Run], done: int, histogram: UpdateHistogram | None
) -> Master:
    """What is there after `done` updates."""
    loss, unchanged = {}, {}
    for name, run in runs.items():
        for end in range(EVERY, done + 1, EVERY):
            last = slice(end - EVERY, end)
            loss[name, str(end)] = _mean(run.losses[last], "nat", LOSS)
            unchanged[name, str(end)] = _mean(run.unchanged[last], "fraction", UNCHANGED)
    return Master(
        setting=setting,
        loss=_grid(tuple(runs), loss),
        unchanged=_grid(tuple(runs), unchanged),
        histogram=histogram,
    )


def _grid(rows: tuple[str, ...], cells: dict[tuple[str, str], Quantity]) -> Grid:
    columns = tuple(str(number) for number in range(EVERY, UPDATES + 1, EVERY))
    return Grid(rows=rows, columns=columns, cells=cells, machine=machine())


def _mean(values: list[float], unit: Unit, how: Message) -> Quantity:
    return Quantity(
        value=float(np.mean(values)), unit=unit, provenance="measured", how=how, n=len(values)
    )
