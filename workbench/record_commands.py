"""The command `record`: measure once what lessons show as recorded, a grid or a device card."""

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from workbench.commands import Telling, say
from workbench.locale import _
from workbench.setting import SPACE, recorded_settings


def add_command(commands: Any) -> None:
    """Add `record` to the commands of the parser."""
    record = commands.add_parser(
        "record",
        help=_("measure once what lessons show as recorded"),
        description=_(
            "Measure and write to one small file what the lessons show at once, labelled as"
            " recorded. grid: many trainings; what ends early goes on where it was. device: the"
            " standard timings of this machine, a card to hand on."
        ),
    )
    record.add_argument(
        "what",
        choices=("grid", "device"),
        help=_("grid: rates, batch and kernel sizes; device: times of this machine"),
    )
    record.add_argument(
        "--device", choices=SPACE["device"], help=_("the device of the card; cpu if not given")
    )
    record.add_argument("--output", help=_("the file to write; the one that ships if not given"))


def dispatch(arguments: Namespace) -> None:
    """Measure what lessons show as recorded, and write its file."""
    if arguments.what == "device":
        _record_device(arguments)
    else:
        _record_grid(arguments)


def _record_device(arguments: Namespace) -> None:
    """Time the standard networks on one device, and write the card."""
    from workbench.core.device_cards import card_path, write
    from workbench.core.device_timing import device_card
    from workbench.core.publication import try_to_write

    if arguments.output:
        try_to_write(Path(arguments.output).parent)
    card = device_card(arguments.device or "cpu", Telling())
    path = Path(arguments.output) if arguments.output else card_path(card)
    write(card, path, date.today())
    told = _("{count} timings of {name} written to {path}")
    say(told.format(count=len(card.timings), name=card.name, path=path))


def _record_grid(arguments: Namespace) -> None:
    """Measure the recorded grid, as far as it was not measured before, and write its file."""
    if arguments.device:
        rule = _("--device is for “record device”; the grid is trained on the cpu, got {value}")
        raise ValueError(rule.format(value=arguments.device))
    from workbench.core.recorded import grid_path
    from workbench.core.recording import record as measure_all

    path = Path(arguments.output) if arguments.output else grid_path()
    settings = list(recorded_settings())
    ran = measure_all(settings, path, Telling())
    told = _("{ran} of {total} trainings measured now; written to {path}")
    say(told.format(ran=ran, total=len(settings), path=path))
