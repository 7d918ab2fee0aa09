"""Latency under a clock that only the engines move: every number is known beforehand."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from workbench.core import latency as module
from workbench.core.engine.runners import Pictures
from workbench.core.latency import PAIRS, Timings, cpu_share, latency, speedup, timed_in_turn
from workbench.locale import Message, message

MS = 1_000_000
NO_PICTURES = np.zeros((1, 1, 8, 8), np.float32)


@dataclass
class Clock:
    """Wall and processor time in nanoseconds, and who was called."""

    wall: int = 0
    cpu: int = 0
    called: list[str] = field(default_factory=list)


@dataclass
class Fake:
    """An engine whose call takes `cost_ns` of wall time, the share `cpu` of it on the processor."""

    clock: Clock
    cost_ns: Callable[[], float]
    cpu: float = 1.0
    label: str = "candidate"
    name: Message = field(default_factory=lambda: message("a fake engine"))
    file: bytes = b""

    def logits(self, pictures: Pictures) -> np.ndarray:
        return np.zeros((len(pictures), 10), np.float32)

    def call(self, pictures: Pictures) -> Callable[[], None]:
        def forward() -> None:
            cost = round(self.cost_ns())
            self.clock.wall += cost
            self.clock.cpu += round(cost * self.cpu)
            self.clock.called.append(self.label)

        return forward


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "perf_counter_ns", lambda: made.wall)
    monkeypatch.setattr(module, "thread_time_ns", lambda: made.cpu)
    return made


def steady(clock: Clock, cost_ms: float, label: str = "candidate", cpu: float = 1.0) -> Fake:
    return Fake(clock, lambda: cost_ms * MS, cpu, label)


def noisy(clock: Clock, cost_ms: float, seed: int) -> Fake:
    """A fifth of noise, and one call in ten takes three times as long."""
    rng = np.random.default_rng(seed)
    return Fake(clock, lambda: cost_ms * MS * rng.lognormal(0, 0.2) * rng.choice([1] * 9 + [3]))


def timed(candidate: Fake, baseline: Fake) -> Timings:
    return list(timed_in_turn(candidate, baseline, NO_PICTURES))[-1]


@pytest.mark.parametrize(("candidate_ms", "expected"), [(2, 1.0), (4, 0.5), (1, 2.0), (0.02, 100)])
def test_the_speed_up_is_the_baselines_time_over_the_candidates(
    clock: Clock, candidate_ms: float, expected: float
) -> None:
    found = speedup(timed(steady(clock, candidate_ms), steady(clock, 2)))
    assert (found.value, found.low, found.high) == pytest.approx((expected,) * 3)
    assert (found.unit, found.provenance, found.n) == ("ratio", "measured", PAIRS)


def test_two_equal_engines_are_told_apart_as_rarely_as_promised(clock: Clock) -> None:
    held = []
    for seed in range(60):
        found = speedup(timed(noisy(clock, 2, 2 * seed), noisy(clock, 2, 2 * seed + 1)))
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= 1 <= found.high)
        assert 0.85 < found.value < 1.18
    assert np.mean(held) >= 0.9


def test_a_machine_that_slows_down_hits_both_alike(clock: Clock) -> None:
    def drifting(cost_ms: float) -> Fake:
        return Fake(clock, lambda: cost_ms * MS * (1 + clock.wall / (100 * MS)))

    assert speedup(timed(drifting(1), drifting(2))).value == pytest.approx(2, rel=0.05)


def test_which_goes_first_alternates(clock: Clock) -> None:
    timed(steady(clock, 2), steady(clock, 2, "baseline"))
    warm_up, pairs = clock.called[:4], clock.called[4:]
    assert sorted(warm_up) == ["baseline"] * 2 + ["candidate"] * 2
    assert pairs == ["candidate", "baseline", "baseline", "candidate"] * (PAIRS // 2)


@pytest.mark.parametrize(("cost_ms", "repeats"), [(0.01, 100), (0.4, 2), (1, 1), (50, 1)])
def test_a_sample_is_of_about_a_millisecond(clock: Clock, cost_ms: float, repeats: int) -> None:
    next(timed_in_turn(steady(clock, cost_ms), steady(clock, 1, "baseline"), NO_PICTURES))
    assert clock.called.count("candidate") == 2 + repeats


def test_slow_engines_are_timed_ten_times_and_no_more_when_time_is_over(clock: Clock) -> None:
    timings = timed(steady(clock, 500), steady(clock, 500))
    assert len(timings.candidate_ms) == len(timings.baseline_ms) == 10


def test_an_answer_grows_by_a_pair_each_time(clock: Clock) -> None:
    turns = timed_in_turn(steady(clock, 1), steady(clock, 1), NO_PICTURES)
    assert [len(timings.ratios) for timings in turns] == list(range(1, PAIRS + 1))


def test_latency_is_the_median_with_its_percentiles(clock: Clock) -> None:
    costs = iter([1.0, 1.0, *range(1, PAIRS + 1)])
    engine = Fake(clock, lambda: next(costs) * MS)
    found = latency(timed(engine, steady(clock, 0.001)).candidate_ms, engine, 64)
    samples = range(1, found.n + 1 if found.n else 0)
    assert found.value == pytest.approx(np.median(samples))
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(samples, [10, 90])))
    assert (found.unit, found.provenance, found.interval) == ("ms", "measured", "percentiles")
    assert "batch of 64, one thread, a fake engine" in str(found.how)


@pytest.mark.parametrize(("cpu", "is_busy"), [(1.0, False), (0.9, False), (0.8, True), (0.5, True)])
def test_a_machine_is_busy_where_wall_and_processor_time_part(
    clock: Clock, cpu: float, is_busy: bool
) -> None:
    timings = timed(steady(clock, 2, cpu=cpu), steady(clock, 2, cpu=cpu))
    assert timings.machine_is_busy == is_busy
    assert cpu_share(timings).value == pytest.approx(cpu)
