"""Studies, layer sliders and curves without a browser: what they show, and that they live on."""

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest

from workbench.locale import message, use_language
from workbench.measurement import Grid, Layer, Measurement, Point, Progress, Quantity, Report
from workbench.measurement import WeightHistogram as Histogram
from workbench.setting import Setting
from workbench.widgets.curve import Curve
from workbench.widgets.heatmap import by_value, by_verdict, table
from workbench.widgets.layers import LayerSliders, LayerTable
from workbench.widgets.lines import Lines
from workbench.widgets.map import Map
from workbench.widgets.panel import Panel
from workbench.widgets.state import State, View
from workbench.widgets.study import Study

PATIENCE_S = 20


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def quantity(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(
        value=value, unit="ratio", provenance="measured", how=message("calibration"),
        low=low, high=high, n=10,
    )  # fmt: skip


def grid(count: int = 2) -> Grid:
    cells = {("conv", "0.5"): quantity(0.9, 0.8, 1.0), ("fc", "0.5"): quantity(1.5, 1.4, 1.6)}
    return Grid(
        rows=("conv", "fc"), columns=("0.1", "0.5"), cells=dict(list(cells.items())[:count])
    )


def test_a_table_has_a_cell_for_every_row_and_column_filled_or_not() -> None:
    html = table(grid(), message("layer"), by_verdict)
    assert html.count("<td") == 4
    assert html.count("<tr>") == 3
    assert 'scope="row">conv' in html
    assert "faster" in html
    assert "cannot tell" in html
    assert 'title="measured: calibration"' in html


def test_names_are_escaped() -> None:
    risky = Grid(rows=("<b>",), columns=("&",), cells={})
    html = table(risky, message("layer"))
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_more_is_bluer() -> None:
    shades = [by_value(quantity(value)) for value in (0.1, 0.5, 0.9)]
    strengths = [float(shade.rpartition(",")[2].rstrip(")")) for shade in shades]
    assert strengths == sorted(strengths)


def test_lines_show_their_points_and_say_how_they_were_got() -> None:
    lines = Lines(message("layer"), message("time (ms)"), message("layer"))
    lines.draw(Grid(rows=(), columns=(), cells={}))
    assert len(lines.widget.children) == 1  # the words alone: no empty axes
    lines.draw(
        Grid(rows=("speedup",), columns=("1", "4"), cells={("speedup", "4"): quantity(2, 1, 3)})
    )
    figure, caption = lines.widget.children
    line = figure.marks[1]
    assert line.visible
    assert np.array_equal(line.x, [4.0])
    assert np.array_equal(line.y, [2.0])
    assert "speed-up" in caption.value
    assert "measured" in caption.value
    assert "<table" in caption.value


class Watched:
    """A study with a survey that waits, and what was drawn of it."""

    def __init__(self, survey) -> None:  # type: ignore[no-untyped-def]
        self.drawn: list[Grid] = []
        self.over = Event()
        self.map = Map(message("layer"), message("layer"), by_value)

        def draw(found: Grid) -> None:
            self.drawn.append(found)
            self.map.draw(found)

        self.study = Study(
            survey, Setting, draw, self.map.widget, message("Draw the map"), message("layer")
        )
        self.study._status.observe(self._look, "value")

    def _look(self, change: dict[str, str]) -> None:
        if any(mark in change["new"] for mark in ("✓", "⚠", "stopped")):
            self.over.set()

    def press(self) -> None:
        self.study.widget.children[0].children[0].click()

    @property
    def status(self) -> str:
        return str(self.study._status.value)


def test_a_study_draws_itself_as_it_goes() -> None:
    def survey(setting: Setting, report: Report) -> Grid:
        report(Progress(stage=message("pruning"), done=1, total=2, grid=grid(1)))
        return grid()

    watched = Watched(survey)
    assert "press the button" in watched.map.widget.value
    watched.press()
    assert watched.over.wait(PATIENCE_S)
    assert [len(found.cells) for found in watched.drawn] == [0, 1, 2]
    assert "small_cnn" in watched.status
    watched.study.close()


def test_a_study_that_fails_says_one_sentence_and_can_be_started_again() -> None:
    calls: list[int] = []

    def survey(setting: Setting, report: Report) -> Grid:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("the map of <widths> is drawn for mlp")
        return grid()

    watched = Watched(survey)
    watched.press()
    assert watched.over.wait(PATIENCE_S)
    assert "&lt;widths&gt;" in watched.status
    watched.over.clear()
    watched.press()
    assert watched.over.wait(PATIENCE_S)
    assert "✓" in watched.status
    watched.study.close()


def test_a_study_stops_at_its_next_word_and_keeps_what_it_has() -> None:
    started = Event()

    def survey(setting: Setting, report: Report) -> Grid:
        report(Progress(stage=message("pruning"), grid=grid(1)))
        started.set()
        while True:
            report(Progress(stage=message("pruning")))

    watched = Watched(survey)
    watched.press()
    assert started.wait(PATIENCE_S)
    watched.study.stop()
    assert watched.over.wait(PATIENCE_S)
    assert "stopped" in watched.status
    assert "× 0.90" in watched.map.widget.value
    watched.study.close()


def test_news_without_a_grid_draw_nothing_and_a_new_language_draws_once_more() -> None:
    def survey(setting: Setting, report: Report) -> Grid:
        found = grid(1)
        for done in range(9):
            report(Progress(stage=message("pruning"), done=done, total=9, grid=found))
        return found

    watched = Watched(survey)
    watched.press()
    assert watched.over.wait(PATIENCE_S)
    assert [len(found.cells) for found in watched.drawn] == [0, 1]
    use_language("tr")
    assert [len(found.cells) for found in watched.drawn] == [0, 1, 1]
    watched.study.close()


def layer(name: str) -> Layer:
    count = Quantity(value=7, unit="count", provenance="computed", how=message("zeros"))
    return Layer(
        name=name, kind="linear", inputs=2, outputs=3, before=(2, 3), quantities={"zeros": count}
    )


def answer(setting: Setting) -> Measurement:
    found = quantity(0.9, 0.8, 0.95)
    names = ("accuracy", "file_bytes", "deflated_bytes", "packed_bytes", "latency_ms", "speedup")
    return Measurement(
        setting=setting,
        quantities=dict.fromkeys(names, found),
        predictions=np.zeros(4, np.int64),
        ratios=np.ones(3),
        weights=Histogram(edges=(0.0, 1.0), kept=(1,), pruned=(0,)),
        machine={},
        layers=(layer("conv"), layer("fc")),
    )


def test_layers_are_a_table() -> None:
    part = LayerTable()
    part.view.draw(State(setting=Setting()))
    assert "come with the first answer" in part.widget.value
    part.view.draw(State(setting=Setting(), answer=answer(Setting())))
    assert "conv" in part.widget.value
    assert "zeros" in part.widget.value


def sliders() -> tuple[Panel, LayerSliders, list[Setting], Event]:
    asked: list[Setting] = []
    answered = Event()

    def run(setting: Setting, report: Report) -> Measurement:
        asked.append(setting)
        return answer(setting)

    def look(state: State) -> None:
        if not state.is_stale:
            answered.set()

    panel = Panel(run, Setting(), [])
    part = LayerSliders(
        panel.controls,
        "layer_sparsity",
        (0.0, 0.5),
        lambda setting: setting.layer_sparsities,
        panel.show_problem,
    )
    panel.follow(part.view)
    panel.follow(View(key=lambda state: state, draw=look))  # after the sliders
    return panel, part, asked, answered


def test_every_layer_has_a_slider_that_makes_a_setting() -> None:
    panel, part, asked, answered = sliders()
    panel.ask(Setting())
    assert answered.wait(PATIENCE_S)
    first, second = part.widget.children
    answered.clear()
    second.value = 0.5
    assert answered.wait(PATIENCE_S)
    assert panel.state.setting.layer_sparsities == {"fc": 0.5}
    answered.clear()
    first.value = 0.0
    assert answered.wait(PATIENCE_S)
    assert asked[-1].layer_sparsity == "conv=0, fc=0.5"
    panel.reset()
    assert second.value == part.widget.children[0].value == first.options[0][1]
    panel.close()


def test_the_curve_is_told_step_by_step() -> None:
    points = [("trained", 0.0, 0.9), ("pruned", 0.0, 0.4), ("fine-tuned", 0.5, 0.8),
              ("fine-tuned", 1.0, 0.85)]  # fmt: skip
    curve = tuple(
        Point(step=message(step), epochs=epochs, accuracy=quantity(value))
        for step, epochs, value in points
    )
    part = Curve()
    part.view.draw(State(setting=Setting(), curve=curve))
    figure, caption = part.widget.children
    assert np.allclose(figure.marks[1].x, [0, 1, 1.5, 2])
    assert caption.value.index("trained") < caption.value.index("pruned")
    assert caption.value.count("fine-tuned (") == 1
