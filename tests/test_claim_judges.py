"""Sentences put to the test: every judge on made-up measurements, every ruling reached."""

from dataclasses import replace

import pytest

from tests.claim_grids import about, column, grid
from workbench.claims import Case, Judged, Ruling, compression, precision, training
from workbench.claims.reading import is_above, is_below, is_less
from workbench.locale import message
from workbench.measurement import Grid, Quantity


def case(holds: bool | None) -> Case:
    return Case(name=message("here"), holds=holds, shown=())


@pytest.mark.parametrize(
    ("holds", "ruling"),
    [
        ((True, True), "supported"),
        ((False, False), "not supported"),
        ((True, False), "depends"),
        ((True, False, None), "depends"),
        ((True, None), "cannot tell"),
        ((False, None), "cannot tell"),
        ((), "cannot tell"),
    ],
)
def test_the_ruling_follows_from_the_cases(holds: tuple[bool | None, ...], ruling: Ruling) -> None:
    assert Judged(cases=tuple(map(case, holds))).ruling == ruling


def test_a_side_is_taken_only_where_the_whole_interval_lies_on_it() -> None:
    assert is_above(about(2, 1.5, 2.5), 1) is True
    assert is_above(about(2, 0.5, 2.5), 1) is None
    assert is_above(about(0.5, 0.2, 0.9), 1) is False
    assert is_below(about(0.5, 0.2, 0.9), 1) is True
    assert is_below(about(2, 0.5, 2.5), 1) is None
    assert is_below(about(2), 2) is False
    assert is_less(about(1, 0, 2), about(2, 1, 3)) is None
    assert is_less(about(1, 0.9, 1.1), about(2, 1.9, 2.1)) is True
    assert is_less(about(2), about(2)) is False


UP, DOWN, OPEN = about(0.3, 0.2, 0.4), about(-0.3, -0.4, -0.2), about(0.0, -0.2, 0.2)
FAST, SLOW, ALIKE = about(2, 1.8, 2.2, "ratio"), about(0.5, 0.4, 0.6, "ratio"), about(1.05, 1, 1.1)
SIDES = [(UP, UP, "supported"), (DOWN, DOWN, "not supported"), (UP, DOWN, "depends"),
         (UP, OPEN, "cannot tell")]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "ruling"), SIDES)
def test_gains_of_rates_epochs_and_searches_are_judged_by_their_sign(
    one: Quantity, other: Quantity, ruling: Ruling
) -> None:
    gains = {("0.01", "gain"): one, ("0.1", "gain"): other}
    rates = Grid(rows=("0.001", "0.01", "0.1"), columns=("gain",), cells=gains)
    assert training.larger_rate_faster(rates).ruling == ruling
    numbered = {("4", "gain"): one, ("16", "gain"): other}
    epochs = Grid(rows=("1", "4", "16"), columns=("gain",), cells=numbered)
    assert training.more_epochs_better(epochs).ruling == ruling
    assert training.larger_windows_better(column("gain", {"5": one, "7": other})).ruling == ruling
    searched = {"two": one, "useless": other}
    assert training.random_beats_grid(column("random_over_grid", searched)).ruling == ruling
    assert training.bayesian_beats_random(column("tpe_saves", searched)).ruling == ruling


def test_a_gain_of_less_than_a_point_is_none_for_more_epochs() -> None:
    little = {("16", "gain"): about(0.003, -0.002, 0.008)}
    epochs = Grid(rows=("4", "16"), columns=("gain",), cells=little)
    assert training.more_epochs_better(epochs).ruling == "not supported"


FREE = [(about(0.0, -0.002, 0.002), "supported"), (about(-0.2, -0.3, -0.1), "not supported"),
        (about(-0.01, -0.02, 0.0), "cannot tell")]  # fmt: skip


@pytest.mark.parametrize(("change", "ruling"), FREE)
def test_hardly_any_loss_is_less_than_a_point(change: Quantity, ruling: Ruling) -> None:
    pruned = column("accuracy_change", {"weight/0.5/none": change, "filter/0.5/none": DOWN})
    assert compression.pruned_free(pruned).ruling == ruling
    assert compression.fewer_bits_free(column("accuracy_change", {"8": change})).ruling == ruling
    mixed = column("change", {"mixed_float16": change})
    assert precision.sixteen_bits_free(mixed).ruling == ruling
    assert compression.any_order(column("change", {"mlp/0.5/4": change})).ruling == ruling


def test_a_gain_of_the_other_order_speaks_against_any_order_too() -> None:
    assert (
        compression.any_order(column("change", {"mlp/0.5/4/finetune": UP})).ruling
        == "not supported"
    )


@pytest.mark.parametrize(
    ("one", "other", "ruling"),
    [(FAST, FAST, "supported"), (SLOW, SLOW, "not supported"), (SLOW, FAST, "depends"),
     (FAST, ALIKE, "cannot tell")],
)  # fmt: skip
def test_a_speed_up_counts_beyond_what_a_network_differs_from_itself(
    one: Quantity, other: Quantity, ruling: Ruling
) -> None:
    pruned = column("speedup", {"weight/0.9/none": one, "filter/0.5/none": other})
    assert compression.pruned_faster(pruned).ruling == ruling
    assert compression.int8_faster(column("1", {"4": one, "64": other})).ruling == ruling
    over = {f"mixed_{kind}/over_float32": replace(
        q, value=1 / q.value, low=1 / (q.high or 1), high=1 / (q.low or 1))
        for kind, q in (("float16", one), ("bfloat16", other))}  # fmt: skip
    assert precision.sixteen_bits_faster(column("32", over)).ruling == ruling
    assert not precision.sixteen_bits_faster(column("8", over)).cases


