"""The ruler of number formats, with the learner's number on it."""

from html import escape
from math import isfinite

import ipywidgets

from workbench.figures.casts import numeral
from workbench.figures.ruler import ruler
from workbench.locale import _
from workbench.measurement.formats import formats
from workbench.measurement.precision import Casting


class MarkedRuler:
    """Redrawn with each number; 0, infinity and NaN have no place on an axis of powers."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-figure")

    def draw(self, found: Casting | None) -> None:
        """Point at the number; at first there is none."""
        size = abs(found.number) if found else 0.0
        marked = {}
        if found and isfinite(size) and size > 0:
            # Whole numbers count steps, of which `largest` is the last.
            marked = {
                each.name: size * each.largest / found.largest if each.is_whole else size
                for each in formats()
            }
        self.widget.value = f"<p>{_told(found, bool(marked))}</p>{ruler(marked)}"


def _told(found: Casting | None, is_marked: bool) -> str:
    if found is None:
        return escape(_("the number comes with the first answer"))
    number = f"<b>{numeral(abs(found.number), 6)}</b>"
    if is_marked:
        return _(
            "▼ points at the size of your number, {number}; of whole numbers at that many steps."
        ).format(number=number)
    return _("{number} has no place on an axis of powers of 2.").format(number=number)
