"""The commands of a search: search makes or resumes a study, worker joins it, status looks."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from textwrap import fill
from types import FrameType
from typing import TYPE_CHECKING

from workbench.commands import print_table, setting_of
from workbench.locale import _
from workbench.search.flags import add_plan, plan_of
from workbench.search.plans import Goal, Plan
from workbench.search.values import Standing
from workbench.setting import Setting
from workbench.setting.rules import check_choice, is_number

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

COMMANDS = ("search", "worker", "status")
WIDTH = 78
FIELDS = tuple(field.name for field in fields(Setting))
SETTING_FLAGS = {"seed": ("--training-seed",)}
"""`search` has a seed of its own, which its strategy draws from."""
AddFields = Callable[[ArgumentParser, Sequence[str], Mapping[str, tuple[str, ...]]], None]


def add_commands(commands, add_fields: AddFields) -> None:  # type: ignore[no-untyped-def]
    """The three commands with their arguments; `add_fields` adds those of a setting."""
    from workbench.core.objectives.listing import objectives_text

    search = commands.add_parser(
        "search",
        help=_("search over settings, alone or with other workers"),
        description=fill(
            _(
                "Make a study and work on it, or go on with one that was made by the same command."
                " Others join it with: workbench worker --storage URL"
            ),
            WIDTH,
        ),
    )
    search.formatter_class, search.epilog = RawDescriptionHelpFormatter, objectives_text(WIDTH)
    add_plan(search)
    add_fields(search, FIELDS, SETTING_FLAGS)
    worker = commands.add_parser(
        "worker",
        help=_("join a search from any machine"),
        description=_("Work on a study that somebody made, until nothing is left to do in it."),
    )
    status = commands.add_parser("status", help=_("show how searches stand"))
    status.add_argument("--json", action="store_true", help=_("print one JSON object"))
    for command in (search, worker, status):
        command.add_argument(
            "--storage", metavar="URL", help=_("where studies are; a file of yours if not given")
        )
    search.add_argument(
        "--study", metavar="NAME", help=_("its name; made of the plan if not given")
    )
    for command in (worker, status):
        command.add_argument("--study", metavar="NAME", help=_("which study; all if not given"))


def goal_of(plan: Plan) -> Goal:
    """The objective that the plan names, with the plan's parameters."""
    from workbench.core.objectives import OBJECTIVES

    check_choice("objective", plan.objective, tuple(OBJECTIVES))
    known = OBJECTIVES[plan.objective]
    for name, value in plan.parameters.items():
        if name not in known.parameters:
            rule = _("the objective {objective} takes the parameters {known}, got {value}")
            told = ", ".join(known.parameters) or _("none")
            raise ValueError(rule.format(objective=plan.objective, known=told, value=name))
        if is_number(known.parameters[name]) and not is_number(value):
            rule = _("the parameter {name} is a number, got {value}")
            raise ValueError(rule.format(name=name, value=json.dumps(value)))
    measure = partial(known.measure, **plan.parameters) if plan.parameters else known.measure
    return Goal(
        measure=measure,
        directions=known.directions,
        identity=known.identity,
        check=known.check,
    )


def dispatch(arguments: Namespace) -> None:
    """Do one of COMMANDS."""
    if arguments.command == "search":
        _search(arguments)
    elif arguments.command == "worker":
        _work(arguments)
    else:
        _status(arguments)


def _search(arguments: Namespace) -> None:
    from workbench.search.running import name_of, search, start
    from workbench.search.studies import checked, worker_name
    from workbench.search.telling import Talking

    plan = plan_of(arguments, setting_of(arguments))
    goal = goal_of(plan)
    checked(plan, goal, arguments.grace)  # first: a refusal leaves no file behind
    storage = _storage(arguments)
    name = arguments.study or name_of(plan)
    if arguments.no_work:
        start(plan, goal, storage, name, arguments.grace)
        print(_("made the study {name}").format(name=name))
        return
    talking = Talking(worker_name())
    with _resumable():
        _end({name: search(plan, goal, talking, storage, name, arguments.grace)})


def _work(arguments: Namespace) -> None:
    from workbench.search.running import names, standing, work
    from workbench.search.studies import worker_name
    from workbench.search.telling import Talking, over_text

    storage = _storage(arguments, create=False)
    asked = [arguments.study] if arguments.study else list(names(storage))
    if not asked:
        raise ValueError(_("there is no study in this storage yet: make one with workbench search"))
    ended = {}
    with _resumable():
        for name in asked:
            if (now := standing(storage, name)).is_over:
                print(over_text(name, now))
            else:
                ended[name] = work(storage, name, goal_of, Talking(worker_name()))
    if ended:
        _end(ended)


def _end(found: Mapping[str, Standing]) -> None:
    """Print how studies ended; keys that were given up are a problem of who worked on them."""
    from workbench.search.telling import given_up_text

    _print(found)
    problems = [given_up_text(name, one) for name, one in found.items() if one.given_up]
    if problems:
        raise ValueError("; ".join(problems))


def _status(arguments: Namespace) -> None:
    from workbench.search.running import names, standing
    from workbench.search.telling import as_json

    storage = _storage(arguments, create=False)
    asked = (arguments.study,) if arguments.study else names(storage)
    found = {name: standing(storage, name) for name in asked}
    if arguments.json:
        told = [as_json(name, one) for name, one in found.items()]
        print(json.dumps({"studies": told}, indent=2))
    else:
        _print(found)


def _storage(arguments: Namespace, *, create: bool = True) -> BaseStorage:
    from workbench.search.storage import default_url, open_storage

    return open_storage(arguments.storage or default_url(), create=create)


def _print(found: Mapping[str, Standing]) -> None:
    """A line a study, and under it its workers with their last sign of life."""
    from workbench.search.telling import heads, row, signs_of_life

    print_table([heads(), *[row(name, standing) for name, standing in found.items()]])
    for name, standing in found.items():
        for worker, seconds in signs_of_life(standing).items():
            rule = _("{study}: worker {worker}, last sign of life {seconds} s ago")
            print(rule.format(study=name, worker=worker, seconds=round(seconds)))


@contextmanager
def _resumable() -> Iterator[None]:
    """Ctrl-C, and the signal by which a cluster ends a job, lose nothing; say how to go on."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print(_("nothing is lost: the same command goes on where this ended"), file=sys.stderr)
        raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
