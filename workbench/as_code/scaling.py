"""The program of one way back in float16 beside float32, with a scaled loss."""

from workbench.as_code.bundle import bundled
from workbench.as_code.lines import function
from workbench.as_code.networks import network
from workbench.setting import Setting

ABOUT = """\
One way back of a batch in float16 with the loss times a scale, beside float32.

    python program.py DATA

DATA is the folder of the images as arrays. It needs numpy and torch.
"""


def gradients(setting: Setting) -> str:
    """The program that counts which gradients float16 loses, and which overflow."""
    lines = [
        "torch.set_num_threads(1)  # with more threads sums are made in another order",
        "data = Data(folder)",
        f"pictures, labels = data.batch({setting.batch_size})",
        f"torch.manual_seed({setting.seed})",
        *network(setting),
        "model.to(memory_format=torch.channels_last).train()",
        "exact = way_back(model, pictures, labels, scale=1.0, in_float16=False)",
        f"found = way_back(model, pictures, labels, scale={float(setting.loss_scale)},"
        " in_float16=True)",
        "lost = (found == 0) & (exact != 0)",
        'print(f"lost below the range: {int(lost.sum())} of {len(found)}")',
        'print(f"overflowed: {int((~found.isfinite()).sum())} of {len(found)}")',
    ]
    return bundled(ABOUT, "import torch\n", function("main(folder: str) -> None", lines))
