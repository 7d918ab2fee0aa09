"""Noise, measured: every number says how it was got, neighbours end for certain, nothing leaks."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from workbench.bench import honesty
from workbench.core.latency import Timings
from workbench.core.studies.noise import retiming as retiming_module
from workbench.core.studies.noise import throughput as throughput_module
from workbench.core.studies.noise.calls import source_of, threads_of
from workbench.core.studies.noise.histogram import described, timed_calls
from workbench.core.studies.noise.neighbours import busy_neighbours
from workbench.core.studies.noise.retiming import PLANS, retimed, samples_of
from workbench.core.studies.noise.sample_sizes import chosen_images, right_on_test, sample_sizes
from workbench.core.studies.noise.throughput import BATCHES, throughput
from workbench.core.studies.noise.twins import timed_fairly, timed_naively
from workbench.measurement import Grid, Progress, Superseded, ignore
from workbench.measurement.noise import Conditions, Plan, Retimed, Start, Timed, Twins
from workbench.setting import SHIPPED, Setting
from workbench.setting.space import Engine
from workbench.statistics import mcnemar, wilson_interval

CNN = replace(SHIPPED["digits", "small_cnn"], inference_batch=1)
pytestmark = pytest.mark.usefixtures("cache", "quick")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few timings: how long something takes is never asserted here."""
    monkeypatch.setattr(throughput_module, "ROUNDS", 12)
    monkeypatch.setattr(retiming_module, "TIMES", 2)
    monkeypatch.setattr(retiming_module, "PLANS", PLANS[:3])


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def nothing(_found: object) -> None:
    """Nobody listens."""


class Enough:
    """Ends a run at the n-th word."""

    def __init__(self, words: int) -> None:
        self.words, self.heard = words, list[object]()

    def __call__(self, found: object) -> None:
        self.heard.append(found)
        if len(self.heard) > self.words:
            raise Superseded


def test_neighbours_compute_while_they_are_wanted_and_are_gone_after() -> None:
    with busy_neighbours(2) as processes:
        assert len(set(processes)) == 2
        assert all(map(is_alive, processes))
    assert not any(map(is_alive, processes))


def test_neighbours_are_gone_after_an_error_too() -> None:
    with pytest.raises(Superseded), busy_neighbours(1) as processes:
        raise Superseded
    assert not any(map(is_alive, processes))


