"""Weights beside activations in memory, at several batches: only one of them grows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets

from workbench.figures.lengths import lengths, lengths_table, provenance
from workbench.locale import Message, _, decimal, message
from workbench.measurement import Grid, Quantity
from workbench.measurement.layer_times import NETWORKS, Network
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.widgets.trust.parts import NETWORK_NAMES, network_choice
from workbench.wording import QUANTITIES

TITLES: Mapping[str, Message] = {
    "weight_bytes": message("weights"),
    "activation_bytes": message("in use"),
    "kept_bytes": message("kept"),
}
HEADS: Mapping[str, Message] = {
    "weight_bytes": QUANTITIES["weight_bytes"],
    "activation_bytes": message("activations in use at once"),
    "kept_bytes": QUANTITIES["kept_bytes"],
}


class MemoryBars:
    """A block a batch, three bars each, all on one scale."""

    def __init__(self, run: Callable[[Network, Callable[[Grid], None]], Grid]) -> None:
        self._network: Network = "small_cnn"
        self._running: Network = self._network
        self._figure = ipywidgets.HTML()
        self._figure.add_class("wb-drawing")
        self.task: Task[Network, Grid] = Task(run, self._draw, self._told, self._figure)
        self.task.offer(
            message("Weigh the memory"),
            message("add up the bytes of weights and activations at four batch sizes"),
            self._wanted,
        )
        control = network_choice(NETWORKS, self._network, self._take)
        self.widget = ipywidgets.VBox([control, self.task.widget])
        self.widget.add_class("wb-figures")

    def _take(self, network: Any) -> None:
        self._network = network

    def _wanted(self) -> Network:
        self._running = self._network
        return self._running

    def _told(self, grid: Grid) -> str:
        return str(NETWORK_NAMES.get(self._running, self._running))

    def _draw(self, grid: Grid | None) -> None:
        page().give_name(self._figure, _("memory by batch"), role="group")
        self._figure.value = memory_drawn(grid)


def memory_drawn(grid: Grid | None) -> str:
    """The bars of every batch, the sentence that follows from them, and the numbers, as HTML."""
    if grid is None or not grid.cells:
        return f'<p class="wb-empty">{escape(_("not measured yet: press the button"))}</p>'
    most = max(cell.value for cell in grid.cells.values())
    blocks = "".join(_block(row, grid, most) for row in grid.rows)
    found = {str(HEADS[name]): _of_all(cell, grid) for (_row, name), cell in grid.cells.items()}
    numbers = lengths_table(grid, _("images in a batch"), HEADS, escape)
    return (
        f'<div class="wb-blocks">{blocks}</div><p>{escape(_crossing(grid))}</p>'
        f'<p class="wb-caption">{provenance(found)}</p>{numbers}'
    )


def _of_all(cell: Quantity, grid: Grid) -> Quantity:
    """`cell` with a `how` that names every batch, since one caption stands below all bars."""
    known = cell.how.values
    batches = {"n": ", ".join(decimal(int(row)) for row in grid.rows)} if "n" in known else {}
    return replace(cell, how=Message(cell.how.text, {**known, **batches}))


def _block(row: str, grid: Grid, most: float) -> str:
    named = [(str(title), grid.cells.get((row, name))) for name, title in TITLES.items()]
    head = escape(_("batch of {n}").format(n=decimal(int(row))))
    return f"<div><h4>{head}</h4>{lengths(named, most=most)}</div>"


def _crossing(grid: Grid) -> str:
    """From which of the measured batches on the activations outweigh the weights."""
    rows = [row for row in grid.rows if (row, "activation_bytes") in grid.cells]
    above = [
        row for row in rows
        if grid.cells[row, "activation_bytes"].value > grid.cells[row, "weight_bytes"].value
    ]  # fmt: skip
    if not above:
        words = _("At none of these batches do the activations in use outweigh the weights.")
        return words
    words = _("From a batch of {n} on, the activations in use outweigh the weights.")
    return words.format(n=decimal(int(above[0])))
