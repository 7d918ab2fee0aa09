"""A recipe as blocks: what is done to the network, in the order from top to bottom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import ipywidgets

from workbench.locale import Message, _, keep_translated, message
from workbench.setting import Step, steps_of
from workbench.widgets.controls import Controls
from workbench.widgets.guard import listen, press
from workbench.widgets.html import text
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import field_text

MOST_BLOCKS = 6
SHARES = ("0.1", "0.2", "0.25", "0.3", "0.4", "0.5", "0.6", "0.7", "0.75", "0.8", "0.9")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of block: its name, the recipe's word for it, its values and the usual one."""

    name: Message
    values: tuple[str, ...]
    usual: str
    write: Callable[[str], str]


KINDS: dict[str, Kind] = {
    "weights": Kind(
        name=message("set weights to 0"), values=SHARES, usual="0.5",
        write=lambda value: f"prune:{value}",
    ),
    "channels": Kind(
        name=message("remove channels"), values=SHARES, usual="0.25",
        write=lambda value: f"prune:{value}:filter",
    ),
    "finetune": Kind(
        name=message("fine-tune"), values=("1", "2", "3"), usual="1",
        write=lambda value: f"finetune:{value}",
    ),
    "recalibrate": Kind(
        name=message("re-calibrate the batch norms"), values=("",), usual="",
        write=lambda value: "recalibrate",
    ),
    "quantize": Kind(
        name=message("round the weights"), values=("16", "8", "6", "5", "4", "3", "2"), usual="8",
        write=lambda value: f"quantize:{value}",
    ),
}  # fmt: skip
ACTS = {"↑": message("one place up"), "↓": message("one place down"), "✕": message("take away")}
Block = tuple[str, str]
Show = Callable[[str], None]


def block_of(step: Step) -> Block:
    """The kind and the value of a step."""
    if step.kind == "prune":
        kind = "weights" if step.granularity == "weight" else "channels"
        return kind, f"{step.sparsity:g}"
    if step.kind == "finetune":
        return "finetune", str(step.epochs)
    return step.kind, str(step.weight_bits) if step.kind == "quantize" else ""


def recipe_of(blocks: Sequence[Block]) -> str:
    """The recipe that these blocks write."""
    return ", ".join(KINDS[kind].write(value) for kind, value in blocks)


class Row:
    """One block on the page: its value, and buttons that move it or take it away.

    Rows stay where they are and only show other blocks, so that the keyboard keeps its place.
    """

    def __init__(self, place: int, act: Callable[[int, str], None], show: Show) -> None:
        self._place, self._act, self._is_following = place, act, False
        self._value = ipywidgets.Dropdown(style={"description_width": "auto"})
        self._value.add_class("wb-block-value")
        listen(self._value, self._choose, show)
        self._buttons = {sign: ipywidgets.Button(description=sign) for sign in ACTS}
        for sign, button in self._buttons.items():
            button.add_class("wb-button")
            press(button, lambda sign=sign: act(place, sign), show)  # type: ignore[misc]
        self.widget = ipywidgets.HBox([self._value, *self._buttons.values()])
        self.widget.add_class("wb-block")

    def _choose(self, value: str) -> None:
        if not self._is_following:
            self._act(self._place, value)

    def draw(self, block: Block, last: int) -> None:
        """Show `block`; `last` is the place of the last one."""
        kind, value = block
        name = str(KINDS[kind].name)
        values = KINDS[kind].values if value in KINDS[kind].values else (value,)
        self._is_following = True
        try:
            self._value.options = [(_value_text(kind, each), each) for each in values]
            self._value.value = value
        finally:
            self._is_following = False
        self._value.description = f"{self._place + 1}. {name}"
        page().give_name(self._value, _named(self._place, name))
        for sign, button in self._buttons.items():
            button.tooltip = str(ACTS[sign])
            page().give_name(button, _named(self._place, button.tooltip))
        self._buttons["↑"].disabled = self._place == 0
        self._buttons["↓"].disabled = self._place == last


class Blocks:
    """The recipe of the panel: a row a block, and a choice of what to add below."""

    def __init__(self, controls: Controls, show_problem: Show) -> None:
        self._controls = controls
        self._blocks: tuple[Block, ...] = ()
        self._rows = [Row(place, self._act, show_problem) for place in range(MOST_BLOCKS)]
        self._empty = text(lambda: f'<p class="wb-empty">{_("no block yet: the baseline")}</p>')
        self._add = ipywidgets.Dropdown(
            options=[("", ""), *((name, name) for name in KINDS)],
            style={"description_width": "9.5em"},
        )
        self._add.add_class("wb-control")
        self._listed = ipywidgets.VBox([self._empty])
        self._listed.add_class("wb-blocks")
        self.widget = ipywidgets.VBox([self._listed, self._add])
        self.widget.add_class("wb-controls")
        listen(self._add, self._append, show_problem)
        self.view = View(key=lambda state: state.setting, draw=self._follow)
        keep_translated(self._translate)

    def _follow(self, state: State) -> None:
        self._blocks = tuple(map(block_of, steps_of(state.setting)))
        self._draw()

    def _append(self, kind: str) -> None:
        if not kind:
            return
        self._add.value = ""
        if len(self._blocks) >= MOST_BLOCKS:
            rule = _("a recipe here has at most {most} blocks, got one more")
            raise ValueError(rule.format(most=MOST_BLOCKS))
        self._ask((*self._blocks, (kind, KINDS[kind].usual)))

    def _ask(self, blocks: Sequence[Block]) -> None:
        """Measure the recipe; the rows follow the panel."""
        plain = self._controls.setting.uncompressed
        self._controls.show(replace(plain, recipe=recipe_of(blocks)))

    def _act(self, place: int, what: str) -> None:
        """Move a block, take it away, or give it another value."""
        blocks = list(self._blocks)
        if what == "✕":
            del blocks[place]
        elif what in ACTS:
            other = place + (1 if what == "↓" else -1)
            blocks[place], blocks[other] = blocks[other], blocks[place]
        else:
            blocks[place] = blocks[place][0], what
        self._ask(blocks)

    def _translate(self) -> None:
        self._add.description = _("add a block")
        names = (_("choose …"), *(str(kind.name) for kind in KINDS.values()))
        self._add.set_trait("_options_labels", names)
        page().give_name(self._add, _("add a block to the recipe"))
        self._draw()

    def _draw(self) -> None:
        shown = self._rows[: len(self._blocks)]
        for row, block in zip(shown, self._blocks, strict=True):
            row.draw(block, len(self._blocks) - 1)
        children = tuple(row.widget for row in shown) or (self._empty,)
        if self._listed.children != children:
            self._listed.children = children


def _named(place: int, name: str) -> str:
    return _("block {n}: {name}").format(n=place + 1, name=name)


def _value_text(kind: str, value: str) -> str:
    """A value of a block, beside the name of its kind."""
    if kind == "recalibrate":
        return "–"
    if kind == "finetune":
        return _("epochs: {n}").format(n=value)
    if kind == "quantize":
        return field_text("weight_bits", value)
    return field_text("sparsity", value)
