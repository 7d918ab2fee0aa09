"""A panel with a fake run: what it shows, when it is stale, and that nothing kills it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest

from tests.browsers import until
from workbench.locale import Message, message, use_language
from workbench.measurement import Measurement, Progress, Quantity, Report, WeightHistogram
from workbench.setting import Setting
from workbench.widgets.axes import tick_values
from workbench.widgets.bars import Bars
from workbench.widgets.compare import Compare
from workbench.widgets.gallery import Gallery
from workbench.widgets.history import History, csv_text
from workbench.widgets.panel import Panel
from workbench.widgets.plane import Plane
from workbench.widgets.readouts import Readouts
from workbench.widgets.state import View
from workbench.widgets.weights import Weights

UNITS = {
    "accuracy": "fraction", "file_bytes": "bytes", "deflated_bytes": "bytes",
    "packed_bytes": "bytes", "latency_ms": "ms", "baseline_latency_ms": "ms", "speedup": "ratio",
    "parameters": "count", "nonzero_parameters": "count", "macs": "MAC",
    "activation_bytes": "bytes",
}  # fmt: skip
PATIENCE = 20


def quantity(value: float, unit: str = "fraction") -> Quantity:
    return Quantity(
        value=value, unit=unit, provenance="measured", how=message("calibration"),
        low=value * 0.9, high=value * 1.1, n=100,
    )  # fmt: skip


def measured(setting: Setting, report: Report) -> Measurement:
    """A measurement at once: the accuracy falls with sparsity, half of the answers with it."""
    report(Progress(stage=message("calibration"), quantities={"accuracy": quantity(0.5)}))
    wrong = int(100 * setting.sparsity)
    found = {name: quantity(1 - setting.sparsity / 2, unit) for name, unit in UNITS.items()}
    return Measurement(
        setting=setting,
        quantities=found,
        predictions=np.where(np.arange(100) < wrong, 1, 0),
        ratios=np.ones(10),
        weights=WeightHistogram(
            edges=(-1.0, 0.0, 1.0), kept=(3000, 2), pruned=(1, 0), rounded=(0, 7)
        ),
        machine={},
    )


class Images:
    """100 tiny test images, all of class 0."""

    test_images = np.zeros((100, 1, 4, 4), np.uint8)
    test_labels = np.zeros(100, np.int64)
    classes: tuple[Message, ...] = (message("Shirt"), message("Coat"))


class Watched:
    """A panel with every view, and a way to wait for a state without sleeping."""

    def __init__(self, run: Callable[[Setting, Report], Measurement]) -> None:
        self.parts = {
            "readouts": Readouts(), "bars": Bars(), "plane": Plane(), "weights": Weights(),
            "history": History(), "compare": Compare(lambda name: Images()),
            "gallery": Gallery(lambda name: Images()),
        }  # fmt: skip
        self._wanted: Callable[[Any], bool] = lambda state: False
        self._seen = Event()
        watch = View(key=lambda state: state, draw=self._look)
        self.panel = Panel(run, Setting(), [*(p.view for p in self.parts.values()), watch])

    def _look(self, state: Any) -> None:
        if self._wanted(state):
            self._seen.set()

    def wait(self, wanted: Callable[[Any], bool]) -> None:
        self._seen.clear()
        self._wanted = wanted
        if not wanted(self.panel.state):
            assert self._seen.wait(PATIENCE), self.panel.state
        self._wanted = lambda state: False

    def ask(self, **changes: Any) -> Setting:
        setting = replace(self.panel.state.setting, **changes)
        self.panel.ask(setting)
        return setting

    def html(self, name: str) -> str:
        return str(self.parts[name].widget.value)


@pytest.fixture
def make() -> Iterator[Callable[..., Watched]]:
    made: list[Watched] = []

    def build(run: Callable[[Setting, Report], Measurement] = measured) -> Watched:
        made.append(Watched(run))
        return made[-1]

    yield build
    for watched in made:
        watched.panel.close()


def figure(watched: Watched, name: str) -> Any:
    """The bqplot figure of a part that has a caption below it."""
    return watched.parts[name].widget.children[0]


def answered(state: Any) -> bool:
    return not state.is_stale and state.stage is None


def test_the_answer_reaches_every_view(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask()
    watched.wait(answered)
    assert "100.0 %" in watched.html("readouts")
    assert "measured" in watched.html("readouts")
    assert "wb-stale" not in watched.html("readouts")
    assert watched.html("gallery").count("<img") == 24
    assert "KiB" in watched.html("bars")


def test_the_baseline_is_pinned_by_itself(make: Callable[..., Watched]) -> None:
    watched = make()
    asked = watched.ask(sparsity=0.5)
    watched.wait(lambda state: state.pinned is not None and answered(state))
    assert watched.panel.state.pinned.setting == asked.baseline
    assert watched.panel.state.answer.setting == asked
    assert "less accurate" in watched.html("compare")
    assert "−25.0 points" in watched.html("readouts")


def test_numbers_are_stale_until_they_fit_the_controls(make: Callable[..., Watched]) -> None:
    go_on, started = Event(), Event()

    def slow(setting: Setting, report: Report) -> Measurement:
        if setting.sparsity:
            started.set()
            assert go_on.wait(PATIENCE)
        return measured(setting, report)

    watched = make(slow)
    watched.ask()
    watched.wait(answered)
    watched.ask(sparsity=0.1)
    assert started.wait(PATIENCE)
    assert watched.html("readouts").count("wb-stale") == 9
    assert watched.panel.state.is_stale
    go_on.set()
    watched.wait(answered)
    assert "wb-stale" not in watched.html("readouts")


def test_an_error_is_one_escaped_sentence_and_the_panel_lives(make: Callable[..., Watched]) -> None:
    def breaking(setting: Setting, report: Report) -> Measurement:
        if setting.sparsity == 0.5:
            raise ValueError("<b>no such file</b>")
        if setting.sparsity == 0.6:
            raise KeyError("surprise")
        return measured(setting, report)

    watched = make(breaking)
    watched.ask(sparsity=0.5)
    watched.wait(lambda state: state.problem)
    assert "&lt;b&gt;no such file&lt;/b&gt;" in watched.panel.status.value
    watched.ask(sparsity=0.6)
    watched.wait(lambda state: "surprise" in state.problem)
    assert "Traceback" not in watched.panel.status.value
    watched.ask(sparsity=0.1)
    watched.wait(answered)
    assert watched.panel.state.problem == ""


def test_stop_ends_the_run_and_says_so(make: Callable[..., Watched]) -> None:
    asked_to_stop = Event()

    def endless(setting: Setting, report: Report) -> Measurement:
        while True:
            report(Progress(stage=message("calibration")))
            asked_to_stop.wait(0.001)

    watched = make(endless)
    watched.ask()
    watched.wait(lambda state: state.stage is not None)
    stop = watched.panel.buttons.children[0]
    stop.click()
    watched.wait(lambda state: state.notice is not None)
    assert "stopped" in watched.panel.status.value


def test_pin_compares_with_another_result_than_the_baseline(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask(sparsity=0.2)
    watched.wait(lambda state: state.pinned is not None and answered(state))
    watched.panel.pin()
    pinned = watched.panel.state.pinned
    assert pinned.setting.sparsity == 0.2
    watched.ask(sparsity=0.4)
    watched.wait(answered)
    assert watched.panel.state.pinned is pinned
    watched.panel.reset()
    watched.wait(lambda state: answered(state) and state.setting.sparsity == 0)
    assert watched.panel.state.pinned.setting.sparsity == 0


def test_controls_and_setting_are_one(make: Callable[..., Watched]) -> None:
    watched = make()
    slider = watched.panel.controls.widget("sparsity")
    slider.value = 0.3
    watched.wait(answered)
    assert watched.panel.state.setting.sparsity == 0.3
    watched.panel.reset()
    watched.wait(lambda state: answered(state) and state.setting.sparsity == 0)
    assert slider.value == 0


def test_the_language_changes_what_already_stands_there(make: Callable[..., Watched]) -> None:
    watched = make()
    slider = watched.panel.controls.widget("weight_bits")
    watched.ask()
    watched.wait(answered)
    use_language("tr")
    try:
        assert "doğruluk" in watched.html("readouts")
        assert "ölçüldü" in watched.panel.status.value
        assert slider.description == "ağırlık biti"
        assert slider._options_labels[0] == "32 bit"
        assert watched.panel.buttons.children[0].description == "Durdur"
    finally:
        use_language("en")
    assert "accuracy" in watched.html("readouts")


def test_the_history_downloads_as_csv(make: Callable[..., Watched]) -> None:
    watched = make()
    for sparsity in (0.1, 0.2):
        watched.ask(sparsity=sparsity)
        watched.wait(answered)
    watched.wait(lambda state: len(state.history) >= 3)
    lines = csv_text(watched.panel.state.history).splitlines()
    assert lines[0].startswith("dataset,model,")
    assert "accuracy,accuracy_low,accuracy_high,accuracy_provenance" in lines[0]
    assert len(lines) == 1 + len(watched.panel.state.history)
    assert "data:text/csv" in watched.html("history")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (80, 100, [80, 85, 90, 95, 100]),
        (0, 262_458, [0, 50_000, 100_000, 150_000, 200_000, 250_000]),
        (-0.37, 0.37, [-0.2, 0, 0.2]),
        (0, 0.3, [0, 0.1, 0.2, 0.3]),
    ],
)
def test_ticks_are_at_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert tick_values(low, high).tolist() == ticks


@pytest.mark.parametrize("high", np.geomspace(1e-3, 1e7, 200))
def test_there_are_a_few_ticks_whatever_the_range(high: float) -> None:
    assert 3 <= len(tick_values(0, high)) <= 6
    assert 3 <= len(tick_values(-high, high, 7)) <= 7


def test_ticks_follow_the_language(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask()
    watched.wait(answered)
    across, up = figure(watched, "weights").axes
    assert across.tick_labels["-0.5"] == "\N{MINUS SIGN}0.5"
    assert up.tick_labels["1000"] == "1,000"
    use_language("tr")
    try:
        assert across.tick_labels["-0.5"] == "\N{MINUS SIGN}0,5"
        assert up.tick_labels["1000"] == "1.000"
    finally:
        use_language("en")


def test_weights_that_rounding_made_zero_are_told_apart(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask()
    watched.wait(answered)
    caption = watched.parts["weights"].widget.children[1].value
    for words in ("3,002 kept", "1 pruned", "7 rounded to zero"):
        assert words in caption
    assert figure(watched, "weights").marks[0].y.tolist() == [[3000, 2], [0, 7], [1, 0]]


def test_the_plane_shows_small_losses_and_widens_for_a_collapse(
    make: Callable[..., Watched],
) -> None:
    watched = make()
    limits = []
    for sparsity in (0.0, 0.1, 0.9, 0.2):
        watched.ask(sparsity=sparsity)
        watched.wait(answered)
        limits.append(figure(watched, "plane").axes[1].scale.min)
    assert limits == [80, 80, 50, 50]


def test_the_way_is_broken_where_the_network_changes(make: Callable[..., Watched]) -> None:
    watched = make()
    for changes in ({"model": "mlp"}, {"sparsity": 0.1}, {"model": "resnet8"}):
        watched.ask(**changes)
        watched.wait(answered)
    watched.wait(lambda state: len(state.history) >= 4 and answered(state))
    until(lambda: len(figure(watched, "plane").marks[1].y) == 4, "the plane draws all four")
    way, dots = (figure(watched, "plane").marks[index].y for index in (0, 1))
    assert np.isnan(way).tolist() == [False, False, True, False, False]
    assert len(dots) == 4


def test_no_toolbar_comes_up_over_a_figure(make: Callable[..., Watched]) -> None:
    watched = make()
    assert not figure(watched, "plane").display_toolbar
    assert not figure(watched, "weights").display_toolbar


def test_a_bare_number_cannot_reach_a_readout() -> None:
    with pytest.raises(TypeError, match="accuracy is a Quantity"):
        Progress(stage=message("calibration"), quantities={"accuracy": 0.9})  # type: ignore[dict-item]


def test_a_request_made_while_an_answer_is_drawn_is_not_lost(make: Callable[..., Watched]) -> None:
    """The baseline that the panel asks for by itself never pushes a learner's request aside."""
    watched = make()
    known = watched.panel._known
    asked: list[Setting] = []

    def meanwhile(setting: Setting) -> Measurement | None:
        if not asked:
            asked.append(replace(Setting(), sparsity=0.9))
            watched.panel.ask(asked[0])
        return known(setting)

    watched.panel._known = meanwhile  # type: ignore[method-assign]
    watched.ask(sparsity=0.5)
    watched.wait(lambda state: answered(state) and state.setting.sparsity == 0.9)


def test_a_result_on_other_data_is_not_compared(make: Callable[..., Watched]) -> None:
    watched = make()
    watched.ask(dataset="digits")
    watched.wait(lambda state: state.pinned is not None and answered(state))
    watched.panel.pin()
    watched.ask(dataset="fashion_mnist")
    watched.wait(answered)
    assert "another data set" in watched.html("compare")
    assert "flipped" not in watched.html("gallery")


def test_a_control_that_changes_others_moves_them_too(make: Callable[..., Watched]) -> None:
    watched = make()
    controls = watched.panel.controls
    repair = controls.widget("repair")
    model = controls.widget(
        "model", change=lambda setting, name: replace(setting, model=name, repair="none")
    )
    repair.value = "batch_norm"
    model.value = "mlp"
    assert repair.value == "none"
    watched.wait(answered)
    assert watched.panel.state.setting == Setting(model="mlp")
