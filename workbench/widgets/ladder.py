"""The granularity ladder: which weights of one layer stay where ever larger pieces go."""

from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

from workbench.locale import _, message
from workbench.widgets.matrix import colour_keys, counted, picture

TITLES = {
    "weight": message("single weights"),
    "pattern": message("pattern N:M"),
    "kernel": message("whole kernels"),
    "filter": message("whole filters"),
    "neuron": message("whole neurons"),
}
REMOVED = ("filter", "neuron", "layer")
"""Granularities at which what goes is no longer stored, not even as zeros."""
MOST = 16  # outputs and inputs of which kernels are drawn


def ladder_picture(masks: Mapping[str, NDArray[np.bool_]], weights: NDArray[np.float32]) -> str:
    """HTML: a small picture a granularity of the `weights` that its mask leaves (True: stays).

    `weights`: (outputs, inputs, height, width) of a convolution, whose kernels are then drawn
    apart, or (outputs, others); each mask has as many elements in the same order.
    """
    largest = float(np.abs(weights).max(initial=0))
    left = {name: _left(name, mask, weights) for name, mask in masks.items()}
    pictures = "".join(
        picture(_title(name), _drawn(values), counted(values), largest=largest)
        for name, values in left.items()
    )
    words = _("one layer pruned in ever larger pieces")
    return (
        f'<figure class="wb-drawing-figure" role="group" aria-label="{escape(words, quote=True)}">'
        f'<div class="wb-ladder">{pictures}</div><figcaption class="wb-caption">{colour_keys()}'
        f"</figcaption></figure>"
    )


def _title(name: str) -> str:
    return escape(str(TITLES.get(name, name)))


def _left(name: str, mask: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    if mask.size != weights.size:
        rule = _("a mask has an element for each weight, {n}, got {value} for {name}")
        raise ValueError(rule.format(n=weights.size, value=mask.size, name=name))
    gone = np.float32("nan") if name in REMOVED else np.float32(0)
    return np.where(mask.reshape(weights.shape), weights, gone)


def _drawn(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A matrix; kernels of a convolution as squares with a gap between them."""
    if values.ndim != 4:
        return values.reshape(len(values), -1)
    few = values[:MOST, :MOST]
    outputs, inputs, height, width = few.shape
    apart = np.full((outputs, inputs, height + 1, width + 1), np.float32("nan"))
    apart[:, :, :height, :width] = few
    whole = apart.transpose(0, 2, 1, 3).reshape(outputs * (height + 1), inputs * (width + 1))
    return whole[:-1, :-1]
