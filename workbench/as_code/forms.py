"""The programs of lesson 3: a form counted, and its kernel sizes trained and compared."""

from collections.abc import Sequence

from workbench.as_code.bundle import bundled
from workbench.as_code.exporting import FLOAT, TORCH
from workbench.as_code.lines import function, indented
from workbench.as_code.networks import network
from workbench.as_code.training import IMPORTS, learn
from workbench.setting import Setting

COUNTED = """\
An untrained network: what it costs, and what it sees.

    python program.py DATA

DATA is the folder of the images as arrays. It needs numpy, torch, onnx and safetensors.
"""
COMPARED = """\
One network with windows of several sizes: each trained, and compared image by image.

    python program.py DATA

DATA is the folder of the images as arrays. It needs numpy and torch.
"""
FILES = """\
from pathlib import Path
from safetensors.torch import save_file
"""
REFERENCE = 3
"""The kernel size that the others are compared with."""


def form(setting: Setting) -> str:
    """The program that counts what a network costs and sees, and writes its file."""
    lines = [
        "data = Data(folder)",
        *network(setting),
        'print(f"parameters: {sum(weight.numel() for weight in model.parameters())}")',
        'print(f"multiply-adds: {multiply_adds(model, data.shape)}")',
        'print(f"the last layer sees: {field_seen(model)} pixels a side")',
        *_file(setting),
    ]
    main = function("main(folder: str) -> None", lines)
    return bundled(COUNTED, FILES, main)


def _file(setting: Setting) -> list[str]:
    file = TORCH if setting.engine == "torch" else FLOAT
    if setting.engine == "torch":
        written = f'save_file(model.state_dict(), "{file}")'
    else:
        written = f'export(model, data.shape, "{file}")'
    return [written, f"print(f\"file: {{Path('{file}').stat().st_size}} bytes ({file})\")"]


def kernel_sizes(setting: Setting, sizes: Sequence[int]) -> str:
    """The program that trains `setting` with windows of these sizes, 3 among them."""
    each = [
        'print(f"{size} x {size}")',
        f"torch.manual_seed({setting.seed})",
        *network(setting, kernel_size="size"),
        "model.to(memory_format=torch.channels_last)",
        f"learn(model, data, {setting.epochs}, {setting.learning_rate})",
        "right[size] = right_answers(model, data)",
    ]
    lines = [
        "torch.set_num_threads(1)  # with more threads sums are made in another order",
        "data = Data(folder)",
        "right = {}",
        f"for size in {tuple(sizes)}:",
        *indented(each),
    ]
    if REFERENCE in sizes and len(sizes) > 1:
        lines.append(f"compare(right, {REFERENCE})")
    main = function("main(folder: str) -> None", lines)
    return bundled(COMPARED, IMPORTS, f"{learn(setting, 'train')}\n\n\n{main}")
