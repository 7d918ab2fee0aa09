"""From key press to painted frame, in a real browser through Voila; beside it the stock way."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from workbench.bench import Row
from workbench.bench.browser import chromium, opened, presses, voila
from workbench.bench.stopping import stop_times
from workbench.places import notebooks_folder
from workbench.statistics import quantile_interval, ratio_of_medians

HERE = Path(__file__).parent
PRESSES = 100
STOCK_PRESSES = 20
SLIDERS = {"sparsity": 20, "weight_bits": 7}
STOCK = {
    "loader": "interact, deepcopy, torch prune, test set by DataLoader, new figure",
    "tensors": "the same, its test set already as tensors",
}
"""The way a notebook is usually written, and the kindest reading of it; one thread, as ours."""


def measure() -> list[Row]:
    """The first honest estimate, the final accuracy, and both beside the stock notebooks."""
    first: dict[str, list[float]] = {}
    final: dict[str, list[float]] = {}
    stock: dict[str, list[float]] = {}
    with chromium() as browser:
        with voila(notebooks_folder()) as address:
            page = opened(browser, f"{address}voila/render/00_start.ipynb", ".wb-ready")
            for index, (name, positions) in enumerate(SLIDERS.items()):
                first[name], final[name] = presses(page, index, positions, PRESSES)
        with voila(HERE / "stock") as address:
            for name in STOCK:
                page = opened(browser, f"{address}voila/render/{name}.ipynb", "text=accuracy of")
                stock[name], _same = presses(page, 0, SLIDERS["sparsity"], STOCK_PRESSES)
                page.close()
    return [
        *_latencies("superseded_stop", {"resnet8": stop_times()}, 50)[2:],
        *_latencies("first_estimate", first, 100),
        *_latencies("final_accuracy", final, 1500),
        *_beside("first_number", first["sparsity"], stock, "at least 10 times faster"),
        *_beside("final_accuracy", final["sparsity"], stock, ""),
    ]


def _latencies(what: str, found: dict[str, list[float]], aim_ms: int) -> list[Row]:
    together = {"": [ms for times in found.values() for ms in times]}
    rows = []
    for name, times in {**together, **{f"_{name}": times for name, times in found.items()}}.items():
        rows.append(_row(f"{what}_p50{name}", times, 0.5))
        at_most = _row(f"{what}_p95{name}", times, 0.95)
        goal, met = f"at most {aim_ms} ms", at_most.value <= aim_ms
        rows.append(replace(at_most, goal=goal, met=met))
    return rows


def _row(what: str, times: Sequence[float], share: float) -> Row:
    value, low, high = quantile_interval(times, share)
    return Row(what=what, value=value, unit="ms", low=low, high=high)


def _beside(
    what: str, ours: Sequence[float], stock: dict[str, list[float]], goal: str
) -> list[Row]:
    rows = []
    for name, peer in STOCK.items():
        ratio, low, high = ratio_of_medians(stock[name], ours)
        rows.append(
            Row(
                what=f"{what}_over_stock" + ("" if name == "loader" else f"_{name}"),
                value=ratio,
                unit="ratio",
                low=low,
                high=high,
                peer=peer,
                peer_value=float(np.median(stock[name])),
                goal=goal,
                met=ratio >= 10 if goal else None,
            )
        )
    return rows
