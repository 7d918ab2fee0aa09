"""What a program has to know of the machine that runs it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Processor:
    """How it multiplies int8: as many bits of a weight as `weight_bits`, signed activations or not.

    7 bits where 8 would saturate, on x86 without VNNI; signed activations on Arm.
    """

    weight_bits: int = 8
    has_signed_activations: bool = False
