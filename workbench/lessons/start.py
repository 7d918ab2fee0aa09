"""Lesson 0: from a slider to an honest number."""

from dataclasses import dataclass

import ipywidgets

from workbench.lessons import frame, start_prose
from workbench.lessons.bench import RUNNING, Bench
from workbench.lessons.frame import section
from workbench.locale import message
from workbench.setting import SPACE, shipped
from workbench.widgets.html import text
from workbench.widgets.panel import Panel

BITS = tuple(bits for bits in SPACE["weight_bits"] if bits != 16)  # lesson 7 has float16


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
    bench = Bench(setting=shipped("fashion_mnist", "small_cnn"))
    primary = [bench.control("sparsity"), bench.control("weight_bits", BITS), bench.model()]
    return Start(
        opening=frame.opening(start_prose.opening),
        panel=bench.show(primary, [bench.control(name) for name in RUNNING]),
        sizes=section(
            message("Why did nothing get smaller or faster?"),
            start_prose.sizes,
            bench.bars.widget,
        ),
        images=section(message("Who paid for it?"), start_prose.images, bench.gallery.widget),
        weights=section(message("What was taken away"), start_prose.weights, bench.weights.widget),
        history=bench.tried(),
        closing=text(start_prose.closing, "wb-prose"),
        bench=bench.panel,
    )
