"""How large each step is: the optimizer, and the learning rate over the updates."""

from functools import partial
from math import ceil

import torch
from torch import nn
from torch.optim import lr_scheduler

from workbench.setting import Setting

WARM_UP = 0.2
SWING = 0.05
STEPS = 3


def optimizer_of(model: nn.Module, setting: Setting) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum (Sutskever et al. 2013), or AdamW (Loshchilov & Hutter 2019).

    `momentum` is AdamW's first beta. Both in one fused pass over the weights.
    """
    rate, momentum, decay = setting.learning_rate, setting.momentum, setting.weight_decay
    if setting.optimizer == "adamw":
        return torch.optim.AdamW(
            model.parameters(), rate, (momentum, 0.999), weight_decay=decay, fused=True
        )
    return torch.optim.SGD(
        model.parameters(), rate, momentum, weight_decay=decay, nesterov=momentum > 0,
        fused=True,
    )  # fmt: skip


def schedule_of(
    optimizer: torch.optim.Optimizer, setting: Setting, total: int
) -> lr_scheduler.LRScheduler:
    """The learning rate of each of `total` updates, as `setting.schedule` names it.

    one_cycle: up for a fifth of the updates and down to nearly 0, the momentum the other way
    (Smith 2018); step: a tenth after each third; cosine: down to 0 (Loshchilov & Hutter 2017).
    """
    if setting.schedule == "constant":
        return lr_scheduler.ConstantLR(optimizer, factor=1.0)
    if setting.schedule == "step":
        return lr_scheduler.StepLR(optimizer, step_size=max(1, ceil(total / STEPS)))
    if setting.schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(1, total))
    # torch divides by the steps of the rise less one, which must not be nought.
    warm_up = WARM_UP if WARM_UP * total != 1 else WARM_UP + 0.01
    momentum = setting.momentum
    swing = min(SWING, momentum, (1 - momentum) / 2)
    cycle = partial(
        lr_scheduler.OneCycleLR, optimizer, setting.learning_rate, total_steps=max(2, total),
        pct_start=warm_up,
    )  # fmt: skip
    if momentum == 0:  # torch looks for a momentum to cycle, and SGD has none then
        return cycle(cycle_momentum=False)
    return cycle(base_momentum=momentum - swing, max_momentum=momentum + swing)


def rates(setting: Setting, total: int) -> list[float]:
    """The learning rate of each of `total` updates, without any training."""
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.zeros(1)
    optimizer = torch.optim.SGD([weight], setting.learning_rate, momentum=setting.momentum)
    schedule = schedule_of(optimizer, setting, total)
    found = []
    for _update in range(total):
        found.append(float(schedule.get_last_lr()[0]))
        optimizer.step()
        schedule.step()
    return found
