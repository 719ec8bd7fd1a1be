"""Measure the main job beside what a user would otherwise do, in one run.

Prints a Markdown table; ``make bench`` runs it. Absolute seconds depend on the machine
and its noise, so every row that can also gives a ratio taken in the same run.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUN_FILE = ROOT / "parameters" / "parks" / "demo_park.yml"
SAMPLE = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
PLAIN_SAMPLE = SAMPLE[:2]


def seconds(action: Callable[[], object], repeat: int = 1) -> list[float]:
    """Return the wall times of repeated calls."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return times


def command(*arguments: str, cwd: Path = ROOT) -> None:
    """Run a command quietly, failing loudly."""
    subprocess.run(
        arguments,
        cwd=cwd,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def measure_import() -> tuple[str, str, str]:
    """Time ``import synergy_lib`` in a new interpreter, less the interpreter's start."""
    empty = statistics.median(seconds(lambda: command(sys.executable, "-c", ""), 5))
    full = statistics.median(
        seconds(lambda: command(sys.executable, "-c", "import synergy_lib"), 5)
    )
    return ("import synergy_lib", f"{max(full - empty, 0):.3f} s", "≤ 0.5 s")


def measure_analysis() -> list[tuple[str, str, str]]:
    """Time reading, and the analysis of all enterprises against one at a time."""
    from synergy_lib.inputs import read_park
    from synergy_lib.parameters import read_parameters
    from synergy_lib.pipeline import analyse
    from synergy_lib.resources import parameters_path
    from synergy_lib.scoring.framework import load_scheme
    from synergy_lib.techniques.catalogue import load_catalogue

    parameters = read_parameters(RUN_FILE)
    reading = seconds(lambda: read_park(parameters.input), 3)
    data = read_park(parameters.input)
    scheme = load_scheme(parameters_path("schemes", parameters.scheme))
    catalogue = load_catalogue()
    whole = seconds(lambda: analyse(data, parameters, scheme, catalogue), 3)
    firms = data.panel.index.get_level_values("enterprise_id")

    def one_at_a_time() -> None:
        for enterprise_id in SAMPLE:
            own = replace(data, panel=data.panel[firms == enterprise_id])
            analyse(own, parameters, scheme, catalogue)

    single = seconds(one_at_a_time)[0] / len(SAMPLE)
    count = firms.nunique()
    best = min(whole)
    return [
        ("read and check the workbook", f"{min(reading):.2f} s", ""),
        (f"analysis, {count} enterprises × 5 years", f"{best:.2f} s", "≤ 2 s"),
        (
            "the same, one enterprise at a time",
            f"{single * count:.1f} s ({single * count / best:.0f} × as long)",
            "",
        ),
    ]


def measure_reports() -> list[tuple[str, str, str]]:
    """Time reports made by ``synergy run`` and by the two command lines in turn."""
    bin_folder = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        only = [part for key in SAMPLE for part in ("--only", key)]
        run = [str(bin_folder / "synergy"), "run", str(RUN_FILE), "--out", name]
        none = seconds(lambda: command(*run, "--only", SAMPLE[0], "--format", "ipynb"))[
            0
        ]
        ours = seconds(lambda: command(*run, *only))[0]
        slices = folder / "demo_park" / "2024" / "analysis" / "enterprises"

        def plain() -> None:
            for key in PLAIN_SAMPLE:
                output = folder / f"{key}.ipynb"
                command(
                    str(bin_folder / "papermill"),
                    str(ROOT / "notebooks" / "enterprise_diagnostic.ipynb"),
                    str(output),
                    "-r",
                    "slice_path",
                    str(slices / f"{key}.json"),
                )
                for kind in ("html", "synergy-pdf"):
                    command(
                        str(bin_folder / "jupyter"),
                        "nbconvert",
                        "--to",
                        kind,
                        str(output),
                    )

        by_hand = seconds(plain)[0] / len(PLAIN_SAMPLE)
    each = ours / len(SAMPLE)
    return [
        (f"{len(SAMPLE)} diagnostics, HTML + PDF + notebook", f"{ours:.1f} s", ""),
        ("  of these analysis, slices, portal and one notebook", f"{none:.1f} s", ""),
        ("  a report", f"{each:.2f} s", ""),
        (
            "papermill and nbconvert commands in turn, a report",
            f"{by_hand:.1f} s ({by_hand / each:.1f} × as long)",
            "",
        ),
    ]


def measure_demo() -> tuple[str, str, str]:
    """Time the main job, all reports."""
    synergy = str(Path(sys.executable).parent / "synergy")
    with tempfile.TemporaryDirectory() as name:
        total = seconds(lambda: command(synergy, "run", str(RUN_FILE), "--out", name))[
            0
        ]
    return ("make demo after set-up, 83 reports", f"{total:.0f} s", "≤ 300 s")


def main() -> None:
    """Print the table."""
    rows = [measure_import(), *measure_analysis(), *measure_reports(), measure_demo()]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {load:.1f} at the end\n"
    )
    print("| what | measured | aim |\n|---|---|---|")
    for what, measured, aim in rows:
        print(f"| {what} | {measured} | {aim} |")


if __name__ == "__main__":
    main()
