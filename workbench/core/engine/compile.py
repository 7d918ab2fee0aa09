"""From a network's weights to an engine that runs them, within a slider's tick."""

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

    def int8(self, model: nn.Module, calibration: Pictures) -> Engine:
        """`model` in ONNX Runtime with real int8 kernels; activation ranges from `calibration`."""
        proto = self._proto(model)
        template = self._int8_template if self._graph.swappable else with_pairs(proto)
        file = int8_model(template, proto, observed_ranges(proto, calibration))
        return OnnxRuntime(
            file.SerializeToString(), message("ONNX Runtime, {scheme}", scheme=scheme().name)
        )

    def engine(self, setting: Setting, model: nn.Module, calibration: Pictures) -> Engine:
        """The engine that `setting` asks for; below 8 bits a CPU has no kernels: float32's."""
        if setting.engine == "onnxruntime":
            is_int8 = setting.weight_bits == 8
            return self.int8(model, calibration) if is_int8 else self.float32(model)
        return TorchEager(deepcopy(model), "cuda" if setting.engine == "torch_cuda" else "cpu")

    def _proto(self, model: nn.Module) -> ModelProto:
        return self._graph.with_weights(model, self._shape)

    @property
    def proto(self) -> ModelProto:
        """The exported architecture, to be counted."""
        return self._graph.proto


def observed_ranges(proto: ModelProto, calibration: Pictures) -> Ranges:
    """Smallest and largest value of every tensor that is to be quantized, over `calibration`."""
    observer = OnnxRuntime(observing(proto).SerializeToString(), message("calibration"))
    values = observer.outputs(calibration)
    values[INPUT] = calibration
    return {
        name: (float(np.min(values[name])), float(np.max(values[name])))
        for name in quantized_tensors(proto)
    }
