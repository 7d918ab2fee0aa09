"""The claims that somebody ran, a column a machine, and where machines say otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import get_args

import ipywidgets

from workbench.claims import Claim, Ruling
from workbench.claims.sentences import CLAIMS
from workbench.locale import Message, _, decimal, message
from workbench.measurement import Quantity
from workbench.report import Ruled
from workbench.widgets.claims.card import RULINGS
from workbench.widgets.claims.classroom_room import Column, Room, columns
from workbench.widgets.claims.tables import row, table
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption, nothing
from workbench.widgets.views import View

WORDS: Mapping[str, Message] = dict(RULINGS.items())


class ClassTable:
    """A row a sentence, this page's own verdicts in the first column; below, how many say what."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.widget.add_class("wb-class")
        self.view: View[Room] = View(key=_key, draw=self._draw)

    def _draw(self, room: Room) -> None:
        page().give_name(self.widget, _("verdicts of the class"), role="group")
        self.widget.value = table_text(columns(room))


def _key(room: Room) -> object:
    return room.own.rulings, room.own.hardware, room.reports


def table_text(machines: Sequence[Column]) -> str:
    """The table, and what the machines say of each sentence, HTML."""
    claims = [c for c in CLAIMS if any(c.name in machine.rulings for machine in machines)]
    if not claims:
        words = _("Nobody has bet on a sentence and run it yet: here, or in a report.")
        return nothing(escape(words))
    heads = (_("lesson"), _("sentence"), *(machine.title for machine in machines))
    rows = [row(escape(_("sentences put to the test")), [*map(_count, machines)], "–")]
    rows += [_row(claim, machines) for claim in claims]
    signs = _("✓: the bet was right, ✗: it was not, –: not bet on or not run.")
    said = "".join(f"<li>{_said(claim, machines)}</li>" for claim in claims)
    return f'{table(heads, rows)}{caption(escape(signs))}<ul class="wb-findings">{said}</ul>'


def _count(machine: Column) -> str:
    """How many verdicts a column has, with the label that holds for all of them."""
    count = len(machine.rulings)
    if machine.is_here:
        return decimal(count)
    how = message(
        "recorded on {day} on {processor}", day=machine.day.isoformat(),
        processor=machine.hardware[0] or "?",
    )  # fmt: skip
    told = Quantity(value=count, unit="count", provenance="recorded", how=how)
    return f"{decimal(count)} {tag(told)}"


def _row(claim: Claim, machines: Sequence[Column]) -> str:
    cells = [_cell(machine.rulings.get(claim.name)) for machine in machines]
    return row(escape(str(claim.text)), cells, decimal(claim.lesson))


def _cell(ruled: Ruled | None) -> str:
    if ruled is None:
        return "–"
    mark = "✓" if ruled.bet == ruled.ruling else "✗"
    return escape(f"{mark} {WORDS[ruled.ruling]}")


def _said(claim: Claim, machines: Sequence[Column]) -> str:
    """How many machines say what; one with several days, or that is here too, counts once."""
    ruled = [m for m in (*_by_day(machines), machines[0]) if claim.name in m.rulings]
    counts = Counter({m.hardware: m.rulings[claim.name].ruling for m in ruled}.values())
    told = "; ".join(
        _("on {n} of {all} machines: {ruling}").format(
            n=decimal(counts[ruling]), all=decimal(counts.total()), ruling=WORDS[ruling]
        )
        for ruling in get_args(Ruling)
        if counts[ruling]
    )
    line = f"{escape(_('“{sentence}”').format(sentence=claim.text))} {escape(told)}."
    if len(counts.keys() - {"cannot tell"}) < 2:
        return line
    return f"{line} <b>{escape(_('Machines differ: same sentence, other hardware.'))}</b>"


def _by_day(machines: Sequence[Column]) -> list[Column]:
    return sorted(machines[1:], key=lambda machine: machine.day)
