"""What programs that stand alone need of this machine: where the files are, and its int8."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from workbench.as_code import (
    Processor,
    Search,
    compression,
    gradients,
    is_told,
    searching,
    training,
    untold,
)
from workbench.lessons.searches import grid_points
from workbench.locale import _, message
from workbench.search.rules import USELESS
from workbench.search.values import Plan, Pruning, Strategy
from workbench.setting import Setting
from workbench.widgets.as_code import FILE, Program

SAMPLERS: Mapping[Strategy, str] = {
    "random": "RandomSampler(seed={seed})",
    "tpe": "TPESampler(seed={seed})",
    "gp": "GPSampler(seed={seed})",
    "grid": "GridSampler(GRID, seed={seed})",
}
PRUNERS: Mapping[Pruning, str] = {
    "none": "NopPruner()",
    "median": "MedianPruner()",
    "hyperband": "HyperbandPruner(min_resource=1, max_resource={epochs})",
}


def files_of(setting: Setting) -> tuple[Path, Path]:
    """The file of the trained weights, and the folder of the images as arrays."""
    from workbench.core.checkpoint import checkpoint_path

    return checkpoint_path(setting), data_of(setting)


def data_of(setting: Setting) -> Path:
    """The folder of the images as arrays."""
    from workbench.core.data import load

    images = load(setting.dataset).test_images
    return Path(str(images.filename)).parent  # type: ignore[attr-defined]  # a memory map


def processor() -> Processor:
    """How this machine multiplies int8."""
    from workbench.core.engine import scheme

    found = scheme()
    return Processor(
        weight_bits=found.weight_bits, has_signed_activations=found.activations is np.int8
    )


def compression_of(setting: Setting) -> Program:
    """The program behind a panel that compresses; raises ValueError where it is not told."""
    _check_told(setting)
    about = message(
        "This program needs no workbench. It makes what the panel shows, and prints the accuracy"
        " and the size of the file. The file is written by the tools of PyTorch and ONNX Runtime:"
        " its weights are the same, names and helper nodes are other ones, so that it is a few KiB"
        " larger or smaller. Speeds hold for one moment and are not told. Save it as {file} and run"
        " it so:",
        file=FILE,
    )
    text = compression(setting, processor())
    return Program(text=text, files=files_of(setting), about=about)


def training_of(setting: Setting) -> Program:
    """The program behind the panel that trains; raises ValueError where it is not told."""
    _check_told(setting)
    about = message(
        "This program needs no workbench. It trains as the panel does, and prints the loss on"
        " validation images after every epoch; a device that computes otherwise may differ in the"
        " last digits. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(text=training(setting), files=[data_of(setting)], about=about)


def gradients_of(setting: Setting) -> Program:
    """The program behind the playground of loss scales."""
    _check_told(setting)
    about = message(
        "This program needs no workbench. It goes the same way back as the panel, and counts the"
        " gradients that float16 loses and those that overflow. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(text=gradients(setting), files=[data_of(setting)], about=about)


def search_of(plan: Plan) -> Program:
    """The program behind the panel that searches; raises ValueError where it is not told."""
    _check_told(plan.setting)
    idle = frozenset(name for name in plan.axes if name.startswith(USELESS))
    points = grid_points(plan) if plan.strategy == "grid" else []
    grid = {n: tuple(sorted({point[n] for point in points})) for n in plan.axes} if points else {}
    search = Search(
        setting=plan.setting, axes=plan.axes, trials=len(points) or plan.trials,
        sampler=SAMPLERS[plan.strategy].format(seed=plan.seed), seconds=plan.seconds,
        pruner=PRUNERS[plan.pruning].format(epochs=plan.setting.epochs), grid=grid, idle=idle,
    )  # fmt: skip
    if not is_told(search):
        rule = _(
            "a program that stands alone is told for searches along learning_rate and batch_size,"
            " got {value}"
        )
        raise ValueError(rule.format(value=", ".join(plan.axes)))
    about = message(
        "This program needs no workbench. It tries the same training, space, sampler and pruner, in"
        " one process. It draws other values than the panel, which seeds the sampler anew for each"
        " trial, so that no two workers draw the same; the same values come to the same accuracy."
        " Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(text=searching(search), files=[data_of(plan.setting)], about=about)


def _check_told(setting: Setting) -> None:
    if (why := untold(setting)) is not None:
        raise ValueError(str(why))
