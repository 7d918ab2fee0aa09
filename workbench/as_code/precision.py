"""The lines of a training that are about 16 bits: casting, the scale of the loss, the way back."""

from workbench.setting import Setting
from workbench.setting.space import DYNAMIC, UNSCALED

CASTS = {"mixed_float16": "torch.float16", "mixed_bfloat16": "torch.bfloat16"}


def scaler(setting: Setting) -> list[str]:
    """What scales the loss, where anything does."""
    if not is_scaled(setting):
        return []
    more = "" if setting.loss_scale == DYNAMIC else f", init_scale={float(setting.loss_scale)}"
    return [
        f'    scaler = torch.amp.GradScaler("{setting.device}"{more})',
        "    skipped = 0",
    ]


def is_scaled(setting: Setting) -> bool:
    """Whether the loss is multiplied."""
    return setting.precision == "mixed_float16" and setting.loss_scale != UNSCALED


def cast(setting: Setting, indent: str, *lines: str) -> list[str]:
    """The lines, in 16 bits where that is the precision."""
    if setting.precision not in CASTS:
        return [f"{indent}{line}" for line in lines]
    casts = f'with torch.autocast("{setting.device}", {CASTS[setting.precision]}):'
    return [f"{indent}{casts}", *(f"{indent}    {line}" for line in lines)]


def way_back(setting: Setting) -> list[str]:
    """The way back and the update, which a scaler leaves out where a gradient overflowed."""
    if not is_scaled(setting):
        return ["optimizer.zero_grad()", "loss.backward()", "optimizer.step()"]
    fixed = "" if setting.loss_scale == DYNAMIC else f"{float(setting.loss_scale)}"
    return [
        "optimizer.zero_grad()",
        "scaler.scale(loss).backward()",
        "scaler.unscale_(optimizer)",
        "gradients = [w.grad for w in model.parameters()]",
        "skipped += not torch.nn.utils.get_total_norm(gradients).isfinite()",
        "scaler.step(optimizer)",
        f"scaler.update({fixed})",
    ]
