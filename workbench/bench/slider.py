"""From key press to painted frame, in a real browser through Voila; beside it the stock way."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench.bench import Row
from workbench.bench.browser import chromium, voila
from workbench.places import notebooks_folder
from workbench.statistics import quantile_interval, ratio_of_medians

HERE = Path(__file__).parent
PRESSES = 100
STOCK_PRESSES = 40
SLIDERS = {"sparsity": 20, "weight_bits": 7}
STOCK = "ipywidgets.interact, deepcopy, torch.nn.utils.prune, whole test set, new figure"


def measure() -> list[Row]:
    """Rows of the first honest estimate, the final accuracy, and both beside the stock notebook."""
    first: dict[str, list[float]] = {}
    final: dict[str, list[float]] = {}
    with chromium() as browser:
        with voila(notebooks_folder()) as address:
            page = _opened(browser, f"{address}voila/render/00_start.ipynb", ".wb-ready")
            page.wait_for_selector('[data-name="latency_ms"][data-n]', timeout=120_000)
            for index, (name, positions) in enumerate(SLIDERS.items()):
                first[name], final[name] = _presses(page, index, positions, PRESSES)
        with voila(HERE / "stock") as address:
            page = _opened(browser, f"{address}voila/render/stock.ipynb", "text=accuracy of")
            stock, _same = _presses(page, 0, SLIDERS["sparsity"], STOCK_PRESSES)
    return [*_latencies("first_estimate", first, 100), *_latencies("final_accuracy", final, 1500),
            *_beside_stock(first["sparsity"], final["sparsity"], stock)]  # fmt: skip


def _opened(browser: Any, address: str, ready: str) -> Any:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(path=str(HERE / "watch.js"))
    page.goto(address)
    page.wait_for_selector(ready, timeout=120_000)
    page.wait_for_selector(".noUi-handle", timeout=120_000)
    return page


def _presses(page: Any, slider: int, positions: int, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds to the first and to the final number after each of `count` key presses."""
    handle = page.locator(".noUi-handle").nth(slider)
    handle.focus()
    first, final = [], []
    for key in _to_and_fro(positions, count):
        page.evaluate("watchNextPress()")
        handle.press(key)
        found = page.evaluate("pressed")
        first.append(found["first"])
        final.append(found["final"])
    return first, final


def _to_and_fro(positions: int, count: int) -> Iterator[str]:
    """Keys that move a slider of so many positions up and down again, each press a new place."""
    for press in range(count):
        yield "ArrowRight" if press // (positions - 1) % 2 == 0 else "ArrowLeft"


def _latencies(what: str, found: dict[str, list[float]], aim_ms: int) -> list[Row]:
    everything = [ms for times in found.values() for ms in times]
    rows = [
        _row(f"{what}_p50", everything, 0.5, ""),
        _row(f"{what}_p95", everything, 0.95, f"at most {aim_ms} ms"),
    ]
    rows[1:2] = [_judged(rows[1], aim_ms)]
    for name, times in found.items():
        rows += [
            _row(f"{what}_p50_{name}", times, 0.5, ""),
            _judged(_row(f"{what}_p95_{name}", times, 0.95, f"at most {aim_ms} ms"), aim_ms),
        ]
    return rows


def _row(what: str, times: Sequence[float], share: float, goal: str) -> Row:
    value, low, high = quantile_interval(times, share)
    return Row(what=what, value=value, unit="ms", low=low, high=high, goal=goal)


def _judged(row: Row, aim_ms: int) -> Row:
    return Row(**{**vars(row), "met": row.value <= aim_ms})


def _beside_stock(
    first: Sequence[float], final: Sequence[float], stock: Sequence[float]
) -> list[Row]:
    rows = []
    for what, ours, goal in (
        ("first_number_over_stock", first, "at least 10 times faster"),
        ("final_accuracy_over_stock", final, ""),
    ):
        ratio, low, high = ratio_of_medians(stock, ours)
        rows.append(
            Row(what=what, value=ratio, unit="ratio", low=low, high=high, peer=STOCK,
                peer_value=float(np.median(stock)), goal=goal, met=ratio >= 10 if goal else None)
        )  # fmt: skip
    return rows
