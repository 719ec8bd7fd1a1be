"""The ``synergy`` command: parse, call the library, print one line for a person."""

from __future__ import annotations

import io
import logging
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synergy_lib import __version__
from synergy_lib.cli_schemes import check_new_workbook, compare_schemes
from synergy_lib.errors import (
    InputDataError,
    ParameterError,
    Problem,
    SynergyError,
    describe_error,
)

if TYPE_CHECKING:
    from synergy_lib.parameters import RunParameters
    from synergy_lib.reporting.run.jobs import BuildOptions

__all__ = ["app", "main"]

EXIT_INPUT = 2
EXIT_REPORTS = 3

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="减污降碳协同增效报告：工作簿进，企业诊断与园区年报出。",
)

app.command("compare-schemes")(compare_schemes)

RunFile = Annotated[
    Path, typer.Argument(help="运行参数文件，如 parameters/parks/demo_park.yml")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="改用另一个同样格式的数据文件")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="报告语言：zh 或 en")
]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", help="只做这个企业编号（可重复）")
]
ParkOnlyOption = Annotated[bool, typer.Option("--park-only", help="只做园区年度报告")]
FailedOption = Annotated[bool, typer.Option("--failed", help="只做上次失败的报告")]
ForceOption = Annotated[bool, typer.Option("--force", help="没有变化的也重做")]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="输出文件夹，默认 reports/")
]
FormatOption = Annotated[
    str, typer.Option("--format", help="html,pdf,ipynb 中的一种或几种")
]


