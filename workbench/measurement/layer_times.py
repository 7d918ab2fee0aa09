"""Where the time of a forward pass goes: layer by layer, beside the parameters of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from workbench.locale import _, message
from workbench.measurement.quantity import Quantities, Quantity, check_quantities

Network = Literal["max_pools", "small_cnn", "resnet8", "mlp"]
Order = Literal["channels_first", "channels_last"]
NETWORKS: tuple[Network, ...] = get_args(Network)
ORDERS: tuple[Order, ...] = get_args(Order)
BATCHES = (1, 4, 16, 64)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """A forward pass to time: which network, how many images, in which order they lie in memory."""

    network: Network = "max_pools"
    batch: int = 16
    order: Order = "channels_first"

    def __post_init__(self) -> None:
        for value, known in ((self.network, NETWORKS), (self.order, ORDERS)):
            if value not in known:
                rule = _("a pass knows {known}, got {value}")
                raise ValueError(rule.format(known=", ".join(known), value=value))
        if self.batch < 1:
            rule = _("inference_batch is a number of images: 1 or more, got {value}")
            raise ValueError(rule.format(value=self.batch))


@dataclass(frozen=True, kw_only=True)
class LayerTime:
    """One layer; `kind`: the name of its class in PyTorch.

    `quantities`: latency_ms, time_share (of the whole pass), parameters, parameters_share.
    """

    name: str
    kind: str
    quantities: Quantities

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

    @property
    def has_weights(self) -> bool:
        """Training sets something in it."""
        return self.quantities["parameters"].value > 0


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerTimes:
    """Every layer of one pass, in the order in which they run; none yet at first.

    `quantities`: layers_ms (sum of the layers), rest_share (between the layers), whole_ms (both),
    latency_ms (the same pass without clocks), weightless_share (layers without parameters).
    """

    asked: Pass
    layers: tuple[LayerTime, ...] = ()
    quantities: Quantities = field(default_factory=dict)
    machine: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_quantities(self.quantities)

    def layer(self, name: str) -> LayerTime:
        """The layer of that name."""
        found = {layer.name: layer for layer in self.layers}
        if name not in found:
            rule = _("layer is one of {known}, got {value}")
            raise ValueError(rule.format(known=", ".join(found), value=name))
        return found[name]

    @property
    def slowest(self) -> LayerTime | None:
        """The layer that takes most of the time."""
        share = lambda layer: layer.quantities["time_share"].value  # noqa: E731
        return max(self.layers, key=share, default=None)

    def ceiling(self, name: str) -> Quantity:
        """How many times faster the pass can get at most if that layer took no time at all."""
        return ceiling(self.layer(name).quantities["time_share"])


@dataclass(frozen=True, kw_only=True)
class Freed:
    """A pass, and the layer of it that is to take no time."""

    asked: Pass
    layer: str


@dataclass(frozen=True, kw_only=True)
class Gain:
    """How many times faster a pass was when one layer of it took no time."""

    freed: Freed
    speedup: Quantity | None = None

    def __post_init__(self) -> None:
        check_quantities({"speedup": self.speedup} if self.speedup else {})


def ceiling(share: Quantity) -> Quantity:
    """Amdahl's law (1967) where one part gets infinitely fast: 1 / (1 - its share of the time)."""
    how = message("1 / (1 − share), where the share of the time was measured")
    ends = [None if end is None else _free(end) for end in (share.low, share.high)]
    return Quantity(
        value=_free(share.value), unit="ratio", provenance="computed", how=how,
        low=ends[0], high=ends[1], n=share.n,
    )  # fmt: skip


def _free(share: float) -> float:
    if not 0 <= share < 1:
        rule = _("a layer's share of the time is a fraction: 0 <= share < 1, got {value}")
        raise ValueError(rule.format(value=share))
    return 1 / (1 - share)
