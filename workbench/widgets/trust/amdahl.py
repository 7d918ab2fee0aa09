"""Amdahl's ceiling of one layer: computed from its share, and measured with the layer made free."""

from collections.abc import Callable
from html import escape

import ipywidgets

from workbench.figures.lengths import lengths, provenance
from workbench.locale import _, keep_translated, message
from workbench.measurement import Quantity
from workbench.measurement.layer_times import Freed, Gain, LayerTimes
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.widgets.trust.layers import pass_told
from workbench.widgets.trust.parts import layer_name
from workbench.wording import interval_text, signed, value_text


class Amdahl:
    """Follows the measured layers; the learner chooses one and has it made free."""

    def __init__(self, run: Callable[[Freed, Callable[[Gain], None]], Gain]) -> None:
        self._times: LayerTimes | None = None
        self._figure = ipywidgets.HTML()
        self._figure.add_class("wb-drawing")
        self._layer = ipywidgets.Dropdown(
            style={"description_width": "9.5em"}, layout={"max_width": "40em"}
        )
        self._layer.add_class("wb-control")
        self.task: Task[Freed, Gain] = Task(run, lambda _found: self._draw(), _told, self._figure)
        self.task.offer(
            message("Make it free"),
            message("time the pass in turn with one in which this layer does nothing"),
            self._wanted,
        )
        listen(self._layer, lambda _layer: self._draw(), page().show_problem)
        self.widget = ipywidgets.VBox([self._layer, self.task.widget])
        self.widget.add_class("wb-figures")
        keep_translated(self._translate)

    def show(self, times: LayerTimes | None) -> None:
        """Take what was measured of the layers; the choice stays where that layer is there."""
        if times is not self._times:
            self._times = times
            self._offer()
        self._draw()

    @property
    def layer(self) -> str | None:
        """The name of the layer that is chosen; None before any is measured."""
        return self._layer.value  # type: ignore[no-any-return]

    def _translate(self) -> None:
        self._layer.description = _("layer")
        page().give_name(self._layer, _("the layer that is to take no time"))
        page().give_name(self._figure, _("ceiling of the speed-up"), role="group", live=True)
        self._offer()
        self._draw()

    def _offer(self) -> None:
        layers = self._times.layers if self._times else ()
        options = [(layer_name(layer), layer.name) for layer in layers]
        if list(self._layer.options) == options:
            return
        slowest = self._times.slowest if self._times else None
        kept = self.layer if self.layer in [name for _words, name in options] else None
        self._layer.options = options
        self._layer.value = kept or (slowest.name if slowest else None)

    def _wanted(self) -> Freed:
        if self._times is None or self.layer is None:
            raise ValueError(_("time the layers first: the share of one gives its ceiling"))
        return Freed(asked=self._times.asked, layer=self.layer)

    def _draw(self) -> None:
        words = escape(_("time the layers first: the share of one gives its ceiling"))
        if self._times is None or self.layer is None:
            self._figure.value = f'<p class="wb-empty">{words}</p>'
            return
        gain = self.task.found
        is_same = gain is not None and gain.freed == self._wanted()
        self._figure.value = ceiling_drawn(
            self._times, self.layer, gain.speedup if gain and is_same else None
        )


def _told(gain: Gain) -> str:
    return f"{gain.freed.layer}, {pass_told(LayerTimes(asked=gain.freed.asked))}"


def ceiling_drawn(times: LayerTimes, name: str, measured: Quantity | None) -> str:
    """The ceiling that the share gives and the one that was measured, as HTML."""
    share, most = times.layer(name).quantities["time_share"], times.ceiling(name)
    computed, real = _("ceiling"), _("measured")
    sentence = _(
        "{layer} takes {share} of the time, {interval}. If it took none and the other layers as"
        " long as before, the network would be {ceiling} as fast."
    ).format(
        layer=layer_name(times.layer(name)), share=value_text(share),
        interval=interval_text(share), ceiling=value_text(most),
    )  # fmt: skip
    bars = lengths([(computed, most), (real, measured)])
    found = {computed: most} | ({real: measured} if measured else {})
    met = f"<p>{escape(_met(most, measured))}</p>" if measured else ""
    return (
        f'<p>{escape(sentence)}</p><div class="wb-ceiling">{bars}</div>{met}'
        f'<p class="wb-caption">{provenance(found)}</p>'
    )


def _met(most: Quantity, measured: Quantity) -> str:
    """How far the measured speed-up is from the computed, and whether their intervals meet."""
    apart = signed((measured.value / most.value - 1) * 100, 1)
    ends = most.low, most.high, measured.low, measured.high
    meet = None not in ends and ends[0] <= ends[3] and ends[2] <= ends[1]  # type: ignore[operator]
    is_above = None not in ends and ends[2] > ends[1]  # type: ignore[operator]
    if meet:
        words = _("The measured one is {number} % from the computed; their intervals meet.")
    elif is_above:
        words = _(
            "The measured one is {number} % from the computed, and its interval lies above: so the"
            " rest got faster too, and Amdahl’s assumption does not hold here."
        )
    else:
        words = _("The measured one is {number} % from the computed; their intervals do not meet.")
    return words.format(number=apart)
