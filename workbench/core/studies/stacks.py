"""Two 3 x 3 against one 5 x 5: they see the same; weights, multiply-adds and time, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from workbench.core.engine.graph import INPUT, OPSET, OUTPUT
from workbench.core.engine.runners import OnnxRuntime
from workbench.core.latency import Timings, latency, speedup, timed_in_turn
from workbench.core.machine import machine, use_one_thread
from workbench.core.windows import Window
from workbench.locale import message
from workbench.measurement import Grid, Progress, Quantity, Report, Unit
from workbench.setting import Setting

SIDE = 14
RATIO: Unit = "ratio"
SECONDS = 0.5
ONE, TWO = (5,), (3, 3)
COLUMNS = (
    "weights_one", "weights_two", "weights_share", "macs_one", "macs_two", "macs_share",
    "latency_one", "latency_two", "time_share",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Case:
    """Where in a network the windows stand: channels as multiples of the width, and the stride."""

    inputs: float
    outputs: float
    stride: int = 1

    def channels(self, width: int) -> tuple[int, int]:
        """Channels in and out; 0 times the width stands for a grey picture's one channel."""
        return max(1, round(self.inputs * width)), round(self.outputs * width)


CASES: Mapping[str, Case] = {
    "equal": Case(inputs=1, outputs=1),
    "doubled": Case(inputs=1, outputs=2),
    "halved": Case(inputs=1, outputs=2, stride=2),
    "stem": Case(inputs=0, outputs=1),
}


def stacks(setting: Setting, report: Report) -> Grid:
    """Rows: places in a network; columns: both sides' weights, MACs and time, and their shares.

    Both see 5 x 5 pixels; a ReLU follows every convolution, and the stride is the last one's. The
    weights are random: what they are does not change how long they take.
    """
    use_one_thread()
    width, batch = setting.width or 16, setting.inference_batch
    stage = message("timing two small windows and one large one in turn")
    grid = Grid(rows=tuple(CASES), columns=COLUMNS, cells={}, machine=machine())
    for name, case in CASES.items():
        found = counted(case, width)
        grid = replace(grid, cells={**grid.cells, **{(name, key): v for key, v in found.items()}})
    now = Progress(stage=stage, total=len(CASES), grid=grid)
    report(now)
    for name, case in CASES.items():
        one, two = (_engine(chain(case, width, sides)) for sides in (ONE, TWO))
        shape = (batch, case.channels(width)[0], SIDE, SIDE)
        pictures = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        timings = Timings()
        for latest in timed_in_turn(two, one, pictures, SECONDS):
            timings = latest
            report(now)
        times = {
            "latency_one": latency(timings.baseline_ms, one, batch),
            "latency_two": latency(timings.candidate_ms, two, batch),
            "time_share": _share_of_time(timings),
        }
        grid = replace(grid, cells={**grid.cells, **{(name, key): v for key, v in times.items()}})
        now = replace(now, done=now.done + 1, grid=grid)
        report(now)
    return grid


def chain(case: Case, width: int, sides: Sequence[int]) -> tuple[Window, ...]:
    """The convolutions of these sides one after the other, on a map of SIDE x SIDE pixels."""
    inputs, outputs = case.channels(width)
    return tuple(
        Window(
            block=1,
            inputs=inputs if number == 0 else outputs,
            outputs=outputs,
            kernel_size=side,
            stride=case.stride if number == len(sides) - 1 else 1,
            padding=side // 2,
            before=(SIDE, SIDE),
        )
        for number, side in enumerate(sides)
    )


def counted(case: Case, width: int) -> dict[str, Quantity]:
    """Weights and multiply-adds of both sides, and those of the two over those of the one."""
    weights, macs = [], []
    for sides in (ONE, TWO):
        windows = chain(case, width, sides)
        own = [each.inputs * each.outputs * each.kernel_size**2 for each in windows]
        weights.append(sum(own))
        macs.append(sum(n * w.after[0] * w.after[1] for n, w in zip(own, windows, strict=True)))
    return {**_both("weights", "count", *weights), **_both("macs", "MAC", *macs)}


def _both(name: str, unit: Unit, one: float, two: float) -> dict[str, Quantity]:
    how = message("from the channels and the sides of the windows, on a map of 14 x 14 pixels")
    share = message("two 3 x 3 over one 5 x 5")
    values = ("one", one, unit, how), ("two", two, unit, how), ("share", two / one, RATIO, share)
    return {
        f"{name}_{side}": Quantity(value=value, unit=kind, provenance="computed", how=told)
        for side, value, kind, told in values
    }


def _share_of_time(timings: Timings) -> Quantity:
    """Time of the two over that of the one; the ends of the interval change places."""
    ratio = speedup(timings)
    return replace(
        ratio,
        value=1 / ratio.value,
        low=1 / ratio.high if ratio.high else None,
        high=1 / ratio.low if ratio.low else None,
    )


def _engine(windows: Sequence[Window]) -> OnnxRuntime:
    return OnnxRuntime(proto(windows).SerializeToString(), message("ONNX Runtime, float32"))


def proto(windows: Sequence[Window]) -> ModelProto:
    """Convolutions, a ReLU after each, as an ONNX model with random weights."""
    nodes, weights, name = [], [], INPUT
    rng = np.random.default_rng(0)
    for number, each in enumerate(windows):
        shape = (each.outputs, each.inputs, each.kernel_size, each.kernel_size)
        weight, made = f"weight{number}", f"sum{number}"
        scale = (each.inputs * each.kernel_size**2) ** -0.5
        values = (scale * rng.normal(size=shape)).astype(np.float32)
        weights.append(numpy_helper.from_array(values, weight))
        zeros, strides = [each.padding] * 4, [each.stride] * 2
        nodes.append(helper.make_node("Conv", [name, weight], [made], pads=zeros, strides=strides))
        name = OUTPUT if number == len(windows) - 1 else f"map{number}"
        nodes.append(helper.make_node("Relu", [made], [name]))
    value = helper.make_tensor_value_info
    first, last = windows[0], windows[-1]
    graph = helper.make_graph(
        nodes,
        "windows",
        [value(INPUT, TensorProto.FLOAT, ["batch", first.inputs, *first.before])],
        [value(OUTPUT, TensorProto.FLOAT, ["batch", last.outputs, *last.after])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
