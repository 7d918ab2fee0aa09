"""The status line of a panel: what is being done, how far, what went wrong."""

from html import escape

import ipywidgets

from workbench.locale import _
from workbench.widgets.html import working
from workbench.widgets.page import page
from workbench.widgets.state import State, View
from workbench.wording import setting_text


class Status:
    """One line, read out by screen readers when it changes."""

    def __init__(self) -> None:
        self.widget = ipywidgets.HTML()
        self.widget.add_class("wb-status")
        self.view = View(
            key=lambda s: (s.problem, s.notice, s.stage, s.done, s.total, s.is_stale, s.setting),
            draw=self._draw,
        )

    def _draw(self, state: State) -> None:
        page().give_name(self.widget, _("status"), role="status", live=True)
        if state.problem:
            self.widget.value = f'<div class="wb-problem">⚠ {state.problem}</div>'
        elif state.notice is not None and state.stage is None:
            self.widget.value = f'<div class="wb-problem">{escape(str(state.notice))}</div>'
        elif state.stage is not None:
            self._work(str(state.stage), 100 * state.done / state.total if state.total else 0)
        elif state.is_stale:
            self._work(_("measuring: {setting}").format(setting=setting_text(state.setting)), 0)
        else:
            notes = "".join(f"<div>{escape(str(note))}</div>" for note in _notes(state))
            words = _("measured: {setting}").format(setting=setting_text(state.setting))
            self.widget.value = f'<div class="wb-ready">✓ {escape(words)}{notes}</div>'

    def _work(self, words: str, per_cent: float) -> None:
        self.widget.value = working(f"<span>… {escape(words)}</span>", per_cent)


def _notes(state: State) -> list[object]:
    """What the measurement says of its circumstances: its engine, whether others disturbed it."""
    answer = state.answer
    return [] if answer is None else list(answer.notes)
