"""The picture of a lesson: a test image, a learner's own file, or a drawing."""

from collections.abc import Callable

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.locale import _, keep_translated, message
from workbench.widgets.gallery import LoadImages
from workbench.widgets.guard import listen
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.sheet import Sheet

SHOWN = 200
Grey = NDArray[np.uint8]
Decode = Callable[[bytes, tuple[int, int, int]], Grey]
"""From a file's content and a shape (channels, height, width) to an image of that shape."""


class Picture:
    """`image`: grey, uint8, (height, width); followers hear of every new one.

    `decode` reads files of a learner's own; what it raises stands below the picture.
    """

    def __init__(self, load_images: LoadImages, decode: Decode, dataset: str) -> None:
        self._load_images, self._decode, self.dataset = load_images, decode, dataset
        self._followers: list[Callable[[Grey], None]] = []
        self._place: Callable[[int, int], None] = lambda row, column: None
        self._step: Callable[[int, int], None] = lambda rows, columns: None
        self.sheet = Sheet()
        self._slider = ipywidgets.IntSlider(
            min=0, max=SHOWN - 1, style={"description_width": "9.5em"}
        )
        self._slider.add_class("wb-control")
        self._upload = ipywidgets.FileUpload(accept="image/*", multiple=False, icon="")
        self._upload.add_class("wb-upload")
        self._drawing = ipywidgets.ToggleButton(value=False)
        self._drawing.add_class("wb-button")
        self._status = ipywidgets.HTML()
        self._status.add_class("wb-text")
        empty = button(
            message("Empty sheet"), message("take a black sheet and draw on it"),
            self._empty, self.show_problem,
        )  # fmt: skip
        row = ipywidgets.HBox([self._upload, empty, self._drawing])
        row.add_class("wb-buttons")
        self.controls = (self._slider, row, self._status)
        listen(self._slider, lambda index: self._from_test(), self.show_problem)
        listen(self._upload, self._from_file, self.show_problem)
        listen(self._drawing, self._draw_or_not, self.show_problem)
        listen(self.sheet, self._heard, self.show_problem)
        self.image: Grey = np.zeros((1, 1), np.uint8)
        self._from_test()
        keep_translated(self._translate)

    def follow(self, follower: Callable[[Grey], None]) -> None:
        """Call `follower` with every new picture."""
        self._followers.append(follower)

    def follow_steps(
        self, place: Callable[[int, int], None], step: Callable[[int, int], None]
    ) -> None:
        """Call `place` with the pixel that is clicked, `step` with rows and columns of an arrow."""
        self._place, self._step = place, step

    def show_dataset(self, dataset: str) -> None:
        """Take the images of another data set."""
        if dataset != self.dataset:
            self.dataset = dataset
            self._from_test()

    def show_problem(self, words: str) -> None:
        """Show one escaped sentence below the controls; no words take it away."""
        self._status.value = f'<div class="wb-problem">⚠ {words}</div>' if words else ""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the data set's images."""
        _count, channels, height, width = self._load_images(self.dataset).test_images.shape
        return channels, height, width

    @property
    def network_image(self) -> Grey:
        """The picture in the data set's channels, as a network takes it."""
        return np.repeat(self.image[None], self.shape[0], axis=0)

    def _translate(self) -> None:
        self._slider.description = _("test image")
        page().give_name(self._slider, _("which image of the test set"))
        self._upload.description = _("A picture of your own")
        self._upload.tooltip = _("PNG or JPEG; its centre square becomes as small as these images")
        page().give_name(self._upload, str(self._upload.description))
        self._drawing.description = _("Draw")
        self._drawing.tooltip = _("draw with the pointer, or with arrow keys and the space bar")
        page().give_name(self._status, _("status"), role="status", live=True)
        self.sheet.label = _(
            "picture with the window: a click or the arrow keys move it; while drawing, the space"
            " bar paints"
        )

    def _take(self, image: Grey) -> None:
        self.image = image
        self.sheet.show(image)
        self.show_problem("")
        self._tell()

    def _tell(self) -> None:
        for follower in self._followers:
            follower(self.image)

    def _from_test(self) -> None:
        images = self._load_images(self.dataset).test_images
        self._slider.max = min(SHOWN, len(images)) - 1
        self._drawing.value = False
        self._take(_grey(images[self._slider.value]))

    def _from_file(self, files: tuple[dict[str, memoryview], ...]) -> None:
        if not files:
            return
        content = bytes(files[0]["content"])
        self._upload.value = ()  # else the same file could not be chosen again
        self._drawing.value = False
        self._take(_grey(self._decode(content, self.shape)))

    def _empty(self) -> None:
        self._take(np.zeros(self.shape[1:], np.uint8))
        self._drawing.value = True

    def _draw_or_not(self, is_drawing: bool) -> None:
        self.sheet.is_drawing = is_drawing

    def _heard(self, news: dict[str, object]) -> None:
        """What the learner did on the sheet; a page is not trusted with more than numbers."""
        kind = news.get("kind")
        if kind == "paint":
            pixels = np.array(news["pixels"], np.int64).clip(0, 255).astype(np.uint8)
            self.image = pixels.reshape(self.image.shape)
            self._tell()
        elif kind == "place":
            self._place(int(str(news["row"])), int(str(news["column"])))
        elif kind == "step":
            self._step(int(str(news["rows"])), int(str(news["columns"])))


def _grey(image: Grey) -> Grey:
    """The mean over the channels."""
    mean: Grey = np.rint(image.mean(axis=0)).astype(np.uint8)
    return mean
