"""The controls of a search: sliders and lists that make new choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets

from workbench.locale import Message, decimal, keep_translated, message
from workbench.setting import SPACE
from workbench.widgets.guard import listen
from workbench.widgets.page import page
from workbench.widgets.search.choices import WIDTHS, Choices
from workbench.widgets.search.words import PRUNERS, STRATEGIES
from workbench.wording import EXPLAINED, FIELDS


@dataclass(frozen=True, kw_only=True)
class Control:
    """One control: its name, what it means, its values and their words."""

    label: Message
    explained: Message
    values: Sequence[Any]
    told: Callable[[Any], str]
    is_slider: bool = True


def _named(words: Mapping[Any, Message]) -> Callable[[Any], str]:
    return lambda value: str(words[value])


WIDTH_WORDS = {
    "narrow": message("narrow"), "medium": message("medium"), "wide": message("wide"),
}  # fmt: skip
YES_NO = {False: message("no"), True: message("yes")}
NO_LIMIT = message("no limit")
SECONDS = message("{n} s")
NETWORKS = (
    ("digits", "small_cnn"), ("digits", "mlp"), ("fashion_mnist", "mlp"),
    ("fashion_mnist", "small_cnn"),
)  # fmt: skip


def _seconds(value: int) -> str:
    return str(NO_LIMIT if value == 0 else Message(SECONDS.text, {"n": value}))


CONTROLS: Mapping[str, Control] = {
    "strategy": Control(
        label=message("strategy"),
        explained=message("how the next trial is chosen"),
        values=tuple(STRATEGIES), told=_named(STRATEGIES), is_slider=False,
    ),
    "trials": Control(
        label=message("trials"),
        explained=message("how many settings are tried, each a whole training"),
        values=(4, 8, 12, 16, 25, 36, 49), told=decimal,
    ),
    "width": Control(
        label=message("width of the ranges"),
        explained=message("3, 5 or all values of each range, around the middle one"),
        values=tuple(WIDTHS), told=_named(WIDTH_WORDS),
    ),
    "pruning": Control(
        label=message("end bad trials early"),
        explained=message(
            "pruning of trials: median (worse than half of the earlier ones at the same epoch) or"
            " Hyperband (most trials get few epochs)"
        ),
        values=tuple(PRUNERS), told=_named(PRUNERS), is_slider=False,
    ),
    "epochs": Control(
        label=FIELDS["epochs"], explained=EXPLAINED["epochs"], values=(1, 2, 3, 5, 10),
        told=decimal,
    ),
    "seed": Control(
        label=message("seed of the search"),
        explained=message("start of the random numbers by which trials are chosen"),
        values=SPACE["seed"], told=decimal,
    ),
    "offset": Control(
        label=message("grid offset"),
        explained=message(
            "a grid with fewer trials than points skips values; it begins so many values later"
        ),
        values=(0, 1, 2, 3), told=decimal,
    ),
    "is_useless_there": Control(
        label=message("useless third axis"),
        explained=message("one more value is searched for that changes nothing in the training"),
        values=(False, True), told=_named(YES_NO), is_slider=False,
    ),
    "network": Control(
        label=message("data set and network"),
        explained=message("what is trained in every trial"),
        values=NETWORKS, told=lambda pair: f"{pair[0]}, {pair[1]}", is_slider=False,
    ),
    "seconds": Control(
        label=message("budget in seconds"),
        explained=message("no new trial begins after so many seconds"),
        values=(0, 5, 10, 20, 60), told=_seconds,
    ),
}  # fmt: skip
PRIMARY = ("strategy", "trials", "width")


class SearchControls:
    """The widgets of some controls; `on_choices` hears of every new choice."""

    def __init__(
        self,
        choices: Choices,
        on_choices: Callable[[Choices], None],
        show_problem: Callable[[str], None],
    ) -> None:
        self.choices = choices
        self._on_choices, self._show_problem = on_choices, show_problem

    def widget(self, name: str) -> ipywidgets.Widget:
        """The control of this name."""
        control = CONTROLS[name]
        kind = ipywidgets.SelectionSlider if control.is_slider else ipywidgets.Dropdown
        widget = kind(
            options=[(control.told(value), value) for value in control.values],
            value=_read(self.choices, name),
            style={"description_width": "9.5em"},
            **({"continuous_update": False} if control.is_slider else {}),
        )
        widget.add_class("wb-control")
        keep_translated(lambda: translate(widget, control))
        listen(widget, lambda value: self._set(name, value), self._show_problem)
        return widget

    def _set(self, name: str, value: Any) -> None:
        self.choices = _changed(self.choices, name, value)
        self._on_choices(self.choices)


class Switch:
    """A control of its own that nobody hears of: its value is read when a button is pressed."""

    def __init__(
        self,
        label: Message,
        explained: Message,
        values: Sequence[Any],
        told: Callable[[Any], str],
    ) -> None:
        control = Control(label=label, explained=explained, values=values, told=told)
        self.widget = ipywidgets.Dropdown(
            options=[(told(each), each) for each in values],
            index=0,
            style={"description_width": "9.5em"},
        )
        self.widget.add_class("wb-control")
        keep_translated(lambda: translate(self.widget, control))


def translate(widget: Any, control: Control) -> None:
    """Say a control in the language of the moment; its value stays."""
    widget.description = str(control.label)
    widget.tooltip = str(control.explained)
    page().give_name(widget, f"{control.label}: {control.explained}")
    widget.set_trait("_options_labels", tuple(control.told(value) for value in control.values))


def _read(choices: Choices, name: str) -> Any:
    return (choices.dataset, choices.model) if name == "network" else getattr(choices, name)


def _changed(choices: Choices, name: str, value: Any) -> Choices:
    if name == "network":
        return replace(choices, dataset=value[0], model=value[1])
    return replace(choices, **{name: value})
