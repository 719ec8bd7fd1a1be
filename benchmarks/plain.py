"""Draw and typeset reports in one plain Python process: the least they can cost."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, Sample, clock, new_processes, since

__all__ = ["plain_drawing"]

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks/enterprise_diagnostic.ipynb"
SVG = "image/svg+xml"


def plain_drawing(sample: Sample) -> Measured:
    """Measure drawing and typesetting alone, in one plain Python process.

    The notebook's code cells are executed without Jupyter, and HTML and PDF are made
    from the notebooks that the run left; the start is what the first report costs
    more than the next ones, imports included.
    """
    with new_processes(1) as pool:
        return pool.submit(_draw_sample, sample).result()


def _draw_sample(sample: Sample) -> Measured:
    """Draw one report to get ready, then all of them."""
    cells = _code_cells()
    reports = list(zip(sample.slices(), sample.notebooks(), strict=True))
    begun = time.perf_counter()
    _draw_and_typeset(cells, *reports[0])
    started = clock()
    for slice_path, notebook in reports:
        _draw_and_typeset(cells, slice_path, notebook)
    wall, cpu = since(started)
    return Measured(
        len(reports),
        wall,
        cpu,
        started[0] - begun - wall / len(reports),
        started[1] - cpu / len(reports),
    )


def _draw_and_typeset(cells: list[ast.Module], slice_path: Path, path: Path) -> None:
    """Produce a report's outputs, and its HTML and PDF from the executed notebook."""
    from synergy_lib.reporting.export import render_html, render_pdf

    drawn = sum(SVG in data for data in _outputs(cells, slice_path))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    stored = [o for c in notebook["cells"] for o in c.get("outputs", ())]
    if drawn != sum(SVG in output.get("data", ()) for output in stored):
        raise RuntimeError(f"{path}: {drawn} figures drawn, the notebook has others")
    if not render_html(notebook) or not render_pdf(notebook):
        raise RuntimeError(f"{path}: nothing typeset")


def _code_cells() -> list[ast.Module]:
    """Return the notebook's code cells but for the one of parameters."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [
        ast.parse("".join(cell["source"]))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "parameters" not in cell["metadata"].get("tags", ())
    ]


def _outputs(cells: list[ast.Module], slice_path: Path) -> Iterator[dict[str, Any]]:
    """Execute cells and yield what a notebook would show below each."""
    names: dict[str, Any] = {"slice_path": str(slice_path)}
    for cell in cells:
        *statements, last = cell.body
        if not isinstance(last, ast.Expr):
            statements.append(last)
        exec(compile(ast.Module(statements, []), "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            if shown is not None:
                yield shown._repr_mimebundle_()
