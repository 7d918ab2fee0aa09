"""The casting microscope: one number in every format, and sums in the arithmetic of each."""

from fractions import Fraction
from math import inf, isfinite, isinf, isnan

from torch import Tensor

from workbench.core.precision.formats import added, bits_of, stands_for, stored
from workbench.core.precision.typed import Exact, typed_number
from workbench.locale import Message, _, message
from workbench.measurement import Quantity
from workbench.measurement.formats import Format, formats
from workbench.measurement.precision import Adding, Cast, Casting, Happened

MOST_TIMES = 10_000
CAST = message("cast by torch, through float32, and compared with the exact number")
STEPS = message("the nearest whole number of steps of the grid, compared with the exact number")
SUM = message("cast and added by torch in this format, and compared with the exact sum")
SUM_OF_STEPS = message("whole numbers of steps, added within the grid, compared with the exact sum")


def casting(text: str, largest: str) -> Casting:
    """The number `text` in every format; the grids of whole numbers end at `largest`."""
    number, end = typed_number(text), _end(largest)
    casts = []
    for each in formats():
        tensor = stored(number, each, end)
        happened = _happened(number, tensor, each, end)
        casts.append(_cast(number, tensor, each, end, happened, STEPS if each.is_whole else CAST))
    return Casting(text=text, number=float(number), largest=float(end), casts=tuple(casts))


def adding(first: str, second: str, times: str, largest: str) -> Adding:
    """`first` and then `times` times `second`, cast to and added in every format."""
    start, more = typed_number(first), typed_number(second)
    count, end = _times(times), _end(largest)
    total = start + count * more
    casts = []
    for each in formats():
        begun, step = stored(start, each, end), stored(more, each, end)
        tensor = None if begun is None or step is None else _repeated(begun, step, count, each)
        happened = _happened(total, tensor, each, end)
        has_begun = _happened(start, begun, each, end) not in ("overflow", "clipped")
        if tensor is not None and begun is not None and _same(tensor, begun) and has_begun:
            happened = "exact" if happened == "exact" else "lost"
        how = SUM_OF_STEPS if each.is_whole else SUM
        casts.append(_cast(total, tensor, each, end, happened, how))
    return Adding(
        first=first, second=second, times=count, number=float(total), casts=tuple(casts)
    )  # fmt: skip


def _repeated(total: Tensor, step: Tensor, times: int, each: Format) -> Tensor:
    for _time in range(times):
        grown = added(total, step, each)
        if _same(grown, total):  # it stays there, however often
            break
        total = grown
    return total


def _same(one: Tensor, other: Tensor) -> bool:
    return bool(one == other)


def _end(text: str) -> Fraction:
    end = typed_number(text)
    if not isfinite(end) or end <= 0:
        rule = _("the largest value of the grid is a number above 0, got {value}")
        raise ValueError(rule.format(value=f"“{text}”"))
    return Fraction(end)


def _times(text: str) -> int:
    if text.strip().isdecimal() and 1 <= int(text) <= MOST_TIMES:
        return int(text)
    rule = _("how often is a whole number from 1 to {most}, got {value}")
    raise ValueError(rule.format(most=MOST_TIMES, value=f"“{text}”"))


def _happened(number: Exact, tensor: Tensor | None, each: Format, end: Fraction) -> Happened:
    if tensor is None or isnan(number):
        return "no number"
    kept = stands_for(tensor, each, end)
    if each.is_whole and _size(number) > end and _size(kept) == end:
        return "clipped"
    if isinf(kept):
        return "exact" if isinf(number) else "overflow"
    if kept == 0 and number != 0:
        return "underflow"
    if not each.is_whole and 0 < _size(kept) < each.least_normal:
        return "subnormal"
    return "exact" if kept == number else "rounded"


def _cast(
    number: Exact,
    tensor: Tensor | None,
    each: Format,
    end: Fraction,
    happened: Happened,
    how: Message,
) -> Cast:
    """The answer for one format; no error where there is no number to compare."""
    if tensor is None:
        return Cast(format=each, bits="", happened=happened)
    kept = stands_for(tensor, each, end)
    found = {"kept": float(kept)}
    if not isnan(number):
        error = Fraction(0) if kept == number else _distance(kept, number)
        found["error"] = float(error)
        if number != 0 and isfinite(number):
            found["relative_error"] = float(error / _size(number))
    quantities = {
        name: Quantity(value=value, unit="number", provenance="computed", how=how)
        for name, value in found.items()
    }
    return Cast(
        format=each, bits=bits_of(tensor, each), happened=happened, quantities=quantities
    )  # fmt: skip


def _distance(kept: Exact, number: Exact) -> Exact:
    return _size(kept - number) if isfinite(kept) and isfinite(number) else inf


def _size(number: Exact) -> Exact:
    return -number if number < 0 else number