@pytest.mark.parametrize(
    ("file", "deflated", "ruling"),
    [(0.3, 0.2, "supported"), (1.0, 0.99, "not supported"), (1.0, 0.2, "depends")],
)
def test_a_network_is_smaller_by_its_file_and_by_its_deflated_file(
    file: float, deflated: float, ruling: Ruling
) -> None:
    row = "weight/0.9/none"
    cells = {(row, "file_share"): about(file), (row, "deflated_share"): about(deflated)}
    assert compression.pruned_smaller(grid(cells)).ruling == ruling
    bits = {("4", column): share for (_row, column), share in cells.items()}
    assert compression.fewer_bits_smaller(grid(bits)).ruling == ruling


@pytest.mark.parametrize(
    ("before", "after", "ruling"),
    [
        (DOWN, about(-0.05, -0.09, 0.0), "supported"),
        (DOWN, about(-0.28, -0.3, -0.2), "not supported"),
        (DOWN, about(-0.15, -0.2, -0.1), "cannot tell"),
        (about(0.0, -0.005, 0.005), about(0.0, -0.005, 0.005), "cannot tell"),
    ],
)
def test_a_repair_brings_back_half_of_what_was_surely_lost(
    before: Quantity, after: Quantity, ruling: Ruling
) -> None:
    found = grid({("filter/0.5/none", "before"): before, ("filter/0.5/none", "after"): after})
    assert compression.restored(found).ruling == ruling


def test_bits_are_integers_where_the_file_says_so_and_an_imitation_has_no_say() -> None:
    cells = {("16", "integer_share"): about(0.0), ("8", "integer_share"): about(0.97)}
    found = replace(grid(cells), rows=("16", "8", "4"))
    judged = compression.bits_are_integers(found)
    assert judged.ruling == "depends"
    assert len(judged.cases) == 2


def timed(small: Quantity, large: Quantity) -> dict[tuple[str, str], Quantity]:
    return {("update_ms", "8"): small, ("update_ms", "256"): large}


def test_faster_has_three_meanings_for_small_batches() -> None:
    less, more = about(1, 0.9, 1.1), about(5, 4, 6)
    assert training.small_batches_faster(grid(timed(less, more))).ruling == "supported"
    epochs = {("epoch_seconds", "8"): more, ("epoch_seconds", "256"): less}
    found = grid({**timed(less, more), **epochs})
    assert training.small_batches_faster(found).ruling == "depends"
    right = {("validation_accuracy", "8"): more, ("validation_accuracy", "256"): less}
    assert [c.holds for c in training.small_batches_faster(grid({**epochs, **right})).cases] == [
        False, True,
    ]  # fmt: skip


def test_gradients_of_small_batches_are_compared_neighbour_by_neighbour() -> None:
    row = "along_gradient"
    cells = {(row, "8"): about(0.3, 0.2, 0.4), (row, "32"): about(0.6, 0.5, 0.7)}
    assert training.small_batches_noisy(grid(cells)).ruling == "supported"
    assert training.small_batches_noisy(grid({**cells, (row, "128"): about(0.6, 0.5, 0.7)})).where(
        None
    )


def test_parameters_and_times_that_go_the_same_way_support_and_crossed_ones_do_not() -> None:
    def networks(*times: float) -> Grid:
        cells = {}
        for at, time in enumerate(times):
            cells[f"net{at}", "parameters"] = about(10**at, unit="count")
            cells[f"net{at}", "latency_ms"] = about(time, time * 0.9, time * 1.1, "ms")
        return grid(cells)

    assert training.fewer_parameters_faster(networks(1, 2, 3)).ruling == "supported"
    assert training.fewer_parameters_faster(networks(3, 2, 1)).ruling == "not supported"
    assert training.fewer_parameters_faster(networks(2, 1, 3)).ruling == "depends"
    assert training.fewer_parameters_faster(networks(1, 1.05)).ruling == "cannot tell"


@pytest.mark.parametrize(
    ("weights", "activations", "ruling"),
    [((9, 9), (1, 64), "not supported"), ((9, 9), (1, 1), "supported"),
     ((9, 8), (1, 64), "cannot tell")],
)  # fmt: skip
def test_what_grows_with_the_batch_is_no_parameter(
    weights: tuple[int, int], activations: tuple[int, int], ruling: Ruling
) -> None:
    cells = {}
    for batch, held, used in zip(("1", "64"), weights, activations, strict=True):
        cells[f"mlp/{batch}", "weight_bytes"] = about(held, unit="bytes")
        cells[f"mlp/{batch}", "activation_bytes"] = about(used, unit="bytes")
    assert precision.activations_are_parameters(grid(cells)).ruling == ruling


def held(precision_name: str, kept: float) -> dict[tuple[str, str], Quantity]:
    parts = dict.fromkeys(precision.HELD, 10.0) | {"kept_bytes": kept}
    return {(f"{precision_name}/{part}", "8"): about(v, unit="bytes") for part, v in parts.items()}


@pytest.mark.parametrize(
    ("sixteen", "ruling"), [(2.0, "supported"), (30.0, "not supported"), (20.0, "not supported")]
)
def test_memory_is_that_of_all_parts_together(sixteen: float, ruling: Ruling) -> None:
    cells = {**held("float32", 20.0), **held("mixed_float16", sixteen)}
    assert precision.sixteen_bits_smaller(grid(cells)).ruling == ruling
