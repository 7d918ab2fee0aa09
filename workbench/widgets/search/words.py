"""What the parts of a search are called on the page."""

from collections.abc import Mapping
from typing import Any

from workbench.locale import Message, decimal, message
from workbench.search.values import Trial
from workbench.wording import FIELDS, field_text

USELESS = "useless"
"""How the names of axes begin that no setting has."""

STRATEGIES: Mapping[str, Message] = {
    "grid": message("grid"),
    "random": message("random"),
    "tpe": message("TPE (Bayesian)"),
    "gp": message("Gaussian process (Bayesian)"),
}
SHORT: Mapping[str, Message] = {
    "grid": message("grid"),
    "random": message("random"),
    "tpe": message("TPE"),
    "gp": message("GP"),
}
PRUNERS: Mapping[str, Message] = {
    "none": message("none"),
    "median": message("median"),
    "hyperband": message("Hyperband"),
}
STATES: Mapping[str, Message] = {
    "waiting": message("waiting"),
    "running": message("running"),
    "complete": message("complete"),
    "pruned": message("ended early"),
    "failed": message("failed"),
}
DIVERGED = message("diverged")
USELESS_NAME = message("useless axis")


def axis_text(name: str) -> str:
    """An axis of a search: a field of a setting, or one that no setting has."""
    return str(USELESS_NAME if name.startswith(USELESS) else FIELDS.get(name, name))


def axis_value(name: str, value: Any) -> str:
    """A value of an axis as controls show it."""
    return field_text(name, value)


def chosen_text(trial: Trial) -> str:
    """The values that a trial tries."""
    return ", ".join(f"{axis_text(n)} {axis_value(n, v)}" for n, v in trial.chosen.items())


def state_text(trial: Trial) -> str:
    """How a trial stands, or how it ended."""
    return str(DIVERGED if trial.is_diverged else STATES[trial.state])


def number_of(trial: Trial) -> str:
    """Trials are numbered from 0, as in optuna and on the command line."""
    return decimal(trial.number)
