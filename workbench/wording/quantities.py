"""How settings and quantities are put into words and figures, on the page and in a terminal."""

from workbench.locale import _, decimal, message, percent
from workbench.measurement import Quantity
from workbench.setting import Setting

FIELDS = {
    "dataset": message("data set"),
    "model": message("network"),
    "width": message("width"),
    "depth": message("depth"),
    "kernel_size": message("kernel size"),
    "learning_rate": message("learning rate"),
    "batch_size": message("batch size"),
    "epochs": message("epochs"),
    "augmentation": message("augmentation"),
    "seed": message("seed"),
    "sparsity": message("sparsity"),
    "weight_bits": message("weight bits"),
    "engine": message("engine"),
    "inference_batch": message("images at a time"),
}

EXPLAINED = {
    "dataset": message("fashion_mnist, digits, folder:PATH or a torchvision data set's name"),
    "model": message("mlp, small_cnn, resnet8 or the name of a torchvision classification network"),
    "width": message("channels or neurons of the first layer"),
    "depth": message("number of blocks or hidden layers"),
    "kernel_size": message("side of the convolutions' window in pixels, odd"),
    "learning_rate": message("largest step size of the training"),
    "batch_size": message("training images for one update of the weights"),
    "epochs": message("how often the training sees every image"),
    "augmentation": message("how training images are varied: none, shift, shift_flip"),
    "seed": message("start of the random numbers of the training"),
    "sparsity": message("fraction of the weights set to zero, smallest first; 0 to below 1"),
    "weight_bits": message("bits a weight takes: 32 to 2; 8 runs as real int8 in ONNX Runtime"),
    "engine": message("what runs the network: onnxruntime, torch, torch_cuda"),
    "inference_batch": message("images that are classified together when latency is timed"),
}

QUANTITIES = {
    "accuracy": message("accuracy"),
    "file_bytes": message("file"),
    "deflated_bytes": message("file, deflated"),
    "packed_bytes": message("weights, packed"),
    "latency_ms": message("latency"),
    "baseline_latency_ms": message("latency of the baseline"),
    "speedup": message("speed-up"),
    "parameters": message("parameters"),
    "nonzero_parameters": message("parameters not zero"),
    "macs": message("multiply-adds (MACs)"),
    "weight_bytes": message("memory of weights"),
    "activation_bytes": message("memory of activations"),
    "cpu_share": message("processor share"),
    "changed_answers": message("changed answers"),
    "validation_accuracy": message("validation accuracy"),
}

PROVENANCES = {
    "measured": message("measured"),
    "computed": message("computed"),
    "simulated": message("simulated"),
    "recorded": message("recorded"),
    "estimated": message("estimated"),
}


INTERVALS = {"confidence": message("95 %"), "percentiles": message("p10–p90")}


def number_text(value: float, unit: str) -> str:
    """A value with its unit, in the language in use."""
    return _with_unit(_bare(value, unit), unit)


def _bare(value: float, unit: str) -> str:
    if unit == "fraction":
        return decimal(value * 100, 1)
    if unit == "bytes":
        return decimal(value / 1024, 1)
    if unit == "ms":
        return decimal(value, 4 if value < 0.1 else 3 if value < 1 else 2)
    return decimal(value, 2 if unit == "ratio" else 0)


def _with_unit(number: str, unit: str) -> str:
    if unit == "fraction":
        return _("{number} %").format(number=number)
    if unit == "bytes":
        return _("{number} KiB").format(number=number)
    if unit == "ms":
        return _("{number} ms").format(number=number)
    return f"× {number}" if unit == "ratio" else number


def value_text(quantity: Quantity) -> str:
    """The value with its unit."""
    return number_text(quantity.value, quantity.unit)


def interval_text(quantity: Quantity) -> str:
    """From where to where, and what that means; empty where the value is exact."""
    if quantity.low is None or quantity.high is None:
        return ""
    ends = f"{_bare(quantity.low, quantity.unit)}–{_bare(quantity.high, quantity.unit)}"
    return f"{_with_unit(ends, quantity.unit)} ({INTERVALS[quantity.interval]})"


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


def field_text(name: str, value: object) -> str:
    """The value of a setting's field as a control shows it."""
    if name == "sparsity":
        return percent(float(str(value)), 0)
    if name == "weight_bits":
        return _("{bits} bits").format(bits=value)
    return str(value)


def setting_text(setting: Setting) -> str:
    """A setting in one line: network, data set, and what differs from the plain baseline."""
    done = []
    if setting.sparsity:
        done.append(f"{FIELDS['sparsity']} {field_text('sparsity', setting.sparsity)}")
    if setting.weight_bits < 32:
        done.append(_("{bits}-bit weights").format(bits=setting.weight_bits))
    if setting.inference_batch != Setting().inference_batch:
        done.append(_("batch {n}").format(n=setting.inference_batch))
    if setting.engine != Setting().engine:
        done.append(setting.engine)
    what = ", ".join(done) if setting != setting.baseline else ", ".join([_("baseline"), *done])
    return f"{setting.model} ({setting.dataset}): {what}"
