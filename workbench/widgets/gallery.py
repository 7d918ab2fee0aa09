"""Real test images with the network's answers: which flipped, and whether that helped or hurt."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from typing import Protocol

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.figures.pictures import png_address
from workbench.locale import Message, _, decimal
from workbench.measurement import Measurement
from workbench.widgets.page import page
from workbench.widgets.state import State, View

SHOWN = 24


class TestImages(Protocol):
    """The part of a data set that a gallery shows, in the order of a measurement's predictions."""

    @property
    def test_images(self) -> NDArray[np.uint8]: ...

    @property
    def test_labels(self) -> NDArray[np.int64]: ...

    @property
    def classes(self) -> Sequence[Message]: ...


LoadImages = Callable[[str], TestImages]


class Gallery:
    """The first images whose answer flipped against the pinned result, then the first others."""

    def __init__(self, load_images: LoadImages) -> None:
        self._load_images = load_images
        self._address = lru_cache(maxsize=2048)(self._encode)
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-gallery")
        self.view = View(key=lambda s: (s.answer, s.reference), draw=self._draw)

    def _encode(self, dataset: str, index: int) -> str:
        return png_address(self._load_images(dataset).test_images[index])

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("test images with the network's answers"), role="group")
        if state.answer is None:
            self.widget.value = (
                f'<p class="wb-empty">{escape(_("the images come with the first answer"))}</p>'
            )
            return
        now, pinned = state.answer, state.reference
        same = pinned is not None and pinned.setting.dataset == now.setting.dataset
        before = pinned.predictions if pinned is not None and same else now.predictions
        flipped = np.flatnonzero(before != now.predictions)
        rest = np.flatnonzero(before == now.predictions)
        chosen = np.concatenate([flipped, rest])[:SHOWN]
        cells = "".join(self._cell(now, before, int(index)) for index in chosen)
        self.widget.value = (
            f'<div class="wb-grid">{cells}</div><p class="wb-caption">'
            f"{self._summary(now, before, len(flipped)) if same else ''}</p>"
        )

    def _summary(self, now: Measurement, before: NDArray[np.int64], flips: int) -> str:
        labels = self._load_images(now.setting.dataset).test_labels
        helped = int(((before != labels) & (now.predictions == labels)).sum())
        hurt = int(((before == labels) & (now.predictions != labels)).sum())
        return escape(
            _(
                "{flips} of {n} answers flipped against the pinned result: {helped} helped,"
                " {hurt} hurt, {neither} went from one wrong answer to another."
                " The flipped ones stand first."
            ).format(
                flips=decimal(flips),
                n=decimal(len(labels)),
                helped=decimal(helped),
                hurt=decimal(hurt),
                neither=decimal(flips - helped - hurt),
            )
        )

    def _cell(self, now: Measurement, before: NDArray[np.int64], index: int) -> str:
        images = self._load_images(now.setting.dataset)
        truth, old, new = (
            int(images.test_labels[index]),
            int(before[index]),
            int(now.predictions[index]),
        )
        names = [escape(str(images.classes[answer])) for answer in (truth, old, new)]
        kind, mark = _judged(truth, old, new)
        answer = f"{names[1]} → {names[2]}" if old != new else names[2]
        alt = _("image of class {truth}").format(truth=names[0])
        return (
            f'<figure class="wb-image wb-{kind}"><img alt="{alt}"'
            f' src="{self._address(now.setting.dataset, index)}">'
            f'<figcaption><span class="wb-mark">{mark}</span> {answer}'
            f'<span class="wb-truth">{_("is: {truth}").format(truth=names[0])}</span>'
            f"</figcaption></figure>"
        )


def _judged(truth: int, old: int, new: int) -> tuple[str, str]:
    """How the answer is shown: a style and a word, never by colour alone."""
    if old != new and new == truth:
        return "helped", "✓ " + _("helped")
    if old != new and old == truth:
        return "hurt", "✗ " + _("hurt")
    if new == truth:
        return "right", "✓"
    return "wrong", "✗"
