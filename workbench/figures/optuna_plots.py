"""optuna's own matplotlib plots as PNG files: nothing of pyplot's global state is left behind."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any

from workbench.locale import Message, _, message

DRAWING = Lock()
"""pyplot's state belongs to the whole process; one thread at a time changes it and puts it back."""
DPI = 110
SQUARE = (5.6, 4.6)
LONG = (8.0, 4.2)
GREY = "#f5f5f5"


@dataclass(frozen=True, kw_only=True)
class OptunaPlot:
    """One of optuna's plots: its function, what it shows in words, and its size in inches."""

    function: str
    title: Message
    about: Message
    size: tuple[float, float] = LONG
    goals: int = 1


PLOTS: Mapping[str, OptunaPlot] = {
    "history": OptunaPlot(
        function="plot_optimization_history", title=message("history"),
        about=message("score of every trial and the best so far"),
    ),
    "parallel": OptunaPlot(
        function="plot_parallel_coordinate", title=message("parallel coordinates"),
        about=message("each trial as a line through the score and the places of its values"),
    ),
    "importance": OptunaPlot(
        function="plot_param_importances", title=message("importance"),
        about=message("share of each axis in the differences of the score"),
    ),
    "contour": OptunaPlot(
        function="plot_contour", title=message("contour"),
        about=message("score over two axes, interpolated between the trials"), size=SQUARE,
    ),
    "intermediate": OptunaPlot(
        function="plot_intermediate_values", title=message("intermediate values"),
        about=message("score of every trial by epoch"),
    ),
    "slice": OptunaPlot(
        function="plot_slice", title=message("slices"),
        about=message("score of every trial along one axis after the other"),
    ),
    "pareto": OptunaPlot(
        function="plot_pareto_front", title=message("Pareto front"),
        about=message("trials by two or three goals, the front marked"), size=SQUARE, goals=2,
    ),
}  # fmt: skip


def plot_png(name: str, study: Any, **options: Any) -> bytes:
    """The plot `name` of an optuna study as a PNG file.

    `options` go to optuna's function. Raises ValueError where the study has nothing to draw yet.
    """
    if name not in PLOTS:
        rule = _("a plot of optuna is one of {known}, got {name}")
        raise ValueError(rule.format(known=", ".join(PLOTS), name=name))
    plot = PLOTS[name]
    if not any(trial.values for trial in study.get_trials(deepcopy=False)):
        raise ValueError(_("optuna draws finished trials, and this study has none yet"))
    from optuna.visualization import matplotlib as drawings

    return _drawn(lambda: getattr(drawings, plot.function)(study, **options), plot.size)


def _drawn(draw: Callable[[], Any], size: tuple[float, float]) -> bytes:
    """What `draw` draws with pyplot, on Agg; pyplot's back end, styles and figures stay."""
    import matplotlib
    from matplotlib import pyplot
    from optuna.exceptions import ExperimentalWarning

    with DRAWING, warnings.catch_warnings(), matplotlib.rc_context():
        warnings.simplefilter("ignore", ExperimentalWarning)
        before, others = matplotlib.get_backend(), set(pyplot.get_fignums())
        pyplot.switch_backend("agg")
        try:
            axes = draw()
            figure = getattr(axes, "figure", None) or axes.flat[0].figure
            figure.set_size_inches(*size)
            file = BytesIO()
            figure.savefig(file, format="png", dpi=DPI, bbox_inches="tight", facecolor=GREY)
            return file.getvalue()
        finally:
            for number in set(pyplot.get_fignums()) - others:
                pyplot.close(number)
            pyplot.switch_backend(before)
