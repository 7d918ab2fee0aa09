"""Controls made from SPACE: each field of a setting is one slider or one choice."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from workbench.locale import keep_translated
from workbench.setting import SPACE, Setting
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.wording import EXPLAINED, FIELDS, field_text

Change = Callable[[Setting, Any], Setting]
"""Makes the new setting of the one before and a value that was chosen."""
CHOICES = (
    "dataset", "model", "engine", "device", "granularity", "criterion", "scope", "pattern",
    "masks", "repair",
    "weight_symmetry", "activation_symmetry", "quantized_per", "levels", "batch_norm",
    "calibration_method", "optimizer", "schedule", "padding", "augmentation", "precision",
)  # fmt: skip
"""Fields whose values have no order: a list to choose from, not a slider."""


class Controls:
    """The widgets of some fields; `on_setting` hears of every new setting they make."""

    def __init__(
        self,
        setting: Setting,
        on_setting: Callable[[Setting], None],
        show_problem: Callable[[str], None],
    ) -> None:
        self.setting = setting
        self._show_problem = show_problem
        self._on_setting = on_setting
        self._widgets: dict[str, Any] = {}
        self._is_moving = False

    def widget(
        self,
        name: str,
        values: Sequence[Any] | None = None,
        change: Change | None = None,
    ) -> ipywidgets.Widget:
        """The control of the field `name`, by default over its values in SPACE.

        `change` makes the new setting where more than this one field depends on the choice.
        """
        values = tuple(values or SPACE[name])
        kind = ipywidgets.Dropdown if name in CHOICES else ipywidgets.SelectionSlider
        control = kind(
            options=[(field_text(name, value), value) for value in values],
            value=getattr(self.setting, name),
            style={"description_width": "9.5em"},
        )
        control.add_class("wb-control")
        self._widgets[name] = control
        keep_translated(lambda: self._translate(name, values))
        make = change or (lambda setting, value: replace(setting, **{name: value}))
        listen(control, lambda value: self._set(make(self.setting, value)), self._show_problem)
        return control

    def _translate(self, name: str, values: Sequence[Any]) -> None:
        control = self._widgets[name]
        control.description = str(FIELDS[name])
        control.tooltip = str(EXPLAINED[name])
        page().give_name(control, f"{FIELDS[name]}: {EXPLAINED[name]}")
        control.set_trait("_options_labels", tuple(field_text(name, value) for value in values))

    def _set(self, setting: Setting) -> None:
        if not self._is_moving:
            self.show(setting)

    def show(self, setting: Setting) -> None:
        """Move every control to `setting`, announcing it once."""
        self._is_moving = True
        try:
            for name, control in self._widgets.items():
                control.value = getattr(setting, name)
        finally:
            self._is_moving = False
        self.setting = setting
        self._on_setting(setting)
