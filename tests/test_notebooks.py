"""Notebooks tell, the package does: short cells, no outputs, and each runs from top to end."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from workbench.places import notebooks_folder

NOTEBOOKS = sorted(notebooks_folder().glob("*.ipynb"))
CELL_LINES = 8


def test_there_are_lessons() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_code_cells_are_short_and_clean(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        assert not cell.outputs
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= CELL_LINES, cell.source
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.Global)
            assert not isinstance(node, ast.FunctionDef) or len(node.body) <= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_keeps_no_widget_state(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_goes_through_the_catalogue(path: Path) -> None:
    """A markdown cell would stand on the page in one language only."""
    kinds = {cell.cell_type for cell in nbformat.read(path, as_version=4).cells}
    assert kinds == {"code"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_end(path: Path, cache: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    shown = [
        output.data
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert len(shown) == len(notebook.cells)
    assert all("application/vnd.jupyter.widget-view+json" in data for data in shown)
