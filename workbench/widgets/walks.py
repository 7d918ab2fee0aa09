"""The losses of whole trainings: your rate, the best, and one too small and one too large."""

from dataclasses import replace
from html import escape

from workbench.figures.palette import TRAIL
from workbench.locale import Message, _, message
from workbench.measurement import Grid
from workbench.measurement.landscape import MOST_SHOWN, Landscape, Path, Role
from workbench.widgets.heatmap import how_got, table
from workbench.widgets.plot import Plot, caption
from workbench.widgets.steps import number
from workbench.widgets.valley import COLOURS, MARKERS, SHAPES

LOOKS: dict[Role, tuple[str, str, str]] = {
    "smaller": (COLOURS[0], MARKERS[0], SHAPES[0]),
    "yours": (COLOURS[1], MARKERS[1], SHAPES[1]),
    "larger": (COLOURS[2], MARKERS[2], SHAPES[2]),
    "best": (TRAIL, "diamond", "\N{BLACK DIAMOND}"),
}
"""The marks of the valley above, each with the same meaning."""
DID: dict[str | None, Message] = {
    "too small": message("{name}: too small, it hardly comes down"),
    "too large": message("{name}: too large, it does not stay down"),
    "good": message("{name}: comes lowest of all that were tried"),
    None: message("{name}: comes down, if less"),
}


class Walks:
    """A line for each training, over its updates; the same numbers stand in a table below."""

    def __init__(self) -> None:
        self._across = message("updates of all weights")
        self._plot = Plot(
            self._across,
            message("loss (nat)"),
            message("the loss of trainings of all weights, by learning rate"),
            height=280,
        )
        self._lines = {
            role: self._plot.lines(colour, marker=marker, marker_size=24)
            for role, (colour, marker, _shape) in LOOKS.items()
        }
        self.widget = self._plot.widget

    def draw(self, found: Landscape) -> None:
        """Show the trainings of a landscape."""
        told, top = found.told_paths, MOST_SHOWN * float(found.paths[0].losses[0])
        for role, line in self._lines.items():
            losses = told[role].losses if role in told else ()
            self._plot.put(line, [(update, min(loss, top)) for update, loss in enumerate(losses)])
        highest = min(top, max(float(path.losses.max()) for path in told.values()))
        last = max(len(path.losses) for path in told.values()) - 1
        self._plot.limits((-0.02 * last, 1.02 * last), (0.0, 1.05 * highest))
        self._plot.name_axes()
        self._plot.show(self._words(found), is_drawn=True)

    def _words(self, found: Landscape) -> str:
        told = escape(
            _(
                "All weights at once, from the same start, by plain gradient descent over batches."
                " A rate is judged anew here: a step along one line is not a step of all weights."
                " What lies above twice the first loss is drawn there, and is not in the table."
            )
        )
        keys = "; ".join(_key(found, role, path) for role, path in found.told_paths.items())
        grid = _in_words(found.trainings)
        return (
            f"<p>{told}</p>{caption(f'{keys}. {how_got(grid)}')}<details>"
            f"<summary>{escape(_('the numbers'))}</summary>{table(grid, self._across)}</details>"
        )


def _in_words(grid: Grid) -> Grid:
    """The same, each rate as the language in use writes it."""
    rates = {row: number(float(row)) for row in grid.rows}
    cells = {(rates[row], column): cell for (row, column), cell in grid.cells.items()}
    return replace(grid, rows=tuple(rates.values()), cells=cells)


def _key(found: Landscape, role: Role, path: Path) -> str:
    colour, _marker, shape = LOOKS[role]
    rate = number(path.rate)
    name = _("the panel’s rate {rate}").format(rate=rate) if role == "yours" else rate
    did = Message(DID[found.path_verdict(path)].text, {"name": name})
    return f'<span style="color:{colour}" aria-hidden="true">{shape}</span> {escape(str(did))}'
