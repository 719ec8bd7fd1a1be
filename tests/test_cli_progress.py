from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from synergy_lib.cli_progress import (
    print_doctor,
    print_issues,
    print_outcome,
    progress_bar,
)
from synergy_lib.inputs.park_data import Issue, issues_frame
from synergy_lib.reporting.build import RunOutcome
from synergy_lib.reporting.execution import ReportResult

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


def test_outcome_names_what_exists_and_what_failed(analysis, tmp_path, capsys):
    (tmp_path / "index.html").touch()
    (tmp_path / "tables").mkdir()
    print_outcome(RunOutcome(tmp_path, (GOOD, BAD), analysis))
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "完成 1 份报告，失败 1 份。",
        "数据：存疑未采用 2 个，需核实 0 个，缺失 1 个（synergy check 列出全部）。",
        f"总目录：{tmp_path / 'index.html'}",
        f"附表：{tmp_path / 'tables'}",
    ]
    assert shown.err == (
        "失败：0002 [red]乙药厂[/red]: 单元格 [3] ValueError: x[0]，"
        "见 failed/0002.ipynb\n"
    )


def test_paths_below_the_current_folder_are_relative(
    analysis, tmp_path, monkeypatch, capsys
):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").touch()
    monkeypatch.chdir(tmp_path)
    print_outcome(RunOutcome(tmp_path / "out", (GOOD,), analysis))
    assert f"总目录：{Path('out') / 'index.html'}\n" in capsys.readouterr().out


def test_progress_without_a_terminal_is_a_line_now_and_then(capsys):
    with progress_bar() as show:
        for done in range(1, 13):
            show(GOOD, done, 12)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == ["已完成 10 / 12", "已完成 12 / 12"]


def test_a_failure_is_shown_at_once_and_as_it_is_written(capsys):
    with progress_bar() as show:
        show(BAD, 1, 12)
    lines = "".join(capsys.readouterr().err.split("\n"))
    assert lines == "失败 0002 [red]乙药厂[/red]: 单元格 [3] ValueError: x[0]"


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
