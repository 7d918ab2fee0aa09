"""The composition root: one file a lesson, which joins computation and page."""

from workbench.lessons.start import start

__all__ = ["start"]
