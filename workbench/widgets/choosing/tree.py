"""The tree of all versions: each recipe below the one that it goes on from."""

from collections.abc import Mapping
from html import escape

import ipywidgets

from workbench.checks.choosing import is_feasible
from workbench.locale import _
from workbench.measurement.choosing import Version
from workbench.setting import Step
from workbench.widgets.choosing.scene import Scene, SceneView
from workbench.widgets.choosing.words import WHO, key, tags
from workbench.widgets.page import page
from workbench.wording import recipe_text, step_text, value_text

Steps = tuple[Step, ...]
NAMES = ("accuracy", "deflated_bytes")


class TreeView:
    """Nested lists: a branch a step; what only stands between two measured versions is grey."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-drawing")
        self.view = SceneView(key=lambda s: (s.versions, s.budgets, s.current), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("tree of the versions"), role="group")
        if not scene.versions:
            words = _("the tree grows with what you measure")
            self.widget.value = f'<p class="wb-empty">{escape(words)}</p>'
            return
        known = {version.steps: version for version in scene.versions}
        below = children(known)
        told = _(
            "Each line goes on from the one that it is indented below. Grey: a stage that was not"
            " measured by itself. ✓: within all budgets."
        )
        self.widget.value = (
            f'<div class="wb-scroll wb-tree" tabindex="0"><ul>{_branch((), below, known, scene)}'
            f'</ul></div><p class="wb-caption">{tags(scene.versions, NAMES)} {escape(told)}</p>'
        )


def children(known: Mapping[Steps, Version]) -> dict[Steps, list[Steps]]:
    """The stages right after each stage, those between included, in the order of measuring."""
    below: dict[Steps, list[Steps]] = {(): []}
    for steps in known:
        for length in range(1, len(steps) + 1):
            stage = steps[:length]
            if stage not in below:
                below[stage] = []
                below[stage[:-1]].append(stage)
    return below


def _branch(
    stage: Steps, below: Mapping[Steps, list[Steps]], known: Mapping[Steps, Version], scene: Scene
) -> str:
    inside = "".join(_branch(child, below, known, scene) for child in below[stage])
    listed = f"<ul>{inside}</ul>" if inside else ""
    return f"<li>{_leaf(stage, known.get(stage), scene)}{listed}</li>"


def _leaf(stage: Steps, version: Version | None, scene: Scene) -> str:
    name = escape(step_text(stage[-1]) if stage else recipe_text(()))
    if version is None:
        return f'<span class="wb-empty">{name}</span>'
    numbers = ", ".join(value_text(version.quantities[each]) for each in NAMES)
    met = " ✓" if scene.budgets and is_feasible(version, scene.budgets) else ""
    here = f" <b>◂ {escape(_('now'))}</b>" if version is scene.current else ""
    who = key(version.by, str(WHO[version.by]))
    return f"{name}: {escape(numbers)}{met} <small>{who}</small>{here}"
