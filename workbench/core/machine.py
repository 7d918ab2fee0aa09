"""What this machine is: a number without it cannot be compared."""

import os
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime
import torch

from workbench import __version__

CPUINFO = Path("/proc/cpuinfo")
LINUX_NAMES = {
    "avx512f": "avx512_f", "asimd": "neon", "asimddp": "dot", "asimdhp": "fp16_arith",
    "svebf16": "sve_bf16",
}  # fmt: skip
"""Flags that Linux calls otherwise than PyTorch does."""


@cache
def machine() -> dict[str, str]:
    """Processor, instruction set, cores, threads and versions, as text."""
    flags = cpu_flags()
    return {
        "system": platform.system(),
        "processor": str(flags.get("cpu_name") or platform.processor() or platform.machine()),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "int8_instructions": "VNNI" if flags.get("avx512_vnni") or flags.get("avx_vnni") else "",
        "cores": str(os.cpu_count()),
        "threads": str(torch.get_num_threads()),
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else "",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "onnxruntime": onnxruntime.__version__,
        "workbench": __version__,
    }


def cpu_flags() -> Mapping[str, Any]:
    """The processor's flags by PyTorch's names, from PyTorch or else from Linux.

    Empty where neither tells them.
    """
    try:
        found: Mapping[str, Any] = torch.cpu.get_capabilities()
    except (AttributeError, RuntimeError):  # before torch 2.11, and where cpuinfo fails
        found = {}
    if any(value is True for value in found.values()):
        return found
    try:
        return flags_in(CPUINFO.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return found


def flags_in(cpuinfo: str) -> dict[str, Any]:
    """The flags of the first processor in the text of /proc/cpuinfo, and its name."""
    lines = [line.partition(":") for line in cpuinfo.splitlines()]
    told = {name.strip(): value.strip() for name, _colon, value in reversed(lines)}
    words = told.get("flags", told.get("Features", "")).split()
    flags: dict[str, Any] = {LINUX_NAMES.get(word, word): True for word in words}
    return flags | ({"cpu_name": told["model name"]} if "model name" in told else {})


def use_one_thread() -> None:
    """One thread for this process: two were measured 10 to 30 times slower on a busy machine."""
    torch.set_num_threads(1)
