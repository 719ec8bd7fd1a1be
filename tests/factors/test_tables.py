import re

import pandas as pd
import pytest

from synergy_lib.errors import FactorNotFoundError, ParameterError
from synergy_lib.factors.tables import (
    FACTOR_COLUMNS,
    FACTOR_TABLES,
    factor_names,
    load_factors,
    load_regions,
    load_sources,
    resolve_names,
)
from synergy_lib.resources import data_path

QUALITIES = {"measured", "official_default", "literature", "expert_judgement"}
NO_VALUE = {"equivalent.air.vocs", "equivalent.water.tn"}


@pytest.fixture(params=FACTOR_TABLES)
def table(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_factors(request.param)


def test_tables_are_exactly_the_shipped_files():
    files = {path.stem for path in data_path("factors").glob("*.csv")}
    assert files == set(FACTOR_TABLES)


def test_factor_rows_have_the_contract_columns(table):
    assert list(table.columns[: len(FACTOR_COLUMNS)]) == list(FACTOR_COLUMNS)
    assert set(table.columns[len(FACTOR_COLUMNS) :]) <= {"aliases", "group"}


@pytest.mark.parametrize(
    "column",
    ["factor_id", "factor_set", "key", "quantity", "unit", "region", "locator"],
)
def test_factor_rows_leave_no_mandatory_text_blank(table, column):
    assert (table[column].str.strip() != "").all()


def test_factor_ids_are_unique_over_all_tables():
    ids = pd.concat([load_factors(name)["factor_id"] for name in FACTOR_TABLES])
    assert ids.is_unique


def test_factor_values_are_numbers_and_not_negative(table):
    values = table.set_index("factor_id")["value"].drop(
        labels=list(NO_VALUE), errors="ignore"
    )
    assert values.notna().all()
    assert (values >= 0).all()


def test_factor_sources_are_registered(table):
    assert set(table["source_key"]) <= set(load_sources().index)


def test_factor_tags_and_qualities_are_known(table):
    assert set(table["tag"]) <= {"", "P", "GK", "C"}
    assert set(table["quality"]) <= QUALITIES
    proposed = table["tag"] == "P"
    assert (table.loc[proposed, "source_key"] == "PROJECT").all()
    assert (table.loc[proposed, "quality"] == "expert_judgement").all()


def test_factor_names_are_in_both_languages(table):
    assert table["name_en"].str.contains("[A-Za-z]").all()
    assert table["name_en"].map(str.isascii).mean() > 0.9
    assert table["name_zh"].str.contains(r"[\u4e00-\u9fff]").all()


def test_factor_years_are_ordered(table):
    known = table.dropna(subset=["valid_from", "valid_to"])
    assert (known["valid_from"] <= known["valid_to"]).all()


def test_factor_files_are_utf8_with_lf_and_one_final_newline():
    for path in [*data_path("factors").glob("*.csv"), data_path("sources.csv")]:
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert raw.endswith(b"\n")
        raw.decode("utf-8")


@pytest.mark.parametrize(
    ("name", "key", "quantity", "printed"),
    [
        ("fuels", "anthracite", "carbon_content", "0.02749"),
        ("fuels", "lignite", "carbon_content", "0.02800"),
        ("fuels", "gasoline", "ncv", "44.80"),
        ("pollutant_equivalents", "chromic_acid_mist", "kg_per_equivalent", "0.0007"),
        ("gwp", "ch4", "gwp100", "27.9"),
    ],
)
def test_factor_values_keep_the_printed_precision(name, key, quantity, printed):
    raw = pd.read_csv(data_path("factors", f"{name}.csv"), dtype=str)
    rows = raw[(raw["key"] == key) & (raw["quantity"] == quantity)]
    assert printed in rows["value"].tolist()


def test_sources_hold_every_reference_of_the_method():
    sources = load_sources()
    wanted = [f"R{n}" for n in range(1, 38)] + [f"S00{n}" for n in range(5)]
    wanted += ["R6a", "R6b", "R6c", "R9b", "R26a", "R26b", "R26c", "R29a", "R29d"]
    assert sources.index.is_unique
    assert set(wanted) <= set(sources.index)
    assert (sources["title"] != "").all()


def test_load_factors_returns_a_copy_of_its_own():
    mine = load_factors("heat")
    mine.loc[0, "value"] = 99.0
    assert load_factors("heat").loc[0, "value"] == pytest.approx(0.11)


def test_load_factors_names_the_nearest_table():
    with pytest.raises(ParameterError, match="fuels"):
        load_factors("fuel")


def test_law_has_44_air_items_with_one_value_each():
    air = load_factors("pollutant_equivalents").query("factor_set == 'air'")
    listed = air[air["source_key"] == "R5"]
    assert len(listed) == 44
    assert listed["key"].is_unique


def test_resolve_names_accepts_ids_both_languages_and_spellings():
    water = load_factors("pollutant_equivalents").query("factor_set == 'water'")
    asked = ["NH3N", "NH3-N", "nh₃-n", "氨氮", "ammonia nitrogen", "ＣＯＤ", "甲苯"]
    keys = resolve_names(asked, water, "污染物")
    assert keys == ["nh3n"] * 5 + ["cod", "toluene_water"]


def test_resolve_names_lists_every_unknown_name_with_the_nearest():
    air = load_factors("pollutant_equivalents").query("factor_set == 'air'")
    with pytest.raises(FactorNotFoundError) as caught:
        resolve_names(["二氧化琉", "SO2", "tolune"], air, "污染物")
    assert len(caught.value.problems) == 2
    assert "二氧化硫" in str(caught.value)
    assert "Toluene" in str(caught.value) or "toluene" in str(caught.value)


@pytest.mark.parametrize("medium", ["air", "water"])
def test_no_spelling_means_two_pollutants(medium):
    rows = load_factors("pollutant_equivalents").query("factor_set == @medium")
    seen: dict[str, str] = {}
    for row in rows.to_dict("records"):
        aliases = [alias for alias in row["aliases"].split("|") if alias]
        for name in [row["key"], row["name_zh"], row["name_en"], *aliases]:
            folded = re.sub(r"[\W_]", "", name.casefold())
            assert seen.setdefault(folded, row["key"]) == row["key"], name
    assert set(factor_names(rows).values()) == set(rows["key"])


def test_regions_cover_every_region_of_the_grid_table():
    assert set(load_factors("electricity")["region"]) <= set(load_regions().index)
    assert (load_regions()["kind"] == "province").sum() == 31
