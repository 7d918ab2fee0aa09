"""Trained weights: shipped ones checked against the manifest, this user's own in the cache."""

from collections.abc import Mapping
from json import dumps, loads
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load, save
from torch import nn

from workbench.core.data import Dataset
from workbench.core.files import FileProblem, verified
from workbench.core.machine import machine
from workbench.core.models import build
from workbench.core.own_model import has_weights, identity_of
from workbench.core.publication import try_to_write, write_with_sidecar
from workbench.core.training import fit
from workbench.locale import Message, _, message
from workbench.measurement import Progress, Quantity, Report
from workbench.places import cache_folder, data_folder
from workbench.setting import SHIPPED, Setting


def checkpoint_path(setting: Setting) -> Path:
    """Where the weights of this training are: among those that ship, or in this user's cache."""
    folder = data_folder() if _ships(setting) else cache_folder()
    return folder / "checkpoints" / setting.checkpoint_name


def save_checkpoint(
    model: nn.Module, setting: Setting, data: Dataset, found: Mapping[str, Quantity], path: Path
) -> None:
    """Write the weights with all they came from and measured accuracies, their SHA-256 beside."""
    metadata = {
        "setting": dumps(setting.training.as_dict()),
        "data": dumps(data.identity),
        "model": dumps(identity_of(setting.model)),
        "machine": dumps(machine()),
        "measured": dumps({name: quantity.as_dict() for name, quantity in found.items()}),
    }
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    write_with_sidecar(path, save(state, metadata))


def metadata(path: Path) -> dict[str, str]:
    """What stands in a checkpoint beside the weights: JSON texts by name."""
    with safe_open(path, "numpy") as file:
        return dict(file.metadata() or {})


def trained(setting: Setting, data: Dataset, report: Report) -> nn.Module:
    """The trained network of `setting` from its checkpoint; what never ran is trained and kept.

    The file is read and checked each time: what is altered or gone is noticed, never used. A model
    that comes with weights of its own is trained already.
    """
    if has_weights(setting.model):
        report(Progress(stage=message("loading the trained weights")))
        return build(setting, data.image_shape, len(data.classes)).eval()
    path = checkpoint_path(setting)
    if not _ships(setting) and not path.exists():
        why = message(
            "these weights were never trained: training {epochs} epochs first",
            epochs=setting.epochs,
        )
        return _trained_now(setting, data, report, why)
    report(Progress(stage=message("loading the trained weights")))
    content = verified(path)
    if not _ships(setting) and (stale := _not_of(metadata(path), setting, data)):
        return _trained_now(setting, data, report, stale)
    with torch.random.fork_rng(devices=[]):  # its first weights are drawn, and replaced at once
        model = build(setting, data.image_shape, len(data.classes))
    try:
        model.load_state_dict(load(content))
    except RuntimeError as error:
        raise FileProblem(
            _(
                "{path} does not hold the weights of this {model}; take it away, or get it again"
                " from where it came"
            ).format(path=path, model=setting.model)
        ) from error
    return model.eval()


def _ships(setting: Setting) -> bool:
    return setting.training in SHIPPED.values()


def _not_of(told: Mapping[str, str], setting: Setting, data: Dataset) -> Message | None:
    """Why a checkpoint that tells this is not of that training, if it is not."""
    # Fields that came later than the file had their defaults then.
    trained_by = {**Setting().as_dict(), **(loads(told.get("setting", "null")) or {})}
    same = trained_by == setting.training.as_dict()
    if not same or loads(told.get("data", "null")) != data.identity:
        return message(
            "the weights on file were trained on other data: training {epochs} epochs anew",
            epochs=setting.epochs,
        )
    if loads(told.get("model", '""')) != identity_of(setting.model):
        return message(
            "the network's file has changed since: training {epochs} epochs anew",
            epochs=setting.epochs,
        )
    return None


def _trained_now(setting: Setting, data: Dataset, report: Report, why: Message) -> nn.Module:
    path = checkpoint_path(setting)
    report(Progress(stage=why, total=setting.epochs))
    try_to_write(path.parent)
    model = fit(setting.training, data, report)
    save_checkpoint(model, setting, data, {}, path)
    return model
