"""The pages in a browser: language, colours, width, network, and the kernels they leave behind."""

import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browsers import PATIENCE_MS, Server, clean_environment, serving, until
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
LATE = """
import ipywidgets
from comm import create_comm
from workbench.widgets.page import page
page()
for _number in range(25_000):  # more than the server reads within seconds, as from many lessons
    create_comm(target_name="nobody", data={"state": {"value": "x" * 5000}})
ipywidgets.HTML("<h1>late, and here</h1>")
"""
BASE = "from workbench.serve import serve; serve(port=0, open_browser=False, base_url='/user/x/')"


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lessons that need no network: one of widgets, one that fails."""
    folder = tmp_path_factory.mktemp("notebooks")
    new = nbformat.v4
    widgets = [new.new_markdown_cell(MATHS), new.new_code_cell(WIDGETS)]
    nbformat.write(new.new_notebook(cells=widgets), folder / "small.ipynb")
    late = [new.new_code_cell(LATE)]
    nbformat.write(new.new_notebook(cells=late), folder / "late.ipynb")
    failing = [
        new.new_code_cell("raise ValueError('zanzibar')"),
        new.new_code_cell("print('after')"),
    ]
    nbformat.write(new.new_notebook(cells=failing), folder / "failing.ipynb")
    return folder


@pytest.fixture(scope="module")
def environment(notebooks: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a server of these two knows."""
    home = tmp_path_factory.mktemp("home")
    return clean_environment(home, WORKBENCH_NOTEBOOKS=str(notebooks))


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[Server]:
    """A server of these two."""
    with serving("serve", "--no-browser", "--port", "0", environment=environment) as started:
        yield started


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a narrow phone, in English."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US") as context:
        page = context.new_page()
        yield page
        page.goto("about:blank")


def open_small(phone: Page, server: Server, query: str = "lang=en") -> None:
    """Open the lesson of widgets and wait until its last widget is drawn."""
    phone.goto(server.url(f"voila/render/small.ipynb?{query}"))
    expect(phone.locator(".bqplot .axislabel")).to_be_visible()


def kernels_become(server: Server, count: int) -> None:
    """Wait until the server keeps `count` kernels."""
    until(lambda: len(server.kernels()) == count, f"{count} kernels")


def test_a_reload_leaves_no_kernel_behind(phone: Page, server: Server) -> None:
    kernels_become(server, 0)
    open_small(phone, server)
    for _ in range(3):
        before = server.kernels()
        phone.reload()
        expect(phone.locator(".bqplot .axislabel")).to_be_visible()
        kernels_become(server, 1)
        assert not before & server.kernels()
    phone.goto("about:blank")
    kernels_become(server, 0)


def test_what_a_busy_machine_says_late_is_on_the_page_all_the_same(
    phone: Page, server: Server
) -> None:
    """Thirty lessons open at once: nbclient by itself waits for 4 seconds and leaves it out."""
    phone.goto(server.url("voila/render/late.ipynb"), wait_until="commit")
    expect(phone.locator("h1")).to_have_text("late, and here", timeout=PATIENCE_MS)


@pytest.mark.parametrize("seen", ["#loading", "#jupyter-config-data"])
def test_a_page_that_is_left_while_it_starts_leaves_no_kernel_behind(
    phone: Page, server: Server, seen: str
) -> None:
    phone.goto(server.url("voila/render/small.ipynb"), wait_until="commit")
    phone.locator(seen).wait_for(state="attached")
    assert server.kernels()
    phone.goto("about:blank")
    kernels_become(server, 0)


@pytest.mark.parametrize("path", ["", "voila/render/small.ipynb", "nothing"])
def test_no_request_leaves_the_machine(phone: Page, server: Server, path: str) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(server.address + path)
    phone.wait_for_load_state("networkidle")
    if path.endswith(".ipynb"):
        expect(phone.locator("mjx-container svg, mjx-container mjx-math").first).to_be_visible()
    assert asked
    assert not [url for url in asked if not url.startswith((server.address, "data:", "blob:"))]


