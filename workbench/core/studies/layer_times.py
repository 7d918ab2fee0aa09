"""Where the time of a forward pass goes: each layer timed in its place, and one made free."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from time import perf_counter_ns

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workbench.core.data import load
from workbench.core.latency import PAIRS
from workbench.core.machine import use_one_thread
from workbench.core.models import build, conv_block
from workbench.core.pictures import normalized
from workbench.core.studies.layer_shares import ratio, shared
from workbench.measurement.layer_times import Freed, Gain, LayerTimes, Pass
from workbench.setting import Setting

DATASET = "fashion_mnist"
FEWEST, SECONDS = 10, 3.0
SHOWN_EVERY_NS = 400_000_000
FORMATS = {
    "channels_first": torch.contiguous_format,
    "channels_last": torch.channels_last,
}
Tell = Callable[[LayerTimes], None]
Telling = Callable[[Gain], None]


def layer_times(asked: Pass, tell: Tell) -> LayerTimes:
    """Time every layer of `asked` in its place, passes with clocks and without in turn."""
    use_one_thread()
    found = LayerTimes(asked=asked)
    tell(found)
    model, pictures = network_of(asked), pictures_of(asked)
    run, clocks, plain = lambda: model(pictures), Clocks(model), []
    shown = perf_counter_ns()
    with torch.inference_mode():
        for passes in _in_turn(
            lambda: clocks.time(run), lambda: plain.append(_nanoseconds(run) / 1e6)
        ):
            if passes >= FEWEST and perf_counter_ns() - shown > SHOWN_EVERY_NS:
                found, shown = shared(asked, clocks, plain), perf_counter_ns()
            tell(found)
    return shared(asked, clocks, plain)


def made_free(freed: Freed, tell: Telling) -> Gain:
    """Time the layers with and without the work of one of them, in turn.

    In the place of the layer's work stands what it gave before, so that the shapes, all that
    follows and the answers stay as they are.
    """
    use_one_thread()
    gain = Gain(freed=freed)
    tell(gain)
    model, pictures = network_of(freed.asked), pictures_of(freed.asked)
    run = lambda: model(pictures)  # noqa: E731
    with torch.inference_mode():
        memory = recalled(model.get_submodule(freed.layer), run)
        full, free = Clocks(model), Clocks(model, {freed.layer: memory})
        for _passes in _in_turn(lambda: free.time(run), lambda: full.time(run)):
            tell(gain)
    return Gain(freed=freed, speedup=ratio(full, free))


def _in_turn(one: Callable[[], None], other: Callable[[], None]) -> Iterator[int]:
    """Call both until PAIRS pairs or, after the fewest, SECONDS are over; yield after each pair."""
    one()
    other()  # twice to warm up, and these count too: what is slow at first is no median
    began = perf_counter_ns()
    for passes in range(2, PAIRS + 1):
        for call in (one, other) if passes % 2 else (other, one):
            call()
        yield passes
        if passes >= FEWEST and perf_counter_ns() - began > SECONDS * 1e9:
            return


class Clocks:
    """Around each layer of a model; `layers_ms` and `whole_ms` grow by one with each pass.

    A layer is a module without parts. Its forward is timed, not its call: PyTorch's hooks would
    add some microseconds to each layer, a fifth of the time of a small network. `instead` are
    forwards to run in the place of a layer's own, by its name.
    """

    def __init__(
        self, model: nn.Module, instead: Mapping[str, Callable[..., Tensor]] | None = None
    ) -> None:
        self.layers = {
            name: module for name, module in model.named_modules() if not list(module.children())
        }
        self.layers_ms: list[list[float]] = []
        self.whole_ms: list[float] = []
        self._instead = instead or {}
        self._now: dict[str, int] = {}

    def time(self, call: Callable[[], object]) -> None:
        """One pass; afterwards the model is as it was."""
        self._now = dict.fromkeys(self.layers, 0)
        for name, module in self.layers.items():
            module.forward = self._timed(name, self._instead.get(name, module.forward))
        try:
            whole = _nanoseconds(call)
        finally:
            for module in self.layers.values():
                del module.forward  # what the class has is there again
        self.whole_ms.append(whole / 1e6)
        self.layers_ms.append([took / 1e6 for took in self._now.values()])

    def _timed(self, name: str, forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
        def timed(*features: Tensor) -> Tensor:
            began = perf_counter_ns()
            made = forward(*features)
            self._now[name] += perf_counter_ns() - began
            return made

        return timed


def _nanoseconds(call: Callable[[], object]) -> int:
    began = perf_counter_ns()
    call()
    return perf_counter_ns() - began


def recalled(layer: nn.Module, call: Callable[[], object]) -> Callable[..., Tensor]:
    """A forward that does nothing: it gives again what `layer` gave when it last ran in `call`."""
    given: list[Tensor] = []
    handle = layer.register_forward_hook(lambda _layer, _taken, made: given.append(made.clone()))
    call()
    handle.remove()
    answers = cycle(given)  # of a layer that a pass uses more than once
    return lambda *_features: next(answers)


def network_of(asked: Pass) -> nn.Module:
    """The untrained network: what its weights are does not change how long it takes."""
    shape = (1, 28, 28)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        if asked.network == "max_pools":
            model: nn.Module = max_pools()
        else:
            model = build(Setting(dataset=DATASET, model=asked.network), shape, 10)
    return model.eval().to(memory_format=FORMATS[asked.order])


def max_pools() -> nn.Module:
    """Three convolutions, with max-pooling between them instead of strides."""
    parts = [
        ("block1", conv_block(1, 16, 3)), ("pool1", nn.MaxPool2d(2)),
        ("block2", conv_block(16, 32, 3)), ("pool2", nn.MaxPool2d(2)),
        ("block3", conv_block(32, 64, 3)), ("pool3", nn.AdaptiveAvgPool2d(1)),
        ("flatten", nn.Flatten()), ("classifier", nn.Linear(64, 10)),
    ]  # fmt: skip
    return nn.Sequential(OrderedDict(parts))


def pictures_of(asked: Pass) -> Tensor:
    """Test images, in the order in memory that is asked for."""
    data = load(DATASET)
    chosen: NDArray[np.int64] = np.resize(np.arange(len(data.test_images)), asked.batch)
    pictures = torch.from_numpy(normalized(data.test_images[chosen], data))
    return pictures.contiguous(memory_format=FORMATS[asked.order])
