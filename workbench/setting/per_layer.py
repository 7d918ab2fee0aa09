"""Values for single layers, written as one text: "classifier=0.3, blocks.0.0=0"."""

from collections.abc import Callable, Mapping
from typing import Any

from workbench.locale import _


def per_layer(name: str, text: str, read: Callable[[str], Any]) -> dict[str, Any]:
    """Layer names with their values; `read` makes a value of a word, or raises ValueError."""
    found: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        layer, equals, word = (piece.strip() for piece in part.partition("="))
        try:
            if not layer or not equals:
                raise ValueError
            found[layer] = read(word)
        except ValueError:
            rule = _("{name} is LAYER=VALUE, more of them after commas, got {value}")
            raise ValueError(rule.format(name=name, value=part)) from None
    return found


def per_layer_text(values: Mapping[str, Any]) -> str:
    """The text that `per_layer` reads."""
    return ", ".join(f"{layer}={value:g}" for layer, value in values.items())


def check_layers(name: str, asked: Mapping[str, Any], layers: Mapping[str, Any]) -> None:
    """Refuse a layer that the network does not have, and name those that it has."""
    for layer in asked:
        if layer not in layers:
            rule = _("{name} knows the layers {known}, got {value}")
            raise ValueError(rule.format(name=name, known=", ".join(layers), value=layer))
