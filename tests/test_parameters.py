"""A run's parameter file: what is accepted, and every way it can be wrong."""

from pathlib import Path

import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.parameters import (
    list_schemes,
    project_folder,
    read_parameters,
)

PARKS = Path(__file__).resolve().parents[1] / "parameters" / "parks"
GOOD = {
    "park_id": "p",
    "park_name_zh": "园区",
    "park_name_en": "Park",
    "report_year": "2023",
    "base_year": "2021",
    "first_year": "2020",
    "data_source": "test",
    "scheme": "taizhou_six_dimensions",
    "input": "{path: data/park.xlsx}",
}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a parameter file, some keys replaced."""

    def written(text=None, **keys):
        path = tmp_path / "parameters" / "parks" / "p.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{k}: {v}" for k, v in (GOOD | keys).items() if v is not None]
        path.write_text("\n".join(lines) if text is None else text, encoding="utf-8")
        return path

    return written


def problems(path):
    with pytest.raises(ParameterError) as caught:
        read_parameters(path)
    return [str(problem) for problem in caught.value.problems]


def test_good_parameters(write, tmp_path):
    parameters = read_parameters(
        write(notes="[一, 二]", prices="{heat_cny_per_gj: 75}")
    )
    assert parameters.years == range(2020, 2024)
    assert parameters.notes == ("一", "二")
    assert parameters.prices == {"heat_cny_per_gj": 75.0}
    assert parameters.park_name == "园区"
    assert Path(parameters.input.path) == tmp_path / "data" / "park.xlsx"


def test_overrides(write, tmp_path):
    other = tmp_path / "other.xlsx"
    parameters = read_parameters(write(), data=other, language="en")
    assert Path(parameters.input.path) == other
    assert parameters.park_name == "Park"


def test_paths(write, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    absolute = read_parameters(write(input=f"{{path: {tmp_path}/x.xlsx}}"))
    assert Path(absolute.input.path) == tmp_path / "x.xlsx"
    home = read_parameters(write(input="{path: ~/x.xlsx}"))
    assert Path(home.input.path) == tmp_path / "home" / "x.xlsx"


@pytest.mark.parametrize("path", sorted(PARKS.glob("*.yml")), ids=lambda p: p.stem)
def test_shipped_parameters_are_good(path):
    assert read_parameters(path).scheme in list_schemes()


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"langage": "zh"}, "p.yml langage：没有这个参数；最接近的是“language”"),
        (
            {"input": "{pth: x, path: y}"},
            "p.yml input.pth：没有这个参数；最接近的是“path”",
        ),
        ({"park_id": None}, "p.yml park_id：缺少必填参数"),
        ({"input": "{}"}, "p.yml input.path：缺少必填参数"),
        ({"input": "3"}, "p.yml input：“3”不符合要求；应为：键值对"),
        ({"report_year": "'2023'"}, "p.yml report_year：“2023”不符合要求；应为：整数"),
        (
            {"report_year": "2023.5"},
            "p.yml report_year：“2023.5”不符合要求；应为：整数",
        ),
        ({"report_year": "true"}, "p.yml report_year：“True”不符合要求；应为：整数"),
        (
            {"first_year": "1800"},
            "p.yml first_year：“1800”不符合要求；应为：不小于 1990 的数",
        ),
        (
            {"report_year": "2020", "first_year": "2019"},
            "p.yml first_year、base_year、report_year："
            "须满足 first_year ≤ base_year ≤ report_year",
        ),
        ({"is_invented": "1"}, "p.yml is_invented：“1”不符合要求；应为：true 或 false"),
        (
            {"park_name_zh": "2024"},
            "p.yml park_name_zh：“2024”不符合要求；应为：文字（数字和日期请加引号）",
        ),
        ({"park_name_zh": "''"}, "p.yml park_name_zh：“”不符合要求；应为：非空文字"),
        (
            {"park_id": "../out"},
            "p.yml park_id：“../out”不符合要求；"
            "应为：字母、数字、_ 和 -，以字母或数字开头",
        ),
        ({"language": "fr"}, "p.yml language：“fr”不符合要求；应为：'zh' 或 'en'"),
        (
            {"discount_rate": ".nan"},
            "p.yml discount_rate：“nan”不符合要求；应为：有限的数",
        ),
        (
            {"heat_factor_tco2_per_gj": "0"},
            "p.yml heat_factor_tco2_per_gj：“0”不符合要求；应为：大于 0 的数",
        ),
        ({"prices": "{heat: x}"}, "p.yml prices.heat：“x”不符合要求；应为：数字"),
        ({"prices": "[1]"}, "p.yml prices：“[1]”不符合要求；应为：键值对"),
        ({"notes": "一句"}, "p.yml notes：“一句”不符合要求；应为：列表"),
        (
            {"trend_columns": "[co2_t]"},
            "p.yml trend_columns：没有面板列“co2_t” 最接近的是“co2e_t”",
        ),
        (
            {"scheme": "taizhou_six_dimension"},
            f"p.yml scheme：没有名为“taizhou_six_dimension”的指标体系；"
            f"应为：{'、'.join(list_schemes())}；最接近的是“taizhou_six_dimensions”",
        ),
        (
            {"scheme": "../schemes/taizhou_six_dimensions"},
            f"p.yml scheme：没有名为“../schemes/taizhou_six_dimensions”的指标体系；"
            f"应为：{'、'.join(list_schemes())}；最接近的是“taizhou_six_dimensions”",
        ),
        (
            {"input": "{path: a, layout: long_table, mapping: ../x}"},
            "p.yml input.mapping：“../x”不符合要求；"
            "应为：字母、数字、_ 和 -，以字母或数字开头",
        ),
        (
            {"input": "{path: a, layout: long_table}"},
            "p.yml input：这种 layout 需要 mapping",
        ),
        (
            {"input": "{path: a, zero_means_missing: [nox]}"},
            "p.yml input.zero_means_missing：没有面板列“nox” 最接近的是“nox_kg”",
        ),
        (
            {"input": "{path: a, entity_pattern: '(a'}"},
            "p.yml input.entity_pattern：不是正则表达式："
            "missing ), unterminated subpattern at position 0",
        ),
    ],
)
def test_one_wrong_key(write, keys, line):
    assert problems(write(**keys)) == [line]


TARGET = (
    "id: a, name_zh: 碳强度, indicator: co2e_t / output_value_10k_cny, "
    "kind: relative_cut, base_year: 2020, year: 2025, cut_pct: 18"
)


def test_targets_and_scenarios(write):
    parameters = read_parameters(
        write(
            targets=f"[{{{TARGET}, path: linear}}]",
            scenarios="{value_added_growth_pct: {2031: [1, 2, 3], 2026: [2, 3, 4]}}",
        )
    )
    (target,) = parameters.targets
    assert (target.binding, target.path, target.cut_pct) == (True, "linear", 18.0)
    growth = parameters.scenarios.value_added_growth_pct
    assert list(growth.items()) == [(2026, (2, 3, 4)), (2031, (1, 2, 3))]
    assert parameters.scenarios.last_year == 2040


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (
            {"targets": f"[{{{TARGET}, cut: 3}}]"},
            "p.yml targets.0.cut：没有这个参数；最接近的是“cut_pct”",
        ),
        ({"targets": "{a: 1}"}, "p.yml targets：不符合要求；应为：列表"),
        (
            {"targets": f"[{{{TARGET}}}, {{{TARGET}}}]"},
            "p.yml targets：id 重复：“a”",
        ),
        (
            {"scenarios": "{last_yaer: 2035}"},
            "p.yml scenarios.last_yaer：没有这个参数；最接近的是“last_year”",
        ),
        (
            {"scenarios": "{carbon_factor_cut_pct: {2021: [3, 2, 1]}}"},
            "p.yml scenarios.carbon_factor_cut_pct：2021 年起："
            "须满足 最小值 ≤ 最可能值 ≤ 最大值",
        ),
    ],
)
def test_wrong_targets_and_scenarios(write, keys, line):
    assert problems(write(**keys)) == [line]


def test_all_problems_come_together(write):
    keys = {
        "report_year": "2019",
        "scheme": "x",
        "langage": "zh",
        "seed": "-1",
        "input": "{pth: 1, path: ''}",
    }
    lines = problems(write(**keys))
    assert len(lines) == 6
    assert sum("须满足" in line for line in lines) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "p.yml：内容为空或不是键值对；应为：键: 值"),
        ("# only a comment", "p.yml：内容为空或不是键值对；应为：键: 值"),
        ("- a", "p.yml：内容为空或不是键值对；应为：键: 值"),
        (
            "a: [1,\nb: 2",
            "p.yml 第 2 行第 5 列：不是有效的 YAML（expected ',' or ']', "
            "but got '<stream end>'）；应为：键: 值，缩进用空格",
        ),
        (
            "a: 1\nb: {c: 1, c: 2}",
            "p.yml 第 2 行第 11 列：不是有效的 YAML（键“c”出现两次）；"
            "应为：键: 值，缩进用空格",
        ),
        (
            "a: 1\n\tb: 2",
            "p.yml 第 2 行第 1 列：不是有效的 YAML（found character '\\t'",
        ),
        ("a: 2024-13-45", "p.yml：不是有效的 YAML（ValueError）"),
        ("[" * 3000, "p.yml：不是有效的 YAML（RecursionError）"),
        ("? [1]\n: 2", "p.yml 第 1 行第 3 列：不是有效的 YAML（found unhashable key）"),
        (
            "a: !!python/name:os.system ''",
            "p.yml 第 1 行第 4 列：不是有效的 YAML（could",
        ),
    ],
)
def test_files_that_are_no_yaml(write, text, line):
    found = problems(write(text))
    assert len(found) == 1
    assert found[0].startswith(line)
    assert "\n" not in found[0]


def test_files_that_cannot_be_read(write, tmp_path):
    path = write()
    (line,) = problems(path.with_name("q.yml"))
    assert line == f"{path.with_name('q.yml')}：没有这个参数文件；最接近的是“p.yml”"
    assert problems(tmp_path) == [f"{tmp_path}：是一个文件夹；应为：一个 .yml 文件"]
    path.write_bytes("园区: 中".encode("gb18030"))
    assert problems(path) == ["p.yml：文字编码无法识别；应为：UTF-8"]


def test_project_folder(write, tmp_path):
    assert project_folder(write()) == tmp_path.resolve()
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    (tmp_path / "parameters").rename(tmp_path / "moved")
    assert project_folder(alone / "run.yml") == alone.resolve()


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("{path: old.xlsx, pth: x}", "previous.pth：没有这个参数；最接近的是“path”"),
        ("{path: gone.xlsx}", "previous.path：没有文件“gone.xlsx”"),
        ("{scheme: taizhou_six_dimensions}", "previous.path：缺少必填参数"),
        (
            "{path: old.xlsx, scheme: taizou_six_dimensions}",
            "previous.scheme：没有名为",
        ),
        (
            "{path: old.xlsx, report_year: 2023}",
            "须满足 base_year ≤ previous.report_year",
        ),
        (
            "{path: old.xlsx, report_year: 2020}",
            "须满足 base_year ≤ previous.report_year",
        ),
        ("{path: old.xlsx, factor_set: 1}", "previous.factor_set"),
    ],
)
def test_what_is_wrong_with_the_previous_report_is_named(write, tmp_path, block, line):
    (tmp_path / "old.xlsx").touch()
    assert any(line in problem for problem in problems(write(previous=block)))


def test_the_previous_report_is_the_year_before_unless_said(write, tmp_path):
    (tmp_path / "old.xlsx").touch()
    parameters = read_parameters(write(previous="{path: old.xlsx}"))
    assert parameters.previous_year == 2022
    assert parameters.previous.path == str(tmp_path / "old.xlsx")
    earlier = read_parameters(write(previous="{path: old.xlsx, report_year: 2021}"))
    assert earlier.previous_year == 2021
    assert read_parameters(write()).previous_year == 2022
