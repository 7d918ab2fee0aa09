"""Serve three personas: an answer for each, measured again before it is judged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import ipywidgets

from workbench.checks import Finding
from workbench.checks.choosing import MET, budgets_of, chosen, is_thrifty, served
from workbench.checks.versions import version_of
from workbench.locale import _, keep_translated, message
from workbench.measurement import Measurement
from workbench.measurement.choosing import LINES, Budget, Persona, Version
from workbench.setting import Setting
from workbench.widgets.choosing.scene import Desk, Scene
from workbench.widgets.findings import findings_text
from workbench.widgets.gallery import LoadImages
from workbench.widgets.html import text
from workbench.widgets.page import page
from workbench.widgets.task import Task
from workbench.wording import QUANTITIES

NO_ANSWER = ""
ATTEMPTS = (
    "prune:0.5:filter, finetune:1, quantize:8",
    "prune:0.75:filter, finetune:2, quantize:8",
    "prune:0.9, quantize:2",
)
"""From careful to reckless: each budget on a cost is kept by one of them if by any block here."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Entry:
    """What was handed in: the scene, an answer for each persona, the version that is to serve it.

    `attempts`: what the judge tries before it believes that a budget cannot be kept; `measured`:
    all of these, measured now.
    """

    scene: Scene
    answers: Mapping[str, str]
    wanted: Mapping[str, Setting]
    attempts: tuple[Setting, ...] = ()
    measured: Mapping[Setting, Measurement] = field(default_factory=dict)
    is_whole: bool = False

    @property
    def asked(self) -> tuple[Setting, ...]:
        """What is to be measured, each once."""
        return tuple(dict.fromkeys((*self.wanted.values(), *self.attempts)))


Measured = Callable[[Sequence[Setting], Callable[[tuple[Measurement, ...]], None]],
                    tuple[Measurement, ...]]  # fmt: skip


class ServeExercise:
    """The task, an answer a persona, and the findings after everything was measured again."""

    def __init__(
        self,
        personas: Mapping[str, Persona],
        desk: Desk,
        measure: Measured,
        load_images: LoadImages,
        task: Callable[[], str],
        hints: Callable[[], Sequence[str]],
    ) -> None:
        self._personas, self._desk, self._measure = personas, desk, measure
        self._load_images, self._hints = load_images, hints
        self.findings: tuple[Finding, ...] = ()
        self.answers = {name: _answer() for name in personas}
        self._found = ipywidgets.HTML()
        self._found.add_class("wb-text")
        self.task: Task[Entry, Entry] = Task(self._run, self._draw, _told, self._found)
        self.task.offer(
            message("Measure again and judge"),
            message("measure the versions that are to serve anew, and judge the answers"),
            self._hand_in,
        )
        self.widget = ipywidgets.VBox(
            [text(lambda: f"<p>{task()}</p>"), *self.answers.values(), self.task.widget]
        )
        self.widget.add_class("wb-exercise")
        keep_translated(self._translate)

    def _translate(self) -> None:
        names = [_("no answer yet"), _("a version of mine serves")]
        names += [_("cannot be met: {name}").format(name=QUANTITIES[line.name]) for line in LINES]
        for name, choice in self.answers.items():
            choice.description = str(self._personas[name].name)
            choice.set_trait("_options_labels", tuple(names))
            page().give_name(choice, _("answer for {who}").format(who=choice.description))

    def _hand_in(self) -> Entry:
        scene = self._desk.scene
        answers = {name: choice.value for name, choice in self.answers.items()}
        wanted = {}
        for name, answer in answers.items():
            best = chosen(scene.by("you"), self._budgets(name, scene.baseline), scene.across)
            if answer == MET and best is not None:
                wanted[name] = best.measurement.setting
        doubts = [answer for answer in answers.values() if answer not in (NO_ANSWER, MET)]
        plain = scene.setting.baseline
        attempts = tuple(replace(plain, recipe=recipe) for recipe in ATTEMPTS) if doubts else ()
        return Entry(scene=scene, answers=answers, wanted=wanted, attempts=attempts)

    def _budgets(self, name: str, baseline: Version | None) -> tuple[Budget, ...]:
        return budgets_of(self._personas[name].choices, baseline) if baseline else ()

    def _run(self, entry: Entry, tell: Callable[[Entry], None]) -> Entry:
        asked = entry.asked

        def report(found: tuple[Measurement, ...]) -> None:
            tell(replace(entry, measured=dict(zip(asked, found, strict=False))))

        found = dict(zip(asked, self._measure(asked, report), strict=True))
        return replace(entry, measured=found, is_whole=True)

    def _draw(self, entry: Entry | None) -> None:
        page().give_name(self._found, _("exercise"), role="group", live=True)
        self._found.value = ""
        if entry is not None and entry.is_whole:
            self.findings = self._judged(entry)
            self._found.value = findings_text(self.findings, self._hints())

    def _judged(self, entry: Entry) -> tuple[Finding, ...]:
        scene = entry.scene
        known = (*scene.versions, *(self._version(entry, each) for each in entry.attempts))
        found = [
            served(
                self._personas[name].name, answer, known, self._budgets(name, scene.baseline),
                self._version(entry, entry.wanted[name]) if name in entry.wanted else None,
            )
            for name, answer in entry.answers.items()
        ]  # fmt: skip
        tried = {version.steps for version in scene.by("you") if version.steps}
        return (*found, is_thrifty(len(tried)))

    def _version(self, entry: Entry, setting: Setting) -> Version:
        labels = self._load_images(setting.dataset).test_labels
        return version_of(entry.measured[setting], labels)


def _answer() -> ipywidgets.Dropdown:
    values = (NO_ANSWER, MET, *(line.name for line in LINES))
    choice = ipywidgets.Dropdown(
        options=[(value, value) for value in values], style={"description_width": "9.5em"}
    )
    choice.add_class("wb-control")
    return choice


def _told(entry: Entry) -> str:
    told = _("measured: {n} of {total}")
    return told.format(n=len(entry.measured), total=len(entry.asked))
