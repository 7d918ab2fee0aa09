"""What a machine can show: its processor, engines and devices, and what a short probe found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.locale import Message
from workbench.measurement.quantity import Quantities, check_quantities

Type = Literal["bfloat16", "float16", "int8"]
FLAGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "x86": {
        "AVX2": ("avx2",),
        "AVX-512": ("avx512_f",),
        "VNNI (int8)": ("avx512_vnni", "avx_vnni"),
        "AMX (int8)": ("amx_int8",),
        "AMX (bf16)": ("amx_bf16",),
        "AVX-512 BF16": ("avx512_bf16",),
        "AVX-512 FP16": ("avx512_fp16",),
    },
    "Arm": {
        "NEON": ("neon",),
        "dot product (int8)": ("dot",),
        "I8MM (int8)": ("i8mm",),
        "BF16": ("bf16", "sve_bf16"),
        "FP16": ("fp16_arith",),
        "SVE": ("sve",),
    },
}
"""What a family of processors may have, each by the flags any of which stands for it."""
INSTRUCTIONS: Mapping[Type, Mapping[str, tuple[str, ...]]] = {
    "int8": {
        "x86": ("VNNI (int8)", "AMX (int8)"),
        "Arm": ("dot product (int8)", "I8MM (int8)"),
    },
    "bfloat16": {"x86": ("AVX-512 BF16", "AMX (bf16)"), "Arm": ("BF16",)},
    "float16": {"x86": ("AVX-512 FP16",), "Arm": ("FP16",)},
}
"""The instructions that multiply a type, any of which will do."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Capability:
    """The card of one machine; what the system does not tell is not there.

    `family`: x86, Arm or "". `devices`: why a device is not there, "" where it is.
    `quantities`: counts of cores, memory_bytes, and what the probe timed.
    """

    family: str
    facts: Mapping[str, str]
    flags: Mapping[str, bool]
    devices: Mapping[str, Message | str]
    quantities: Quantities = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

    @property
    def is_apple(self) -> bool:
        """The operating system is Apple's."""
        return self.facts.get("system", "").startswith("Darwin")

    def instructions(self, kind: Type) -> tuple[str, ...]:
        """The names of the instructions that would multiply this type; none where none is known."""
        return INSTRUCTIONS[kind].get(self.family, ()) if self.flags else ()

    def multiplies(self, kind: Type) -> bool | None:
        """Whether the processor has any of them; None where its flags are not known."""
        names = self.instructions(kind)
        return any(self.flags[name] for name in names) if names else None

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; reasons in the language in use."""
        return {
            "facts": dict(self.facts),
            "flags": dict(self.flags),
            "devices": {
                name: {"is_there": not str(reason), "reason": str(reason) or None}
                for name, reason in self.devices.items()
            },
            "quantities": {name: value.as_dict() for name, value in self.quantities.items()},
        }


def family_of(architecture: str) -> str:
    """x86, Arm, or "" for what is neither."""
    name = architecture.lower()
    if name in ("x86_64", "amd64", "x86", "i386", "i686"):
        return "x86"
    return "Arm" if name.startswith(("arm", "aarch64")) else ""


def named_flags(family: str, flags: Mapping[str, Any]) -> dict[str, bool]:
    """What the processor has of what its family may have; empty where it tells no flags."""
    if not any(value is True for value in flags.values()):
        return {}
    return {
        name: any(bool(flags.get(flag)) for flag in which)
        for name, which in FLAGS.get(family, {}).items()
    }
