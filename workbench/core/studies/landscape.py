"""The loss landscape along one number, with every step of gradient descent on it really taken."""

from collections.abc import Callable
from itertools import islice
from math import inf, isfinite

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workbench.core.data import Dataset, load
from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.surface import Ray, Surface
from workbench.core.training.batches import learned_from
from workbench.locale import message
from workbench.measurement import Progress, Report
from workbench.measurement.landscape import Descent, Landscape, Line, Path, Step
from workbench.setting import Setting

IMAGES = 128
UPDATES = 60
STEPS = 20
POINTS = 41
RATES = (0.001, 0.01, 0.1, 1.0, 10.0)
"""Of the trainings of all weights, beside that of the setting."""
LINE_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Of the descents along a line, which bends less than the steepest of all directions; and that of
the setting."""
BEFORE, BEYOND = -0.5, 2.0
"""From where to where the direction is followed: 0 is the start and 1 the trained network."""
AROUND = 4.0
"""How far a single weight is moved to both sides of its start."""


class _Work:
    """The rates to walk with; tells how much of the study is done, before each piece of it."""

    def __init__(self, setting: Setting, report: Report) -> None:
        self._report, self._done = report, 0
        self.rates = tuple(sorted({*RATES, setting.learning_rate}))
        self.line_rates = tuple(sorted({*LINE_RATES, setting.learning_rate}))
        self._total = 2 * len(self.rates) * UPDATES + 2 * (POINTS + len(self.line_rates) * STEPS)

    def check(self) -> None:
        """One piece more; raises where nobody wants the answer."""
        stage = message("walking down the loss")
        self._report(Progress(stage=stage, done=min(self._done, self._total), total=self._total))
        self._done += 1


@torch.inference_mode(mode=False)
def landscape(setting: Setting, report: Report) -> Landscape:
    """Loss along a direction and along one weight, with descents; and trainings of all weights.

    The direction leads from the start to where the best of the trainings arrived (Goodfellow et
    al. 2015); its length is 1, so that a learning rate means on it what it means for all weights.
    """
    use_one_thread()
    work = _Work(setting, report)
    work.check()
    data = learned_from(setting, load(setting.dataset))
    surface = Surface(setting, data, IMAGES)
    trained = _best_end(surface, setting, data, work)
    way = surface.towards(trained)
    return Landscape(
        setting=setting,
        lines=(_direction(surface, way, trained, work), _weight(surface, trained, work)),
        paths=tuple(_path(surface, setting, data, rate, way, work) for rate in work.rates),
        how=message(
            "cross-entropy of the network itself on the same {n} training images, its gradient by"
            " back-propagation",
            n=len(surface.labels),
        ),
        machine=machine(),
    )


def _best_end(surface: Surface, setting: Setting, data: Dataset, work: _Work) -> Tensor:
    """The weights of the training that came lowest; never those of one that diverged."""
    ends: list[tuple[float, int, Tensor]] = []
    for rate in work.rates:
        end = surface.start
        for weights in islice(surface.walked(setting, data, rate), UPDATES):
            work.check()
            if not bool(weights.isfinite().all()):
                break
            end = weights
        loss = surface.loss(end)
        ends.append((loss if isfinite(loss) else inf, len(ends), end))
    return min(ends)[2]


def _path(
    surface: Surface, setting: Setting, data: Dataset, rate: float, way: Ray, work: _Work
) -> Path:
    """A training seen from the direction; it ends where the loss is no longer a number."""
    seen = [(way.origin, surface.loss(surface.start))]
    for weights in islice(surface.walked(setting, data, rate), UPDATES):
        work.check()
        loss = surface.loss(weights)
        if not isfinite(loss):
            break
        seen.append((way.seen(weights), loss))
    positions, losses = np.array(seen).T
    is_whole = len(seen) > UPDATES
    return Path(rate=rate, positions=positions, losses=losses, is_whole=is_whole)


def _direction(surface: Surface, way: Ray, trained: Tensor, work: _Work) -> Line:
    arrived = way.seen(trained)
    positions = np.linspace(BEFORE * arrived, BEYOND * arrived, POINTS)
    return Line(
        kind="direction",
        name=message("the way from the start to the trained network"),
        start=way.origin,
        trained=arrived,
        positions=positions,
        losses=_losses(surface, way, positions, work),
        descents=tuple(descent(surface, way, rate, work.check) for rate in work.line_rates),
    )


def _weight(surface: Surface, trained: Tensor, work: _Work) -> Line:
    axis, layer = surface.along_one_weight()
    positions = axis.origin + np.linspace(-AROUND, AROUND, POINTS)
    return Line(
        kind="weight",
        name=message("one weight of {layer}, the one with the largest gradient", layer=layer),
        start=axis.origin,
        trained=axis.seen(trained),
        positions=positions,
        losses=_losses(surface, axis, positions, work),
        descents=tuple(descent(surface, axis, rate, work.check) for rate in work.line_rates),
    )


def _losses(
    surface: Surface, ray: Ray, positions: NDArray[np.float64], work: _Work
) -> NDArray[np.float64]:
    found = []
    for position in positions:
        work.check()
        found.append(surface.loss(ray.at(float(position))))
    return np.array(found)


def descent(surface: Surface, ray: Ray, rate: float, check: Callable[[], None]) -> Descent:
    """Gradient descent on the one number of `ray`; all else stays at the start."""
    steps: list[Step] = []
    position = ray.origin
    while len(steps) < STEPS:
        check()
        loss, gradient = surface.descend(ray.at(position))
        slope = ray.slope(gradient)
        after = position - rate * slope
        steps.append(Step(position=position, loss=loss, gradient=slope, after=after))
        if not (isfinite(loss) and isfinite(after)):
            break
        position = after
    return Descent(rate=rate, steps=tuple(steps))
