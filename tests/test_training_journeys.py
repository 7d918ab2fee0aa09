"""What a learner does in lessons 2 to 4, in a real browser, through Voila."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import Server
from tests.test_journeys import PATIENCE_MS, ready, slider

LEARNING, KERNELS, SEARCH = "02_learning.ipynb", "03_kernels.ipynb", "04_search.ipynb"
LESSONS = (LEARNING, KERNELS, SEARCH)
OURS = re.compile(r"\b(accuracy|measured|weights?|Stop|training|loss|trials?|kernel|batch)\b")
NAMELESS = """() => [...document.querySelectorAll(
  'button, select, input, textarea, [role=slider], svg.svg-figure, img, [tabindex="0"]')]
  .filter(e => e.offsetParent !== null || e.tagName === 'svg')
  .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.alt
                 || e.title || e.closest('[aria-label]') || e.labels?.length))
  .map(e => e.outerHTML.slice(0, 160))"""

CUT_OR_PARTED = """() => [...document.querySelectorAll('.wb-step')].filter(step => {
  const figure = step.querySelector('figure'), place = figure.getBoundingClientRect();
  const sign = step.querySelector('b').getBoundingClientRect();
  return figure.scrollWidth > figure.clientWidth + 1 || sign.bottom > place.bottom + 1;
}).map(step => step.innerText)"""
"""Matrices of the window that do not fit the page, or whose sign is not beside them."""


@pytest.fixture
def lesson(page: Page) -> Page:
    """A page that notes what its scripts complain of."""
    page.set_default_timeout(PATIENCE_MS)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.press("Enter")


def finished(page: Page) -> None:
    expect(page.locator(".wb-ready, .wb-problem").first).to_contain_text(
        re.compile("finished after|diverged after update"), timeout=PATIENCE_MS
    )


def test_a_network_is_played_held_stepped_and_its_curves_are_kept(
    voila_server: Server, lesson: Page
) -> None:
    lesson.goto(voila_server.lesson(file=LEARNING))
    finished(lesson)
    expect(lesson.get_by_text("the same training, recorded").first).to_be_visible()
    press(lesson, "One update")
    status = lesson.locator(".wb-status")
    expect(status).to_contain_text("held after update 1 of 400")
    press(lesson, "One update")
    expect(status).to_contain_text("held after update 2 of 400")
    press(lesson, "One epoch")
    expect(status).to_contain_text("held after update 40 of 400")
    card = lesson.locator('.wb-card[data-name="validation_accuracy"]')
    expect(card.locator(".wb-tag")).to_contain_text("measured")
    press(lesson, "Play")
    finished(lesson)
    press(lesson, "Keep this run")
    slider(lesson, "batch size").press("ArrowRight")
    expect(lesson.get_by_text("batch size 32: ")).to_be_visible()
    expect(lesson.get_by_text("batch size 64: ")).to_be_visible()
    press(lesson, "Clear kept runs")
    expect(lesson.get_by_text("batch size 32: ")).to_have_count(0)


def test_too_small_good_and_too_large_stand_in_one_picture(
    voila_server: Server, lesson: Page
) -> None:
    lesson.goto(voila_server.lesson(file=LEARNING))
    finished(lesson)
    press(lesson, "Too small, good, too large")
    expect(lesson.locator(".wb-problem")).to_contain_text("diverged after update")
    for words in ("learning rate 0.001: ", "learning rate 0.1: ", "learning rate 10.0: diverged"):
        expect(lesson.get_by_text(words)).to_be_visible()
    assert "Traceback" not in lesson.locator("body").inner_text()


def test_a_rescue_is_judged_by_trainings_from_hidden_seeds(
    voila_server: Server, lesson: Page
) -> None:
    lesson.goto(voila_server.lesson(file=LEARNING))
    finished(lesson)
    press(lesson, "Load the broken training")
    expect(lesson.locator(".wb-status")).to_contain_text("learning rate 1.0")
    check = lesson.get_by_role("button", name="Check my controls").nth(1)
    check.press("Enter")
    expect(lesson.get_by_text("✗ controls that differ from the broken training: 0")).to_be_visible()
    for _press in range(2):
        slider(lesson, "learning rate").press("ArrowLeft")
    expect(lesson.locator(".wb-status")).to_contain_text("learning rate 0.1,")
    check.press("Enter")
    expect(lesson.get_by_text("✓ controls that differ from the broken training: 1")).to_be_visible()
    expect(lesson.get_by_text("Solved.")).to_be_visible()


def test_cards_are_sorted_to_the_end_and_the_schedules_are_drawn(
    voila_server: Server, lesson: Page
) -> None:
    lesson.goto(voila_server.lesson(file=LEARNING))
    finished(lesson)
    for _card in range(13):
        press(lesson, "chosen by you")
    expect(
        lesson.get_by_text("A schedule changes a hyperparameter during training.")
    ).to_be_visible()
    press(lesson, "Start again")
    expect(lesson.get_by_text("Card 1 of 13")).to_be_visible()


def test_the_strategy_chosen_is_the_one_that_the_page_explains_and_programs(
    voila_server: Server, lesson: Page
) -> None:
    lesson.goto(voila_server.lesson(file=SEARCH))
    status = lesson.locator(".wb-status")
    expect(status).to_contain_text("✓ searched: TPE", timeout=PATIENCE_MS)
    press(lesson, "As code")
    code = lesson.locator(".wb-source", has_text="def main")
    expect(code).to_contain_text("TPESampler(seed=1)")
    lesson.get_by_label("strategy: how the next trial is chosen").first.select_option("random")
    expect(status).to_contain_text("✓ searched: random", timeout=PATIENCE_MS)
    expect(code).to_contain_text("RandomSampler(seed=1)")
    expect(lesson.get_by_text("random does not guess by densities")).to_be_visible()


@pytest.mark.parametrize("name", LESSONS)
def test_everything_in_the_new_lessons_has_a_name_and_nothing_fails_in_the_browser(
    voila_server: Server, lesson: Page, name: str
) -> None:
    complaints: list[str] = []
    lesson.on("pageerror", lambda error: complaints.append(str(error)))
    lesson.on(
        "console", lambda said: complaints.append(said.text) if said.type == "error" else None
    )
    lesson.goto(voila_server.lesson(file=name))
    expect(lesson.locator(".wb-ready").first).to_be_visible(timeout=PATIENCE_MS)
    lesson.get_by_role("button", name="More controls").first.press("Enter")
    assert lesson.evaluate(NAMELESS) == []
    assert complaints == []
    assert lesson.locator('[role="status"]').count() >= 1


@pytest.mark.parametrize("name", LESSONS)
def test_the_new_lessons_are_turkish_after_one_press(
    voila_server: Server, lesson: Page, name: str
) -> None:
    lesson.goto(voila_server.lesson(file=name))
    expect(lesson.locator(".wb-ready").first).to_be_visible(timeout=PATIENCE_MS)
    before = lesson.locator("h1").inner_text()
    lesson.get_by_role("button", name="Türkçe").press("Enter")
    expect(lesson.locator("h1")).not_to_have_text(before)
    expect(lesson.get_by_text("One way to see it")).to_have_count(0)
    assert lesson.evaluate("document.documentElement.lang") == "tr"
    text = lesson.locator("body").inner_text()
    for source in lesson.locator(".wb-source, code").all_inner_texts():
        text = text.replace(source, "")
    text = re.sub(r"\([^()]*\)", "", text)  # where the English term stands beside the Turkish
    assert OURS.findall(text) == []


def test_lesson_3_keeps_its_matrices_whole_in_a_narrow_window(
    voila_server: Server, lesson: Page
) -> None:
    lesson.set_viewport_size({"width": 390, "height": 800})
    lesson.goto(voila_server.lesson(file=KERNELS))
    expect(lesson.locator(".wb-ready").first).to_be_visible(timeout=PATIENCE_MS)
    for _press in range(2):
        slider(lesson, "kernel size").first.press("ArrowRight")
    expect(lesson.locator(".wb-ready").first).to_contain_text("sees the whole picture")
    assert lesson.locator(".wb-step td").count() == 3 * 7 * 7
    assert lesson.evaluate(CUT_OR_PARTED) == []
    assert lesson.evaluate("document.documentElement.scrollWidth") <= 390


def test_lesson_2_works_in_a_narrow_window(voila_server: Server, lesson: Page) -> None:
    lesson.set_viewport_size({"width": 390, "height": 800})
    lesson.goto(voila_server.lesson(file=LEARNING))
    finished(lesson)
    assert lesson.evaluate("document.documentElement.scrollWidth") <= 390
    ready(lesson, "finished after")
