"""What each layer sees: its window on the picture, and a table with the arithmetic behind it."""

from collections.abc import Sequence
from html import escape

import ipywidgets
import numpy as np

from workbench.figures.matrix import numbers_below
from workbench.figures.pictures import png_address
from workbench.locale import _, decimal, keep_translated
from workbench.measurement.kernels import Look, Sides, Sight
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.picture import Grey, Picture
from workbench.wording import value_text


class Receptive:
    """Shadows over the picture, one a layer, and the layers' numbers."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._look: Look | None = None
        self.widget = ipywidgets.HTML()
        for css in ("wb-drawing", "wb-sights"):
            self.widget.add_class(css)
        picture.follow(lambda _image: self._draw())
        keep_translated(self._draw)

    def show(self, look: Look) -> None:
        """Draw the layers of another form."""
        self._look = look
        self._draw()

    def _draw(self) -> None:
        page().give_name(self.widget, _("what each layer sees of the picture"), role="group")
        if self._look is None:
            words = escape(_("the layers come with the first answer"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        seen, image = self._look.sights, self._picture.image
        drawn = "".join(shadow(n, sight, image) for n, sight in enumerate(seen, start=1))
        self.widget.value = (
            f'<div class="wb-shadows">{drawn}</div>'
            f'<p class="wb-formula">{escape(_arithmetic(seen))}</p>'
            f'<p class="wb-caption">{tag(seen[0].quantities["macs"])} {_caption(seen, image)}</p>'
            f"{_table(seen)}"
        )


def shadow(number: int, sight: Sight, image: Grey) -> str:
    """The picture, dark but for what the pixel in the middle of the layer's map sees (HTML)."""
    height, width = image.shape
    top, left = sight.window(sight.map[0] // 2, sight.map[1] // 2)
    place = (
        f"left:{100 * left / width:.2f}%;top:{100 * top / height:.2f}%;"
        f"width:{100 * sight.field / width:.2f}%;height:{100 * sight.field / height:.2f}%"
    )
    told = _("layer {n}: {field}").format(n=number, field=field_seen(sight, image.shape))
    size = _("map of {height} x {width}").format(height=sight.map[0], width=sight.map[1])
    return (
        f"<figure><figcaption><b>{escape(told)}</b><br>{escape(size)}</figcaption>"
        f'<div class="wb-shadow"><img alt="{escape(told, quote=True)}" '
        f'src="{png_address(np.ascontiguousarray(image)[None])}"><i style="{place}"></i></div>'
        "</figure>"
    )


def field_seen(sight: Sight, picture: Sides) -> str:
    """What the middle of a layer's map sees of a picture of these sides."""
    reach = sight.reach(picture)
    if reach == "within":
        told = _("{field} x {field} pixels")
    elif reach == "all":
        told = _("the whole picture (field {field} x {field}, padding included)")
    else:
        told = _("{field} x {field} pixels, padding included")
    return told.format(field=sight.field)


def _arithmetic(seen: Sequence[Sight]) -> str:
    """The last layer's field from the one before, with its numbers."""
    last = seen[-1]
    field, jump = (seen[-2].field, seen[-2].jump) if len(seen) > 1 else (1, 1)
    return _("field of the last layer = {before} + ({kernel} - 1) x {jump} = {field}").format(
        before=field, kernel=last.kernel_size, jump=jump, field=last.field
    )


def _caption(seen: Sequence[Sight], image: Grey) -> str:
    told = _(
        "Lit: what the pixel in the middle of each map depends on. A window adds its side less 1,"
        " times the pixels by which its map's neighbours lie apart in the picture (jump); a stride"
        " multiplies that jump."
    )
    if any(sight.stride > sight.kernel_size for sight in seen):
        told += " " + _(
            "The stride is larger than the window: the pixels between two windows are seen by none."
        )
    return escape(told)


def _table(seen: Sequence[Sight]) -> str:
    heads = [
        _("layer"), _("block"), _("window"), _("stride"), _("channels"), _("map"), _("field"),
        _("jump"), _("weights"), _("multiply-adds (MACs)"),
    ]  # fmt: skip
    rows = [
        [
            str(number),
            str(sight.block),
            f"{sight.kernel_size} × {sight.kernel_size}",
            str(sight.stride),
            f"{decimal(sight.inputs)} → {decimal(sight.outputs)}",
            f"{sight.map[0]} × {sight.map[1]}",
            f"{sight.field} × {sight.field}",
            str(sight.jump),
            escape(value_text(sight.quantities["weights"])),
            escape(value_text(sight.quantities["macs"])),
        ]
        for number, sight in enumerate(seen, start=1)
    ]
    # Open: the fields are what this lesson is about.
    return numbers_below(heads, rows).replace("<details>", "<details open>", 1)
