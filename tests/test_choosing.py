"""Choosing: margins, the front, what stands in the way, energy, and what is measured for it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.versions import DIGITS, IMAGES, LABELS, version
from workbench.checks import is_solved
from workbench.checks.choosing import (
    MET,
    MOST_MEASURED,
    binding,
    blocking,
    budgets_of,
    chosen,
    is_feasible,
    is_thrifty,
    kept,
    kept_text,
    served,
)
from workbench.checks.versions import changes, front, version_of, volume
from workbench.core.choosing.recipes import MOST_ORDERED, grid, measured, orders
from workbench.core.choosing.trial import trial
from workbench.core.data import load
from workbench.core.experiment import run
from workbench.lessons import choosing_surveys
from workbench.locale import message
from workbench.measurement import (
    Measurement,
    Progress,
    Superseded,
    ignore,
)
from workbench.measurement.choosing import LINES, PICOJOULES, Budget, Version
from workbench.setting import Setting, steps_of
from workbench.statistics import worst_interval


def test_a_margin_is_positive_exactly_where_the_budget_is_kept() -> None:
    one = version(size=900, right=360)
    for budget, is_met in (
        (Budget(name="deflated_bytes", limit=900), True),
        (Budget(name="deflated_bytes", limit=899), False),
        (Budget(name="accuracy", limit=0.9), True),
        (Budget(name="accuracy", limit=0.91), False),
    ):
        (found,) = kept(one, [budget])
        assert found.is_met == is_met
        assert (found.margin >= 0) == is_met


def test_a_verdict_is_sure_only_where_the_whole_interval_is_on_one_side() -> None:
    one = version(ms=1.0)
    (near,) = kept(one, [Budget(name="latency_ms", limit=1.1)])
    (far,) = kept(one, [Budget(name="latency_ms", limit=1.3)])
    assert near.is_met
    assert not near.is_sure
    assert far.is_met
    assert far.is_sure


def test_the_binding_budget_is_the_one_with_the_least_room_relative_to_its_limit() -> None:
    one = version(size=900, ms=0.5)
    budgets = [Budget(name="deflated_bytes", limit=1000), Budget(name="latency_ms", limit=0.51)]
    found = binding(kept(one, budgets))
    assert found is not None
    assert found.budget.name == "latency_ms"
    assert binding([]) is None


def test_a_margin_is_told_with_its_unit_and_its_side() -> None:
    over, spare = (
        str(kept_text(kept(version(size=2048), [Budget(name="deflated_bytes", limit=limit)])[0]))
        for limit in (1024, 3072)
    )
    assert "1.0 KiB over" in over
    assert "1.0 KiB to spare" in spare
    (short,) = kept(version(right=360), [Budget(name="accuracy", limit=0.95)])
    assert "5.0 points short" in str(kept_text(short))


def test_limits_are_shares_of_the_baseline_points_below_it_or_floors() -> None:
    base = version(size=2000, ms=4.0, right=380)
    found = {b.name: b.limit for b in budgets_of(
        {"deflated_bytes": 0.5, "latency_ms": None, "accuracy": 0.05, "worst_class": 0.9}, base
    )}  # fmt: skip
    assert found == pytest.approx({"deflated_bytes": 1000, "accuracy": 0.9, "worst_class": 0.9})


def some_points(seed: int) -> list[tuple[int, int]]:
    """Sizes and right answers, some of them equal."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 13))
    sizes, right = rng.integers(1, 9, count), rng.integers(0, 9, count) * (IMAGES // 8)
    return list(zip(sizes.tolist(), right.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_nobody_beats_the_front_and_everybody_else_is_beaten(seed: int) -> None:
    made = some_points(seed)
    versions = [version(size=size, right=right) for size, right in made]
    best = front(versions, "deflated_bytes", "accuracy")
    assert best

    def beats(one: Version, other: Version) -> bool:
        pairs = [
            (-v.quantities["deflated_bytes"].value, v.quantities["accuracy"].value)
            for v in (one, other)
        ]
        return pairs[0] != pairs[1] and all(a >= b for a, b in zip(*pairs, strict=True))

    assert not any(beats(one, other) for one in versions for other in best)
    for one in versions:
        places = {(v.quantities["deflated_bytes"].value, v.right.sum()) for v in best}
        is_there = (one.quantities["deflated_bytes"].value, one.right.sum()) in places
        assert is_there or any(beats(other, one) for other in best)


@pytest.mark.parametrize("seed", range(20))
def test_the_area_behind_a_front_never_shrinks_by_a_further_version(seed: int) -> None:
    *made, one_more = some_points(seed) + some_points(seed + 100)
    base = version(size=7, right=300)
    versions = [version(size=size, right=right) for size, right in made]
    more = [*versions, version(size=one_more[0], right=one_more[1])]
    before, after = (
        volume(each, base, "deflated_bytes", "accuracy").value for each in (versions, more)
    )
    assert 0 <= before <= after + 1e-12 <= 1 + 1e-12


def test_an_impossible_budget_is_named_with_the_best_that_there_is() -> None:
    versions = [version(size=1000, right=400), version("quantize:4", size=300, right=200)]
    small = Budget(name="deflated_bytes", limit=100)
    (found,) = blocking(versions, [small, Budget(name="accuracy", limit=0.1)])
    assert found.budget == small
    assert found.quantity.value == 300


def test_of_budgets_that_exclude_each_other_the_one_nearest_to_its_limit_is_named() -> None:
    versions = [version(size=1000, right=400), version("quantize:4", size=300, right=340)]
    budgets = [Budget(name="deflated_bytes", limit=400), Budget(name="accuracy", limit=0.9)]
    (found,) = blocking(versions, budgets)
    assert found.budget.name == "accuracy"
    assert found.quantity.value == pytest.approx(0.85)
    assert blocking(versions, budgets[:1]) == ()


def test_the_choice_is_the_cheapest_that_cannot_be_told_from_the_most_accurate() -> None:
    best = version(size=1000, right=400)
    alike = version("quantize:8", size=300, right=398)
    worse = version("quantize:2", size=50, right=200)
    assert chosen([best, alike, worse], [], "deflated_bytes") is alike
    nothing = [Budget(name="deflated_bytes", limit=10)]
    assert chosen([best, alike, worse], nothing, "deflated_bytes") is None


def test_a_persona_is_served_by_what_is_measured_again_not_by_what_was() -> None:
    budgets = [Budget(name="latency_ms", limit=1.0)]
    who, mine = message("driving"), [version(ms=0.9)]
    assert served(who, MET, mine, budgets, version(ms=0.95)).is_met
    assert not served(who, MET, mine, budgets, version(ms=1.05)).is_met
    assert not served(who, MET, mine, budgets, None).is_met


def test_cannot_be_met_is_right_only_where_nothing_measured_keeps_that_budget() -> None:
    budgets = [Budget(name="worst_class", limit=0.9), Budget(name="accuracy", limit=0.5)]
    who, mine = message("bedside scan"), [version(right=320)]
    assert served(who, "worst_class", mine, budgets, None).is_met
    assert not served(who, "accuracy", mine, budgets, None).is_met
    unset = served(who, "latency_ms", mine, budgets, None)
    assert not unset.is_met
    assert "sets no budget on: latency" in str(unset.told)
    assert not served(who, "", mine, budgets, None).is_met


def test_budgets_that_exclude_each_other_cannot_be_met_though_each_alone_is() -> None:
    budgets = [Budget(name="deflated_bytes", limit=500), Budget(name="accuracy", limit=0.9)]
    mine = [version(right=395, size=1000), version(right=350, size=100)]
    told = [served(message("sensor"), b.name, mine, budgets, None) for b in budgets]
    assert [finding.is_met for finding in told] == [False, True]
    assert "of those that keep all other budgets the best is accuracy" in str(told[1].told)
    both = [*mine, version(right=390, size=100)]
    assert not served(message("sensor"), "accuracy", both, budgets, None).is_met


def test_twelve_recipes_are_few_enough_and_one_more_is_not() -> None:
    assert is_solved([is_thrifty(MOST_MEASURED)])
    assert not is_solved([is_thrifty(MOST_MEASURED + 1)])


def test_the_worst_class_is_the_lowest_of_the_classes() -> None:
    one = version(right=370)
    each = [one.right[label == LABELS].mean() for label in range(4)]
    assert one.quantities["worst_class"].value == pytest.approx(min(each))


def test_the_interval_of_the_worst_class_holds_though_the_class_was_chosen_by_looking() -> None:
    random, held = np.random.default_rng(0), 0
    labels = np.arange(1000) % 10
    for _round in range(400):
        _value, low, high = worst_interval(random.random(1000) < 0.8, labels)
        held += low <= 0.8 <= high
    assert held / 400 > 0.93


def test_two_that_are_alike_in_both_stand_side_by_side_on_the_front() -> None:
    twins = [version(), version("quantize:8"), version("quantize:6", right=300)]
    assert front(twins, "deflated_bytes", "accuracy") == tuple(twins[:2])


def test_a_change_is_told_of_pairs_that_differ_by_the_last_step_alone() -> None:
    base, pruned = version(), version("prune:0.5", right=300, size=600)
    both = version("prune:0.5, quantize:8", right=298, size=200, speedup=(1.5, 1.6))
    lonely = version("finetune:1, quantize:4", size=100)
    found = list(changes([base, pruned, both, lonely]))
    assert {c.step.kind for c in found} == {"prune", "quantize"}
    told = {(c.step.kind, c.name): (c.verdict, c.is_real_int8) for c in found}
    assert told["prune", "accuracy"] == ("worse", False)
    assert told["prune", "speedup"] == ("cannot tell", False)
    assert told["quantize", "accuracy"] == ("cannot tell", True)
    assert told["quantize", "speedup"] == ("better", True)
    assert told["quantize", "deflated_bytes"] == ("better", True)


def test_energy_is_what_is_computed_and_what_is_fetched_and_says_that_it_is_estimated() -> None:
    plain, rounded = version(size=500), version("quantize:8", size=500)
    found, other = (v.quantities["energy_uj"] for v in (plain, rounded))
    byte = 500 * PICOJOULES["byte"]
    assert found.value == pytest.approx((1e6 * PICOJOULES["float32"] + byte) / 1e6)
    assert other.value == pytest.approx((1e6 * PICOJOULES["int8"] + byte) / 1e6)
    assert found.provenance == "estimated"
    assert "Horowitz" in str(found.how)


def test_imitated_bits_are_estimated_as_what_runs(cache: Path) -> None:
    labels = load("digits").test_labels
    base, imitated, real = (
        version_of(run(replace(DIGITS, recipe=recipe)), labels).quantities["energy_uj"].value
        for recipe in ("", "quantize:4", "quantize:8")
    )
    assert imitated == pytest.approx(base)
    assert real < base


def test_the_grid_is_25_recipes_and_the_first_is_the_baseline() -> None:
    found = grid(replace(DIGITS, recipe="prune:0.2"))
    assert len({steps_of(setting) for setting in found}) == 25
    assert found[0] == DIGITS


def test_every_order_is_measured_once_and_ones_own_first() -> None:
    start = replace(DIGITS, recipe="prune:0.5, finetune:1, quantize:4")
    found = orders(start)
    assert found[0] == start
    assert len(found) == len(set(found)) == 6
    twice = orders(replace(DIGITS, recipe="finetune:1, finetune:1"))
    assert len(twice) == 1


def test_too_many_blocks_are_refused_with_the_rule() -> None:
    recipe = ", ".join(["finetune:1"] * 5)
    with pytest.raises(ValueError, match=f"at most {MOST_ORDERED} blocks.* got 5"):
        orders(replace(DIGITS, recipe=recipe))


def test_without_blocks_an_example_is_put_into_both_orders_and_one_block_is_refused() -> None:
    first, second = orders(replace(DIGITS, recipe=""))
    assert steps_of(first) == steps_of(second)[::-1]
    with pytest.raises(ValueError, match="two blocks or more, got 1"):
        orders(replace(DIGITS, recipe="prune:0.3"))


def test_recipes_are_told_one_by_one_and_stop_where_nobody_listens(cache: Path) -> None:
    heard: list[int] = []

    def tell(found: tuple[Measurement, ...]) -> None:
        heard.append(len(found))
        if len(found) == 2:
            raise Superseded

    with pytest.raises(Superseded):
        measured(grid(DIGITS)[:4], tell)
    assert sorted(heard) == heard
    assert heard[-1] == 2


def test_a_trial_is_sought_by_validation_images_and_read_out_on_test_images(cache: Path) -> None:
    setting: Setting = replace(DIGITS, sparsity=0.5, weight_bits=4)
    found, validation = trial(setting, ignore)
    data = load("digits")
    assert validation.n == len(data.validation_labels)
    assert found.quantities["accuracy"].n == len(data.test_labels)
    assert validation.provenance == "simulated"


def test_a_trial_stops_where_nobody_listens(cache: Path) -> None:
    def report(progress: Progress) -> None:
        raise Superseded

    with pytest.raises(Superseded):
        trial(DIGITS, report)


def test_every_line_can_be_left_without_a_budget_and_moves_in_one_direction() -> None:
    for line in LINES:
        first, *others = line.choices
        assert first is None
        known = [choice for choice in others if choice is not None]
        assert others == sorted(known, reverse=line.kind != "floor")


def test_a_feasible_version_keeps_every_budget_and_no_budget_excludes_none() -> None:
    one = version(size=10)
    assert is_feasible(one, [])
    assert is_feasible(one, [Budget(name="deflated_bytes", limit=10)])
    assert not is_feasible(one, [Budget(name="deflated_bytes", limit=9)])


def test_a_search_measures_each_trial_whole_and_tells_them_as_they_come(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing_surveys, "TRIALS", 4)
    heard: list[int] = []
    start = replace(DIGITS, recipe="prune:0.5")
    found = choosing_surveys.search(start, lambda told: heard.append(len(told)))
    assert len(found) == 4
    assert sorted(set(heard)) == [0, 1, 2, 3, 4]
    assert {m.setting.baseline for m in found} == {DIGITS}
    assert len({m.setting for m in found}) > 1
