"""The bench that lessons share: a live panel with its read-outs, and every view that follows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import ipywidgets

from workbench.lessons import frame, shared_prose
from workbench.lessons.devices import device_control
from workbench.lessons.frame import box, section
from workbench.lessons.programs import compression_of
from workbench.locale import Message, message, preferred_language, use_language
from workbench.measurement import Grid, Measurement, Report
from workbench.report import Session, Studied, Verdict
from workbench.serve import language_of_query
from workbench.setting import SHIPPED, SPACE, TRAINING, Setting, shipped
from workbench.widgets.as_code import AsCode
from workbench.widgets.bars import THREE, Bars
from workbench.widgets.classes import Classes
from workbench.widgets.compare import Compare
from workbench.widgets.gallery import Gallery, TestImages
from workbench.widgets.history import History
from workbench.widgets.layers import OF_ALL, LayerSliders
from workbench.widgets.panel import Panel
from workbench.widgets.plane import Plane
from workbench.widgets.readouts import STRIP, Readouts
from workbench.widgets.report import Predictions, ReportButtons
from workbench.widgets.state import View, staleness
from workbench.widgets.study import Study, Survey
from workbench.widgets.weights import Weights
from workbench.wording import network_text

NO_LAYERS: dict[str, Any] = {"layer_sparsity": "", "layer_bits": ""}


def measured(setting: Setting, report: Report) -> Measurement:
    """core's run; torch is imported on the worker's first call, when the page is painted."""
    from workbench.core.experiment import run

    return run(setting, report)


def test_images(dataset: str) -> TestImages:
    """The test images of a data set, for the gallery; those of a folder as they are now."""
    from workbench.core.data import load

    return load(dataset)


class Follower(Protocol):
    """A widget with the view that draws it."""

    widget: Any
    view: View


class Drawn(Protocol):
    """A figure of a grid."""

    widget: Any

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""


@dataclass(kw_only=True)
class Bench:
    """The panel of a lesson and the views around it; `extra` are the lesson's own, faded too.

    `verdicts`, `studied`: who is asked for them when a report is made.
    """

    setting: Setting
    strip: Sequence[str] = STRIP
    lengths: Sequence[str] = THREE
    extra: Sequence[Follower] = ()
    verdicts: list[Callable[[], Sequence[Verdict]]] = field(default_factory=list)
    studied: list[Callable[[], Sequence[Studied]]] = field(default_factory=list)
    panel: Panel = field(init=False)

    def __post_init__(self) -> None:
        use_language(language_of_query() or preferred_language())
        self.readouts, self.plane, self.bars = Readouts(self.strip), Plane(), Bars(self.lengths)
        self.compare, self.gallery = Compare(test_images), Gallery(test_images)
        self.classes, self.weights, self.history = Classes(test_images), Weights(), History()
        self.code = AsCode(compression_of)
        parts = (self.readouts, self.plane, self.bars, self.compare, self.gallery, self.classes,
                 self.weights, self.history, self.code)  # fmt: skip
        fading: tuple[Follower, ...] = (self.compare, self.gallery, self.classes, self.weights)
        shown: tuple[Follower, ...] = (*parts, *self.extra)
        views = [part.view for part in shown]
        views += [staleness(part.widget) for part in (*fading, *self.extra)]
        self.panel = Panel(measured, self.setting, views)
        self.predictions = Predictions(lambda: len(self.panel.state.history))

    def show(
        self, primary: Sequence[ipywidgets.Widget], more: Sequence[ipywidgets.Widget]
    ) -> ipywidgets.Widget:
        """The panel with these controls in sight and those in the drawer; measuring begins."""
        panel = self.panel
        panel.ask(self.setting)
        left = [
            box(primary, "wb-controls"),
            panel.buttons,
            panel.status,
            self.compare.widget,
            frame.drawer(more),
        ]
        right = [self.readouts.widget, self.plane.widget]
        shown = box([box(left, "wb-left"), box(right, "wb-right")], "wb-panel")
        return box([shown, self.predictions.widget, self.code.widget], "wb-bench")

    def control(self, name: str, values: Sequence[Any] | None = None) -> ipywidgets.Widget:
        """The control of a field; another network or data set takes its own shipped training."""
        if name == "device":
            return device_control(self.panel.controls)
        return self.panel.controls.widget(name, values, change=CHANGES.get(name))

    def layer_sliders(
        self, field: str, read: Callable[[Setting], dict[str, Any]]
    ) -> ipywidgets.Widget:
        """A slider a layer for `field`, which `read` takes from a setting."""
        values = SPACE[OF_ALL[field]]
        show = self.panel.show_problem
        sliders = LayerSliders(self.panel.controls, field, values, read, show)
        self.panel.follow(sliders.view)
        return sliders.widget

    def study(
        self,
        survey: Survey,
        figure: Drawn,
        label: Message,
        explained: Message,
        told: Callable[[Setting], str] = network_text,
    ) -> Study:
        """A study of the setting of the moment, drawn by `figure`."""
        setting = lambda: self.panel.state.setting  # noqa: E731
        return Study(survey, setting, figure.draw, figure.widget, label, explained, told)

    def who_paid(self) -> ipywidgets.Widget:
        """The section of classes and flipped images."""
        inside = box([self.classes.widget, self.gallery.widget], "wb-figures")
        return section(message("Who paid for it?"), shared_prose.images, inside)

    def tried(self) -> ipywidgets.Widget:
        """The section of the history."""
        title = message("Everything you tried")
        inside = box([self.history.widget, ReportButtons(self.session)], "wb-figures")
        return section(title, shared_prose.history, inside)

    def session(self) -> Session:
        """What there is to report at the moment."""
        return session_of(
            measurements=tuple(each.shareable for each in self.panel.state.history),
            studied=tuple(each for tell in self.studied for each in tell()),
            predictions=self.predictions.noted,
            verdicts=tuple(verdict for tell in self.verdicts for verdict in tell()),
        )

    def model(self, dataset: str = "fashion_mnist") -> ipywidgets.Widget:
        """The control of the network, over those that ship."""
        return self.control("model", tuple(m for d, m in SHIPPED if d == dataset))


def session_of(**found: Any) -> Session:
    """What was found today, on this machine."""
    from workbench.core.machine import machine

    return Session(day=date.today(), here=machine(), **found)


def _shipped_model(setting: Setting, model: str) -> Setting:
    return _compressed_alike(shipped(setting.dataset, model), setting)


def _shipped_dataset(setting: Setting, dataset: str) -> Setting:
    return _compressed_alike(shipped(dataset, setting.model), setting)


def _compressed_alike(trained: Setting, like: Setting) -> Setting:
    """The other training under the same compression; values of layers belong to one network."""
    alike: dict[str, Any] = {name: getattr(trained, name) for name in TRAINING}
    if trained.model == "mlp":  # it has no batch norms to calibrate, nor to compare filters by
        alike |= {name: "none" for name in ("repair",) if like.repair == "batch_norm"}
        alike |= {name: "magnitude" for name in ("criterion",) if like.criterion == "batch_norm"}
    return replace(like, **alike, **NO_LAYERS)


CHANGES: dict[str, Callable[[Setting, Any], Setting]] = {
    "model": _shipped_model,
    "dataset": _shipped_dataset,
}
RUNNING = ("dataset", "inference_batch", "device")
"""Controls that every drawer ends with."""
