"""What stands in a report, in the language in use."""

from collections.abc import Iterable
from itertools import chain

from workbench.locale import Message, _, decimal
from workbench.measurement import Measurement, Quantity
from workbench.report.blocks import Block, Heading, Picture, Points, Table, Words
from workbench.report.plane import plane, sets_of
from workbench.report.session import Session, Studied, Verdict
from workbench.wording import (
    PROVENANCES,
    QUANTITIES,
    interval_text,
    machine_text,
    network_text,
    setting_text,
    value_text,
)

COLUMNS = ("accuracy", "file_bytes", "deflated_bytes", "packed_bytes", "latency_ms", "speedup")


def content(session: Session) -> list[Block]:
    """Predictions, every measurement in short and in full, drawings, verdicts, the machine."""
    title = _("What was predicted, measured and found on {day}").format(day=session.day.isoformat())
    return [
        Heading(text=title, level=1),
        *_predictions(session),
        *_measurements(session),
        *chain(*(_studied(each) for each in session.studied)),
        *_verdicts(session.verdicts),
        *_in_full(session.measurements),
        *_machine(session),
    ]


def _predictions(session: Session) -> list[Block]:
    last = len(session.measurements)
    items = tuple(
        _("before measurement {number}: {words}").format(number=each.before, words=each.words)
        if each.before <= last
        else _("after the last measurement: {words}").format(words=each.words)
        for each in session.predictions
    )
    told = Points(items=items) if items else Words(text=_("No prediction was written down."))
    return [Heading(text=_("Predictions")), told]


def _measurements(session: Session) -> list[Block]:
    head = Heading(text=_("Measurements"))
    if not session.measurements:
        return [head, Words(text=_("Nothing was measured."))]
    return [head, _in_short(session.measurements), *_drawings(session.measurements)]


def _studied(studied: Studied) -> list[Block]:
    head = Heading(text=_("Measured by a study: {by}").format(by=studied.by), level=3)
    return [head, _in_short(studied.measurements), *_drawings(studied.measurements)]


def _in_short(measurements: tuple[Measurement, ...]) -> Table:
    heads = (_("no."), _("setting"), *(str(QUANTITIES[name]) for name in COLUMNS))
    rows = tuple(
        (decimal(number), _setting(m), *_cells(m)) for number, m in enumerate(measurements, start=1)
    )
    return Table(heads=heads, rows=rows)


def _setting(measurement: Measurement) -> str:
    """What was measured; file and time of an imitation are no claim about the real thing."""
    told = setting_text(measurement.setting)
    return _("{setting} (imitated)").format(setting=told) if measurement.is_simulated else told


def _cells(measurement: Measurement) -> Iterable[str]:
    known = measurement.quantities
    return (_told(known[name]) if name in known else "" for name in COLUMNS)


def _told(quantity: Quantity) -> str:
    """Value, interval and label in one cell."""
    parts = (value_text(quantity), interval_text(quantity), PROVENANCES[quantity.provenance])
    return ", ".join(str(part) for part in parts if str(part))


def _drawings(measurements: tuple[Measurement, ...]) -> list[Block]:
    found: list[Block] = []
    for dataset, tried in sets_of(measurements).items():
        about = _(
            "Accuracy against the deflated file of everything that was tried on {dataset}, numbered"
            " as in the table, with 95 % intervals. Better is up and to the left. Hollow: its"
            " arithmetic was imitated."
        ).format(dataset=dataset)
        found.append(Picture(svg=plane(tried), about=about))
    return found


def _verdicts(verdicts: tuple[Verdict, ...]) -> list[Block]:
    if not verdicts:
        return [Heading(text=_("Verdicts")), Words(text=_("No sentence was put to the test."))]
    return [Heading(text=_("Verdicts")), *chain(*(_verdict(each) for each in verdicts))]


def _verdict(verdict: Verdict) -> list[Block]:
    told = [_("Verdict: {ruling}.").format(ruling=verdict.ruling)]
    if verdict.bet is not None:
        told.append(_("Your bet: {bet}.").format(bet=verdict.bet))
    found: list[Block] = [Heading(text=str(verdict.claim), level=3), Words(text=" ".join(told))]
    if verdict.told:
        found.append(Points(items=tuple(str(each) for each in verdict.told)))
    return [*found, *([_quantities(verdict.numbers)] if verdict.numbers else [])]


def _in_full(measurements: tuple[Measurement, ...]) -> list[Block]:
    found: list[Block] = [Heading(text=_("Every measurement in full"))] if measurements else []
    for number, m in enumerate(measurements, start=1):
        name = _("{number}: {setting}").format(number=number, setting=setting_text(m.setting))
        named = [(QUANTITIES[each], quantity) for each, quantity in m.quantities.items()]
        found += [Heading(text=name, level=3), _quantities(named)]
        if m.notes:
            found.append(Points(items=tuple(str(note) for note in m.notes)))
    return found


def _quantities(named: Iterable[tuple[Message, Quantity]]) -> Table:
    heads = (_("quantity"), _("value"), _("interval"), _("label"), _("how"))
    rows = tuple(
        (
            str(name),
            value_text(quantity),
            interval_text(quantity),
            str(PROVENANCES[quantity.provenance]),
            str(quantity.how),
        )
        for name, quantity in named
    )
    return Table(heads=heads, rows=rows)


def _machine(session: Session) -> list[Block]:
    told = tuple(machine_text(session.machine))
    networks = dict.fromkeys(network_text(m.setting) for m in session.measurements)
    words = _("Networks: {networks}.").format(networks=", ".join(networks))
    if not told:
        return []
    return [Heading(text=_("Machine and versions")), Words(text=words), Points(items=told)]
