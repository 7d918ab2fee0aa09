"""Layer by layer: what each one holds, and a slider for each of its own."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets

from workbench.locale import _, message
from workbench.measurement import Grid, Layer
from workbench.setting import Setting, per_layer_text
from workbench.widgets.controls import Controls
from workbench.widgets.guard import listen
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import FIELDS, field_text

UNSET = "-"  # a SelectionSlider takes no None
OF_ALL = {"layer_sparsity": "sparsity", "layer_bits": "weight_bits"}
"""The field of all layers beside that of single ones."""
TOLD = ("weights", "zeros", "sqnr_db", "levels_used")


class LayerTable:
    """Weights, zeros and the noise of rounding of every layer."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-map")
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("layer by layer"), role="group")
        layers = state.answer.layers if state.answer else ()
        if not layers:
            words = _("the layers come with the first answer")
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        grid = _transposed(layers)
        self.widget.value = (
            f'<div class="wb-figure">{table(grid, message("layer"))}'
            f'<p class="wb-caption">{how_got(grid)}</p></div>'
        )


def _transposed(layers: tuple[Layer, ...]) -> Grid:
    names = [name for name in TOLD if any(name in layer.quantities for layer in layers)]
    cells = {
        (layer.name, name): layer.quantities[name]
        for layer in layers
        for name in names
        if name in layer.quantities
    }
    return Grid(rows=tuple(layer.name for layer in layers), columns=tuple(names), cells=cells)


class LayerSliders:
    """A slider a layer for `field` (layer_sparsity or layer_bits); unset, it follows the rest."""

    def __init__(
        self,
        controls: Controls,
        field: str,
        values: tuple[Any, ...],
        read: Callable[[Setting], dict[str, Any]],
        show: Callable[[str], None],
    ) -> None:
        self._controls, self._field, self._values = controls, field, values
        self._read, self._show = read, show
        self._sliders: dict[str, ipywidgets.SelectionSlider] = {}
        self._is_following = False
        self.widget = ipywidgets.VBox()
        self.widget.add_class("wb-layer-sliders")
        self.view = View(key=lambda s: (_names(s), s.setting), draw=self._draw)

    def _draw(self, state: State) -> None:
        names = _names(state)
        if names and names != tuple(self._sliders):
            self._sliders = {name: self._slider(name) for name in names}
            self.widget.children = list(self._sliders.values())
        own = self._read(state.setting)
        self._is_following = True
        try:
            for name, slider in self._sliders.items():
                slider.value = own.get(name) if own.get(name) in self._values else UNSET
                self._name(name)
        finally:
            self._is_following = False

    def _slider(self, name: str) -> ipywidgets.SelectionSlider:
        options = [(UNSET, UNSET), *((str(value), value) for value in self._values)]
        slider = ipywidgets.SelectionSlider(
            options=options, value=UNSET, style={"description_width": "9.5em"}
        )
        slider.add_class("wb-control")
        listen(slider, lambda _value: self._set(), self._show)
        return slider

    def _name(self, name: str) -> None:
        slider = self._sliders[name]
        field = OF_ALL[self._field]
        slider.description = name
        slider.set_trait(
            "_options_labels",
            (_("like the rest"), *(field_text(field, value) for value in self._values)),
        )
        page().give_name(slider, f"{FIELDS[field]}: {name}")

    def _set(self) -> None:
        if self._is_following:
            return
        chosen = {n: s.value for n, s in self._sliders.items() if s.value != UNSET}
        text: dict[str, Any] = {self._field: per_layer_text(chosen)}
        self._controls.show(replace(self._controls.setting, **text))


def _names(state: State) -> tuple[str, ...]:
    """The layers of the last answer, if it was about the network of the controls."""
    answer = state.answer
    if answer is None or answer.setting.training != state.setting.training:
        return ()
    return tuple(layer.name for layer in answer.layers)
