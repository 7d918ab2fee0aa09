"""The experiments behind the claims, by name; torch is imported when the first of them runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np

from workbench.lessons import searches
from workbench.lessons.precision_surveys import START, all_scales
from workbench.lessons.races import QUICK
from workbench.lessons.searches import RaceWish, by_seed
from workbench.locale import message, percent
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.search.values import Race, Strategy
from workbench.setting import PLAIN_TRAINING, Setting, shipped
from workbench.statistics import mean_interval
from workbench.widgets.study import Survey

CLOTHES, DIGITS = shipped("fashion_mnist", "small_cnn"), shipped("digits", "small_cnn")
MANY_ASKED = replace(PLAIN_TRAINING, dataset="fashion_mnist", train_images=2000, batch_size=64)
"""Few images to learn from and many to be asked: small differences show."""
FEW_IMAGES = replace(
    PLAIN_TRAINING, train_images=100, learning_rate=0.03, momentum=0.9, batch_size=8
)
"""So few that the network soon knows them by heart."""
WINDOWS = replace(
    MANY_ASKED, model="small_cnn", train_images=1000, optimizer="adamw", learning_rate=0.01,
    momentum=0.9,
)  # fmt: skip
SEEDS, TARGET = tuple(range(96)), 0.9
"""96 searches: a difference of two points can be told. They look up trainings of three seeds."""
RACED: tuple[Strategy, ...] = ("grid", "random", "tpe")


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A survey, and the setting that it is made for."""

    survey: Survey
    setting: Setting


def _late(module: str, name: str) -> Survey:
    """A survey of core that is imported when it runs."""

    def survey(setting: Setting, report: Report) -> Grid:
        found: Grid = getattr(import_module(f"workbench.core.{module}"), name)(setting, report)
        return found

    return survey


def searched(setting: Setting, report: Report) -> Grid:
    """Rows: two axes, and a useless third; what one strategy is ahead of another, over the seeds.

    In points between the best of all trials, and in trials until TARGET of the validation images
    are right. Trials are looked up among recorded trainings, so that a race takes seconds.
    """
    cells: dict[tuple[str, str], Quantity] = {}
    stage = message("racing on recorded trainings")
    for row in ("two", "useless"):
        choices = replace(QUICK, is_useless_there=row == "useless")
        plan = replace(choices.plan, objective="recorded")
        wish = RaceWish(plan=plan, strategies=RACED, seeds=SEEDS, vary=by_seed)
        race = searches.race(wish, lambda _race: report(Progress(stage=stage)))
        cells[row, "random_over_grid"] = _gain(race, "random", "grid")
        cells[row, "tpe_saves"] = _saved(race, "tpe", "random")
    columns = ("random_over_grid", "tpe_saves")
    return Grid(rows=("two", "useless"), columns=columns, cells=cells)


def _gain(race: Race, one: Strategy, other: Strategy) -> Quantity:
    """The mean over seeds of the best of one strategy less that of the other."""
    best = {
        strategy: np.array([race.runs[strategy, seed][-1].value for seed in race.seeds])
        for strategy in (one, other)
    }
    mean, low, high = mean_interval(best[one] - best[other])
    how = message(
        "mean difference over {n} searches of the best of {trials} trials, looked up among"
        " recorded trainings of three seeds; 95 % interval of Student of the searches' chance, not"
        " of trainings anew",
        n=len(race.seeds), trials=QUICK.trials,
    )  # fmt: skip
    return Quantity(
        value=mean, unit="points", provenance="recorded", how=how, low=low, high=high,
        n=len(race.seeds),
    )  # fmt: skip


def _saved(race: Race, one: Strategy, other: Strategy) -> Quantity:
    """The mean over seeds of the trials that the other needs until TARGET, less those of this."""
    needed = {
        strategy: np.array([_until(race, strategy, seed) for seed in race.seeds])
        for strategy in (one, other)
    }
    mean, low, high = mean_interval(needed[other] - needed[one])
    how = message(
        "mean difference over {n} searches of the trials until {target} of the validation images"
        " are right, {trials} and one more where they never are; looked up among recorded trainings"
        " of three seeds; 95 % interval of Student of the searches' chance, not of trainings anew",
        n=len(race.seeds), target=percent(TARGET, 0), trials=QUICK.trials,
    )  # fmt: skip
    return Quantity(
        value=mean, unit="number", provenance="recorded", how=how, low=low, high=high,
        n=len(race.seeds),
    )  # fmt: skip


def _until(race: Race, strategy: Strategy, seed: int) -> int:
    best = [quantity.value for quantity in race.runs[strategy, seed]]
    return next((n for n, value in enumerate(best, start=1) if value >= TARGET), len(best) + 1)


EXPERIMENTS: Mapping[str, Experiment] = {
    name: Experiment(survey=survey, setting=setting)
    for name, survey, setting in (
        ("networks", _late("claims.training", "networks"), CLOTHES),
        ("held", _late("claims.memory", "held"), CLOTHES),
        ("batches", _late("studies.batches", "batch_costs"), PLAIN_TRAINING),
        ("gradients", _late("studies.seeds", "gradient_noise"), PLAIN_TRAINING),
        ("schedules", _late("claims.training", "schedules"), PLAIN_TRAINING),
        ("rates", _late("claims.training", "learning_rates"), PLAIN_TRAINING),
        ("epochs", _late("claims.training", "epochs"), FEW_IMAGES),
        ("windows", _late("claims.training", "windows"), WINDOWS),
        ("searches", searched, PLAIN_TRAINING),
        ("pruned", _late("claims.compression", "pruned"), CLOTHES),
        ("repaired", _late("claims.compression", "repaired"), CLOTHES),
        ("int8", _late("studies.crossover", "crossover"), CLOTHES),
        ("bits", _late("claims.compression", "fewer_bits"), CLOTHES),
        ("scales", all_scales, START),
        ("updates", _late("precision.memory", "precision_costs"), DIGITS),
        ("precisions", _late("claims.training", "precisions"), MANY_ASKED),
        ("orders", _late("claims.compression", "ordered"), CLOTHES),
    )
}
