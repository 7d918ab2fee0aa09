"""What every lesson shares: opening with language switch, sections, the drawer, the legend."""

import ast
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import ipywidgets

from workbench.locale import LANGUAGES, Message, _, keep_translated, language, message, use_language
from workbench.widgets.guard import listen
from workbench.widgets.html import text
from workbench.widgets.page import page
from workbench.wording import PROVENANCES

PACKAGE = Path(__file__).parent.parent

MEANINGS = {
    "measured": message("run here and now, on this machine"),
    "computed": message("follows exactly from the network"),
    "estimated": message("from a model of the machine, whose assumption is stated"),
    "recorded": message("measured before: machine, versions and date are told"),
    "simulated": message("the arithmetic was imitated: the accuracy holds, a speed is not claimed"),
}


def box(children: Sequence[ipywidgets.Widget], css: str) -> ipywidgets.VBox:
    """Widgets below each other, laid out by the style of their class."""
    widget = ipywidgets.VBox(list(children))
    widget.add_class(css)
    return widget


def opening(write: Callable[[], str]) -> ipywidgets.Widget:
    """The first thing of a page: its frame, the language switch, title and goals."""
    return box([page(), language_switch(), text(write, "wb-prose")], "wb-opening")


def language_switch() -> ipywidgets.Widget:
    """Every language by its own name; choosing one says the whole page again in it."""
    switch = ipywidgets.ToggleButtons(
        options=[(name, code) for code, name in LANGUAGES.items()], value=language()
    )
    switch.add_class("wb-language")
    listen(switch, use_language, page().show_problem)
    keep_translated(lambda: page().give_name(switch, _("language of the page"), role="group"))
    return switch


def section(
    title: Message, about: Callable[[], str], figure: ipywidgets.Widget
) -> ipywidgets.Widget:
    """A heading, a few sentences, a figure."""
    head = text(lambda: f"<h2>{escape(str(title))}</h2><p>{about()}</p>", "wb-prose")
    return box([head, figure], "wb-section")


def fold(
    label: Callable[[bool], str], explained: Callable[[], str], inside: ipywidgets.Widget
) -> ipywidgets.Widget:
    """A button that shows and hides what is inside; unlike an accordion it works by keyboard.

    `label`: what stands on it while it is open, and while it is shut.
    """
    inside.layout.display = "none"
    switch = ipywidgets.ToggleButton(value=False)
    switch.add_class("wb-button")

    def put() -> None:
        switch.description, switch.tooltip = label(switch.value), explained()

    def turn(is_open: bool) -> None:
        inside.layout.display = None if is_open else "none"
        put()

    listen(switch, turn, page().show_problem)
    keep_translated(put)
    return box([switch, inside], "wb-more")


def drawer(children: Sequence[ipywidgets.Widget]) -> ipywidgets.Widget:
    """Further controls, folded."""
    return fold(
        lambda is_open: _("Fewer controls") if is_open else _("More controls"),
        lambda: _("further controls of this lesson"),
        box(children, "wb-drawer"),
    )


def legend() -> str:
    """What the labels on the numbers mean."""
    rows = "".join(
        f'<li><span class="wb-tag wb-{name}">{PROVENANCES[name]}</span> {meaning}</li>'
        for name, meaning in MEANINGS.items()
    )
    title = _("Every number says how it was got")
    return f'<h2>{title}</h2><ul class="wb-legend">{rows}</ul>'


def source(path: str, name: str) -> str:
    """The source of a function of this package, read without importing it."""
    content = (PACKAGE / path).read_text(encoding="utf-8")
    found = next(
        node
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    code = ast.get_source_segment(content, found) or ""
    return f'<pre class="wb-source" tabindex="0"><code>{escape(code)}</code></pre>'


def lead(title: str, words: str, goals: Sequence[str], predict: str) -> str:
    """Title, first sentences, goals, the prediction to make first, and the legend."""
    listed = "".join(f"<li>{goal}</li>" for goal in goals)
    return f"""
<h1>{title}</h1><p class="wb-lead">{words}</p>
<h2>{_("What you will be able to do")}</h2><ul>{listed}</ul>
<p><b>{_("Predict first:")}</b> {predict}</p>{legend()}"""


def ending(tasks: Sequence[tuple[str, str]], code: str, leaves_out: str) -> str:
    """Tasks with folded solutions, the code behind the sliders, and what the lesson leaves out."""
    items = "".join(
        f"<li>{task}<details><summary>{_('One way to see it')}</summary><p>{way}</p></details></li>"
        for task, way in tasks
    )
    return f"""
<h2>{_("Tasks")}</h2><ol>{items}</ol>
<h2>{_("The code that just ran")}</h2>{code}
<h2>{_("What this leaves out")}</h2><p>{leaves_out}</p>"""
