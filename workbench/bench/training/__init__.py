"""Training beside the standard loop and the bare step, and from a slider to a curve's first point.

Everything on one thread, side by side in one run.
"""

from workbench.bench import Row
from workbench.bench.training.curve import first_point
from workbench.bench.training.goals import digits_seconds_to_95, seconds_to_80
from workbench.bench.training.throughput import over_dataloader, share_of_bare_step
from workbench.core.machine import use_one_thread


def measure() -> list[Row]:
    """Images per second, share of the bare step, first point, seconds to an accuracy."""
    use_one_thread()
    return [
        *over_dataloader("mlp", 10),
        *over_dataloader("small_cnn", 2),
        *share_of_bare_step(),
        *first_point(),
        seconds_to_80(),
        digits_seconds_to_95(),
    ]
