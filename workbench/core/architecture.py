"""What every setting of one network and data set shares, made once for each process."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from workbench.core.data import Dataset, load
from workbench.core.engine import Built, Compiler
from workbench.core.engine.calibration import Check, at_ease
from workbench.core.engine.runners import Pictures
from workbench.core.models import FORM, build
from workbench.core.own_model import identity_of
from workbench.core.pictures import normalized
from workbench.core.pruning import Group, channel_groups
from workbench.core.sizes import macs
from workbench.measurement import Quantity
from workbench.setting import Setting

LEARNING_IMAGES = 256


@dataclass(frozen=True, eq=False)
class Architecture:
    """A network's form with its data: the compiler, the multiply-adds, the pictures it is fed."""

    data: Dataset
    form: nn.Module
    compiler: Compiler
    macs: Quantity

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Which channels can only go together."""
        return channel_groups(self.form, self.data.image_shape)

    def build(self, setting: Setting, model: nn.Module, check: Check = at_ease) -> Built:
        """The engine that `setting` asks for; ranges of activations from its training images."""
        pictures = normalized(self.data.train_images[: setting.calibration], self.data)
        return self.compiler.build(setting, model, pictures, check)

    def learning_batch(self) -> tuple[Tensor, Tensor]:
        """Training images and labels from which criteria learn what matters."""
        pictures = torch.from_numpy(normalized(self.data.train_images[:LEARNING_IMAGES], self.data))
        labels = torch.from_numpy(self.data.train_labels[:LEARNING_IMAGES].astype(np.int64))
        return pictures.contiguous(memory_format=torch.channels_last), labels

    def test_batch(self, size: int) -> Pictures:
        """`size` test images, repeated where there are fewer."""
        chosen = np.resize(np.arange(len(self.data.test_images)), size)
        return normalized(self.data.test_images[chosen], self.data)


def architecture_of(setting: Setting) -> Architecture:
    """The architecture of this setting's network on its data as it is now."""
    names = ("dataset", "model", *FORM)
    form = Setting(**{name: getattr(setting, name) for name in names})
    return _architecture(form, load(form.dataset), identity_of(form.model))


@lru_cache(maxsize=8)
def _architecture(form: Setting, data: Dataset, identity: str) -> Architecture:
    """`identity`: of the model, so that an edited file of the user's is another architecture."""
    model = build(form, data.image_shape, len(data.classes)).eval()
    compiler = Compiler(model, data.image_shape)
    return Architecture(data, model, compiler, macs(model, data.image_shape))