@pytest.mark.parametrize("path", ["", "voila/render/small.ipynb"])
def test_a_phone_never_scrolls_sideways(phone: Page, server: Server, path: str) -> None:
    phone.goto(server.address + path)
    if path:
        expect(phone.locator(".bqplot .axislabel")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360


def test_a_lesson_that_starts_says_so(phone: Page, server: Server) -> None:
    held: list[Route] = []
    has_looked: list[bool] = []

    def hold(route: Route) -> None:
        """No script before we look: else the lesson may be ready by then."""
        if has_looked:
            route.continue_()
        else:
            held.append(route)

    phone.route("**/*.js", hold)
    phone.goto(server.url("voila/render/small.ipynb?lang=tr"), wait_until="commit")
    expect(phone.get_by_role("status")).to_have_text(words_in("tr")["starting"])
    has_looked.append(True)
    for route in held:
        route.continue_()
    expect(phone.locator(".bqplot .axislabel")).to_be_visible()
    expect(phone.get_by_role("status")).to_have_count(0)
    expect(phone.get_by_role("main")).to_be_visible()


def test_the_language_goes_from_the_gallery_to_the_lesson_and_back(
    phone: Page, voila_server: Server
) -> None:
    phone.goto(voila_server.address)
    phone.get_by_role("link", name="Türkçe").click()
    expect(phone.locator("html")).to_have_attribute("lang", "tr")
    phone.get_by_role("link", name=title_in("tr", "00_start.ipynb")).click(no_wait_after=True)
    expect(phone.locator("html")).to_have_attribute("lang", "tr")
    expect(phone).to_have_title(
        f"{title_in('tr', '00_start.ipynb')} · {words_in('tr')['workbench']}"
    )
    phone.get_by_role("link", name=words_in("tr")["all_lessons"]).click()
    phone.goto(voila_server.address)  # without ?lang: remembered
    expect(phone.locator("html")).to_have_attribute("lang", "tr")


def test_the_page_follows_the_language_that_a_lesson_sets(phone: Page, server: Server) -> None:
    open_small(phone, server)
    phone.evaluate("document.documentElement.lang = 'tr'")
    back = phone.locator(".workbench-home")
    expect(back).to_have_text(words_in("tr")["all_lessons"])
    expect(back).to_have_attribute("href", server.url("?lang=tr"))
    assert phone.url.endswith("?lang=tr")


def test_the_page_follows_the_colours_of_the_system(phone: Page, server: Server) -> None:
    open_small(phone, server)
    label = phone.locator(".bqplot .mainheading")
    light = "rgb(27, 36, 48)"
    dark = "rgb(230, 234, 240)"
    expect(label).to_have_css("fill", light)
    phone.emulate_media(color_scheme="dark")
    expect(label).to_have_css("fill", dark)
    expect(phone.locator(".widget-label").first).to_have_css("color", dark)
    expect(phone.locator("body")).to_have_css("background-color", "rgb(18, 22, 28)")


def test_a_cell_that_fails_gives_a_sentence_and_no_traceback(phone: Page, server: Server) -> None:
    phone.goto(server.url("voila/render/failing.ipynb?lang=en"))
    expect(phone.get_by_role("alert")).to_have_text(words_in("en")["cell_failed"])
    assert "zanzibar" not in phone.content()


def test_the_lessons_work_behind_the_address_of_a_hub(
    phone: Page, notebooks: Path, environment: dict[str, str]
) -> None:
    call = [sys.executable, "-c", BASE]
    with Popen(call, env=environment, stdout=PIPE, encoding="utf-8") as process:
        hub = Server(process, notebooks)
        try:
            assert process.stdout
            hub.address = process.stdout.readline().split()[-1]
            assert hub.address.endswith("/user/x/")
            open_small(phone, hub)
            phone.locator(".workbench-home").click()
            expect(phone.get_by_role("heading", level=1)).to_have_text(words_in("en")["claim"])
        finally:
            hub.stop()
