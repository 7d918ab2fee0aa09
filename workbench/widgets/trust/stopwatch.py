"""The exercise of lesson 1, its first half: a plan of timing, carried out again and judged."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

import ipywidgets

from workbench.checks import Finding
from workbench.locale import Message, _, decimal, message
from workbench.measurement.noise import REPEATS, WARM_UPS, Plan, Retimed
from workbench.widgets.choice import choice
from workbench.widgets.findings import findings_text
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import interval_text, value_text

Run = Callable[[Plan, Callable[[Retimed], None]], Retimed]
Check = Callable[[Retimed], tuple[Finding, ...]]
Hints = Callable[[], Sequence[str]]


class Stopwatch:
    """Two sliders and a button; every press times anew."""

    def __init__(self, run: Run, check: Check, task: Callable[[], str], hints: Hints) -> None:
        self._check, self._text, self._hints = check, task, hints
        self._plan = Plan(warm_up=WARM_UPS[0], repeats=REPEATS[0])
        self._words = ipywidgets.HTML()
        self._words.add_class("wb-text")
        self.task: Task[Plan, Retimed] = Task(run, self._draw, _told, self._words)
        self.task.offer(
            message("Check my plan"),
            message("carry it out again and again on fresh engines, and look for a cheaper one"),
            lambda: self._plan,
        )
        before, timed = message("calls before the first that counts"), message("calls that count")
        sliders = [
            self._slider("warm_up", message("warm-up calls"), before, WARM_UPS),
            self._slider("repeats", message("calls"), timed, REPEATS),
        ]
        self.widget = ipywidgets.VBox([*sliders, self.task.widget])
        self.widget.add_class("wb-study")

    def _slider(
        self, name: str, label: Message, explained: Message, values: Sequence[int]
    ) -> ipywidgets.Widget:
        def take(value: int) -> None:
            self._plan = replace(self._plan, **{name: value})

        options = {value: decimal(value) for value in values}
        return choice(label, explained, options, values[0], take, ipywidgets.SelectionSlider)

    def _draw(self, found: Retimed | None) -> None:
        page().give_name(self._words, _("exercise"), role="group", live=True)
        judged = _judged(found, self._check, self._hints()) if found else ""
        self._words.value = f'<div class="wb-exercise"><p>{self._text()}</p>{judged}</div>'


def _judged(found: Retimed, check: Check, hints: Sequence[str]) -> str:
    if found.band is None or found.took_ms is None:
        return ""
    numbers_found = {_("band"): found.band, _("time"): found.took_ms}
    if found.least_ms is not None:
        numbers_found[_("time of the cheapest")] = found.least_ms
    rows = "".join(
        f"<li>{escape(name)}: {escape(value_text(value))} {escape(interval_text(value))}"
        f" {tag(value)}</li>"
        for name, value in numbers_found.items()
    )
    findings = findings_text(check(found), hints) if found.is_over else ""
    return f"<ul>{rows}</ul>{findings}"


def _told(found: Retimed) -> str:
    plan = _("{warm_up} + {repeats} calls").format(
        warm_up=decimal(found.plan.warm_up), repeats=decimal(found.plan.repeats)
    )
    if found.is_over:
        return plan
    return _("{plan}; looking for a cheaper plan: {n} tried").format(
        plan=plan, n=decimal(found.tried)
    )
