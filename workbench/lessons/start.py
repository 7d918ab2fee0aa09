"""Lesson 0: from a slider to an honest number."""

from dataclasses import dataclass, replace
from functools import lru_cache

import ipywidgets

from workbench.lessons import frame, start_prose
from workbench.lessons.frame import box, section
from workbench.locale import message, preferred_language, use_language
from workbench.measurement import Measurement, Report
from workbench.serve import language_of_query
from workbench.setting import SHIPPED, SPACE, Setting, shipped
from workbench.widgets.bars import Bars
from workbench.widgets.compare import Compare
from workbench.widgets.gallery import Gallery, TestImages
from workbench.widgets.history import History
from workbench.widgets.html import text
from workbench.widgets.panel import Panel
from workbench.widgets.plane import Plane
from workbench.widgets.readouts import Readouts
from workbench.widgets.state import staleness
from workbench.widgets.weights import Weights


def measured(setting: Setting, report: Report) -> Measurement:
    """core's run; torch is imported on the worker's first call, when the page is painted."""
    from workbench.core.experiment import run

    return run(setting, report)


@lru_cache(maxsize=4)
def test_images(dataset: str) -> TestImages:
    """The test images of a data set, for the gallery."""
    from workbench.core.data import load

    return load(dataset)


@dataclass(frozen=True, kw_only=True)
class Start:
    """The parts of the first lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    sizes: ipywidgets.Widget
    images: ipywidgets.Widget
    weights: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel


def start() -> Start:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    use_language(language_of_query() or preferred_language())
    readouts, plane, bars, compare = Readouts(), Plane(), Bars(), Compare(test_images)
    gallery, weights, history = Gallery(test_images), Weights(), History()
    parts = (readouts, plane, bars, compare, gallery, weights, history)
    fading = (compare, gallery, weights)
    views = [part.view for part in parts] + [staleness(part.widget) for part in fading]
    setting = shipped("fashion_mnist", "small_cnn")
    bench = Panel(measured, setting, views)
    controls, drawer = _controls(bench)
    bench.ask(setting)
    left = box([controls, bench.buttons, bench.status, compare.widget, drawer], "wb-left")
    right = box([readouts.widget, plane.widget], "wb-right")
    return Start(
        opening=frame.opening(start_prose.opening),
        panel=box([left, right], "wb-panel"),
        sizes=section(
            message("Why did nothing get smaller or faster?"), start_prose.sizes, bars.widget
        ),
        images=section(message("Who paid for it?"), start_prose.images, gallery.widget),
        weights=section(message("What was taken away"), start_prose.weights, weights.widget),
        history=section(message("Everything you tried"), start_prose.history, history.widget),
        closing=text(start_prose.closing, "wb-prose"),
        bench=bench,
    )


def _controls(bench: Panel) -> tuple[ipywidgets.Widget, ipywidgets.Widget]:
    """Two sliders and the network in sight, and a drawer with the rest."""
    controls = bench.controls
    models = tuple(model for dataset, model in SHIPPED if dataset == "fashion_mnist")
    primary = [controls.widget(name) for name in ("sparsity", "weight_bits")]
    primary.append(controls.widget("model", models, change=_shipped_model))
    more = [
        controls.widget("dataset", SPACE["dataset"], change=_shipped_dataset),
        controls.widget("inference_batch"),
    ]
    return box(primary, "wb-controls"), frame.drawer(more)


def _shipped_model(setting: Setting, model: str) -> Setting:
    return _compressed_alike(shipped(setting.dataset, model), setting)


def _shipped_dataset(setting: Setting, dataset: str) -> Setting:
    return _compressed_alike(shipped(dataset, setting.model), setting)


def _compressed_alike(trained: Setting, like: Setting) -> Setting:
    """The other training under the same compression, engine and batch."""
    return replace(
        trained,
        sparsity=like.sparsity,
        weight_bits=like.weight_bits,
        engine=like.engine,
        inference_batch=like.inference_batch,
    )
