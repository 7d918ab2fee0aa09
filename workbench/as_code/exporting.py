"""The lines of a program that write the file, float32 or of fewer bits, and read it out."""

from workbench.as_code.lines import bracketed
from workbench.as_code.processor import Processor
from workbench.setting import Setting, is_one_grid, is_real_int8

FLOAT, INT8, TORCH = "network.onnx", "network-int8.onnx", "network.safetensors"
REPORT = 'report(in_onnxruntime("{file}"), data, "{file}")'


def exporting(plain: Setting, processor: Processor) -> list[str]:
    """From the compressed network to its accuracy and its file; `plain` has no recipe."""
    if plain.engine == "torch":
        device = f', "{plain.device}"' if plain.device != "cpu" else ""
        return [
            "state = {name: value.contiguous() for name, value in model.state_dict().items()}",
            f'save_file(state, "{TORCH}")',
            f'report(in_torch(model{device}), data, "{TORCH}")',
        ]
    lines = [f'export(model, data.shape, "{FLOAT}")']
    if is_real_int8(plain):
        return [*lines, *_int8(plain, processor), REPORT.format(file=INT8)]
    if plain.bits_of_activations < 32:
        lines += _imitation(plain, processor)
    elif stored := _stored(plain):
        lines.append(f'store("{FLOAT}", {stored})')
    return [*lines, REPORT.format(file=FLOAT)]


def _pictures(plain: Setting) -> str:
    return f'pictures = data.pictures("train", {plain.calibration})'


def _quantize(plain: Setting, processor: Processor, grids: str = "") -> list[str]:
    told = [f'"{FLOAT}", "{INT8}", pictures']
    if plain.quantized_per == "tensor":
        told.append("per_channel=False")
    if processor.weight_bits < 8:
        told.append(f"weight_limit={2 ** (processor.weight_bits - 1) - 1}")
    if processor.has_signed_activations:
        told.append("activations=QuantType.QInt8")
    return bracketed("quantize(", [*told, *([grids] if grids else [])], ")")


def _int8(plain: Setting, processor: Processor) -> list[str]:
    lines = [_pictures(plain), *_quantize(plain, processor)]
    is_symmetric = plain.activation_symmetry == "symmetric"
    if plain.calibration_method == "minmax" and not is_symmetric:
        return lines
    grid = f"grid(ends, 8{', True' if is_symmetric else ''})[:2]"
    lines += [
        *_ranges(plain),
        f"grids = {{name: {grid} for name, ends in found.items()}}",
        *_quantize(plain, processor, "grids=grids"),
    ]
    if is_symmetric:
        lines.append(f'put_relus_back("{FLOAT}", "{INT8}")')
    return lines


def _imitation(plain: Setting, processor: Processor) -> list[str]:
    bits = plain.bits_of_activations
    symmetric = ", True" if plain.activation_symmetry == "symmetric" and bits < 16 else ""
    return [
        _pictures(plain),
        *_quantize(plain, processor),
        *_ranges(plain),
        f'imitate("{FLOAT}", found, {bits}{symmetric})',
    ]


def _ranges(plain: Setting) -> list[str]:
    """Which activations int8 quantizes, and from where to where they reach."""
    method, bits = plain.calibration_method, plain.bits_of_activations
    lines = [f'names = quantized_tensors("{INT8}")']
    if method == "minmax" or bits >= 16:
        return [*lines, f'found = ranges("{FLOAT}", names, pictures)']
    symmetric = ", is_symmetric=True" if plain.activation_symmetry == "symmetric" else ""
    choose = {
        "percentile": f"partial(percentile_range, percentile={plain.percentile})",
        "mse": f"partial(mse_range, bits={bits}{symmetric})",
        "entropy": "entropy_range",
    }[method]
    return [*lines, f'found = ranges("{FLOAT}", names, pictures, {choose})']


def _stored(plain: Setting) -> str:
    """The piece that stores weights otherwise than as float32, or none."""
    if plain.masks == "kept":
        return "with_masks"
    if plain.layer_bits or plain.weight_bits == 32:
        return ""
    if plain.weight_bits == 16:
        return "as_float16" if plain.batch_norm == "folded" else ""
    if plain.levels == "kmeans":
        return "as_codebook" if plain.batch_norm == "folded" else ""
    if plain.weight_bits == 8 and is_one_grid(plain):
        store = "as_int8" if plain.weight_symmetry == "symmetric" else "as_uint8"
        return store + ("_per_tensor" if plain.quantized_per == "tensor" else "")
    return ""
