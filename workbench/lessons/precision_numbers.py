"""The first half of lesson 8: numbers in few bits, and which operations and weights bear them."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench.lessons import number_surveys
from workbench.lessons import precision_prose as prose
from workbench.lessons.frame import box, section
from workbench.locale import message
from workbench.measurement.precision import Adding, Casting, Master, OpMap
from workbench.setting import SPACE, Setting, shipped
from workbench.widgets.precision.casting import adder, microscope
from workbench.widgets.precision.master import MasterWeights
from workbench.widgets.precision.op_map import TypesMap, Wanted
from workbench.widgets.precision.ruler import MarkedRuler
from workbench.widgets.precision.style import style
from workbench.widgets.precision.toy import Toy
from workbench.widgets.task import Task

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
    cast, add, ruler = (
        microscope(number_surveys.casting),
        adder(number_surveys.adding),
        MarkedRuler(),
    )
    cast.follow(ruler.draw)
    types = TypesMap(number_surveys.op_types, setting, NETWORKS)
    master = MasterWeights(number_surveys.master_weights, plain)
    return Numbers(
        casting=section(
            message("What becomes of a number?"),
            prose.casting,
            box([style(), cast.widget], "wb-figures"),
        ),
        sums=section(message("Small beside large"), prose.sums, add.widget),
        ruler=section(message("Where your number lies"), prose.ruler, ruler.widget),
        types=section(message("Which operation runs in which type?"), prose.types, types.widget),
        master=section(message("Updates that vanish"), prose.master, master.widget),
        toys=(cast, add),
        studies=(types.task, master.task),
    )
