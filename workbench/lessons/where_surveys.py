"""What the sections on time, memory and the machine ask of core: imported with torch, late."""

from collections.abc import Callable

from workbench.measurement import Grid
from workbench.measurement.capability import Capability
from workbench.measurement.layer_times import Freed, Gain, LayerTimes, Network, Pass


def layer_times(asked: Pass, tell: Callable[[LayerTimes], None]) -> LayerTimes:
    """Time and parameters of each layer of a pass."""
    from workbench.core.studies.layer_times import layer_times as study

    return study(asked, tell)


def made_free(freed: Freed, tell: Callable[[Gain], None]) -> Gain:
    """How much faster a pass is when one layer takes no time."""
    from workbench.core.studies.layer_times import made_free as study

    return study(freed, tell)


def memory_by_batch(network: Network, tell: Callable[[Grid], None]) -> Grid:
    """Bytes of weights and activations at several batches."""
    from workbench.core.studies.live_memory import memory_by_batch as study

    return study(network, tell)


def capability(_wanted: None, tell: Callable[[Capability], None]) -> Capability:
    """The card of this machine."""
    from workbench.core.capability import capability as study

    return study(tell)
