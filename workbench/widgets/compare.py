"""Same or different? The present result against the pinned one, in two sentences."""

from html import escape

import ipywidgets

from workbench.locale import Message, _, decimal, message, percent
from workbench.measurement import Measurement
from workbench.statistics import (
    SESSION_SPREAD,
    Verdict,
    mcnemar,
    ratio_of_medians,
    ratio_verdict,
)
from workbench.widgets.gallery import LoadImages
from workbench.widgets.state import State, View
from workbench.wording import setting_text

ACCURACY: dict[Verdict, Message] = {
    "better": message("more accurate"),
    "worse": message("less accurate"),
    "cannot tell": message("cannot tell them apart"),
}
SPEED: dict[Verdict, Message] = {
    "better": message("faster"),
    "worse": message("slower"),
    "cannot tell": message("cannot tell them apart"),
}


class Compare:
    """A is pinned, B is now. The default answer is that they cannot be told apart."""

    def __init__(self, load_images: LoadImages) -> None:
        self._load_images = load_images
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-compare")
        self.view = View(key=lambda s: (s.answer, s.reference, s.pinned), draw=self._draw)

    def _draw(self, state: State) -> None:
        now, pinned = state.answer, state.reference
        if state.pinned is not None and pinned is None:
            words = escape(_("A was measured on another data set, so nothing can be compared."))
            self.widget.value = f'<div class="wb-verdicts">{words}</div>'
            return
        if now is None or pinned is None or now.setting.dataset != pinned.setting.dataset:
            self.widget.value = (
                f'<div class="wb-verdicts wb-empty">{escape(_("nothing to compare yet"))}</div>'
            )
            return
        self.widget.value = (
            f'<div class="wb-verdicts">'
            f"<div><b>A</b> {escape(setting_text(pinned.setting))}"
            f"<br><b>B</b> {escape(setting_text(now.setting))}</div>"
            f"<div>{self._accuracy(pinned, now)}</div><div>{self._speed(pinned, now)}</div></div>"
        )

    def _accuracy(self, pinned: Measurement, now: Measurement) -> str:
        labels = self._load_images(now.setting.dataset).test_labels
        test = mcnemar(pinned.predictions == labels, now.predictions == labels)
        words = _(
            "Accuracy: of {n} images B gets {helped} right that A missed, and misses {hurt} that"
            " A had (McNemar's p {p}): {verdict}."
        ).format(
            n=decimal(len(labels)),
            helped=decimal(test.helped),
            hurt=decimal(test.hurt),
            p=f"= {decimal(test.p_value, 3)}"
            if test.p_value >= 0.001
            else f"< {decimal(0.001, 3)}",
            verdict=f"<strong>{ACCURACY[test.verdict]}</strong>",
        )
        return words

    def _speed(self, pinned: Measurement, now: Measurement) -> str:
        if pinned.setting.baseline != now.setting.baseline:
            return _(
                "Speed: A and B differ in network, engine or batch, so they were not timed in turn"
                " with the same baseline, and this cannot be told."
            )
        if now.is_simulated or pinned.is_simulated:
            return _("Speed: no speed is claimed of an imitation.")
        value, low, high = (
            _own_speedup(now)
            if pinned.setting.effective == now.setting.baseline
            else ratio_of_medians(now.ratios, pinned.ratios)
        )
        words = _("Speed: A's time is {ratio} times B's ({low} to {high}): {verdict}.")
        within = _("Up to {margin} is what two runs of one network differ by.")
        return f"{words} {within}".format(
            margin=percent(SESSION_SPREAD, 0),
            ratio=decimal(value, 2),
            low=decimal(low, 2),
            high=decimal(high, 2),
            verdict=f"<strong>{SPEED[ratio_verdict(low, high)]}</strong>",
        )


def _own_speedup(now: Measurement) -> tuple[float, float, float]:
    """The ratio that was timed in turn with the baseline itself."""
    speedup = now.quantities["speedup"]
    return speedup.value, *speedup.ends
