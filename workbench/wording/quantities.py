"""How quantities are put into words and figures, on the page and in a terminal."""

import numpy as np

from workbench.locale import _, decimal, message
from workbench.measurement import Quantities, Quantity

QUANTITIES = {
    "accuracy": message("accuracy"),
    "worst_class": message("accuracy in the worst class"),
    "energy_uj": message("energy an image (µJ)"),
    "file_bytes": message("file"),
    "deflated_bytes": message("file, deflated"),
    "packed_bytes": message("weights, packed"),
    "latency_ms": message("latency"),
    "baseline_latency_ms": message("latency of the baseline"),
    "speedup": message("speed-up"),
    "parameters": message("parameters"),
    "classes": message("classes"),
    "image_side": message("pixels on a side"),
    "image_channels": message("channels of an image"),
    "train_images": message("training images"),
    "test_images": message("test images"),
    "nonzero_parameters": message("parameters not zero"),
    "macs": message("multiply-adds (MACs)"),
    "weight_bytes": message("memory of weights"),
    "activation_bytes": message("memory of activations"),
    "cpu_share": message("processor share"),
    "changed_answers": message("changed answers"),
    "validation_accuracy": message("validation accuracy"),
    "validation_loss": message("validation loss"),
    "training_accuracy": message("training accuracy"),
    "training_loss": message("training loss"),
    "gradient_norm": message("length of the gradient"),
    "rate": message("learning rate now"),
    "guessing": message("a guess"),
    "diverged_epoch": message("diverged in epoch"),
    "epoch_seconds": message("an epoch takes"),
    "epoch_updates": message("updates an epoch"),
    "kept_bytes": message("kept for the way back"),
    "overfitting_gap": message("training above validation"),
    "best_epoch": message("best epoch"),
    "along_gradient": message("along the full gradient (cosine)"),
    "gradient_ratio": message("length over the full gradient's"),
    "update_ms": message("an update takes"),
    "images_per_second": message("images a second"),
    "checkpoint_bytes": message("training file"),
    "csr_bytes": message("weights as CSR"),
    "sqnr_db": message("signal to rounding noise"),
    "levels_used": message("levels used"),
    "clipped_share": message("activations clipped"),
    "repair_seconds": message("time of the repair"),
    "weights": message("weights"),
    "zeros": message("zeros"),
    "macs_share": message("share of the multiply-adds"),
    "time_share": message("share of the time"),
    "lost": message("gradients lost below"),
    "lost_share": message("share lost below"),
    "overflowed": message("gradients overflowed"),
    "overflowed_share": message("share overflowed"),
    "way_back_ms": message("there and back take"),
    "nan_share": message("share no number (NaN)"),
    "made_updates": message("updates made"),
    "skipped_updates": message("updates skipped"),
    "back_offs": message("scale halved"),
    "growths": message("scale doubled"),
    "gradient_bytes": message("memory of gradients"),
    "optimizer_bytes": message("memory of the optimizer"),
    "there_ms": message("the way there takes"),
    "over_float32": message("time over that of float32"),
    "p10_ms": message("p10"),
    "p50_ms": message("p50 (median)"),
    "p90_ms": message("p90"),
    "band": message("(p90 − p10) / p50"),
    "batch_ms": message("time of a batch"),
    "image_ms": message("time an image"),
    "p_value": message("p-value of the difference"),
    "weights_float32": message("weights in float32"),
    "weights_float16": message("weights in float16"),
    "weights_bfloat16": message("weights in bfloat16"),
    "master_bfloat16": message("bfloat16, from float32 master weights"),
}

PROVENANCES = {
    "measured": message("measured"),
    "computed": message("computed"),
    "simulated": message("simulated"),
    "recorded": message("recorded"),
    "estimated": message("estimated"),
}


MIB = 2**20
INTERVALS = {"confidence": message("95 %"), "percentiles": message("p10–p90")}


