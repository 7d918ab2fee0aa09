"""The capability card on the page: what this machine has, what a probe found, what it lacks."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.locale import _, message
from workbench.measurement.capability import Capability
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.widgets.trust.parts import told
from workbench.wording.capability import COUNTS, FACTS, card_text, lacks

Tell = Callable[[Capability], None]


class CapabilityCard:
    """Probes once the page is there; a button probes again."""

    def __init__(self, run: Callable[[None, Tell], Capability]) -> None:
        self._figure = ipywidgets.HTML()
        self._figure.add_class("wb-drawing")
        self.task: Task[None, Capability] = Task(run, self._draw, _told, self._figure)
        self.task.offer(
            message("Probe again"),
            message("time a product of matrices in each number type once more"),
            lambda: None,
        )
        self.widget = self.task.widget

    def begin(self) -> None:
        """Probe for the first time."""
        self.task.start(None)

    def _draw(self, card: Capability | None) -> None:
        page().give_name(self._figure, _("what this machine can show"), role="group")
        self._figure.value = card_drawn(card) if card else ""


def _told(card: Capability) -> str:
    took = card.quantities.get("probe_seconds")
    if took is None:
        return _("probing …")
    return _("probed in {time}").format(time=card_text(took))


def card_drawn(card: Capability) -> str:
    """Tables of facts, flags and numbers, and a sentence for each thing that is not there."""
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in lacks(card))
    missing = (
        f"<h4>{escape(_('What is missing or slower here'))}</h4><ul>{sentences}</ul>"
        if sentences
        else ""
    )
    right = f"<div>{_flags(card)}{_numbers(card)}</div>"
    return f'<div class="wb-pair">{_facts(card)}{right}</div>{missing}'


def _facts(card: Capability) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(str(FACTS[name]))}</th>'
        f'<td style="white-space:normal;overflow-wrap:anywhere">{escape(words)}</td></tr>'
        for name, words in card.facts.items()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _flags(card: Capability) -> str:
    """A row a flag; nothing where the system tells none."""
    there, lacking = f"✓ {_('yes')}", f"– {_('no')}"
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(there if has else lacking)}</td></tr>'
        for name, has in card.flags.items()
    )
    head = f'<tr><th scope="col" colspan="2">{escape(_("instructions it has"))}</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""


def _numbers(card: Capability) -> str:
    named = [(str(COUNTS[name]), quantity) for name, quantity in card.quantities.items()]
    return told(named, card_text)
