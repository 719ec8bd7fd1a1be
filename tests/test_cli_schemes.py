"""``synergy compare-schemes``: what it prints, what it writes, what it refuses."""

import sys
from pathlib import Path

import openpyxl
import pytest

from synergy_lib import cli

ROOT = Path(__file__).resolve().parents[1]
DEMO = str(ROOT / "parameters" / "parks" / "demo_park.yml")
TAIZHOU, YUHANG = "taizhou_six_dimensions", "yuhang_four_dimensions"


@pytest.fixture
def compare(capsys, monkeypatch, tmp_path):
    """Return a function that runs the command; gives its end, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(run_file, *names, **options):
        arguments = [part for name in names for part in ("--scheme", name)]
        arguments += [part for key, v in options.items() for part in (f"--{key}", v)]
        line = ["synergy", "compare-schemes", str(run_file), *arguments]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as end:
            cli.main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return end.value.code or 0, captured.out, captured.err

    return call


def test_prints_and_writes_where_schemes_disagree(compare, tmp_path):
    names = [TAIZHOU, YUHANG, "jiangsu_near_zero_park", "carbon_efficiency_code",
             "cleaner_production_api"]  # fmt: skip
    code, out, err = compare(DEMO, *names, out="c.xlsx")
    assert (code, err) == (0, "")
    assert f"{TAIZHOU} → {YUHANG}：" in out
    assert "Spearman 0." in out
    assert "家名次不同（--out 列出全部）" in out
    assert "[P] 为本项目建议值" in out
    assert "20 项中能判断 10 项" in out
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert [name.split(" ")[1] for name in book.sheetnames] == [
        "体系之间", "企业结果", "企业差异", *names[2:], "说明"
    ]  # fmt: skip
    results = list(book["2 企业结果"].values)
    assert results[0][:4] == ("体系", "企业编号", "企业名称", "得分")
    assert len(results) == 1 + 2 * 82
    assert isinstance(results[1][3], float)
    differences = list(book["3 企业差异"].values)
    assert len(differences) == 1 + 82
    column = differences[0].index("颜色改变")
    changed = sum(row[column] == "是" for row in differences[1:])
    assert f"颜色不同 {changed}/81 家" in out
    assert not any(
        cell.data_type == "f"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    )


def test_values_of_the_park_fill_a_table(compare, tmp_path):
    text = Path(DEMO).read_text(encoding="utf-8")
    data = ROOT / "synergy_lib" / "data" / "demo_park" / "demo_park.xlsx"
    given = "park_values:\n  jiangsu_near_zero_park: {J11: 85, J20: 0}\n"
    (tmp_path / "run.yml").write_text(text + given, encoding="utf-8")
    code, out, _ = compare("run.yml", "jiangsu_near_zero_park", data=str(data))
    assert code == 0
    assert "J11 货物清洁运输比例 85（>=80 %）：达到；园区提供" in out
    assert "J20 省级以上创新平台 0（>=1 个）：未达到；园区提供" in out
    assert "20 项中能判断 12 项，达到 3 项（25 %）" in out
    assert "Spearman" not in out
    wrong = given.replace("J11", "J111")
    (tmp_path / "run.yml").write_text(text + wrong, encoding="utf-8")
    code, out, err = compare("run.yml", "jiangsu_near_zero_park", data=str(data))
    assert (code, out) == (2, "")
    assert "park_values jiangsu_near_zero_park：没有代码“J111”" in err


def test_a_folder_of_the_users_own(compare, tmp_path):
    source = ROOT / "parameters" / "schemes" / YUHANG
    own = tmp_path / "own"
    own.mkdir()
    for name in ("framework.csv", "scheme.yml"):
        text = (source / name).read_text(encoding="utf-8")
        (own / name).write_text(
            text.replace(f"scheme: {YUHANG}", "scheme: own"), "utf-8"
        )
    code, out, _ = compare(DEMO, YUHANG, "own")
    assert code == 0
    assert "Spearman 1.000，Kendall 1.000；名次平均相差 0.0，最多 0" in out
    assert "颜色不同 0/82 家" in out


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (
            [TAIZHOU],
            "--scheme：只给出1个指标体系；应为：至少两个指标体系，或一个标准表",
        ),
        ([TAIZHOU, TAIZHOU], "只给出1个指标体系"),
        ([TAIZHOU, "yuhang_four_dimension"], "最接近的是“yuhang_four_dimensions”"),
        ([TAIZHOU, "zhejiang_city_index"], "是市级指数，企业和园区数据不能评分"),
    ],
)
def test_what_cannot_be_compared_is_one_line(compare, tmp_path, names, text):
    code, out, err = compare(DEMO, *names, out="c.xlsx")
    assert (code, out) == (2, "")
    assert text in err
    assert not (tmp_path / "c.xlsx").exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("c.xls", "不是工作簿的文件名"),
        ("there.xlsx", "已经存在"),
        ("no/c.xlsx", "没有这个文件夹"),
    ],
)
def test_where_nothing_can_be_written(compare, tmp_path, file, text):
    (tmp_path / "there.xlsx").touch()
    code, out, err = compare(DEMO, TAIZHOU, YUHANG, out=file)
    assert (code, out) == (2, "")
    assert text in err


def test_a_scheme_must_be_named(compare):
    code, _, err = compare(DEMO)
    assert code == 2
    assert "--scheme" in err
