"""How often the workbench tells a model from itself, and how often its interval holds the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np

from workbench.bench import Row
from workbench.core.experiment import no_gradients
from workbench.core.latency import Timings, speedup, timed_in_turn
from workbench.core.machine import use_one_thread
from workbench.core.studies.noise.calls import source_of
from workbench.core.studies.noise.neighbours import busy_neighbours
from workbench.core.studies.noise.sample_sizes import SIZES, Right, chosen_images, right_on_test
from workbench.setting import Setting, shipped
from workbench.statistics import (
    Verdict,
    mcnemar,
    ratio_of_medians,
    ratio_verdict,
    wilson_interval,
)

CASES = (("mlp", 1), ("small_cnn", 1), ("small_cnn", 64), ("resnet8", 1))
COMPARISONS = 200
DRAWS = 1000
NEIGHBOURS = 2
MOST_WRONG, LEAST_COVERED = 0.05, 0.93
COVERED_SIZES = SIZES[:5]
"""No more than a tenth of the test images: of half of them an interval would hold too often."""
TAKEN = (500, 2000, 5000, 10000)


def measure() -> list[Row]:
    """Each share with its interval."""
    quiet = list(sessions())
    with busy_neighbours(NEIGHBOURS):
        loaded = list(sessions())
    small = shipped("fashion_mnist", "small_cnn")
    by_cnn = right_on_test(small, lambda: None)
    by_resnet = right_on_test(shipped("fashion_mnist", "resnet8"), lambda: None)
    return [
        _wrong("false_different_latency", list(latency_verdicts(quiet))),
        _wrong("false_different_latency_loaded", list(latency_verdicts(loaded))),
        _wrong("false_different_latency_pinned", list(pinned_verdicts(quiet))),
        _wrong("false_different_latency_pinned_loaded", list(pinned_verdicts(loaded))),
        _wrong("false_different_accuracy", list(swapped_verdicts(by_cnn, by_resnet))),
        _wrong("false_different_accuracy_engines", list(engine_verdicts(by_cnn, small))),
        _wrong("false_different_accuracy_halves", list(half_verdicts(by_cnn))),
        _covered(list(coverage(by_cnn))),
    ]


def sessions() -> Iterator[list[Timings]]:
    """For each case, timings in turn of two new engines of one float32 network, again and again."""
    use_one_thread()
    for model, batch in CASES:
        setting = replace(shipped("fashion_mnist", model), inference_batch=batch)
        source = source_of(setting, lambda: None)
        with no_gradients():
            yield [
                list(timed_in_turn(source.engine(), source.engine(), source.pictures))[-1]
                for _comparison in range(COMPARISONS // len(CASES))
            ]


def latency_verdicts(found: Sequence[Sequence[Timings]]) -> Iterator[Verdict]:
    """The panels' verdict on a speed-up, of a network over itself."""
    for timings in chain.from_iterable(found):
        yield ratio_verdict(*speedup(timings).ends)


def pinned_verdicts(found: Sequence[Sequence[Timings]]) -> Iterator[Verdict]:
    """The verdict on two results, one of them pinned, each timed in turn with its own baseline."""
    for case in found:
        for before, now in pairwise(case):
            _value, low, high = ratio_of_medians(now.ratios, before.ratios)
            yield ratio_verdict(low, high)


def swapped_verdicts(one: Right, other: Right) -> Iterator[Verdict]:
    """McNemar's verdict on two answerers that are equally good because chance makes them so.

    For each image a coin decides whose answer, of two real networks, goes to which side: sides
    differ in as many answers as two trainings do, and neither can be the better one.
    """
    for seed in range(COMPARISONS):
        rng = np.random.default_rng(seed)
        chosen = rng.permutation(len(one))[: TAKEN[seed % len(TAKEN)]]
        coin = rng.random(len(chosen)) < 0.5
        left = np.where(coin, one[chosen], other[chosen])
        right = np.where(coin, other[chosen], one[chosen])
        yield mcnemar(left, right).verdict


def engine_verdicts(right: Right, setting: Setting) -> Iterator[Verdict]:
    """The same network under ONNX Runtime and PyTorch, on ever other images."""
    eager = right_on_test(replace(setting, engine="torch"), lambda: None)
    for seed in range(COMPARISONS):
        chosen = chosen_images(len(right), TAKEN[seed % len(TAKEN)], seed)
        yield mcnemar(right[chosen], eager[chosen]).verdict


def half_verdicts(right: Right) -> Iterator[Verdict]:
    """One network on two halves of the test images: do their intervals lie apart?"""
    for seed in range(COMPARISONS):
        halves = np.array_split(chosen_images(len(right), len(right), seed), 2)
        one, other = (wilson_interval(int(right[half].sum()), len(half)) for half in halves)
        apart = one[0] > other[1] or other[0] > one[1]
        yield "better" if apart else "cannot tell"


def coverage(right: Right) -> Iterator[bool]:
    """Whether the interval from a few random images holds the value of all of them."""
    truth = float(right.mean())
    for seed in range(DRAWS):
        size = COVERED_SIZES[seed % len(COVERED_SIZES)]
        chosen = chosen_images(len(right), size, seed)
        low, high = wilson_interval(int(right[chosen].sum()), size)
        yield low <= truth <= high


def _wrong(what: str, verdicts: list[Verdict]) -> Row:
    wrong = sum(verdict != "cannot tell" for verdict in verdicts)
    goal = f"at most {MOST_WRONG} of {len(verdicts)}"
    return _share(what, wrong, len(verdicts), goal, met=wrong / len(verdicts) <= MOST_WRONG)


def _covered(found: list[bool]) -> Row:
    share = sum(found) / len(found)
    goal = f"at least {LEAST_COVERED} of {len(found)}"
    return _share("interval_coverage", sum(found), len(found), goal, met=share >= LEAST_COVERED)


def _share(what: str, count: int, total: int, goal: str, *, met: bool) -> Row:
    low, high = wilson_interval(count, total)
    return Row(
        what=what,
        value=count / total,
        unit="fraction",
        low=low,
        high=high,
        goal=goal,
        met=met,
    )
