"""Measure the main job beside what a user would otherwise do, in one run.

Prints Markdown tables; ``make bench`` runs it, with ``LARGE=--large`` for a park of
1,000 enterprises too. Seconds depend on the machine and its noise, so both sides of every
ratio are taken in the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.baselines import command_lines, own_script
from benchmarks.engine import Run, correct_one_enterprise, synergy_run
from benchmarks.large_park import write_large_park
from benchmarks.measured import Measured, Sample
from benchmarks.plain import plain_drawing
from benchmarks.webpdf import NotMeasuredError

ROOT = Path(__file__).resolve().parents[1]
RUN_FILE = ROOT / "parameters" / "parks" / "demo_park.yml"
WORKBOOK = ROOT / "synergy_lib" / "data" / "demo_park" / "demo_park.xlsx"
SAMPLE = ("0001", "0011", "0021", "0031", "0041", "0051", "0061", "0071")
REPORTS = 83
LARGE = 1000

Row = tuple[str, str, str]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run")
    parser.add_argument("--large", action="store_true", help="a park of 1,000 too")
    options = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine()}\n")
    print_table([noise(), *measure_library()])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cold, rows = measure_park(folder)
        print_table(rows)
        if options.large:
            print_table(list(measure_large(folder, cold)))
    print(f"load at the end {os.getloadavg()[0]:.1f}; {noise()[1]}")


def machine() -> str:
    """Return what this is measured on."""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    )


def print_table(rows: list[Row]) -> None:
    """Print rows as a Markdown table."""
    print("| what | measured | aim |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
    print()


def seconds(action: Callable[[], object], repeat: int = 1) -> list[float]:
    """Return the wall times of repeated calls."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return times


def noise() -> Row:
    """Return how much the time of one and the same calculation varies."""
    times = seconds(lambda: sum(n * n for n in range(2_000_000)), 9)
    middle, spread = statistics.median(times), max(times) / min(times) - 1
    return ("one calculation nine times", f"{middle:.3f} s, spread {spread:.0%}", "")


def measure_library() -> list[Row]:
    """Time the import, reading, and the analysis of all against one at a time."""
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
    whole = min(seconds(lambda: analyse(data, parameters, scheme, catalogue), 3))
    firms = data.panel.index.get_level_values("enterprise_id")

    def one_at_a_time() -> None:
        for enterprise_id in SAMPLE:
            own = replace(data, panel=data.panel[firms == enterprise_id])
            analyse(own, parameters, scheme, catalogue)

    count = firms.nunique()
    single = seconds(one_at_a_time)[0] / len(SAMPLE) * count
    ratio = f"{single:.1f} s ({single / whole:.0f} × as long)"
    return [
        ("import synergy_lib", f"{import_seconds():.3f} s", "≤ 0.5 s"),
        ("read and check the workbook", f"{min(reading):.2f} s", ""),
        (f"analysis, {count} enterprises × 5 years", f"{whole:.2f} s", "≤ 2 s"),
        ("the same, one enterprise at a time", ratio, ""),
    ]


def import_seconds() -> float:
    """Time ``import synergy_lib`` in a new interpreter, less the interpreter's start."""

    def start(code: str) -> float:
        action = [sys.executable, "-c", code]
        return statistics.median(
            seconds(lambda: subprocess.run(action, check=True, cwd=ROOT), 5)
        )

    return max(start("import synergy_lib") - start(""), 0.0)


