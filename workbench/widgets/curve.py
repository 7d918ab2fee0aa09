"""The repair curve: how accurate the network was after each step, live while it is fine-tuned."""

from html import escape

from workbench.locale import _, decimal, message
from workbench.measurement import Grid, Point
from workbench.widgets.lines import Lines
from workbench.widgets.state import State, View
from workbench.wording import interval_text, value_text

NAME = "validation_accuracy"


class Curve:
    """Steps on the way across; a whole step each, and an epoch of fine-tuning as much."""

    def __init__(self) -> None:
        self._lines = Lines(
            message("steps; one for each epoch of fine-tuning"),
            message("accuracy on validation images (%)"),
            message("accuracy after each step of pruning and repair"),
        )
        self.widget = self._lines.widget
        self.view = View(key=lambda s: s.curve, draw=self._draw)

    def _draw(self, state: State) -> None:
        places = _places(state.curve)
        self._lines.draw(
            Grid(
                rows=(NAME,),
                columns=tuple(places),
                cells={(NAME, place): point.accuracy for place, point in places.items()},
            ),
            _described(state.curve),
        )


def _places(curve: tuple[Point, ...]) -> dict[str, Point]:
    """Each point with how far the steps had come by then."""
    places: dict[str, Point] = {}
    steps, last = -1.0, 0.0  # the trained network stands at 0
    for point in curve:
        if point.epochs <= last:  # another step begins
            steps += last
            last = 0.0
        if point.epochs == 0.0:
            steps += 1.0
        last = point.epochs
        places[f"{steps + point.epochs:g}"] = point
    return places


def _described(curve: tuple[Point, ...]) -> str:
    """The last point of each step in words."""
    if not curve:
        words = _(
            "nothing repaired or trained yet: choose a repair, or epochs with rounded weights, and"
            " the curve grows here"
        )
        return escape(words)
    last = [
        point
        for point, after in zip(curve, [*curve[1:], None], strict=True)
        if after is None or after.step != point.step or after.epochs <= point.epochs
    ]
    told = (
        f"{escape(str(point.step))}"
        + (f" ({_('{n} epochs').format(n=decimal(point.epochs, 2))})" if point.epochs else "")
        + f": {escape(value_text(point.accuracy))}"
        f" <small>{escape(interval_text(point.accuracy))}</small>"
        for point in last
    )
    return " → ".join(told)
