"""Every sentence a person reads is in every language, with the same gaps and the same marks."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from workbench.locale import (
    CATALOGUES,
    LANGUAGES,
    _,
    decimal,
    language,
    message,
    percent,
    use_language,
)

PACKAGE = Path(__file__).parent.parent / "workbench"
MARKERS = ("_", "message")
OTHERS = [code for code in LANGUAGES if code != "en"]


def marked() -> Iterator[tuple[Path, ast.Call]]:
    """Every call that marks a sentence, inside f-strings too, which babel's extractor misses."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
                yield path, node


def sentences() -> set[str]:
    return {
        call.args[0].value for _path, call in marked() if isinstance(call.args[0], ast.Constant)
    }


def catalogue(code: str) -> dict[str, str]:
    with (CATALOGUES / f"{code}.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def gaps(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.fixture
def turkish() -> Iterator[None]:
    before = language()
    use_language("tr")
    yield
    use_language(before)


def test_only_whole_sentences_are_marked() -> None:
    """A marked expression that is put together first could never be found in a catalogue."""
    allowed = {"locale/__init__.py"}
    for path, call in marked():
        if path.relative_to(PACKAGE).as_posix() not in allowed:
            assert isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_missing(code: str) -> None:
    missing = sorted(sentences() - {text for text, told in catalogue(code).items() if told})
    assert not missing, "\n".join(f'msgid "{text}"\nmsgstr ""\n' for text in missing)


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_left_over(code: str) -> None:
    assert sorted(set(catalogue(code)) - sentences()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_gaps_and_marks_of_its_source(code: str) -> None:
    for source, told in catalogue(code).items():
        assert gaps(source) == gaps(told), source
        assert sorted(re.findall(r"</?\w+", source)) == sorted(re.findall(r"</?\w+", told)), source


@pytest.mark.usefixtures("turkish")
def test_the_terms_are_those_of_the_field() -> None:
    assert _("learning rate") == "öğrenme oranı"
    assert _("batch size") == "yığın boyutu"
    assert "niceleme" in catalogue("tr")[next(s for s in sentences() if "quantization stores" in s)]


@pytest.mark.usefixtures("turkish")
def test_numbers_follow_the_language() -> None:
    assert decimal(25978.5, 1) == "25.978,5"
    assert percent(0.905) == "%90,5"


def test_a_message_follows_the_language_of_the_moment() -> None:
    told = message("training: epoch {epoch} of {epochs}", epoch=1, epochs=3)
    assert str(told) == "training: epoch 1 of 3"
    use_language("tr")
    try:
        assert str(told) == "eğitim: devir 1 / 3"
    finally:
        use_language("en")


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="en, tr"):
        use_language("xx")
