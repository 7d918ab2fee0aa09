"""A picture to slide a window over, by click or arrow keys, and to draw on."""

from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

HERE = Path(__file__).parent


class Sheet(anywidget.AnyWidget):
    """Grey pixels with a frame; `value` tells what the learner did last.

    `frame`: top, left and side of the window in pixels; `margin`: pixels of padding shown around.
    `value`: kind place (row, column: a pixel), step (rows, columns: by how many) or paint (pixels).
    """

    _esm = HERE / "sheet.js"
    _css = HERE / "sheet.css"
    pixels = traitlets.List(traitlets.Int()).tag(sync=True)
    height = traitlets.Int(1).tag(sync=True)
    width = traitlets.Int(1).tag(sync=True)
    margin = traitlets.Int(0).tag(sync=True)
    frame = traitlets.List(traitlets.Int()).tag(sync=True)
    is_drawing = traitlets.Bool(False).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    value: Any = traitlets.Dict().tag(sync=True)

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Put a grey picture of shape (height, width) on the sheet."""
        with self.hold_sync():
            self.height, self.width = picture.shape
            self.pixels = [int(pixel) for pixel in picture.reshape(-1)]
