"""What the sections on time and memory share: a choice, names of layers, a table of quantities."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Quantity
from workbench.measurement.layer_times import LayerTime
from workbench.widgets.choice import choice
from workbench.widgets.html import tag
from workbench.wording import interval_text, value_text

KINDS: Mapping[str, Message] = {
    "Conv2d": message("convolution"),
    "BatchNorm2d": message("batch norm"),
    "ReLU": message("ReLU"),
    "MaxPool2d": message("max-pool"),
    "AvgPool2d": message("average pool"),
    "AdaptiveAvgPool2d": message("average pool"),
    "Linear": message("linear"),
    "Flatten": message("flatten"),
}
NETWORK_NAMES: Mapping[str, Message] = {"max_pools": message("CNN with max-pools")}


def network_choice(
    values: Sequence[str], value: str, on_value: Callable[[Any], None]
) -> ipywidgets.Widget:
    """Which network."""
    named = {each: NETWORK_NAMES.get(each, each) for each in values}
    explained = message("which network; its weights are random, which changes no time")
    return choice(message("network"), explained, named, value, on_value)


def layer_name(layer: LayerTime) -> str:
    """Its place in the network and what it does."""
    return f"{layer.name} ({KINDS.get(layer.kind, layer.kind)})"


def told(
    named: Sequence[tuple[str, Quantity]], value: Callable[[Quantity], str] = value_text
) -> str:
    """HTML: a row a quantity, with its `value` in words, its interval and how it was got."""
    rows = "".join(
        f'<tr><th scope="row" style="white-space:normal">{escape(name)}</th>'
        f"<td><b>{escape(value(quantity))}</b>{_interval(quantity)}</td><td>{tag(quantity)}</td></tr>"
        for name, quantity in named
    )
    heads = "".join(
        f'<th scope="col">{escape(head)}</th>' for head in (_("quantity"), _("value"), _("label"))
    )
    return (
        '<div class="wb-scroll" tabindex="0" style="max-height:none;margin-top:0.8em"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _interval(quantity: Quantity) -> str:
    words = escape(interval_text(quantity))
    return f'<small style="display:block">{words}</small>' if words else ""
