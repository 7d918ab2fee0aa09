"""The buttons of the training panel: their words, and a row of them."""

from collections.abc import Callable, Sequence

import ipywidgets

from workbench.locale import Message, message
from workbench.widgets.html import button

Words = tuple[Message, Message]
"""What a button is called, and what it does."""

TRANSPORT: tuple[Words, ...] = (
    (message("Play"), message("go on, or train anew where a training is over")),
    (message("Pause"), message("hold after this update")),
    (message("One update"), message("one more update of the weights, then hold")),
    (message("One epoch"), message("on to the end of this epoch, then hold")),
    (message("Stop"), message("end this training; its curve stays")),
)
KEEPING: tuple[Words, ...] = (
    (message("Keep this run"),
     message("its curve stays on the plot, named by what differs")),
    (message("Clear kept runs"), message("take all kept curves off the plot")),
)  # fmt: skip


def row_of(
    words: Sequence[Words], calls: Sequence[Callable[[], None]], show: Callable[[str], None]
) -> ipywidgets.HBox:
    """A button for each call; `show` is told what it raises."""
    made = [button(*told, call, show) for told, call in zip(words, calls, strict=True)]
    row = ipywidgets.HBox(made)
    row.add_class("wb-buttons")
    return row
