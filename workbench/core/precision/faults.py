"""Three ways in which float16 fails, made to happen: tensor by tensor, in a real computation."""

from copy import deepcopy
from dataclasses import replace

import torch
from torch import Tensor, nn

from workbench.core.machine import use_one_thread
from workbench.core.precision.gradients import Ready, ready
from workbench.core.training import optimizer_of
from workbench.core.training.learning import forward
from workbench.locale import Message, message
from workbench.measurement import Progress, Quantity, Report
from workbench.measurement.scaling import Fault, FaultKind, Sighting
from workbench.setting import Setting

TOO_LARGE = 2.0**24
SEEN: dict[FaultKind, str] = {
    "underflow": "lost_share", "overflow": "overflowed_share", "nan": "nan_share",
}  # fmt: skip
"""The share by which each fault is known."""
Seen = list[tuple[Message, Tensor]]


def fault(kind: FaultKind, setting: Setting, report: Report) -> Fault:
    """Make `kind` happen in the network of `setting`, and say in which tensor it showed first.

    underflow: a way back without a scale; overflow: with one that is too large; nan: the update
    that such a scale makes where nobody skips it, and the way forward after that.
    """
    use_one_thread()
    report(Progress(stage=message("computing in float32")))
    plain = replace(setting, precision="float32", loss_scale=1)
    half = replace(plain, precision="mixed_float16")
    made = ready(plain, False)
    exact = [] if kind == "nan" else _pass(made, plain, 1.0)
    report(Progress(stage=message("computing in float16")))
    if kind == "nan":
        return _fault(kind, _after_infinity(made, half), exact)
    return _fault(kind, _pass(made, half, 1.0 if kind == "underflow" else TOO_LARGE), exact)


@torch.inference_mode(mode=False)
@torch.enable_grad()
def _pass(made: Ready, setting: Setting, scale: float | None) -> Seen:
    """Every layer's output on the way there, and the gradient at it on the way back.

    Without a scale there is no way back.
    """
    seen: Seen = []
    hooks = []
    for name, layer in _layers(made.model).items():

        def listen(_layer: nn.Module, _inputs: object, output: Tensor, name: str = name) -> None:
            seen.append((message("{layer}, output", layer=name), output.detach()))
            at = message("gradient at {layer}", layer=name)
            output.register_hook(lambda gradient: seen.append((at, gradient.detach())))

        hooks.append(layer.register_forward_hook(listen))
    try:
        made.model.zero_grad()
        _scores, loss = forward(made.model, made.pictures, made.labels, setting)
        seen.append((message("loss"), loss.detach()))
        if scale is not None:
            (loss * scale).backward()
    finally:
        for hook in hooks:
            hook.remove()
    return [*seen, *_gradients(made.model)]


def _layers(model: nn.Module) -> dict[str, nn.Module]:
    """Convolutions and linear layers: what autocast runs in 16 bits."""
    return {n: m for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}


def _gradients(model: nn.Module) -> Seen:
    return [
        (message("gradient of the weights of {layer}", layer=name), layer.weight.grad)
        for name, layer in reversed(_layers(model).items())
        if isinstance(layer.weight, Tensor) and layer.weight.grad is not None
    ]


@torch.inference_mode(mode=False)
@torch.enable_grad()
def _after_infinity(made: Ready, setting: Setting) -> Seen:
    """An update by gradients that overflowed, which no scaler skips, and the pass after it."""
    ruined = Ready(
        model=deepcopy(made.model), pictures=made.pictures, labels=made.labels, exact={}
    )  # fmt: skip
    optimizer = optimizer_of(ruined.model, replace(setting, optimizer="sgd", momentum=0.0))
    seen = _pass(ruined, setting, TOO_LARGE)
    for weight in ruined.model.parameters():
        if weight.grad is not None:
            weight.grad /= TOO_LARGE
    optimizer.step()
    for name, layer in _layers(ruined.model).items():
        if isinstance(layer.weight, Tensor):
            seen.append((message("weights of {layer}, updated", layer=name), layer.weight.detach()))
    return [*seen, *_pass(ruined, setting, None)]


def _fault(kind: FaultKind, seen: Seen, exact: Seen) -> Fault:
    sightings = []
    for at, (place, tensor) in enumerate(seen):
        values, others = tensor.float(), exact[at][1].float() if exact else None
        lost = values.new_zeros(()) if others is None else ((values == 0) & (others != 0)).float()
        shares = {
            "lost_share": lost,
            "overflowed_share": ~values.isfinite(),
            "nan_share": values.isnan(),
        }
        sightings.append(Sighting(place=place, quantities=_told(shares, values.numel())))
    name = SEEN[kind]
    bad = (at for at, each in enumerate(sightings) if each.quantities[name].value > 0)
    return Fault(kind=kind, sightings=tuple(sightings), first=next(bad, None))


HOWS = {
    "lost_share": message("numbers that are 0 here and not in float32, of {n}"),
    "overflowed_share": message("numbers that are infinite, or none because of it, of {n}"),
    "nan_share": message("numbers that are no number (NaN), of {n}"),
}


def _told(shares: dict[str, Tensor], count: int) -> dict[str, Quantity]:
    return {
        name: Quantity(
            value=float(share.float().mean()), unit="fraction", provenance="measured",
            how=Message(HOWS[name].text, {"n": count}), n=count,
        )
        for name, share in shares.items()
    }  # fmt: skip
