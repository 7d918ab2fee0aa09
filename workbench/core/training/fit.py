"""fit: from random weights of a seed to a trained network, told live, moment by moment."""

from typing import NamedTuple

import torch
from torch import nn

from workbench.core.data import Dataset, load
from workbench.core.devices import check_device
from workbench.core.machine import use_one_thread
from workbench.core.models import build
from workbench.core.training.batches import learned_from
from workbench.core.training.learning import Course, Diverged, learning
from workbench.core.training.precisions import in_float16
from workbench.core.training.watcher import Watcher
from workbench.measurement import Report, Training
from workbench.setting import Setting


class Learned(NamedTuple):
    """A trained network, how its training went, and in which words it diverged, if it did."""

    model: nn.Module
    training: Training
    trouble: Diverged | None = None


def watch(setting: Setting, report: Report) -> Training:
    """How the training of `setting` goes; a divergence is an answer, not an error."""
    use_one_thread()
    return learned(setting, load(setting.dataset), report).training


def fit(setting: Setting, data: Dataset, report: Report) -> nn.Module:
    """The network of `setting` after training on `data`, from random weights of its seed.

    Raises Diverged where the steps were too large.
    """
    found = learned(setting, data, report)
    if found.trouble is not None:
        raise found.trouble
    return found.model


@torch.inference_mode(mode=False)  # else a caller's would make weights that cannot learn
def learned(setting: Setting, data: Dataset, report: Report) -> Learned:
    """Train, telling every moment, until the epochs are over or one of two things happens.

    It diverges; or the validation loss was no better for `setting.patience` epochs: then the
    weights are those of the best epoch (early stopping, Prechelt 1998).
    """
    data = learned_from(setting, data)
    model = untrained(setting, data)
    watcher = Watcher(setting, model, data, report)
    course = Course(epochs=setting.epochs, rate=setting.learning_rate)
    try:
        for update in learning(model, setting, course, data, report):
            watcher.see(update)
            if watcher.is_patience_over:
                watcher.restore_best()
                return Learned(model.eval(), watcher.training("stopped_early"))
    except Diverged as trouble:
        return Learned(model.eval(), watcher.training("diverged"), trouble)
    return Learned(model.eval(), watcher.training("finished"))


def untrained(setting: Setting, data: Dataset) -> nn.Module:
    """The network of `setting` with the random weights of its seed, channels last.

    On its device; in precision float16 the weights themselves are rounded to it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        model = build(setting, data.image_shape, len(data.classes))
    check_device(setting.device)
    model = model.to(setting.device).to(memory_format=torch.channels_last)
    return in_float16(model) if setting.precision == "float16" else model
