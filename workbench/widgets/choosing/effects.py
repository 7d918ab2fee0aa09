"""From techniques to goals: arrows as wide as what each step did to the versions measured here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets
import numpy as np

from workbench.checks.versions import GOALS, Change, changes
from workbench.figures.matrix import numbers_below
from workbench.figures.palette import BASELINE, CANDIDATE, PRUNED
from workbench.locale import _, decimal
from workbench.statistics import Verdict
from workbench.widgets.choosing.advice import TECHNIQUES, advice
from workbench.widgets.choosing.scene import Scene, SceneView
from workbench.widgets.choosing.words import tags
from workbench.widgets.page import page
from workbench.wording import QUANTITIES, signed

STEPS = ("weights", "channels", "repair", "int8", "imitated")
"""The techniques that are blocks of a recipe: what happened to them is measured here."""
COLOURS: dict[Verdict, str] = {"better": CANDIDATE, "worse": PRUNED, "cannot tell": BASELINE}
DASHES: dict[Verdict, str] = {"better": "", "worse": "7 4", "cannot tell": "2 4"}
WIDTH, ROW, LEFT, RIGHT = 440, 44, 132, 274


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What one technique did to one goal, over all versions that differ by it alone."""

    technique: str
    goal: str
    value: float
    verdict: Verdict
    counts: dict[Verdict, int]


class EffectsView:
    """A drawing with its table, of pairs of versions of which one goes on from the other."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = SceneView(key=lambda s: s.versions, draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("from technique to goal"), role="group")
        self.widget.value = f"{_measured(scene)}{advice()}"


def _measured(scene: Scene) -> str:
    """The arrows of what there is, with their table."""
    found = effects(list(changes(scene.versions)))
    if not found:
        words = _("an arrow needs a version and the one that it goes on from")
        return f'<p class="wb-empty">{escape(words)}</p>'
    told = _(
        "Blue, solid: better in most pairs. Orange, dashed: worse. Grey, dotted: cannot be"
        " told. The wider, the more. Each arrow is the median over pairs of versions that"
        " differ by this last step alone; no arrow: not measured yet."
    )
    label = tags(scene.versions, GOALS)
    return f"{drawn(found)}<p class='wb-caption'>{label} {escape(told)}</p>{_table(found)}"


def technique_of(change: Change) -> str:
    """Under which technique a step counts."""
    if change.step.kind == "prune":
        return "weights" if change.step.granularity == "weight" else "channels"
    if change.step.kind == "quantize":
        return "int8" if change.is_real_int8 else "imitated"
    return "repair"


def effects(found: Sequence[Change]) -> list[Effect]:
    """The median change and the verdict of the majority, by technique and goal."""
    told = []
    for technique in STEPS:
        for goal in GOALS:
            own = [c for c in found if c.name == goal and technique_of(c) == technique]
            if not own:
                continue
            counts = {v: sum(c.verdict == v for c in own) for v in COLOURS}
            most = max(counts, key=lambda verdict: counts[verdict])
            is_clear = 2 * counts[most] > len(own)
            verdict: Verdict = most if is_clear else "cannot tell"
            value = float(np.median([c.value for c in own]))
            told.append(
                Effect(technique=technique, goal=goal, value=value, verdict=verdict, counts=counts)
            )
    return told


def drawn(found: Sequence[Effect]) -> str:
    """The arrows (SVG): techniques on the left, goals on the right."""
    height = ROW * len(STEPS) + 16
    names = "".join(
        f'<text x="{LEFT - 8}" y="{_left(name) + 4}" text-anchor="end">'
        f"{escape(str(TECHNIQUES[name]))}</text>"
        for name in STEPS
    )
    goals = "".join(
        f'<text x="{RIGHT + 12}" y="{_right(name) + 4}">{escape(str(QUANTITIES[name]))}</text>'
        for name in GOALS
    )
    arrows = "".join(map(_arrow, found))
    words = escape(_("the table below has the numbers"), quote=True)
    return (
        f'<svg class="wb-svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{words}">'
        f"{names}{goals}{arrows}</svg>"
    )


def _left(technique: str) -> float:
    return ROW * (STEPS.index(technique) + 0.5) + 8


def _right(goal: str) -> float:
    step = ROW * len(STEPS) / len(GOALS)
    return step * (GOALS.index(goal) + 0.5) + 8


def _arrow(effect: Effect) -> str:
    strength = abs(effect.value) * 10 if effect.goal == "accuracy" else abs(np.log(effect.value))
    width = 1.2 + 5 * min(1.0, float(strength))
    colour, dash = COLOURS[effect.verdict], DASHES[effect.verdict]
    y1, y2 = _left(effect.technique), _right(effect.goal)
    angle = np.degrees(np.arctan2(y2 - y1, RIGHT - LEFT))
    head = f'<path d="M0,-5 L9,0 L0,5 z" fill="{colour}" transform="translate({RIGHT},{y2:.1f})' \
           f' rotate({angle:.1f})"/>'  # fmt: skip
    return (
        f'<line x1="{LEFT}" y1="{y1:.1f}" x2="{RIGHT}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{width:.1f}" stroke-dasharray="{dash}"/>{head}'
    )


def _table(found: Sequence[Effect]) -> str:
    heads = [
        _("technique"), _("goal"), _("median change"), _("better"), _("worse"), _("cannot tell"),
    ]  # fmt: skip
    rows = [
        [
            escape(str(TECHNIQUES[one.technique])), escape(str(QUANTITIES[one.goal])),
            escape(change_text(one)), *(decimal(one.counts[verdict]) for verdict in COLOURS),
        ]
        for one in found
    ]  # fmt: skip
    return numbers_below(heads, rows)


def change_text(effect: Effect) -> str:
    """Points for an accuracy, a factor for all else."""
    if effect.goal == "accuracy":
        return _("{points} points").format(points=signed(100 * effect.value, 1))
    return f"× {decimal(effect.value, 2)}"
