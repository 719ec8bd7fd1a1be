"""The notebooks stay thin: every rule of the house, line by line."""

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.For,
    ast.If,
    ast.While,
    ast.Try,
    ast.With,
    ast.Lambda,
    ast.BinOp,
    ast.ListComp,
    ast.DictComp,
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return cell.metadata.get("tags", [])


def test_notebooks_exist():
    names = {path.stem for path in NOTEBOOKS}
    assert {"enterprise_diagnostic", "park_annual_report"} <= names


def test_one_parameters_cell_of_literals(notebook):
    cells = [cell for cell in code_cells(notebook) if "parameters" in tags(cell)]
    assert len(cells) == 1
    for statement in ast.parse(cells[0].source).body:
        assert isinstance(statement, ast.Assign)
        ast.literal_eval(statement.value)


def test_imports_only_from_the_library(notebook):
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                pytest.fail(f"plain import in {cell.source!r}")
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] == "synergy_lib"


def test_cells_are_one_call(notebook):
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= 5 or "parameters" in tags(cell)
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, FORBIDDEN), cell.source


def test_stored_without_outputs_or_counts(notebook):
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert notebook.metadata.kernelspec.name == "python3"


def test_at_most_thirty_code_cells(notebook):
    assert len(code_cells(notebook)) <= 30


def test_markdown_stands_in_both_languages(notebook):
    markdown = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    chinese = [cell for cell in markdown if "lang-zh" in tags(cell)]
    english = [cell for cell in markdown if "lang-en" in tags(cell)]
    assert len(chinese) == len(english) > 0
    assert len(chinese) + len(english) == len(markdown)
    for zh, en in zip(chinese, english, strict=True):
        assert zh.source.count("#") == en.source.count("#")


def test_one_title_and_sections_below(notebook):
    for language in ("lang-zh", "lang-en"):
        heads = [
            cell.source.splitlines()[0].split(" ")[0]
            for cell in notebook.cells
            if cell.cell_type == "markdown" and language in tags(cell)
        ]
        assert heads[0] == "#"
        assert set(heads[1:]) == {"##"}
