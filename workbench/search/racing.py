"""The race of strategies: the same plan searched with many seeds, the best so far of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from workbench.locale import message
from workbench.measurement import Quantity
from workbench.search.plans import Direction, Goal, Plan, Strategy
from workbench.search.running import search
from workbench.search.values import Race, Standing, Trial

ReportRace = Callable[[Race], None]
Vary = Callable[[Plan, Strategy, int], Plan]
Key = tuple[Strategy, int]
Runs = tuple[Quantity, ...]


def draws(plan: Plan, strategy: Strategy, seed: int) -> Plan:
    """A seed changes what the strategy draws, not the training: what differs is its luck."""
    return replace(plan, strategy=strategy, seed=seed)


def race(
    plan: Plan,
    strategies: Sequence[Strategy],
    seeds: Sequence[int],
    goal: Goal,
    report: ReportRace,
    vary: Vary = draws,
) -> Race:
    """Search by each strategy with each seed, in memory, seed by seed, telling on the way.

    `vary`: the plan of one strategy and seed. `report` is called at every word of an objective,
    and ends the race by what it raises.
    """
    found = Race(plan=plan, strategies=tuple(strategies), seeds=tuple(seeds))
    for seed in seeds:
        for strategy in strategies:
            with_this = partial(told, found, (strategy, seed))
            ended = search(vary(plan, strategy, seed), goal, _on(with_this, report))
            found = with_this(ended)
            report(found)
    return found


def _on(with_this: Callable[[Standing], Race], report: ReportRace) -> Callable[[Standing], None]:
    """A report of one search that tells the race; the same Race again if nothing has changed."""
    last: list[tuple[Standing, Race]] = []

    def hear(standing: Standing) -> None:
        if not last or last[0][0] is not standing:
            last[:] = [(standing, with_this(standing))]
        report(last[0][1])

    return hear


def told(found: Race, key: Key, standing: Standing) -> Race:
    """The race with one search as far as it came."""
    name, direction = next(iter(standing.directions.items()))
    run = best_after_each(standing, name, direction)
    if not run or (run == found.runs.get(key) and not standing.is_over):
        return found
    if not standing.is_over:
        return replace(found, runs={**found.runs, key: run})
    run = (*run, *run[-1:] * (found.plan.trials - len(run)))
    ended = replace(
        found,
        runs={**found.runs, key: run},
        winners={**found.winners, key: winner(standing)},
        means={**found.means, key: _mean(standing, name)},
    )
    return replace(ended, sampler_seconds=_seconds(found, standing))


def best_after_each(standing: Standing, name: str, direction: Direction) -> Runs:
    """The best after each trial that ended; a pruned one leaves it as it was."""
    best: list[Quantity] = []
    sign = 1 if direction == "maximize" else -1
    for trial in standing.trials:
        if trial.state == "complete":
            now = trial.quantities[name]
            is_better = not best or sign * now.value > sign * best[-1].value
            best.append(now if is_better else best[-1])
        elif trial.state == "pruned" and best:
            best.append(best[-1])
    return tuple(best)


def winner(standing: Standing) -> Trial:
    """The trial with the best of what is sought first; the earliest of equals."""
    name, direction = next(iter(standing.directions.items()))
    sign = 1 if direction == "maximize" else -1
    return max(standing.done, key=lambda trial: sign * trial.quantities[name].value)


def _mean(standing: Standing, name: str) -> Quantity:
    found = [trial.quantities[name] for trial in standing.done]
    values = [quantity.value for quantity in found]
    how = message("mean of all trials of a search")
    value = float(np.mean(values))
    return replace(found[0], value=value, low=None, high=None, n=len(values), how=how)


def _seconds(found: Race, standing: Standing) -> Mapping[Strategy, Quantity]:
    """Mean seconds of choosing over the searches of each strategy, this one among them."""
    strategy = standing.plan.strategy
    count = sum(name == strategy for name, _seed in found.winners) + 1
    known = found.sampler_seconds.get(strategy)
    spent = sum(trial.sampler_seconds for trial in standing.trials)
    mean = ((known.value if known else 0.0) * (count - 1) + spent) / count
    how = message("mean time of choosing all trials of a search")
    return {
        **found.sampler_seconds,
        strategy: Quantity(value=mean, unit="s", provenance="measured", how=how, n=count),
    }
