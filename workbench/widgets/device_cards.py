"""Device cards: this machine's, measured at a button, beside those that were recorded elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape

import ipywidgets

from workbench.figures.lengths import lengths, provenance
from workbench.figures.matrix import numbers_below
from workbench.locale import Message, _, decimal, keep_translated, message
from workbench.measurement import DeviceCard, Progress, Quantity, Report, Timing
from workbench.measurement.device_card import Work
from workbench.widgets.choice import choice
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.study import far
from workbench.widgets.task import Task
from workbench.wording import interval_text, value_text

Measure = Callable[[Report], DeviceCard]
Recorded = Callable[[], Sequence[DeviceCard]]
NETWORKS = ("small_cnn", "resnet8")
WORKS: Mapping[str, tuple[Work, int]] = {
    "one": ("inference", 1),
    "many": ("inference", 64),
    "update": ("update", 64),
}
NAMED = {
    "one": message("the answer to 1 image"),
    "many": message("the answers to 64 images"),
    "update": message("an update on 64 images"),
}
ENGINES = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime"}


class DeviceCards:
    """Bars of the times of one network and batch, a block a card; a task measures one's own."""

    def __init__(self, measure: Measure, recorded: Recorded) -> None:
        self._recorded = recorded
        self._cards: tuple[DeviceCard, ...] = ()
        self._shown = ipywidgets.HTML()
        self._shown.add_class("wb-drawing")
        named = {name: name for name in NETWORKS}
        self._network = choice(message("network"), None, named, NETWORKS[0], self._redraw)
        self._work = choice(message("work"), None, NAMED, "one", self._redraw)
        self.task: Task[Measure, DeviceCard | Progress] = Task(
            _run, self._take, _told, self._shown, key=_card
        )
        self.task.offer(
            message("Measure this machine"),
            message("time the standard networks in every type of number, here and now"),
            lambda: measure,
        )
        choices = ipywidgets.VBox([self._network, self._work])
        choices.add_class("wb-controls")
        self.widget = ipywidgets.VBox([choices, self.task.widget])
        keep_translated(self._draw)

    def _redraw(self, _value: str) -> None:
        self._draw()

    def _take(self, found: DeviceCard | Progress | None) -> None:
        own = _card(found)
        self._cards = (*((own,) if own else ()), *self._recorded())
        self._draw()

    def _draw(self) -> None:
        page().give_name(self._shown, _("times of devices side by side"), role="group")
        blocks = [block for card in self._cards if (block := self._block(card))]
        words = (
            _("updates are timed for small_cnn alone")
            if self._cards
            else _("nothing was recorded here yet: press the button")
        )
        empty = nothing(escape(words))
        self._shown.value = f'<div class="wb-blocks">{"".join(blocks)}</div>' if blocks else empty

    def _block(self, card: DeviceCard) -> str:
        chosen = [t for t in card.timings if self._is_chosen(t)]
        named = [(_name(timing), card.quantity(timing)) for timing in chosen]
        if not named:
            return ""
        rows = [[name, f"{value_text(q)} {interval_text(q)}"] for name, q in named]
        title = f"{card.name} ({card.device})"
        heads = [_("engine and type"), _("milliseconds a batch")]
        return (
            f"<div><h4>{escape(title)}</h4>{lengths(named)}"
            f"{caption(_how_got([q for _name, q in named]))}{numbers_below(heads, rows)}</div>"
        )

    def _is_chosen(self, timing: Timing) -> bool:
        wanted = (self._network.value, *WORKS[self._work.value])
        return (timing.network, timing.work, timing.batch) == wanted


def _how_got(found: Sequence[Quantity]) -> str:
    """One caption for all bars of a card; they may differ in how many times they were timed."""
    first, counts = found[0], sorted({quantity.n or 0 for quantity in found})
    times = "–".join(map(decimal, dict.fromkeys((counts[0], counts[-1]))))
    how = Message(first.how.text, {**first.how.values, "n": times})
    return provenance({_("all bars"): replace(first, how=how)})


def _name(timing: Timing) -> str:
    return f"{ENGINES.get(timing.engine, timing.engine)}, {timing.precision}"


def _run(measure: Measure, tell: Callable[[DeviceCard | Progress], None]) -> DeviceCard | Progress:
    return measure(tell)


def _card(found: DeviceCard | Progress | None) -> DeviceCard | None:
    return found if isinstance(found, DeviceCard) else None


def _told(found: DeviceCard | Progress) -> str:
    if isinstance(found, DeviceCard):
        return found.name
    return far(found)
