"""What of the memory belongs to the network, and what to the images of a batch."""

from itertools import product
from typing import get_args

from workbench.core.machine import machine, use_one_thread
from workbench.core.studies.layer_times import network_of
from workbench.core.studies.live_memory import live_bytes, weight_bytes
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report
from workbench.measurement.layer_times import Network, Pass
from workbench.setting import Setting

BATCHES = (1, 64)


def held(setting: Setting, report: Report) -> Grid:
    """Rows NETWORK/BATCH; bytes of the weights, and of what lives in a forward pass."""
    use_one_thread()
    cells: dict[tuple[str, str], Quantity] = {}
    for name, batch in product(get_args(Network), BATCHES):
        report(Progress(stage=message("counting bytes in a pass")))
        model = network_of(Pass(network=name))
        cells[f"{name}/{batch}", "weight_bytes"] = weight_bytes(model)
        cells[f"{name}/{batch}", "activation_bytes"] = live_bytes(model, batch)
    rows = tuple(f"{name}/{batch}" for name, batch in product(get_args(Network), BATCHES))
    columns = ("weight_bytes", "activation_bytes")
    return Grid(rows=rows, columns=columns, cells=cells, machine=machine())
