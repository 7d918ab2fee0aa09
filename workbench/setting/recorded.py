"""Which trainings are recorded: a grid over SPACE, small enough to ship and to look up at once."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

from workbench.setting.space import SPACE
from workbench.setting.values import Setting

PLAIN_TRAINING = Setting(
    dataset="digits",
    model="mlp",
    learning_rate=0.1,
    batch_size=32,
    epochs=10,
    momentum=0.0,
    weight_decay=0.0,
    schedule="constant",
    augmentation="none",
)
"""Plain stochastic gradient descent, w <- w - rate * gradient: where lesson 2 begins."""
SEEDS = (0, 1, 2)
KERNEL_OF_NONE = 3
"""The side of small_cnn's windows where a setting leaves it open."""


def recorded_settings() -> Iterator[Setting]:
    """Every training of the recorded grid: rates, batch sizes, kernel sizes, seeds."""
    forms: list[dict[str, Any]] = [{"model": "mlp"}]
    forms += [{"model": "small_cnn", "kernel_size": side} for side in SPACE["kernel_size"]]
    for form, rate, size, seed in product(
        forms, SPACE["learning_rate"], SPACE["batch_size"], SEEDS
    ):
        yield replace(PLAIN_TRAINING, learning_rate=rate, batch_size=size, seed=seed, **form)


def as_recorded(setting: Setting) -> Setting:
    """The same training as the grid names it: a kernel size that is left open is told."""
    if setting.model == "small_cnn" and setting.kernel_size is None:
        setting = replace(setting, kernel_size=KERNEL_OF_NONE)
    return setting.training
