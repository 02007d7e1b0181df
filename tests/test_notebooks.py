"""The notebooks: no outputs, no logic, for people; they run top to bottom and cell by cell again."""

import ast
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from decision_kit import Decision, files

NOTEBOOKS = sorted(files.shipped("notebooks").glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"
"""What JupyterLab, Notebook 7, VS Code and Voila all show."""
START = re.compile('data-commandlinker-command="([^"]*)"')
LOGIC = (
    ast.If,
    ast.For,
    ast.While,
    ast.FunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.Try,
    ast.With,
    ast.BinOp,
    ast.comprehension,
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_is_a_notebook():
    assert [path.stem for path in NOTEBOOKS] == [
        "1_decide", "2_what_if", "3_case_studies", "4_boundaries", "5_portfolio"
    ]  # fmt: skip


def test_nothing_of_a_run_is_kept(notebook: nbformat.NotebookNode):
    nbformat.validate(notebook)
    for cell in code(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


def test_cells_are_thin_and_hold_no_logic(notebook: nbformat.NotebookNode):
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= 15
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, LOGIC)]


def test_hidden_sources_begin_with_a_comment_for_people_and_no_key_can_destroy_a_cell(notebook: nbformat.NotebookNode):
    for cell in code(notebook):
        assert cell.metadata["jupyter"]["source_hidden"]
        assert cell.source.startswith("# ")
    for cell in notebook.cells:
        assert cell.metadata["editable"] is False
        assert cell.metadata["deletable"] is False


def test_every_part_has_a_heading_of_its_own_for_the_table_of_contents(notebook: nbformat.NotebookNode):
    for before, cell in itertools.pairwise(notebook.cells):
        if cell.cell_type == "code":
            assert before.cell_type == "markdown"
            assert before.source.startswith("## ")
    assert notebook.cells[0].source.startswith("# ")


def test_nothing_of_jupyterlab_alone_is_needed(notebook: nbformat.NotebookNode):
    intro = notebook.cells[0].source
    assert START.findall(intro) == ["notebook:run-all-cells"]
    assert "or choose *Run > Run All Cells*" in intro
    for cell in notebook.cells[1:]:
        assert "commandlinker" not in cell.source
    for cell in code(notebook):
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE)


def test_it_runs_top_to_bottom_writes_nothing_and_run_again_shows_the_same_controls(
    notebook: nbformat.NotebookNode, tmp_path: Path
):
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    shown = []
    with client.setup_kernel():
        for _ in range(2):
            there = sorted(tmp_path.rglob("*"))
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            assert sorted(tmp_path.rglob("*")) == there
            for cell in code(notebook):
                assert [set(output["data"]) for output in cell.outputs] == [{WIDGET, "text/plain"}]
            shown.append([cell.outputs[-1]["data"][WIDGET]["model_id"] for cell in code(notebook)])
            Decision("Kept").save(tmp_path / "decisions" / "kept.decision.json")
    assert shown[0] == shown[1]
    assert len(set(shown[0])) == len(shown[0])


def test_a_folder_of_knowledge_that_is_broken_is_told_in_one_sentence_and_once_mended_start_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[[str, str, str], Path]
):
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    monkeypatch.setenv("DECISION_KIT_KNOWLEDGE", str(broken("weights.csv", "\n4,8,", "\n5,8,")))
    client = NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}})
    first = next(index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    with client.setup_kernel():
        (told,) = client.execute_cell(notebook.cells[first], first).outputs
        broken("weights.csv", "\n4,8,", "\n4,8,")
        (shown,) = client.execute_cell(notebook.cells[first], first).outputs
    file = tmp_path / "broken" / "weights.csv"
    assert "\n".join(told["traceback"]) == (
        f"{file}, row 6, column level: '5' is not allowed; allowed is a whole number from "
        "0 to 4. Mend the folder that --knowledge names and start again, or start without it; your decisions stay."
    )
    assert WIDGET in shown["data"]
