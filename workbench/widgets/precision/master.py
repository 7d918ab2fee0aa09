"""Updates too small for 16 bits: how many weights stay, what the loss does, and how small."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.figures.palette import CANDIDATE, PINNED, PRUNED
from workbench.locale import _, decimal, message
from workbench.measurement import EMPTY_GRID
from workbench.measurement.formats import formats
from workbench.measurement.precision import Master, UpdateHistogram
from workbench.setting import Setting
from workbench.widgets.controls import Controls
from workbench.widgets.lines import Lines
from workbench.widgets.page import page
from workbench.widgets.plot import Plot, caption, nothing
from workbench.widgets.task import Task
from workbench.wording import field_text

RATES = (0.1, 0.03, 0.01, 0.003, 0.001)
BORDERS = {"FP16": PRUNED, "BF16": PINNED}
"""The colours that these formats have in the plots above."""
DTYPES = {"FP16": "float16", "BF16": "bfloat16"}


class MasterWeights:
    """A learning rate, a button, two plots over the updates and a histogram of one of them."""

    def __init__(
        self,
        run: Callable[[Setting, Callable[[Master], None]], Master],
        setting: Setting,
    ) -> None:
        updates = message("updates of the weights")
        self._unchanged = Lines(
            updates,
            message("weights left unchanged (%)"),
            message("share of the weights that an update leaves unchanged, by format"),
        )
        self._loss = Lines(
            updates, message("training loss"), message("training loss, by format of the weights")
        )
        self._sizes = Sizes()
        plots = (self._unchanged.widget, self._loss.widget, self._sizes.widget)
        figure = ipywidgets.VBox(list(plots))
        figure.add_class("wb-plots")
        self.task: Task[Setting, Master] = Task(run, self._draw, _told, figure)
        self._controls = Controls(setting, lambda setting: None, page().show_problem)
        rate = self._controls.widget("learning_rate", RATES)
        self.task.offer(
            message("Train in four formats"),
            message("the same training four times in step, its weights kept in four formats"),
            lambda: self._controls.setting,
        )
        choice = ipywidgets.VBox([rate])
        choice.add_class("wb-numbers")
        self.widget = ipywidgets.VBox([choice, self.task.widget])
        self.widget.add_class("wb-study")

    def _draw(self, found: Master | None) -> None:
        self._unchanged.draw(found.unchanged if found else EMPTY_GRID)
        self._loss.draw(found.loss if found else EMPTY_GRID)
        self._sizes.draw(found.histogram if found else None)


def _told(found: Master) -> str:
    rate = field_text("learning_rate", found.setting.learning_rate)
    done = max((int(column) for _row, column in found.loss.cells), default=0)
    return _("{network}, learning rate {rate}: {n} updates").format(
        network=found.setting.model, rate=rate, n=decimal(done)
    )


class Sizes:
    """A histogram of log2 |update / weight|, and from where on half a spacing is reached."""

    def __init__(self) -> None:
        self._plot = Plot(
            message("log2 of update over weight"),
            message("share of the weights (%)"),
            message("how large one update is beside its weight"),
            height=260,
        )
        self._steps = self._plot.lines(CANDIDATE, fill="bottom", fill_opacities=[0.25])
        self._borders = {
            name: self._plot.lines(colour, line_style="dashed") for name, colour in BORDERS.items()
        }
        self.widget = self._plot.widget

    def draw(self, found: UpdateHistogram | None) -> None:
        """Show one update."""
        self._plot.name_axes()
        if found is None:
            self._plot.show(nothing(_("not measured yet: press the button")), is_drawn=False)
            return
        shares = [100 * count / max(1, sum(found.counts)) for count in found.counts]
        top = max(shares) or 1.0
        self._plot.limits((found.first, found.first + len(found.counts)), (0.0, 1.08 * top))
        self._plot.put(
            self._steps,
            [
                (float(found.first + bin_ + side), share)
                for bin_, share in enumerate(shares)
                for side in (0, 1)
            ],
        )
        for name, (low, high) in borders().items():
            self._plot.segments(
                self._borders[name], [(low, 0.0, 1.08 * top), (high, 0.0, 1.08 * top)]
            )
        self._plot.show(caption(_words(found)), is_drawn=True)


def borders() -> dict[str, tuple[float, float]]:
    """log2 of half a spacing over a number: of the largest below a power of 2, and of the power."""
    return {
        each.name: (-(each.mantissa + 2.0), -(each.mantissa + 1.0))
        for each in formats()
        if each.name in BORDERS
    }


def _words(found: UpdateHistogram) -> str:
    keys = ", ".join(
        f'<span class="wb-line wb-dashed" style="color:{BORDERS[name]}"></span>{DTYPES[name]}'
        for name in borders()
    )
    words = _(
        "Update {n} of the training in float32, over the weight that it changes. Left of both"
        " dashed lines of a format an update is less than half a spacing of its weight, and is"
        " lost; right of both it is more, as long as the weight is a normal number of the format;"
        " between them it depends on the weight."
    ).format(n=decimal(found.update))
    zeros = _("Without a place here, since update or weight is 0: {n}.").format(
        n=decimal(found.zeros)
    )
    return f"{keys}. {escape(words)} {escape(zeros)}"
