"""Which settings int8 kernels compute, and which are imitated: a fact of the setting alone."""

from workbench.setting.values import Setting


def is_one_grid(setting: Setting) -> bool:
    """Whether the deployed weights lie on the grid that they were rounded to.

    One step for a tensor is one for the deployed tensor only if it was rounded after folding.
    """
    return setting.quantized_per == "channel" or setting.batch_norm == "folded"


def is_real_int8(setting: Setting) -> bool:
    """Whether int8 kernels compute such a network, rather than imitate it."""
    return (
        setting.engine == "onnxruntime"
        and (setting.weight_bits, setting.bits_of_activations) == (8, 8)
        and (setting.weight_symmetry, setting.levels) == ("symmetric", "uniform")
        and (setting.layer_bits, setting.masks) == ("", "removed")
        and is_one_grid(setting)
    )
