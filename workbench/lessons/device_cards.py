"""The section of device cards, which lessons on trust and on mixed precision share."""

import ipywidgets

from workbench.lessons.frame import section
from workbench.locale import _, message
from workbench.measurement import DeviceCard, Report
from workbench.widgets.device_cards import DeviceCards


def device_cards() -> DeviceCards:
    """This machine's card beside the recorded ones, with the task that measures it."""
    return DeviceCards(_measured, _recorded)


def about(cards: DeviceCards) -> ipywidgets.Widget:
    """The section around them."""
    return section(message("On this machine, and on others"), _words, cards.widget)


def _words() -> str:
    return _(
        "The same networks and types of numbers, on the machines at hand. What was measured"
        " elsewhere is labelled as recorded, with the machine and the day; nothing is filled in"
        " for a machine that nobody measured. <code>workbench record device</code> makes a card of"
        " yours, a small file that you can hand on. A type of number is fast only where the"
        " processor has instructions for it: compare the bars of one card with each other, not only"
        " the machines."
    )


def _measured(report: Report) -> DeviceCard:
    """The card of the fastest device here."""
    from workbench.core.device_timing import device_card
    from workbench.core.devices import reasons

    missing = reasons()
    here = [device for device in ("cuda", "mps", "cpu") if device not in missing]
    return device_card(here[0], report)


def _recorded() -> tuple[DeviceCard, ...]:
    from workbench.core.device_cards import recorded_cards

    return recorded_cards()
