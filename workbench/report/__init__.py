"""A session as a file to keep: what was predicted, measured and found, in words or as data."""

from workbench.report.blocks import html, markdown
from workbench.report.content import content
from workbench.report.data import as_json
from workbench.report.reading import read
from workbench.report.session import Prediction, Ruled, Session, Studied, Verdict
from workbench.report.shared import Shared, Tried, shared

__all__ = [
    "Prediction",
    "Ruled",
    "Session",
    "Shared",
    "Studied",
    "Tried",
    "Verdict",
    "as_json",
    "content",
    "html",
    "markdown",
    "read",
    "shared",
]
