"""What a search is: its plan, and what it is measured by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

from workbench.locale import _
from workbench.measurement import Quantities, Report
from workbench.search.rules import check_plan
from workbench.setting import Setting

Strategy = Literal["grid", "random", "tpe", "gp"]
Pruning = Literal["none", "median", "hyperband"]
Direction = Literal["maximize", "minimize"]

Objective = Callable[[Setting, Report], Quantities]
"""Measures one setting; speaks of each epoch's validation_accuracy on the way."""
SOUGHT: Mapping[str, Direction] = {"validation_accuracy": "maximize"}


def no_data(setting: Setting) -> str:
    """The identity of the data of an objective that reads none."""
    return ""


def any_setting(setting: Setting) -> None:
    """The check of an objective that measures every setting."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """An objective by its name in a registry: how it is measured, and what of it is sought.

    `identity`: a digest of the data that a setting is measured on. `check`: refuses, at little
    cost, a setting that cannot be measured.
    """

    measure: Objective
    directions: Mapping[str, Direction]
    identity: Callable[[Setting], str] = no_data
    check: Callable[[Setting], None] = any_setting


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A search: which values of which fields, by which strategy, how many trials, towards what.

    `axes`: values to try by field name; `setting` tells everything else. Fields that `axes` names
    and a setting does not have are useless axes: they change nothing; their names begin so.
    `offset`: where along each axis a grid that has fewer trials than points begins, in steps.
    `parameters`: JSON values that the objective of that name takes. `seconds`: no trial begins
    after so many seconds of trials, over all workers; None: only `trials` ends the search.
    """

    setting: Setting
    axes: Mapping[str, tuple[Any, ...]]
    strategy: Strategy = "tpe"
    trials: int = 16
    pruning: Pruning = "none"
    objective: str = "training"
    seed: int = 0
    offset: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None

    def __post_init__(self) -> None:
        check_plan(self)

    def as_dict(self) -> dict[str, Any]:
        """Every field by name, ready for JSON."""
        axes = {name: list(values) for name, values in self.axes.items()}
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        made = {"setting": self.setting.as_dict(), "axes": axes}
        return {**told, **made, "parameters": dict(self.parameters)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The plan that `as_dict` described."""
        axes = {name: tuple(choices) for name, choices in values["axes"].items()}
        setting = Setting.from_dict(dict(values["setting"]))
        try:
            return cls(**{**values, "setting": setting, "axes": axes})
        except TypeError as error:
            rule = _("a search has the fields {known}, got {value}")
            known = ", ".join(field.name for field in fields(cls))
            raise ValueError(rule.format(known=known, value=", ".join(values))) from error
