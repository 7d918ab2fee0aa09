"""The accuracy of each class now and in the pinned result: an average hides who pays."""

from collections.abc import Mapping
from html import escape

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.locale import _, message
from workbench.measurement import Quantity
from workbench.statistics import wilson_interval
from workbench.widgets.gallery import LoadImages, TestImages
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import difference_text, interval_text, value_text


class Classes:
    """A bar a class in the order of the data, a whisker for its interval; the worst in words."""

    def __init__(self, load_images: LoadImages) -> None:
        self._load_images = load_images
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = View(key=lambda s: (s.answer, s.reference), draw=self._draw)

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("accuracy of each class"), role="group")
        answer, pinned = state.answer, state.reference
        if answer is None:
            words = escape(_("the classes come with the first answer"))
            self.widget.value = f'<p class="wb-empty">{words}</p>'
            return
        images = self._load_images(answer.setting.dataset)
        now = by_class(images, answer.predictions)
        same = pinned is not None and pinned.setting.dataset == answer.setting.dataset
        before = by_class(images, pinned.predictions) if pinned is not None and same else {}
        worst = min(now, key=lambda label: now[label].value, default=None)
        names = [escape(str(name)) for name in images.classes]
        rows = "".join(
            _row(name, now.get(label), before.get(label), _("lowest") if label == worst else "")
            for label, name in enumerate(names)
        )
        label = tag(next(iter(now.values()))) if now else ""
        self.widget.value = (
            f'<p>{_worst(names, now, before)}</p><div class="wb-classes">{rows}</div>'
            f'<p class="wb-caption">{label} {escape(_caption())}</p>'
        )


def by_class(images: TestImages, predictions: NDArray[np.int64]) -> dict[int, Quantity]:
    """The accuracy on each class that has images, with its Wilson interval."""
    found = {}
    for label in range(len(images.classes)):
        answers = predictions[images.test_labels == label]
        if n := len(answers):
            right = int((answers == label).sum())
            low, high = wilson_interval(right, n)
            how = message("right answers on {n} test images of the class", n=n)
            found[label] = Quantity(
                value=right / n, unit="fraction", provenance="measured", how=how,
                low=low, high=high, n=n,
            )  # fmt: skip
    return found


def _row(name: str, now: Quantity | None, before: Quantity | None, mark: str) -> str:
    if now is None:
        words = escape(_("no test images"))
        return f'<div class="wb-class-row"><span class="wb-name">{name}</span>{words}</div>'
    told = f" <b>▾ {escape(mark)}</b>" if mark else ""
    difference = difference_text(now, before) if before else ""
    how = escape(str(now.how), quote=True)
    return (
        f'<div class="wb-class-row"><span class="wb-name">{name}{told}</span>'
        f'<span class="wb-class-track">{_bar(now, "now")}{_bar(before, "before")}</span>'
        f'<span class="wb-value" title="{how}">{escape(value_text(now))}</span>'
        f'<span class="wb-interval">{escape(interval_text(now))}</span>'
        f'<span class="wb-difference">{escape(difference)}</span></div>'
    )


def _bar(quantity: Quantity | None, kind: str) -> str:
    if quantity is None or quantity.low is None or quantity.high is None:
        return ""
    low, high = 100 * quantity.low, 100 * quantity.high
    return (
        f'<span class="wb-class-bar wb-class-{kind}" style="width:{100 * quantity.value:.1f}%">'
        f'</span><span class="wb-whisker wb-whisker-{kind}"'
        f' style="left:{low:.1f}%;width:{high - low:.1f}%"></span>'
    )


def _worst(names: list[str], now: Mapping[int, Quantity], before: Mapping[int, Quantity]) -> str:
    """The class with the lowest accuracy, and the one that lost most, in words."""
    if not now:
        return ""
    lowest = min(now, key=lambda label: now[label].value)
    words = _("Lowest: {name} with {value}.").format(
        name=f"<b>{names[lowest]}</b>", value=escape(value_text(now[lowest]))
    )
    losses = {label: now[label].value - before[label].value for label in now if label in before}
    if losses and min(losses.values()) < 0:
        most = min(losses, key=lambda label: losses[label])
        difference = escape(difference_text(now[most], before[most]))
        words += " " + _("It changed most for the worse for {name}: {points}.").format(
            name=f"<b>{names[most]}</b>", points=difference
        )
    return words


def _caption() -> str:
    return _(
        "Solid: now. Outlined: the pinned result. Both from 0 to 100 %, with whiskers for the 95 %"
        " Wilson intervals: a class has few images, so a difference of a few points may be chance."
    )
