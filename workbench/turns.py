"""Who of a process computes: one at a time, and who is patient goes last."""

from threading import Condition


class Turn:
    """Whose turn it is to compute: one at a time, and who is patient lets all others go first."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_taken = False
        self._waiting = 0

    @property
    def is_taken(self) -> bool:
        """Somebody computes."""
        return self._is_taken

    def take(self) -> None:
        """Wait until nobody computes; then it is the caller's turn."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._is_taken)
            self._waiting -= 1
            self._is_taken = True

    def give(self) -> None:
        """The caller's turn is over."""
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()

    def give_way(self) -> None:
        """Let those who wait compute, and come back after them; called by whose turn it is."""
        with self._changed:
            if self._waiting == 0:
                return
            self._is_taken = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._is_taken and self._waiting == 0)
            self._is_taken = True


COMPUTING = Turn()
"""Held while any panel of this process computes: the number of threads is one for all of them."""
