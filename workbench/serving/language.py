"""Which language a page is wanted in, and how the server says something in it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qs

from workbench.locale import LANGUAGES, language, preferred_language, use_language


def chosen_language(query: str, accepted: str) -> str:
    """`lang` of the address, else WORKBENCH_LANGUAGE, else what the browser accepts, else ours."""
    asked = parse_qs(query).get("lang", [])
    wished = [*asked, os.environ.get("WORKBENCH_LANGUAGE", ""), *accepted.split(",")]
    for wish in wished:
        code = wish.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return preferred_language()


def language_of_query(environment: Mapping[str, str] = os.environ) -> str:
    """The language in which the page of this kernel was opened; Voila tells in the environment."""
    return chosen_language(
        environment.get("QUERY_STRING", ""), environment.get("HTTP_ACCEPT_LANGUAGE", "")
    )


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say everything inside in `code`: a server answers in many languages, one after the other."""
    before = language()
    use_language(code)
    try:
        yield
    finally:
        use_language(before)
