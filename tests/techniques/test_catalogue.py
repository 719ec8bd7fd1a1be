import re

import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.factors.tables import load_sources
from synergy_lib.resources import parameters_path
from synergy_lib.schema import load_columns
from synergy_lib.techniques.catalogue import (
    TARGETS,
    Condition,
    load_cases,
    load_catalogue,
    parse_conditions,
)

FOLDER = parameters_path("techniques")


@pytest.fixture
def copy(tmp_path):
    """Return a function that writes the catalogue with some cells changed."""
    tables = {
        name: pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False)
        for name in ("catalogue.csv", "effects.csv")
    }

    def write(**cells):
        changed = {name: table.copy() for name, table in tables.items()}
        for name, rows in cells.items():
            for (row, column), value in rows.items():
                changed[f"{name}.csv"].loc[row, column] = value
        for name, table in changed.items():
            table.to_csv(tmp_path / name, index=False)
        return tmp_path / "catalogue.csv"

    return write


def refused(path):
    with pytest.raises(ParameterError) as caught:
        load_catalogue(path)
    return [str(problem) for problem in caught.value.problems]


def test_shipped_catalogue_is_sound():
    catalogue = load_catalogue()
    assert catalogue.techniques.index.is_unique
    assert set(catalogue.effects["technique_id"]) <= set(catalogue.techniques.index)
    assert load_catalogue(FOLDER).techniques.equals(catalogue.techniques)


def test_shipped_catalogue_names_real_indicators_and_cases():
    techniques = load_catalogue().techniques
    codes = ";".join(techniques["indicators"]).split(";")
    assert all(re.fullmatch(r"[A-F][1-6]", code) for code in codes)
    cases = set(load_cases()["case_id"]) | {"T38"}
    for listed in techniques["cases"]:
        assert set(filter(None, listed.split(";"))) <= cases


def test_shipped_investment_is_tagged_as_a_proposal():
    techniques = load_catalogue().techniques
    given = techniques[techniques["capex_mode"].notna()]
    assert given["capex_tag"].str.contains("P").all()
    assert (given["capex_quality"] == "expert_judgement").all()


def test_shipped_shares_below_one_are_tagged_as_proposals():
    techniques = load_catalogue().techniques
    assert (techniques.loc[techniques["affected_share"] < 1, "share_tag"] == "P").all()


def test_shipped_expert_values_are_tagged():
    effects = load_catalogue().effects
    spread = effects[effects["low"] < effects["high"]]
    judged = spread[spread["source_key"] == "PROJECT"]
    assert judged["tag"].str.contains("P").all()


def test_targets_are_panel_columns():
    assert set(TARGETS) <= set(load_columns().index)


def test_parse_conditions():
    assert parse_conditions("") == []
    found = parse_conditions("land_mu >= 5; electricity_pv_mwh<=-0.5")
    assert found[0] == Condition("land_mu", ">=", 5.0)
    assert found[1].limit == -0.5


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "message"),
    [
        ("catalogue", 0, "stage", "sourse", "第 2 行 stage：“sourse”不是可用的值"),
        ("catalogue", 1, "technique_id", "T01", "第 3 行 technique_id：T01 重复"),
        ("catalogue", 0, "conditions", "x", "第 2 行 conditions：“x”看不懂"),
        ("catalogue", 0, "conditions", "land_m>=1", "没有数据列“land_m”"),
        ("catalogue", 0, "affected_share", "1.5", "1.5 超出范围"),
        ("catalogue", 0, "affected_share", "0", "0 超出范围"),
        ("catalogue", 0, "lifetime_years", "", "lifetime_years：不是正数"),
        ("catalogue", 0, "ceiling_fraction", "", "ceiling_fraction：空白"),
        ("catalogue", 0, "source_keys", "S009", "没有来源“S009”"),
        ("catalogue", 0, "source_keys", "", "source_keys：空白"),
        ("catalogue", 0, "name_zh", " ", "name_zh：空白"),
        ("catalogue", 0, "evidence", "E", "evidence：“E”不是可用的值"),
        ("catalogue", 0, "exclusive_with", "T99", "没有技术“T99”"),
        ("catalogue", 0, "capex_mode", "3", "capex_low、capex_mode、capex_high"),
        ("effects", 0, "target", "co2_t", "第 2 行 target：“co2_t”不是可减少的量"),
        ("effects", 0, "base_column", "workshop", "没有数据列“workshop”"),
        ("effects", 0, "minus_column", "workshop", "没有数据列“workshop”"),
        ("effects", 0, "low", "2000", "2000、1500、2250 不是由小到大"),
        ("effects", 0, "mode", "", "不是数字"),
        ("effects", 0, "technique_id", "T99", "没有技术“T99”"),
        ("effects", 0, "source_key", "S009", "没有来源“S009”"),
        ("effects", 0, "quality", "good", "quality：“good”不是可用的值"),
    ],
)
def test_a_wrong_cell_is_named(copy, table, row, column, value, message):
    problems = refused(copy(**{table: {(row, column): value}}))
    assert any(message in problem for problem in problems), problems


