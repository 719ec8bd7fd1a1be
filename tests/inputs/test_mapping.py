"""Mapping tables are checked before any data are read."""

import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.inputs import mapping
from synergy_lib.inputs.mapping import check_mapping, read_mapping

_HEAD = "source,source_unit,column,editions,formula,note\n"
SHIPPED = ["lek_pharma_sites", "danish_chemical_register", "pharma_company_panel"]


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that reads a mapping table from text."""
    monkeypatch.setattr(mapping, "parameters_path", lambda *p: tmp_path.joinpath(p[-1]))

    def from_text(text, head=_HEAD):
        (tmp_path / "m.csv").write_text(head + text, encoding="utf-8")
        return read_mapping("m")

    return from_text


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_mappings_pass(name):
    table = read_mapping(name)
    assert (table.loc[table["source"] == "", "formula"] != "").all()


def test_unknown_mapping_names_the_nearest():
    with pytest.raises(ParameterError, match="最接近的是“lek_pharma_sites”"):
        read_mapping("lek_pharma_site")


def test_every_wrong_row_is_named(read):
    with pytest.raises(ParameterError) as caught:
        read(
            "voc,t,voc_kg,,,\n"
            "voc,tonne,vocs_kg,,,\n"
            "voc,GJ,vocs_kg,,,\n"
            ",,vocs_kg,,,\n"
            ",,main_product_t,,energy_totl_gj / 2,\n"
            "name,,enterprise_name,,,\n"
            "e,,co2e_t,,,\n"
            "nox,t,nox_kg,,,\n"
            "nox,t,nox_kg,,,\n"
        )
    text = str(caught.value)
    rows = [f"第 {row} 行" in text for row in range(2, 11)]
    assert rows == [True] * 7 + [False, True]
    assert "最接近的是“vocs_kg”" in text
    assert "最接近的是“energy_total_gj”" in text


def test_value_is_known_only_beside_a_source(read):
    table = read("water,t,water_fresh_m3,,value * 1,\n")
    assert table["formula"].tolist() == ["value * 1"]
    with pytest.raises(ParameterError, match="没有名为“value”的列"):
        read(",,water_fresh_m3,,value * 1,\n")


def test_missing_columns_and_empty_tables(read):
    with pytest.raises(ParameterError, match="缺少列“formula”"):
        read("", head="source,source_unit,column,editions,note\n")
    with pytest.raises(ParameterError, match="没有任何行"):
        read("")
    assert check_mapping(pd.DataFrame(), "x.csv")[0].where == "x.csv 第 1 行"
