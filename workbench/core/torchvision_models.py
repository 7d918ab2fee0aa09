"""torchvision's classification networks by their own names, for pictures of any channels."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from workbench.locale import _


def torchvision_model(
    name: str,
    asked: Mapping[str, int],
    shape: tuple[int, int, int],
    classes: int,
    *,
    ours: Sequence[str],
) -> nn.Module:
    """torchvision's classification network `name`, its first convolution fitted to our channels.

    `asked`: arguments that only our networks, named in `ours`, have.
    """
    from torchvision import models  # another 2 s of import: only where it is used

    known = models.list_models(module=models)
    if name not in known:
        raise ValueError(
            _("model is one of {ours} or one of torchvision's ({theirs}), got {value}").format(
                ours=", ".join(ours), theirs=", ".join(known), value=name
            )
        )
    if asked:
        raise ValueError(
            _("{model} is torchvision's and has no {name} to set").format(
                model=name, name=", ".join(asked)
            )
        )
    extra = {"init_weights": True} if name in {"googlenet", "inception_v3"} else {}
    if extra:
        extra["aux_logits"] = False
    model: nn.Module = models.get_model(name, weights=None, num_classes=classes, **extra)
    if shape[0] != 3:
        _refit_first_convolution(model, shape[0])
    _check_takes(model, name, shape)
    return model


@torch.no_grad()
def _check_takes(model: nn.Module, name: str, shape: tuple[int, int, int]) -> None:
    """Refuse pictures too small for `model`: most of torchvision's halve them five times."""
    was_training = model.training
    try:
        model.eval()(torch.zeros(1, *shape))
    except Exception as error:  # each network has its own: RuntimeError, AssertionError, ValueError
        raise ValueError(
            _("{model} cannot take pictures of {height} x {width} pixels: {reason}").format(
                model=name, height=shape[1], width=shape[2], reason=" ".join(str(error).split())
            )
        ) from error
    model.train(was_training)


def _refit_first_convolution(model: nn.Module, channels: int) -> None:
    path, old = next((p, m) for p, m in model.named_modules() if isinstance(m, nn.Conv2d))
    parent = model.get_submodule(path.rpartition(".")[0])
    fresh = nn.Conv2d(
        channels,
        old.out_channels,
        old.kernel_size,  # type: ignore[arg-type]
        stride=old.stride,  # type: ignore[arg-type]
        padding=old.padding,  # type: ignore[arg-type]
        bias=old.bias is not None,
    )
    setattr(parent, path.rpartition(".")[2], fresh)
