"""Everything tried in this session, as a table that downloads as CSV."""

import csv
from base64 import b64encode
from html import escape
from io import StringIO

import ipywidgets

from workbench.locale import _, decimal
from workbench.measurement import Measurement
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, interval_text, setting_text, value_text

COLUMNS = ("accuracy", "file_bytes", "deflated_bytes", "packed_bytes", "latency_ms", "speedup")
SHOWN = 30


class History:
    """Newest first; the file holds all of them, with intervals and how each number was got."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-history")
        self.view = View(key=lambda s: (s.history, s.pinned), draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("history of this session"), role="group")
        heads = "".join(f'<th scope="col">{escape(str(QUANTITIES[name]))}</th>' for name in COLUMNS)
        newest = list(enumerate(state.history, start=1))[::-1]
        rows = "".join(self._row(number, m, state) for number, m in newest[:SHOWN])
        self.widget.value = (
            f'<div class="wb-scroll" tabindex="0"><table><thead><tr>'
            f'<th scope="col">{escape(_("no."))}</th><th scope="col">{escape(_("setting"))}</th>'
            f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
            f'<p class="wb-caption">{self._link(state.history)}</p>'
        )

    def _row(self, number: int, measurement: Measurement, state: State) -> str:
        mark = " (A)" if measurement is state.pinned else ""
        cells = "".join(
            f"<td>{escape(value_text(quantity))}"
            f"<small>{escape(interval_text(quantity))}</small>{tag(quantity)}</td>"
            for quantity in (measurement.quantities[name] for name in COLUMNS)
        )
        name = escape(setting_text(measurement.setting))
        return f'<tr><td>{decimal(number)}{mark}</td><th scope="row">{name}</th>{cells}</tr>'

    def _link(self, history: tuple[Measurement, ...]) -> str:
        if not history:
            return escape(_("nothing measured yet"))
        content = b64encode(csv_text(history).encode("utf-8-sig")).decode()
        words = escape(_("Download the results as CSV ({n})").format(n=len(history)))
        return (
            f'<a class="wb-download" download="workbench.csv"'
            f' href="data:text/csv;base64,{content}">{words}</a>'
        )


def csv_text(history: tuple[Measurement, ...]) -> str:
    """A row a measurement: its setting, then value, interval and provenance of each quantity."""
    rows: list[dict[str, object]] = []
    for measurement in history:
        row: dict[str, object] = measurement.setting.as_dict()
        for name, quantity in measurement.quantities.items():
            row |= {
                name: quantity.value,
                f"{name}_low": quantity.low,
                f"{name}_high": quantity.high,
                f"{name}_provenance": quantity.provenance,
            }
        row |= {f"machine_{name}": value for name, value in measurement.machine.items()}
        row["notes"] = "; ".join(str(note) for note in measurement.notes)
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
