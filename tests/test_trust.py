"""Lesson 1 on the page: what it shows and asks for, and that answers are judged rightly."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import chain
from threading import Event
from typing import Any

import ipywidgets
import pytest

from workbench.checks import is_solved
from workbench.checks.trust import NARROW, is_ceiling, is_steady
from workbench.lessons import reasons as reasons_module
from workbench.lessons.reasons import REASONS, reasons_drawn
from workbench.lessons_index import LESSONS
from workbench.locale import LANGUAGES, message, use_language
from workbench.measurement import Grid, Quantity
from workbench.measurement.layer_times import LayerTime, LayerTimes, Pass
from workbench.measurement.noise import Conditions, Plan, Retimed, Timed, Twins
from workbench.places import notebooks_folder
from workbench.setting import shipped
from workbench.widgets.task import Task
from workbench.widgets.trust.ceiling import CeilingExercise, number_of
from workbench.widgets.trust.histogram import Histogram
from workbench.widgets.trust.noise import NoiseLab, neighbours_here
from workbench.widgets.trust.rungs import Rungs
from workbench.widgets.trust.samples import Samples
from workbench.widgets.trust.stopwatch import Stopwatch
from workbench.widgets.trust.throughput import Throughput
from workbench.widgets.trust.twins import TwinsGame, Wanted
from workbench.wording import QUANTITIES

PATIENCE_S = 20
CNN = replace(shipped("fashion_mnist", "small_cnn"), inference_batch=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def quantity(
    value: float, unit: Any = "ms", low: float | None = None, high: float | None = None
) -> Quantity:
    return Quantity(
        value=value, unit=unit, provenance="measured", how=message("calibration"),
        low=low, high=high, n=10,
    )  # fmt: skip


def timed(middle: float, **changes: Any) -> Timed:
    samples = tuple(middle * (1 + at / 100) for at in range(20))
    found = {
        "p10_ms": quantity(samples[2]),
        "p50_ms": quantity(samples[10]),
        "p90_ms": quantity(samples[18]),
        "band": quantity(0.1, "fraction"),
        "cpu_share": quantity(0.9, "fraction"),
    }
    conditions = Conditions(setting=CNN, repeats=20, **changes)
    return Timed(conditions=conditions, samples_ms=samples, quantities=found)


def everything(widget: ipywidgets.Widget) -> list[Any]:
    return [widget, *chain.from_iterable(map(everything, getattr(widget, "children", ())))]


def html(widget: ipywidgets.Widget) -> str:
    return " ".join(each.value for each in everything(widget) if isinstance(each, ipywidgets.HTML))


def marks(widget: ipywidgets.Widget) -> list[Any]:
    figures = [each for each in everything(widget) if hasattr(each, "marks")]
    return [mark for figure in figures for mark in figure.marks if mark.visible]


def press(widget: ipywidgets.Widget, label: str) -> None:
    found = [
        each
        for each in everything(widget)
        if isinstance(each, ipywidgets.Button) and each.description == label
    ]
    assert len(found) == 1, label
    found[0].click()


class Answering:
    """A run that answers at once with what it is given, and says when it is done."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self._answer, self.asked = answer, list[Any]()

    def __call__(self, wanted: Any, tell: Callable[[Any], None]) -> Any:
        self.asked.append(wanted)
        return self._answer(wanted)


def finished(task: Task[Any, Any], begin: Callable[[], None]) -> None:
    """Begin something and wait until the task says that it is ready."""
    done = Event()
    status = next(w for w in everything(task.widget) if "wb-study-status" in w._dom_classes)
    status.observe(lambda change: done.set() if "✓" in change["new"] else None, "value")
    begin()
    assert done.wait(PATIENCE_S)


