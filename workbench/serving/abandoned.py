"""Kernels that no page is connected to any more, ended after a while."""

from collections.abc import Callable
from time import monotonic
from typing import Any

LOOK_EVERY_MS = 60_000


class Abandoned:
    """Ends kernels without a connection after `seconds`.

    Jupyter's own culling asks how long a kernel said nothing, and a lesson's pulse says something
    every second, page or no page: a browser that crashed would leave its kernel for ever.
    """

    def __init__(
        self, manager: Any, seconds: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._manager, self._seconds, self._clock = manager, seconds, clock
        self._alone_since: dict[str, float] = {}

    async def look(self) -> None:
        """Look once over all kernels."""
        now = self._clock()
        alone = {
            kernel
            for kernel in self._manager.list_kernel_ids()
            if not self._manager.kernel_model(kernel)["connections"]
        }
        self._alone_since = {kernel: self._alone_since.get(kernel, now) for kernel in alone}
        for kernel, since in list(self._alone_since.items()):
            if now - since >= self._seconds:
                del self._alone_since[kernel]
                await self._manager.shutdown_kernel(kernel, now=True)
