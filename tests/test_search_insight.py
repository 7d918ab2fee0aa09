"""What trials tell: importance, Pareto's front, TPE's densities, the race of strategies."""

from dataclasses import replace
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

from tests.searching import AXES, goal, plan, share, silent, told
from workbench.measurement import Quantities, Report, Superseded
from workbench.search.axes import distributions, params_of
from workbench.search.insight import as_study, front, importances
from workbench.search.plans import Goal
from workbench.search.racing import race
from workbench.search.running import search
from workbench.search.surrogates import split, surrogates
from workbench.search.values import Race, Standing
from workbench.setting import Setting

MIXED: dict[str, tuple[Any, ...]] = {**AXES, "optimizer": ("sgd", "adamw"), "useless": (1, 2, 3)}


@pytest.fixture(scope="module")
def found() -> Standing:
    """Forty random trials over ordered, named and useless axes."""
    return search(plan(axes=MIXED, trials=40), goal(), silent)


def test_importances_add_up_and_the_useless_axis_matters_least(found: Standing) -> None:
    shares = importances(found)
    assert sum(quantity.value for quantity in shares.values()) == pytest.approx(1)
    assert set(shares) == set(MIXED)
    assert max(shares["useless"].value, shares["optimizer"].value) < shares["learning_rate"].value


def test_importances_are_empty_where_all_came_to_the_same() -> None:
    same = search(plan(), goal(lambda setting, report: told(0.5)), silent)
    assert importances(same) == {}
    assert importances(search(plan(trials=1), goal(), silent)) == {}


def two_goals() -> Goal:
    def measure(setting: Setting, report: Report) -> Quantities:
        size = float(setting.batch_size)
        return {
            "validation_accuracy": share(1 - abs(setting.learning_rate - 0.1) - 1 / size),
            "file_bytes": replace(share(size), unit="bytes"),
        }

    return Goal(
        measure=measure, directions={"validation_accuracy": "maximize", "file_bytes": "minimize"}
    )


@pytest.mark.parametrize("strategy", ["random", "tpe", "gp"])
def test_the_front_is_optunas(strategy: Any) -> None:
    found = search(plan(trials=14, strategy=strategy), two_goals(), silent)
    theirs = {tuple(trial.values) for trial in as_study(found).best_trials}
    ours = {tuple(trial.quantities[n].value for n in found.directions) for trial in front(found)}
    assert ours == theirs
    assert 1 < len(ours) < 14
    assert sum(quantity.value for quantity in importances(found).values()) == pytest.approx(1)


def test_the_study_for_plots_has_the_true_values(found: Standing) -> None:
    study = as_study(found)
    assert [trial.params for trial in study.trials] == [dict(t.chosen) for t in found.trials]
    assert study.best_value == max(t.quantities["validation_accuracy"].value for t in found.done)
    rates = study.trials[0].distributions["learning_rate"]
    assert isinstance(rates, optuna.distributions.FloatDistribution)
    assert rates.log


@pytest.mark.parametrize("trials", [2, 7, 40])
def test_the_densities_are_those_of_optunas_tpe(trials: int) -> None:
    """Each axis on its own; of more than 25 trials the old ones weigh less."""
    found = search(plan(axes=MIXED, trials=trials), goal(), silent)
    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    offered = distributions(found.plan)
    for one in surrogates(found):
        space = {one.axis: offered[one.axis]}
        for part, ours in zip(split(found), (one.good, one.bad), strict=True):
            params = [params_of(found.plan, trial.chosen)[one.axis] for trial in part]
            seen = np.array([offered[one.axis].to_internal_repr(value) for value in params])
            estimator = _ParzenEstimator({one.axis: seen}, space, parameters)
            places = np.arange(len(one.values), dtype=float)
            theirs = np.exp(estimator.log_pdf({one.axis: places}))
            np.testing.assert_allclose(ours, theirs / theirs.sum(), rtol=1e-6)


def test_densities_add_up_and_need_two_trials(found: Standing) -> None:
    for one in surrogates(found):
        assert sum(one.good) == pytest.approx(1)
        assert sum(one.bad) == pytest.approx(1)
        assert (one.n_good, one.n_bad) == (4, 36)
    assert surrogates(search(plan(trials=1), goal(), silent)) == ()


def test_the_race_tells_the_running_best_of_every_strategy_and_seed() -> None:
    heard: list[Race] = []
    ended = race(plan(trials=5), ("grid", "random"), (0, 1, 2), goal(), heard.append)
    assert ended.done == ended.total == 6
    for (strategy, seed), run in ended.runs.items():
        values = [quantity.value for quantity in run]
        assert values == sorted(values)
        assert len(values) == 5
        alone = search(plan(trials=5, strategy=strategy, seed=seed), goal(), silent)
        best = max(t.quantities["validation_accuracy"].value for t in alone.done)
        assert values[-1] == best
    assert [one.done for one in heard] == sorted(one.done for one in heard)
    assert {one.done for one in heard} == set(range(7))


def test_the_band_of_a_race_is_the_median_and_the_percentiles_over_seeds() -> None:
    ended = race(plan(trials=4), ("random",), tuple(range(9)), goal(), lambda race: None)
    for k, quantity in enumerate(ended.band("random")):
        values = [ended.runs["random", seed][k].value for seed in range(9)]
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
        assert (quantity.low, quantity.value, quantity.high) == (low, middle, high)
        assert (quantity.n, quantity.interval) == (9, "percentiles")
    assert ended.band("tpe") == ()
    assert ended.sampler_seconds["random"].value > 0


def test_a_race_is_stopped_by_its_report() -> None:
    def stop(found: Race) -> None:
        if found.done == 1:
            raise Superseded

    with pytest.raises(Superseded):
        race(plan(trials=3), ("random",), (0, 1), goal(), stop)