def test_a_neighbour_ends_with_the_process_that_wanted_it() -> None:
    code = (
        "import os\n"
        "from workbench.core.studies.noise.neighbours import busy_neighbours\n"
        "with busy_neighbours(1) as processes:\n"
        "    print(processes[0], flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert killed.returncode == -9
    # communicate() has read to the end of the output that neighbour and process shared.
    neighbour = int(killed.stdout)
    for _moment in range(1000):
        if not is_alive(neighbour) or state_of(neighbour) == "Z":
            return
        os.sched_yield()
        sum(range(100_000))
    pytest.fail("the neighbour still computes")


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
@pytest.mark.parametrize("start", ["warm", "cold"])
def test_so_many_calls_are_timed_and_described(engine: Engine, start: Start) -> None:
    setting = replace(CNN, engine=engine)
    found = timed_calls(Conditions(setting=setting, start=start, repeats=30), nothing)
    assert len(found.samples_ms) == 30
    assert min(found.samples_ms) > 0
    low, middle, high = (found.quantities[name] for name in ("p10_ms", "p50_ms", "p90_ms"))
    assert low.value <= middle.value <= high.value
    assert middle.value == pytest.approx(np.median(found.samples_ms))
    expected = (high.value - low.value) / middle.value
    assert found.quantities["band"].value == pytest.approx(expected)
    assert 0 < found.quantities["cpu_share"].value <= 1
    assert all(quantity.n == 30 for quantity in found.quantities.values())
    assert found.machine["processor"]


def test_percentiles_are_those_of_numpy_and_lie_in_their_intervals() -> None:
    samples = list(np.random.default_rng(0).lognormal(size=200))
    found = described(samples, samples)
    for name, share in (("p10_ms", 10), ("p50_ms", 50), ("p90_ms", 90)):
        quantity = found[name]
        assert quantity.value == pytest.approx(np.percentile(samples, share))
        assert quantity.low is not None
        assert quantity.high is not None
        assert quantity.low <= quantity.value <= quantity.high
    assert found["cpu_share"].value == 1


@pytest.mark.parametrize("engine", ["onnxruntime", "torch"])
def test_two_threads_give_the_same_answers_and_one_thread_is_left(engine: Engine) -> None:
    setting = replace(CNN, engine=engine)
    timed_calls(Conditions(setting=setting, threads=2, repeats=2), nothing)
    assert torch.get_num_threads() == 1
    with threads_of(2):
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 1


def test_a_run_that_is_ended_leaves_no_neighbour_and_one_thread() -> None:
    found = Enough(8)
    with pytest.raises(Superseded):
        timed_calls(Conditions(setting=CNN, threads=2, neighbours=1, repeats=1000), found)
    assert torch.get_num_threads() == 1
    assert len(children()) == 0


def children() -> list[str]:
    listed = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in listed.stdout.splitlines() if "end_with_parent" in line]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"threads": 3}, "threads is a whole number from 1 to 2, got 3"),
        ({"neighbours": -1}, "neighbours is a whole number from 0 to 64, got -1"),
        ({"repeats": 0}, "repeats is a whole number from 1 to 10000, got 0"),
        ({"start": "hot"}, "a network starts warm / cold, got hot"),
    ],
)
def test_conditions_that_cannot_be_are_refused_in_a_sentence(
    changed: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        Conditions(setting=CNN, **changed)  # type: ignore[arg-type]


def test_comparisons_add_up_until_they_are_timed_in_turn() -> None:
    known = Twins()
    for count in (1, 2):
        known = timed_naively(CNN, known, nothing)
        assert len(known.naive) == count
    fair = timed_fairly(CNN, known, nothing)
    assert fair.naive == known.naive
    assert fair.fair is not None
    assert fair.pairs == fair.fair.n


def test_a_batchs_three_numbers_say_the_same() -> None:
    grid = throughput(CNN, ignore)
    for batch in BATCHES:
        whole, each, rate = (
            grid.cells[row, str(batch)] for row in ("batch_ms", "image_ms", "images_per_second")
        )
        assert each.value == pytest.approx(whole.value / batch)
        assert rate.value == pytest.approx(1000 / each.value, rel=1e-9)
        assert rate.low is not None
        assert rate.high is not None
        assert rate.low <= rate.value <= rate.high


def sizes(setting: Setting, report: Callable[[Progress], None]) -> Grid:
    return sample_sizes(setting, "mlp", 0, report)


def test_the_last_column_is_the_accuracy_of_all_test_images() -> None:
    grid = sizes(CNN, ignore)
    right = right_on_test(SHIPPED["digits", "small_cnn"], lambda: None)
    last = grid.columns[-1]
    assert int(last) == len(right)
    assert grid.cells["small_cnn", last].value == right.mean()
    for column in grid.columns:
        cell = grid.cells["small_cnn", column]
        count = round(cell.value * int(column))
        assert (cell.low, cell.high) == pytest.approx(wilson_interval(count, int(column)))


def test_the_p_value_is_mcnemars_on_the_same_images() -> None:
    grid = sizes(CNN, ignore)
    own, other = (
        right_on_test(SHIPPED["digits", model], lambda: None) for model in ("small_cnn", "mlp")
    )
    for column in grid.columns:
        chosen = chosen_images(len(own), int(column), 0)
        expected = mcnemar(own[chosen], other[chosen]).p_value
        assert grid.cells["p_value", column].value == expected


def test_images_are_drawn_without_repeat_and_a_few_are_among_the_many() -> None:
    few, many = (set(chosen_images(300, size, 7)) for size in (50, 200))
    assert len(few) == 50
    assert few < many
    assert few != set(chosen_images(300, 50, 8))


@pytest.mark.parametrize("survey", [throughput, sizes])
def test_what_is_reported_only_grows(survey: Callable[..., Grid]) -> None:
    told: list[Progress] = []
    grid = survey(CNN, told.append)
    grids = [progress.grid for progress in told if progress.grid is not None]
    assert all(few.cells.keys() <= more.cells.keys() for few, more in pairwise(grids))
    assert grids[-1].cells == grid.cells
    with pytest.raises(Superseded):
        survey(CNN, Enough(1))


def test_the_cheapest_plan_is_the_first_that_reaches_the_band() -> None:
    found = retimed(CNN, Plan(warm_up=5, repeats=20), np.inf, nothing)
    assert (found.cheapest, found.tried, found.is_over) == (PLANS[0], 1, True)
    assert found.band is not None
    assert found.took_ms is not None
    none = retimed(CNN, Plan(warm_up=5, repeats=20), 0.0, nothing)
    assert (none.cheapest, none.least_ms, none.tried, none.is_over) == (None, None, 3, True)


def test_plans_are_ordered_by_how_many_calls_they_make() -> None:
    calls = [plan.warm_up + plan.repeats for plan in PLANS]
    assert calls == sorted(calls)
    assert len(set(PLANS)) == len(PLANS)


def test_a_plan_calls_as_often_as_it_says_and_counts_the_last() -> None:
    called: list[int] = []
    samples = samples_of(lambda: called.append(1), Plan(warm_up=3, repeats=10))
    assert (len(called), len(samples)) == (13, 10)


def test_two_engines_of_one_source_share_no_file() -> None:
    source = source_of(CNN, lambda: None)
    one, other = source.engine(), source.engine()
    assert one is not other
    assert one.file == other.file


def answers(seed: int, share: float) -> np.ndarray:
    return np.random.default_rng(seed).random(10_000) < share


def test_equally_good_answerers_are_told_apart_no_more_often_than_promised() -> None:
    verdicts = list(honesty.swapped_verdicts(answers(0, 0.9), answers(1, 0.9)))
    assert len(verdicts) == honesty.COMPARISONS
    assert sum(verdict != "cannot tell" for verdict in verdicts) <= 0.05 * len(verdicts)


def test_the_swap_of_the_bench_would_show_a_test_that_is_too_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_sure(before: np.ndarray, after: np.ndarray) -> object:
        found = mcnemar(before, after)
        return replace(found, p_value=found.p_value / 4)

    monkeypatch.setattr(honesty, "mcnemar", too_sure)
    verdicts = list(honesty.swapped_verdicts(answers(0, 0.9), answers(1, 0.9)))
    assert sum(verdict != "cannot tell" for verdict in verdicts) > 0.05 * len(verdicts)


def test_the_interval_covers_as_often_as_it_says() -> None:
    found = list(honesty.coverage(answers(0, 0.9)))
    assert len(found) == honesty.DRAWS
    assert np.mean(found) >= honesty.LEAST_COVERED


def timings(candidate_ms: float, seed: int) -> Timings:
    noise = np.random.default_rng(seed).lognormal(0, 0.02, (2, 60))
    return Timings(candidate_ms=list(candidate_ms * noise[0]), baseline_ms=list(noise[1]))


@pytest.mark.parametrize(("candidate_ms", "verdict"), [(1.0, "cannot tell"), (0.5, "better")])
def test_the_bench_counts_what_the_page_would_say(candidate_ms: float, verdict: str) -> None:
    case = [timings(candidate_ms, seed) for seed in range(3)]
    assert list(honesty.latency_verdicts([case, case])) == [verdict] * 6
    assert list(honesty.pinned_verdicts([case, case])) == ["cannot tell"] * 4
    one, other = timings(1.0, 0), timings(candidate_ms, 1)
    assert list(honesty.pinned_verdicts([[one, other]])) == [verdict]


@pytest.fixture(autouse=True)
def no_neighbour_is_left() -> Iterator[None]:
    yield
    assert children() == []


def test_what_is_known_of_a_plan_needs_quantities() -> None:
    with pytest.raises(TypeError):
        Retimed(plan=Plan(warm_up=0, repeats=10), band=0.1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Timed(conditions=Conditions(setting=CNN), quantities={"band": 0.1})  # type: ignore[dict-item]
