"""From a network's weights to an engine that runs them, within a slider's tick."""

from copy import deepcopy
from dataclasses import dataclass

from onnx import ModelProto
from torch import nn

from workbench.core.engine.calibration import Calibration, Check, at_ease, calibrated
from workbench.core.engine.graph import Graph, export
from workbench.core.engine.imitation import imitated
from workbench.core.engine.int8 import int8_model, with_pairs
from workbench.core.engine.runners import Engine, OnnxRuntime, Pictures, TorchEager
from workbench.core.engine.scheme import scheme
from workbench.core.engine.storage import storage_of, stored
from workbench.core.engine.tensors import FEWEST_INPUTS, thin_layers
from workbench.locale import Message, message
from workbench.measurement import ActivationHistogram, Quantity
from workbench.setting import Setting, is_real_int8

FLOAT32 = message("ONNX Runtime, float32")
UNPACKED = message("ONNX Runtime, float32, weights unpacked when it loads")
INT8 = Setting(weight_bits=8)


@dataclass(frozen=True, kw_only=True, eq=False)
class Built:
    """An engine, whether it imitates what the setting asks for, and what calibration found.

    `unpacked`: the graph that runs, where the engine makes another one of its file as it loads.
    """

    engine: Engine
    is_simulated: bool = False
    calibration: Calibration | None = None
    unpacked: ModelProto | None = None

    @property
    def clipped_share(self) -> Quantity | None:
        """Share of the activations beyond their ranges."""
        return self.calibration.clipped_share if self.calibration else None

    @property
    def activations(self) -> ActivationHistogram | None:
        """The first layer's activations and their range."""
        return self.calibration.activations if self.calibration else None


class Compiler:
    """Makes engines of one architecture; what depends on the architecture alone is made once."""

    def __init__(self, model: nn.Module, shape: tuple[int, int, int]) -> None:
        self._graph: Graph = export(model, shape)
        self._shape = shape
        self._templates: dict[tuple[str, frozenset[str]], ModelProto] = {}

    @property
    def folds(self) -> tuple[tuple[str, str], ...]:
        """(convolution, batch norm) pairs that become one layer."""
        return self._graph.folds

    @property
    def proto(self) -> ModelProto:
        """The exported architecture, to be counted."""
        return self._graph.proto

    def build(
        self, setting: Setting, model: nn.Module, calibration: Pictures, check: Check = at_ease
    ) -> Built:
        """The engine that `setting` asks for; the weights of `model` are rounded already.

        Below 8 bits a CPU has no kernels: rounded values are multiplied in float32.
        """
        if setting.engine != "onnxruntime":
            return _eager(setting, model)
        proto = self._proto(model)
        if is_real_int8(setting):
            return self._int8(proto, setting, calibration, check)
        if setting.bits_of_activations < 32:
            found = calibrated(proto, calibration, setting, check)
            graph = imitated(proto, found.ranges, setting)
            engine = _onnxruntime(graph, FLOAT32)
            return Built(engine=engine, is_simulated=True, calibration=found)
        store = storage_of(setting)
        is_rounded = setting.weight_bits < 32 or bool(setting.layer_bits)
        if store is not None:
            engine = _onnxruntime(stored(proto, store), UNPACKED)
            imitated_bits = is_rounded and setting.masks == "kept"
            return Built(engine=engine, is_simulated=imitated_bits, unpacked=proto)
        return Built(engine=_onnxruntime(proto, FLOAT32), is_simulated=is_rounded)

    def float32(self, model: nn.Module) -> Engine:
        """`model` in ONNX Runtime, float32."""
        return _onnxruntime(self._proto(model), FLOAT32)

    def int8(self, model: nn.Module, calibration: Pictures, check: Check = at_ease) -> Engine:
        """`model` in ONNX Runtime with real int8 kernels; activation ranges from `calibration`."""
        return self._int8(self._proto(model), INT8, calibration, check).engine

    def _int8(
        self, proto: ModelProto, setting: Setting, calibration: Pictures, check: Check
    ) -> Built:
        template = self._template(proto, setting.activation_symmetry)
        found = calibrated(proto, calibration, setting, check)
        name = message("ONNX Runtime, {scheme}", scheme=scheme().name)
        if thin_layers(proto):
            name = message(
                "ONNX Runtime, {scheme}; layers of fewer than {least} input channels in float32",
                scheme=scheme().name,
                least=FEWEST_INPUTS,
            )
        file = int8_model(template, proto, found.ranges, setting)
        return Built(engine=_onnxruntime(file, name), calibration=found)

    def _template(self, proto: ModelProto, symmetry: str) -> ModelProto:
        """The int8 graph without its numbers; where weights cannot be swapped, of this network."""
        if not self._graph.swappable:
            return with_pairs(proto, symmetry)
        # Removed channels can make a layer too thin for int8, and then the graph is another.
        key = symmetry, frozenset(thin_layers(proto))
        if key not in self._templates:
            self._templates[key] = with_pairs(proto, symmetry)
        return self._templates[key]

    def _proto(self, model: nn.Module) -> ModelProto:
        return self._graph.with_weights(model, self._shape)


def _onnxruntime(proto: ModelProto, name: Message) -> Engine:
    return OnnxRuntime(proto.SerializeToString(), name)


def _eager(setting: Setting, model: nn.Module) -> Built:
    is_rounded = setting.weight_bits < 32 or bool(setting.layer_bits)
    return Built(engine=TorchEager(deepcopy(model), setting.device), is_simulated=is_rounded)
