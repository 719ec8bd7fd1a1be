import shutil

import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.resources import data_path, parameters_path
from synergy_lib.scoring.framework import load_scheme, read_framework

SHIPPED = parameters_path("schemes", "taizhou_six_dimensions")


@pytest.fixture
def scheme_folder(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "scheme")


def edit(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_read_framework_tree_and_weights(mini):
    framework = mini.framework
    assert framework.root == "S"
    assert list(framework.dimensions.index) == ["A", "B"]
    assert framework.children("A") == ["A1", "A2"]
    assert list(framework.indicators.index) == ["A1", "A2", "B1", "B2"]
    assert list(framework.gates.index) == ["G1", "G2"]
    local = framework.local_weights.to_dict()
    assert local == pytest.approx(
        {"A1": 0.6, "A2": 0.4, "B1": 0.5, "B2": 0.5, "A": 0.6, "B": 0.4, "S": 1.0}
    )
    assert framework.effective_weights.sum() == pytest.approx(1.0)


def test_read_framework_coinr_table_unchanged(shared):
    path = shared("data", "asem_composite_index", "indicator_meta.csv")
    framework = read_framework(path)
    assert framework.root == "Index"
    assert len(framework.indicators) == 49
    assert list(framework.dimensions.index) == ["Conn", "Sust"]
    assert framework.aggregates["level"].tolist() == [2.0] * 8 + [3.0] * 2 + [4.0]
    assert framework.table.loc["Flights", "denominator"] == "Population"
    assert framework.table.loc["LPI", "denominator"] == ""
    assert framework.table.loc["CO2", "direction"] == -1
    assert set(framework.other["type"]) == {"Group", "Denominator"}
    # Eight indicators of weight 1 in Physical, five pillars in Conn, two halves.
    assert framework.effective_weights["LPI"] == pytest.approx(1 / 8 / 5 / 2)


def test_read_framework_gb18030_and_bom(framework_file):
    path = framework_file()
    text = path.read_text(encoding="utf-8")
    for encoding in ("gb18030", "utf-8-sig"):
        path.write_text(text, encoding=encoding)
        assert read_framework(path).table.loc["A1", "name"] == "碳强度"


def test_read_framework_missing_file_and_columns(tmp_path, framework_file):
    with pytest.raises(ParameterError, match="没有这个文件"):
        read_framework(tmp_path / "none.csv")
    with pytest.raises(ParameterError) as caught:
        read_framework(framework_file("Level,iCode\n1,a\n"))
    assert len(caught.value.problems) == 6
    with pytest.raises(ParameterError, match="CSV"):
        read_framework(framework_file(""))


def test_taizhou_scheme_is_complete(taizhou):
    framework = taizhou.framework
    assert len(framework.indicators) == 30
    assert list(framework.gates.index) == ["G1", "G2", "G3", "G4", "G5"]
    weights = framework.dimensions["weight"]
    assert weights.to_dict() == {"A": 22, "B": 16, "C": 16, "D": 18, "E": 16, "F": 12}
    inside = framework.indicators.groupby("parent")["weight"].sum()
    assert inside.to_dict() == weights.to_dict()
    rules = framework.indicators["rule"]
    assert sorted(rules.index[rules == "PCT"]) == ["B2", "C2", "C3", "D1", "D2", "D4"]
    assert sorted(rules.index[rules == "TIER"]) == ["A2", "D5", "F1", "F3", "F5"]
    assert (framework.table[["name", "name_en", "unit", "tag"]] != "").all(axis=None)


def test_taizhou_anchors_are_tagged_or_sourced(taizhou):
    linear = taizhou.framework.indicators.query("rule == 'LIN'")
    for part in ("baseline", "benchmark"):
        untagged = linear[linear[f"{part}_tag"] == ""]
        assert (untagged["source_key"] != "").all()
    assert linear.loc["D3", "baseline_tag"] == "GK"
    assert linear.loc["A4", "benchmark"] == pytest.approx(
        100 * (1 - 0.8**0.2), abs=0.005
    )


def test_taizhou_sources_exist(taizhou):
    known = set(pd.read_csv(data_path("sources.csv"))["source_key"])
    framework = taizhou.framework
    cells = [*framework.table["source_key"], *framework.gates["source_key"]]
    named = {key for cell in cells for key in cell.split(";") if key}
    assert named | {taizhou.header.source_key} <= known


def test_load_scheme_collects_problems_of_both_files(scheme_folder):
    edit(scheme_folder, "scheme.yml", "robustness_kappa:", "robustness_kapa:")
    edit(scheme_folder, "framework.csv", "1,A1,A,-1,6", "1,A1,A,-1,-6")
    with pytest.raises(ParameterError) as caught:
        load_scheme(scheme_folder)
    text = str(caught.value)
    assert "最接近的是“robustness_kappa”" in text
    assert "framework.csv 第2行（A1） Weight" in text


def test_load_scheme_checks_formulas_rules_and_codes(scheme_folder):
    edit(scheme_folder, "framework.csv", "co2e_t / value_added_10k_cny,", "co2_t,")
    edit(scheme_folder, "framework.csv", "tax_10k_cny / land_mu,LIN", ",LIN")
    edit(scheme_folder, "scheme.yml", "[G1, G2, G3, G4]", "[G1, G2, G3, G9]")
    with pytest.raises(ParameterError) as caught:
        load_scheme(scheme_folder)
    text = str(caught.value)
    assert "没有名为“co2_t”的列" in text
    assert "A6 formula：缺少公式" in text
    assert "没有代码“G9”" in text
    assert "G4：门槛未列入" in text


def test_load_scheme_needs_rules(scheme_folder, shared):
    source = shared("data", "asem_composite_index", "indicator_meta.csv")
    shutil.copy(source, scheme_folder / "framework.csv")
    with pytest.raises(ParameterError, match="LPI rule：缺少评分规则"):
        load_scheme(scheme_folder)


def test_load_scheme_of_another_depth(scheme_folder):
    # One more level: the two indicators of carbon per value added under a node.
    edit(scheme_folder, "framework.csv", "1,A1,A,", "1,A1,A0,")
    edit(scheme_folder, "framework.csv", "1,A2,A,", "1,A2,A0,")
    edit(scheme_folder, "framework.csv", "2,A,SYNERGY", "3,A,SYNERGY")
    edit(scheme_folder, "framework.csv", "3,SYNERGY,", "4,SYNERGY,")
    path = scheme_folder / "framework.csv"
    row = "2,A0,A,1,9,Aggregate,碳强度,,分,,,,,,,P,,,PROJECT,"
    text = path.read_text(encoding="utf-8").replace("2,B,SYN", f"{row}\n2,B,SYN")
    path.write_text(text, encoding="utf-8")
    framework = load_scheme(scheme_folder).framework
    assert framework.dimension_of[["A1", "A2", "A3"]].tolist() == ["A"] * 3
    assert framework.effective_weights["A1"] == pytest.approx(0.06)
    old = "aggregation_by_level: {}"
    edit(scheme_folder, "scheme.yml", old, "aggregation_by_level: {5: geometric}")
    with pytest.raises(ParameterError, match="没有第5层的合成项；应为：2、3、4"):
        load_scheme(scheme_folder)


def test_load_scheme_missing_folder(tmp_path):
    with pytest.raises(ParameterError) as caught:
        load_scheme(tmp_path / "nothing")
    assert len(caught.value.problems) == 2