def test_all_problems_are_collected(copy):
    path = copy(
        catalogue={(0, "stage"): "x", (1, "evidence"): "x"},
        effects={(0, "low"): "9999"},
    )
    assert len(refused(path)) == 3


def test_a_wrong_name_gets_the_nearest_valid_one(copy):
    problems = refused(copy(effects={(1, "base_column"): "heat_purchase_gj"}))
    assert "最接近的是“heat_purchased_gj”" in problems[0]


def test_a_missing_column_or_file_is_named(copy, tmp_path):
    path = copy()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.drop(columns="stage").to_csv(path, index=False)
    assert refused(path) == ["catalogue.csv：缺少列“stage”"]
    table.rename(columns={"stage": "stages"}).to_csv(path, index=False)
    assert refused(path) == ["catalogue.csv：缺少列“stage”；最接近的是“stages”"]
    (tmp_path / "effects.csv").unlink()
    assert "没有这个文件" in refused(path)[0]


def test_a_file_in_another_encoding_is_named(copy):
    path = copy()
    path.write_bytes("技术".encode("gb18030"))
    assert "不是 UTF-8 编码" in refused(path)[0]


def test_cases_have_a_known_source_unit_and_technique():
    cases = load_cases()
    assert cases["value"].notna().all()
    assert set(cases["source_key"]) <= set(load_sources().index)
    known = set(load_catalogue().techniques.index) | {""}
    assert set(cases["technique_id"]) <= known
    assert (cases["unit"] != "").all()
    assert set(cases["evidence"]) == {"D"}
    assert {f"T{n:02d}" for n in range(1, 38)} <= set(cases["case_id"])


def case(identifier, quantity, source=""):
    cases = load_cases()
    rows = cases[
        (cases["case_id"] == identifier)
        & (cases["quantity_zh"] == quantity)
        & (cases["source_key"].str.startswith(source))
        & (cases["case_zh"] != "餐厨垃圾处置")
    ]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.mark.parametrize(
    ("identifier", "quantity", "recomputed"),
    [
        ("T05", "降幅", 100 * (0.93 - 0.54) / 0.93),
        ("T06", "经济效益", 191e4 / 2143),
        ("T07", "经济效益", 1300 / 500),
        ("T07'", "经济效益", 1100 / 500),
        ("T08", "年节约", 191 + 1300),
        ("T10", "增加收益", 450e4 / 30000),
        ("T11", "折算减碳", 67000 / 2000),
        ("T15", "减碳", 8418 / 3095),
        ("T16", "减碳", 37.1e8 / 27.3e4),
        ("T17", "降幅", 100 * (295 - 212) / 295),
        ("T18", "装机", 56849 / 50),
        ("T18", "减碳", 56849 * 0.5153),
        ("T22", "节能", 1630 * 29.3076 / 300_000),
        ("T22", "减碳", 4300 / 1630),
        ("T23", "减碳", 75_100_000 / 38_000_000),
        ("T26", "节能", 2000 / 6400),
        ("T30", "减碳", 2500 / 500),
        ("T31", "减碳", 346_000 / 135_000),
        ("T35", "减碳", 243_000 / 90_000),
    ],
)
def test_cases_recomputed_checks(identifier, quantity, recomputed):
    found = case(identifier, quantity)["recomputed"]
    assert found == pytest.approx(recomputed, rel=6e-3)


def test_cases_show_the_published_figures():
    assert case("T05", "单位产值碳排放（改造前）")["value"] == 0.93
    assert case("T05", "单位产值碳排放（改造后）")["value"] == 0.54
    assert case("T06", "减碳")["value"] == 2143
    assert case("T02", "有机溶剂消耗下降", "S002")["value"] == 40
