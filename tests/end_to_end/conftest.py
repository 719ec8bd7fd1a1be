"""A project whose notebooks take no time, to break runs of it in every way."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "synergy_lib" / "data" / "demo_park" / "demo_park.xlsx"
IDS = tuple(f"{number:04d}" for number in range(1, 9))
# The ledger and the manifest hold times; the lock file is empty.
NOT_COMPARED = ("run_ledger.jsonl", "manifest.json", ".lock")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Project:
    """A folder with parameters and notebooks, and the command run in it."""

    folder: Path

    @property
    def run_file(self) -> Path:
        return self.folder / "parameters" / "parks" / "demo_park.yml"

    def arguments(self, out: Path, *more: str, ids=IDS, data: Path = DATA) -> list[str]:
        only = [part for name in ids for part in ("--only", name)]
        program = [sys.executable, "-c", "from synergy_lib.cli import main; main()"]
        place = [str(self.run_file), "--data", str(data), "--out", str(out)]
        return [*program, "run", *place, *only, *more]

    def start(self, out: Path, *more: str, **choices) -> subprocess.Popen:
        """Start a run in a process group of its own, as a terminal does."""
        return subprocess.Popen(
            self.arguments(out, *more, **choices),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, out: Path, *more: str, **choices) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.arguments(out, *more, **choices),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def write_notebooks(folder: Path, source: str) -> None:
    """Write both report notebooks with one cell of code."""
    folder.mkdir(exist_ok=True)
    cells = [
        nbformat.v4.new_code_cell("slice_path = ''", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(source),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    for name in ("enterprise_diagnostic", "park_annual_report"):
        nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Project:
    folder = tmp_path_factory.mktemp("project")
    parks = folder / "parameters" / "parks"
    parks.mkdir(parents=True)
    shutil.copy(ROOT / "parameters" / "parks" / "demo_park.yml", parks)
    write_notebooks(
        folder / "notebooks",
        "import hashlib, pathlib, time\n"
        "time.sleep(0.3)\n"
        "content = pathlib.Path(slice_path).read_bytes()\n"
        "print(slice_path, hashlib.sha256(content).hexdigest())",
    )
    return Project(folder)


def tree(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder that has no times in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NOT_COMPARED
    }


@pytest.fixture(scope="session")
def unbroken(project, tmp_path_factory) -> dict[str, str]:
    """Return what a run that nobody breaks leaves."""
    out = tmp_path_factory.mktemp("unbroken")
    run = project.run(out)
    assert run.returncode == 0, run.stderr
    return tree(out / "demo_park" / "2024")


def group_is_gone(group: int) -> bool:
    """Tell whether a process group has no member left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
