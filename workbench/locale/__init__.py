"""The languages of the workbench: English is the source, the catalogues lie beside this file."""

import gettext
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent
LANGUAGES = {"en": "English", "tr": "Türkçe"}


class _State:
    """The one language of this process (a page has a kernel of its own) and who wants to know."""

    language = "en"
    listeners: list[Callable[[], None]] = []  # noqa: RUF012  one process, one language


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """`message` in the language of this process."""
    return _catalogue(_State.language).gettext(message)


def language() -> str:
    """The code of the language in use: a key of LANGUAGES."""
    return _State.language


def use_language(code: str) -> None:
    """Say everything from here on, and what already stands on the page, in `code`."""
    if code not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(_("language is one of {known}, got {code}").format(known=known, code=code))
    _State.language = code
    for write in list(_State.listeners):
        write()


def preferred_language() -> str:
    """WORKBENCH_LANGUAGE if set, else the language of the system if we speak it, else English."""
    for name in ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


def keep_translated(write: Callable[[], None]) -> None:
    """Call `write`, which puts a text somewhere, now and whenever the language changes."""
    write()
    _State.listeners.append(write)


@dataclass(frozen=True)
class Message:
    """A sentence that is put into words when it is read, so that it follows the language."""

    text: str
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        words = {name: _in_words(value) for name, value in self.values.items()}
        return _(self.text).format(**words)


def message(text: str, **values: Any) -> Message:
    """A Message; the extractor of catalogues finds its text by this name."""
    return Message(text, values)


def _in_words(value: object) -> str:
    """A number with this language's marks and all of its own digits; all else as it is."""
    if type(value) is int or type(value) is float:
        return decimal(value, len(f"{value:f}".rstrip("0").partition(".")[2]))
    return str(value)


def decimal(value: float, digits: int = 0) -> str:
    """`value` with `digits` decimals and this language's separators; no sign before nothing."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text = numbers.format_decimal(value, format=pattern, locale=_State.language)
    return text if any(digit in text for digit in "123456789") else text.lstrip("-")


def percent(fraction: float, digits: int = 1) -> str:
    """`fraction` as per cent, the sign where this language writes it."""
    return _("{number} %").format(number=decimal(fraction * 100, digits))
