"""The accuracy of two networks against how many images it was counted on."""

from html import escape

from workbench.locale import _, decimal, message
from workbench.measurement import Grid
from workbench.statistics import CONFIDENCE
from workbench.widgets.trust.rungs import Rungs

P_VALUE = "p_value"


class Samples:
    """Two lines with intervals, the values of all images dashed, and the verdicts in words."""

    def __init__(self, models: tuple[str, str]) -> None:
        self._models = models
        self._figure = Rungs(
            message("test images, drawn at random"),
            message("accuracy (%)"),
            message("accuracy against the number of test images"),
            rows=models,
            from_zero=False,
        )
        self.widget = self._figure.widget

    def draw(self, grid: Grid) -> None:
        """Show what is there of the grid."""
        last = grid.columns[-1] if grid.columns else ""
        whole = [grid.cells[model, last].value for model in self._models
                 if (model, last) in grid.cells]  # fmt: skip
        self._figure.draw(grid, _verdicts(grid), whole)


def _verdicts(grid: Grid) -> str:
    found = {column: grid.cells[P_VALUE, column] for column in grid.columns
             if (P_VALUE, column) in grid.cells}  # fmt: skip
    if not found:
        return ""
    apart = [column for column, cell in found.items() if cell.value < 1 - CONFIDENCE]
    alike = [column for column in found if column not in apart]
    parts = []
    if alike:
        words = _("On {sizes} images the two cannot be told apart (McNemar’s test, 5 %).")
        parts.append(words.format(sizes=_listed(alike)))
    if apart:
        words = _("On {sizes} images they can.")
        parts.append(words.format(sizes=_listed(apart)))
    return escape(" ".join(parts))


def _listed(columns: list[str]) -> str:
    return ", ".join(decimal(int(column)) for column in columns)
