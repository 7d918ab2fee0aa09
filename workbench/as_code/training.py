"""The function of a program that trains: optimizer, schedule, batches, masks, early stopping."""

from typing import Literal

from workbench.as_code.lines import bracketed
from workbench.as_code.precision import cast, is_scaled, scaler, way_back
from workbench.setting import Setting

Purpose = Literal["train", "finetune", "search"]
IMPORTS = """\
import copy
import torch
from collections.abc import Callable
from math import ceil, log
from torch import nn
from torch.nn import functional
from torch.optim import lr_scheduler
"""
AUGMENTS = {"none": "None", "shift": "shifted", "shift_flip": "shifted_and_flipped"}


def learn(setting: Setting, purpose: Purpose) -> str:
    """The text of `learn(model, data, epochs, rate)` for this setting.

    That of a search takes the size of a batch too, and `hear`, to be told epoch and accuracy.
    """
    end = "    return right" if purpose == "search" else "    model.eval()"
    return "\n".join([*_begin(setting, purpose), *_epoch(setting, purpose), end])


def _batch_size(setting: Setting, purpose: Purpose) -> str:
    return "batch_size" if purpose == "search" else str(setting.batch_size)


def _begin(setting: Setting, purpose: Purpose) -> list[str]:
    count = setting.train_images or 'len(data.arrays["train_labels"])'
    schedule = _schedule(setting)
    total = f"    total = epochs * updates({count}, {_batch_size(setting, purpose)})"
    lines = [
        *_head(purpose),
        f'    """{_told(purpose)}"""',
        *([total] if "total" in schedule else []),
        f"    optimizer = {_optimizer(setting)}",
        f"    schedule = {schedule}",
        f"    generator = torch.Generator().manual_seed({setting.seed})",
        *scaler(setting),
    ]
    if purpose == "finetune":
        lines += [
            "    weights = [weight for weight in model.parameters() if weight.dim() > 1]",
            "    kept = [(weight, (weight != 0).float()) for weight in weights]",
        ]
    if setting.patience and purpose != "finetune":
        lines.append('    best, best_epoch, best_weights = float("inf"), 0, {}')
    return lines


def _head(purpose: Purpose) -> list[str]:
    told = ["model: nn.Module", "data: Data", "epochs: int", "rate: float"]
    if purpose != "search":
        return bracketed("def learn(", told, ") -> None:")
    more = ["batch_size: int", "hear: Callable[[int, float], None]"]
    return bracketed("def learn(", [*told, *more], ") -> float:")


def _told(purpose: Purpose) -> str:
    if purpose == "finetune":
        return "Train on; what was pruned stays 0."
    return "Train, and tell how well after every epoch."


def _optimizer(setting: Setting) -> str:
    momentum, decay = setting.momentum, setting.weight_decay
    kind, step, more = "SGD", f"{momentum}", f", nesterov={momentum > 0}"
    if setting.optimizer == "adamw":
        kind, step, more = "AdamW", f"({momentum}, 0.999)", ""
    return (
        f"torch.optim.{kind}(\n"
        f"        model.parameters(), rate, {step}, weight_decay={decay}{more}, fused=True\n"
        "    )"
    )


def _schedule(setting: Setting) -> str:
    if setting.schedule == "constant":
        return "lr_scheduler.ConstantLR(optimizer, factor=1.0)"
    if setting.schedule == "step":
        return "lr_scheduler.StepLR(optimizer, step_size=max(1, ceil(total / 3)))"
    if setting.schedule == "cosine":
        return "lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(1, total))"
    momentum = setting.momentum
    swing = min(0.05, momentum, (1 - momentum) / 2)
    cycled = f"base_momentum={momentum - swing!r}, max_momentum={momentum + swing!r}"
    return (
        "lr_scheduler.OneCycleLR(\n"
        "        optimizer, rate, total_steps=max(2, total),\n"
        "        pct_start=0.21 if total == 5 else 0.2,  # torch divides by its steps less one\n"
        f"        {cycled if momentum else 'cycle_momentum=False'},\n"
        "    )"
    )


def _epoch(setting: Setting, purpose: Purpose) -> list[str]:
    taken = [f"data, {_batch_size(setting, purpose)}, generator"]
    if setting.augmentation != "none" or setting.train_images:
        taken.append(AUGMENTS[setting.augmentation])
    if setting.train_images:
        taken.append(str(setting.train_images))
    on_device = f'.to("{setting.device}")' if _moves(setting, purpose) else ""
    lines = [
        "    for epoch in range(1, epochs + 1):",
        "        model.train()",
        f"        for pictures, labels in batches({', '.join(taken)}):",
        *cast(
            setting,
            "            ",
            f"scores = model(pictures{on_device})",
            f"loss = functional.cross_entropy(scores, labels{on_device})",
        ),
    ]
    if purpose != "finetune":
        lines += [
            "            if not loss.item() <= 100 * log(scores.shape[1]):  # NaN is not either",
            _diverged(purpose),
        ]
    lines += [f"            {line}" for line in (*way_back(setting), "schedule.step()")]
    return lines + (_masks() if purpose == "finetune" else _looks(setting, purpose))


def _diverged(purpose: Purpose) -> str:
    if purpose == "search":
        return "                return 1 / scores.shape[1]  # no better than a guess"
    return '                raise SystemExit("diverged: the learning rate is too large")'


def _told_of_epoch(setting: Setting) -> list[str]:
    lines = [
        "        print(",
        '            f"epoch {epoch}: loss {float(loss.detach()):.4f} on the last batch,"',
        '            f" {found:.4f} on validation images, of which {right:.4f} are right"',
        "        )",
    ]
    if is_scaled(setting):
        told = "{int(skipped)} updates were left out, the scale is {scaler.get_scale():g}"
        lines.append(f'        print(f"  {told}")')
    return lines


def _moves(setting: Setting, purpose: Purpose) -> bool:
    return purpose != "finetune" and setting.device != "cpu"


def _masks() -> list[str]:
    return [
        "            with torch.no_grad():",
        "                for weight, mask in kept:",
        "                    weight.mul_(mask)",
    ]


def _looks(setting: Setting, purpose: Purpose) -> list[str]:
    device = f', "{setting.device}"' if setting.device != "cpu" else ""
    lines = cast(setting, "        ", f"found, right = validate(model, data{device})")
    lines += ["        hear(epoch, right)"] if purpose == "search" else _told_of_epoch(setting)
    if setting.patience:
        lines += [
            "        if found < best:",
            "            best, best_epoch = found, epoch",
            "            best_weights = copy.deepcopy(model.state_dict())",
            f"        elif epoch - best_epoch >= {setting.patience}:  # no better for so long",
            "            model.load_state_dict(best_weights)",
            "            break",
        ]
    return lines
