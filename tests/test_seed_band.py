"""Bands over seeds, gradients of single batches, and what a batch size costs."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import torch
from torch.nn import functional

from workbench.core.data import Dataset, load
from workbench.core.studies import batches, seeds
from workbench.core.studies.surface import Surface
from workbench.core.training import learned
from workbench.locale import message, use_language
from workbench.measurement import Grid, Progress, Quantity, Superseded, ignore
from workbench.setting import Setting
from workbench.widgets.band import Band, bands

SETTING = Setting(
    dataset="digits", model="mlp", width=32, depth=1, epochs=2, augmentation="none",
    learning_rate=0.05,
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(scope="module")
def data(cache: Path) -> Dataset:
    return load("digits")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    """Fewer seeds and batch sizes, so that a band takes a moment."""
    monkeypatch.setattr(seeds, "SEEDS", 3)
    monkeypatch.setattr(seeds, "BATCHES", (64, 256))


# Bands


@pytest.mark.usefixtures("few")
def test_every_training_of_a_band_is_that_of_fit(data: Dataset) -> None:
    grid = seeds.batch_band(SETTING, ignore)
    assert grid.rows == ("64/0", "64/1", "64/2", "256/0", "256/1", "256/2")
    assert grid.columns == ("0", "1", "2")
    for row in ("64/2", "256/1"):
        size, seed = map(int, row.split("/"))
        setting = replace(SETTING, batch_size=size, seed=seed)
        validated = learned(setting, data, ignore).training.validated
        theirs = [moment.quantities["validation_accuracy"].value for moment in validated]
        assert [grid.cells[row, epoch].value for epoch in ("1", "2")] == theirs


@pytest.mark.usefixtures("few")
def test_only_the_order_differs_where_the_start_is_the_same() -> None:
    same = seeds.order_band(SETTING, ignore)
    starts = {same.cells[row, "0"].value for row in same.rows}
    assert len(starts) == 1
    assert len({same.cells[row, "1"].value for row in same.rows[:3]}) > 1
    others = seeds.batch_band(SETTING, ignore)
    assert len({others.cells[row, "0"].value for row in others.rows}) > 1


@pytest.mark.usefixtures("few")
def test_a_band_grows_cell_by_cell_and_can_be_stopped() -> None:
    counts: list[int] = []

    def report(progress: Progress) -> None:
        assert progress.grid is not None
        counts.append(len(progress.grid.cells))
        if counts[-1] == 7:
            raise Superseded

    with pytest.raises(Superseded):
        seeds.batch_band(SETTING, report)
    assert sorted(set(counts)) == list(range(8))


@pytest.mark.usefixtures("few")
def test_what_diverged_has_no_cells_from_there_on() -> None:
    grid = seeds.batch_band(replace(SETTING, learning_rate=1e6, schedule="constant"), ignore)
    assert {epoch for _row, epoch in grid.cells} == {"0", "diverged_epoch"}
    use_language("en")
    band = Band(message("accuracy"))
    band.draw(grid)
    words = band.widget.children[-1].value
    n = len(grid.rows)
    assert f"Trainings that diverged: {n} of {n}" in words
    assert "diverged: " in words.partition("<table")[2]


@pytest.mark.usefixtures("few")
def test_a_band_takes_no_random_number_of_others() -> None:
    state = torch.random.get_rng_state()
    seeds.batch_band(SETTING, ignore)
    assert torch.equal(torch.random.get_rng_state(), state)


def accuracy(value: float) -> Quantity:
    return Quantity(
        value=value, unit="fraction", provenance="measured", how=message("calibration"), n=10
    )


def grid_of(values: dict[str, tuple[float, ...]], epochs: int) -> Grid:
    cells = {
        (row, str(epoch)): accuracy(value)
        for row, every in values.items()
        for epoch, value in enumerate(every)
    }
    columns = tuple(str(epoch) for epoch in range(epochs + 1))
    return Grid(rows=tuple(values), columns=columns, cells=cells)


def test_a_band_contains_its_median_and_every_seed() -> None:
    rng = np.random.default_rng(0)
    values = {f"{size}/{seed}": tuple(rng.random(4)) for size in (8, 32) for seed in range(5)}
    for size, places in bands(grid_of(values, 3)).items():
        for place in places:
            seen = [values[f"{size}/{seed}"][place.epoch] for seed in range(5)]
            assert place.lowest <= place.middle <= place.highest
            assert (place.lowest, place.highest) == (min(seen), max(seen))
            assert place.middle == median(seen)
            assert place.count == 5


def test_seeds_that_are_not_there_yet_are_not_counted() -> None:
    found = bands(grid_of({"8/0": (0.1, 0.5, 0.9), "8/1": (0.2,), "32/0": ()}, 2))
    assert [place.count for place in found["8"]] == [2, 1, 1]
    assert found["32"] == ()


def test_a_band_is_drawn_from_the_lowest_to_the_highest_as_it_grows() -> None:
    band = Band(message("accuracy on validation images (%)"))
    band.draw(Grid(rows=(), columns=(), cells={}))
    assert "press the button" in band.widget.children[0].value
    band.draw(grid_of({"8/0": (0.1,), "8/1": (), "32/0": ()}, 1))
    figure = band.widget.children[0]
    assert not any(mark.visible for mark in figure.marks[:3])  # no area of one place
    band.draw(grid_of({"8/0": (0.1, 0.5), "8/1": (0.2, 0.9), "32/0": ()}, 1))
    area, middle = figure.marks[0], figure.marks[3]
    assert area.visible
    assert np.allclose(area.y, [20, 90, 50, 10])
    assert np.allclose(middle.y, [15, 70])
    assert not figure.marks[4].visible
    assert "seeds: 2" in band.widget.children[1].value


def test_seeds_that_stayed_behind_are_told() -> None:
    band = Band(message("accuracy on validation images (%)"))
    band.draw(grid_of({"8/0": (0.1, 0.5), "8/1": (0.2, 0.9)}, 1))
    assert "diverged" not in band.widget.children[1].value
    grid = grid_of({"8/0": (0.1, 0.5), "8/1": (0.2,)}, 1)
    band.draw(grid)  # the second is on its way
    assert "diverged" not in band.widget.children[1].value
    band.draw(replace(grid, cells={**grid.cells, ("8/1", "diverged_epoch"): accuracy(1)}))
    assert "Trainings that diverged: 1 of 2" in band.widget.children[1].value
    assert band.widget.children[1].value.count("<br>diverged: 1") == 1


# Gradients of single batches


def test_a_gradient_is_compared_with_the_full_one_as_torch_would(data: Dataset) -> None:
    surface = Surface(SETTING, data, 200)
    _loss, full = surface.descend(surface.start)
    _loss, one = surface.on_batch(surface.start, surface.pictures[:8], surface.labels[:8])
    along, ratio = seeds._compared(one, full)
    assert along == pytest.approx(float(functional.cosine_similarity(one, full, dim=0)), rel=1e-5)
    assert ratio == pytest.approx(float(one.norm() / full.norm()), rel=1e-5)
    assert seeds._compared(full, full) == pytest.approx((1, 1), rel=1e-5)
    assert seeds._compared(-2 * full, full) == pytest.approx((-1, 2), rel=1e-5)


def test_larger_batches_go_more_along_the_full_gradient(data: Dataset) -> None:
    grid = seeds.gradient_noise(SETTING, ignore)
    along = [grid.cells["along_gradient", size] for size in grid.columns]
    ratios = [grid.cells["gradient_ratio", size].value for size in grid.columns]
    assert [cell.value for cell in along] == sorted(cell.value for cell in along)
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[-1] == pytest.approx(1, abs=0.1)
    for cell in along:
        assert cell.low is not None
        assert cell.high is not None
        assert -1 <= cell.low <= cell.value <= cell.high <= 1
        assert cell.interval == "percentiles"


def test_gradients_nobody_wants_are_not_computed(data: Dataset) -> None:
    def report(progress: Progress) -> None:
        if progress.done == 35:
            assert progress.grid is not None
            assert {column for _row, column in progress.grid.cells} == {"8"}
            raise Superseded

    with pytest.raises(Superseded):
        seeds.gradient_noise(SETTING, report)


# Costs


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fewest rounds that are told."""
    monkeypatch.setattr(batches, "ROUNDS", batches.FEWEST)


