"""The rate of the bench: trials a second while every worker had work."""

import pytest

from workbench.bench.crowd import ends_without_a_study
from workbench.bench.search import rate


def test_the_rate_of_one_worker_is_counted_from_its_first_end() -> None:
    assert rate({"a": [10.0, 10.5, 11.0, 12.0]}) == pytest.approx(3 / 2)


def test_time_in_which_a_worker_had_no_trial_yet_or_no_more_does_not_count() -> None:
    steady = {"a": [1.0, 2.0, 3.0, 4.0], "b": [1.0, 2.0, 3.0, 4.0]}
    late = {"a": [-9.0, *steady["a"]], "b": [*steady["b"], 90.0]}
    assert rate(steady) == rate(late) == pytest.approx(2.0)


def test_processes_without_a_study_tell_every_end_in_order() -> None:
    ends = ends_without_a_study(2, 1.0, 3)
    assert [len(times) for times in ends.values()] == [3, 3]
    assert all(times == sorted(times) for times in ends.values())
