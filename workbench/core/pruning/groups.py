"""Which channels can only go together: filters, their batch norms, the inputs that read them."""

from dataclasses import dataclass
from typing import Literal

Side = Literal["out", "in", "norm", "depthwise"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where channels appear: in the outputs, inputs or batch norm of a layer.

    `repeat`: how many neighbouring features stand for one channel, as after flattening a map.
    """

    layer: str
    side: Side
    repeat: int = 1


@dataclass(frozen=True, kw_only=True)
class Group:
    """Channels that go together, named after the first layer that makes them.

    `of`: as many there were in the trained network, of which a sparsity is a fraction.
    """

    name: str
    channels: int
    of: int
    kind: Literal["filter", "neuron"]
    places: tuple[Place, ...]

    @property
    def producers(self) -> list[str]:
        """The layers whose outputs these channels are; after one went, all of them are cut."""
        return [place.layer for place in self.places if place.side in ("out", "depthwise")]
