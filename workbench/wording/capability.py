"""The capability card in words, for the page and for a terminal."""

from collections.abc import Mapping

from workbench.locale import Message, _, decimal, message
from workbench.measurement import Quantity
from workbench.measurement.capability import INSTRUCTIONS, Capability, Type
from workbench.wording.quantities import value_text

FACTS: Mapping[str, Message] = {
    "processor": message("processor"),
    "architecture": message("architecture"),
    "system": message("operating system"),
    "gpu": message("GPU"),
    "instructions": message("instructions that PyTorch uses"),
    "torch": message("PyTorch"),
    "quantized_engines": message("int8 engines of PyTorch"),
    "onnxruntime": message("ONNX Runtime"),
    "providers": message("providers of ONNX Runtime"),
    "python": message("Python"),
    "workbench": message("workbench"),
}
COUNTS: Mapping[str, Message] = {
    "physical_cores": message("cores"),
    "logical_cores": message("processors that the system sees"),
    "usable_cores": message("processors that this process may use"),
    "threads": message("threads of the engines"),
    "memory_bytes": message("memory"),
    "gpu_memory_bytes": message("memory of the GPU"),
    "bfloat16_speed": message("bfloat16, as fast as float32"),
    "float16_speed": message("float16, as fast as float32"),
    "int8_speed": message("int8, as fast as float32"),
    "probe_seconds": message("the probe took"),
}


def card_text(quantity: Quantity) -> str:
    """The value with its unit; memories in GiB."""
    if quantity.unit == "bytes":
        return _("{number} GiB").format(number=decimal(quantity.value / 2**30, 1))
    return value_text(quantity)


def lacks(card: Capability) -> list[str]:
    """What this machine cannot show and why, a sentence each."""
    told = []
    if reason := str(card.devices.get("cuda", "")):
        told.append(_("Nothing is timed on an NVIDIA GPU: {reason}.").format(reason=reason))
    if (reason := str(card.devices.get("mps", ""))) and card.is_apple:
        told.append(_("Nothing is timed on an Apple GPU: {reason}.").format(reason=reason))
    cores = card.quantities.get("usable_cores") or card.quantities.get("logical_cores")
    if cores is not None and cores.value < 2:
        told.append(_("There is one processor: two threads would only take turns on it."))
    if not card.flags:
        told.append(_("This system does not tell which instructions the processor has."))
    return told + [words for kind in INSTRUCTIONS if (words := _type_lack(card, kind))]


def _type_lack(card: Capability, kind: Type) -> str:
    """Why a number type is not worth trying here; "" where nothing speaks against it."""
    speed = card.quantities.get(f"{kind}_speed")
    names, has = card.instructions(kind), card.multiplies(kind)
    told = []
    if has is False:
        words = _("{type}: this processor has none of the instructions for it, {names}.")
        told.append(words.format(type=kind, names=", ".join(names)))
    if speed is not None and has and _is_slower(speed):
        there = ", ".join(name for name in names if card.flags[name])
        words = _(
            "{type}: this processor has instructions for it, {names}; the product of the probe was"
            " still slower, {ratio} as fast as float32."
        )
        told.append(words.format(type=kind, names=there, ratio=value_text(speed)))
    elif speed is not None and (told or _is_slower(speed)):
        words = _("{type}: in the probe it was {ratio} as fast as float32.")
        told.append(words.format(type=kind, ratio=value_text(speed)))
    return " ".join(told)


def _is_slower(speed: Quantity) -> bool:
    return (speed.high if speed.high is not None else speed.value) < 1
