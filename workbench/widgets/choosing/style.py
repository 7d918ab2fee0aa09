"""The style of lesson 9, beside that of the page."""

from pathlib import Path

import ipywidgets

SHEET = Path(__file__).parent / "choosing.css"


def style() -> ipywidgets.Widget:
    """A widget that shows nothing and lays out the others."""
    widget = ipywidgets.HTML(f"<style>{SHEET.read_text(encoding='utf-8')}</style>")
    widget.add_class("wb-page")
    return widget
