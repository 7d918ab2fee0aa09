"""The status line of the search: which trial, how far, what went wrong."""

from dataclasses import replace
from html import escape

import ipywidgets

from workbench.locale import _
from workbench.search.values import Plan, Standing
from workbench.widgets.html import working
from workbench.widgets.page import page
from workbench.widgets.search.scene import Scene, running
from workbench.widgets.search.words import (
    SHORT,
    axis_text,
    axis_value,
    chosen_text,
    number_of,
)
from workbench.widgets.views import View
from workbench.wording import network_text


class SearchStatus:
    """One line, read out by screen readers when it changes."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-status")
        self.view = View(key=lambda scene: replace(scene, pinned=None), draw=self._draw)

    def _draw(self, scene: Scene) -> None:
        page().give_name(self.widget, _("status"), role="status", live=True)
        if scene.problem:
            self.widget.value = f'<div class="wb-problem">⚠ {scene.problem}</div>'
        elif scene.notice is not None and not scene.is_running:
            self.widget.value = f'<div class="wb-problem">{escape(str(scene.notice))}</div>'
        elif scene.is_running:
            self.widget.value = _working(scene) + _aside(scene)
        else:
            self.widget.value = _ready(scene)


def _aside(scene: Scene) -> str:
    """What is said beside a study of others: what it is, and what the controls are not."""
    if scene.watched is None:
        return ""
    told = [_("The controls are those of your own search; moving one leaves this study.")]
    if scene.standing is not None:
        told.insert(0, _studied(scene.standing.plan))
    if scene.notice is not None:
        told.append(str(scene.notice))
    return "".join(f"<div>{escape(words)}</div>" for words in told)


def _studied(plan: Plan) -> str:
    """What a study searches, and how."""
    ranges = ", ".join(
        f"{axis_text(name)} {axis_value(name, values[0])}–{axis_value(name, values[-1])}"
        for name, values in plan.axes.items()
    )
    return _("It searches by {strategy} for {network}, over {ranges}.").format(
        strategy=SHORT[plan.strategy], network=network_text(plan.setting), ranges=ranges
    )


def _epochs(plan: Plan) -> str:
    values = plan.axes.get("epochs", (plan.setting.epochs,))
    ends = dict.fromkeys(axis_value("epochs", value) for value in (values[0], values[-1]))
    return f"{axis_text('epochs')} {'–'.join(ends)}"


def _working(scene: Scene) -> str:
    standing = scene.standing
    share = 100 * standing.complete / standing.wanted if standing and standing.wanted else 0
    words, mark = _doing(scene), "…"
    if scene.is_paused:
        words, mark = _("paused: {told}").format(told=words), "‖"
    return working(f"<span>{mark} {escape(words)}</span>", share)


def _doing(scene: Scene) -> str:
    standing = scene.standing
    if scene.watched is not None:
        return _("watching study {name}: {told}").format(
            name=scene.watched.study, told=_counts(standing) if standing else "…"
        )
    if standing is None:
        return _("preparing the data and the network")
    trial = running(standing)
    if trial is None:
        return _counts(standing)
    told = _("trial {number} ({done} of {wanted} done): {chosen}").format(
        number=number_of(trial), done=standing.complete, wanted=standing.wanted,
        chosen=chosen_text(trial),
    )  # fmt: skip
    if not trial.curve:
        return told
    return told + "; " + _("epoch {epoch}").format(epoch=trial.curve[-1][0])


def _counts(standing: Standing) -> str:
    words = _("{complete} of {wanted} trials done, {live} waiting or running, {missing} missing")
    return words.format(
        complete=standing.complete, wanted=standing.wanted, live=standing.live,
        missing=standing.missing,
    )  # fmt: skip


def _ready(scene: Scene) -> str:
    standing = scene.standing
    if standing is None:
        return ""
    if not standing.done and (failed := [t for t in standing.trials if t.reason]):
        told = _("no trial came to its end: {reason}").format(reason=failed[-1].reason)
        return f'<div class="wb-problem">⚠ {escape(told)}</div>'
    plan = standing.plan
    what = {
        "strategy": SHORT[plan.strategy],
        "n": standing.complete,
        "network": network_text(plan.setting),
    }
    if scene.watched is None:
        told = _("searched: {strategy}, {n} trials, {network}").format(**what)
    else:
        told = _("watched: study {name}, {strategy}, {n} trials, {network}, {epochs}").format(
            **what, name=scene.watched.study, epochs=_epochs(plan)
        )
    return f'<div class="wb-ready">✓ {escape(told)}</div>'