class Links(HTMLParser):
    """The addresses of all links, and how deep tags are open at the end."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.addresses += [value for name, value in attrs if name == "href" and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_links_to_a_lesson_that_is_there(language: str) -> None:
    use_language(language)
    found = Links(reasons_drawn())
    assert not found.open
    assert len(found.addresses) == len(REASONS)
    for reason, address in zip(REASONS, found.addresses, strict=True):
        assert address == f"{reason.file}?lang={language}"
        assert (notebooks_folder() / reason.file).is_file()
        assert reason.file in {lesson.file for lesson in LESSONS}


def test_every_reason_names_read_outs_that_exist() -> None:
    drawn = reasons_drawn()
    for reason in REASONS:
        assert reason.moves
        assert all(str(QUANTITIES[name]) in drawn for name in reason.moves)
    assert drawn.count('aria-hidden="true"') == len(reasons_module.REASONS)


def test_a_histograms_shares_add_up_and_its_percentiles_stand_below() -> None:
    histogram = Histogram()
    assert not marks(histogram.widget)
    histogram.draw(timed(1.0))
    outline = next(mark for mark in marks(histogram.widget) if mark.fill == "bottom")
    assert sum(outline.y[1:-1:2]) == pytest.approx(100, abs=11)
    text = html(histogram.widget)
    assert "p50 (median)" in text
    assert "small_cnn" in text
    assert "wb-measured" in text


def test_a_run_lies_over_three_others_at_most() -> None:
    histogram = Histogram()
    histogram.draw(timed(1.0), [timed(at) for at in (2.0, 3.0, 4.0, 5.0)])
    assert sum(number in html(histogram.widget) for number in "①②③④") == 4
    histogram.draw(timed(1.0))
    assert "②" not in html(histogram.widget)


def test_calls_beyond_the_axis_are_told() -> None:
    late = timed(1.0)
    late = replace(late, samples_ms=(*late.samples_ms[:-1], 50.0))
    histogram = Histogram()
    histogram.draw(late)
    assert "5.0 % of its calls took longer than the axis reaches" in html(histogram.widget)


def lab() -> tuple[NoiseLab, Answering]:
    times = iter([1.0, 2.0, 3.0, 4.0, 5.0])
    run = Answering(lambda conditions: replace(timed(next(times)), conditions=conditions))
    return NoiseLab(run, CNN, lambda controls: ipywidgets.HTML()), run


def test_the_run_before_stays_and_kept_runs_stay_longer() -> None:
    made, _run = lab()
    finished(made.task, lambda: press(made.widget, "Time it"))
    assert "②" not in html(made.widget)
    press(made.widget, "Keep these timings")
    for expected in ("②", "③", "③"):
        finished(made.task, lambda: press(made.widget, "Time it"))
        assert expected in html(made.widget)
    assert "④" not in html(made.widget)
    press(made.widget, "Forget the others")
    assert "②" not in html(made.widget)
    made.task.close()


def test_controls_make_the_conditions() -> None:
    made, run = lab()
    for control in everything(made.widget):
        if getattr(control, "description", "") == "threads":
            control.value = 2
        if getattr(control, "description", "") == "start":
            control.value = "cold"
        if getattr(control, "description", "") == "busy neighbours":
            control.value = neighbours_here()[-1]
    finished(made.task, lambda: press(made.widget, "Time it"))
    asked = run.asked[0]
    assert (asked.threads, asked.start) == (2, "cold")
    assert asked.neighbours == neighbours_here()[-1]
    made.task.close()


def test_keeping_nothing_is_told_in_a_sentence() -> None:
    made, _run = lab()
    press(made.widget, "Keep these timings")
    assert not marks(made.widget)
    made.task.close()


def twins(low: float, high: float) -> tuple[TwinsGame, Answering]:
    def answer(wanted: Wanted) -> Twins:
        if wanted.way == "naive":
            one = quantity(1.3, "ratio")
            return replace(wanted.before, naive=(*wanted.before.naive, one))
        middle = quantity((low + high) / 2, "ratio", low, high)
        return replace(wanted.before, fair=middle, pairs=10)

    run = Answering(answer)
    return TwinsGame(run, CNN), run


def test_who_has_not_bet_is_asked_to() -> None:
    game, run = twins(0.9, 1.1)
    press(game.widget, "Time A, then B")
    assert "bet first" in html(game.widget)
    assert not run.asked
    game.task.close()


def test_that_both_are_the_same_is_told_only_at_the_end() -> None:
    game, _run = twins(0.9, 1.1)
    press(game.widget, "A is faster")
    for _time in range(2):
        finished(game.task, lambda: press(game.widget, "Time A, then B"))
        assert "same network" not in html(game.widget)
    assert "in 2 of 2" in html(game.widget)
    finished(game.task, lambda: press(game.widget, "Time them in turn"))
    told = html(game.widget)
    assert "in 2 of 2" in told
    assert "same network" in told
    assert "Verdict: Nobody can tell" in told
    assert "cannot be right" in told
    press(game.widget, "Nobody can tell")
    assert "Your bet was right" in html(game.widget)
    game.task.close()


@pytest.mark.parametrize(("low", "high", "verdict"), [(1.1, 1.3, "B"), (0.7, 0.9, "A")])
def test_a_wrong_verdict_is_owned_up_to(low: float, high: float, verdict: str) -> None:
    game, _run = twins(low, high)
    press(game.widget, "Nobody can tell")
    finished(game.task, lambda: press(game.widget, "Time them in turn"))
    assert f"Verdict: {verdict} is faster" in html(game.widget)
    assert "this verdict is wrong" in html(game.widget)
    game.task.close()


def grid(rows: tuple[str, ...], columns: tuple[str, ...], unit: str = "ms") -> Grid:
    cells = {(row, column): quantity(0.5, unit, 0.4, 0.6) for row in rows for column in columns}
    return Grid(rows=rows, columns=columns, cells=cells)


def test_rungs_stand_apart_so_that_intervals_can_be_compared() -> None:
    rungs = Rungs(message("layer"), message("layer"), message("layer"), rows=["a", "b"])
    rungs.draw(grid(("a", "b"), ("1", "64")), levels=(0.5,))
    points = [mark.x.tolist() for mark in marks(rungs.widget) if mark.marker]
    assert len(points) == 2
    assert not set(points[0]) & set(points[1])
    assert [round(x) for x in points[0]] == [round(x) for x in points[1]] == [0, 1]


def test_throughput_shows_a_figure_a_quantity() -> None:
    figure = Throughput()
    figure.draw(Grid(rows=(), columns=(), cells={}))
    assert "not measured yet" in html(figure.widget)
    figure.draw(grid(("batch_ms", "image_ms", "images_per_second"), ("1", "2")))
    assert len([each for each in everything(figure.widget) if hasattr(each, "marks")]) == 3


def test_which_sizes_tell_two_networks_apart_is_said() -> None:
    found = grid(("small_cnn", "mlp"), ("50", "1000"), "fraction")
    p_values = {("p_value", "50"): quantity(0.4, "number"),
                ("p_value", "1000"): quantity(0.01, "number")}  # fmt: skip
    samples = Samples(("small_cnn", "mlp"))
    samples.draw(replace(found, rows=(*found.rows, "p_value"), cells={**found.cells, **p_values}))
    assert "On 50 images the two cannot be told apart" in html(samples.widget)
    assert "On 1,000 images they can" in html(samples.widget)


def retimed(band: float, took: float, least: float | None, tried: int = 3) -> Retimed:
    return Retimed(
        plan=Plan(warm_up=2, repeats=20),
        band=quantity(band, "fraction"),
        took_ms=quantity(took),
        least_ms=None if least is None else quantity(least),
        cheapest=None if least is None else Plan(warm_up=0, repeats=10),
        tried=tried,
        is_over=True,
    )


@pytest.mark.parametrize(
    ("band", "took", "least", "met"),
    [
        (NARROW - 0.01, 2.0, 1.0, [True, True]),
        (NARROW, 2.0, 1.0, [False, True]),
        (NARROW - 0.01, 2.1, 1.0, [True, False]),
        (NARROW + 0.1, 1.0, None, [False, False]),
    ],
)
def test_a_plan_is_judged_by_its_band_and_by_the_cheapest(
    band: float, took: float, least: float | None, met: list[bool]
) -> None:
    assert [finding.is_met for finding in is_steady(retimed(band, took, least))] == met


def test_where_only_the_learners_plan_was_narrow_the_machine_is_called_unsteady() -> None:
    cost = is_steady(retimed(NARROW - 0.01, 1.0, None))[1]
    assert not cost.is_met
    assert "too unsteady" in str(cost.told)
    assert "unsteady" not in str(is_steady(retimed(NARROW + 0.1, 1.0, None))[1].told)


def test_a_plan_that_is_still_tried_is_not_judged() -> None:
    assert is_steady(Retimed(plan=Plan(warm_up=0, repeats=10))) == ()


def test_the_stopwatch_judges_what_was_timed() -> None:
    run = Answering(lambda plan: replace(retimed(0.1, 1.0, 1.0), plan=plan))
    watch = Stopwatch(run, is_steady, lambda: "task", lambda: ["first", "second"])
    finished(watch.task, lambda: press(watch.widget, "Check my plan"))
    assert run.asked == [Plan(warm_up=0, repeats=10)]
    assert "Solved" in html(watch.widget)
    watch.task.close()


def layers(*shares: float) -> LayerTimes:
    made = tuple(
        LayerTime(
            name=f"layer{at}",
            kind="Conv2d",
            quantities={
                "time_share": quantity(share, "fraction", share - 0.01, share + 0.01),
                "parameters": quantity(10, "count"),
            },
        )
        for at, share in enumerate(shares)
    )
    return LayerTimes(asked=Pass(), layers=made)


@pytest.mark.parametrize(
    ("layer", "claimed", "met"),
    [
        ("layer1", 2.0, [True, True]),
        ("layer1", 2.19, [True, True]),
        ("layer1", 1.81, [True, True]),
        ("layer1", 2.25, [True, False]),
        ("layer1", 1.75, [True, False]),
        ("layer0", 1.25, [False, True]),
    ],
)
def test_a_ceiling_is_right_within_a_tenth(layer: str, claimed: float, met: list[bool]) -> None:
    findings = is_ceiling(layers(0.2, 0.5, 0.3), layer, claimed)
    assert [finding.is_met for finding in findings] == met


def test_two_layers_that_cannot_be_told_apart_are_both_the_largest() -> None:
    times = layers(0.4, 0.41)
    assert is_solved(is_ceiling(times, "layer0", 1 / 0.6))
    assert is_solved(is_ceiling(times, "layer1", 1 / 0.59))


def ceiling() -> CeilingExercise:
    return CeilingExercise(is_ceiling, lambda: "task", lambda: ["first", "second"])


def answered(exercise: CeilingExercise, layer: str | None, claimed: str) -> str:
    dropdown, field = (
        next(each for each in everything(exercise.widget) if isinstance(each, kind))
        for kind in (ipywidgets.Dropdown, ipywidgets.Text)
    )
    if layer:
        dropdown.value = layer
    field.value = claimed
    press(exercise.widget, "Check my answer")
    assert field.value == claimed
    return html(exercise.widget)


def test_the_layers_of_the_exercise_are_those_that_were_measured() -> None:
    exercise = ceiling()
    assert "time the layers first" in answered(exercise, None, "2")
    exercise.show(layers(0.2, 0.5))
    assert "choose the layer" in answered(exercise, None, "2")
    assert "Solved" in answered(exercise, "layer1", "× 2,0")
    exercise.show(layers(0.5, 0.2))
    assert "Solved" not in html(exercise.widget)


@pytest.mark.parametrize("written", ["", "fast", "0.5", "-1", "inf", "nan", "<b>"])
def test_a_ceiling_that_is_none_is_refused_in_one_sentence(written: str) -> None:
    exercise = ceiling()
    exercise.show(layers(0.2, 0.5))
    told = answered(exercise, "layer1", written)
    assert "the ceiling is a number of at least 1" in told
    assert "<b>" not in told


@pytest.mark.parametrize("written", ["1.44", "1,44", "× 1.44", "1.44x", " ×1,44 "])
def test_a_ceiling_is_read_as_people_write_it(written: str) -> None:
    assert number_of(written) == pytest.approx(1.44)
