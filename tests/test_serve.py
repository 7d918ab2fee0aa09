"""The servers: what they are told, what they say, and what they leave behind."""

import html
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from socket import create_server
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from nbclient import NotebookClient
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration

from tests.browsers import Server, serving
from workbench.lessons_index import LESSONS
from workbench.locale import LANGUAGES
from workbench.places import notebooks_folder
from workbench.serve import VOILA_PORT, language_of_query, voila_settings
from workbench.serving.environment import WRITTEN_AT_HOME, PortTakenError, free_port
from workbench.serving.words import lessons_in, words_in

CLASSES = {
    "Voila": Voila,
    "VoilaConfiguration": VoilaConfiguration,
    "NotebookClient": NotebookClient,
    "KernelManager": KernelManager,
    "MappingKernelManager": AsyncMappingKernelManager,
}


def read(address: str) -> str:
    """The text of a page, its entities resolved."""
    with urlopen(address) as answer:
        return html.unescape(answer.read().decode())


@pytest.mark.parametrize("section", json.loads(voila_settings().read_text()))
def test_voila_knows_every_option_of_voila_json(section: str) -> None:
    settings = json.loads(voila_settings().read_text())
    known = CLASSES[section].class_traits(config=True)
    assert settings[section].keys() <= known.keys()
    if section != "Voila":
        asked = {"nb": nbformat.v4.new_notebook()} if section == "NotebookClient" else {}
        made = CLASSES[section](config=Config(settings), **asked)
        assert {name: getattr(made, name) for name in settings[section]} == settings[section]


def test_every_notebook_is_a_lesson_and_every_lesson_a_notebook() -> None:
    assert [lesson.file for lesson in LESSONS] == sorted(
        path.name for path in notebooks_folder().glob("*.ipynb")
    )


def test_the_gallery_shows_every_lesson_in_every_language(voila_server: Server) -> None:
    for code in LANGUAGES:
        page = read(f"{voila_server.address}?lang={code}")
        assert f'<html lang="{code}">' in page
        assert words_in(code)["claim"] in page
        for lesson in lessons_in(code):
            assert str(lesson["title"]) in page
            assert str(lesson["goal"]) in page
            assert f'/voila/render/{lesson["file"]}?lang={code}"' in page


@pytest.mark.parametrize("path", ["nothing", "voila/render/nothing.ipynb", "static/nothing"])
def test_an_address_that_does_not_exist_is_told_in_plain_words(
    voila_server: Server, path: str
) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{voila_server.address}{path}?lang=tr")
    assert refused.value.code == 404
    assert words_in("tr")["missing_title"] in html.unescape(refused.value.read().decode())


def test_the_folder_behind_the_lessons_is_not_listed(voila_server: Server) -> None:
    assert words_in("en")["claim"] in read(f"{voila_server.address}voila/tree/?lang=en")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"QUERY_STRING": "lang=tr"}, "tr"),
        ({"QUERY_STRING": "x=1&lang=en", "HTTP_ACCEPT_LANGUAGE": "tr"}, "en"),
        ({"QUERY_STRING": "lang=xx", "HTTP_ACCEPT_LANGUAGE": "de-DE,tr;q=0.8,en;q=0.5"}, "tr"),
        ({"HTTP_ACCEPT_LANGUAGE": "tr-TR"}, "tr"),
        ({}, "en"),
    ],
)
def test_the_kernel_knows_the_language_of_its_page(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language_of_query(environment) == language


def test_the_language_that_the_teacher_set_goes_before_the_browsers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "tr")
    assert language_of_query({"HTTP_ACCEPT_LANGUAGE": "en-US"}) == "tr"
    assert language_of_query({"QUERY_STRING": "lang=en"}) == "en"


def test_without_a_wish_the_next_free_port_is_taken() -> None:
    with create_server(("127.0.0.1", free_port("127.0.0.1", None, VOILA_PORT))) as other:
        taken = other.getsockname()[1]
        assert free_port("127.0.0.1", None, taken) > taken
        with pytest.raises(PortTakenError, match=str(taken)):
            free_port("127.0.0.1", taken, VOILA_PORT)


@pytest.mark.parametrize("command", ["serve", "lab"])
def test_a_port_that_is_taken_gives_one_sentence(command: str) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        call = [sys.executable, "-m", "workbench", command, "--no-browser", "--port", port]
        refused = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    assert refused.returncode == 2
    assert port in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def homeless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one small lesson, whose home cannot be made: it would lie below a file."""
    folder = tmp_path_factory.mktemp("homeless")
    (folder / "file").touch()
    code = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['QUERY_STRING'])"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    nbformat.write(notebook, folder / "small.ipynb")
    home = str(folder / "file" / "home")
    environment = {name: os.environ[name] for name in os.environ.keys() - set(WRITTEN_AT_HOME)}
    environment |= {"HOME": home, "USERPROFILE": home, "WORKBENCH_NOTEBOOKS": str(folder)}
    with serving("serve", "--no-browser", "--port", "0", environment=environment) as server:
        yield server


def test_a_lesson_opens_where_the_home_cannot_be_written(homeless: Server) -> None:
    page = read(f"{homeless.address}voila/render/small.ipynb?lang=tr")
    assert "1 lang=tr" in page
    assert '<html lang="tr">' in page


def test_nobody_chooses_another_template(homeless: Server) -> None:
    page = read(f"{homeless.address}voila/render/small.ipynb?template=classic&theme=dark")
    assert "workbench-header" in page


def test_jupyterlab_runs_the_callbacks_of_widgets_on_the_main_thread(lab_server: Server) -> None:
    address = urlsplit(lab_server.address)
    name = "@jupyterlab/apputils-extension:kernels-settings"
    answer = read(f"http://{address.netloc}/lab/api/settings/{name}?{address.query}")
    properties = json.loads(answer)["schema"]["properties"]
    assert properties["commsOverSubshells"]["default"] == "disabled"
