"""The pages in a browser: language, colours, width, network, and the kernels they leave behind."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsers import SERVE, Server, running
from workbench.serving.words import title_in, words_in

pytestmark = pytest.mark.browser

WIDGETS = """
import ipywidgets, bqplot
scale = bqplot.LinearScale()
axis = bqplot.Axis(scale=scale, label="size")
ipywidgets.VBox([
    ipywidgets.IntSlider(description="bits"),
    ipywidgets.Button(description="Run", icon="check"),
    bqplot.Figure(axes=[axis], title="plane"),
])
"""
MATHS = "# Small\n\n$$y = \\sqrt{x}$$"
BASE = "from workbench.serve import serve; serve(port=0, open_browser=False, base_url='/user/x/')"


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lessons that need no network: one of widgets, one that fails."""
    folder = tmp_path_factory.mktemp("notebooks")
    new = nbformat.v4
    widgets = [new.new_markdown_cell(MATHS), new.new_code_cell(WIDGETS)]
    nbformat.write(new.new_notebook(cells=widgets), folder / "small.ipynb")
    failing = [
        new.new_code_cell("raise ValueError('zanzibar')"),
        new.new_code_cell("print('after')"),
    ]
    nbformat.write(new.new_notebook(cells=failing), folder / "failing.ipynb")
    return folder


@pytest.fixture(scope="module")
def server(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these two."""
    home = tmp_path_factory.mktemp("home")
    with running(SERVE, home, WORKBENCH_NOTEBOOKS=str(notebooks)) as running_server:
        yield running_server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a narrow phone, in English."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US") as context:
        yield context.new_page()


def open_small(page: Page, server: Server, query: str = "lang=en") -> None:
    """Open the lesson of widgets and wait until its last widget is drawn."""
    page.goto(f"{server.address}voila/render/small.ipynb?{query}")
    expect(page.locator(".bqplot .axislabel")).to_be_visible()


def assert_only(kernels: list[psutil.Process], server: Server, left: int) -> None:
    """`kernels` end, and the server keeps `left` others."""
    _, alive = psutil.wait_procs(kernels, timeout=30)
    assert not alive
    assert len(server.kernels()) == left


def test_a_reload_leaves_no_kernel_behind(page: Page, server: Server) -> None:
    before = server.kernels()
    open_small(page, server)
    for _ in range(3):
        kernels = server.kernels()
        page.reload()
        expect(page.locator(".bqplot .axislabel")).to_be_visible()
        assert_only(kernels, server, left=1)
    page.goto("about:blank")
    assert_only([*before, *server.kernels()], server, left=0)


@pytest.mark.parametrize("seen", ["#loading", "#jupyter-config-data"])
def test_a_page_that_is_left_while_it_starts_leaves_no_kernel_behind(
    page: Page, server: Server, seen: str
) -> None:
    page.goto(f"{server.address}voila/render/small.ipynb", wait_until="commit")
    page.locator(seen).wait_for(state="attached")
    kernels = server.kernels()
    assert kernels
    page.goto("about:blank")
    assert_only(kernels, server, left=0)


@pytest.mark.parametrize("path", ["", "voila/render/small.ipynb", "nothing"])
def test_no_request_leaves_the_machine(page: Page, server: Server, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.address + path)
    page.wait_for_load_state("networkidle")
    if path.endswith(".ipynb"):
        expect(page.locator("mjx-container svg, mjx-container mjx-math").first).to_be_visible()
    assert asked
    assert not [url for url in asked if not url.startswith((server.address, "data:", "blob:"))]


@pytest.mark.parametrize("path", ["", "voila/render/small.ipynb"])
def test_a_phone_never_scrolls_sideways(page: Page, server: Server, path: str) -> None:
    page.goto(server.address + path)
    if path:
        expect(page.locator(".bqplot .axislabel")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_lesson_that_starts_says_so(page: Page, server: Server) -> None:
    page.goto(f"{server.address}voila/render/small.ipynb?lang=tr", wait_until="commit")
    expect(page.get_by_role("status")).to_have_text(words_in("tr")["starting"])
    expect(page.locator(".bqplot .axislabel")).to_be_visible()
    expect(page.get_by_role("status")).to_have_count(0)
    expect(page.get_by_role("main")).to_be_visible()


def test_the_language_goes_from_the_gallery_to_the_lesson_and_back(
    page: Page, voila_server: Server
) -> None:
    page.goto(voila_server.address)
    page.get_by_role("link", name="Türkçe").click()
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    page.get_by_role("link", name=title_in("tr", "00_start.ipynb")).click(no_wait_after=True)
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    expect(page).to_have_title(
        f"{title_in('tr', '00_start.ipynb')} · {words_in('tr')['workbench']}"
    )
    page.get_by_role("link", name=words_in("tr")["all_lessons"]).click()
    page.goto(voila_server.address)  # without ?lang: remembered
    expect(page.locator("html")).to_have_attribute("lang", "tr")


def test_the_page_follows_the_language_that_a_lesson_sets(page: Page, server: Server) -> None:
    open_small(page, server)
    page.evaluate("document.documentElement.lang = 'tr'")
    back = page.locator(".workbench-home")
    expect(back).to_have_text(words_in("tr")["all_lessons"])
    expect(back).to_have_attribute("href", f"{server.address}?lang=tr")
    assert page.url.endswith("?lang=tr")


def test_the_page_follows_the_colours_of_the_system(page: Page, server: Server) -> None:
    open_small(page, server)
    label = page.locator(".bqplot .mainheading")
    light = "rgb(27, 36, 48)"
    dark = "rgb(230, 234, 240)"
    expect(label).to_have_css("fill", light)
    page.emulate_media(color_scheme="dark")
    expect(label).to_have_css("fill", dark)
    expect(page.locator(".widget-label").first).to_have_css("color", dark)
    expect(page.locator("body")).to_have_css("background-color", "rgb(18, 22, 28)")


def test_a_cell_that_fails_gives_a_sentence_and_no_traceback(page: Page, server: Server) -> None:
    page.goto(f"{server.address}voila/render/failing.ipynb?lang=en")
    expect(page.get_by_role("alert")).to_have_text(words_in("en")["cell_failed"])
    assert "zanzibar" not in page.content()


def test_the_lessons_work_behind_the_address_of_a_hub(
    page: Page, notebooks: Path, tmp_path: Path
) -> None:
    with running(["-c", BASE], tmp_path, WORKBENCH_NOTEBOOKS=str(notebooks)) as hub:
        assert hub.address.endswith("/user/x/")
        open_small(page, hub)
        page.locator(".workbench-home").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words_in("en")["claim"])
