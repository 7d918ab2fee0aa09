"""What is least important: a score for every single weight, the lowest go first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from workbench.core.pruning.weights import prunable
from workbench.locale import _

Learn = Callable[[], tuple[Tensor, Tensor]]
"""Gives float32 training pictures (N, C, H, W) and int64 labels (N,)."""


def importance(model: nn.Module, criterion: str, learn: Learn, seed: int) -> dict[str, Tensor]:
    """Scores by weight name, each of its weight's shape; `model` is left as it was.

    batch_norm scores channels, which `chosen_channels` reads from the batch norms themselves: what
    is given for it here is the magnitude.
    """
    with torch.no_grad():
        weights = {name: weight.detach() for name, weight in prunable(model).items()}
        if criterion == "l2":
            return {name: weight.square() for name, weight in weights.items()}
        if criterion == "random":
            generator = torch.Generator().manual_seed(seed)
            return {n: torch.rand(w.shape, generator=generator) for n, w in weights.items()}
        if criterion in ("magnitude", "batch_norm"):
            return {name: weight.abs() for name, weight in weights.items()}
    return _gradient(model, learn) if criterion == "gradient" else _activation(model, learn)


def check_scores_weights(criterion: str) -> None:
    """Refuse a criterion that knows no single weights."""
    if criterion == "batch_norm":
        raise ValueError(
            _(
                "criterion batch_norm scores channels; for granularity weight one of magnitude, l2,"
                " random, gradient, activation is possible, got {value}"
            ).format(value=criterion)
        )


@torch.inference_mode(mode=False)
def _gradient(model: nn.Module, learn: Learn) -> dict[str, Tensor]:
    """|weight x gradient| of the cross entropy: what the loss changes by without the weight.

    First-order Taylor expansion, Molchanov et al. 2017, on a batch of training images.
    """
    pictures, labels = learn()
    named = prunable(model)
    with torch.enable_grad(), in_eval(model):
        loss = functional.cross_entropy(model(pictures), labels)
        gradients = torch.autograd.grad(loss, list(named.values()))
    return {
        name: (weight.detach() * gradient).abs()
        for (name, weight), gradient in zip(named.items(), gradients, strict=True)
    }


@torch.no_grad()
def _activation(model: nn.Module, learn: Learn) -> dict[str, Tensor]:
    """|weight| times the root mean square of what it multiplies: Wanda, Sun et al. 2023."""
    pictures, _labels = learn()
    means: dict[str, Tensor] = {}
    layers = {name.removesuffix(".weight"): name for name in prunable(model)}

    def watch(layer: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            channels = -1 if isinstance(module, nn.Linear) else 1
            taken = inputs[0].movedim(channels, 0).flatten(1)
            means[layer] = taken.square().mean(dim=1).sqrt()

        return look

    hooks = [model.get_submodule(n).register_forward_pre_hook(watch(n)) for n in layers]
    try:
        with in_eval(model):
            model(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    for layer in layers:
        if layer not in means:
            raise ValueError(_unseen(layer))
    return {name: _weighed(model, layer, means[layer]) for layer, name in layers.items()}


def _unseen(layer: str) -> str:
    """Some networks, Swin's attention among them, take a layer's weight and never call it."""
    rule = _(
        "criterion activation needs to see what layer {layer} takes in, which this network never"
        " calls; magnitude is possible, got {value}"
    )
    return rule.format(layer=layer, value="activation")


def _weighed(model: nn.Module, layer: str, mean: Tensor) -> Tensor:
    """The magnitudes of a layer times the mean of each weight's own input channel."""
    module = model.get_submodule(layer)
    weight: Tensor = module.weight.detach()  # type: ignore[operator]
    if isinstance(module, nn.Conv2d) and module.groups > 1:
        inputs = mean.view(module.groups, -1).repeat_interleave(len(weight) // module.groups, 0)
        return weight.abs() * inputs[:, :, None, None]
    return weight.abs() * mean.view(1, -1, *[1] * (weight.dim() - 2))


@contextmanager
def in_eval(model: nn.Module) -> Iterator[None]:
    """`model` in eval mode, and each of its modules back as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, was_training in modes:
            module.training = was_training
