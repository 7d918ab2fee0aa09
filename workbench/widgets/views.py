"""One state and its drawings: a view is drawn again where what it shows has changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any, Generic, TypeVar

from workbench.locale import keep_translated

State = TypeVar("State")


@dataclass(frozen=True, kw_only=True)
class View(Generic[State]):
    """A drawing of a state: `draw` is called when what `key` takes from the state has changed."""

    key: Callable[[State], object]
    draw: Callable[[State], None]


class Views(Generic[State]):
    """Holds the one state, a frozen dataclass, and hands it to every view when it changes.

    From any thread; `lock` keeps a decision and the change that follows it together.
    """

    def __init__(self, state: State, views: Sequence[View[State]]) -> None:
        self.state = state
        self.lock = RLock()
        self._views = tuple(views)
        self._drawn: dict[int, object] = {}

    def begin(self) -> None:
        """Draw everything, now and whenever the language changes."""
        keep_translated(self._translate)

    def follow(self, view: View[State]) -> None:
        """One more view, made later than the others."""
        with self.lock:
            self._views = (*self._views, view)
            self._draw(view)

    def update(self, **changes: Any) -> None:
        """Make a new state and let each view draw what changed for it."""
        with self.lock:
            self.state = replace(self.state, **changes)  # type: ignore[type-var]
            for view in self._views:
                self._draw(view)

    def _draw(self, view: View[State], *, again: bool = False) -> None:
        key = view.key(self.state)
        if again or id(view) not in self._drawn or self._drawn[id(view)] != key:
            self._drawn[id(view)] = key
            view.draw(self.state)

    def _translate(self) -> None:
        with self.lock:
            for view in self._views:
                self._draw(view, again=True)
