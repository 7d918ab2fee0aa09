"""Numbers as a learner types them, worked out exactly: digits, + - * / **, inf and nan."""

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from math import inf, isfinite, nan
from typing import Any

from workbench.locale import _

Exact = Fraction | float
"""A number without any rounding; a float only where it is infinite or no number."""
MOST_LETTERS = 60
FARTHEST = 1000
"""A number that is not 0 lies between 2^-1000 and 2^1000 in size."""
NAMED = {"inf": inf, "nan": nan}
DYADIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def typed_number(text: str) -> Exact:
    """The number that `text` means, exactly; what is no such number is refused in a sentence."""
    try:
        if not 0 < len(text.strip()) <= MOST_LETTERS:
            raise SyntaxError
        source = text.strip().replace("\N{MINUS SIGN}", "-")
        return _near(_value(ast.parse(source, mode="eval").body, source))
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        if isinstance(error, OutOfReach):
            raise
        rule = _(
            "a number is written in at most {most} characters: digits, a decimal point, + - * / **"
            " and brackets, or inf or nan; got {value}"
        )
        raise ValueError(rule.format(most=MOST_LETTERS, value=f"“{text}”")) from error
    except ZeroDivisionError as error:
        rule = _("a number is divided by anything but 0, got {value}")
        raise ValueError(rule.format(value=f"“{text}”")) from error


class OutOfReach(ValueError):
    """Smaller or larger than anything that is worth casting."""

    def __init__(self) -> None:
        rule = _("a number is 0 or between 2^{least} and 2^{most} in size, got one beyond")
        super().__init__(rule.format(least=f"\N{MINUS SIGN}{FARTHEST}", most=FARTHEST))


def _near(value: Exact) -> Exact:
    if isinstance(value, float) or value == 0:
        return value
    far = abs(value.numerator).bit_length() - value.denominator.bit_length()
    if abs(far) >= FARTHEST:
        raise OutOfReach
    return value


def _value(node: ast.expr, source: str) -> Exact:
    match node:
        case ast.Constant(value=int() as whole) if not isinstance(whole, bool):
            return Fraction(whole)
        case ast.Constant(value=float() as rounded):
            return _literal(node, rounded, source)
        case ast.Name(id=name) if name.lower() in NAMED:
            return NAMED[name.lower()]
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, source)
        case ast.UnaryOp(op=ast.UAdd()):
            return _value(node.operand, source)
        case ast.BinOp(op=ast.Pow()):
            return _power(_value(node.left, source), _value(node.right, source))
        case ast.BinOp(op=kind) if type(kind) in DYADIC:
            left, right = _value(node.left, source), _value(node.right, source)
            return _exact(DYADIC[type(kind)](left, right))
    raise SyntaxError


def _literal(node: ast.Constant, rounded: float, source: str) -> Exact:
    """The digits as they stand there: 0.1 is a tenth, not the nearest float."""
    digits = (ast.get_source_segment(source, node) or "").lower().replace("_", "")
    has_size = any(digit in "123456789" for digit in digits.partition("e")[0])
    # Before they are worked out: 1e-999999999 has a billion digits.
    if not isfinite(rounded) or (rounded == 0 and has_size):
        raise OutOfReach
    return Fraction(digits)


def _power(base: Exact, exponent: Exact) -> Exact:
    if isinstance(base, float) or isinstance(exponent, float) or exponent.denominator != 1:
        raise SyntaxError
    length = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and (length - 1) * abs(exponent) > 2 * FARTHEST:
        raise OutOfReach
    if abs(exponent) > 2 * FARTHEST:
        raise OutOfReach
    return Fraction(base ** int(exponent))


def _exact(value: Exact) -> Exact:
    """What is finite stays a fraction: 1/inf is 0."""
    return Fraction(value) if isfinite(value) else float(value)
