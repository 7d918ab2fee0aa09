"""How the next values are chosen, and which trials are not worth their end: optuna's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, GPSampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial

from workbench.search.keys import slot_seed
from workbench.search.plans import Plan
from workbench.search.rules import RANDOM_FIRST

KEY = "key"


class SlotSampler(BaseSampler):
    """optuna's sampler of the plan, seeded anew for each slot.

    What a slot is given depends on its seed and the trials before it, not on which worker asks or
    how often one was killed; and no two workers draw the same, as with one seed for all of them.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._inner: BaseSampler = RandomSampler()
        self.seconds = 0.0

    def before_trial(self, study: Study, trial: FrozenTrial) -> None:
        """Begin a slot."""
        seed = slot_seed(self._plan.seed, str(trial.user_attrs.get(KEY)))
        self._inner = sampler_of(self._plan, seed)
        self.seconds = 0.0
        self._inner.before_trial(study, trial)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """The axes that the sampler looks at together."""
        with self._timed():
            return self._inner.infer_relative_search_space(study, trial)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Values of the axes that the sampler looks at together."""
        with self._timed():
            return self._inner.sample_relative(study, trial, search_space)

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """The value of one axis."""
        with self._timed():
            return self._inner.sample_independent(study, trial, param_name, param_distribution)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds += perf_counter() - began


def sampler_of(plan: Plan, seed: int) -> BaseSampler:
    """optuna's sampler with its defaults; a grid's points are all fixed, so it needs none.

    TPE: Bergstra et al. 2011, multivariate; GP: a Gaussian process with log expected improvement.
    """
    if plan.strategy == "tpe":
        return TPESampler(seed=seed, n_startup_trials=RANDOM_FIRST)
    if plan.strategy == "gp":
        return GPSampler(seed=seed, n_startup_trials=RANDOM_FIRST)
    return RandomSampler(seed=seed)


def pruner_of(plan: Plan) -> BasePruner:
    """optuna's pruner: worse than the median at the same epoch, or Hyperband (Li et al. 2018)."""
    if plan.pruning == "median":
        return MedianPruner()
    if plan.pruning == "hyperband":
        epochs = max(plan.axes.get("epochs", (plan.setting.epochs,)))
        return HyperbandPruner(min_resource=1, max_resource=epochs)
    return NopPruner()
