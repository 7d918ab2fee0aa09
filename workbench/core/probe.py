"""A quarter of a second: one product of matrices in every number type, timed in turn."""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from workbench.core.engine.graph import INPUT, OPSET, OUTPUT
from workbench.core.engine.runners import session_of
from workbench.core.latency import repeats_for, sampled
from workbench.locale import Message, message
from workbench.measurement import Quantity
from workbench.statistics import median_interval

SIDE = 192
SECONDS, FEWEST, MOST = 0.25, 3, 15
Call = Callable[[], None]
AGAINST = {"bfloat16": "float32", "float16": "float32", "int8": "float32_runtime"}
"""Each type beside float32 in the same engine: int8 in ONNX Runtime, the others in PyTorch."""


def probe(
    check: Callable[[], None],
    makers: Mapping[str, Callable[[], Call]] | None = None,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, Quantity]:
    """How many times as fast as in float32 a product is in each type, and how long this took.

    A type that an engine refuses is not there.
    """
    began = clock()
    calls: dict[str, Call] = {}
    for name, make in (makers or MAKERS).items():
        check()
        try:
            calls[name] = make()
        except (RuntimeError, NotImplementedError):  # onnxruntime's errors are RuntimeErrors
            continue
    with torch.inference_mode():
        samples = _in_turn(calls, began + SECONDS, check, clock)
    found = {
        f"{name}_speed": _speed(samples[base], samples[name])
        for name, base in AGAINST.items()
        if name in samples and base in samples
    }
    how = message("wall time of this probe: {n} rounds of all types", n=_rounds(samples))
    took = Quantity(value=clock() - began, unit="s", provenance="measured", how=how)
    return found | {"probe_seconds": took}


def _in_turn(
    calls: Mapping[str, Call], end: float, check: Callable[[], None], clock: Callable[[], float]
) -> dict[str, list[float]]:
    repeats = {name: repeats_for(call) for name, call in calls.items()}
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for done in range(MOST):
        if done >= FEWEST and clock() >= end:
            break
        check()
        for name, call in calls.items():
            samples[name].append(sampled(call, repeats[name]))
    return samples


def _rounds(samples: Mapping[str, Sequence[float]]) -> int:
    return max(map(len, samples.values()), default=0)


def _speed(base: Sequence[float], times: Sequence[float]) -> Quantity:
    value, low, high = median_interval(np.array(base) / np.array(times))
    how: Message = message(
        "median of {n} ratios, each of two timings in turn: float32 over this type, a product of"
        " {side} × {side} matrices, one thread", n=len(times), side=SIDE,
    )  # fmt: skip
    return Quantity(
        value=value, unit="ratio", provenance="measured", how=how, low=low, high=high, n=len(times)
    )


def _numbers() -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)


def _product(kind: torch.dtype) -> Call:
    """PyTorch's product in this type."""
    one = torch.from_numpy(_numbers()).to(kind)
    other = one.T.contiguous()
    result = torch.mm(one, other)  # a type that it refuses is refused here

    def call() -> None:
        torch.mm(one, other, out=result)

    return call


def _runtime_product(operation: str, values: NDArray[np.generic], weights: NDArray[np.generic],
                     result: int) -> Call:  # fmt: skip
    """ONNX Runtime's product, the weights constant as in a network."""
    value = helper.make_tensor_value_info
    taken = helper.np_dtype_to_tensor_dtype(values.dtype)
    graph = helper.make_graph(
        [helper.make_node(operation, [INPUT, "weight"], [OUTPUT])],
        "product",
        [value(INPUT, taken, [SIDE, SIDE])],
        [value(OUTPUT, result, [SIDE, SIDE])],
        [numpy_helper.from_array(weights, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    session = session_of(model.SerializeToString())
    return lambda: session.run(None, {INPUT: values}) and None


def _runtime_float32() -> Call:
    numbers = _numbers()
    return _runtime_product("MatMul", numbers, numbers, TensorProto.FLOAT)


def _runtime_int8() -> Call:
    levels = np.clip(np.rint(20 * _numbers()), -63, 63).astype(np.int8)
    return _runtime_product(
        "MatMulInteger", np.abs(levels).astype(np.uint8), levels, TensorProto.INT32
    )


MAKERS: Mapping[str, Callable[[], Call]] = {
    "float32": lambda: _product(torch.float32),
    "bfloat16": lambda: _product(torch.bfloat16),
    "float16": lambda: _product(torch.float16),
    "float32_runtime": _runtime_float32,
    "int8": _runtime_int8,
}
