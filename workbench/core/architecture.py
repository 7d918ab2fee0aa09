"""What every setting of one network and data set shares, made once for each process."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from workbench.core.data import Dataset, load
from workbench.core.engine import Compiler
from workbench.core.engine.runners import Pictures
from workbench.core.models import build
from workbench.core.pictures import normalized
from workbench.core.sizes import macs
from workbench.measurement import Quantity
from workbench.setting import Setting

CALIBRATION_IMAGES = 128


@dataclass(frozen=True, eq=False)
class Architecture:
    """A network's form with its data: the compiler, the multiply-adds, the pictures it is fed."""

    data: Dataset
    compiler: Compiler
    macs: Quantity

    @cached_property
    def calibration(self) -> Pictures:
        """Training images for the ranges of activations; never the test set."""
        return normalized(self.data.train_images[:CALIBRATION_IMAGES], self.data)

    def test_batch(self, size: int) -> Pictures:
        """`size` test images, repeated where there are fewer."""
        chosen = np.resize(np.arange(len(self.data.test_images)), size)
        return normalized(self.data.test_images[chosen], self.data)


def architecture_of(setting: Setting) -> Architecture:
    """The architecture of this setting's network on its data as it is now."""
    names = ("dataset", "model", "width", "depth", "kernel_size")
    form = Setting(**{name: getattr(setting, name) for name in names})
    return _architecture(form, load(form.dataset))


@lru_cache(maxsize=8)
def _architecture(form: Setting, data: Dataset) -> Architecture:
    model = build(form, data.image_shape, len(data.classes)).eval()
    compiler = Compiler(model, data.image_shape)
    return Architecture(data, compiler, macs(model, data.image_shape))
