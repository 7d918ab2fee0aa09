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


def test_every_control_and_figure_has_a_name(voila_server: Server, page: Page) -> None:
    page.goto(voila_server.lesson())
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
    assert page.locator('[role="img"][aria-label*="histogram"]').count() == 1
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


def test_the_switch_says_the_whole_page_in_turkish(voila_server: Server, page: Page) -> None:
    page.goto(voila_server.lesson())
    expect(page.locator(".wb-ready")).to_contain_text("measured", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Türkçe").press("Enter")
    expect(page.locator("h1")).to_have_text("Kaydırıcıdan dürüst bir sayıya")
    expect(page.locator(".wb-ready")).to_contain_text("ölçüldü")
    expect(slider(page, "seyreklik")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "tr"
    source = page.locator(".wb-source").inner_text()
    text = page.locator("body").inner_text().replace(source, "")
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
