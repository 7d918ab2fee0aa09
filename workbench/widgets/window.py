"""The sliding window: its pixels times its numbers, added up, and the map that comes of it."""

from collections.abc import Mapping

import ipywidgets
import numpy as np

from workbench.figures.sliding import KINDS, Sliding, window_numbers
from workbench.figures.sums import result, steps
from workbench.locale import Message, _, keep_translated, message
from workbench.setting import Setting
from workbench.widgets.guard import listen, sentence
from workbench.widgets.page import page
from workbench.widgets.picture import Picture

NAMES: Mapping[str, Message] = {
    "mean": message("mean of its pixels"),
    "left_right": message("right less left"),
    "top_bottom": message("below less above"),
    "surroundings": message("the middle less the mean"),
}


class Window:
    """Follows a setting's kernel size, stride and padding, and the picture; the place is its own.

    `row` and `column` are those of the map; two sliders, a click or the arrow keys move them.
    """

    def __init__(self, picture: Picture, setting: Setting) -> None:
        self._picture, self._setting = picture, setting
        self._is_moving = False
        self.kind = ipywidgets.Dropdown(
            options=[(str(NAMES[kind]), kind) for kind in KINDS], value="left_right",
            style={"description_width": "9.5em"},
        )  # fmt: skip
        self.row, self.column = (
            ipywidgets.IntSlider(min=0, max=1, style={"description_width": "9.5em"})
            for _side in range(2)
        )
        for control in (self.kind, self.row, self.column):
            control.add_class("wb-control")
            listen(control, lambda _value: self._draw(), picture.show_problem)
        self._result, self._numbers = ipywidgets.HTML(), ipywidgets.HTML()
        for part in (self._result, self._numbers):
            part.add_class("wb-drawing")
        maps = ipywidgets.VBox([picture.sheet, self._result])
        maps.add_class("wb-slide")
        self.widget = ipywidgets.VBox([maps, self._numbers])
        self.widget.add_class("wb-figures")
        self.controls = (self.kind, self.row, self.column)
        picture.follow(lambda _image: self._fit())
        picture.follow_steps(self._place, self._step)
        keep_translated(self._translate)

    def show(self, setting: Setting) -> None:
        """Take the window's side, its stride and the padding of `setting`."""
        self._setting = setting
        self._fit()

    def _translate(self) -> None:
        for control, name in (
            (self.kind, _("numbers of the window")),
            (self.row, _("row")),
            (self.column, _("column")),
        ):
            control.description = name
            page().give_name(control, _("the window: {name}").format(name=name))
        self.kind.set_trait("_options_labels", tuple(str(NAMES[kind]) for kind in KINDS))
        page().give_name(self._numbers, _("products of the window"), role="group")
        self._fit()

    @property
    def sliding(self) -> Sliding:
        """What slides now."""
        side = self._setting.kernel_size or 3
        return Sliding(
            picture=self._picture.image / 255.0,
            numbers=window_numbers(self.kind.value, side),
            stride=self._setting.stride or 1,
            padding=0 if self._setting.padding == "valid" else side // 2,
        )

    def _fit(self) -> None:
        """Give the sliders the map's size, keeping the window about where it is."""
        try:
            sliding = self.sliding
        except ValueError as error:
            self._numbers.value = f'<p class="wb-problem">⚠ {sentence(error)}</p>'
            return
        self._is_moving = True
        try:
            for slider, count in zip((self.row, self.column), sliding.sums.shape, strict=True):
                share = slider.value / slider.max if slider.max > 1 else 0.5
                slider.value = min(slider.value, count - 1)
                slider.max = max(count - 1, 1)
                slider.value = round(share * (count - 1))
        finally:
            self._is_moving = False
        self._draw()

    def _place(self, row: int, column: int) -> None:
        self._move(*self.sliding.nearest(row, column))

    def _step(self, rows: int, columns: int) -> None:
        self._move(self.row.value + rows, self.column.value + columns)

    def _move(self, row: int, column: int) -> None:
        self._is_moving = True
        try:
            self.row.value = int(np.clip(row, 0, self.row.max))
            self.column.value = int(np.clip(column, 0, self.column.max))
        finally:
            self._is_moving = False
        self._draw()

    def _draw(self) -> None:
        if self._is_moving:
            return
        sliding, sums = self.sliding, self.sliding.sums
        row, column = min(self.row.value, len(sums) - 1), min(self.column.value, len(sums[0]) - 1)
        top, left = sliding.corner(row, column)
        sheet = self._picture.sheet
        with sheet.hold_sync():
            sheet.margin = sliding.padding
            sheet.frame = [top, left, len(sliding.numbers)]
        self._result.value = result(sliding, row, column, self.kind.value)
        self._numbers.value = steps(sliding, row, column)
