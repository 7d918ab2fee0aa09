"""The page around the panels, without a browser."""

import ipywidgets
import pytest

from tests.browsers import until
from workbench.widgets.page import Page


def test_hundreds_of_names_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by itself would send all that were given before once more."""
    page, told = Page(), list[dict[str, object]]()
    monkeypatch.setattr(page, "send_state", lambda key: told.append(dict(getattr(page, key))))
    for number in range(300):
        page.give_name(ipywidgets.HTML(), f"name {number}")
    until(lambda: bool(told) and len(told[-1]) == 300, "all names are told")
    assert len(told) < 30
    page._over.set()
