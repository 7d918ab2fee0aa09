"""Three buttons that make float16 fail, and where in the computation it shows first."""

from collections.abc import Callable
from functools import partial
from html import escape

import ipywidgets

from workbench.figures.matrix import numbers_below
from workbench.figures.palette import PRUNED
from workbench.figures.tracks import share_text, track
from workbench.locale import Message, _, message
from workbench.measurement.scaling import Fault, FaultKind, Sighting
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import QUANTITIES

Make = Callable[[FaultKind, Callable[[Fault], None]], Fault]
BUTTONS: dict[FaultKind, tuple[Message, Message]] = {
    "underflow": (
        message("Underflow"), message("a way back without a scale: what becomes 0?"),
    ),
    "overflow": (
        message("Overflow"), message("a way back with a scale of 2^24: what becomes infinite?"),
    ),
    "nan": (
        message("NaN"), message("the update by infinite gradients, and the way there after it"),
    ),
}  # fmt: skip
FIRST: dict[FaultKind, Message] = {
    "underflow": message("The first tensor in which a number is 0 that is not in float32"),
    "overflow": message("The first tensor with an infinite number"),
    "nan": message("The first tensor with a number that is none (NaN)"),
}
SHARE: dict[FaultKind, str] = {
    "underflow": "lost_share", "overflow": "overflowed_share", "nan": "nan_share",
}  # fmt: skip


class Faults:
    """One computation at a time; every tensor that is not as it should be has a row."""

    def __init__(self, make: Make) -> None:
        self._drawing = ipywidgets.HTML()
        self._drawing.add_class("wb-drawing")
        self.task: Task[FaultKind, Fault] = Task(make, self._draw, _told, self._drawing)
        for kind, (label, explained) in BUTTONS.items():
            self.task.offer(label, explained, partial(_same, kind))
        self.widget = self.task.widget

    def _draw(self, fault: Fault | None) -> None:
        page().give_name(self._drawing, _("where float16 failed"), role="group", live=True)
        if fault is None:
            words = escape(_("not measured yet: press a button"))
            self._drawing.value = f'<p class="wb-empty">{words}</p>'
            return
        self._drawing.value = _first(fault) + _steps(fault) + _all(fault)


def _same(kind: FaultKind) -> FaultKind:
    return kind


def _told(fault: Fault) -> str:
    return str(BUTTONS[fault.kind][0])


def _first(fault: Fault) -> str:
    head = escape(str(FIRST[fault.kind]))
    if fault.first is None:
        none = escape(_("none: this network and batch do not fail so"))
        return f"<p>{head}: <b>{none}</b></p>"
    seen = fault.sightings[fault.first]
    share = seen.quantities[SHARE[fault.kind]]
    told = f"<b>{escape(str(seen.place))}</b>, {escape(share_text(share.value))} {tag(share)}"
    return f"<p>{head}: {told}</p>"


def _steps(fault: Fault) -> str:
    """The tensors in their order, from the one before the first bad one on, as bars."""
    if fault.first is None:
        return ""
    name = SHARE[fault.kind]
    shown = fault.sightings[max(fault.first - 1, 0) :]
    rows = "".join(_bar(each, name) for each in shown)
    title = escape(str(QUANTITIES[name]))
    return f"<h4>{title}</h4>{rows}"


def _bar(each: Sighting, name: str) -> str:
    share = each.quantities[name].value
    return track(str(each.place), [(share, PRUNED)], share_text(share))


def _all(fault: Fault) -> str:
    names = tuple(SHARE.values())
    rows = [
        (escape(str(each.place)), *(escape(share_text(each.quantities[n].value)) for n in names))
        for each in fault.sightings
    ]
    return numbers_below((_("tensor"), *(str(QUANTITIES[n]) for n in names)), rows)
