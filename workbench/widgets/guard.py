"""The one guard around every callback: without it an exception under Voila vanishes."""

import logging
from collections.abc import Callable
from functools import wraps
from html import escape
from typing import Any
from uuid import uuid4

import ipywidgets

from workbench.locale import _

log = logging.getLogger("workbench")


def sentence(error: Exception) -> str:
    """One escaped sentence for the learner; the traceback goes to the log under the id it names."""
    if isinstance(error, (ValueError, OSError)):
        log.info("told the learner", exc_info=error)
        return escape(str(error))
    name = uuid4().hex[:6]
    log.error("unexpected error %s", name, exc_info=error)
    return escape(
        _("something went wrong here ({error}); the log of this session has it as {name}").format(
            error=f"{type(error).__name__}: {error}", name=name
        )
    )


def guarded(show: Callable[[str], None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: what the callback raises is shown as a sentence by `show`."""

    def decorate(callback: Callable[..., None]) -> Callable[..., None]:
        @wraps(callback)
        def safe(*arguments: Any, **named: Any) -> None:
            try:
                callback(*arguments, **named)
            except Exception as error:
                show(sentence(error))

        return safe

    return decorate


def listen(
    widget: ipywidgets.Widget, callback: Callable[[Any], None], show: Callable[[str], None]
) -> None:
    """Call `callback` with each new value of `widget`, guarded."""
    widget.observe(guarded(show)(lambda change: callback(change["new"])), "value")


def press(
    button: ipywidgets.Button, callback: Callable[[], None], show: Callable[[str], None]
) -> None:
    """Call `callback` when `button` is pressed, guarded."""
    button.on_click(guarded(show)(lambda _button: callback()))
