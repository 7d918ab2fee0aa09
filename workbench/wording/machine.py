"""The machine that numbers hold for, in words."""

from collections.abc import Mapping

from workbench.locale import message
from workbench.wording.capability import COUNTS, FACTS

NAMES = {
    **FACTS,
    "int8_instructions": message("int8 instructions"),
    "cores": COUNTS["logical_cores"],
    "threads": COUNTS["threads"],
    "cuda": FACTS["gpu"],
}


def machine_text(machine: Mapping[str, str]) -> list[str]:
    """A line for all that is known of it."""
    return [f"{NAMES.get(name) or name}: {text}" for name, text in machine.items() if text]
