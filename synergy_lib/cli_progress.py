"""What the command line prints: progress, outcome, problems, health."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synergy_lib.reporting.formatting import is_missing
from synergy_lib.reporting.output.ledger import read_ledger
from synergy_lib.reporting.output.publishing import is_in_use
from synergy_lib.reporting.run.plan import REASONS
from synergy_lib.reporting.run.progress import Progress

if TYPE_CHECKING:
    from synergy_lib.inputs.park_data import ParkData
    from synergy_lib.reporting.output.ledger import LedgerState
    from synergy_lib.reporting.run.build import RunOutcome
    from synergy_lib.reporting.run.plan import PlannedReport
    from synergy_lib.reporting.workers.execution import ReportResult

__all__ = [
    "TerminalProgress",
    "print_doctor",
    "print_issues",
    "print_outcome",
    "print_plan",
    "print_status",
]

_FREE_DISK_GB = 1.0


class TerminalProgress(Progress):
    """Shows how a run goes on: one bar on a terminal, a few lines elsewhere."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.progress import Progress as Bar

        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, rate="")
        self._started = 0.0

    def __enter__(self) -> TerminalProgress:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Take the bar away; say what an interruption left."""
        self._bar.stop()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self._say("已中断。已完成的报告保持完好，再次运行即续做其余的。")

    def stage(self, name: str) -> None:
        """Show which stage begins."""
        self._bar.update(self._task, description=name)

    def planned(self, to_build: Sequence[PlannedReport], current: int) -> None:
        """Say what will be built and why."""
        if to_build:
            self._say(f"将生成 {len(to_build)} 份，{current} 份已是最新。")
        for reason, count in _reason_counts(to_build):
            self._say(f"  {reason}：{count} 份")
        self._bar.update(self._task, description="报告", total=len(to_build))
        self._started = time.monotonic()

    def finished(self, result: ReportResult, done: int, total: int) -> None:
        """Move the bar on; show a failure at once."""
        rate = done / max(time.monotonic() - self._started, 1e-3)
        shown = f"{rate:.1f} 份/秒" if rate >= 1 else f"{1 / rate:.1f} 秒/份"
        self._bar.update(self._task, completed=done, rate=shown)
        if result.error:
            self._say(f"失败 {result.report_id} {result.title}: {result.error}")
        elif not self._console.is_terminal and (done % 10 == 0 or done == total):
            left = (total - done) / rate
            self._say(f"已完成 {done} / {total}，{shown}，约剩 {left:.0f} 秒")

    def _say(self, line: str) -> None:
        """Print a line above the bar, as it is written."""
        if self._console.is_terminal:
            self._console.print(line, markup=False, highlight=False)
        else:
            print(line, file=sys.stderr, flush=True)


def _reason_counts(planned: Sequence[PlannedReport]) -> list[tuple[str, int]]:
    """Return how many reports each reason concerns, in the order of the reasons."""
    return [
        (text, count)
        for reason, text in REASONS.items()
        if (count := sum(reason in report.reasons for report in planned))
    ]


def print_plan(planned: Sequence[PlannedReport], state: LedgerState) -> None:
    """Print each report a run would build and why, and about how long that takes."""
    to_build = [report for report in planned if report.reasons]
    for report in to_build:
        reasons = "；".join(REASONS[reason] for reason in report.reasons)
        print(f"{report.job.report_id} {report.job.title}：{reasons}")
    print(f"将生成 {len(to_build)} 份，{len(planned) - len(to_build)} 份已是最新。")
    for reason, count in _reason_counts(to_build):
        print(f"  {reason}：{count} 份")
    seconds = [sum(r.seconds.values()) for r in state.reports.values() if r.seconds]
    if to_build and seconds:
        each = sum(seconds) / len(seconds)
        cores = os.cpu_count() or 1
        print(
            f"按上次用时估计约 {len(to_build) * each / cores:.0f} 秒（{cores} 个核心）。"
        )


def print_status(folder: Path) -> None:
    """Print what the last run in a folder did, and every report that failed."""
    state = read_ledger(folder)
    last = state.last_run
    if last is None:
        print(f"{_shown(folder)}：没有运行记录")
        return
    ended = {
        "complete": "完成，全部报告都是最新的",
        "partial": "完成（只做了一部分报告）",
        "failures": "完成，有失败的报告",
        "interrupted": "中断；再次运行即续做",
        "running": "正在运行" if is_in_use(folder) else "异常终止；再次运行即续做",
    }
    print(f"{_shown(folder)}：{ended.get(last.state, last.state)}")
    print(f"  开始 {last.started}（进程 {last.process}），结束 {last.ended or '–'}")
    built = [r for r in state.reports.values() if r.state == "built"]
    waiting = [
        name
        for name in last.planned
        if name not in state.reports or state.reports[name].time < last.started
    ]
    print(
        f"  已生成 {len(built)} 份，失败 {len(state.failed)} 份，未做 {len(waiting)} 份"
    )
    for record in state.failed:
        where = f"，见 {record.failed_notebook}" if record.failed_notebook else ""
        print(f"  失败 {record.report_id} {record.title}: {record.error}{where}")


def print_outcome(outcome: RunOutcome) -> None:
    """Print where the reports are, what failed and what the data check found."""
    built = len(outcome.results) - len(outcome.failures)
    if outcome.results:
        print(
            f"完成 {built} 份报告，失败 {len(outcome.failures)} 份，"
            f"{outcome.current} 份已是最新。"
        )
    else:
        print(f"没有要做的：{outcome.current} 份报告都是最新的。")
    print(
        f"数据：存疑未采用 {outcome.issues.get('suspect', 0)} 个，需核实 "
        f"{outcome.issues.get('warning', 0)} 个，缺失 {outcome.issues.get('gap', 0)} 个"
        "（synergy check 列出全部）。"
    )
    if outcome.orphans:
        print(f"数据中已没有、旧报告仍在的企业：{'、'.join(outcome.orphans)}")
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
    counts = data.issue_counts
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
