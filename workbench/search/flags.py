"""The words of the command line that describe a plan."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, get_args

from workbench.locale import _
from workbench.search.plans import Plan, Pruning, Strategy
from workbench.search.rules import GRACE_SECONDS, USELESS
from workbench.setting import SPACE, Setting

AXES = "learning_rate,batch_size"
USELESS_VALUES = tuple(range(7))


def add_plan(command: ArgumentParser) -> None:
    """The arguments of a plan, beside those of its setting; defaults in brackets, as there."""
    add = command.add_argument
    add(
        "--strategy", choices=get_args(Strategy), default=Plan.strategy,
        help=_shown(_("how values are chosen"), Plan.strategy),
    )  # fmt: skip
    add(
        "--trials", type=int, default=Plan.trials, metavar="INT",
        help=_shown(_("how many trials"), Plan.trials),
    )  # fmt: skip
    axes = _("fields to search, as learning_rate=0.01:0.1:1,batch_size")
    add("--axes", action="append", metavar="AXES", help=_shown(axes, AXES))
    add(
        "--objective", default=Plan.objective, metavar="NAME",
        help=_shown(_("what is measured and sought; all are listed below"), Plan.objective),
    )  # fmt: skip
    add(
        "--parameters", default="{}", metavar="JSON",
        help=_shown(_("what the objective takes, as JSON"), "{}"),
    )  # fmt: skip
    add(
        "--pruning", choices=get_args(Pruning), default=Plan.pruning,
        help=_shown(_("when a trial ends early"), Plan.pruning),
    )  # fmt: skip
    add(
        "--seed", dest="search_seed", type=int, default=Plan.seed, metavar="INT",
        help=_shown(_("what the strategy draws from"), Plan.seed),
    )  # fmt: skip
    add(
        "--offset", type=int, default=Plan.offset, metavar="INT",
        help=_shown(_("where a coarse grid begins"), Plan.offset),
    )  # fmt: skip
    _add_ends(command)
    add("--no-work", action="store_true", help=_("only make the study"))


def _add_ends(command: ArgumentParser) -> None:
    """When no trial begins any more, and when a worker counts as gone."""
    add = command.add_argument
    seconds = _("no trial begins after so many seconds")
    add("--seconds", type=float, metavar="FLOAT", help=_shown(seconds, _("no end")))
    grace = _("so long a worker may be silent before its trial goes to another")
    add(
        "--grace", type=float, default=GRACE_SECONDS, metavar="SECONDS",
        help=_shown(grace, f"{GRACE_SECONDS:g}"),
    )  # fmt: skip


def _shown(text: str, default: Any) -> str:
    return f"{text} [{default}]"


def plan_of(arguments: Namespace, setting: Setting) -> Plan:
    """The plan that the arguments of `search` describe, around what they tell of a setting."""
    try:
        parameters = json.loads(arguments.parameters)
    except ValueError:
        parameters = None
    if not isinstance(parameters, dict):
        rule = _("parameters are a JSON object, as {example}, got {value}")
        told = {"example": '{"milliseconds": 20}', "value": arguments.parameters}
        raise ValueError(rule.format(**told))
    axes = axes_of(",".join(arguments.axes or [AXES]))
    check_apart(arguments, axes)
    return Plan(
        setting=setting,
        axes=axes,
        strategy=arguments.strategy,
        trials=arguments.trials,
        pruning=arguments.pruning,
        objective=arguments.objective,
        seed=arguments.search_seed,
        offset=arguments.offset,
        parameters=parameters,
        seconds=arguments.seconds,
    )


def axes_of(text: str) -> dict[str, tuple[Any, ...]]:
    """The axes of a text as `learning_rate=0.01:0.1,batch_size`; without values: those of SPACE."""
    axes: dict[str, tuple[Any, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, given = part.partition("=")
        offered = SPACE.get(name, USELESS_VALUES if name.startswith(USELESS) else ())
        if not given and (equals or not offered):
            rule = _(
                "an axis is a field, alone or with values that colons separate, as {example},"
                " got {value}"
            )
            raise ValueError(rule.format(example="batch_size=8:16", value=part))
        if name in axes:
            rule = _("an axis is given once, with all its values, got {name} twice: {value}")
            raise ValueError(rule.format(name=name, value=text))
        axes[name] = tuple(_value(name, word) for word in given.split(":")) if given else offered
    return axes


def check_apart(fixed: Any, axes: Mapping[str, tuple[Any, ...]]) -> None:
    """Refuse a field that is searched and fixed by the same command: one would be passed over."""
    for name in axes:
        if (value := getattr(fixed, name, None)) is not None:
            rule = _(
                "{name} is searched, so it has no fixed value: leave it out, or give --axes"
                " without it, got {value}"
            )
            raise ValueError(rule.format(name=name, value=value))


def _value(name: str, word: str) -> Any:
    """A value of an axis: as the field's other values are, else a number, else a word."""
    known = [v for v in (*SPACE.get(name, ()), getattr(Setting(), name, None)) if v is not None]
    kinds = (type(known[0]),) if known else (int, float, str)
    for kind in kinds:
        try:
            return kind(word)
        except ValueError:
            continue
    return word
