"""start.py without a network: what it skips, what it starts, and how it says what failed."""

import ast
import json
import os
import re
import string
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from workbench.locale import LANGUAGES, preferred_language

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "start.py"

# What stands in for pip, workbench and pytest in a .venv: it notes its call and does as it is told.
STAND_IN = """
import json, os, sys
from pathlib import Path
with Path("calls.txt").open("a", encoding="utf-8") as calls:
    calls.write(json.dumps([__spec__.parent, *sys.argv[1:]]) + "\\n")
says = json.loads(os.environ.get("STAND_IN", "{}")).get(__spec__.parent, {})
print(says.get("error", ""), file=sys.stderr)
sys.exit(says.get("code", 0))
"""
PIP = "pip"
HOLDS = {"": {""}, "test": {"", "test"}, "dev": {"", "test", "dev"}}
WORDS = {
    "disk": "ERROR: Could not install packages: [Errno 28] No space left on device",
    "network": "WARNING: connection broken by 'NewConnectionError(...)'\nERROR: none",
    "folder": "ERROR: Could not install packages: [Errno 13] Permission denied: '/a'",
}


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """start.py as a module that lives in an empty folder, and speaks English."""
    (tmp_path / "start.py").write_bytes(SOURCE.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    spec = spec_from_file_location("start_under_test", tmp_path / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("WORKBENCH_LANGUAGE", "en")
    return module


@pytest.fixture
def stocked(start: ModuleType) -> ModuleType:
    """The same beside a real .venv, in which pip, workbench and pytest are stand-ins."""
    venv.create(start.VENV, symlinks=os.name == "posix")
    base = {"base": str(start.VENV), "platbase": str(start.VENV)}
    packages = Path(sysconfig.get_path("purelib", scheme="venv", vars=base))
    for name in (PIP, "workbench", "pytest"):
        (packages / name).mkdir()
        (packages / name / "__init__.py").write_text("", encoding="utf-8")
        (packages / name / "__main__.py").write_text(STAND_IN, encoding="utf-8")
    return start


def run(start: ModuleType, *words: str, **says: object) -> subprocess.CompletedProcess[str]:
    """`python start.py WORDS`, where the stand-ins do what `says` has under their names."""
    return subprocess.run(
        [sys.executable, "start.py", *words],
        cwd=start.ROOT,
        env={**os.environ, "STAND_IN": json.dumps(says), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def calls(start: ModuleType) -> list[list[str]]:
    """The calls of the stand-ins so far: name and arguments."""
    path = start.ROOT / "calls.txt"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pretend_installed(start: ModuleType, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .venv that works and a stamp which says that `extra` was installed."""
    start.VENV.mkdir(exist_ok=True)
    start.STAMP.write_text(start.stamp(extra), encoding="utf-8")
    monkeypatch.setattr(start, "venv_works", lambda: True)


def interrupted(*_command: object) -> None:
    """A step at which somebody presses Ctrl-C."""
    raise KeyboardInterrupt


# What is installed already


@pytest.mark.parametrize("installed", HOLDS)
@pytest.mark.parametrize("asked", HOLDS)
def test_a_superset_satisfies_a_subset(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, installed: str, asked: str
) -> None:
    pretend_installed(start, installed, monkeypatch)
    assert start.is_installed(asked) == (asked in HOLDS[installed])


@pytest.mark.parametrize(
    "change",
    [
        lambda start, _patch: start.STAMP.unlink(),
        lambda start, _patch: start.STAMP.write_text("half of it", encoding="utf-8"),
        lambda start, _patch: (start.ROOT / "pyproject.toml").write_text("[project]\n"),
        lambda start, patch: patch.setattr(start, "ROOT", _moved(start.ROOT)),
        lambda start, patch: patch.setattr(start, "venv_works", lambda: False),
    ],
    ids=["no stamp", "broken stamp", "other pyproject", "folder moved", "broken venv"],
)
def test_a_change_asks_for_a_new_installation(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, change: Callable[..., object]
) -> None:
    pretend_installed(start, "dev", monkeypatch)
    assert start.is_installed("dev")
    change(start, monkeypatch)
    assert not start.is_installed("")


def _moved(root: Path) -> Path:
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyproject.toml").write_bytes((root / "pyproject.toml").read_bytes())
    return elsewhere


@pytest.mark.parametrize("earlier", [None, ""])
def test_an_interrupted_installation_leaves_no_stamp(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, earlier: str | None
) -> None:
    monkeypatch.setattr(start, "make_venv", lambda: None)
    if earlier is not None:
        pretend_installed(start, earlier, monkeypatch)
    monkeypatch.setattr(start, "attempt", interrupted)
    with pytest.raises(SystemExit, match=re.escape(start.sentence("stopped"))):
        start.main(["test"])
    assert not start.STAMP.exists()


def test_the_second_start_installs_nothing(stocked: ModuleType) -> None:
    first, second = run(stocked, "serve", "--port", "9"), run(stocked)
    assert (first.returncode, second.returncode) == (0, 0)
    assert [call[0] for call in calls(stocked)] == [PIP, "workbench", "workbench"]
    assert calls(stocked)[1:] == [["workbench", "serve", "--port", "9"], ["workbench", "serve"]]
    assert "Installing" in first.stderr
    assert not second.stderr.strip()


# What it starts


def test_the_tests_run_in_the_venv_with_their_extra(stocked: ModuleType) -> None:
    assert run(stocked, "test", "-k", "pruning").returncode == 0
    installation, tests = calls(stocked)
    assert installation == [PIP, "install", "--no-input", "--editable", ".[test]"]
    assert tests == ["pytest", "-k", "pruning"]


@pytest.mark.parametrize("code", [1, 5])
def test_the_exit_code_of_the_tests_is_passed_on(stocked: ModuleType, code: int) -> None:
    assert run(stocked, "test", pytest={"code": code}).returncode == code


def test_install_only_prepares_everything(stocked: ModuleType) -> None:
    assert run(stocked, "install").returncode == 0
    assert [call[-1] for call in calls(stocked)] == [".[dev]"]
    run(stocked, "test")
    run(stocked, "lab")
    assert calls(stocked)[1:] == [["pytest"], ["workbench", "lab"]]


def test_a_venv_that_works_is_kept(stocked: ModuleType) -> None:
    (stocked.VENV / "mine.txt").write_text("a CPU build of torch", encoding="utf-8")
    assert run(stocked).returncode == 0
    assert (stocked.VENV / "mine.txt").exists()


# What fails


@pytest.mark.parametrize("key", WORDS)
def test_a_failing_pip_gives_one_sentence(stocked: ModuleType, key: str) -> None:
    failed = run(stocked, pip={"code": 1, "error": WORDS[key]})
    told = failed.stderr.splitlines()
    assert failed.returncode == 1
    assert told == [
        stocked.sentence("installing"),
        stocked.sentence(key, folder=stocked.ROOT.resolve()),
    ]
    assert not stocked.STAMP.exists()
    assert [call[0] for call in calls(stocked)] == [PIP]


def test_an_unforeseen_failure_is_quoted_and_kept(stocked: ModuleType) -> None:
    said = "some noise\nERROR: the wheel is square\n\n[notice] a new pip"
    failed = run(stocked, pip={"code": 2, "error": said})
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 2
    assert "“the wheel is square”" in failed.stderr
    assert said in stocked.LOG.read_text(encoding="utf-8")
    assert not stocked.STAMP.exists()


def test_after_a_failure_the_next_run_installs(stocked: ModuleType) -> None:
    assert run(stocked, pip={"code": 1}).returncode == 1
    assert run(stocked).returncode == 0
    assert [call[0] for call in calls(stocked)] == [PIP, PIP, "workbench"]


def test_an_unknown_word_is_told_with_the_known_ones(start: ModuleType) -> None:
    with pytest.raises(SystemExit) as refusal:
        start.main(["dance"])
    assert all(word in str(refusal.value) for word in ("dance", *start.COMMANDS))
    assert not start.VENV.exists()


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 14)])
def test_a_too_old_python_is_told(start: ModuleType, version: tuple[int, ...]) -> None:
    with pytest.raises(SystemExit, match=r"\.".join(map(str, version))):
        start.refuse_old_python(version)
    start.refuse_old_python((3, 11, 0))


def test_a_python_without_ensurepip_is_told(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="ensurepip"):
        start.main(["serve"])
    assert not start.VENV.exists()


def test_a_venv_that_cannot_be_mended_is_told_and_not_deleted(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    start.VENV.mkdir()
    (start.VENV / "mine.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(start, "attempt", lambda *command: None)
    with pytest.raises(SystemExit, match=re.escape(start.sentence("broken", folder=start.VENV))):
        start.main(["serve"])
    assert (start.VENV / "mine.txt").exists()


# What it says


def test_every_sentence_is_there_in_every_language(start: ModuleType) -> None:
    assert set(start.LANGUAGES) == set(LANGUAGES)
    for key, texts in start.SENTENCES.items():
        assert len(set(texts)) == len(start.LANGUAGES), key
        assert len({frozenset(_placeholders(text)) for text in texts}) == 1, key
        assert all("\n" not in text for text in texts), key


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}


def test_every_sentence_that_is_used_is_there_and_the_other_way_round(start: ModuleType) -> None:
    used = set(re.findall(r'sentence\(\s*"(\w+)"', SOURCE.read_text(encoding="utf-8")))
    assert used | set(start.CLUES) == set(start.SENTENCES)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LANG": "tr_TR.UTF-8"},
        {"LANG": "de_DE.UTF-8"},
        {"LANG": "tr_TR.UTF-8", "LC_ALL": "C"},
        {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "tr_TR"},
        {"LANG": "tr_TR.UTF-8", "WORKBENCH_LANGUAGE": "en"},
        {"LANG": "en_US.UTF-8", "WORKBENCH_LANGUAGE": "TR"},
    ],
)
def test_it_speaks_the_language_that_the_package_would(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name in ("WORKBENCH_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert start.language() == preferred_language()


# What it is


def test_it_needs_only_the_standard_library_and_an_old_python_can_read_it() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {name.split(".")[0] for node in ast.walk(tree) for name in _imported_names(node)}
    assert imported <= sys.stdlib_module_names


def _imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_it_asks_for_what_pyproject_has(start: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert set(start.EXTRAS) - {""} == set(project["optional-dependencies"])
    assert f"{project['name']}[test]" in project["optional-dependencies"]["dev"]
