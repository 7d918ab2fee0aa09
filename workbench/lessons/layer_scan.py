"""The scan of the layers, each pruned alone, which several lessons offer."""

from workbench.lessons import surveys
from workbench.lessons.bench import Bench
from workbench.locale import message
from workbench.widgets.heatmap import by_value
from workbench.widgets.map import Map
from workbench.widgets.study import Study


def layer_scan(bench: Bench) -> Study:
    """Accuracy of layer x sparsity, for the network of the bench."""
    heat = Map(
        message("layer"),
        message("accuracy on validation images when one layer alone is pruned"),
        by_value,
    )
    return bench.study(
        surveys.sensitivity,
        heat,
        message("Scan the layers"),
        message("prune each layer alone, ever more of it, and measure the accuracy"),
    )
