"""Imports point one way: computation never knows the widgets, widgets never know torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "workbench"
HEAVY = {"torch", "torchvision", "onnx", "onnxruntime", "safetensors"}
PAGE = {"ipywidgets", "bqplot", "anywidget", "traitlets"}
VALUES = {"setting", "measurement", "statistics", "locale", "wording", "places"}

MAY_USE = {
    "locale": set(),
    "places": set(),
    "setting": {"locale"},
    "statistics": set(),
    "measurement": {"locale", "setting"},
    "wording": {"locale", "measurement", "setting"},
    "turns": set(),
    "scheduler": {"turns"},
    "checks": {"locale", "measurement", "setting", "statistics", "wording"},
    "card_game": {"locale"},
    "lessons_index": {"locale"},
    "claims": {"checks", "locale", "measurement", "statistics", "wording"},
    "as_code": {"locale", "setting"},
    "report": {*VALUES, "figures"},
    "core": {*VALUES, ""},
    "figures": {*VALUES, "search"},
    "search": {*VALUES, ""},
    "widgets": {
        *VALUES,
        "as_code",
        "card_game",
        "checks",
        "claims",
        "figures",
        "report",
        "scheduler",
        "search",
    },
    "serving": {*VALUES, "lessons_index"},
    "serve": {*VALUES, "serving"},
}
"""Which rooms each room may import; `lessons`, `commands`, `bench`, `__main__` see both halves."""


def room(path: Path) -> str:
    """The first name below the package: a folder or a file."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of every module that a file imports, at the top or inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


FILES = sorted(PACKAGE.rglob("*.py"))
ROOTS = {
    "lessons", "commands", "search_commands", "record_commands", "export_commands", "info", "bench",
    "__main__", "__init__",
}  # fmt: skip
BELOW = [path for path in FILES if room(path) not in ROOTS]


def test_every_room_is_known() -> None:
    assert {room(path) for path in FILES} == MAY_USE.keys() | ROOTS


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    here = room(path)
    ours = {name for name in imports(path) if name.split(".")[0] == "workbench"}
    rooms = {[*name.split("."), ""][1] for name in ours} - {here}
    assert rooms <= MAY_USE[here]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_torch_lives_in_core_and_widgets_in_widgets(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path)}
    # A bench holds its peers as others write them; as_code holds programs to be read, as text.
    if room(path) not in ("core", "bench", "as_code"):
        assert not outside & HEAVY
    if room(path) not in ("widgets", "lessons"):
        assert not outside & PAGE


@pytest.mark.parametrize(
    "module", ["workbench.widgets.panel", "workbench.lessons", "workbench.serve"]
)
def test_a_page_is_painted_before_torch_is_imported(module: str) -> None:
    code = f"import sys, {module}; print(sorted({HEAVY!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_torchvision_is_imported_only_where_it_is_used() -> None:
    code = "import sys, workbench.core.experiment; print('torchvision' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_every_callback_passes_the_one_guard() -> None:
    """Under Voila an exception in an unguarded callback shows nothing anywhere."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and node.func.attr in ("observe", "on_click", "on_msg", "on_submit"):
                assert path.relative_to(PACKAGE).as_posix() == "widgets/guard.py", path
