"""What every study of a trained network starts from."""

from torch import nn

from workbench.core.architecture import Architecture, architecture_of
from workbench.core.checkpoint import trained
from workbench.core.machine import use_one_thread
from workbench.measurement import Report
from workbench.setting import Setting


def baseline_of(setting: Setting, report: Report) -> tuple[Architecture, nn.Module]:
    """The architecture and the trained network of the uncompressed setting, on one thread."""
    use_one_thread()
    architecture = architecture_of(setting.baseline)
    return architecture, trained(setting.baseline, architecture.data, report)
