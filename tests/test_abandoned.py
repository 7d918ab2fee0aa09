"""Kernels of pages that are gone: ended after a while, never while somebody is connected."""

import asyncio
from typing import Any

from workbench.serving.abandoned import Abandoned


class Kernels:
    """A kernel manager by hand: how many are connected to each kernel, and which were ended."""

    def __init__(self, **connections: int) -> None:
        self.connections, self.ended = connections, []  # type: ignore[var-annotated]

    def list_kernel_ids(self) -> list[str]:
        return list(self.connections)

    def kernel_model(self, kernel: str) -> dict[str, Any]:
        return {"connections": self.connections[kernel]}

    async def shutdown_kernel(self, kernel: str, *, now: bool) -> None:
        assert now
        del self.connections[kernel]
        self.ended.append(kernel)


class Watch:
    """Abandoned, with a clock that is set by hand."""

    def __init__(self, kernels: Kernels) -> None:
        self.time = 0.0
        self._abandoned = Abandoned(kernels, 600, lambda: self.time)

    def look_at(self, seconds: float) -> None:
        self.time = seconds
        asyncio.run(self._abandoned.look())


def test_a_kernel_without_a_page_is_ended_after_the_time_and_not_before() -> None:
    kernels = Kernels(gone=0, open=1)
    watch = Watch(kernels)
    for seconds in (0, 300, 599):
        watch.look_at(seconds)
        assert kernels.ended == []
    watch.look_at(600)
    assert kernels.ended == ["gone"]
    watch.look_at(5000)
    assert list(kernels.connections) == ["open"]


def test_who_comes_back_starts_the_time_anew() -> None:
    kernels = Kernels(one=0)
    watch = Watch(kernels)
    watch.look_at(0)
    kernels.connections["one"] = 1
    watch.look_at(500)
    kernels.connections["one"] = 0
    watch.look_at(700)
    watch.look_at(1200)
    assert kernels.ended == []
    watch.look_at(1300)
    assert kernels.ended == ["one"]


def test_the_time_counts_from_when_a_kernel_was_first_seen_alone() -> None:
    kernels = Kernels(first=0)
    watch = Watch(kernels)
    watch.look_at(0)
    kernels.connections["second"] = 0
    watch.look_at(590)
    watch.look_at(650)
    assert kernels.ended == ["first"]
