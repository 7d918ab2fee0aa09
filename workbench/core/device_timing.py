"""The standard timings of a device: shipped networks, each type of number, two batch sizes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import nn
from torch.utils.benchmark import Timer

from workbench.core.architecture import Architecture, architecture_of
from workbench.core.checkpoint import trained
from workbench.core.data import Dataset
from workbench.core.devices import check_device
from workbench.core.machine import machine, use_one_thread
from workbench.core.training import optimizer_of, training_batches, untrained
from workbench.core.training.batches import room_for
from workbench.core.training.learning import step
from workbench.core.training.precisions import Scaler
from workbench.locale import message
from workbench.measurement import DeviceCard, Progress, Report, Timing
from workbench.setting import Setting, shipped

NETWORKS = ("small_cnn", "resnet8")
BATCHES = (1, 64)
UPDATE_BATCH = 64
LEARNED_IN = ("float32", "mixed_bfloat16", "mixed_float16")
ROUNDS = 5
SECONDS = 0.05
"""The least time of a sample of each; all are timed in turn, ROUNDS times."""
TYPES = {
    "float32": torch.float32,
    "tf32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


class Job(NamedTuple):
    """One thing to time: what it is, without samples yet, and the call."""

    timing: Timing
    call: Callable[[], object]


def device_card(device: str, report: Report) -> DeviceCard:
    """Time the standard jobs on `device` in turn; `report` may end it between two of them."""
    check_device(device)
    use_one_thread()
    jobs = [job for name in NETWORKS for job in _jobs(name, device, report)]
    samples: list[list[float]] = [[] for _job in jobs]
    total = ROUNDS * len(jobs)
    for turn in range(total):
        stage = message("timing the standard networks on {device}", device=device)
        report(Progress(stage=stage, done=turn, total=total))
        job = jobs[turn % len(jobs)]
        with real_float32(job.timing.precision):
            samples[turn % len(jobs)] += _sampled(job.call)
    return DeviceCard(
        device=device,
        name=_name(device),
        machine=machine(),
        timings=tuple(
            replace(job.timing, samples_ms=tuple(found))
            for job, found in zip(jobs, samples, strict=True)
        ),
    )


def precisions(device: str) -> tuple[str, ...]:
    """The types of numbers to time on `device`: tf32 is a mode of CUDA's matrix units."""
    return tuple(name for name in TYPES if name != "tf32" or device == "cuda")


@contextmanager
def real_float32(precision: str) -> Iterator[None]:
    """On CUDA let float32 be what it says, and tf32 only where asked; put back as it was."""
    matmul, convolution = torch.backends.cuda.matmul, torch.backends.cudnn
    before = matmul.allow_tf32, convolution.allow_tf32
    matmul.allow_tf32 = convolution.allow_tf32 = precision == "tf32"
    try:
        yield
    finally:
        matmul.allow_tf32, convolution.allow_tf32 = before


def _sampled(call: Callable[[], object]) -> list[float]:
    """Milliseconds a call, by PyTorch's own timer: it warms up, and waits for the device."""
    timer = Timer("call()", globals={"call": call}, num_threads=1)
    return [1000 * seconds for seconds in timer.blocked_autorange(min_run_time=SECONDS).times]


def _jobs(name: str, device: str, report: Report) -> Iterator[Job]:
    setting = shipped("fashion_mnist", name)
    architecture = architecture_of(setting)
    model = trained(setting, architecture.data, report)
    for batch in BATCHES:
        if device == "cpu":
            yield from _deployed(setting, architecture, model, batch)
        for precision in precisions(device):
            yield Job(
                _untimed(name, "torch", precision, batch),
                _forward(architecture, model, device, precision, batch),
            )
    # Of the small network alone: without fast products an update of a large one takes seconds.
    for precision in LEARNED_IN if name == NETWORKS[0] else ():
        timing = replace(_untimed(name, "torch", precision, UPDATE_BATCH), work="update")
        yield Job(timing, _update(setting, architecture.data, device, precision))


def _deployed(
    setting: Setting, architecture: Architecture, model: nn.Module, batch: int
) -> Iterator[Job]:
    """The same network in ONNX Runtime, in float32 and in real int8."""
    pictures = architecture.test_batch(batch)
    for precision, bits in (("float32", 32), ("int8", 8)):
        plain = replace(setting.baseline, weight_bits=bits)
        engine = architecture.build(plain, model).engine
        yield Job(_untimed(setting.model, "onnxruntime", precision, batch), engine.call(pictures))


def _forward(
    architecture: Architecture, model: nn.Module, device: str, precision: str, batch: int
) -> Callable[[], object]:
    kind = TYPES[precision]
    placed = deepcopy(model).eval().to(device=device, dtype=kind)
    placed = placed.to(memory_format=torch.channels_last)
    pictures = torch.from_numpy(architecture.test_batch(batch)).to(device=device, dtype=kind)
    pictures = pictures.contiguous(memory_format=torch.channels_last)

    def forward() -> None:
        with torch.inference_mode():
            placed(pictures)

    return forward


def _update(setting: Setting, data: Dataset, device: str, precision: str) -> Callable[[], object]:
    """One update of the weights on the same batch again and again, as a training makes it."""
    fields = {"device": device, "precision": precision, "batch_size": UPDATE_BATCH}
    setting = Setting.from_dict({**setting.as_dict(), **fields})
    model = untrained(setting, data)
    optimizer = optimizer_of(model, setting)
    scaler = Scaler.of(setting, optimizer)
    generator = torch.Generator().manual_seed(setting.seed)
    room = room_for(setting, data, device)
    batch = next(training_batches(setting, data, generator, room))
    return lambda: step(model, optimizer, batch, setting, scaler)


def _untimed(network: str, engine: str, precision: str, batch: int) -> Timing:
    return Timing(
        work="inference", network=network, engine=engine, precision=precision, batch=batch,
        samples_ms=(),
    )  # fmt: skip


def _name(device: str) -> str:
    known = machine()
    return known["cuda"] if device == "cuda" else known["processor"]