def main() -> None:
    """Run the command line; what a person did wrong is one line each, exit code 2.

    Anything unforeseen is one line too, exit code 1; its traceback goes to a log file.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _terminate)
    try:
        app(standalone_mode=True)
    except (InputDataError, ParameterError) as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        count = len(error.problems)
        print(f"共 {count} 个问题；没有生成任何文件。", file=sys.stderr)
        sys.exit(EXIT_INPUT)
    except SynergyError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        print(_unforeseen(error), file=sys.stderr)
        sys.exit(1)


@app.command()
def run(
    run_file: RunFile,
    only: OnlyOption = None,
    park_only: ParkOnlyOption = False,
    failed: FailedOption = False,
    force: ForceOption = False,
    out: OutOption = None,
    data: DataOption = None,
    language: LanguageOption = None,
    formats: FormatOption = "html,pdf,ipynb",
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="并行进程数，0 按核心数自动选择")
    ] = 0,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="dask.distributed 调度器地址")
    ] = "",
    exchange: Annotated[
        str,
        typer.Option("--exchange", help="与集群交换文件的 fsspec 地址，默认共享磁盘"),
    ] = "",
    cell_seconds: Annotated[
        int, typer.Option("--cell-seconds", min=1, help="一个单元格的时限（秒）")
    ] = 120,
    report_seconds: Annotated[
        int, typer.Option("--report-seconds", min=1, help="一份报告的时限（秒）")
    ] = 600,
    memory_mb: Annotated[
        int,
        typer.Option("--memory-mb", min=0, help="一个内核的内存上限（MiB），0 不限"),
    ] = 2048,
) -> None:
    """Build the reports of a park that are not current."""
    from synergy_lib.cli_progress import TerminalProgress, print_outcome
    from synergy_lib.reporting.run.build import build_reports
    from synergy_lib.reporting.workers.execution import Limits

    asked = _asked_reports(run_file, only, park_only, failed, force, out, formats)
    options = replace(
        asked,
        workers=workers,
        limits=Limits(cell_seconds, report_seconds, memory_mb),
        scheduler=scheduler,
        exchange=exchange,
    )
    parameters = _checked_parameters(run_file, data, language)
    with TerminalProgress() as progress:
        outcome = build_reports(parameters, options, progress=progress)
    print_outcome(outcome)
    if outcome.failures:
        raise typer.Exit(EXIT_REPORTS)


@app.command()
def plan(
    run_file: RunFile,
    only: OnlyOption = None,
    park_only: ParkOnlyOption = False,
    failed: FailedOption = False,
    force: ForceOption = False,
    out: OutOption = None,
    data: DataOption = None,
    language: LanguageOption = None,
    formats: FormatOption = "html,pdf,ipynb",
) -> None:
    """Say which reports a run would build, and why; build nothing."""
    from synergy_lib.cli_progress import print_plan
    from synergy_lib.reporting.run.build import plan_run

    options = _asked_reports(run_file, only, park_only, failed, force, out, formats)
    print_plan(*plan_run(_checked_parameters(run_file, data, language), options))


@app.command()
def status(
    folder: Annotated[
        Path, typer.Argument(help="报告文件夹，如 reports/ 或 reports/demo_park/2024")
    ],
) -> None:
    """Say what the last runs in a folder did, and what is missing."""
    from synergy_lib.cli_progress import print_status
    from synergy_lib.reporting.output.ledger import LEDGER

    folders = sorted(path.parent for path in folder.rglob(LEDGER))
    if not folders:
        raise ParameterError(
            Problem(str(folder), "没有运行记录", "synergy run 写出的文件夹")
        )
    for one in folders:
        print_status(one)


@app.command()
def check(run_file: RunFile, data: DataOption = None) -> None:
    """List every problem of the parameters and the data, with sheet and cell."""
    from synergy_lib.cli_progress import print_issues
    from synergy_lib.inputs import read_park
    from synergy_lib.parameters import read_parameters

    parameters = read_parameters(run_file, data=data)
    read = partial(read_park, parameters.input, report_year=parameters.report_year)
    results = _collect(read, *_parameter_checks(parameters))
    print_issues(results[0])


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="要写出的 .xlsx 文件")],
    language: LanguageOption = None,
) -> None:
    """Write the empty input workbook."""
    from synergy_lib.reporting.workbook.writer import write_workbook

    _check_language(language)
    check_new_workbook(file)
    write_workbook(file, language=language or "zh")
    print(f"已写出 {file}")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="新的工作文件夹")],
) -> None:
    """Set up a working folder: empty workbook, parameters, notebooks."""
    from synergy_lib.cli_new import own_parameters
    from synergy_lib.reporting.workbook.writer import write_workbook
    from synergy_lib.resources import notebook_path, parameters_path

    _refuse_existing(folder)
    parks = folder / "parameters" / "parks"
    parks.mkdir(parents=True)
    (folder / "data").mkdir()
    write_workbook(folder / "data" / "park.xlsx")
    example = parameters_path("parks", "demo_park.yml").read_text(encoding="utf-8")
    (parks / "my_park.yml").write_text(own_parameters(example), encoding="utf-8")
    shutil.copytree(notebook_path(""), folder / "notebooks")
    print(
        f"已建立 {folder}：填写 data/park.xlsx，改好 parameters/parks/my_park.yml，再运行"
    )
    print(f"  synergy run {parks / 'my_park.yml'}")


@app.command()
def doctor() -> None:
    """Show versions, fonts, kernel, encoding and free disk space."""
    from synergy_lib.cli_progress import print_doctor

    if not print_doctor():
        raise typer.Exit(1)


@app.command()
def version() -> None:
    """Print the version."""
    print(f"synergy_lib {__version__}")


def _terminate(_number: int, _frame: object) -> None:
    """End on SIGTERM as on Ctrl-C: at once, and leaving nothing half done."""
    raise KeyboardInterrupt


def _asked_reports(
    run_file: Path,
    only: list[str] | None,
    park_only: bool,
    failed: bool,
    force: bool,
    out: Path | None,
    formats: str,
) -> BuildOptions:
    """Return the options that ``run`` and ``plan`` share: which reports, and where.

    A project keeps its reports and notebooks of its own beside its parameters.
    """
    from synergy_lib.parameters import project_folder
    from synergy_lib.reporting.run.jobs import BuildOptions

    project = project_folder(run_file)
    return BuildOptions(
        out=out or project / "reports",
        only=tuple(only or ()),
        park_only=park_only,
        failed=failed,
        force=force,
        formats=_check_formats(formats),
        notebooks=project / "notebooks",
    )


def _checked_parameters(
    run_file: Path, data: Path | None, language: str | None
) -> RunParameters:
    """Return the parameters of a run, refusing what any part of it cannot use."""
    from synergy_lib.parameters import read_parameters

    _check_language(language)
    parameters = read_parameters(run_file, data=data, language=language)
    _collect(*_parameter_checks(parameters))
    return parameters


def _parameter_checks(parameters: RunParameters) -> list[Callable[[], Any]]:
    """Return what checks the parameters that other parts of the library define."""
    from synergy_lib.resources import parameters_path
    from synergy_lib.scoring.framework import load_scheme
    from synergy_lib.scoring.standards.park_table import check_park_values
    from synergy_lib.techniques.costs import check_prices

    folder = parameters_path("schemes", parameters.scheme)
    return [
        partial(check_prices, parameters.prices),
        partial(check_park_values, parameters.park_values),
        partial(load_scheme, folder),
    ]


def _collect(*steps: Callable[[], Any]) -> list[Any]:
    """Return the result of each step, or raise with the problems of all of them."""
    results: list[Any] = []
    problems: list[Problem | str] = []
    for step in steps:
        try:
            results.append(step())
        except (InputDataError, ParameterError) as error:
            problems += error.problems
    if problems:
        raise InputDataError(problems)
    return results


def _unforeseen(error: Exception) -> str:
    """Return one line about an error nobody foresaw; its traceback goes to a log."""
    from platformdirs import user_log_path

    what = describe_error(error)
    log = user_log_path("synergy_lib") / "synergy.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return f"没有预料到的错误：{what}"
    return f"没有预料到的错误：{what}（详情见 {log}）"


def _check_formats(formats: str) -> tuple[str, ...]:
    """Return the formats asked for, refusing unknown ones."""
    from synergy_lib.errors import nearest
    from synergy_lib.reporting.run.jobs import FORMATS

    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    problems = [
        Problem(
            "--format", f"没有“{part}”格式", "、".join(FORMATS), nearest(part, FORMATS)
        )
        for part in wanted
        if part not in FORMATS
    ]
    if problems or not wanted:
        raise ParameterError(
            problems or [Problem("--format", "没有给出格式", "、".join(FORMATS))]
        )
    return wanted


def _check_language(language: str | None) -> None:
    """Refuse a language that reports are not written in."""
    if language not in (None, "zh", "en"):
        raise ParameterError(Problem("--language", f"没有“{language}”语言", "zh 或 en"))


def _refuse_existing(path: Path) -> None:
    """Raise rather than write over something of the user's."""
    if path.exists():
        raise ParameterError(Problem(str(path), "已经存在", "一个新的名字"))
