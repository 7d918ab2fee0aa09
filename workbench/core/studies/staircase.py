"""The stairs of this machine: how the time of one convolution rises with its channels."""

from functools import partial

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from workbench.core.engine.graph import INPUT, OPSET, OUTPUT
from workbench.core.engine.runners import OnnxRuntime
from workbench.core.latency import milliseconds, repeats_for, sampled
from workbench.core.machine import machine, use_one_thread
from workbench.locale import message
from workbench.measurement import Grid, Progress, Report
from workbench.setting import Setting

CHANNELS = (4, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 28, 31, 32, 33, 36, 39, 40, 41)
SIDE = 14
ROUNDS, FEWEST = 25, 5
ROW, COLUMNS = "latency_ms", tuple(str(channels) for channels in CHANNELS)


def staircase(setting: Setting, report: Report) -> Grid:
    """Milliseconds of a 3 x 3 convolution of so many channels in and out, on 14 x 14 maps.

    A sample of each width a round, so that noise hits all alike; the batch is the setting's.
    """
    use_one_thread()
    stage = message("timing one convolution at many widths")
    report(Progress(stage=stage))
    rng = np.random.default_rng(0)
    calls, repeats = {}, {}
    for channels in CHANNELS:
        report(Progress(stage=stage))
        engine = OnnxRuntime(convolution(channels).SerializeToString(), message("one convolution"))
        shape = (setting.inference_batch, channels, SIDE, SIDE)
        calls[channels] = engine.call(rng.normal(size=shape).astype(np.float32))
        repeats[channels] = repeats_for(calls[channels])
    samples: dict[int, list[float]] = {channels: [] for channels in CHANNELS}
    grid = Grid(rows=(ROW,), columns=COLUMNS, cells={})
    for done in range(1, ROUNDS + 1):
        for channels, call in calls.items():
            samples[channels].append(sampled(call, repeats[channels]))
            report(Progress(stage=stage, done=done - 1, total=ROUNDS, grid=grid))
        if done >= FEWEST:
            grid = _grid(samples, setting.inference_batch)
            report(Progress(stage=stage, done=done, total=ROUNDS, grid=grid))
    return grid


def convolution(channels: int) -> ModelProto:
    """One 3 x 3 convolution of `channels` in and out, as an ONNX model."""
    weight = np.random.default_rng(0).normal(size=(channels, channels, 3, 3)).astype(np.float32)
    node = helper.make_node("Conv", [INPUT, "weight"], [OUTPUT], pads=[1, 1, 1, 1])
    value = partial(helper.make_tensor_value_info, elem_type=TensorProto.FLOAT)
    shape: list[str | int | None] = ["batch", channels, SIDE, SIDE]
    graph = helper.make_graph(
        [node],
        "convolution",
        [value(INPUT, shape=shape)],
        [value(OUTPUT, shape=shape)],
        [numpy_helper.from_array(weight, "weight")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)


def _grid(samples: dict[int, list[float]], batch: int) -> Grid:
    cells = {}
    for channels, times in samples.items():
        how = message(
            "median and 10th to 90th percentile of {n} timings of one 3 x 3 convolution on"
            " 14 x 14 maps, batch of {batch}, one thread, widths in turn",
            n=len(times),
            batch=batch,
        )
        cells[ROW, str(channels)] = milliseconds(times, how)
    return Grid(rows=(ROW,), columns=COLUMNS, cells=cells, machine=machine())
