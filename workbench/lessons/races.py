"""The race of lesson 4: its switches, recorded at once or live, its band, and the optimism."""

from dataclasses import replace
from typing import Any, get_args

import ipywidgets

from workbench.lessons import searches
from workbench.lessons.frame import box
from workbench.lessons.searches import RaceWish
from workbench.locale import _, decimal, message
from workbench.search.values import Race, Strategy
from workbench.widgets.page import page
from workbench.widgets.search.choices import Choices
from workbench.widgets.search.controls import SearchControls, Switch
from workbench.widgets.search.optimism import Optimism
from workbench.widgets.search.race import RaceFigure
from workbench.widgets.task import Task

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
THREE = STRATEGIES[:3]
QUICK = Choices(model="mlp", epochs=2)
"""Trainings of less than a second, of which a few values alone are good."""
SWITCHES = ("trials", "is_useless_there", "network", "epochs")
BY_SEED = -1
OFFSETS = (BY_SEED, 0, 1, 2, 3)
SEEDS = (24, 12, 6, 48)


class Races:
    """The switches, two buttons, the figure; the winners also go to `optimism`."""

    def __init__(self, optimism: Optimism) -> None:
        self._optimism, self._figure = optimism, RaceFigure()
        self._controls = SearchControls(QUICK, lambda choices: None, page().show_problem)
        self._seeds: Any = Switch(
            message("seeds"), message("how often each strategy searches"), SEEDS, decimal
        ).widget
        self._offset: Any = Switch(
            message("grid offset"),
            message("where the grid begins: elsewhere with every seed, or always so many steps on"),
            OFFSETS,
            _where,
        ).widget
        self._strategies: Any = Switch(
            message("strategies"), message("who races"), (THREE, STRATEGIES), _who
        ).widget
        self.task: Task[RaceWish, Race] = Task(
            searches.race, self._draw, race_text, self._figure.widget
        )
        self.task.offer(
            message("Race on recorded trainings"),
            message("at once: every training of the grid was recorded beforehand"),
            lambda: self._wish("recorded"),
        )
        self.task.offer(
            message("Race live"),
            message("every trial is trained here and now; this takes a minute or more"),
            lambda: self._wish("training"),
        )
        switches = [*(self._controls.widget(name) for name in SWITCHES), self._offset, self._seeds,
                    self._strategies]  # fmt: skip
        self.widget: ipywidgets.Widget = box(
            [box(switches, "wb-switches"), self.task.widget], "wb-study"
        )

    def _wish(self, objective: str) -> RaceWish:
        offset = self._offset.value
        plan = replace(self._controls.choices.plan, objective=objective, offset=max(0, offset))
        return RaceWish(
            plan=plan,
            strategies=self._strategies.value,
            seeds=tuple(range(self._seeds.value)),
            vary=searches.by_seed if offset == BY_SEED else searches.from_offset,
        )

    def _draw(self, race: Race | None) -> None:
        self._figure.draw(race)
        self._optimism.draw_race(race)


def race_text(race: Race) -> str:
    """How far a race is."""
    return _("{done} of {total} searches").format(done=race.done, total=race.total)


def _where(offset: int) -> str:
    return _("by seed") if offset == BY_SEED else decimal(offset)


def _who(strategies: tuple[Strategy, ...]) -> str:
    return _("all four") if len(strategies) == len(STRATEGIES) else _("grid, random, TPE")
