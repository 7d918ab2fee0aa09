"""Lesson 7: fewer bits for weights and activations, imitated and real."""

from dataclasses import dataclass, replace

import ipywidgets

from workbench import checks
from workbench.figures.ruler import ruler
from workbench.figures.stairs import stairs
from workbench.lessons import frame, surveys
from workbench.lessons import quantization_prose as prose
from workbench.lessons.bench import RUNNING, Bench
from workbench.lessons.claim_cards import sentences
from workbench.lessons.exercises import exercise_section
from workbench.lessons.frame import box, section
from workbench.lessons.number_programs import rounding_of
from workbench.locale import message
from workbench.setting import shipped
from workbench.widgets.activations import Activations
from workbench.widgets.as_code import AsCode
from workbench.widgets.curve import Curve
from workbench.widgets.heatmap import by_value, by_verdict
from workbench.widgets.html import text
from workbench.widgets.layers import LayerTable
from workbench.widgets.lines import Lines
from workbench.widgets.map import Map
from workbench.widgets.panel import Panel
from workbench.widgets.rounding import RoundingView
from workbench.widgets.study import Study

STRIP = (
    "accuracy", "file_bytes", "packed_bytes", "latency_ms", "speedup", "deflated_bytes", "sqnr_db",
    "levels_used", "clipped_share",
)  # fmt: skip
LENGTHS = ("file_bytes", "deflated_bytes", "packed_bytes", "latency_ms")
DRAWER = (
    "weight_symmetry", "activation_symmetry", "levels", "batch_norm", "calibration",
    "calibration_method", "percentile", "qat_epochs", "finetune_rate",
)  # fmt: skip
BITS_OF_STAIRS = 3

EXERCISE = message("Exercise: as few bits as possible")


@dataclass(frozen=True, kw_only=True)
class Quantization:
    """The parts of the lesson, each a widget that a cell of the notebook shows."""

    opening: ipywidgets.Widget
    panel: ipywidgets.Widget
    sizes: ipywidgets.Widget
    ruler: ipywidgets.Widget
    rounding: ipywidgets.Widget
    activations: ipywidgets.Widget
    cliff: ipywidgets.Widget
    training: ipywidgets.Widget
    layers: ipywidgets.Widget
    crossover: ipywidgets.Widget
    images: ipywidgets.Widget
    claims: ipywidgets.Widget
    exercise: ipywidgets.Widget
    history: ipywidgets.Widget
    closing: ipywidgets.Widget
    bench: Panel
    studies: tuple[Study, ...]


def quantization() -> Quantization:
    """Make the lesson; the measuring begins at once, in a thread, with the baseline."""
    setting = replace(shipped("fashion_mnist", "small_cnn"), activation_bits=32)
    rounding, activations, layers, curve = RoundingView(), Activations(), LayerTable(), Curve()
    nine = AsCode(rounding_of, lambda state: state.answer)
    views = (rounding, activations, layers, curve, nine)
    bench = Bench(setting=setting, strip=STRIP, lengths=LENGTHS, extra=views)
    panel = _panel(bench)
    cliff, damage, crossover = _cliff(bench), _damage(bench), _crossover(bench)
    return Quantization(
        opening=frame.opening(prose.opening),
        panel=panel,
        **_figures(bench, rounding, activations, nine),
        cliff=section(message("Where is the cliff?"), prose.cliff, cliff.widget),
        training=section(
            message("Training with rounded weights"),
            prose.training,
            box([text(lambda: stairs(BITS_OF_STAIRS), "wb-figure"), curve.widget], "wb-figures"),
        ),
        layers=section(
            message("Which layer does the damage?"),
            prose.layers,
            box([damage.widget, layers.widget], "wb-figures"),
        ),
        crossover=section(message("When is int8 faster?"), prose.crossover, crossover.widget),
        **_endings(bench),
        bench=bench.panel,
        studies=(cliff, damage, crossover),
    )


def _panel(bench: Bench) -> ipywidgets.Widget:
    sliders = bench.layer_sliders("layer_bits", lambda setting: setting.layers_bits)
    primary = [bench.control(n) for n in ("weight_bits", "activation_bits", "quantized_per")]
    more = [bench.control(name) for name in (*DRAWER, *RUNNING)]
    return bench.show(primary, [bench.model(), *more, sliders])


def _figures(
    bench: Bench, rounding: RoundingView, activations: Activations, nine: AsCode
) -> dict[str, ipywidgets.Widget]:
    """What follows the sliders: sizes, formats, nine weights, the range of the activations."""
    return {
        "sizes": section(
            message("What got smaller, and what faster?"), prose.sizes, bench.bars.widget
        ),
        "ruler": section(message("What a number can be"), prose.ruler, text(ruler, "wb-figure")),
        "rounding": section(
            message("Nine weights on their way"),
            prose.rounding,
            box([rounding.widget, nine.widget], "wb-figures"),
        ),
        "activations": section(
            message("How far do the activations reach?"), prose.activations, activations.widget
        ),
    }


def _endings(bench: Bench) -> dict[str, ipywidgets.Widget]:
    return {
        "images": bench.who_paid(),
        "claims": sentences(7, bench),
        "exercise": exercise_section(bench, EXERCISE, prose, checks.few_bits),
        "history": bench.tried(),
        "closing": text(prose.closing, "wb-prose"),
    }


def _cliff(bench: Bench) -> Study:
    lines = Lines(
        message("bits of a weight"),
        message("accuracy on validation images (%)"),
        message("accuracy against the bits of the weights"),
    )
    return bench.study(
        surveys.bit_cliff,
        lines,
        message("Walk to the cliff"),
        message("round all weights to ever fewer bits and measure the accuracy"),
    )


def _damage(bench: Bench) -> Study:
    heat = Map(
        message("layer"),
        message("accuracy on validation images when one layer alone is rounded"),
        by_value,
    )
    return bench.study(
        surveys.bit_sensitivity,
        heat,
        message("Scan the layers"),
        message("round each layer alone to ever fewer bits and measure the accuracy"),
    )


def _crossover(bench: Bench) -> Study:
    heat = Map(
        message("width"),
        message("how many times faster int8 is than float32, width against batch"),
        by_verdict,
    )
    return bench.study(
        surveys.crossover,
        heat,
        message("Draw the map"),
        message("time int8 and float32 in turn at several widths and batches"),
    )
