"""What a learner does, in a real browser, through Voila and through JupyterLab."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsers import Server
from workbench.setting import shipped

LESSON = "00_start.ipynb"
WEIGHTS, CHANNELS, BITS = (
    "05_weight_pruning.ipynb", "06_structured_pruning.ipynb", "07_quantization.ipynb",
)  # fmt: skip
TITLES = {
    LESSON: "Kaydırıcıdan dürüst bir sayıya",
    WEIGHTS: "Sıfırlar: ağırlık budama ve duyarlılık",
    CHANNELS: "Temelli gitti: nöronlar, filtreler ve onarım",
    BITS: "Daha az bit: niceleme, benzetilen ve gerçek",
}
PATIENCE_MS = 90_000
DEAD_MS = 5_000


@pytest.fixture(params=["voila", "lab"])
def lesson(request: pytest.FixtureRequest, page: Page) -> tuple[Page, Server]:
    """The first lesson, open and measured, once under each server."""
    if request.param == "voila":
        server = request.getfixturevalue("voila_server")
        page.goto(server.lesson())
    else:
        server = request.getfixturevalue("lab_server")
        page.goto(_lab_address(server))
        # Cells that are run before the kernel is there make JupyterLab ask for one.
        expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    return page, server


def _lab_address(server: Server) -> str:
    address, _mark, query = server.address.partition("?")
    return f"{address.rstrip('/')}/tree/{LESSON}?{query}"


@contextmanager
def missing(path: Path) -> Iterator[None]:
    """`path` taken away for a while."""
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        yield
    finally:
        away.rename(path)


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


def value(page: Page, name: str) -> Locator:
    return page.locator(f'.wb-card[data-name="{name}"]:not(.wb-stale) .wb-value')


def test_a_key_press_changes_the_number_and_a_broken_file_only_says_so(
    lesson: tuple[Page, Server],
) -> None:
    page, server = lesson
    before = value(page, "accuracy").inner_text()
    sparsity = slider(page, "sparsity")
    for _press in range(16):
        sparsity.press("ArrowRight")
    expect(value(page, "accuracy")).not_to_have_text(before)
    expect(page.locator(".wb-ready")).to_contain_text("80 %", timeout=PATIENCE_MS)
    expect(page.locator(".wb-verdicts")).to_contain_text("less accurate")
    with missing(
        server.data / "checkpoints" / shipped("fashion_mnist", "small_cnn").checkpoint_name
    ):
        sparsity.press("ArrowLeft")
        expect(page.locator(".wb-problem")).to_contain_text("is missing")
        assert "Traceback" not in page.locator("body").inner_text()
    sparsity.press("ArrowLeft")
    expect(page.locator(".wb-ready")).to_contain_text("70 %", timeout=PATIENCE_MS)


def test_real_int8_makes_the_file_small(voila_server: Server, page: Page) -> None:
    page.goto(voila_server.lesson())
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    slider(page, "weight bits").press("ArrowRight")
    expect(page.locator(".wb-ready")).to_contain_text("8-bit", timeout=PATIENCE_MS)
    card = page.locator('.wb-card[data-name="file_bytes"]')
    expect(card.locator(".wb-tag")).to_contain_text("measured")
    expect(card.locator(".wb-difference")).to_contain_text("−")
    expect(page.locator(".wb-status")).to_contain_text("int8")
    slider(page, "weight bits").press("ArrowRight")
    accuracy = page.locator('.wb-card[data-name="accuracy"]:not(.wb-stale)')
    expect(accuracy.locator(".wb-tag")).to_contain_text("simulated")


def ready(page: Page, words: str) -> None:
    """Wait until the setting that `words` tell is measured."""
    expect(page.locator(".wb-ready")).to_contain_text(words, timeout=PATIENCE_MS)


def test_weights_go_by_the_criterion_and_the_scan_finds_the_fragile_layer(
    voila_server: Server, page: Page
) -> None:
    page.goto(voila_server.lesson(file=WEIGHTS))
    ready(page, "baseline")
    for _press in range(10):
        slider(page, "sparsity").first.press("ArrowRight")
    ready(page, "sparsity 50 %")
    page.get_by_label("criterion:").select_option("random")
    ready(page, "criterion random")
    expect(page.locator(".wb-verdicts")).to_contain_text("less accurate")
    page.get_by_role("button", name="More controls").press("Enter")
    page.get_by_label("masks:").select_option("kept")
    ready(page, "masks kept")
    file = page.locator('.wb-card[data-name="file_bytes"] .wb-difference')
    expect(file).to_contain_text("+9")
    page.get_by_role("button", name="Scan the layers").press("Enter")
    expect(page.locator(".wb-study-ready")).to_be_visible(timeout=PATIENCE_MS)
    rows = page.locator(".wb-heat").first.locator("tbody tr")
    assert rows.count() == 4
    assert rows.first.locator("td").count() == 8
    layer = page.get_by_role("slider", name="sparsity: classifier")
    layer.press("ArrowRight")
    ready(page, "classifier=0")


def test_filters_go_for_good_and_the_network_is_repaired_live(
    voila_server: Server, page: Page
) -> None:
    page.goto(voila_server.lesson(file=CHANNELS))
    ready(page, "baseline")
    for _press in range(6):
        slider(page, "sparsity").press("ArrowRight")
    ready(page, "whole filters")
    expect(page.locator(".wb-net")).to_contain_text("16 → 11")
    page.get_by_label("repair:").select_option("batch norm")
    ready(page, "repair batch norm")
    expect(page.get_by_text("→ batch norms re-calibrated")).to_be_visible()
    page.get_by_role("button", name="More controls").press("Enter")
    page.get_by_label("network:").select_option("mlp")
    ready(page, "whole neurons")
    repair = page.get_by_label("repair:")
    expect(repair.locator("option:checked")).to_have_text("none")  # it has no batch norms
    repair.select_option("batch norm")
    expect(page.locator(".wb-problem")).to_contain_text("repair finetune is possible")
    repair.select_option("none")
    ready(page, "whole neurons")
    assert "Traceback" not in page.locator("body").inner_text()


def test_bits_of_weights_and_activations_are_stored_imitated_or_real(
    voila_server: Server, page: Page
) -> None:
    page.goto(voila_server.lesson(file=BITS))
    ready(page, "baseline")
    weights, activations = slider(page, "weight bits").first, slider(page, "activation bits")
    weights.press("ArrowRight")
    weights.press("ArrowRight")
    ready(page, "8-bit weights")
    expect(page.locator(".wb-status")).to_contain_text("unpacked when it loads")
    tag = page.locator('.wb-card[data-name="accuracy"]:not(.wb-stale) .wb-tag')
    expect(tag).to_contain_text("measured")
    activations.press("ArrowRight")
    activations.press("ArrowRight")
    ready(page, "int8 (")
    expect(page.locator(".wb-rounding")).to_be_visible()
    activations.press("ArrowRight")
    ready(page, "6-bit activations")
    expect(tag).to_contain_text("simulated")
    page.get_by_role("button", name="Walk to the cliff").press("Enter")
    expect(page.locator(".wb-study-ready")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("name", TITLES)
def test_every_control_and_figure_has_a_name(voila_server: Server, page: Page, name: str) -> None:
    page.goto(voila_server.lesson(file=name))
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    page.get_by_role("button", name="More controls").press("Enter")
    expect(slider(page, "images at a time")).to_be_visible()
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
             'button, select, input, textarea, [role=slider], svg.svg-figure, img, [tabindex="0"]')]
           .filter(e => e.offsetParent !== null || e.tagName === 'svg')
           .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.alt
                          || e.title || e.closest('[aria-label]') || e.labels?.length))
           .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
    assert page.locator('[role="img"][aria-label*="accuracy against size"]').count() == 1
    histograms = page.locator('[role="img"][aria-label*="histogram"]').count()
    assert histograms == (name in (LESSON, WEIGHTS))
    assert page.locator('[role="status"]').count() >= 1


def test_the_whole_lesson_works_by_keyboard_alone(voila_server: Server, page: Page) -> None:
    page.goto(voila_server.lesson())
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    reached: list[str] = []
    for _tab in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') || e.textContent }"
        )
        reached.append(focused.strip())
        if focused.startswith("sparsity") and reached.count(focused.strip()) == 1:
            page.keyboard.press("ArrowRight")
        if focused == "Pin as A":
            expect(page.locator(".wb-ready")).to_contain_text("5 %", timeout=PATIENCE_MS)
            page.keyboard.press("Enter")
    for name in ("sparsity", "weight bits", "network", "Stop", "Pin as A", "Download", "English"):
        assert any(text.startswith(name) for text in reached), (name, reached)
    expect(page.locator(".wb-verdicts")).to_contain_text(
        "A small_cnn (fashion_mnist): sparsity 5 %"
    )


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_the_switch_says_the_whole_page_in_turkish(
    voila_server: Server, page: Page, name: str, title: str
) -> None:
    page.goto(voila_server.lesson(file=name))
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Türkçe").press("Enter")
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator(".wb-ready")).to_contain_text("ölçüldü")
    expect(slider(page, "ağırlık biti" if name == BITS else "seyreklik")).to_be_visible()
    expect(page.get_by_text("One way to see it")).to_have_count(0)
    assert page.evaluate("document.documentElement.lang") == "tr"
    text = page.locator("body").inner_text()
    for source in page.locator(".wb-source").all_inner_texts():
        text = text.replace(source, "")
    for english in ("accuracy", "measured", "weights", "Stop", "pinned", "Download", "image"):
        assert english not in text, english


def test_nothing_jumps_when_numbers_change(voila_server: Server, page: Page) -> None:
    page.goto(voila_server.lesson())
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    expect(page.locator('.wb-card[data-name="speedup"] .wb-value')).to_be_visible()
    places = "() => [...document.querySelectorAll('.wb-card, .wb-plot')].map(e => { const r = e.getBoundingClientRect(); return [r.x, r.y + scrollY, r.width, r.height] })"  # noqa: E501
    before = page.evaluate(places)
    for _press in range(5):
        slider(page, "sparsity").press("ArrowRight")
        assert page.evaluate(places) == before
    expect(page.locator(".wb-ready")).to_contain_text("25 %", timeout=PATIENCE_MS)
    assert page.evaluate(places) == before


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_a_dead_kernel_is_told_within_five_seconds(voila_server: Server, page: Page) -> None:
    known = voila_server.kernels()
    page.goto(voila_server.lesson())
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    (kernel,) = voila_server.kernels() - known
    os.kill(kernel, signal.SIGKILL)
    expect(page.locator(".wb-ended")).to_be_visible(timeout=DEAD_MS)
    expect(page.locator(".wb-ended")).to_contain_text("This session has ended")


def test_a_busy_start_is_not_called_dead(voila_server: Server, page: Page) -> None:
    """torch is imported while the page already stands: the pulse goes on through it."""
    page.goto(voila_server.lesson())
    page.wait_for_selector(".wb-card", timeout=PATIENCE_MS)
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    expect(page.locator(".wb-ended")).to_be_hidden()
