"""Beside peers, in turn in one run: Torch-Pruning, onnxruntime.quantization, a textbook loop."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from workbench.bench import Row
from workbench.bench.compression.textbook import textbook_sensitivity, their_int8, their_removal
from workbench.core.architecture import Architecture, architecture_of
from workbench.core.checkpoint import trained
from workbench.core.experiment import no_gradients
from workbench.core.pictures import normalized
from workbench.core.pruning import Cut, chosen_channels, importance, remove_channels
from workbench.core.studies.sensitivity import sensitivity
from workbench.measurement import ignore
from workbench.setting import Setting, shipped
from workbench.statistics import mcnemar, ratio_of_medians

DATA = "fashion_mnist"
MODELS = ("small_cnn", "resnet8")
CUT = Cut(
    sparsity=0.3, granularity="filter", criterion="magnitude", scope="layer", snap_to=1, layers={}
)


def rows() -> list[Row]:
    """A row for each peer and network."""
    found = []
    for model in MODELS:
        setting = shipped(DATA, model)
        architecture = architecture_of(setting)
        network = trained(setting, architecture.data, ignore)
        with no_gradients():
            found += [
                _removal(model, network, architecture),
                *_rebuild(model, setting, network, architecture),
                *[
                    _sensitivity(model, setting, network, architecture, loader=loader)
                    for loader in (True, False)
                ],
            ]
    return found


def in_turn(
    ours: Callable[[], Any], theirs: Callable[[], Any], times: int
) -> tuple[list[float], list[float]]:
    """Seconds of each, called in turn after one call that does not count."""
    seconds: tuple[list[float], list[float]] = ([], [])
    ours(), theirs()
    for _time in range(times):
        for side, call in enumerate((ours, theirs)):
            began = perf_counter()
            call()
            seconds[side].append(perf_counter() - began)
    return seconds


def _row(what: str, seconds: tuple[list[float], list[float]], peer: str, goal: str,
         is_met: Callable[[float], bool]) -> Row:  # fmt: skip
    ratio, low, high = ratio_of_medians(seconds[1], seconds[0])
    return Row(
        what=what, value=ratio, unit="ratio", low=low, high=high, peer=peer,
        peer_value=1000 * float(np.median(seconds[1])), goal=goal, met=is_met(ratio),
    )  # fmt: skip


def _of(model: str) -> str:
    """The end of a row's name; the first network has the plain one."""
    return "" if model == MODELS[0] else f"_{model}"


def _removal(model: str, network: Any, architecture: Architecture) -> Row:
    groups = architecture.groups
    kept = chosen_channels(network, groups, CUT, importance(network, "magnitude", _unused, 0))
    pictures = architecture.test_batch(64)

    def ours() -> Any:
        return remove_channels(network, groups, kept)

    def theirs() -> Any:
        return their_removal(network, groups, kept, architecture.learning_batch()[0][:1])

    seconds = in_turn(ours, theirs, 20)
    same = _same_scores(ours(), theirs(), pictures)
    peer = f"Torch-Pruning, same channels of {model}, scores equal: {same}; its ms"
    return _row(f"removal_over_torch_pruning{_of(model)}", seconds, peer, "no slower, same scores",
                lambda ratio: ratio >= 1 and same)  # fmt: skip


def _unused() -> Any:
    raise AssertionError("the magnitude needs no images")


def _same_scores(one: Any, other: Any, pictures: Any) -> bool:
    from workbench.core.engine.runners import TorchEager

    mine, other_scores = (TorchEager(network, "cpu").logits(pictures) for network in (one, other))
    return bool(np.abs(mine - other_scores).max() <= 1e-5 * np.abs(mine).max())


def _rebuild(model: str, setting: Setting, network: Any, architecture: Architecture) -> list[Row]:
    int8 = replace(setting, weight_bits=8)
    data = architecture.data
    calibration = normalized(data.train_images[: int8.calibration], data)
    float32 = architecture.build(setting, network).engine.file
    with TemporaryDirectory() as folder:

        def ours() -> Any:
            return architecture.build(int8, network).engine

        def theirs() -> Any:
            return their_int8(float32, calibration, Path(folder))

        seconds = in_turn(ours, theirs, 5)
        labels = data.test_labels
        right = [_answers(engine, data) == labels for engine in (theirs(), ours())]
    test = mcnemar(*right)
    told = f"ours {right[1].mean():.4f}, theirs {right[0].mean():.4f}, p = {test.p_value:.3f}"
    peer = f"onnxruntime.quantization of {model}; accuracy {told}; its ms"
    return [
        _row(f"rebuild_over_ort_quantization{_of(model)}", seconds, peer,
             "at least 20 times faster, accuracy not told apart",
             lambda ratio: ratio >= 20 and test.verdict != "worse")
    ]  # fmt: skip


def _answers(engine: Any, data: Any) -> Any:
    parts = range(0, len(data.test_images), 500)
    return np.concatenate(
        [engine.logits(normalized(data.test_images[i : i + 500], data)).argmax(1) for i in parts]
    )


def _sensitivity(
    model: str, setting: Setting, network: Any, architecture: Architecture, *, loader: bool
) -> Row:
    began = perf_counter()
    ours = sensitivity(setting, ignore)
    middle = perf_counter()
    theirs = textbook_sensitivity(
        network, architecture.data, ours.rows, ours.columns, loader=loader
    )
    seconds = [middle - began], [perf_counter() - middle]
    furthest = max(abs(ours.cells[key].value - value) for key, value in theirs.items())
    how = "textbook loop with a DataLoader" if loader else "the same, its images already tensors"
    peer = f"{how}, {model}; cells differ by at most {furthest:.4f}; its ms"
    name = f"sensitivity_over_textbook{_of(model)}" + ("" if loader else "_tensors")
    goal = "at least 5 times faster to the same heat map"
    return _row(name, seconds, peer, goal, lambda ratio: ratio >= 5 and furthest <= 0.002)
