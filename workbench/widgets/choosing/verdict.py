"""Whether the version of the moment keeps each budget, what binds, and which one to choose."""

from html import escape

import ipywidgets

from workbench.checks.choosing import (
    Kept,
    best_of,
    binding,
    blocking,
    chosen,
    kept,
    kept_text,
)
from workbench.locale import _, decimal
from workbench.measurement.choosing import Version
from workbench.statistics import mcnemar
from workbench.widgets.choosing.scene import Scene, SceneView
from workbench.widgets.html import tag
from workbench.widgets.page import page
from workbench.wording import interval_text, recipe_text


class VerdictView:
    """HTML that is said aloud when it changes."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-text")
        self.view = SceneView(
            key=lambda s: (s.current, s.budgets, s.versions, s.across), draw=self._draw
        )

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("verdict on the budgets"), role="group", live=True)
        if not scene.budgets:
            words = _("Set a budget, or choose whom you work for.")
            self.widget.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        inside = f"{_of(scene.current, scene)}{_of_all(scene)}"
        self.widget.value = f'<div class="wb-exercise">{inside}</div>'


def _of(version: Version | None, scene: Scene) -> str:
    """The version of the panel."""
    if version is None:
        words = _("This recipe is not measured yet.")
        return f'<p class="wb-empty">{escape(words)}</p>'
    found = kept(version, scene.budgets)
    items = "".join(f"<li>{_line(one)}</li>" for one in found)
    head = escape(recipe_text(version.steps))
    return f'<p><b>{head}</b></p><ul class="wb-findings">{items}</ul>{_binds(found)}'


def _line(one: Kept) -> str:
    sure = "" if one.is_sure else " " + _("(the interval reaches over the limit: not sure)")
    told = f"{'✓' if one.is_met else '✗'} {escape(str(kept_text(one)))}{escape(sure)}"
    return f"{told} <small>{escape(interval_text(one.quantity))}</small> {tag(one.quantity)}"


def _binds(found: tuple[Kept, ...]) -> str:
    worst = binding(found)
    if worst is None:
        return ""
    missed = sum(not one.is_met for one in found)
    words = (
        _("Budgets missed: {missed} of {n}. As a share of its limit the farthest off: {budget}.")
        if missed
        else _("All budgets are kept; the one that binds, as a share of its limit: {budget}.")
    )
    told = words.format(missed=missed, n=len(found), budget=kept_text(worst))
    return f"<p>{escape(told)}</p>"


def _of_all(scene: Scene) -> str:
    """The one to take of all that were measured; or what stands in the way, and how far off."""
    best = chosen(scene.versions, scene.budgets, scene.across)
    if best is not None:
        words = _(
            "Measured versions: {n}. To be taken: {recipe}. It keeps all budgets, and"
            " of those that cannot be told from the most accurate it costs least across."
        )
        told = words.format(n=decimal(len(scene.versions)), recipe=recipe_text(best.steps))
        return f"<p>{escape(told)} {_beside(best, scene)}</p>"
    found = blocking(scene.versions, scene.budgets)
    which = "; ".join(str(kept_text(one)) for one in found)
    told = _("Measured versions: {n}. None keeps all budgets.").format(
        n=decimal(len(scene.versions))
    )
    way = _in_the_way(found, scene).format(which=which)
    label = " ".join(dict.fromkeys(tag(one.quantity) for one in found))
    return f"<p>⚠ {escape(told)} {escape(way)} {label}</p>"


def _in_the_way(found: tuple[Kept, ...], scene: Scene) -> str:
    """What is missing: of the best of all, or of the best that keeps the other budgets."""
    if not all(best_of(scene.versions, one.budget).is_met for one in found):
        return _("The best that was measured misses even this alone: {which}.")
    if len(found) == 1:
        return _(
            "Of those that keep all other budgets the best is: {which}. As much would have to be"
            " gained, or allowed."
        )
    return _("Each budget is kept by some version, and no version misses one alone: {which}.")


def _beside(best: Version, scene: Scene) -> str:
    """Whether its answers can be told from the baseline's."""
    if scene.baseline is None or not best.steps:
        return ""
    test = mcnemar(scene.baseline.right, best.right)
    verdicts = {
        "better": _("Beside the baseline it is more accurate, or lucky to have been picked."),
        "worse": _("Beside the baseline it is less accurate, by McNemar’s test."),
        "cannot tell": _("Its accuracy cannot be told from the baseline's."),
    }
    return escape(verdicts[test.verdict])
