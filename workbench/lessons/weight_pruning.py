"""Lesson 5: single weights set to zero, which of them, and why nothing gets faster."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench import checks
from workbench.lessons import frame, surveys
from workbench.lessons import weight_pruning_prose as prose
from workbench.lessons.bench import RUNNING, Bench
from workbench.lessons.claim_cards import sentences
from workbench.lessons.exercises import exercise_section
from workbench.lessons.frame import box, section
from workbench.lessons.layer_scan import layer_scan
from workbench.locale import message
from workbench.setting import shipped
from workbench.widgets.curve import Curve
from workbench.widgets.html import text
from workbench.widgets.layers import LayerTable
from workbench.widgets.lines import Lines
from workbench.widgets.matrix import Matrix
from workbench.widgets.panel import Panel
from workbench.widgets.study import Study

LENGTHS = ("file_bytes", "deflated_bytes", "csr_bytes", "checkpoint_bytes", "latency_ms")
DRAWER = ("pattern", "masks", "repair", "repair_epochs", "prune_steps")

EXERCISE = message("Exercise: zeros that do not show")


@dataclass(frozen=True, kw_only=True)
class WeightPruning:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    sizes: ipywidgets.Widget
    weights: ipywidgets.Widget
    sensitivity: ipywidgets.Widget
    repair: ipywidgets.Widget
    images: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel
    cliff: ipywidgets.Widget
    studies: tuple[Study, ...]


def weight_pruning() -> WeightPruning:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    setting = replace(shipped("fashion_mnist", "small_cnn"), scope="global")
    matrix, layers, curve = Matrix(), LayerTable(), Curve()
    views = (matrix, layers, curve)
    bench = Bench(setting=setting, lengths=LENGTHS, extra=views)
    panel, scan, cliff = _panel(bench), layer_scan(bench), _cliff(bench)
    return WeightPruning(
        opening=frame.opening(prose.opening),
        panel=panel,
        sizes=section(
            message("Why did nothing get smaller or faster?"), prose.sizes, bench.bars.widget
        ),
        weights=section(
            message("Which weights went"),
            prose.weights,
            box([bench.weights.widget, matrix.widget], "wb-figures"),
        ),
        cliff=section(message("Where is the cliff?"), prose.cliff, cliff.widget),
        sensitivity=section(
            message("Which layer can spare its weights?"),
            prose.sensitivity,
            box([scan.widget, layers.widget], "wb-figures"),
        ),
        repair=section(message("Can it be repaired?"), prose.repair, curve.widget),
        images=bench.who_paid(),
        claims=sentences(5, bench),
        exercise=exercise_section(bench, EXERCISE, prose, checks.spared),
        history=bench.tried(),
        closing=text(prose.closing, "wb-prose"),
        bench=bench.panel,
        studies=(scan, cliff),
    )


def _panel(bench: Bench) -> ipywidgets.Widget:
    sliders = bench.layer_sliders("layer_sparsity", lambda setting: setting.layer_sparsities)
    primary = [bench.control(name) for name in ("sparsity", "criterion", "scope")]
    more = [bench.control(name) for name in (*DRAWER, *RUNNING)]
    return bench.show(primary, [bench.model(), *more, sliders])


def _cliff(bench: Bench) -> Study:
    lines = Lines(
        message("fraction of the weights set to zero"),
        message("accuracy on validation images (%)"),
        message("accuracy against sparsity, by criterion"),
    )
    return bench.study(
        surveys.sparsity_cliff,
        lines,
        message("Walk to the cliff"),
        message("set ever more weights to zero, by each criterion, and measure the accuracy"),
    )
