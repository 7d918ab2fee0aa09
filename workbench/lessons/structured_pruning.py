"""Lesson 6: neurons and filters that are really gone, and the repair after it."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench import checks
from workbench.lessons import frame, surveys
from workbench.lessons import structured_pruning_prose as prose
from workbench.lessons.bench import CHANGES, RUNNING, Bench
from workbench.lessons.claim_cards import sentences
from workbench.lessons.exercises import exercise_section
from workbench.lessons.frame import section
from workbench.lessons.granularities import granularity_ladder
from workbench.locale import _, message
from workbench.setting import SHIPPED, Granularity, Setting, shipped
from workbench.widgets.curve import Curve
from workbench.widgets.html import text
from workbench.widgets.lines import Lines
from workbench.widgets.network import Network
from workbench.widgets.panel import Panel
from workbench.widgets.study import Study

STRIP = (
    "accuracy", "file_bytes", "latency_ms", "speedup", "parameters", "macs", "deflated_bytes",
    "activation_bytes", "repair_seconds",
)  # fmt: skip
DRAWER = ("repair_epochs", "snap_to", "scope", "prune_steps", "finetune_rate", "weight_bits")
FILTER_CRITERIA = ("magnitude", "l2", "batch_norm", "random", "gradient", "activation")

EXERCISE = message("Exercise: faster, and still right")


@dataclass(frozen=True, kw_only=True)
class StructuredPruning:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    network: ipywidgets.Widget
    repair: ipywidgets.Widget
    ladder: ipywidgets.Widget
    cuts: ipywidgets.Widget
    staircase: ipywidgets.Widget
    images: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel
    studies: tuple[Study, ...]


def structured_pruning() -> StructuredPruning:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    setting = replace(shipped("fashion_mnist", "small_cnn"), granularity="filter", scope="layer")
    network, curve = Network(), Curve()
    bench = Bench(setting=setting, strip=STRIP, extra=(network, curve))
    controls = bench.panel.controls
    primary = [
        bench.control("sparsity"),
        controls.widget("criterion", FILTER_CRITERIA),
        bench.control("repair"),
    ]
    models = tuple(model for dataset, model in SHIPPED if dataset == "fashion_mnist")
    model = controls.widget("model", models, change=_other_model)
    more = [model, *[bench.control(name) for name in (*DRAWER, *RUNNING)]]
    cuts, staircase = _cuts(bench), _staircase(bench)
    ladder = granularity_ladder(bench)
    return StructuredPruning(
        opening=frame.opening(prose.opening),
        panel=bench.show(primary, more),
        network=section(message("The network before and after"), prose.network, network.widget),
        repair=section(message("Collapse and repair"), prose.repair, curve.widget),
        ladder=section(message("From a weight to a filter"), prose.ladder, ladder.widget),
        cuts=section(message("How much work is left?"), prose.cuts, cuts.widget),
        staircase=section(
            message("Is one channel fewer always faster?"), prose.staircase, staircase.widget
        ),
        images=bench.who_paid(),
        claims=sentences(6, bench),
        exercise=exercise_section(bench, EXERCISE, prose, checks.faster),
        history=bench.tried(),
        closing=text(prose.closing, "wb-prose"),
        bench=bench.panel,
        studies=(ladder, cuts, staircase),
    )


def _other_model(setting: Setting, model: str) -> Setting:
    """The other network's training; an mlp has neurons where the others have filters."""
    granularity: Granularity = "neuron" if model == "mlp" else "filter"
    return replace(CHANGES["model"](setting, model), granularity=granularity)


def _cuts(bench: Bench) -> Study:
    lines = Lines(
        message("fraction of the channels removed"),
        message("left (%)"),
        message("share of the multiply-adds and of the time that is left"),
    )
    return bench.study(
        surveys.cuts,
        lines,
        message("Measure the cuts"),
        message("remove ever more channels; count the multiply-adds and take the time"),
    )


def _staircase(bench: Bench) -> Study:
    lines = Lines(
        message("channels of one convolution"),
        message("time (ms)"),
        message("time of one convolution against its channels"),
    )
    return bench.study(
        surveys.staircase,
        lines,
        message("Climb the stairs"),
        message("time one convolution at many widths, in turn"),
        told=lambda setting: _("one convolution, batch {n}").format(n=setting.inference_batch),
    )