def measure_park(folder: Path) -> tuple[Run, list[Row]]:
    """Measure the demonstration park: cold, unchanged, corrected, and by other means."""
    out = folder / "reports"
    cold = synergy_run(RUN_FILE, out)
    unchanged = synergy_run(RUN_FILE, out)
    corrected = folder / WORKBOOK.name
    correct_one_enterprise(WORKBOOK, corrected)
    mended = synergy_run(RUN_FILE, out, "--data", str(corrected))
    shutil.rmtree(out)
    again = synergy_run(RUN_FILE, out)
    wall = min(cold.wall_s, again.wall_s)
    sample = Sample(out / "demo_park" / "2024", SAMPLE)
    plain = plain_drawing(sample)
    least = plain.start_cpu_s + plain.cpu_s_per_report * REPORTS
    cores = os.cpu_count() or 1
    both = f"{cold.wall_s:.1f} s, {again.wall_s:.1f} s"
    rows = [
        (f"synergy run, {REPORTS} reports × 3 formats, cold, twice", both, "≤ 60 s"),
        ("  a report", f"{wall / REPORTS:.2f} s", ""),
        *other_ways(sample, wall),
        (
            "drawing and typesetting alone, one process, CPU",
            f"{least:.1f} s; wall × cores is {wall * cores / least:.2f} of it",
            "≤ 1.6",
        ),
        ("run again, nothing changed", f"{unchanged.wall_s:.1f} s", "≤ 3 s"),
        (
            f"one enterprise corrected ({built(mended)} reports built)",
            f"{mended.wall_s:.1f} s",
            "≤ 8 s",
        ),
        *stages(out / "demo_park" / "2024"),
    ]
    return again, rows


def other_ways(sample: Sample, wall: float) -> Iterator[Row]:
    """Yield what a user would otherwise do, measured on a sample."""
    ways: list[tuple[str, Callable[[Sample], Measured], str]] = [
        (
            "papermill and nbconvert commands in turn (HTML, webpdf)",
            command_lines,
            "20",
        ),
        ("a script: papermill in two processes, one exporter each", own_script, "6"),
    ]
    for name, measure, aim in ways:
        try:
            found = measure(sample)
        except NotMeasuredError as error:
            yield (name, f"not measured: {error}", f"≥ {aim} ×")
            continue
        whole = found.start_wall_s + found.wall_s_per_report * REPORTS
        text = (
            f"{found.wall_s_per_report:.1f} s a report, {whole:.0f} s for {REPORTS}: "
            f"{whole / wall:.1f} × as long"
        )
        yield (name, text, f"≥ {aim} ×")


def stages(folder: Path) -> Iterator[Row]:
    """Yield where the time of a report goes, from the ledger of a run."""
    from synergy_lib.reporting.output.ledger import read_ledger

    records = [r for r in read_ledger(folder).reports.values() if r.report_id != "park"]
    for stage in ("execute", "html", "pdf", "ipynb"):
        middle = statistics.median(record.seconds[stage] for record in records)
        yield (f"  of a diagnostic: {stage}, median", f"{middle:.2f} s", "")


def built(run: Run) -> int:
    """Return how many reports a run built, as it says itself."""
    line = next(line for line in run.said.splitlines() if line.startswith("完成"))
    return int(line.split()[1])


def measure_large(folder: Path, cold: Run) -> Iterator[Row]:
    """Yield what a park of many enterprises costs, beside the demonstration park."""
    workbook = write_large_park(folder / "large.xlsx", LARGE)
    out = folder / "large"
    run = synergy_run(RUN_FILE, out, "--data", str(workbook), watch=True)
    each, before = run.wall_s / (LARGE + 1), cold.wall_s / REPORTS
    yield (
        f"{LARGE} enterprises, a report",
        f"{each:.3f} s, {each / before:.2f} × that of {REPORTS}",
        "≤ 1.1 ×",
    )
    aims = {"run": "≤ 600", "kernel server": "≤ 600", "kernel": "≤ 150 own"}
    for role in ("run", "kernel server", "fork server", "worker", "kernel"):
        yield (
            f"  memory of a {role}: own, resident",
            f"{run.own_mib[role]:.0f}, {run.resident_mib[role]:.0f} MiB",
            aims.get(role, ""),
        )
    middle = [own for at, own in run.history if run.wall_s / 3 < at < run.wall_s * 0.9]
    yield (
        "  growth of the run over its last two thirds",
        f"{grown(middle):+.0f} MiB",
        "0",
    )


def grown(series: list[float]) -> float:
    """Return how much a series rises from its first to its last tenth."""
    tenth = max(len(series) // 10, 1)
    return statistics.mean(series[-tenth:]) - statistics.mean(series[:tenth])


if __name__ == "__main__":
    main()
