"""The network before and after compression: a column a layer, and what of it is left."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.figures.lengths import provenance
from workbench.figures.matrix import numbers_below
from workbench.locale import _, decimal, message, percent
from workbench.measurement import Layer
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, signed, value_text

HIGHEST = 120  # pixels of the widest layer's column
KINDS = {
    "convolution": message("convolution"),
    "depthwise": message("depthwise convolution"),
    "linear": message("linear layer"),
}
COLUMNS = ("weights", "zeros", "sqnr_db")


class Network:
    """Solid: the outputs that are left; outlined: those that went; arrows: the inputs cut by it."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        layers = state.answer.layers if state.answer else ()
        if not layers:
            page().give_name(self.widget, _("the network, layer by layer"), role="group")
            words = escape(_("the layers come with the first answer"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        told = _summary(layers)
        name = _("the network, layer by layer: {words}").format(words=told)
        page().give_name(self.widget, name, role="group")
        most = max(layer.before[1] for layer in layers)
        columns = "".join(_column(layer, most) for layer in layers)
        self.widget.value = (
            f'<div class="wb-net-scroll" tabindex="0"><ol class="wb-net">{columns}</ol></div>'
            f'<p class="wb-caption"><b>{escape(told)}</b> {escape(_caption())}</p>'
            f"{_labels(layers)}{_table(layers)}"
        )


def _summary(layers: Sequence[Layer]) -> str:
    counts = (sum(layer.outputs for layer in layers), sum(layer.before[1] for layer in layers))
    left, all_of_them = (decimal(count) for count in counts)
    return _("{left} of {all} channels and neurons are left.").format(left=left, all=all_of_them)


def _labels(layers: Sequence[Layer]) -> str:
    """How they were got."""
    found = {str(QUANTITIES[name]): q for name, q in layers[0].quantities.items()}
    return f'<p class="wb-caption">{provenance(found)}</p>'


def _caption() -> str:
    return _(
        "A column is as high as the square root of its layer's outputs (channels or neurons)."
        " Solid: left; outlined: removed. A number at an arrow: so many inputs of the next"
        " layer went with the outputs that fed them. Striped: depthwise; rounded: linear."
        " Shortcuts are not drawn."
    )


def _column(layer: Layer, most: int) -> str:
    height = HIGHEST * (layer.before[1] / most) ** 0.5
    share = 100 * (layer.outputs / layer.before[1]) ** 0.5
    name = escape(layer.name, quote=True)
    return (
        f'<li class="wb-net-layer wb-net-{layer.kind}" data-name="{name}">{_arrow(layer)}'
        f'<div class="wb-net-column"><span class="wb-net-stack" style="height:{height:.1f}px">'
        f'<span class="wb-net-solid" style="height:{share:.1f}%"></span></span>'
        f'<span class="wb-net-name" title="{name}">{name}</span>'
        f"<b>{_change(layer.before[1], layer.outputs)}</b>"
        f"<small>{escape(str(KINDS[layer.kind]))}</small>{_zeros(layer)}</div></li>"
    )


def _arrow(layer: Layer) -> str:
    """The way into the layer, and how many of its inputs are gone."""
    gone = layer.before[0] - layer.inputs
    words = escape(_("{n} inputs").format(n=signed(-gone, 0))) if gone else ""
    cut = " wb-net-cut" if gone else ""
    return f'<span class="wb-net-arrow{cut}"><span>→</span><small>{words}</small></span>'


def _change(before: int, after: int) -> str:
    return decimal(after) if before == after else f"{decimal(before)} → {decimal(after)}"


def _zeros(layer: Layer) -> str:
    weights, zeros = (layer.quantities.get(name) for name in ("weights", "zeros"))
    if weights is None or zeros is None or not weights.value or not zeros.value:
        return ""
    share = percent(zeros.value / weights.value, 0)
    return f"<small>{escape(_('{share} zeros').format(share=share))}</small>"


def _table(layers: Sequence[Layer]) -> str:
    told = [name for name in COLUMNS if any(name in layer.quantities for layer in layers)]
    heads = [_("layer"), _("kind"), _("inputs"), _("outputs")]
    heads += [str(QUANTITIES[name]) for name in told]
    return numbers_below(heads, [_row(layer, told) for layer in layers])


def _row(layer: Layer, told: Sequence[str]) -> list[str]:
    cells = [escape(layer.name), escape(str(KINDS[layer.kind]))]
    cells += [_change(layer.before[0], layer.inputs), _change(layer.before[1], layer.outputs)]
    quantities = (layer.quantities.get(name) for name in told)
    return cells + [escape(value_text(found)) if found else "–" for found in quantities]
