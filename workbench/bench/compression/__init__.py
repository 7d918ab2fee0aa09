"""What published labs found about pruning and quantization, measured again; and against peers."""

from workbench.bench import Row
from workbench.bench.compression import accuracies, channels, peers, speed

PARTS = (accuracies, channels, speed, peers)


def measure() -> list[Row]:
    """All rows; some minutes, most of them fine-tuning resnet8."""
    return [row for part in PARTS for row in part.rows()]
