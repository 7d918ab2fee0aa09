"""From a key press on lesson 2's slider to the painted first point of the live curve."""

from collections.abc import Sequence

from workbench.bench import Row
from workbench.bench.browser import chromium, opened, presses, voila
from workbench.places import notebooks_folder
from workbench.statistics import quantile_interval

PRESSES = 40
POSITIONS = 5
"""Of the slider of the batch size, from where the lesson begins to its end."""


def first_point() -> list[Row]:
    """Milliseconds, through Voila and headless Chromium."""
    with chromium() as browser, voila(notebooks_folder()) as address:
        page = opened(browser, f"{address}voila/render/02_learning.ipynb", ".wb-ready")
        times, _final = presses(page, 1, POSITIONS, PRESSES)
    return [
        _row("first_point_p50", times, 0.5, None),
        _row("first_point", times, 0.95, 200),
    ]


def _row(what: str, times: Sequence[float], share: float, aim_ms: int | None) -> Row:
    value, low, high = quantile_interval(times, share)
    if aim_ms is None:
        return Row(what=what, value=value, unit="ms", low=low, high=high)
    goal = f"at most {aim_ms} ms for 95 of 100"
    return Row(what=what, value=value, unit="ms", low=low, high=high, goal=goal,
               met=value <= aim_ms)  # fmt: skip
