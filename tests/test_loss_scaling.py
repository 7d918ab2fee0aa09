"""Gradients under a scale, faults made on purpose, and the judges of lesson 8."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn import functional

from workbench.checks import is_solved
from workbench.checks.precision import (
    OPERATIONS,
    REASONS,
    are_right_types,
    backs_off,
    is_window,
    shares,
)
from workbench.claims.precision import prevents_overflow
from workbench.claims.sentences import BY_NAME
from workbench.core.precision.faults import fault
from workbench.core.precision.gradients import all_scales, gradients, ready
from workbench.figures.gradients import LARGEST, LEAST, NORMAL, gradients_picture
from workbench.figures.tracks import share_text
from workbench.lessons.precision_surveys import START
from workbench.locale import message, use_language
from workbench.measurement import Grid, Progress, Quantity, Superseded, ignore
from workbench.measurement.scaling import (
    HIGHEST,
    LOWEST,
    POWERS,
    FaultKind,
    ScaledUpdate,
    Trace,
)
from workbench.setting import Setting
from workbench.widgets.claims.card import ClaimCard
from workbench.widgets.precision.exercise import TypesExercise
from workbench.widgets.precision.faults import FIRST

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def at(power: int, **values: Any) -> Setting:
    return replace(START, loss_scale=2**power, **values)


@pytest.fixture(scope="module")
def every(cache: object) -> Mapping[str, Grid]:
    """All scales of the network whose gradients vanish, of its batch and of held-out images."""
    found = {name: all_scales(START, ignore, held_out=name == "held out")
             for name in ("mine", "held out")}  # fmt: skip
    return {**found, "small_cnn": all_scales(replace(START, model="small_cnn"), ignore)}


# Gradients


def test_gradients_are_those_of_autocast_by_hand() -> None:
    power = 8
    found = gradients(at(power), ignore)
    made = ready(replace(START, precision="float32", loss_scale=1), False)
    made.model.zero_grad()
    with torch.autocast("cpu", torch.float16):
        loss = functional.cross_entropy(made.model(made.pictures), made.labels)
    (loss * 2**power).backward()
    layer = dict(made.model.named_modules())["blocks.1.0"]
    values = torch.cat([each.grad.flatten() for each in layer.parameters()])
    told = next(each for each in found.layers if each.layer == "blocks.1.0")
    assert sum(told.kept) == int((values != 0).sum())
    assert told.quantities["lost"].value == int((values == 0).sum())


def test_scaling_by_a_power_of_two_moves_the_exact_histogram_and_changes_nothing_else() -> None:
    low, high = (gradients(at(power), ignore) for power in (4, 10))
    for before, after in zip(low.layers, high.layers, strict=True):
        inner = slice(0, HIGHEST - LOWEST - 6)
        assert before.exact[inner] == after.exact[6:][inner]


def test_every_gradient_is_kept_lost_overflowed_or_0_in_float32_too() -> None:
    for power in (0, 12, 24):
        for layer in gradients(at(power), ignore).layers:
            lost, over = (layer.quantities[name].value for name in ("lost", "overflowed"))
            count = layer.quantities["lost"].n or 0
            assert sum(layer.kept) + lost + over <= count == sum(layer.exact)


def test_the_sigmoid_network_loses_its_first_layers_and_gets_them_back_by_scaling() -> None:
    plain, scaled = (gradients(at(power), ignore).layers for power in (0, 14))
    assert [layer.quantities["lost_share"].value for layer in plain][:2] == [1.0, 1.0]
    assert plain[-1].quantities["lost_share"].value == 0
    assert max(layer.quantities["lost_share"].value for layer in scaled) < 0.01


def test_small_cnn_needs_no_scaling_and_overflows_all_the_same(every: Mapping[str, Grid]) -> None:
    grid = every["small_cnn"]
    assert shares(grid, "lost_share")[0] == 0
    assert shares(grid, "overflowed_share")[POWERS[-1]] > 0


def test_overflow_begins_at_a_scale_and_never_ends_again(every: Mapping[str, Grid]) -> None:
    over = [shares(every["mine"], "overflowed_share")[power] for power in POWERS]
    assert over[0] == 0
    assert over == sorted(over)
    assert over[-1] == 1


def test_a_way_back_is_stopped_between_its_passes() -> None:
    def refuse(_progress: Progress) -> None:
        raise Superseded

    for survey in (gradients, all_scales):
        with pytest.raises(Superseded):
            survey(START, refuse)


def test_the_picture_has_a_row_a_layer_and_the_range_of_float16() -> None:
    html = gradients_picture(gradients(at(0), ignore))
    assert html.count("<svg") == 8
    assert "lost 100.0 %" in html
    assert (LEAST, NORMAL) == (-24, -14)
    assert 15.99 < LARGEST < 16


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0.0 %"), (1e-9, "below 0.1 %"), (0.002, "0.2 %"), (1, "100.0 %")]
)
def test_what_is_not_nothing_is_not_told_as_nothing(share: float, words: str) -> None:
    assert share_text(share) == words


# Faults


@pytest.mark.parametrize("kind", list(FIRST))
def test_a_fault_shows_on_the_way_back_and_in_no_tensor_before(kind: FaultKind) -> None:
    found = fault(kind, START, ignore)
    assert found.first is not None
    name = {"underflow": "lost_share", "overflow": "overflowed_share", "nan": "nan_share"}[kind]
    values = [each.quantities[name].value for each in found.sightings]
    assert not any(values[: found.first])
    assert values[found.first] > 0
    assert "gradient" in str(found.sightings[found.first].place)


def test_infinite_gradients_that_nobody_skips_end_in_a_loss_that_is_no_number() -> None:
    found = fault("nan", START, ignore)
    last = found.sightings[-1]
    assert str(last.place) == "loss"
    assert last.quantities["nan_share"].value == 1


def test_a_fault_leaves_the_network_of_the_playground_as_it_was() -> None:
    before = gradients(at(8), ignore)
    fault("nan", START, ignore)
    after = gradients(at(8), ignore)
    assert [layer.kept for layer in before.layers] == [layer.kept for layer in after.layers]


# Judges


def grid_of(lost: Mapping[int, float], over: Mapping[int, float]) -> Grid:
    """Shares by power; what is not named is 0."""
    cells = {
        (row, str(power)): Quantity(
            value=values.get(power, 0.0), unit="fraction", provenance="measured",
            how=message("calibration"),
        )
        for row, values in (("lost_share", lost), ("overflowed_share", over)) for power in POWERS
    }  # fmt: skip
    columns = tuple(map(str, POWERS))
    return Grid(rows=("lost_share", "overflowed_share"), columns=columns, cells=cells)


ABOVE_20 = dict.fromkeys(range(21, 25), 0.5)


def test_the_claim_is_not_supported_by_the_network_of_the_lesson(every: Mapping[str, Grid]) -> None:
    assert prevents_overflow(every["mine"]).ruling == "not supported"


@pytest.mark.parametrize(
    ("lost", "over", "ruling"),
    [
        ({0: 0.2, 1: 0.1}, ABOVE_20, "not supported"),
        ({}, ABOVE_20, "not supported"),
        ({0: 0.2}, {}, "cannot tell"),
        ({}, {0: 0.3}, "supported"),
        ({}, dict.fromkeys(POWERS, 0.3), "not supported"),
    ],
)
def test_the_judge_follows_from_what_is_lost_and_what_overflows(
    lost: dict[int, float], over: dict[int, float], ruling: str
) -> None:
    assert prevents_overflow(grid_of(lost, over)).ruling == ruling


def trace_of(*updates: tuple[float, bool]) -> Trace:
    told = tuple(
        ScaledUpdate(number=number, power=power, is_skipped=is_skipped)
        for number, (power, is_skipped) in enumerate(updates, start=1)
    )
    return Trace(setting=START, growth_interval=5, updates=told, quantities={})


def test_a_scaler_that_backs_off_after_overflow_alone_is_found_to_do_so() -> None:
    assert is_solved(backs_off(trace_of((9, False), (9, True), (8, False), (9, False))))
    assert not is_solved(backs_off(trace_of((9, True), (9, False))))
    assert not is_solved(backs_off(trace_of((9, False), (8, False))))


def window_of(grid: Grid) -> tuple[int, int]:
    """By brute force: the longest run of scales that are good."""
    lost, over = shares(grid, "lost_share"), shares(grid, "overflowed_share")
    good = [power for power in POWERS if lost[power] < 0.001 and over[power] == 0]
    return good[0], good[-1]


def test_the_window_of_the_held_out_images_solves_the_exercise(every: Mapping[str, Grid]) -> None:
    low, high = window_of(every["held out"])
    assert is_solved(is_window(low, high, every["mine"], every["held out"]))


@pytest.mark.parametrize(("below", "above"), [(-2, 0), (0, 2), (3, 0), (0, -3)])
def test_a_window_that_is_too_wide_or_too_narrow_does_not(
    every: Mapping[str, Grid], below: int, above: int
) -> None:
    low, high = window_of(every["held out"])
    assert not is_solved(
        is_window(low + below, high + above, every["mine"], every["held out"])
    )  # fmt: skip


def test_at_an_end_of_the_scales_offered_the_end_itself_has_to_hold() -> None:
    first, last = POWERS[0], POWERS[-1]
    good, bad = grid_of({}, {}), grid_of({first: 0.5}, {last: 0.5})
    last_found = is_window(first, last, good, good)[-1]
    assert last_found.is_met
    assert "no further scale is offered" in str(last_found.told)
    assert not is_window(first, last, good, bad)[-1].is_met
    for low, high in ((first, last - 1), (first + 1, last)):
        narrower = is_window(low, high, bad, bad)[-1]
        assert not narrower.is_met
        assert "no further scale is offered" in str(narrower.told)
    assert "at either end" in str(is_window(first + 1, last - 1, bad, bad)[-1].told)


def test_a_window_that_is_no_window_is_refused() -> None:
    assert not is_solved(is_window(12, 10, grid_of({}, {}), grid_of({}, {})))


def test_right_types_follow_from_their_reasons_and_from_no_other() -> None:
    right = {name: (REASONS[reason][0], reason) for name, (_words, reason) in OPERATIONS.items()}
    assert is_solved(are_right_types(right))
    for name in OPERATIONS:
        for answer in (("32", "products"), ("16", "steps"), ("16", "exponentials")):
            if answer != right[name]:
                findings = are_right_types({**right, name: answer})
                assert sum(not finding.is_met for finding in findings) == 1


# The page


def test_a_verdict_waits_for_a_bet_and_a_measurement(every: Mapping[str, Grid]) -> None:
    claim = ClaimCard(BY_NAME["overflow"], lambda _s, _r: every["mine"], lambda: START)
    ruling = claim.study.widget.children[-1]
    assert "Bet first" in ruling.value
    claim.bet.value = "supported"
    assert "Your bet: supported. The verdict comes" in ruling.value
    claim.take(every["mine"])
    assert "Verdict: not supported." in ruling.value
    assert "✗ Your bet: supported." in ruling.value


def test_four_choices_are_checked_once_all_are_made() -> None:
    exercise = TypesExercise(lambda: "task", lambda: ["a", "b", "c", "d"])
    exercise._check()
    assert "Choose bits" in exercise._judged.value
    for name, (bits, why) in exercise.choices.items():
        reason = OPERATIONS[name][1]
        bits.value, why.value = REASONS[reason][0], reason
    use_language("tr")
    assert [bits.value for bits, _why in exercise.choices.values()] == ["16", "32", "32", "32"]
    use_language("en")
    exercise._check()
    assert "Solved" in exercise._judged.value


def test_a_scale_beyond_every_setting_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"loss_scale is 0 .* power of two .* got 6") as error:
        replace(START, loss_scale=6)
    assert "\n" not in str(error.value)
