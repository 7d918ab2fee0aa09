"""Where the time and the memory of a pass go: shares, Amdahl's ceiling, a layer made free."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from workbench.core.studies.layer_shares import ratio, shared
from workbench.core.studies.layer_times import (
    Clocks,
    layer_times,
    made_free,
    network_of,
    pictures_of,
    recalled,
)
from workbench.core.studies.live_memory import live_bytes, memory_by_batch, weight_bytes
from workbench.locale import message, use_language
from workbench.measurement import Quantity, Superseded
from workbench.measurement.layer_times import (
    NETWORKS,
    Freed,
    Gain,
    LayerTimes,
    Network,
    Pass,
    ceiling,
)
from workbench.widgets.trust.amdahl import Amdahl, ceiling_drawn
from workbench.widgets.trust.layers import times_drawn
from workbench.widgets.trust.memory import memory_drawn

PASSES = 40


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def share(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(
        value=value, unit="fraction", provenance="measured", how=message("timed"),
        low=low, high=high,
    )  # fmt: skip


def found_of(rows: list[list[int]], rest: int = 0) -> LayerTimes:
    """What is found where two layers, a linear one and a ReLU, took these milliseconds a pass."""
    clocks = SimpleNamespace(
        layers={"fc": nn.Linear(3, 2), "act": nn.ReLU()},
        layers_ms=rows,
        whole_ms=[sum(row) + rest for row in rows],
    )
    return shared(Pass(), clocks, clocks.whole_ms)


def test_the_shares_of_all_layers_and_of_the_rest_are_one() -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(1000, 9000, (PASSES, 2)).tolist()
    found = found_of(rows, rest=2000)
    shares = [layer.quantities["time_share"].value for layer in found.layers]
    assert sum(shares) + found.quantities["rest_share"].value == pytest.approx(1)


def test_time_that_others_take_of_some_passes_falls_on_no_layer() -> None:
    rows = [[6000, 2000] for _pass in range(PASSES)]
    for disturbed in range(PASSES // 3):
        rows[disturbed][disturbed % 2] += 10_000_000
    found = found_of(rows, rest=2000)
    assert found.layer("fc").quantities["time_share"].value == pytest.approx(0.6)
    assert found.quantities["weightless_share"].value == pytest.approx(0.2)


def test_the_interval_of_a_share_lies_around_it() -> None:
    rows = np.random.default_rng(0).integers(1000, 9000, (PASSES, 2)).tolist()
    for layer in found_of(rows).layers:
        found = layer.quantities["time_share"]
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value < found.high


def test_parameters_are_those_of_torch_and_a_layer_without_has_none() -> None:
    found = found_of([[1, 1]] * 3)
    assert [layer.quantities["parameters"].value for layer in found.layers] == [8, 0]
    assert [layer.has_weights for layer in found.layers] == [True, False]


@pytest.mark.parametrize(("part", "most"), [(0.0, 1.0), (0.5, 2.0), (0.75, 4.0)])
def test_amdahls_ceiling_is_the_whole_over_what_is_left(part: float, most: float) -> None:
    found = ceiling(share(part, part / 2, part))
    assert found.value == found.high == pytest.approx(most)
    assert found.provenance == "computed"


def test_a_share_of_all_the_time_has_no_ceiling() -> None:
    with pytest.raises(ValueError, match=r"0 <= share < 1, got 1"):
        ceiling(share(1.0))


@pytest.mark.parametrize("asked", [{"network": "vgg"}, {"order": "rows"}, {"batch": 0}])
def test_a_pass_that_cannot_be_is_refused_with_its_value(asked: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=rf"got {next(iter(asked.values()))}"):
        Pass(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_layer_that_runs_is_timed_and_the_model_is_as_it_was(network: Network) -> None:
    asked = Pass(network=network, batch=2)
    model, pictures = network_of(asked), pictures_of(asked)
    clocks = Clocks(model)
    with torch.inference_mode():
        before = model(pictures)
        clocks.time(lambda: model(pictures))
        assert torch.equal(model(pictures), before)
    assert all(took > 0 for took in clocks.layers_ms[0])
    assert clocks.whole_ms[0] >= sum(clocks.layers_ms[0])
    assert not any("forward" in vars(module) for module in model.modules())


class Counted(nn.Module):
    """Twice its input, and how often it ran."""

    runs = 0

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        return 2 * features


def test_a_module_that_a_pass_uses_twice_is_one_layer() -> None:
    layer = Counted()
    model = nn.Sequential(layer, nn.Linear(2, 2), layer)
    clocks = Clocks(model)
    clocks.time(lambda: model(torch.ones(1, 2)))
    assert layer.runs == 2
    assert len(clocks.layers_ms[0]) == 2


def test_a_layer_made_free_does_not_run_and_runs_again_afterwards() -> None:
    layer = Counted()
    model = nn.Sequential(layer, nn.ReLU())
    run = lambda: model(torch.ones(1, 2))  # noqa: E731
    free, full = Clocks(model, {"0": recalled(layer, run)}), Clocks(model)
    runs = layer.runs
    free.time(run)
    assert layer.runs == runs
    full.time(run)
    assert layer.runs == runs + 1


@pytest.mark.parametrize("network", NETWORKS)
def test_without_any_one_layers_work_the_answers_are_the_same(network: Network) -> None:
    asked = Pass(network=network, batch=2)
    model, pictures = network_of(asked), pictures_of(asked)
    answers: list[torch.Tensor] = []
    run = lambda: answers.append(model(pictures))  # noqa: E731
    with torch.inference_mode():
        truth = model(pictures)
        for name, layer in Clocks(model).layers.items():
            Clocks(model, {name: recalled(layer, run)}).time(run)
            assert torch.equal(answers[-1], truth)


def test_a_ceiling_that_is_met_is_one_over_what_the_other_layers_take() -> None:
    full = SimpleNamespace(layers_ms=[[6, 2]] * PASSES, whole_ms=[10] * PASSES)
    free = SimpleNamespace(layers_ms=[[0, 2]] * PASSES, whole_ms=[4] * PASSES)
    assert ratio(full, free).value == found_of([[6, 2]] * PASSES, rest=2).ceiling("fc").value


def test_layers_are_told_as_they_are_measured_and_stop_at_a_word() -> None:
    told: list[LayerTimes] = []
    found = layer_times(Pass(network="mlp", batch=1), told.append)
    assert not told[0].layers
    assert len(told) > 10
    assert found.quantities["latency_ms"].n == found.quantities["whole_ms"].n
    assert found.slowest in found.layers

    def over(_news: object) -> None:
        raise Superseded

    for run in (
        lambda: layer_times(Pass(), over),
        lambda: made_free(Freed(asked=Pass(), layer="pool1"), over),
        lambda: memory_by_batch("small_cnn", over),
    ):
        with pytest.raises(Superseded):
            run()


def test_making_most_of_a_network_free_makes_it_faster() -> None:
    asked = Pass(network="mlp", batch=64)
    gain = made_free(Freed(asked=asked, layer="hidden.0.0"), lambda _gain: None)
    assert gain.speedup is not None
    assert gain.speedup.value > 1


def test_memory_of_weights_stays_and_that_of_activations_grows_with_the_batch() -> None:
    grid = memory_by_batch("small_cnn", lambda _grid: None)
    by_name = {
        name: [grid.cells[row, name].value for row in grid.rows] for name in grid.columns
    }  # fmt: skip
    assert len(set(by_name["weight_bytes"])) == 1
    one, sixteen = by_name["activation_bytes"][0], by_name["activation_bytes"][2]
    assert sixteen == 16 * one
    assert by_name["kept_bytes"] == sorted(by_name["kept_bytes"])
    assert all(cell.provenance == "measured" for cell in grid.cells.values())


def test_live_memory_is_the_largest_sum_of_what_a_layer_takes_and_gives() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.ReLU())
    picture, maps = 28 * 28 * 4, 4 * 28 * 28 * 4
    assert live_bytes(model, 1).value == picture + 2 * maps  # the caller holds the picture
    assert weight_bytes(model).value == 4 * 9 * 4


def test_the_drawing_names_every_layer_and_says_how_its_numbers_were_got() -> None:
    found = found_of([[6000, 2000]] * 12, rest=2000)
    html = times_drawn(found)
    assert "fc (linear)" in html
    assert "act (ReLU)" in html
    assert "takes 60.0 % of the time" in html
    assert "measured" in html
    assert "computed" in html
    assert "press the button" in times_drawn(None)


def test_the_ceiling_follows_the_layer_and_a_measured_one_only_where_it_is_of_this_pass() -> None:
    gain = Gain(freed=Freed(asked=Pass(), layer="fc"), speedup=share(2.4, 2.2, 2.6))
    panel = Amdahl(lambda freed, tell: gain)
    assert "time the layers first" in panel._figure.value
    panel.show(found_of([[6000, 2000]] * 12, rest=2000))
    assert panel.layer == "fc"  # the slowest
    assert "× 2.50" in panel._figure.value
    panel._layer.value = "act"
    assert "× 1.25" in panel._figure.value
    panel.task.close()


def test_intervals_that_do_not_meet_are_told_apart() -> None:
    times = found_of([[6000, 2000]] * 12, rest=2000)
    timed = lambda *ends: Quantity(  # noqa: E731
        value=ends[1], unit="ratio", provenance="measured", how=message("timed"),
        low=ends[0], high=ends[2],
    )  # fmt: skip
    assert "their intervals meet" in ceiling_drawn(times, "fc", timed(2.4, 2.5, 2.6))
    assert "do not meet" in ceiling_drawn(times, "fc", timed(1.4, 1.5, 1.6))
    above = ceiling_drawn(times, "fc", timed(9.4, 9.5, 9.6))
    assert "the rest got faster too" in above
    assert "do not meet" not in above


def test_the_batch_from_which_activations_outweigh_weights_is_read_off_the_numbers() -> None:
    grid = memory_by_batch("small_cnn", lambda _grid: None)
    heavier = [
        row for row in grid.rows
        if grid.cells[row, "activation_bytes"].value > grid.cells[row, "weight_bytes"].value
    ]  # fmt: skip
    assert f"From a batch of {heavier[0]} on" in memory_drawn(grid)
    every = ", ".join(grid.rows)
    assert f"in a pass of {every} images" in memory_drawn(grid)
    assert "At none of these" in memory_drawn(memory_by_batch("mlp", lambda _grid: None))
