"""The command `info`: the capability card of this machine as JSON or as a table."""

import json

from workbench.commands import print_table
from workbench.locale import _
from workbench.measurement.capability import Capability
from workbench.wording import PROVENANCES, interval_text
from workbench.wording.capability import COUNTS, FACTS, card_text, lacks


def print_info(*, as_json: bool) -> None:
    """Probe this machine, for half a second at most, and print its card."""
    from workbench.core.capability import capability

    card = capability(lambda _card: None)
    if as_json:
        told = {**card.as_dict(), "cannot_show": lacks(card)}
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print_card(card)


def print_card(card: Capability) -> None:
    """Facts, flags and numbers as tables; below, what the machine cannot show."""
    print_table([(str(FACTS[name]), told) for name, told in card.facts.items()])
    print()
    if card.flags:
        there, lacking = _("yes"), _("no")
        print_table([(name, there if has else lacking) for name, has in card.flags.items()])
        print()
    rows = [
        (str(COUNTS[name]), card_text(each), interval_text(each),
         str(PROVENANCES[each.provenance]), str(each.how))
        for name, each in card.quantities.items()
    ]  # fmt: skip
    print_table([(_("quantity"), _("value"), _("interval"), _("label"), _("how")), *rows])
    for sentence in lacks(card):
        print(f"- {sentence}")
