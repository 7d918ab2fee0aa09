"""The events: who is admitted, and ranks as far as measurements can tell."""

from collections.abc import Sequence
from html import escape

import ipywidgets

from workbench.checks.events import EVENTS, Event, Place, is_surely_accurate, places
from workbench.checks.versions import version_of
from workbench.locale import _, decimal
from workbench.measurement.choosing import Version
from workbench.widgets.claims.tables import row, table
from workbench.widgets.gallery import LoadImages
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import QUANTITIES, interval_text, setting_text, value_text

SHOWN = 8


class EventsView:
    """A table an event of what was measured on this page, on the data set of the moment."""

    def __init__(self, load_images: LoadImages) -> None:
        self._load_images = load_images
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.widget.add_class("wb-history")
        self.view = View(
            key=lambda s: (s.history, s.setting.dataset, s.setting.inference_batch),
            draw=self._draw,
        )

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("events"), role="group")
        versions = versions_of(state, self._load_images)
        if not versions:
            words = _("Every version that is measured above takes part: nothing is measured yet.")
            self.widget.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        self.widget.value = "".join(_event(event, places(versions, event)) for event in EVENTS)


def versions_of(state: State, load_images: LoadImages) -> tuple[Version, ...]:
    """What was measured on this data set with this batch, each setting as it was measured last."""
    setting = state.setting
    found = {
        measurement.setting.effective: measurement
        for measurement in state.history
        if measurement.setting.dataset == setting.dataset
        and measurement.setting.inference_batch == setting.inference_batch
    }
    if not found:
        return ()
    labels = load_images(setting.dataset).test_labels
    return tuple(version_of(measurement, labels) for measurement in found.values())


def _event(event: Event, found: Sequence[Place]) -> str:
    title = f"<h3>{escape(str(event.title))}</h3>"
    if not found:
        words = _("No version is admitted yet.")
        return f'{title}<p class="wb-empty">{escape(words)}</p>'
    names = dict.fromkeys((event.quantity, "accuracy"))
    heads = [_("rank"), _("version"), *(str(QUANTITIES[name]) for name in names)]
    rows = [_row(place, list(names)) for place in found[:SHOWN]]
    return f"{title}{table(heads, rows)}{_tied(event, found)}"


def _row(place: Place, names: Sequence[str]) -> str:
    name = escape(setting_text(place.version.measurement.setting))
    cells = [
        f"{escape(value_text(quantity))}<small>{escape(interval_text(quantity))}</small>"
        f"{tag(quantity)}"
        for quantity in (place.version.quantities[name] for name in names)
    ]
    return row(name, cells, _rank(place))


def _rank(place: Place) -> str:
    if place.first == place.last:
        return decimal(place.first)
    return f"{decimal(place.first)}–{decimal(place.last)}"


def _tied(event: Event, found: Sequence[Place]) -> str:
    """Who leads, or how many cannot be told apart from the first."""
    leading = [place for place in found if place.first == 1]
    told = []
    if len(leading) > 1:
        words = _("Versions that may be first: {n}; their ranks cannot be told apart.")
        told.append(words.format(n=decimal(len(leading))))
    unsure = [place for place in leading if not is_surely_accurate(place.version)]
    if unsure and event.has_floor:
        words = _("Leading versions whose interval of the accuracy reaches below 80 %: {n}.")
        told.append(words.format(n=decimal(len(unsure))))
    return f'<p class="wb-caption">{escape(" ".join(told))}</p>' if told else ""
