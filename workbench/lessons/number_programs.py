"""The programs of single numbers: a cast, a sum, nine rounded weights."""

from fractions import Fraction

from workbench.as_code import FILE, Program, adding, casting, rounding
from workbench.locale import _, message
from workbench.measurement import Measurement

Words = tuple[str, ...]


def casting_of(words: Words) -> Program:
    """The program behind the casting microscope: `words` as typed, the number and the largest."""
    number, largest = _numbers(words)
    about = message(
        "This program needs no workbench. It casts the same number, and prints its bits, what they"
        " stand for and the error in every format. Save it as {file} and run it so:",
        file=FILE,
    )
    return Program(text=casting(number, Fraction(largest)), about=about)


def adding_of(words: Words) -> Program:
    """The program behind the sums: `words` as typed, two numbers, how often, and the largest."""
    first, second, times, largest = _numbers(words)
    about = message(
        "This program needs no workbench. It adds the same numbers in the arithmetic of every"
        " format, and prints the bits of the sum, what they stand for and the error. Save it as"
        " {file} and run it so:",
        file=FILE,
    )
    text = adding(first, second, int(times), Fraction(largest))
    return Program(text=text, about=about)


def _numbers(words: Words) -> list[Fraction | float]:
    from workbench.core.precision.typed import typed_number

    return [typed_number(word) for word in words]


def rounding_of(answer: Measurement) -> Program:
    """The program behind the nine weights; raises ValueError where none was rounded."""
    nine = answer.closeup.rounding if answer.closeup else None
    if nine is None:
        rule = _("a program is told of weights on levels at equal distances, 8 bits or fewer")
        raise ValueError(rule)
    limit = 2 ** (nine.bits - 1) - 1
    lowest = -limit if answer.setting.weight_symmetry == "symmetric" else -limit - 1
    about = message(
        "This program needs no workbench. It rounds the same nine weights with the same steps and"
        " zero points, and prints the levels and the weights that come back. Save it as {file} and"
        " run it so:",
        file=FILE,
    )
    text = rounding(nine.before, nine.step, nine.zero_point, (lowest, limit))
    return Program(text=text, about=about)
