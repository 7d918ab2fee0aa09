"""The searches of the engine as the lesson runs them: imported when first asked for, with torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from workbench.locale import _
from workbench.measurement import Quantity
from workbench.search.values import Goal, Plan, Race, Standing, Strategy, Surrogate, Trial
from workbench.widgets.search.scene import Watch

POLL_SECONDS = 1.0
WORDS_A_POLL = 20  # how often Stop is asked for between two looks

Tell = Callable[[Standing], None]
TellChoices = Callable[[tuple[Standing, ...]], None]
TellRace = Callable[[Race], None]
Vary = Callable[[Plan, Strategy, int], Plan]


@dataclass(frozen=True, kw_only=True)
class RaceWish:
    """A race: the plan that all strategies share, with which seeds, and what a seed changes."""

    plan: Plan
    strategies: tuple[Strategy, ...]
    seeds: tuple[int, ...]
    vary: Vary


def by_seed(plan: Plan, strategy: Strategy, seed: int) -> Plan:
    """A seed changes the training and what the strategy draws, so also where a grid begins."""
    return replace(from_offset(plan, strategy, seed), offset=seed)


def from_offset(plan: Plan, strategy: Strategy, seed: int) -> Plan:
    """A seed changes the training and what the strategy draws; a grid begins where it is told."""
    setting = replace(plan.setting, seed=seed)
    return replace(plan, setting=setting, strategy=strategy, seed=seed)


def goal_of(plan: Plan) -> Goal:
    """The objective that a plan names."""
    from workbench.search_commands import goal_of as find

    return find(plan)


def search(plan: Plan, tell: Tell) -> Standing:
    """Search in this process, in memory."""
    from workbench.search.running import search as run

    return run(plan, goal_of(plan), tell)


def watch(watched: Watch, tell: Tell) -> Standing:
    """Look at a study again and again until nothing is left to do in it."""
    from workbench.search.running import names, standing
    from workbench.search.storage import default_url, open_storage

    storage = open_storage(watched.storage or default_url(), create=False)
    if not watched.study:
        raise ValueError(_which(names(storage)))
    pause = Event()
    while True:
        now = standing(storage, watched.study)
        tell(now)
        if now.is_over:
            return now
        for _word in range(WORDS_A_POLL):
            pause.wait(POLL_SECONDS / WORDS_A_POLL)
            tell(now)


def _which(known: Sequence[str]) -> str:
    """The question for the name of a study, with those that are there."""
    if not known:
        return _("there is no study in this storage yet: make one with workbench search")
    return _("which study is to be watched? In this storage: {known}").format(
        known=", ".join(known)
    )


def race(wish: RaceWish, tell: Callable[[Race], None]) -> Race:
    """Let strategies search with every seed."""
    from workbench.search.racing import race as run

    return run(wish.plan, wish.strategies, wish.seeds, goal_of(wish.plan), tell, vary=wish.vary)


def choices(plans: Sequence[Plan], tell: TellChoices) -> tuple[Standing, ...]:
    """Follow plan after plan to its end: of each, a winner is chosen."""
    found: tuple[Standing, ...] = ()
    for plan in plans:
        found = (*found, search(plan, _telling(found, tell)))
        tell(found)
    return found


def _telling(found: tuple[Standing, ...], tell: TellChoices) -> Tell:
    """Tells what was found before at every word of a search, so that Stop is heard."""
    return lambda _now: tell(found)


def grid_points(plan: Plan) -> list[dict[str, Any]]:
    """The points of a grid of the plan."""
    from workbench.search.keys import grid

    return grid(plan)


def importances(standing: Standing) -> Mapping[str, Quantity]:
    """How much each axis mattered."""
    from workbench.search.insight import importances as read

    return read(standing)


def surrogates(standing: Standing) -> Sequence[Surrogate]:
    """The densities from which TPE guesses."""
    from workbench.search.surrogates import surrogates as read

    return read(standing)


def front(standing: Standing) -> Sequence[Trial]:
    """The trials that no other beats in every goal."""
    from workbench.search.insight import front as read

    return read(standing)


def optuna_plot(name: str, standing: Standing) -> bytes:
    """A plot of optuna's own as PNG."""
    from workbench.figures.optuna_plots import plot_png
    from workbench.search.insight import as_study

    return plot_png(name, as_study(standing))
