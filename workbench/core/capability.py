"""The capability card of this machine: what it has, and what a probe finds."""

import os
import platform
from collections.abc import Callable, Mapping

import onnxruntime
import torch

from workbench import __version__
from workbench.core.devices import reasons
from workbench.core.machine import cpu_flags, use_one_thread
from workbench.core.probe import probe
from workbench.locale import Message, message
from workbench.measurement import Quantity, Unit
from workbench.measurement.capability import Capability, family_of, named_flags

Tell = Callable[[Capability], None]


def capability(tell: Tell) -> Capability:
    """First what the system tells at once, then what the probe finds."""
    use_one_thread()
    flags = cpu_flags()
    architecture = str(flags.get("architecture") or platform.machine())
    family = family_of(architecture)
    card = Capability(
        family=family,
        facts=_facts(flags, architecture),
        flags=named_flags(family, flags),
        devices={name: reasons().get(name, "") for name in ("cuda", "mps")},
        quantities=_counts(flags),
    )
    tell(card)
    probed = probe(lambda: tell(card))
    return Capability(
        family=card.family, facts=card.facts, flags=card.flags, devices=card.devices,
        quantities={**card.quantities, **probed},
    )  # fmt: skip


def _facts(flags: Mapping[str, object], architecture: str) -> dict[str, str]:
    """What has a name or a version; what is not known is left out."""
    found = {
        "processor": str(flags.get("cpu_name") or platform.processor()),
        "architecture": architecture,
        "system": f"{platform.system()} {platform.release()}".strip(),
        "gpu": _gpu(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "quantized_engines": ", ".join(
            name for name in torch.backends.quantized.supported_engines if name != "none"
        ),
        "onnxruntime": onnxruntime.__version__,
        "providers": ", ".join(onnxruntime.get_available_providers()),
        "python": platform.python_version(),
        "workbench": __version__,
    }
    return {name: told for name, told in found.items() if told}


def _gpu() -> str:
    """The name of the first GPU and, of NVIDIA's, its compute capability; "" where none is."""
    if torch.cuda.is_available():
        major, minor = torch.cuda.get_device_capability()
        return f"{torch.cuda.get_device_name()} (compute capability {major}.{minor})"
    return "Apple GPU (MPS)" if torch.backends.mps.is_available() else ""


def _counts(flags: Mapping[str, object]) -> dict[str, Quantity]:
    """Cores, threads and memory, as far as the system tells them."""
    system = message("as the operating system tells it")
    physical = flags.get("num_physical_cores")
    known: dict[str, tuple[float | None, Unit, Message]] = {
        "physical_cores": (
            physical if isinstance(physical, int) else None, "count",
            message("as the processor tells it"),
        ),
        "logical_cores": (os.cpu_count(), "count", system),
        "usable_cores": (_usable(), "count", message("those that this process may run on")),
        "threads": (
            torch.get_num_threads(), "count",
            message("what PyTorch and ONNX Runtime use in the lessons unless they say otherwise"),
        ),
        "memory_bytes": (_memory(), "bytes", system),
    }  # fmt: skip
    if torch.cuda.is_available():
        total = torch.cuda.get_device_properties(0).total_memory
        known["gpu_memory_bytes"] = (total, "bytes", message("as PyTorch tells it"))
    return {
        name: Quantity(value=value, unit=unit, provenance="measured", how=how)
        for name, (value, unit, how) in known.items()
        if value
    }


def _usable() -> int | None:
    ask = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(ask(0)) if ask else None


def _memory() -> int | None:
    """Bytes of this machine's memory; None where the system has no such question (Windows)."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