@pytest.mark.usefixtures("short")
def test_the_costs_of_a_batch_size_belong_together(data: Dataset) -> None:
    grid = batches.batch_costs(SETTING, ignore)
    count = len(data.train_labels)
    assert grid.columns == ("8", "16", "32", "64", "128", "256", "512")
    for size in grid.columns:
        cells = {row: grid.cells[row, size] for row in grid.rows}
        assert cells["epoch_updates"].value == ceil(count / int(size))
        product = cells["images_per_second"].value * cells["epoch_seconds"].value
        assert product == pytest.approx(count)
        assert cells["update_ms"].value > 0
        assert cells["epoch_updates"].provenance == "computed"
        assert cells["epoch_seconds"].provenance == "measured"
        assert cells["epoch_seconds"].interval == "percentiles"


@pytest.mark.usefixtures("short")
def test_memory_kept_for_the_way_back_grows_with_the_batch(data: Dataset) -> None:
    grid = batches.batch_costs(SETTING, ignore)
    kept = [grid.cells["kept_bytes", size].value for size in grid.columns]
    assert np.allclose(np.divide(kept[1:], kept[:-1]), 2, atol=0.05)


@pytest.mark.usefixtures("short")
def test_batches_larger_than_the_training_set_are_left_out(data: Dataset) -> None:
    grid = batches.batch_costs(replace(SETTING, train_images=100), ignore)
    assert grid.columns == ("8", "16", "32", "64")


def test_timing_ends_between_two_updates(data: Dataset) -> None:
    heard: list[Progress] = []

    def report(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == 20:
            raise Superseded

    with pytest.raises(Superseded):
        batches.batch_costs(SETTING, report)
    assert heard[-1].done == 0
