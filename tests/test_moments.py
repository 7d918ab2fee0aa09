"""Where the moments of a training are cut: a curve without teeth, and a hold that can step."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from workbench.core.training.learning import Update
from workbench.core.training.moments import EVERY_S, HELD_S, Moments
from workbench.locale import Message

BATCHES = 40


class Clock:
    """Seconds that pass only where a test lets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def update(done: int) -> Update:
    scores, labels = torch.zeros(2, 10), torch.zeros(2, dtype=torch.long)
    return Update(Message("learning"), done, 3 * BATCHES, 1.0, scores, labels, 0.1, 0.001)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sizes(clock: Clock, update_s: float, told_s: float, epochs: int = 3) -> Iterator[int]:
    """How many updates each moment is of, where an update and a report take so long."""
    moments, before = Moments(BATCHES, clock=clock), 0
    for done in range(1, epochs * BATCHES + 1):
        clock.now += update_s
        moments.add(update(done))
        if not moments.is_due:
            continue
        found = moments.take(nn.Linear(1, 1), {})
        yield found.updates - before
        before = found.updates
        moments.tell(lambda: setattr(clock, "now", clock.now + told_s))


@pytest.mark.parametrize("update_s", [0.0001, 0.001, 0.0014, 0.003, 0.004, 0.02])
@pytest.mark.parametrize("told_s", [0.0, 0.5 * HELD_S])
def test_no_moment_after_the_first_is_of_far_fewer_updates_than_its_neighbour(
    clock: Clock, update_s: float, told_s: float
) -> None:
    _first, second, *rest = sizes(clock, update_s, told_s)
    assert all(min(pair) >= 0.4 * max(pair) for pair in zip([second, *rest], rest, strict=False))


def test_a_slow_network_tells_every_update(clock: Clock) -> None:
    assert set(sizes(clock, 2 * EVERY_S, 0.01)) == {1}


def test_after_a_hold_the_next_update_is_a_moment(clock: Clock) -> None:
    assert set(sizes(clock, 0.0001, 2 * HELD_S)) == {1}
