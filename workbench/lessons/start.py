"""Lesson 0: from a slider to an honest number."""

from dataclasses import dataclass, replace
from functools import lru_cache

import ipywidgets

from workbench.lessons import frame
from workbench.lessons.frame import box, section
from workbench.locale import _, message, preferred_language, use_language
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
    """core's run; torch is imported on the worker's first call, when the page is already painted."""
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
    controls = _controls(bench)
    bench.ask(setting)
    left = box([controls, bench.buttons, bench.status, compare.widget], "wb-left")
    right = box([readouts.widget, plane.widget], "wb-right")
    return Start(
        opening=frame.opening(_opening),
        panel=box([left, right], "wb-panel"),
        sizes=section(message("Why did nothing get smaller or faster?"), _sizes, bars.widget),
        images=section(message("Who paid for it?"), _images, gallery.widget),
        weights=section(message("What was taken away"), _weights, weights.widget),
        history=section(message("Everything you tried"), _history, history.widget),
        closing=text(_closing, "wb-prose"),
        bench=bench,
    )


def _controls(bench: Panel) -> ipywidgets.Widget:
    """Two sliders and the network in sight, the rest in a drawer."""
    controls = bench.controls
    models = tuple(model for dataset, model in SHIPPED if dataset == "fashion_mnist")
    primary = [controls.widget(name) for name in ("sparsity", "weight_bits")]
    primary.append(controls.widget("model", models, change=_shipped_model))
    more = [
        controls.widget("dataset", SPACE["dataset"], change=_shipped_dataset),
        controls.widget("inference_batch"),
    ]
    return box([*primary, frame.drawer(more)], "wb-controls")


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


def _opening() -> str:
    goals = [
        _("move two sliders and read what they do to a real network on real images"),
        _("tell a measured number from a computed and a simulated one"),
        _("find out why a smaller network need not be a smaller file, nor a faster one"),
    ]
    return f"""
<h1>{_("From a slider to an honest number")}</h1>
<p class="wb-lead">{
        _(
            "A small network was trained to recognise clothes. Pruning sets its smallest weights to zero;"
            " quantization stores each weight in fewer bits. Both should make it smaller and faster. Do they?"
        )
    }</p>
<h2>{_("What you will be able to do")}</h2><ul>{"".join(f"<li>{goal}</li>" for goal in goals)}</ul>
<p>{
        _(
            "<b>Predict first:</b> how many of the weights can go before the accuracy falls by one point?"
            " And how much smaller will the file be then? Write both down, then move the sliders."
        )
    }</p>{frame.legend()}"""


def _sizes() -> str:
    return _(
        "A zero takes as much room in a file as any other number, and a processor multiplies by it like by"
        " any other. Only a packer (deflate) notices. At 8 bits the file is a real int8 file and runs with"
        " int8 instructions; below 8 bits no processor here has them, so the weights are only rounded and"
        " the file stays what it was."
    )


def _images() -> str:
    return _(
        "The same accuracy can hide that other images are now wrong. These are test images with the"
        " network's answer; where it differs from the pinned result, both answers are shown."
    )


def _weights() -> str:
    return _(
        "Pruning by magnitude takes the weights nearest to zero, from all layers together."
        " Most weights are small, which is why so many can go."
    )


def _history() -> str:
    return _(
        "Every complete measurement of this session. It is gone when you close the page: download it."
    )


def _closing() -> str:
    tasks = [
        (
            _(
                "Find the largest sparsity at which the accuracy cannot be told from the baseline's."
            ),
            _(
                "Move sparsity step by step and read the verdict under the sliders, not the number:"
                " the answer is the last step that still says “cannot tell them apart”."
            ),
        ),
        (
            _("Set 8 bits. Is the network faster? Then choose resnet8 and look again."),
            _(
                "int8 arithmetic pays where the network computes much; a tiny network spends its time on"
                " handing data over. The speed-up and its interval tell which case is yours."
            ),
        ),
        (
            _(
                "Go from 8 bits to 2, one step at a time. Where is the cliff, and which file got smaller?"
            ),
            _(
                "The accuracy falls between 4 and 2 bits. The shipped file is small only at 8 bits; the"
                " packed size is computed: it is what a format for so few bits would take."
            ),
        ),
    ]
    items = "".join(
        f"<li>{task}<details><summary>{_('One way to see it')}</summary><p>{way}</p></details></li>"
        for task, way in tasks
    )
    return f"""
<h2>{_("Tasks")}</h2><ol>{items}</ol>
<h2>{_("The code that just ran")}</h2>{frame.source("core/pruning.py", "prune_weights")}
<h2>{_("What this leaves out")}</h2><p>{
        _(
            "Nothing was trained again after pruning, weights were removed one by one and never as whole"
            " filters, and activations were quantized only together with 8-bit weights."
        )
    }</p>"""
