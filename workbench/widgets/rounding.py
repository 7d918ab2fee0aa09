"""Nine of the learner's own weights on their way to whole numbers and back."""

from html import escape
from math import floor, log10

import ipywidgets
import numpy as np

from workbench.locale import _, decimal
from workbench.measurement import Rounding
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import signed

MOST_DIGITS = 8
ALMOST = 1e-3  # of a step: float32 may miss half a step by so much


class RoundingView:
    """A table: weight, in steps, level, back to a number, error; the formula with live numbers."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = View(key=lambda s: s.answer, draw=self._draw)

    def _draw(self, state: State) -> None:
        name = _("nine weights on their way to whole numbers and back")
        page().give_name(self.widget, name, role="group")
        closeup = state.answer.closeup if state.answer else None
        rounding = closeup.rounding if closeup else None
        if rounding is not None and len(rounding.before):
            self.widget.value = _table(rounding)
            return
        words = (
            _("the weights come with the first answer")
            if state.answer is None
            else _(
                "No weight of the first layer was rounded to a whole number here: that takes 8"
                " weight bits or fewer, and levels at equal distances."
            )
        )
        self.widget.value = f'<p class="wb-empty">{escape(words)}</p>'


def _table(rounding: Rounding) -> str:
    shifted = bool(rounding.zero_point.any())
    steps = f"w / s{' + z' if shifted else ''}"
    heads = (
        _("weight w"), _("in steps, {formula}").format(formula=steps), _("level q"),
        _("back, w′"), _("error w′ \N{MINUS SIGN} w"),
    )  # fmt: skip
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(_row(rounding, index) for index in range(len(rounding.before)))
    return (
        f'<p class="wb-rounding-head">{_head(rounding)}</p><p class="wb-formula">'
        f'{_formula(rounding)}</p><div class="wb-rounding-scroll" tabindex="0">'
        f'<table class="wb-rounding"><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>'
        f'</div><p class="wb-caption">{escape(_caption(rounding))}</p>'
    )


def _head(rounding: Rounding) -> str:
    words = _("Layer {layer}: {bits} bits, step size s = {step}, zero point z = {zero}.").format(
        layer=f"<b>{escape(rounding.layer)}</b>",
        bits=rounding.bits,
        step=_from_to([decimal(float(s), _digits(rounding)) for s in _ends(rounding.step)]),
        zero=_from_to([signed(float(z), 0) for z in _ends(rounding.zero_point)]),
    )
    return words


def _ends(values: np.ndarray) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _from_to(ends: list[str]) -> str:
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} … {ends[1]}"


def _digits(rounding: Rounding) -> int:
    """Decimals that show three digits of the smallest step."""
    smallest = max(float(rounding.step.min()), 10.0**-MOST_DIGITS)
    return min(MOST_DIGITS, max(0, 2 - floor(log10(smallest))))


def _formula(rounding: Rounding) -> str:
    """The way of the first weight, with its numbers."""
    digits = _digits(rounding)
    weight, step, back = (
        float(values[0]) for values in (rounding.before, rounding.step, rounding.after)
    )
    level, zero = int(rounding.levels[0]), int(rounding.zero_point[0])
    shift = f" + ({signed(zero, 0)})" if zero else ""
    unshifted = f"({signed(level, 0)} − ({signed(zero, 0)}))" if zero else f"({signed(level, 0)})"
    return (
        f"q = round({signed(weight, digits)} / {decimal(step, digits)}{shift})"
        f" = <b>{signed(level, 0)}</b>;"
        f" w′ = {decimal(step, digits)} · {unshifted} = <b>{signed(back, digits)}</b>"
    )


def _row(rounding: Rounding, index: int) -> str:
    digits = _digits(rounding)
    weight, step, back = (
        float(values[index]) for values in (rounding.before, rounding.step, rounding.after)
    )
    level = int(rounding.levels[index])
    steps = _steps(rounding)[index]
    # An empty channel has a step of almost 0; its weights are 0 steps away from anything.
    limited = abs(steps - level) > 0.5 + ALMOST
    mark = f" <small>{escape(_('limited'))}</small>" if limited else ""
    return (
        f'<tr><th scope="row">{signed(weight, digits)}</th><td>{signed(steps, 2)}</td>'
        f"<td><b>{signed(level, 0)}</b>{mark}</td><td>{signed(back, digits)}</td>"
        f"<td>{signed(back - weight, digits)}{_bar((back - weight) / step, _longest(rounding))}"
        f"</td></tr>"
    )


def _steps(rounding: Rounding) -> np.ndarray:
    """The weights in steps of their own channel, counted from the zero point."""
    return rounding.before / rounding.step + rounding.zero_point


def _longest(rounding: Rounding) -> float:
    """The error, in steps, that half of a bar's room stands for: half a step, if none is larger."""
    errors = np.abs(rounding.after - rounding.before) / rounding.step
    return max(0.5, float(errors.max()))


def _bar(error: float, longest: float) -> str:
    width = 50 * min(1.0, abs(error) / longest)
    left = 50.0 if error > 0 else 50 - width
    return (
        f'<span class="wb-error"><span style="left:{left:.1f}%;width:{width:.1f}%"></span></span>'
    )


def _caption(rounding: Rounding) -> str:
    return _(
        "A bar goes from no error in the middle to {longest} steps at either end. Rounding alone"
        " errs by half a step at most; more than that comes of the limit of the levels."
    ).format(longest=decimal(_longest(rounding), 2))
