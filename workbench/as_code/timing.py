"""The program of single calls, each timed alone, under the conditions of the noise lab."""

from typing import NamedTuple

from workbench.as_code.bundle import bundled
from workbench.as_code.compressing import loading
from workbench.as_code.exporting import FLOAT
from workbench.as_code.lines import function, indented
from workbench.setting import Setting

ABOUT = """\
A trained network, called again and again: how long a call takes.

    python program.py WEIGHTS DATA

WEIGHTS is the safetensors file of the trained network, DATA the folder of the images as arrays.
It needs numpy, torch, safetensors, onnx and onnxruntime.
"""
IMPORTS = """\
import copy
import torch
from safetensors.torch import load_file
"""
WARM_UP = 20


class Calls(NamedTuple):
    """How often which network is called, on how many threads, beside how many busy processes.

    `is_cold`: every call is the first of a fresh engine.
    """

    setting: Setting
    is_cold: bool
    threads: int
    neighbours: int
    repeats: int


def timing(calls: Calls) -> str:
    """The program that times these calls; the network is not compressed."""
    setting = calls.setting.baseline
    pictures = f'pictures = data.pictures("test", {setting.inference_batch})'
    lines = [*loading(setting), pictures, *_engine(calls, setting.engine, setting.device)]
    times = _times(calls)
    if calls.neighbours:
        times = [f"with busy_neighbours({calls.neighbours}):", *indented(times)]
    main = function(
        "main(weights: str, folder: str) -> None", [*lines, *times, "tell_times(times)"]
    )
    return bundled(ABOUT, IMPORTS, main)


def _engine(calls: Calls, engine: str, device: str) -> list[str]:
    """What makes a call, and the answers, which do not depend on how it is timed."""
    if engine == "torch":
        lines = [f"torch.set_num_threads({calls.threads})"] if calls.threads != 1 else []
        answer = f'in_torch(copy.deepcopy(model), "{device}")'
        made = f'call_in_torch(copy.deepcopy(model), pictures, "{device}")'
    else:
        lines = [f'export(model, data.shape, "{FLOAT}")']
        answer = f'in_onnxruntime("{FLOAT}")'
        made = f'call_in_onnxruntime("{FLOAT}", pictures, {calls.threads})'
    return [
        *lines,
        f"answer = {answer}",
        'print(f"classes: {answer(pictures).argmax(axis=1).tolist()}")',
        "",
        "def begin() -> Call:",
        f"    return {made}",
        "",
    ]


def _times(calls: Calls) -> list[str]:
    if calls.is_cold:
        return [f"times = [timed(begin()) for _ in range({calls.repeats})]"]
    warmed = f"[{WARM_UP}:]  # the first calls warm up"
    return [
        "call = begin()",
        f"times = [timed(call) for _ in range({WARM_UP + calls.repeats})]{warmed}",
    ]
