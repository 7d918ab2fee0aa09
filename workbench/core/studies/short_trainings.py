"""The trainings of seconds behind lesson 3: the same network with windows of 1, 3, 5, 7 pixels."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workbench.core.data import Dataset, load
from workbench.core.models import FAMILIES, FORM
from workbench.core.receptive import FAMILY, form_costs, sights
from workbench.core.recorded import recorded_training
from workbench.measurement import Grid
from workbench.setting import PLAIN_TRAINING, Setting

KERNELS = (1, 3, 5, 7)
RECORDED = "recorded_accuracy"
_PLAIN = ("learning_rate", "batch_size", "epochs", "momentum", "weight_decay", "schedule")
SHORT: Mapping[str, Mapping[str, Any]] = {
    "fashion_mnist": {"train_images": 8000, "epochs": 2, "batch_size": 64},
    "digits": {"train_images": 0, **{name: getattr(PLAIN_TRAINING, name) for name in _PLAIN}},
}
"""A training of seconds on one core, by data set; others are learned like Fashion-MNIST.

That of digits is the plain one, so that it stands in the recorded grid.
"""
FEWEST_IMAGES, AFFORDABLE_MACS = 2000, 600_000_000_000
"""Large forms learn from fewer images: as many as the multiply-adds of half a minute allow."""


def short_training(setting: Setting, kernel_size: int) -> Setting:
    """The form of `setting` with another window, and a training of seconds."""
    fields: dict[str, Any] = {"learning_rate": 0.1, "augmentation": "none"}
    fields |= SHORT.get(setting.dataset, SHORT["fashion_mnist"])
    if fields["train_images"]:
        data = load(setting.dataset)
        forms = [replace(setting, kernel_size=size) for size in possible(setting, data)]
        costs = [
            form_costs(sights(form, data.image_shape), len(data.classes))["macs"].value
            for form in forms
        ]
        affordable = int(AFFORDABLE_MACS / (3 * fields["epochs"] * sum(costs)))
        most = min(fields["train_images"], len(data.train_labels))
        fields["train_images"] = min(most, max(FEWEST_IMAGES, affordable))
    return replace(setting.training, kernel_size=kernel_size, **fields)


def possible(setting: Setting, data: Dataset) -> tuple[int, ...]:
    """The kernel sizes that fit every map; raises the reason of the last where none does."""
    found: list[int] = []
    for kernel_size in KERNELS:
        try:
            sights(replace(setting, kernel_size=kernel_size), data.image_shape)
        except ValueError:
            if not found and kernel_size == KERNELS[-1]:
                raise
            continue
        found.append(kernel_size)
    return tuple(found)


def recorded_kernels(setting: Setting) -> Grid:
    """Rows: kernel sizes; the recorded accuracy of each, or nothing where none was recorded."""
    data = load(setting.dataset)
    sizes = possible(setting, data)
    cells = {}
    for size in sizes:
        found = recorded_training(_left_open(short_training(setting, size)), data)
        if found is not None and found.validated:
            reached = found.validated[-1].quantities["validation_accuracy"]
            cells[str(size), RECORDED] = reached
    return Grid(rows=tuple(map(str, sizes)), columns=(RECORDED,) if cells else (), cells=cells)


def _left_open(setting: Setting) -> Setting:
    """The same network, named as the grid names it: what is a default is left open."""
    usual = FAMILIES[FAMILY].defaults
    same: dict[str, Any] = {name: None for name in FORM if getattr(setting, name) == usual[name]}
    return replace(setting, **same)
