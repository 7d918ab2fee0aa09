"""What this machine is: a number without it cannot be compared."""

import os
import platform
from functools import cache

import onnxruntime
import torch

from workbench import __version__


@cache
def machine() -> dict[str, str]:
    """Processor, instruction set, cores, threads and versions, as text."""
    flags = torch.cpu.get_capabilities()
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


def use_one_thread() -> None:
    """One thread for this process: two were measured 10 to 30 times slower on a busy machine."""
    torch.set_num_threads(1)
