"""Budgets that the learner moves, and the personas that set them all."""

from collections.abc import Mapping

import ipywidgets

from workbench.locale import _, keep_translated
from workbench.measurement.choosing import LINES, Line, Persona, Version
from workbench.widgets.choosing.scene import Desk, Scene, SceneView
from workbench.widgets.guard import listen
from workbench.widgets.html import text
from workbench.widgets.page import page
from workbench.wording import QUANTITIES, number_text

OWN = "own"


class Budgets:
    """Somebody to work for, and a slider a budget in the unit of what it limits."""

    def __init__(self, personas: Mapping[str, Persona], desk: Desk) -> None:
        self._personas, self._desk = personas, desk
        self._baseline: Version | None = None
        self._is_moving = False
        options = [(name, name) for name in (OWN, *personas)]
        self.persona = ipywidgets.Dropdown(options=options, style={"description_width": "9.5em"})
        self.persona.add_class("wb-control")
        self.sliders = {line.name: _slider(line) for line in LINES}
        self._need = text(self._need_text)
        listen(self.persona, self._take, page().show_problem)
        for slider in self.sliders.values():
            listen(slider, lambda _choice: self._moved(), page().show_problem)
        inside = [self.persona, self._need, *self.sliders.values()]
        self.widget = ipywidgets.VBox(inside)
        self.widget.add_class("wb-controls")
        self.view = SceneView(key=lambda scene: scene.baseline, draw=self._follow)
        keep_translated(self._translate)

    def _follow(self, scene: Scene) -> None:
        self._baseline = scene.baseline
        self._translate()

    def _take(self, name: str) -> None:
        """Every budget as this persona needs it."""
        self._need.value = self._need_text()
        if name == OWN:
            return
        self._is_moving = True
        try:
            for line in LINES:
                choice = self._personas[name].choices.get(line.name)
                self.sliders[line.name].value = line.choices.index(choice)
        finally:
            self._is_moving = False
        self._tell()

    def _moved(self) -> None:
        if self._is_moving:
            return
        self.persona.value = OWN
        self._tell()

    def _tell(self) -> None:
        self._desk.choose(
            choices={line.name: line.choices[self.sliders[line.name].value] for line in LINES}
        )

    def _need_text(self) -> str:
        known = self._personas.get(self.persona.value)
        words = str(known.need) if known else _("Budgets of your own: move the sliders.")
        return f"<p>{words}</p>"

    def _translate(self) -> None:
        self.persona.description = _("you work for")
        names = tuple(str(persona.name) for persona in self._personas.values())
        self.persona.set_trait("_options_labels", (_("yourself"), *names))
        page().give_name(self.persona, _("who sets the budgets"))
        for line in LINES:
            slider = self.sliders[line.name]
            slider.description = str(QUANTITIES[line.name])
            slider.set_trait("_options_labels", tuple(self._label(line, c) for c in line.choices))
            page().give_name(slider, _("budget: {name}").format(name=QUANTITIES[line.name]))

    def _label(self, line: Line, choice: float | None) -> str:
        if choice is None:
            return _("no budget")
        sign = "≤" if line.kind == "share" else "≥"
        if line.kind != "floor" and self._baseline is None:
            return f"{sign} …"
        if self._baseline is None:
            return f"{sign} {number_text(choice, 'fraction')}"
        unit = self._baseline.quantities[line.name].unit
        return f"{sign} {number_text(line.limit(choice, self._baseline), unit)}"


def _slider(line: Line) -> ipywidgets.SelectionSlider:
    # By place: the widget takes None, which stands for no budget, for no choice at all.
    options = [(str(place), place) for place in range(len(line.choices))]
    slider = ipywidgets.SelectionSlider(
        options=options, value=0, style={"description_width": "9.5em"}
    )
    slider.add_class("wb-control")
    slider.add_class("wb-budget")
    return slider
