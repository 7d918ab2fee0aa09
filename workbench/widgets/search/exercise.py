"""The exercise of the search lesson: ranges to design, five hidden seeds to convince."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import ipywidgets

from workbench.checks import Finding, is_solved
from workbench.locale import _, keep_translated, message
from workbench.measurement import Quantity
from workbench.search.values import Plan, Race
from workbench.setting import SPACE
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.widgets.plot import caption
from workbench.widgets.search.choices import AXES, Choices
from workbench.widgets.search.controls import SearchControls
from workbench.widgets.search.words import axis_text, axis_value
from workbench.widgets.task import Task
from workbench.wording import value_text

Check = Callable[[Mapping[str, Sequence[Any]], Sequence[Quantity]], Sequence[Finding]]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What the learner wants searched: the plan, with the seeds that stay hidden."""

    plan: Plan
    seeds: tuple[int, ...]


class SearchExercise:
    """A range slider an axis, the strategy, a button, and the judgement of every condition."""

    def __init__(
        self,
        run: Callable[[Attempt, Callable[[Race], None]], Race],
        check: Check,
        words: tuple[Callable[[], str], Callable[[], Sequence[str]]],
        choices: Choices,
        seeds: tuple[int, ...],
    ) -> None:
        self._check, self._seeds = check, seeds
        self._task, self._hints = words
        self._controls = SearchControls(choices, lambda choices: None, page().show_problem)
        self._ranges = {name: _range(name) for name in AXES}
        self._judged = ipywidgets.HTML()
        self._judged.add_class("wb-text")
        self.task: Task[Attempt, Race] = Task(run, self._draw, self._told, self._judged)
        self.task.offer(
            message("Try my ranges"),
            message("search them with every hidden seed: real trainings, with Stop"),
            self._attempt,
        )
        asked = ipywidgets.HTML()
        asked.add_class("wb-text")
        keep_translated(lambda: setattr(asked, "value", f"<p>{self._task()}</p>"))
        controls = ipywidgets.VBox([*self._ranges.values(), self._controls.widget("strategy")])
        controls.add_class("wb-controls")
        self.widget = ipywidgets.VBox([asked, controls, self.task.widget])
        self.widget.add_class("wb-exercise")

    def _attempt(self) -> Attempt:
        choices = self._controls.choices
        axes = {name: _inside(name, slider) for name, slider in self._ranges.items()}
        plan = Plan(
            setting=choices.setting, axes=axes, strategy=choices.strategy, trials=choices.trials
        )
        return Attempt(plan=plan, seeds=self._seeds)

    def _told(self, race: Race) -> str:
        return _("{done} of {n} searches").format(done=len(bests(race)), n=len(race.seeds))

    def _draw(self, race: Race | None) -> None:
        page().give_name(self._judged, _("exercise"), role="group", live=True)
        found = bests(race)
        if race is None or not found:
            told = _("Choose ranges and a strategy, then press the button.")
            self._judged.value = f'<p class="wb-empty">{escape(told)}</p>'
            return
        each = ", ".join(value_text(best) for best in found)
        words = _("Best of each hidden seed so far: {each}.").format(each=each)
        head = caption(f"{tag(found[0])} {escape(words)}")
        if len(found) < len(race.seeds):
            self._judged.value = head
            return
        self._judged.value = head + self._findings(self._check(race.plan.axes, found))

    def _findings(self, findings: Sequence[Finding]) -> str:
        items = "".join(
            f"<li>{'✓' if finding.is_met else '✗'} {escape(str(finding.told))}</li>"
            for finding in findings
        )
        listed = f'<ul class="wb-findings">{items}</ul>'
        if is_solved(findings):
            return f"{listed}<p><b>{escape(_('Solved.'))}</b></p>"
        missed = next(at for at, finding in enumerate(findings) if not finding.is_met)
        hint = self._hints()[missed]
        return f"{listed}<details><summary>{escape(_('A hint'))}</summary><p>{hint}</p></details>"


def bests(race: Race | None) -> list[Quantity]:
    """The best of each search that has come to its end."""
    if race is None:
        return []
    strategy = race.strategies[0]
    return [
        race.runs[strategy, seed][-1] for seed in race.seeds if (strategy, seed) in race.winners
    ]


def _range(name: str) -> Any:
    values = SPACE[name]
    slider = ipywidgets.SelectionRangeSlider(
        options=[(axis_value(name, value), value) for value in values],
        index=(0, len(values) - 1),
        style={"description_width": "9.5em"},
    )
    slider.add_class("wb-control")

    def put() -> None:
        slider.description = axis_text(name)
        page().give_name(slider, _("range of {axis}").format(axis=axis_text(name)))

    keep_translated(put)
    return slider


def _inside(name: str, slider: Any) -> tuple[Any, ...]:
    first, last = slider.index
    return SPACE[name][first : last + 1]
