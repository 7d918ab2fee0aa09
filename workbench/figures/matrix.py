"""Rows and columns of numbers: as a picture, a pixel a weight, and as a table to unfold."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.figures.palette import BASELINE, CANDIDATE, PRUNED
from workbench.locale import _

MOST_ROWS, MOST_COLUMNS = 128, 512
FAINTEST, ZERO = 70, 70  # opacity of 255: seen on a light and on a dark page


def matrix_png(values: NDArray[np.float32], *, largest: float | None = None) -> bytes:
    """A PNG of weights, shape (outputs, others), at most 128 by 512 of them: the first.

    Below 0 blue, above 0 orange, the stronger the nearer to `largest` (the largest there is, if
    not given); 0 is grey, and NaN, a weight that was removed, is a hole.
    """
    if values.ndim != 2:
        rule = _("a picture of weights is drawn of a matrix, (outputs, others), got shape {shape}")
        raise ValueError(rule.format(shape=values.shape))
    shown = values[:MOST_ROWS, :MOST_COLUMNS]
    sizes = np.abs(np.nan_to_num(shown))
    limit = largest or float(sizes.max(initial=0)) or 1.0
    # By the root: most weights are small, and would all be as faint as each other.
    strength = np.sqrt(np.minimum(sizes / limit, 1))
    pixels = np.zeros((*shown.shape, 4), np.uint8)
    for chosen, colour in ((shown < 0, CANDIDATE), (shown > 0, PRUNED), (shown == 0, BASELINE)):
        pixels[chosen, :3] = list(bytes.fromhex(colour.removeprefix("#")))
        pixels[chosen, 3] = np.rint(FAINTEST + (255 - FAINTEST) * strength[chosen])
    pixels[shown == 0, 3] = ZERO
    file = BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def matrix_address(values: NDArray[np.float32], *, largest: float | None = None) -> str:
    """The PNG as a data address that an HTML image takes."""
    return "data:image/png;base64," + b64encode(matrix_png(values, largest=largest)).decode()


def numbers_below(
    heads: Sequence[str], rows: Sequence[Sequence[str]], title: str | None = None
) -> str:
    """The text alternative of a figure: a table to unfold; `rows` are HTML, names first."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )  # fmt: skip
    return (
        f"<details><summary>{escape(title or _('the numbers'))}</summary>"
        f'<div class="wb-scroll" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )
