"""What the command line prints: progress, outcome, problems, health."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from synergy_lib.reporting.formatting import is_missing

if TYPE_CHECKING:
    from synergy_lib.inputs.park_data import ParkData
    from synergy_lib.reporting.build import Progress, RunOutcome
    from synergy_lib.reporting.execution import ReportResult

__all__ = ["print_doctor", "print_issues", "print_outcome", "progress_bar"]

_FREE_DISK_GB = 1.0


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give a callback that shows progress: a bar on a terminal, lines elsewhere."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("报告", total=None)

        def show(result: ReportResult, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if result.error:
                console.print(
                    f"失败 {result.report_id} {result.title}: {result.error}",
                    markup=False,
                    highlight=False,
                )
            elif not console.is_terminal and (done % 10 == 0 or done == total):
                print(f"已完成 {done} / {total}", file=sys.stderr, flush=True)

        yield show


def print_outcome(outcome: RunOutcome) -> None:
    """Print where the reports are, what failed and what the data check found."""
    built = len(outcome.results) - len(outcome.failures)
    counts = outcome.analysis.data.issues["severity"].value_counts()
    print(f"完成 {built} 份报告，失败 {len(outcome.failures)} 份。")
    print(
        f"数据：存疑未采用 {counts.get('suspect', 0)} 个，需核实 "
        f"{counts.get('warning', 0)} 个，缺失 {counts.get('gap', 0)} 个（synergy check 列出全部）。"
    )
    for name, label in (
        ("index.html", "总目录"),
        ("park/park_annual_report.pdf", "园区年报"),
        ("enterprises", "企业报告"),
        ("tables", "附表"),
    ):
        if (outcome.folder / name).exists():
            print(f"{label}：{_shown(outcome.folder / name)}")
    for failure in outcome.failures:
        where = f"，见 {failure.failed_notebook}" if failure.failed_notebook else ""
        print(
            f"失败：{failure.report_id} {failure.title}: {failure.error}{where}",
            file=sys.stderr,
        )


def print_issues(data: ParkData) -> None:
    """Print every issue on one line, and a count."""
    names = {"suspect": "存疑", "warning": "核实", "gap": "缺失"}
    for issue in data.issues.itertuples():
        year = "" if is_missing(issue.year) else f" {issue.year}"
        value = "" if is_missing(issue.value) else f"（{_plain(issue.value)}）"
        place = str(issue.cell) or data.source_name
        severity = names.get(str(issue.severity), str(issue.severity))
        print(
            f"{severity} {place} {issue.enterprise_id!s}{year} {issue.message!s}{value}；"
            f"{issue.treatment!s}"
        )
    counts = data.issues["severity"].value_counts()
    print(
        f"{data.panel.index.get_level_values(0).nunique()} 家企业，{len(data.panel)} 个企业年；"
        + "，".join(f"{names[key]} {counts.get(key, 0)} 个" for key in names)
    )


def _plain(value: object) -> str:
    """Return a value without the digits that only binary numbers have."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def print_doctor() -> bool:
    """Print the state of the installation; False if something is missing."""
    import synergy_lib
    from synergy_lib.parameters import list_schemes
    from synergy_lib.resources import data_path, notebook_path

    fonts = sorted(path.name for path in data_path("fonts").glob("*.otf"))
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    checks = [
        ("synergy_lib", synergy_lib.__version__, True),
        ("Python", platform.python_version(), sys.version_info >= (3, 11)),
        ("字体", "、".join(fonts) or "缺少", len(fonts) >= 2),
        ("Jupyter 内核", _kernel(), _kernel() != "缺少"),
        ("笔记本", str(len(list(notebook_path("").glob("*.ipynb")))), True),
        ("指标体系", "、".join(list_schemes()), bool(list_schemes())),
        ("文字编码", sys.getfilesystemencoding(), True),
        ("可用磁盘", f"{free:.1f} GB", free > _FREE_DISK_GB),
    ]
    for name, value, good in checks:
        print(f"{'✓' if good else '✗'} {name}: {value}")
    return all(good for _, _, good in checks)


def _kernel() -> str:
    """Return the name of the Python kernel that papermill will start."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return "缺少"
    return str(spec.display_name)


def _shown(path: Path) -> str:
    """Return a path relative to the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(path)
