"""From a network's weights to an engine that runs them, within a slider's tick."""

from collections.abc import Callable
from copy import deepcopy
from functools import cached_property

import numpy as np
from onnx import ModelProto
from torch import nn

from workbench.core.engine.graph import INPUT, Graph, export
from workbench.core.engine.int8 import (
    Ranges,
    int8_model,
    observing,
    quantized_tensors,
    with_pairs,
)
from workbench.core.engine.runners import Engine, OnnxRuntime, Pictures, TorchEager
from workbench.core.engine.scheme import scheme
from workbench.locale import message
from workbench.setting import Setting

Check = Callable[[], None]
CALIBRATED_AT_ONCE = 16


def at_ease() -> None:
    """A check for callers that never end a computation early."""


class Compiler:
    """Makes engines of one architecture; what depends on the architecture alone is made once."""

    def __init__(self, model: nn.Module, shape: tuple[int, int, int]) -> None:
        self._graph: Graph = export(model, shape)
        self._shape = shape

    @cached_property
    def _int8_template(self) -> ModelProto:
        return with_pairs(self._graph.proto)

    def float32(self, model: nn.Module) -> Engine:
        """`model` in ONNX Runtime, float32."""
        return OnnxRuntime(self._proto(model).SerializeToString(), message("ONNX Runtime, float32"))

    def int8(self, model: nn.Module, calibration: Pictures, check: Check = at_ease) -> Engine:
        """`model` in ONNX Runtime with real int8 kernels; activation ranges from `calibration`."""
        proto = self._proto(model)
        template = self._int8_template if self._graph.swappable else with_pairs(proto)
        file = int8_model(template, proto, observed_ranges(proto, calibration, check))
        return OnnxRuntime(
            file.SerializeToString(), message("ONNX Runtime, {scheme}", scheme=scheme().name)
        )

    def engine(
        self, setting: Setting, model: nn.Module, calibration: Pictures, check: Check = at_ease
    ) -> Engine:
        """The engine that `setting` asks for; below 8 bits a CPU has no kernels: float32's."""
        if setting.engine == "onnxruntime":
            is_int8 = setting.weight_bits == 8
            return self.int8(model, calibration, check) if is_int8 else self.float32(model)
        return TorchEager(deepcopy(model), "cuda" if setting.engine == "torch_cuda" else "cpu")

    def _proto(self, model: nn.Module) -> ModelProto:
        return self._graph.with_weights(model, self._shape)

    @property
    def proto(self) -> ModelProto:
        """The exported architecture, to be counted."""
        return self._graph.proto


def observed_ranges(proto: ModelProto, calibration: Pictures, check: Check = at_ease) -> Ranges:
    """Smallest and largest value of every tensor that is to be quantized, over `calibration`.

    Some pictures at a time; `check` is called between, and may raise to end it.
    """
    observer = OnnxRuntime(observing(proto).SerializeToString(), message("calibration"))
    found: dict[str, tuple[float, float]] = {}
    for start in range(0, len(calibration), CALIBRATED_AT_ONCE):
        check()
        pictures = calibration[start : start + CALIBRATED_AT_ONCE]
        values = {**observer.outputs(pictures), INPUT: pictures}
        for name in quantized_tensors(proto):
            low, high = found.get(name, (np.inf, -np.inf))
            found[name] = (
                min(low, float(values[name].min())),
                max(high, float(values[name].max())),
            )
    return found
