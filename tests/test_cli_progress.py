from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from synergy_lib.cli_progress import (
    TerminalProgress,
    print_doctor,
    print_issues,
    print_outcome,
    print_plan,
    print_status,
)
from synergy_lib.inputs.park_data import Issue, issues_frame
from synergy_lib.reporting.output.ledger import Ledger, LedgerState, ReportRecord
from synergy_lib.reporting.output.publishing import open_output
from synergy_lib.reporting.run.build import RunOutcome
from synergy_lib.reporting.run.plan import PlannedReport
from synergy_lib.reporting.workers.execution import ReportJob, ReportResult

GOOD = ReportResult("0001", "甲药厂", ("enterprises/0001/diagnostic.pdf",))
BAD = ReportResult(
    "0002",
    "[red]乙药厂[/red]",
    error="单元格 [3] ValueError: x[0]",
    failed_notebook="failed/0002.ipynb",
)


@pytest.fixture
def analysis(demo_analysis):
    """Return an analysis with three issues: two suspect values and a gap."""
    issues = issues_frame(
        [
            Issue(
                "suspect",
                "0001",
                2023,
                "so2_kg",
                "污染物!F9",
                34560.0,
                "r",
                "单位",
                "未采用",
            ),
            Issue(
                "suspect", "0001", 2024, "so2_kg", "", "约5", "r", "不是数", "未采用"
            ),
            Issue("gap", "0002", None, "cod_kg", "", None, "gap", "未填报", "缺失"),
        ]
    )
    return replace(demo_analysis, data=replace(demo_analysis.data, issues=issues))


def test_issues_are_one_line_each_and_counted(analysis, capsys):
    print_issues(analysis.data)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "存疑 污染物!F9 0001 2023 单位（34560）；未采用",
        "存疑 demo_park.xlsx 0001 2024 不是数（约5）；未采用",
        "缺失 demo_park.xlsx 0002 未填报；缺失",
        "82 家企业，406 个企业年；存疑 2 个，核实 0 个，缺失 1 个",
    ]


def test_no_issues_is_only_a_count(demo_analysis, capsys):
    data = replace(demo_analysis.data, issues=issues_frame([]))
    print_issues(data)
    assert capsys.readouterr().out.count("\n") == 1


ISSUES = {"suspect": 2, "gap": 1}


def test_outcome_names_what_exists_and_what_failed(tmp_path, capsys):
    (tmp_path / "index.html").touch()
    (tmp_path / "tables").mkdir()
    print_outcome(RunOutcome(tmp_path, (GOOD, BAD), 7, ("0099",), ISSUES))
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "完成 1 份报告，失败 1 份，7 份已是最新。",
        "数据：存疑未采用 2 个，需核实 0 个，缺失 1 个（synergy check 列出全部）。",
        "数据中已没有、旧报告仍在的企业：0099",
        f"总目录：{tmp_path / 'index.html'}",
        f"附表：{tmp_path / 'tables'}",
    ]
    assert shown.err == (
        "失败：0002 [red]乙药厂[/red]: 单元格 [3] ValueError: x[0]，"
        "见 failed/0002.ipynb\n"
    )


def test_outcome_of_a_run_with_nothing_to_do(tmp_path, capsys):
    print_outcome(RunOutcome(tmp_path, current=83, issues=ISSUES))
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "没有要做的：83 份报告都是最新的。"


def test_paths_below_the_current_folder_are_relative(tmp_path, monkeypatch, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").touch()
    monkeypatch.chdir(tmp_path)
    print_outcome(RunOutcome(tmp_path / "out", (GOOD,)))
    assert f"总目录：{Path('out') / 'index.html'}\n" in capsys.readouterr().out


def planned(report_id, *reasons):
    job = ReportJob(report_id, "甲药厂", Path("n"), "s", "e/1/d", ("pdf",))
    return PlannedReport(job, {}, reasons)


PLAN = [planned("0001", "own"), planned("0002", "peers", "failed"), planned("0003")]


def test_progress_without_a_terminal_is_a_line_now_and_then(capsys):
    with TerminalProgress() as progress:
        progress.stage("读取")
        progress.planned(PLAN[:2], 1)
        for done in range(1, 13):
            progress.finished(GOOD, done, 12)
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert lines[:4] == [
        "将生成 2 份，1 份已是最新。",
        "  上次失败：1 份",
        "  本企业数据有变：1 份",
        "  同行统计有变：1 份",
    ]
    assert [line.split("，")[0] for line in lines[4:]] == [
        "已完成 10 / 12",
        "已完成 12 / 12",
    ]


def test_a_failure_is_shown_at_once_and_as_it_is_written(capsys):
    with TerminalProgress() as progress:
        progress.finished(BAD, 1, 12)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["失败 0002 [red]乙药厂[/red]: 单元格 [3] ValueError: x[0]"]


def test_an_interruption_says_what_it_left(capsys):
    with pytest.raises(KeyboardInterrupt), TerminalProgress():
        raise KeyboardInterrupt
    assert "再次运行即续做" in capsys.readouterr().err


def test_plan_lists_each_report_with_its_reasons(capsys):
    state = LedgerState({"1": ReportRecord("1", seconds={"pdf": 2.0})})
    print_plan(PLAN, state)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "0001 甲药厂：本企业数据有变",
        "0002 甲药厂：同行统计有变；上次失败",
        "将生成 2 份，1 份已是最新。",
    ]
    assert lines[-1].startswith("按上次用时估计约 ")


def test_status_says_how_the_last_run_ended_and_what_failed(tmp_path, capsys):
    ledger = Ledger(tmp_path)
    ledger.start_run({"0001": ["new"], "0002": ["new"], "0003": ["new"]})
    ledger.report_built("0001", "甲药厂", key={}, files={"a": "1"}, seconds={})
    ledger.report_failed("0002", "乙药厂", error="坏了", failed_notebook="failed/2")
    print_status(tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{tmp_path}：异常终止；再次运行即续做"
    assert lines[2:] == [
        "  已生成 1 份，失败 1 份，未做 1 份",
        "  失败 0002 乙药厂: 坏了，见 failed/2",
    ]
    ledger.end_run("failures")
    with open_output(tmp_path):
        ledger.start_run({})
        print_status(tmp_path)
    assert "正在运行" in capsys.readouterr().out
    ledger.end_run("complete")
    print_status(tmp_path)
    assert "全部报告都是最新的" in capsys.readouterr().out


def test_doctor_finds_this_installation_healthy(capsys):
    assert print_doctor() is True
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("✓ ") for line in lines), lines
    assert any("NotoSansCJKsc-Regular.otf" in line for line in lines)


def test_doctor_says_what_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("synergy_lib.resources.data_path", lambda *_: tmp_path)
    assert print_doctor() is False
    assert "✗ 字体: 缺少" in capsys.readouterr().out


def test_issue_years_print_as_whole_numbers_beside_missing_ones(analysis):
    years = analysis.data.issues["year"]
    assert years.dtype == "Int64"
    assert years.isna().tolist() == [False, False, True]
    assert pd.isna(years.iloc[2])
