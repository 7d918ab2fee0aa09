"""Time of each layer beside its parameters: measured on the press of a button, drawn as bars."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets

from workbench.figures.double_bars import double_bars
from workbench.figures.lengths import provenance
from workbench.locale import Message, _, message
from workbench.measurement.layer_times import BATCHES, NETWORKS, LayerTime, LayerTimes, Pass
from workbench.widgets.choice import choice
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.widgets.trust.parts import (
    NETWORK_NAMES,
    layer_name,
    network_choice,
    told,
)
from workbench.wording import value_text

Tell = Callable[[LayerTimes], None]
ORDER_NAMES = {
    "channels_first": message("channels first"),
    "channels_last": message("channels last"),
}
SUMS = {
    "layers_ms": message("all layers together"),
    "rest_share": message("between the layers"),
    "whole_ms": message("layers and what is between them"),
    "latency_ms": message("the same pass timed as one, without clocks"),
    "weightless_share": message("layers without weights"),
}
BUSY = 1.2


class LayerBars:
    """Controls, the button, and a double bar a layer; followers hear of everything it finds."""

    def __init__(self, run: Callable[[Pass, Tell], LayerTimes]) -> None:
        self.asked = Pass()
        self._followers: list[Callable[[LayerTimes | None], None]] = []
        self._figure = ipywidgets.HTML()
        self._figure.add_class("wb-drawing")
        self.task: Task[Pass, LayerTimes] = Task(run, self._draw, pass_told, self._figure)
        self.task.offer(
            message("Time the layers"),
            message("time every layer in its place, in turn with the whole pass"),
            lambda: self.asked,
        )
        controls = [
            network_choice(NETWORKS, self.asked.network, self._taker("network")),
            choice(
                message("inference batch"), message("how many images go through at once"),
                {batch: str(batch) for batch in BATCHES}, self.asked.batch,
                self._taker("batch"), ipywidgets.SelectionSlider,
            ),
            choice(
                message("order in memory"),
                message("how the values of an image lie in memory: map after map, or pixel after"
                        " pixel with all channels; the arithmetic is the same"),
                ORDER_NAMES, self.asked.order, self._taker("order"),
            ),
        ]  # fmt: skip
        left = ipywidgets.VBox(controls)
        left.add_class("wb-controls")
        self.widget = ipywidgets.VBox([left, self.task.widget])
        self.widget.add_class("wb-figures")

    def follow(self, follower: Callable[[LayerTimes | None], None]) -> None:
        """Call `follower` with what is found, now and whenever it is drawn."""
        self._followers.append(follower)
        follower(self.task.found)

    def _taker(self, name: str) -> Callable[[Any], None]:
        def take(value: Any) -> None:
            self.asked = replace(self.asked, **{name: value})

        return take

    def _draw(self, found: LayerTimes | None) -> None:
        page().give_name(self._figure, _("time and parameters of each layer"), role="group")
        self._figure.value = times_drawn(found)
        for follower in self._followers:
            follower(found)


def pass_told(found: LayerTimes) -> str:
    """Which pass it was, in one line."""
    asked = found.asked
    return _("{network}, batch {n}, {order}").format(
        network=NETWORK_NAMES.get(asked.network, asked.network), n=asked.batch,
        order=ORDER_NAMES[asked.order],
    )  # fmt: skip


def times_drawn(found: LayerTimes | None) -> str:
    """The double bars with what they add up to, as HTML."""
    if found is None or not found.layers:
        return f'<p class="wb-empty">{escape(_("not measured yet: press the button"))}</p>'
    time, parameters = _("share of the time"), _("share of the parameters")
    pairs = [
        (escape(layer_name(layer)), *_shares(layer))
        for layer in found.layers
    ]  # fmt: skip
    keys = (
        f'<p><span class="wb-key" style="background:#0072b2"></span>{escape(time)}'
        f'<span class="wb-key" style="border:2px solid currentColor;box-sizing:border-box">'
        f"</span>{escape(parameters)}</p>"
    )
    first = found.layers[0].quantities
    how = provenance({time: first["time_share"], parameters: first["parameters_share"]})
    sums = [(str(title), found.quantities[name]) for name, title in SUMS.items()]
    return (
        f"{keys}{double_bars(pairs, escape(_('time')), escape(_('parameters')))}"
        f'<p class="wb-caption">{how}</p>{_sentences(found)}{told(sums)}'
    )


def _shares(layer: LayerTime) -> tuple[Any, Any]:
    return layer.quantities["time_share"], layer.quantities["parameters_share"]


def _sentences(found: LayerTimes) -> str:
    """What stands out of these numbers, and whether others used the processor."""
    largest = max(found.layers, key=lambda layer: layer.quantities["parameters"].value)
    lines: list[str | Message] = [
        _("{layer} holds {parameters} of the parameters and takes {time} of the time.").format(
            layer=layer_name(largest),
            parameters=value_text(largest.quantities["parameters_share"]),
            time=value_text(largest.quantities["time_share"]),
        ),
        _("The layers without weights together take {time} of it.").format(
            time=value_text(found.quantities["weightless_share"])
        ),
    ]
    whole, plain = (found.quantities[name].value for name in ("whole_ms", "latency_ms"))
    if plain > BUSY * whole:
        lines.append(
            _(
                "⚠ The whole pass took longer than its parts: this machine is busy, and a long"
                " timing is disturbed more often than a short one."
            )
        )
    return "".join(f"<p>{escape(str(line))}</p>" for line in lines)
