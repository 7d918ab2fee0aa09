"""A setting as a program of its own, in plain PyTorch and ONNX Runtime."""

from workbench.as_code.bundle import bundled
from workbench.as_code.compressing import compressing, has_channels, loading, unknown_layers
from workbench.as_code.exporting import exporting
from workbench.as_code.lines import function
from workbench.as_code.networks import CLASSES, network
from workbench.as_code.processor import Processor
from workbench.as_code.training import IMPORTS, learn
from workbench.locale import Message, message
from workbench.setting import Setting, after_recipe, steps_of

COMPRESSION = """\
A trained network, compressed and measured: accuracy on the test images, and the file.

    python program.py WEIGHTS DATA

WEIGHTS is the safetensors file of the trained network, DATA the folder of the images as arrays.
It needs numpy, torch, safetensors, onnx and onnxruntime, and writes its files where it runs.
"""
TRAINING = """\
A network trained from random weights; after each epoch its loss on validation images.

    python program.py DATA

DATA is the folder of the images as arrays. It needs numpy and torch.
"""
MAIN = """\
import torch
from functools import partial
from onnxruntime.quantization import QuantType
from safetensors.torch import load_file, save_file
"""


def untold(setting: Setting) -> Message | None:
    """Why a setting is no program that stands alone, if it is none."""
    if setting.model not in CLASSES:
        return message(
            "A program that stands alone is told for {known}; {model} is not built of pieces that"
            " fit into one.",
            known=", ".join(CLASSES), model=setting.model,
        )  # fmt: skip
    if strange := unknown_layers(setting):
        return message("layer_sparsity names layers that have no channels to give: {value}",
                       value=", ".join(strange))  # fmt: skip
    if not has_channels(setting):
        return message("This network has nothing of the kind that is to be pruned.")
    return None


def compression(setting: Setting, processor: Processor) -> str:
    """The program that makes and reads out what a panel shows; `untold` says where there is none.

    Speeds are not told: they hold for one machine and one moment.
    """
    plain = after_recipe(setting).effective
    lines = [*loading(setting), *compressing(setting, processor), *exporting(plain, processor)]
    main = function("main(weights: str, folder: str) -> None", lines)
    if any(step.kind == "finetune" for step in steps_of(setting)):
        main = f"{learn(setting, 'finetune')}\n\n\n{main}"
    return bundled(COMPRESSION, IMPORTS + MAIN, main)


def training(setting: Setting) -> str:
    """The program that trains as the panel of lesson 2 does."""
    lines = [
        "torch.set_num_threads(1)  # with more threads sums are made in another order",
        "data = Data(folder)",
        f"torch.manual_seed({setting.seed})",
        *network(setting),
        *([f'model.to("{setting.device}")'] if setting.device != "cpu" else []),
        "model.to(memory_format=torch.channels_last)",
        *(["model = Halved(model)"] if setting.precision == "float16" else []),
        f"learn(model, data, {setting.epochs}, {setting.learning_rate})",
    ]
    main = function("main(folder: str) -> None", lines)
    return bundled(TRAINING, IMPORTS + MAIN, f"{learn(setting, 'train')}\n\n\n{main}")
