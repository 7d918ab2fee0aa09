"""The exercise of a lesson: its task, its hints, and the check that judges what is measured."""

from collections.abc import Callable, Sequence
from types import ModuleType

import ipywidgets

from workbench.checks import Check, Finding, is_solved
from workbench.lessons import shared_prose
from workbench.lessons.bench import Bench, test_images
from workbench.lessons.frame import section
from workbench.locale import Message, message
from workbench.report import Verdict
from workbench.widgets.exercise import Exercise


def exercise_section(
    bench: Bench, title: Message, prose: ModuleType, check: Check
) -> ipywidgets.Widget:
    """A section that follows the panel; `prose` has the lesson's task and a hint a condition."""
    exercise = Exercise(prose.task, prose.hints, check, test_images)
    bench.panel.follow(exercise.view)
    report_exercise(bench, title, lambda: exercise.findings)
    return section(title, shared_prose.exercise, exercise.widget)


def report_exercise(
    bench: Bench, title: Message, findings: Callable[[], Sequence[Finding]]
) -> None:
    """Take what an exercise says at that moment into the report."""
    bench.verdicts.append(lambda: _verdicts(title, findings()))


def _verdicts(title: Message, findings: Sequence[Finding]) -> tuple[Verdict, ...]:
    """What the last measurement said of the task; none where nothing was judged yet."""
    if not findings:
        return ()
    ruling = message("solved") if is_solved(findings) else message("not solved yet")
    return (Verdict(claim=title, ruling=ruling, told=tuple(f.told for f in findings)),)
