"""The loss landscape on the page: measured on a button, then walked down step by step."""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from workbench.locale import Message, _, message
from workbench.measurement import Grid, Report
from workbench.measurement.landscape import Landscape, Line
from workbench.setting import Setting
from workbench.widgets.guard import listen
from workbench.widgets.html import button
from workbench.widgets.page import page
from workbench.widgets.plot import caption
from workbench.widgets.steps import balls_of, formula, keys, number, positions
from workbench.widgets.study import Study
from workbench.widgets.valley import Valley
from workbench.widgets.walks import Walks

Survey = Callable[[Setting, Report], Landscape]
ACROSS = {
    "direction": message("w: distance walked from the start"),
    "weight": message("w: value of the weight"),
}
KINDS = {"direction": message("one direction of all"), "weight": message("one weight alone")}


class LandscapeStudy:
    """Balls on the loss over one number: your rate beside one too small and one too large."""

    def __init__(self, survey: Survey, setting: Callable[[], Setting]) -> None:
        self._survey = survey
        self._landscape: Landscape | None = None
        self._shown: Landscape | None = None
        self._taken, self._is_filling = 0, False
        self._valley, self._trainings = Valley(), Walks()
        self._words, self._numbers = ipywidgets.HTML(), ipywidgets.HTML()
        for part in (self._words, self._numbers):
            part.add_class("wb-drawing")
        self._kind = self._control(ipywidgets.Dropdown, [("", "direction")])
        self._rate = self._control(ipywidgets.SelectionSlider, [("", 0.0)])
        self._inside = ipywidgets.VBox([self._words])
        self._inside.add_class("wb-figures")
        self._filled = (
            self._kind, self._words, self._valley.widget, self._rate, self._step_buttons(),
            self._numbers, self._trainings.widget,
        )  # fmt: skip
        self.study = Study(
            self._walk,
            setting,
            self._draw,
            self._inside,
            message("Walk down the loss"),
            message("train the network a little, and measure its loss along one number"),
        )
        self.widget = self.study.widget

    def _control(self, kind: type[Any], options: list[tuple[str, Any]]) -> Any:
        control = kind(options=options, style={"description_width": "9.5em"})
        control.add_class("wb-control")
        listen(control, self._chosen, page().show_problem)
        return control

    def _step_buttons(self) -> ipywidgets.HBox:
        row = ipywidgets.HBox(
            [
                self._step_button(
                    message("Next step"),
                    message("each ball takes one step of gradient descent"),
                    lambda: self._taken + 1,
                ),
                self._step_button(
                    message("All steps"),
                    message("each ball takes all of its steps"),
                    lambda: self._most,
                ),
                self._step_button(
                    message("Back to the start"),
                    message("put every ball where it began"),
                    lambda: 0,
                ),
            ]
        )
        row.add_class("wb-buttons")
        return row

    def _step_button(
        self, label: Message, explained: Message, steps: Callable[[], int]
    ) -> ipywidgets.Button:
        return button(label, explained, lambda: self._go(steps()), page().show_problem)

    @property
    def _most(self) -> int:
        return max(len(descent.steps) for descent in self._line.descents) - 1

    @property
    def _panel_rate(self) -> float:
        """That of the training panel when this was measured."""
        assert self._shown is not None
        rates = [descent.rate for descent in self._line.descents]
        asked = self._shown.setting.learning_rate
        return asked if asked in rates else rates[0]

    @property
    def _line(self) -> Line:
        assert self._shown is not None  # the controls come with the landscape
        return self._shown.line(str(self._kind.value))

    def _walk(self, setting: Setting, report: Report) -> Grid:
        """The study's grid are the losses of whole trainings; the landscape comes beside it."""
        self._landscape = self._survey(setting, report)
        return self._landscape.trainings

    def _draw(self, trainings: Grid) -> None:
        if not trainings.cells or self._landscape is None:
            words = _("not measured yet: press the button")
            self._words.value = f'<p class="wb-empty">{words}</p>'
            self._inside.children = (self._words,)
            return
        is_new, self._shown = self._shown is not self._landscape, self._landscape
        self._fill(is_new=is_new)
        self._trainings.draw(self._landscape)
        self._show()
        self._inside.children = self._filled

    def _fill(self, *, is_new: bool) -> None:
        """Options in the language of the moment; a new landscape starts with the panel's rate."""
        self._is_filling = True
        kind, rate = str(self._kind.value), float(self._rate.value)
        self._kind.description, self._rate.description = _("one number w"), _("your rate η")
        self._kind.options = [(str(words), name) for name, words in KINDS.items()]
        self._kind.value = kind
        self._rate.options = [(number(d.rate), d.rate) for d in self._line.descents]
        self._rate.value = self._panel_rate if is_new else rate
        self._taken = 0 if is_new else self._taken
        page().give_name(self._kind, _("which one number of the network is changed"))
        page().give_name(self._rate, _("your rate η: how far a step goes for its slope"))
        self._is_filling = False

    def _chosen(self, value: object) -> None:
        if self._is_filling or self._shown is None:
            return
        if value in KINDS:
            self._is_filling = True
            self._rate.value, self._taken = self._panel_rate, 0
            self._is_filling = False
        self._show()

    def _go(self, taken: int) -> None:
        self._taken = min(taken, self._most)
        self._show()

    def _show(self) -> None:
        assert self._shown is not None
        line = self._line
        balls = balls_of(line, float(self._rate.value), self._taken)
        best = self._shown.best if line.kind == "direction" else None
        words = caption(keys(balls, best))
        self._valley.draw(line, balls, best, across=str(ACROSS[line.kind]), words=words)
        told = _("w is {name}.").format(name=line.name)
        good = line.typical("good")
        if good is not None and good.rate != self._rate.value:
            told += " " + _("Along it the rate {rate} comes down well: try it.").format(
                rate=number(good.rate)
            )
        self._words.value = f"<p>{escape(told)}</p>"
        yours = next(ball for ball in balls if ball.is_yours)
        self._numbers.value = formula(yours, self._taken) + positions(self._shown, line, balls)
