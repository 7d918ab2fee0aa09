"""The words of the command line that describe a plan."""

from argparse import ArgumentParser
from typing import Any, get_args

from workbench.locale import _
from workbench.search.plans import Pruning, Strategy
from workbench.search.rules import USELESS
from workbench.setting import SPACE, Setting

AXES = "learning_rate,batch_size"
USELESS_VALUES = tuple(range(7))


def add_plan(command: ArgumentParser) -> None:
    """The arguments of a plan, beside those of its setting."""
    add = command.add_argument
    add("--strategy", choices=get_args(Strategy), default="tpe", help=_("how values are chosen"))
    add("--trials", type=int, default=16, metavar="INT", help=_("how many trials"))
    add(
        "--axes", default=AXES, metavar="AXES",
        help=_("fields to search, as learning_rate=0.01:0.1:1,batch_size [{default}]").format(
            default=AXES
        ),
    )  # fmt: skip
    add("--objective", default="training", metavar="NAME", help=_("what is measured and sought"))
    add("--parameters", default="{}", metavar="JSON", help=_("what the objective takes, as JSON"))
    add("--pruning", choices=get_args(Pruning), default="none", help=_("when a trial ends early"))
    add(
        "--seed", dest="search_seed", type=int, default=0, metavar="INT",
        help=_("what the strategy draws from"),
    )  # fmt: skip
    add("--offset", type=int, default=0, metavar="INT", help=_("where a coarse grid begins"))
    add("--seconds", type=float, metavar="FLOAT", help=_("no trial begins after so many seconds"))
    add(
        "--grace", type=float, default=30.0, metavar="SECONDS",
        help=_("so long a worker may be silent before its trial goes to another"),
    )  # fmt: skip
    add("--no-work", action="store_true", help=_("only make the study"))


def axes_of(text: str) -> dict[str, tuple[Any, ...]]:
    """The axes of a text as `learning_rate=0.01:0.1,batch_size`; without values: those of SPACE."""
    axes: dict[str, tuple[Any, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _equals, given = part.partition("=")
        offered = SPACE.get(name, USELESS_VALUES if name.startswith(USELESS) else ())
        if not given and not offered:
            rule = _("an axis without values is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(SPACE), value=name))
        axes[name] = tuple(_value(name, word) for word in given.split(":")) if given else offered
    return axes


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
