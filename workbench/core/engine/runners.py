"""One small interface for every engine: answers for pictures, a call to time, the file it ships."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from safetensors.torch import save
from torch import nn

from workbench.core.devices import check_device, synchronize
from workbench.core.engine.graph import INPUT
from workbench.locale import Message, message

Pictures = NDArray[np.float32]


class Engine(Protocol):
    """A network ready to run on one thread."""

    name: Message

    @property
    def graph(self) -> ModelProto | None:
        """The ONNX graph that it runs, if it runs one."""
        ...

    @property
    def file(self) -> bytes:
        """The whole file, as it would be written to the device's disk."""
        ...

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        """Scores of shape (pictures, classes) for float32 pictures of shape (pictures, C, H, W)."""
        ...

    def call(self, pictures: Pictures) -> Callable[[], None]:
        """The forward pass alone, data in place, ended when the answer is there: to be timed."""
        ...


class OnnxRuntime:
    """An ONNX file under ONNX Runtime, no spinning."""

    def __init__(self, file: bytes, name: Message, threads: int = 1) -> None:
        self._file, self.name = file, name
        self._session = session_of(file, threads)
        self._names = [output.name for output in self._session.get_outputs()]

    @property
    def file(self) -> bytes:
        return self._file

    @property
    def graph(self) -> ModelProto:
        return onnx.load_from_string(self._file)

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        return self._session.run(None, {INPUT: pictures})[0]  # type: ignore[no-any-return]

    def outputs(self, pictures: Pictures) -> dict[str, NDArray[np.float32]]:
        """Every output of the file by name, for calibration."""
        return dict(zip(self._names, self._session.run(None, {INPUT: pictures}), strict=True))

    def call(self, pictures: Pictures) -> Callable[[], None]:
        feed = {INPUT: pictures}
        return lambda: self._session.run(None, feed) and None


def session_of(file: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """A session of an ONNX file on the CPU, no spinning."""
    return onnxruntime.InferenceSession(
        file, _session_options(threads), providers=["CPUExecutionProvider"]
    )


def _session_options(threads: int) -> onnxruntime.SessionOptions:
    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


class TorchEager:
    """A module run eagerly by PyTorch in float32, channels last, on `device`."""

    def __init__(self, model: nn.Module, device: str) -> None:
        check_device(device)
        self.name = message("PyTorch eager, float32, {device}", device=device)
        self._device = device
        self._model = model.eval().to(device).to(memory_format=torch.channels_last)

    @property
    def graph(self) -> None:
        return None

    @property
    def file(self) -> bytes:
        state = self._model.state_dict()
        return save({name: value.cpu().contiguous() for name, value in state.items()})

    def _placed(self, pictures: Pictures) -> torch.Tensor:
        tensor = torch.from_numpy(pictures).to(self._device)
        return tensor.contiguous(memory_format=torch.channels_last)

    def logits(self, pictures: Pictures) -> NDArray[np.float32]:
        with torch.inference_mode():
            return self._model(self._placed(pictures)).float().cpu().numpy()  # type: ignore[no-any-return]

    def call(self, pictures: Pictures) -> Callable[[], None]:
        placed = self._placed(pictures)

        def forward() -> None:
            with torch.inference_mode():
                self._model(placed)
            synchronize(self._device)

        return forward
