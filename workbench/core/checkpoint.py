"""Trained weights: shipped ones checked against the manifest, this user's own in the cache."""

from collections.abc import Mapping
from json import dumps
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load, save
from torch import nn

from workbench.core.data import Dataset
from workbench.core.files import verified
from workbench.core.machine import machine
from workbench.core.models import build
from workbench.core.publication import write_with_sidecar
from workbench.core.training import fit
from workbench.locale import message
from workbench.measurement import Progress, Quantity, Report
from workbench.places import cache_folder, data_folder
from workbench.setting import SHIPPED, Setting


def checkpoint_path(setting: Setting) -> Path:
    """Where the weights of this training are: among those that ship, or in this user's cache."""
    ships = setting.training in SHIPPED.values()
    folder = data_folder() if ships else cache_folder()
    return folder / "checkpoints" / setting.checkpoint_name


def save_checkpoint(
    model: nn.Module, setting: Setting, found: Mapping[str, Quantity], path: Path
) -> None:
    """Write the weights with setting, versions and measured accuracies, their SHA-256 beside."""
    metadata = {
        "setting": dumps(setting.training.as_dict()),
        "machine": dumps(machine()),
        "measured": dumps({name: quantity.as_dict() for name, quantity in found.items()}),
    }
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    write_with_sidecar(path, save(state, metadata))


def metadata(path: Path) -> dict[str, str]:
    """What stands in a checkpoint beside the weights: JSON texts by name."""
    with safe_open(path, "numpy") as file:
        return dict(file.metadata())


def trained(setting: Setting, data: Dataset, report: Report) -> nn.Module:
    """The trained network of `setting` from its checkpoint; what never ran is trained and kept.

    The file is read and checked each time: what is altered or gone is noticed, never used.
    """
    path = checkpoint_path(setting)
    if setting.training not in SHIPPED.values() and not path.exists():
        model = fit(setting, data, report)
        save_checkpoint(model, setting, {}, path)
        return model
    report(Progress(stage=message("loading the trained weights")))
    content = verified(path)
    model = build(setting, data.image_shape, len(data.classes))
    model.load_state_dict(load(content))
    return model.eval()
