"""Gradient descent in numbers: the formula with live values, and where each ball is."""

from collections.abc import Sequence
from html import escape
from math import isfinite

from workbench.figures.palette import BASELINE, TRAIL
from workbench.locale import _, decimal, message
from workbench.measurement.landscape import Landscape, Line, Path
from workbench.widgets.html import tag
from workbench.widgets.valley import COLOURS, SHAPES, Ball
from workbench.wording.quantities import significant

LARGEST = 1e5
VERDICTS = {
    "too small": message("too small: it hardly comes down"),
    "good": message("good: it comes down step by step"),
    "overshoots": message("large: it rises on the way, and yet comes down"),
    "too large": message("too large: it does not stay down"),
}


def balls_of(line: Line, rate: float, taken: int) -> tuple[Ball, ...]:
    """The ball of your `rate`, between one that is too small and one too large where there are."""
    chosen = {0: line.typical("too small"), 2: line.typical("too large")}
    yours = next(d for d in line.descents if d.rate == rate)
    found = {place: descent for place, descent in chosen.items() if descent not in (None, yours)}
    balls = {1: yours, **found}
    return tuple(
        Ball(place=place, descent=descent, taken=min(taken, len(descent.steps) - 1))
        for place, descent in sorted(balls.items())
        if descent is not None
    )


def keys(balls: Sequence[Ball], path: Path | None) -> str:
    """What the marks of the picture mean, as HTML; `path`: the training that is drawn, if any."""
    words = (
        _("a rate that is too small for this line"),
        _("your rate"),
        _("a rate that is too large for this line"),
    )
    marks = [
        (BASELINE, "\N{EM DASH}", _("loss over w, all else frozen at the start")),
        *([(TRAIL, "\N{BLACK DIAMOND}", _path_told(path))] if path else []),
        *((COLOURS[ball.place], SHAPES[ball.place], words[ball.place]) for ball in balls),
    ]
    told = "; ".join(
        f'<span style="color:{colour}" aria-hidden="true">{shape}</span> {escape(words)}'
        for colour, shape, words in marks
    )
    return f"{told}. {escape(_('A ball that left the picture lies at its edge.'))}"


def _path_told(path: Path) -> str:
    return _("the best training of all weights, at rate {rate}, seen from this line").format(
        rate=number(path.rate)
    )


def formula(ball: Ball, taken: int) -> str:
    """w <- w - rate * g with the numbers of the ball's next step, as HTML."""
    step, rate = ball.step, ball.descent.rate
    if not (isfinite(step.loss) and isfinite(step.gradient)):
        words = escape(_("The loss is no longer a number: this ball is lost."))
        return f'<p class="wb-formula">{words}</p>'
    gradient = number(step.gradient)
    bracketed = f"({gradient})" if step.gradient < 0 else gradient
    count = escape(_("step {n}").format(n=decimal(taken + 1)))
    return (
        f'<p class="wb-formula">{count}: w ← w \N{MINUS SIGN} η · g = {number(step.position)}'
        f" \N{MINUS SIGN} {number(rate)} · {bracketed} = <b>{number(step.after)}</b></p>"
    )


def positions(landscape: Landscape, line: Line, balls: Sequence[Ball]) -> str:
    """A table of HTML: for each ball its rate, where it is, its loss and slope, where it goes."""
    heads = (
        _("rate η"), _("now at w"), _("loss"), _("slope g"), _("next w"), _("in the end"),
    )  # fmt: skip
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    rows = "".join(_row(line, ball) for ball in balls)
    return (
        f'<div class="wb-scroll" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f'<tbody>{rows}</tbody></table></div><p class="wb-caption">'
        f"{tag(landscape.nats(balls[0].step.loss))} {escape(str(landscape.how))}.</p>"
    )


def _row(line: Line, ball: Ball) -> str:
    step, colour, shape = ball.step, COLOURS[ball.place], SHAPES[ball.place]
    mark = f'<span style="color:{colour}" aria-hidden="true">{shape}</span>'
    numbers = (step.position, step.loss, step.gradient, step.after)
    cells = "".join(f"<td>{number(value)}</td>" for value in numbers)
    told = escape(str(VERDICTS[line.verdict(ball.descent)]))
    rate = number(ball.descent.rate)
    name = escape(_("{rate} (yours)")).format(rate=rate) if ball.is_yours else rate
    return f'<tr><th scope="row">{mark} {name}</th>{cells}<td>{told}</td></tr>'


def number(value: float) -> str:
    """HTML: three digits that count, a true minus, powers of ten where a number ran away."""
    if not isfinite(value):
        return escape(_("no number"))
    sign, size = ("\N{MINUS SIGN}" if value < 0 else ""), abs(value)
    if size >= LARGEST:
        power = len(str(int(size))) - 1
        return f"{sign}{decimal(size / 10.0**power, 1)} · 10<sup>{power}</sup>"
    told = decimal(size, 3) if size >= 1 else significant(size)
    return sign + _without_zeros(told)


def _without_zeros(told: str) -> str:
    mark = decimal(0.5, 1)[1]
    return told.rstrip("0").rstrip(mark) if mark in told else told
