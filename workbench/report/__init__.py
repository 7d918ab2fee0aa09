"""A session as a file to keep: what was predicted, measured and found, in words or as data."""

from workbench.report.blocks import html, markdown
from workbench.report.content import content
from workbench.report.data import as_json
from workbench.report.session import Prediction, Session, Studied, Verdict

__all__ = ["Prediction", "Session", "Studied", "Verdict", "as_json", "content", "html", "markdown"]
