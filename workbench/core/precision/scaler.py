"""A dynamic scaler at work: its scale, update by update, in a real training in float16."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from math import ceil, log2

import torch

from workbench.core.data import load
from workbench.core.machine import use_one_thread
from workbench.core.training import Course, learning, untrained
from workbench.core.training.batches import batches_of, learned_from
from workbench.core.training.precisions import Scaler
from workbench.locale import message
from workbench.measurement import Quantity
from workbench.measurement.scaling import ScaledUpdate, Trace
from workbench.setting import Setting

UPDATES = 150
EVERY = 5
"""Updates between two words of a trace."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A training, the power of two that its scaler begins with, and after how many it doubles."""

    setting: Setting
    power: int
    growth_interval: int


@dataclass(frozen=True, kw_only=True)
class Scaled(Course):
    """A training whose scaler begins and grows as it is wanted."""

    wanted: Wanted

    def scaler(self, setting: Setting, optimizer: torch.optim.Optimizer) -> Scaler:
        """PyTorch's GradScaler, seldom as patient as its own default."""
        start, interval = 2.0**self.wanted.power, self.wanted.growth_interval
        return Scaler(optimizer, start, growth_interval=interval)


def trace(wanted: Wanted, tell: Callable[[Trace], None]) -> Trace:
    """UPDATES updates with PyTorch's GradScaler; `tell` hears of them as they come.

    Raises Diverged where the loss is no number any more.
    """
    use_one_thread()
    setting = replace(wanted.setting, precision="mixed_float16", loss_scale=0)
    data = learned_from(setting, load(setting.dataset))
    with torch.inference_mode(mode=False):
        model = untrained(setting, data)
        epochs = ceil(UPDATES / batches_of(len(data.train_labels), setting.batch_size))
        course = Scaled(epochs=epochs, rate=setting.learning_rate, wanted=wanted)
        found: list[ScaledUpdate] = []
        known = _trace(wanted, setting, found)
        updates = learning(model, setting, course, data, lambda _news: tell(known))
        for number, update in enumerate(islice(updates, UPDATES), start=1):
            power = log2(update.scale)
            found.append(ScaledUpdate(number=number, power=power, is_skipped=update.is_skipped))
            if number % EVERY == 0:
                known = _trace(wanted, setting, found)
    return _trace(wanted, setting, found)


def _trace(wanted: Wanted, setting: Setting, updates: Sequence[ScaledUpdate]) -> Trace:
    skipped = sum(update.is_skipped for update in updates)
    steps = [after.power - before.power for before, after in pairwise(updates)]
    counts = {
        "made_updates": (len(updates) - skipped, message("updates whose gradients were finite")),
        "skipped_updates": (skipped, message("updates with an infinite gradient: left out")),
        "back_offs": (sum(s < 0 for s in steps), message("how often the scale was halved")),
        "growths": (sum(s > 0 for s in steps), message("how often the scale was doubled")),
    }
    return Trace(
        setting=setting, growth_interval=wanted.growth_interval, updates=tuple(updates),
        quantities={
            name: Quantity(value=count, unit="count", provenance="measured", how=how)
            for name, (count, how) in counts.items()
        },
    )  # fmt: skip
