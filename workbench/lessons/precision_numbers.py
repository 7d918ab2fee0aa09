"""The first half of lesson 8: numbers in few bits, and which operations and weights bear them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import ipywidgets

from workbench.lessons import number_surveys
from workbench.lessons import precision_prose as prose
from workbench.lessons.frame import box, section
from workbench.lessons.number_programs import adding_of, casting_of
from workbench.locale import message
from workbench.measurement.precision import Adding, Casting, Master, OpMap
from workbench.setting import SPACE, Setting, shipped
from workbench.widgets.as_code import AsCode
from workbench.widgets.precision.casting import adder, microscope
from workbench.widgets.precision.master import MasterWeights
from workbench.widgets.precision.op_map import TypesMap, Wanted
from workbench.widgets.precision.ruler import MarkedRuler
from workbench.widgets.precision.style import style
from workbench.widgets.precision.toy import Toy
from workbench.widgets.task import Task

Found = TypeVar("Found", Adding, Casting)
NETWORKS = tuple(
    name for name in ("small_cnn", "sigmoid_cnn", "mlp", "resnet8") if name in SPACE["model"]
)
RATE = 0.003
"""At which updates of this network are small beside its weights."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Sections 1 to 4 of the lesson, each a widget; `toys` have a thread, `studies` a button."""

    casting: ipywidgets.Widget
    sums: ipywidgets.Widget
    ruler: ipywidgets.Widget
    types: ipywidgets.Widget
    master: ipywidgets.Widget
    toys: tuple[Toy[Casting], Toy[Adding]]
    studies: tuple[Task[Wanted, OpMap], Task[Setting, Master]]


def numbers_sections() -> Numbers:
    """Make the sections; the first number is cast at once, in a thread."""
    setting = shipped("fashion_mnist", "small_cnn")
    plain = replace(setting, learning_rate=RATE, momentum=0.0, augmentation="none")
    cast_code, add_code = (AsCode(of, lambda words: words) for of in (casting_of, adding_of))
    cast, add, ruler = (
        microscope(_shown_by(cast_code, number_surveys.casting)),
        adder(_shown_by(add_code, number_surveys.adding)),
        MarkedRuler(),
    )
    cast.follow(ruler.draw)
    types = TypesMap(number_surveys.op_types, setting, NETWORKS)
    master = MasterWeights(number_surveys.master_weights, plain)
    return Numbers(
        casting=section(
            message("What becomes of a number?"),
            prose.casting,
            box([style(), cast.widget, cast_code.widget], "wb-figures"),
        ),
        sums=section(
            message("Small beside large"),
            prose.sums,
            box([add.widget, add_code.widget], "wb-figures"),
        ),
        ruler=section(message("Where your number lies"), prose.ruler, ruler.widget),
        types=section(message("Which operation runs in which type?"), prose.types, types.widget),
        master=section(message("Updates that vanish"), prose.master, master.widget),
        toys=(cast, add),
        studies=(types.task, master.task),
    )


def _shown_by(code: AsCode, work_out: Callable[..., Found]) -> Callable[..., Found]:
    """The same, and `code` shows the program of the words that were worked out last."""

    def work(*words: str) -> Found:
        found = work_out(*words)
        code.view.draw(words)
        return found

    return work
