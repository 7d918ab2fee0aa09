"""Lesson 1, second part: where the time and the memory go, and what this machine can show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets

from workbench.lessons import where_surveys
from workbench.lessons import where_time_prose as prose
from workbench.lessons.frame import section
from workbench.locale import message
from workbench.measurement.layer_times import LayerTimes
from workbench.widgets.task import Task
from workbench.widgets.trust.amdahl import Amdahl
from workbench.widgets.trust.capability import CapabilityCard
from workbench.widgets.trust.layers import LayerBars
from workbench.widgets.trust.memory import MemoryBars


@dataclass(frozen=True, kw_only=True)
class WhereTime:
    """The sections, each a widget that a cell of the notebook shows.

    `follow` lets the exercise hear of what was measured of the layers; `begin` starts what needs
    no button.
    """

    layers: ipywidgets.Widget
    amdahl: ipywidgets.Widget
    memory: ipywidgets.Widget
    capability: ipywidgets.Widget
    studies: tuple[Task[Any, Any], ...]
    follow: Callable[[Callable[[LayerTimes | None], None]], None]
    begin: Callable[[], None]


def where_sections() -> WhereTime:
    """Make the sections; nothing is measured before `begin` or a button."""
    bars, amdahl = LayerBars(where_surveys.layer_times), Amdahl(where_surveys.made_free)
    memory = MemoryBars(where_surveys.memory_by_batch)
    card = CapabilityCard(where_surveys.capability)
    bars.follow(amdahl.show)
    return WhereTime(
        layers=section(message("Where does the time go?"), prose.layers, bars.widget),
        amdahl=section(message("Make one layer free"), prose.amdahl, amdahl.widget),
        memory=section(message("Activations are not parameters"), prose.memory, memory.widget),
        capability=section(message("What this machine can show"), prose.capability, card.widget),
        studies=(bars.task, amdahl.task, memory.task, card.task),
        follow=bars.follow,
        begin=card.begin,
    )
