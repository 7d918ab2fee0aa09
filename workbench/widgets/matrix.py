"""The weights of one layer as a picture, before and after compression."""

from html import escape

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.figures.matrix import MOST_COLUMNS, MOST_ROWS, matrix_address
from workbench.locale import _, decimal
from workbench.measurement import Closeup
from workbench.widgets.page import page
from workbench.widgets.state import State, View

TALLEST = 320  # pixels of a picture


class Matrix:
    """Two pictures in one colour scale, a pixel a weight; removed weights leave holes."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        name = _("the weights of one layer, before and after")
        page().give_name(self.widget, name, role="group")
        closeup = state.answer.closeup if state.answer else None
        if closeup is None:
            words = escape(_("the weights come with the first answer"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        largest = float(np.abs(np.nan_to_num(closeup.before)).max(initial=0))
        pictures = "".join(
            picture(escape(title), values, counted(values), largest=largest)
            for title, values in ((_("before"), closeup.before), (_("after"), closeup.after))
        )
        self.widget.value = (
            f'<div class="wb-pair">{pictures}</div>'
            f'<p class="wb-caption">{_caption(closeup)} {colour_keys()}</p>'
        )


def picture(title: str, values: NDArray[np.float32], told: str, *, largest: float) -> str:
    """One picture with its heading (HTML), and what is `told` of it, for screen readers too."""
    words = escape(told, quote=True)
    rows, columns = min(values.shape[0], MOST_ROWS), min(values.shape[1], MOST_COLUMNS)
    width = TALLEST * columns / max(1, rows)
    return (
        f'<figure class="wb-matrix"><figcaption><b>{title}</b> {words}</figcaption>'
        f'<img alt="{words}" src="{matrix_address(values, largest=largest)}"'
        f' style="width:min(100%,{width:.0f}px);aspect-ratio:{columns}/{rows}"></figure>'
    )


def counted(values: NDArray[np.float32]) -> str:
    """How many of the weights are there, zero, and removed."""
    removed, zero = int(np.isnan(values).sum()), int((values == 0).sum())
    return _("{n} weights: {other} not zero, {zero} zero, {removed} removed").format(
        n=decimal(values.size),
        other=decimal(values.size - removed - zero),
        zero=decimal(zero),
        removed=decimal(removed),
    )


def colour_keys() -> str:
    """What the colours of the pictures mean."""
    kinds = {
        "below": _("below 0"), "above": _("above 0 (the stronger, the further from 0)"),
        "zero": _("zero"), "hole": _("removed"),
    }  # fmt: skip
    return ", ".join(
        f'<span class="wb-key wb-key-{kind}"></span>{escape(words)}'
        for kind, words in kinds.items()
    )


def _caption(closeup: Closeup) -> str:
    rows, columns = closeup.before.shape
    told = _("Layer {layer}: {rows} rows, one an output; {columns} columns, its weights.").format(
        layer=closeup.layer, rows=decimal(rows), columns=decimal(columns)
    )
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        told += " " + _("Only the first {rows} rows and {columns} columns are shown.").format(
            rows=decimal(min(rows, MOST_ROWS)), columns=decimal(min(columns, MOST_COLUMNS))
        )
    return escape(told)
