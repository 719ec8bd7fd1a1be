import re

import pandas as pd
import pytest

from synergy_lib.factors.tables import load_sources
from synergy_lib.resources import parameters_path
from synergy_lib.techniques.catalogue import load_cases, load_catalogue

FOLDER = parameters_path("techniques")


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
    assert given["capex_quality"].isin(["expert_judgement", "literature"]).all()
    assert (given["opex_fraction"] <= 0.1).all()
    quoted = given["capex_note"].str.contains("以报价替代")
    assert given.index[~quoted].tolist() == ["T44"]  # needs no investment


def test_shipped_investment_per_tonne_follows_from_the_published_programme():
    """S001: 371 000 (10⁴ CNY) / 273 000 t = 1.359 per t; 1500 t a workshop: 2039."""
    techniques = load_catalogue().techniques
    per_tonne = 371_000 / 273_000
    assert techniques.loc["T03", "capex_mode"] == pytest.approx(per_tonne, rel=2e-3)
    assert techniques.loc["T01", "capex_mode"] == pytest.approx(
        1500 * per_tonne, rel=0.02
    )


def test_shipped_investment_from_the_danish_catalogue_is_tagged_as_transferred():
    """Gas boiler 69.062 EUR/kW · 7.8 = 539; 23.204 GJ · 0.8 / 18 GJ/kW = 1.03 kW."""
    techniques = load_catalogue().techniques
    literature = techniques[techniques["capex_quality"] == "literature"]
    assert literature["capex_tag"].str.contains("P").all()
    assert literature["source_keys"].str.contains("DEA").all()
    boiler = 69.062 * 7.8 / 1e4 * 23.204 * 0.8 / 18
    row = techniques.loc["T52"]
    assert row["capex_low"] < boiler < row["capex_mode"]
    waste_heat_pump = 889.6044 * 7.8 / 1e4 / 21.6
    assert waste_heat_pump == pytest.approx(0.0321, abs=1e-4)
    heat = techniques.loc["T14"]
    assert heat["capex_mode"] < waste_heat_pump < heat["capex_high"]


def test_shipped_shares_below_one_are_tagged_as_proposals():
    techniques = load_catalogue().techniques
    assert (techniques.loc[techniques["affected_share"] < 1, "share_tag"] == "P").all()


def test_shipped_expert_values_are_tagged():
    effects = load_catalogue().effects
    spread = effects[effects["low"] < effects["high"]]
    judged = spread[spread["source_key"] == "PROJECT"]
    assert judged["tag"].str.contains("P").all()


def test_a_missing_column_or_file_is_named(copy, refused, tmp_path):
    path = copy()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.drop(columns="stage").to_csv(path, index=False)
    assert refused(path) == ["catalogue.csv：缺少列“stage”"]
    table.rename(columns={"stage": "stages"}).to_csv(path, index=False)
    assert refused(path) == ["catalogue.csv：缺少列“stage”；最接近的是“stages”"]
    (tmp_path / "effects.csv").unlink()
    assert "没有这个文件" in refused(path)[0]


def test_a_file_in_another_encoding_is_named(copy, refused):
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
