"""Feature maps: what trained windows of several sizes make of the picture."""

from collections.abc import Callable, Sequence
from html import escape

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.figures.matrix import matrix_address, numbers_below
from workbench.figures.pictures import png_address
from workbench.locale import _, decimal, keep_translated, percent
from workbench.measurement.kernels import FeatureMaps
from workbench.widgets.page import page
from workbench.widgets.picture import Grey, Picture

SHOWN = 8
Make = Callable[[str, Grey], Sequence[FeatureMaps]]
"""From a data set's name and an image (channels, height, width) to maps; none before training."""


class Maps:
    """Rows of maps, a kernel size each, of the first two layers; follows the picture."""

    def __init__(self, picture: Picture, make: Make) -> None:
        self._picture, self._make = picture, make
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        picture.follow(lambda _image: self.draw())
        keep_translated(self.draw)

    def draw(self) -> None:
        """Show what the networks that were trained last make of the picture."""
        page().give_name(self.widget, _("feature maps of the trained windows"), role="group")
        made = self._make(self._picture.dataset, self._picture.network_image)
        if not made:
            words = escape(_("not trained yet on these images: press “Train the four” above"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        first = [maps for maps in made if maps.filters is not None]
        second = [maps for maps in made if maps.filters is None]
        told = _(
            "Measured: the first {n} channels after batch norm and ReLU, each map from its 0"
            " (black) to its largest value (white). Above the maps of layer 1 are the windows that"
            " made them: blue below 0, orange above."
        ).format(n=SHOWN)
        self.widget.value = (
            f'<div class="wb-maps"><h3>{escape(_("Layer 1"))}</h3>{"".join(map(_row, first))}'
            f"<h3>{escape(_('Layer 2'))}</h3>{''.join(map(_row, second))}</div>"
            f'<p class="wb-caption">{escape(told)}</p>{_table(made)}'
        )


def _row(made: FeatureMaps) -> str:
    title = f"{made.kernel_size} × {made.kernel_size}"
    cells = "".join(_cell(made, number) for number in range(min(SHOWN, len(made.maps))))
    return f'<h4>{title}</h4><div class="wb-maps-row">{cells}</div>'


def _cell(made: FeatureMaps, number: int) -> str:
    """One map, and above it the window that made it, where there is a single one."""
    size, values = f"{made.kernel_size} × {made.kernel_size}", made.maps[number]
    above = ""
    if made.filters is not None:
        largest = float(np.abs(made.filters[:SHOWN]).max(initial=0))
        alt = _("window {n} of {size}").format(n=number + 1, size=size)
        source = matrix_address(made.filters[number], largest=largest)
        above = f'<img class="wb-filter" alt="{escape(alt, quote=True)}" src="{source}">'
    alt = _("map {n} of {size}: {share} of its pixels are above 0").format(
        n=number + 1, size=size, share=percent(float((values > 0).mean()), 0)
    )
    return f'<div>{above}<img alt="{escape(alt, quote=True)}" src="{_address(values)}"></div>'


def _address(values: NDArray[np.float32]) -> str:
    largest = float(values.max(initial=0)) or 1.0
    return png_address(np.rint(255 * values / largest).astype(np.uint8)[None])


def _table(made: Sequence[FeatureMaps]) -> str:
    heads = [_("window"), _("layer"), _("map"), _("pixels above 0"), _("largest value")]
    rows = [
        [
            f"{maps.kernel_size} × {maps.kernel_size}",
            "1" if maps.filters is not None else "2",
            f"{maps.maps.shape[1]} × {maps.maps.shape[2]}",
            percent(float((maps.maps > 0).mean()), 0),
            decimal(float(maps.maps.max(initial=0)), 2),
        ]
        for maps in made
    ]
    return numbers_below(heads, rows)
