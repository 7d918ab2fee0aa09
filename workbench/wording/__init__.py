"""How settings and quantities are put into words and figures, on the page and in a terminal."""

from workbench.wording.fields import EXPLAINED, FIELDS
from workbench.wording.machine import machine_text
from workbench.wording.quantities import (
    INTERVALS,
    PROVENANCES,
    QUANTITIES,
    difference_text,
    interval_text,
    number_text,
    quantity_rows,
    signed,
    value_text,
)
from workbench.wording.recipes import recipe_text, step_text
from workbench.wording.settings import (
    differences,
    field_text,
    name_text,
    network_text,
    setting_text,
    training_text,
)

__all__ = [
    "EXPLAINED",
    "FIELDS",
    "INTERVALS",
    "PROVENANCES",
    "QUANTITIES",
    "difference_text",
    "differences",
    "field_text",
    "interval_text",
    "machine_text",
    "name_text",
    "network_text",
    "number_text",
    "quantity_rows",
    "recipe_text",
    "setting_text",
    "signed",
    "step_text",
    "training_text",
    "value_text",
]
