"""What programs that stand alone need of this machine: where the files are, and its int8."""

from pathlib import Path

import numpy as np

from workbench.as_code import Processor, compression, training
from workbench.locale import message
from workbench.setting import Setting
from workbench.widgets.as_code import FILE, Program


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
    """The program behind a panel that compresses."""
    about = message(
        "This program needs no workbench. It makes what the panel shows, and prints the accuracy"
        " and the size of the file; an int8 file is written by ONNX Runtime’s own tool, so that its"
        " size differs by some names and steps. Speeds hold for one moment and are not told. Save"
        " it as {file} and run it so:",
        file=FILE,
    )
    text = compression(setting, processor())
    return Program(text=text, files=files_of(setting), about=about)


def training_of(setting: Setting) -> Program:
    """The program behind the panel that trains."""
    about = message(
        "This program needs no workbench. It trains as the panel does, and prints the loss on"
        " validation images after every epoch; a device that computes otherwise may differ in the"
        " last digits. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(text=training(setting), files=[data_of(setting)], about=about)
