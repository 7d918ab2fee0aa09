"""What programs that stand alone need of this machine: where the files are, and its int8."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from workbench.as_code import (
    FILE,
    Calls,
    Processor,
    Program,
    Search,
    compression,
    gradients,
    is_told,
    searching,
    timing,
    training,
    untold,
)
from workbench.lessons.searches import grid_points
from workbench.locale import _, message
from workbench.measurement.noise import Conditions
from workbench.places import data_folder
from workbench.search.rules import USELESS
from workbench.search.values import Plan, Pruning, Strategy
from workbench.setting import Setting, steps_of

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
LEARNED_FROM = 1024
"""Training images that batch norms are measured anew on; no criterion looks at more."""


def weights_of(setting: Setting) -> Path:
    """The file of the trained weights."""
    from workbench.core.checkpoint import checkpoint_path

    return checkpoint_path(setting)


def data_of(setting: Setting) -> Path:
    """The folder of the images as arrays."""
    from workbench.core.data import load

    images = load(setting.dataset).test_images
    return Path(str(images.filename)).parent  # type: ignore[attr-defined]  # a memory map


def images_of(setting: Setting) -> dict[str, Any]:
    """The images as fields of a program: where they are, and their licence where it is known."""
    licence = data_folder() / f"LICENSE-{setting.dataset}.txt"
    return {"data": data_of(setting), "licence": licence if licence.is_file() else None}


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
    is_training = any(step.kind == "finetune" for step in steps_of(setting))
    most = None if is_training else max(LEARNED_FROM, setting.calibration)
    return Program(
        text=text, about=about, weights=weights_of(setting), **images_of(setting),
        reads={"train": most, "test": None},
    )  # fmt: skip


def training_of(setting: Setting) -> Program:
    """The program behind the panel that trains; raises ValueError where it is not told."""
    _check_told(setting)
    about = message(
        "This program needs no workbench. It trains as the panel does, and prints the loss on"
        " validation images after every epoch; a device that computes otherwise may differ in the"
        " last digits. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(
        text=training(setting), about=about, **images_of(setting), reads=learned_from(setting)
    )


def gradients_of(setting: Setting) -> Program:
    """The program behind the playground of loss scales."""
    _check_told(setting)
    about = message(
        "This program needs no workbench. It goes the same way back as the panel, and counts the"
        " gradients that float16 loses and those that overflow. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(
        text=gradients(setting), about=about, **images_of(setting),
        reads={"train": setting.batch_size},
    )  # fmt: skip


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
    return Program(
        text=searching(search), about=about, **images_of(plan.setting),
        reads=learned_from(plan.setting),
    )  # fmt: skip


def timing_of(conditions: Conditions) -> Program:
    """The program behind the noise lab: the calls of a run under its conditions."""
    setting = conditions.setting.baseline
    _check_told(setting)
    about = message(
        "This program needs no workbench. It calls the same network under the same conditions, and"
        " prints the classes that it names, the percentiles and the band. The classes are the same"
        " everywhere; times hold for one machine and one moment. Save it as {file} and run it so:",
        file=FILE,
    )
    calls = Calls(
        setting=setting, is_cold=conditions.start == "cold", threads=conditions.threads,
        neighbours=conditions.neighbours, repeats=conditions.repeats,
    )  # fmt: skip
    return Program(
        text=timing(calls), about=about, weights=weights_of(setting), **images_of(setting),
        reads={"test": setting.inference_batch},
    )  # fmt: skip


def learned_from(setting: Setting) -> dict[str, int | None]:
    """The images that a training reads."""
    return {"train": setting.train_images or None, "validation": None}


def _check_told(setting: Setting) -> None:
    if (why := untold(setting)) is not None:
        raise ValueError(str(why))