def number_text(value: float, unit: str) -> str:
    """A value with its unit, in the language in use."""
    unit = _large_unit(value, unit)
    return _with_unit(_bare(value, unit).replace("-", "\N{MINUS SIGN}"), unit)


def _large_unit(value: float, unit: str) -> str:
    """Bytes are told in MiB from one on."""
    return "MiB" if unit == "bytes" and abs(value) >= MIB else unit


def _bare(value: float, unit: str) -> str:
    if unit in ("fraction", "points"):
        return decimal(value * 100, 1)
    if unit == "bytes":
        return decimal(value / 1024, 1)
    if unit == "MiB":
        return decimal(value / MIB, 1)
    if unit == "ms":
        return decimal(value, 4 if value < 0.1 else 3 if value < 1 else 2)
    if unit == "number":
        return significant(value)
    if unit == "s" and 0 < abs(value) < 1:
        return significant(value, 2)
    return decimal(value, {"nat": 3, "ratio": 2, "dB": 1, "s": 1}.get(unit, 0))


def _with_unit(number: str, unit: str) -> str:
    if unit == "fraction":
        return _("{number} %").format(number=number)
    if unit == "points":
        return _("{points} points").format(points=number)
    if unit == "bytes":
        return _("{number} KiB").format(number=number)
    if unit == "MiB":
        return _("{number} MiB").format(number=number)
    if unit == "ms":
        return _("{number} ms").format(number=number)
    if unit == "s":
        return _("{number} s").format(number=number)
    if unit == "nat":
        return _("{number} nat").format(number=number)
    if unit == "dB":
        return _("{number} dB").format(number=number)
    return f"× {number}" if unit == "ratio" else number


def significant(value: float, digits: int = 3) -> str:
    """At most so many digits that count, whatever the size; the language's decimal mark."""
    rounded = float(f"{value:.{digits}g}")
    return decimal(rounded, len(np.format_float_positional(rounded, trim="-").partition(".")[2]))


def value_text(quantity: Quantity) -> str:
    """The value with its unit."""
    return number_text(quantity.value, quantity.unit)


def interval_text(quantity: Quantity) -> str:
    """From where to where, and what that means; empty where the value is exact."""
    if quantity.low is None or quantity.high is None:
        return ""
    unit = _large_unit(quantity.value, quantity.unit)
    low, high = (_bare(end, unit) for end in (quantity.low, quantity.high))
    # Two dashes in a row are hard to read, so that negative ends take the word.
    ends = _("{low} to {high}").format(low=low, high=high) if "-" in low + high else f"{low}–{high}"
    ends = ends.replace("-", "\N{MINUS SIGN}")
    return f"{_with_unit(ends, unit)} ({INTERVALS[quantity.interval]})"


def quantity_rows(quantities: Quantities) -> list[tuple[str, ...]]:
    """A table of quantities, its heads first: name, value, interval, label, how it was got."""
    heads = (_("quantity"), _("value"), _("interval"), _("label"), _("how"))
    rows = [
        (
            str(QUANTITIES[name]),
            value_text(quantity),
            interval_text(quantity),
            str(PROVENANCES[quantity.provenance]),
            str(quantity.how),
        )
        for name, quantity in quantities.items()
    ]
    return [heads, *rows]


def difference_text(quantity: Quantity, reference: Quantity) -> str:
    """How far from the reference: points for an accuracy, per cent for all else."""
    difference = quantity.value - reference.value
    if quantity.unit == "fraction":
        points = signed(difference * 100, 1)
        return _("{points} points").format(points=points)
    if (quantity.unit == "count" and reference.value == 0) or difference == 0:
        return signed(difference, 0)
    return _("{number} %").format(number=signed(difference / reference.value * 100, 0))


def signed(value: float, digits: int) -> str:
    """The number with a sign, a true minus; no sign before what rounds to 0."""
    rounded = round(value, digits)
    sign = "" if rounded == 0 else "+" if rounded > 0 else "\N{MINUS SIGN}"
    return sign + decimal(abs(rounded), digits)
