"""A network on its way through the steps of a compression, and what the steps need beside it."""

from copy import deepcopy
from dataclasses import dataclass, replace

from torch import nn

from workbench.core.architecture import Architecture
from workbench.core.engine import is_real_int8, scheme
from workbench.core.pruning import Group
from workbench.core.quantization import quantize_weights
from workbench.locale import Message
from workbench.measurement import Point, Progress, Report
from workbench.setting import Setting, Step


@dataclass(frozen=True, kw_only=True, eq=False)
class Work:
    """A network on its way through the steps.

    `bits`: the last quantize step, whose rounding waits until the weights are final. `tags`: a twin
    whose weights are their own places in the trained network, so that after channels went it still
    is known which weights are left; None while all are. `groups`: its channels, once they matter.
    `twin`: the same network before its weights were rounded, once they had to be.
    """

    model: nn.Module
    bits: Step | None = None
    tags: nn.Module | None = None
    twin: nn.Module | None = None
    groups: tuple[Group, ...] | None = None
    curve: tuple[Point, ...] = ()
    repair_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Workshop:
    """What the steps need beside the network."""

    setting: Setting
    architecture: Architecture
    report: Report

    def say(self, stage: Message, work: Work) -> None:
        """Report a stage together with the curve so far; may raise Superseded."""
        self.report(Progress(stage=stage, curve=work.curve))

    def telling(self, work: Work) -> Report:
        """A Report that adds the curve so far."""
        return lambda progress: self.report(replace(progress, curve=work.curve))


def as_quantized(step: Step, setting: Setting) -> Setting:
    """The plain setting of a quantize step; real int8 has the bits that this CPU can use."""
    bits = step.weight_bits, step.activation_bits
    plain = replace(setting, recipe="", sparsity=0.0, weight_bits=bits[0], activation_bits=bits[1])
    return plain if not is_real_int8(plain) else replace(plain, weight_bits=scheme().weight_bits)


def rounded(work: Work, shop: Workshop) -> nn.Module:
    """The network with its weights on the grid of its last quantize step, as a copy."""
    if work.bits is None or work.twin is not None:  # nothing to do, or done before a pruning
        return work.model
    copy = deepcopy(work.model)
    folds = shop.architecture.compiler.folds
    quantize_weights(copy, as_quantized(work.bits, shop.setting), folds)
    return copy
