"""Which int8 this CPU multiplies without error: a fact of the machine, named where it is used."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from workbench.core.machine import cpu_flags
from workbench.locale import Message, message


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How this CPU multiplies int8: types of activations, how many bits of a weight are used."""

    activations: type[np.uint8] | type[np.int8]
    weight_limit: int
    name: Message

    @property
    def weight_bits(self) -> int:
        """Bits that a weight really uses, its sign included: 8, or 7 where 8 would saturate."""
        return self.weight_limit.bit_length() + 1


@cache
def scheme() -> Scheme:
    """What the CPU's flags ask for; without VNNI the 8-bit multiply-add saturates, so 7 bits.

    Source: ONNX Runtime, "Quantize ONNX models", when to use reduce_range and which data types.
    """
    flags = cpu_flags()
    if flags.get("architecture") in ("arm64", "aarch64"):
        return Scheme(
            activations=np.int8,
            weight_limit=127,
            name=message("int8 (S8S8, weights per channel; this CPU is an ARM)"),
        )
    if flags.get("avx512_vnni") or flags.get("avx_vnni"):
        return Scheme(
            activations=np.uint8,
            weight_limit=127,
            name=message("int8 (U8S8, weights per channel; this CPU has VNNI)"),
        )
    return Scheme(
        activations=np.uint8,
        weight_limit=63,
        name=message(
            "int8 (U8S8, weights per channel in 7 bits: without VNNI this CPU saturates at 8)"
        ),
    )
