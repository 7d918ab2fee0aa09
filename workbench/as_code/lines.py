"""Lines of a program: a function, and what stands in brackets, broken where it is too long."""

from collections.abc import Iterable, Sequence

MOST_LETTERS = 88
"""Of a line before it is indented, so that none is longer than 100 within a function."""


def function(head: str, lines: Iterable[str]) -> str:
    """The text of a function with these lines."""
    return "\n".join([f"def {head}:", *indented(lines)])


def indented(lines: Iterable[str]) -> list[str]:
    """The lines one step further in."""
    return [f"    {line}" if line else "" for line in lines]


def bracketed(begin: str, parts: Sequence[str], end: str) -> list[str]:
    """Begin, parts and end in one line, or a line each where that is too long."""
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) <= MOST_LETTERS:
        return [line]
    return [begin, *indented(f"{part}," for part in parts), end]
