"""The loss landscape: its losses and slopes are the network's own, and every step was taken."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise
from math import inf
from pathlib import Path as FilePath

import ipywidgets
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from workbench.core.data import Dataset, load
from workbench.core.models import build
from workbench.core.studies import landscape as study
from workbench.core.studies.surface import Surface
from workbench.core.training import training_batches
from workbench.locale import message, use_language
from workbench.measurement import Progress, Superseded, ignore
from workbench.measurement.landscape import Descent, Landscape, Line, Path, Step
from workbench.setting import Setting
from workbench.widgets.landscape import LandscapeStudy
from workbench.widgets.steps import balls_of, number
from workbench.widgets.valley import COLOURS, SHAPES

SETTING = Setting(dataset="digits", model="mlp", batch_size=32, augmentation="none")
IMAGES = 128


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(scope="module")
def data(cache: FilePath) -> Dataset:
    return load("digits")


@pytest.fixture(scope="module")
def surface(data: Dataset) -> Surface:
    return Surface(SETTING, data, IMAGES)


@pytest.fixture(scope="module")
def found(cache: FilePath) -> Landscape:
    return study.landscape(SETTING, ignore)


def start_network(data: Dataset, setting: Setting = SETTING) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        return build(setting, data.image_shape, len(data.classes)).train()


# The surface


@pytest.mark.parametrize("model", ["mlp", "small_cnn", "resnet8"])
def test_loss_and_gradient_are_those_of_the_network(data: Dataset, model: str) -> None:
    setting = replace(SETTING, model=model)
    surface = Surface(setting, data, IMAGES)
    network = start_network(data, setting)
    loss = functional.cross_entropy(network(surface.pictures), surface.labels)
    loss.backward()
    theirs = torch.cat([p.grad.reshape(-1) for p in network.parameters() if p.grad is not None])
    value, gradient = surface.descend(surface.start)
    assert value == pytest.approx(loss.item(), rel=1e-5)
    assert surface.loss(surface.start) == pytest.approx(loss.item(), rel=1e-5)
    torch.testing.assert_close(gradient, theirs, rtol=1e-3, atol=1e-5)


def test_the_path_is_that_of_torchs_own_sgd(surface: Surface, data: Dataset) -> None:
    network = start_network(data)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(SETTING.seed)
    batches = islice(training_batches(SETTING, data, generator), 5)
    ours = islice(surface.walked(SETTING, data, 0.1), 5)
    for weights, (pictures, labels) in zip(ours, batches, strict=True):
        optimizer.zero_grad()
        functional.cross_entropy(network(pictures), labels).backward()
        optimizer.step()
        theirs = torch.cat([p.detach().reshape(-1) for p in network.parameters()])
        torch.testing.assert_close(weights, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["direction", "weight"])
@pytest.mark.parametrize("way", [-0.5, 0.0, 0.7, 1.5])
def test_the_slope_agrees_with_finite_differences(
    surface: Surface, data: Dataset, kind: str, way: float
) -> None:
    trained = next(islice(surface.walked(SETTING, data, 0.1), 30, None))
    ray = surface.towards(trained) if kind == "direction" else surface.along_one_weight()[0]
    position = ray.origin + way
    slope = ray.slope(surface.descend(ray.at(position))[1])
    h = 0.02
    ends = surface.loss(ray.at(position + h)), surface.loss(ray.at(position - h))
    assert slope == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=0.03, abs=2e-4)


def test_a_direction_has_length_1_and_leads_to_the_trained_network(
    surface: Surface, data: Dataset
) -> None:
    trained = next(islice(surface.walked(SETTING, data, 0.1), 10, None))
    ray = surface.towards(trained)
    assert float(ray.direction.norm()) == pytest.approx(1, rel=1e-5)
    torch.testing.assert_close(ray.at(ray.seen(trained)), trained, rtol=1e-4, atol=1e-5)


def test_one_weight_moves_that_weight_alone(surface: Surface) -> None:
    ray, layer = surface.along_one_weight()
    moved = ray.at(ray.origin + 1) - surface.start
    assert layer == "classifier.weight"
    assert int(torch.count_nonzero(moved)) == 1
    assert float(moved.sum()) == pytest.approx(1, rel=1e-5)


# The study


def test_the_loss_at_the_start_is_the_networks(
    found: Landscape, surface: Surface, data: Dataset
) -> None:
    network = start_network(data)
    with torch.no_grad():
        loss = functional.cross_entropy(network(surface.pictures), surface.labels).item()
    for line in found.lines:
        starts = [descent.steps[0].loss for descent in line.descents]
        assert starts == pytest.approx([loss] * len(starts), rel=1e-5)
        assert np.interp(line.start, line.positions, line.losses) == pytest.approx(loss, abs=0.01)
    starts = [float(path.losses[0]) for path in found.paths]
    assert starts == pytest.approx([loss] * len(starts), rel=1e-5)


def test_every_step_goes_against_its_slope_by_the_rate(found: Landscape) -> None:
    for line in found.lines:
        for descent in line.descents:
            assert descent.steps[0].position == line.start
            for step in descent.steps:
                if np.isfinite(step.after):
                    assert step.after == step.position - descent.rate * step.gradient
            for sooner, later in pairwise(descent.steps):
                assert later.position == sooner.after


def test_balls_roll_on_the_curve(found: Landscape) -> None:
    for line in found.lines:
        for descent in line.descents:
            for step in descent.steps:
                if line.positions[0] <= step.position <= line.positions[-1]:
                    on_curve = np.interp(step.position, line.positions, line.losses)
                    assert step.loss == pytest.approx(on_curve, abs=0.03)


def test_rates_are_told_apart_by_what_they_did(found: Landscape) -> None:
    line = found.line("direction")
    rates = {
        verdict: [d.rate for d in line.descents if line.verdict(d) == verdict]
        for verdict in ("too small", "good", "too large")
    }
    assert max(rates["too small"]) < min(rates["good"])
    assert max(rates["good"]) < min(rates["too large"])


def test_the_trained_network_lies_where_the_best_path_ends(found: Landscape) -> None:
    best = found.best
    assert best.is_whole
    assert best.positions[-1] == pytest.approx(found.line("direction").trained, rel=1e-4)
    assert best.losses[-1] == min(path.losses[-1] for path in found.paths if path.is_whole)


def test_the_same_setting_gives_the_same_landscape(found: Landscape) -> None:
    state = torch.random.get_rng_state()
    again = study.landscape(SETTING, ignore)
    assert np.array_equal(again.line("weight").losses, found.line("weight").losses)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_landscape_nobody_wants_ends() -> None:
    heard: list[Progress] = []

    def report(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == 40:
            raise Superseded

    with pytest.raises(Superseded):
        study.landscape(SETTING, report)
    assert all(sooner.done <= later.done for sooner, later in pairwise(heard))


def test_progress_ends_near_the_whole() -> None:
    heard: list[Progress] = []
    study.landscape(SETTING, heard.append)
    assert heard[-1].done <= heard[-1].total
    assert heard[-1].done > 0.8 * heard[-1].total


# The values


def descent_of(*losses: float, rate: float = 1.0) -> Descent:
    steps = tuple(Step(position=0.0, loss=loss, gradient=1.0, after=-rate) for loss in losses)
    return Descent(rate=rate, steps=steps)


def line_of(*descents: Descent) -> Line:
    return Line(
        kind="direction", name=message("w"), start=0.0, trained=1.0,
        positions=np.array([-1.0, 0.0, 1.0]), losses=np.array([3.0, 2.0, 1.0]), descents=descents,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("losses", "verdict"),
    [
        ((2.0, 1.99, 1.98), "too small"),
        ((2.0, 1.5, 1.1), "good"),
        ((2.0, 2.4, 1.2), "overshoots"),
        ((2.0, 2.4, 1.95), "too large"),
        ((2.0, 1.0, inf), "too large"),
        ((2.0, float("nan")), "too large"),
    ],
)
def test_a_verdict_follows_from_the_losses(losses: tuple[float, ...], verdict: str) -> None:
    descent = descent_of(*losses)
    assert line_of(descent).verdict(descent) == verdict


def test_the_typical_rate_is_the_lowest_that_is_too_large_and_the_best_of_others() -> None:
    wild, wilder = descent_of(2, 3, 4, rate=10), descent_of(2, 9, 9, rate=100)
    slow, slower = descent_of(2, 1.9, rate=0.1), descent_of(2, 1.99, rate=0.01)
    line = line_of(slower, slow, wild, wilder)
    assert line.typical("too large") is wild
    assert line.typical("too small") is slow
    assert line.typical("good") is None


def test_a_descent_that_leaves_the_picture_is_typical_only_where_none_stays() -> None:
    inside = descent_of(2, 1.4, 1.2)
    far = (Step(position=9.0, loss=loss, gradient=1.0, after=8.0) for loss in (2, 1.3, 1.1))
    outside = Descent(rate=2.0, steps=tuple(far))
    assert line_of(inside, outside).typical("good") is inside
    assert line_of(outside).typical("good") is outside


def test_an_unknown_line_is_refused_with_the_known_ones(found: Landscape) -> None:
    with pytest.raises(ValueError, match="direction, weight, got diagonal"):
        found.line("diagonal")


def test_a_descent_without_steps_is_none() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        Descent(rate=1.0, steps=())


def test_a_training_that_diverged_is_never_the_best(found: Landscape) -> None:
    lost = Path(rate=50.0, positions=np.zeros(2), losses=np.array([2.3, 0.1]), is_whole=False)
    seen = replace(found, paths=(*found.paths, lost))
    assert seen.best is found.best


def test_the_told_trainings_have_the_settings_own_rate_and_none_stands_twice(
    found: Landscape,
) -> None:
    for rate in (path.rate for path in found.paths):
        seen = replace(found, setting=replace(SETTING, learning_rate=rate))
        told = seen.told_paths
        assert told["yours"].rate == rate
        assert len({path.rate for path in told.values()}) == len(told)
        assert seen.best in told.values()
        assert all(told[role].rate < seen.best.rate for role in ("smaller",) if role in told)
        assert all(told[role].rate > seen.best.rate for role in ("larger",) if role in told)


def test_the_rate_of_the_setting_is_walked_with_wherever_it_lies(cache: FilePath) -> None:
    found = study.landscape(replace(SETTING, learning_rate=0.05), ignore)
    assert found.told_paths["yours"].rate == 0.05
    assert all(0.05 in [d.rate for d in line.descents] for line in found.lines)


def test_a_training_is_judged_beside_the_best(found: Landscape) -> None:
    best = found.best
    start = best.losses[0]
    for path in found.paths:
        verdict = found.path_verdict(path)
        if verdict == "too small":
            assert path.rate < best.rate
            assert start - path.losses[-1] < start - best.losses[-1]
        if verdict == "too large":
            assert path.rate > best.rate
    assert found.path_verdict(best) == "good"


def test_what_flattens_the_picture_is_left_out(found: Landscape) -> None:
    most = 2 * found.paths[0].losses[0]
    assert all(cell.value <= most for cell in found.trainings.cells.values())


# On the page


class Shown:
    """The widget with a landscape that is known already, its buttons by name."""

    def __init__(self, found: Landscape) -> None:
        self.widget = LandscapeStudy(lambda setting, report: found, lambda: SETTING)
        self.widget._draw(self.widget._walk(SETTING, ignore))
        inside = self.widget.widget.children[1].children
        self.kind, self.words, self.valley, self.rate, row, self.numbers, self.walks = inside
        self.buttons: dict[str, ipywidgets.Button] = {b.description: b for b in row.children}

    @property
    def yours(self) -> Descent:
        line = self.widget._line
        return next(d for d in line.descents if d.rate == self.rate.value)


def test_before_the_study_there_are_words_alone() -> None:
    widget = LandscapeStudy(lambda setting, report: pytest.fail("not asked for"), lambda: SETTING)
    (words,) = widget.widget.children[1].children
    assert "press the button" in words.value


def test_the_formula_has_the_numbers_of_the_step(found: Landscape) -> None:
    shown = Shown(found)
    for taken in range(3):
        step = shown.yours.steps[taken]
        assert f"step {taken + 1}:" in shown.numbers.value
        for value in (step.position, step.gradient, step.after):
            assert number(value) in shown.numbers.value
        shown.buttons["Next step"].click()


def test_the_walk_begins_with_the_rate_of_the_panel_and_keys_name_only_what_is_drawn(
    found: Landscape,
) -> None:
    shown = Shown(found)
    assert shown.rate.value == SETTING.learning_rate
    words = shown.valley.children[1].value
    for ball in balls_of(shown.widget._line, SETTING.learning_rate, 0):
        assert SHAPES[ball.place] in words
    drawn = {ball.place for ball in balls_of(shown.widget._line, SETTING.learning_rate, 0)}
    assert all(SHAPES[place] not in words for place in range(3) if place not in drawn)


def test_both_figures_of_the_landscape_give_a_mark_one_meaning(found: Landscape) -> None:
    shown = Shown(found)
    below = shown.walks.children[1].value
    assert f'color:{COLOURS[1]}" aria-hidden="true">{SHAPES[1]}</span> the panel’s rate' in below
    assert "your rate" in shown.valley.children[1].value


def test_balls_stop_at_their_last_step_and_go_back(found: Landscape) -> None:
    shown = Shown(found)
    shown.buttons["All steps"].click()
    last = shown.numbers.value
    shown.buttons["Next step"].click()
    assert shown.numbers.value == last
    shown.buttons["Back to the start"].click()
    assert "step 1:" in shown.numbers.value


def test_every_rate_and_both_lines_can_be_walked(found: Landscape) -> None:
    shown = Shown(found)
    for kind in ("direction", "weight"):
        shown.kind.value = kind
        assert "step 1:" in shown.numbers.value
        shown.buttons["All steps"].click()
        for _label, rate in shown.rate.options:
            shown.rate.value = rate
            assert f"{number(rate)} (yours)" in shown.numbers.value


def test_a_switch_of_language_keeps_rate_and_step(found: Landscape) -> None:
    shown = Shown(found)
    shown.rate.value = 0.3
    shown.buttons["Next step"].click()
    before = shown.numbers.value
    use_language("tr")
    use_language("en")
    assert shown.rate.value == 0.3
    assert shown.numbers.value == before


def test_a_ball_that_left_lies_at_the_edge(found: Landscape) -> None:
    shown = Shown(found)
    shown.buttons["All steps"].click()
    figure = shown.valley.children[0]
    scales = figure.axes[0].scale, figure.axes[1].scale
    for mark in figure.marks:
        if mark.visible:
            for values, scale in zip((mark.x, mark.y), scales, strict=True):
                assert np.isfinite(values).all()
                assert scale.min <= values.min() <= values.max() <= scale.max


def test_numbers_run_away_in_powers_of_ten() -> None:
    assert number(2.03e29) == "2.0 · 10<sup>29</sup>"
    assert number(-0.04981) == "−0.0498"
    assert number(0.001) == "0.001"
    assert number(inf) == "no number"
    assert number(300.0) == "300"
