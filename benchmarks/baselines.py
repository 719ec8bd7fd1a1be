"""Make reports as a user would without ``synergy run``, and measure it.

Three yardsticks for the same sample of reports: the command lines of papermill and
nbconvert, one after another; the best script a user would write with their Python
interfaces; and drawing and typesetting alone, in one plain Python process. They start
from the slices and executed notebooks that a ``synergy run`` left:
``python -m benchmarks.baselines reports/demo_park/2024 0001 0002``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from benchmarks.measured import Measured, Sample, clock, new_processes, since
from benchmarks.plain import plain_drawing
from benchmarks.webpdf import NotMeasuredError, webpdf_environment

__all__ = ["command_lines", "own_script"]

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks/enterprise_diagnostic.ipynb"
PROCESSES = 2


def command_lines(sample: Sample) -> Measured:
    """Measure the command lines of papermill and nbconvert, one after another.

    Raises
    ------
    NotMeasuredError
        If nbconvert cannot print PDF here.
    """
    scripts = Path(sys.executable).parent
    convert = [scripts / "jupyter", "nbconvert", "--log-level", "ERROR", "--to"]
    with _working_folder() as (folder, environment):
        run = partial(
            subprocess.run, check=True, cwd=folder, env=environment, capture_output=True
        )
        started = clock()
        for path in sample.slices():
            out = f"{path.stem}.ipynb"
            run([scripts / "papermill", NOTEBOOK, out, "-r", "slice_path", path])
            run([*convert, "html", out])
            run([*convert, "webpdf", "--disable-chromium-sandbox", out])
        wall, cpu = since(started)
        _check_made(folder, sample)
    return Measured(len(sample.enterprise_ids), wall, cpu)


def own_script(sample: Sample) -> Measured:
    """Measure a user's own script: two processes, imports and exporters paid once.

    Raises
    ------
    NotMeasuredError
        If nbconvert cannot print PDF here.
    """
    with _working_folder() as (folder, environment):
        started = clock()
        prepare = partial(_prepare_own_script, folder, environment)
        with new_processes(PROCESSES, prepare) as pool:
            starts = dict(pool.map(_own_report, sample.slices()))
        wall, cpu = since(started)
        _check_made(folder, sample)
    start_wall = max(ready for ready, _ in starts.values()) - started[0]
    start_cpu = sum(spent for _, spent in starts.values())
    return Measured(
        len(sample.enterprise_ids),
        wall - start_wall,
        cpu - start_cpu,
        start_wall,
        start_cpu,
    )


def _prepare_own_script(folder: Path, environment: dict[str, str]) -> None:
    """Import everything in a new process and go where its reports belong."""
    os.environ.update(environment)
    os.chdir(folder)
    _own_tools()


@cache
def _own_tools() -> tuple[Any, dict[str, Any], tuple[float, float]]:
    """Return papermill's function, the exporters, and the clock when all was ready."""
    import papermill
    from nbconvert.exporters import HTMLExporter, WebPDFExporter

    exporters = {"html": HTMLExporter(), "pdf": WebPDFExporter(disable_sandbox=True)}
    return papermill.execute_notebook, exporters, clock()


def _own_report(slice_path: Path) -> tuple[int, tuple[float, float]]:
    """Make one report; return this process and its clock when it was ready."""
    execute, exporters, ready = _own_tools()
    parameters = {"slice_path": str(slice_path)}
    notebook = execute(
        NOTEBOOK,
        f"{slice_path.stem}.ipynb",
        parameters,
        progress_bar=False,
        extra_arguments=["--IPKernelApp.log_level=50"],
    )
    for suffix, exporter in exporters.items():
        body, _ = exporter.from_notebook_node(notebook)
        content = body if isinstance(body, bytes) else body.encode("utf-8")
        Path(f"{slice_path.stem}.{suffix}").write_bytes(content)
    return os.getpid(), ready


@contextlib.contextmanager
def _working_folder() -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a folder for reports and the environment in which webpdf works."""
    with (
        tempfile.TemporaryDirectory() as reports,
        tempfile.TemporaryDirectory() as link,
    ):
        yield Path(reports), webpdf_environment(Path(link))


def _check_made(folder: Path, sample: Sample) -> None:
    """Refuse to count reports that are not there."""
    for key in sample.enterprise_ids:
        for suffix in ("ipynb", "html", "pdf"):
            if not (folder / f"{key}.{suffix}").stat().st_size:
                raise RuntimeError(f"{key}.{suffix} is empty")


def main(arguments: list[str] | None = None) -> int:
    """Measure all three on the enterprises given and print them; return 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baselines")
    parser.add_argument("folder", type=Path, help="park and year, as synergy run left")
    parser.add_argument("enterprise_ids", nargs="+")
    options = parser.parse_args(arguments)
    sample = Sample(options.folder, options.enterprise_ids)
    for measure in (command_lines, own_script, plain_drawing):
        try:
            print(measure.__name__, measure(sample))
        except NotMeasuredError as error:
            print(measure.__name__, f"not measured: {error}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
