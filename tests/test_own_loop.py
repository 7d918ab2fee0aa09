"""Networks and images that the code has never seen go through the whole loop."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.drawn import QUICK, draw_shapes, draw_textures
from tests.own_networks import NAMES, TRACED, refusal, written_networks
from workbench.core.data import load
from workbench.core.experiment import run
from workbench.core.studies.sensitivity import sensitivity
from workbench.measurement import ignore
from workbench.setting import Setting


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_networks(tmp_path_factory.mktemp("nets"))


@pytest.fixture(scope="module", params=["colour", "grey"])
def pictures(
    request: pytest.FixtureRequest, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    draw = {"colour": draw_shapes, "grey": draw_textures}[request.param]
    return draw(tmp_path_factory.mktemp("pictures") / str(request.param))


def test_drawn_images_keep_their_classes_and_colours(pictures: Path) -> None:
    data = load(f"folder:{pictures}")
    channels, classes = {"colour": (3, 4), "grey": (1, 3)}[pictures.name]
    assert data.image_shape == (channels, 32, 32)
    assert len(data.classes) == classes


@pytest.mark.parametrize("model", ["small_cnn", "mlp"])
def test_the_whole_loop_runs_on_images_of_ones_own(model: str, pictures: Path) -> None:
    start = Setting(dataset=f"folder:{pictures}", model=model, **QUICK)
    plain = run(start)
    guess = 1 / len(load(start.dataset).classes)
    assert plain.quantities["accuracy"].low > guess
    assert set(sensitivity(start, ignore).rows) == {layer.name for layer in plain.layers}
    for recipe in ("prune:0.5,finetune:1,quantize:8", "prune:0.25:filter,finetune:1,quantize:8"):
        smaller = run(replace(start, recipe=recipe.replace("filter", _unit(model))))
        assert smaller.quantities["file_bytes"].value < plain.quantities["file_bytes"].value
        assert "int8" in str(smaller.notes[0])


def _unit(model: str) -> str:
    return "neuron" if model == "mlp" else "filter"


@pytest.mark.parametrize("name", NAMES)
def test_a_network_of_a_file_goes_through_the_whole_loop(
    name: str, networks: Path, pictures: Path
) -> None:
    start = Setting(dataset=f"folder:{pictures}", model=f"file:{networks}:{name}", **QUICK)
    plain = run(start)
    assert plain.quantities["changed_answers"].value == 0
    smaller = run(replace(start, recipe="prune:0.5,finetune:1,quantize:8"))
    assert "int8" in str(smaller.notes[0])
    zeros = plain.quantities["parameters"].value - smaller.quantities["nonzero_parameters"].value
    assert zeros > 0.4 * plain.quantities["parameters"].value
    grid = sensitivity(start, ignore)
    assert len(grid.rows) == len(plain.layers)


@pytest.mark.parametrize("name", TRACED)
def test_channels_are_removed_from_a_network_of_a_file(
    name: str, networks: Path, pictures: Path
) -> None:
    start = Setting(dataset=f"folder:{pictures}", model=f"file:{networks}:{name}", **QUICK)
    plain, cut = run(start), run(replace(start, recipe="prune:0.5:filter,finetune:1,quantize:8"))
    for count in ("parameters", "macs", "file_bytes"):
        assert cut.quantities[count].value < plain.quantities[count].value


def test_a_network_that_cannot_be_traced_keeps_its_channels_and_says_so(
    networks: Path, pictures: Path
) -> None:
    setting = Setting(dataset=f"folder:{pictures}", model=f"file:{networks}:Odd", **QUICK)
    told = refusal(lambda: run(replace(setting, recipe="prune:0.5:filter")))
    assert "granularity weight is possible" in told
