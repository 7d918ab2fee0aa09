"""How sure a number is: agreement with scipy, and the laws of an interval."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from workbench.statistics import (
    holm,
    mcnemar,
    median_interval,
    quantile_interval,
    ratio_of_medians,
    ratio_verdict,
    wilson_interval,
)

PROPORTIONS = [(0, 1), (1, 1), (0, 50), (50, 50), (1, 256), (231, 256), (9_071, 10_000)]


def flips(helped: int, hurt: int, agreed: int = 100) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which images are right before and after, with so many answers changed each way."""
    before = np.array([False] * helped + [True] * hurt + [True, False] * agreed)
    after = np.array([True] * helped + [False] * hurt + [True, False] * agreed)
    return before, after


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize(("successes", "trials"), PROPORTIONS)
def test_wilson_equals_scipy(successes: int, trials: int, confidence: float) -> None:
    theirs = stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    ours = wilson_interval(successes, trials, confidence)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("successes", "trials"), PROPORTIONS)
def test_wilson_lies_in_0_to_1_and_holds_the_share(successes: int, trials: int) -> None:
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1


def test_more_images_make_a_narrower_interval() -> None:
    widths = [high - low for low, high in (wilson_interval(9 * n, 10 * n) for n in (1, 10, 100))]
    assert all(wide > narrow for wide, narrow in pairwise(widths))


@pytest.mark.parametrize("helped", [0, 1, 5, 12, 40])
@pytest.mark.parametrize("hurt", [0, 1, 6, 12, 60])
def test_mcnemar_equals_scipys_exact_test(helped: int, hurt: int) -> None:
    found = mcnemar(*flips(helped, hurt))
    assert (found.helped, found.hurt) == (helped, hurt)
    if helped + hurt:
        assert found.p_value == pytest.approx(stats.binomtest(helped, helped + hurt).pvalue)


@pytest.mark.parametrize(("helped", "hurt"), [(0, 0), (3, 9), (12, 12), (40, 2)])
def test_mcnemar_is_symmetric(helped: int, hurt: int) -> None:
    before, after = flips(helped, hurt)
    there, back = mcnemar(before, after), mcnemar(after, before)
    assert there.p_value == back.p_value
    assert (there.helped, there.hurt) == (back.hurt, back.helped)


@pytest.mark.parametrize(
    ("helped", "hurt", "verdict"),
    [
        *((0, 0, "cannot tell"), (5, 0, "cannot tell"), (12, 12, "cannot tell")),
        *((6, 0, "better"), (0, 6, "worse"), (40, 10, "better"), (10, 40, "worse")),
    ],
)
def test_chance_alone_is_no_verdict(helped: int, hurt: int, verdict: str) -> None:
    assert mcnemar(*flips(helped, hurt)).verdict == verdict


def test_no_flips_have_a_p_value_of_1() -> None:
    assert mcnemar(*flips(0, 0)).p_value == 1.0


@pytest.mark.parametrize("n", [6, 10, 11, 60])
@pytest.mark.parametrize("skewed", [False, True])
def test_the_medians_interval_holds_the_truth_as_often_as_it_says(n: int, skewed: bool) -> None:
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(1500, n))
    samples = np.exp(2 * draws) if skewed else draws
    truth = 1.0 if skewed else 0.0
    intervals = [median_interval(row)[1:] for row in samples]
    assert np.mean([low <= truth <= high for low, high in intervals]) >= 0.93


@pytest.mark.parametrize("n", range(1, 40))
def test_the_median_lies_in_its_interval(n: int) -> None:
    value, low, high = median_interval(np.random.default_rng(n).normal(size=n))
    assert low <= value <= high


@pytest.mark.parametrize("n", range(6, 61))
def test_the_medians_interval_equals_scipys(n: int) -> None:
    samples = np.random.default_rng(n).normal(size=n)
    theirs = stats.quantile_test(samples, p=0.5).confidence_interval(0.95)
    value, low, high = median_interval(samples)
    assert (low, high) == (theirs.low, theirs.high)
    assert value == np.median(samples)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_a_quantiles_interval_equals_scipys(share: float) -> None:
    samples = np.random.default_rng(0).lognormal(size=200)
    theirs = stats.quantile_test(samples, p=share).confidence_interval(0.95)
    value, low, high = quantile_interval(samples, share)
    assert (low, high) == (theirs.low, theirs.high)
    assert low <= value == np.quantile(samples, share) <= high


def test_holms_correction_is_the_one_by_hand() -> None:
    """0.01 x 3; 0.02 x 2; 0.03 x 1 may not be below the one before."""
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([0.037, 1.0, 0.3]) == pytest.approx([0.111, 1.0, 0.6])
    assert holm([]) == []


def test_too_few_samples_give_their_whole_range() -> None:
    assert median_interval([3.0, 1.0, 2.0]) == (2.0, 1.0, 3.0)
    assert median_interval([5.0]) == (5.0, 5.0, 5.0)


def test_the_ratios_interval_holds_the_truth() -> None:
    rng = np.random.default_rng(2)
    held = []
    for _experiment in range(120):
        top, bottom = 3 * rng.lognormal(0, 0.2, 40), rng.lognormal(0, 0.2, 40)
        value, low, high = ratio_of_medians(top, bottom)
        assert low <= value <= high
        held.append(low <= 3 <= high)
    assert np.mean(held) >= 0.9


def test_the_ratio_of_medians_is_the_same_each_time() -> None:
    top, bottom = np.arange(1.0, 20.0), np.arange(3.0, 30.0)
    assert ratio_of_medians(top, bottom) == ratio_of_medians(top, bottom)
    assert ratio_of_medians(top, bottom)[0] == 10 / 16


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        *((1.06, 1.2, "better"), (0.8, 0.95, "worse"), (1.04, 1.2, "cannot tell")),
        *((0.9, 1.1, "cannot tell"), (1.0, 1.2, "cannot tell"), (0.8, 1.0, "cannot tell")),
    ],
)
def test_a_speed_up_counts_beyond_what_a_network_differs_from_itself(
    low: float, high: float, verdict: str
) -> None:
    assert ratio_verdict(low, high) == verdict
