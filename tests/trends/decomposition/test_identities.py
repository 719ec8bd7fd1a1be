"""Identities over enterprises: exact sums, coming and going, what has a reason."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.accounting.carriers import account_carriers
from synergy_lib.accounting.energy import account_energy
from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.factors.selection import select_factors
from synergy_lib.schema import CURRENT_OUTPUT, OUTPUT, PANEL_INDEX, PARK, code_labels
from synergy_lib.trends.decomposition.identities import (
    enterprise_carbon,
    enterprise_pollutants,
    park_carbon,
    park_pollutants,
)

PLAIN = ["enterprise_id", "year", OUTPUT, "energy_tce", "co2e_t"]
SPAN = ["enterprise_id", "quantity", "basis", "from_year", "to_year"]
HAS_EFFECTS = ("decomposed", "partial")


def panel(rows, years=(2020, 2021), columns=PLAIN):
    """Return a panel from enterprise → [(VA, E, C) a year]; None: no row."""
    records = [
        (firm, year, *values)
        for firm, found in rows.items()
        for year, values in zip(years, found, strict=True)
        if values is not None
    ]
    return pd.DataFrame(records, columns=columns).set_index(list(PANEL_INDEX))


def effects(table, basis="step", enterprise=None, to_year=2021):
    """Return effect → amount of one span."""
    rows = table[(table["basis"] == basis) & (table["to_year"] == to_year)]
    if enterprise is not None:
        rows = rows[rows["enterprise_id"] == enterprise]
    return rows.set_index("effect")["amount"]


def first(table, basis="step", enterprise=None):
    rows = table[table["basis"] == basis]
    if enterprise is not None:
        rows = rows[rows["enterprise_id"] == enterprise]
    return rows.iloc[0]


def assert_exact(table):
    """Assert that amounts sum to the change and ratios multiply to end/start."""
    groups = table.groupby(SPAN)
    spans = pd.DataFrame(
        {
            "sum": groups["amount"].sum(),
            "product": groups["ratio"].prod(min_count=1),
            "start": groups["start"].first(),
            "end": groups["end"].first(),
            "status": groups["status"].first(),
        }
    )
    spans = spans[spans["status"].isin(HAS_EFFECTS)]
    size = spans[["start", "end"]].abs().max(axis=1)
    gap = (spans["sum"] - (spans["end"] - spans["start"])).abs()
    assert (gap <= 1e-9 * size).all()
    both = spans[(spans["start"] > 0) & (spans["end"] > 0)].reset_index()
    # A chain through a year without any emission has no ratios.
    both = both[(both["basis"] != "chain") | both["product"].notna()]
    np.testing.assert_allclose(both["product"], both["end"] / both["start"], rtol=1e-9)
    return spans


# --- by hand ---------------------------------------------------------------------


def test_enterprise_is_the_kaya_vector():
    # methods §10, lmdi_kaya: VA 1000→1200, E 500→540, C 1200→1188
    table = enterprise_carbon(panel({"a": [(1000, 500, 1200), (1200, 540, 1188)]}))
    found = effects(table)
    expected = [217.690106, -125.799397, -103.89071, 0]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    names = ["scale", "energy_intensity", "carbon_factor", "residual"]
    assert found.index.tolist() == names
    ratios = table[table["basis"] == "step"]["ratio"]
    np.testing.assert_allclose(ratios, [1.2, 0.9, 0.9166667, 1], rtol=1e-7)
    assert table["label_zh"].iloc[0] == "规模效应"
    assert table["share"].iloc[0] == pytest.approx(217.690106 / 1200)


def test_park_is_the_two_sector_vector():
    # E 30, 20 → 80, 16 as emission; output 10, 40 → 40, 40; energy = emission.
    table = park_carbon(
        panel({"a": [(10, 30, 30), (40, 80, 80)], "b": [(40, 20, 20), (40, 16, 16)]})
    )
    expected = {
        "scale": 32.384638,
        "structure": 38.284867,
        "energy_intensity": -24.669505,
        "carbon_factor": 0,
        "residual": 0,
    }
    assert effects(table).to_dict() == pytest.approx(expected, abs=1e-6)
    row = first(table)
    assert row[["n", "left_out", "entered", "left", "status"]].tolist() == [
        2,
        0,
        0,
        0,
        "decomposed",
    ]
    assert row[["start", "end", "change", "covered_share"]].tolist() == [50, 96, 46, 1]


def carriers_of(data, factors):
    data = data.join(account_energy(data, factors)["energy_tce"])
    carriers = account_carriers(data, factors)
    data["co2e_t"] = carriers["co2e_t"].sum(axis=1)
    return data, carriers


def test_the_grid_factor_stands_apart():
    """Same output and power: the grid's factor alone explains the whole change."""
    data = panel(
        {"a": [(100, 1000.0, 50.0), (100, 1000.0, 50.0)]},
        years=(2021, 2022),
        columns=["enterprise_id", "year", OUTPUT, "electricity_grid_mwh", "diesel_t"],
    )
    found = effects(
        enterprise_carbon(*carriers_of(data, select_factors([2021, 2022]))),
        to_year=2022,
    )
    # Zhejiang 0.5422 → 0.5153 t/MWh
    assert found["grid_factor"] == pytest.approx(-26.9, rel=1e-9)
    assert found.drop("grid_factor").to_dict() == dict.fromkeys(
        ["scale", "energy_intensity", "energy_mix", "emission_factor", "residual"], 0
    )


def test_own_power_is_a_change_of_the_mix():
    columns = [
        "enterprise_id",
        "year",
        OUTPUT,
        "electricity_grid_mwh",
        "electricity_pv_mwh",
    ]
    data = panel(
        {"a": [(100, 1000.0, 0.0), (100, 600.0, 400.0)]}, (2022, 2023), columns
    )
    factors = select_factors([2022, 2023])
    found = effects(enterprise_carbon(*carriers_of(data, factors)), to_year=2023)
    change = 600 * factors.grid[2023] - 1000 * factors.grid[2022]
    assert found["energy_mix"] + found["grid_factor"] == pytest.approx(change)
    assert found["energy_mix"] < 0
    assert found["energy_intensity"] == 0


def test_pollution_tells_source_from_end_of_pipe():
    columns = ["enterprise_id", "year", OUTPUT, "cod_generated_kg", "cod_kg"]
    data = panel(
        {
            "a": [(100, 1000, 100), (100, 1000, 50)],
            "b": [(100, 1000, 100), (100, 500, 50)],
        },
        columns=columns,
    )
    table = enterprise_pollutants(data, ["cod_kg"])
    assert effects(table, enterprise="a").to_dict() == pytest.approx(
        {"scale": 0, "generation": 0, "removal": -50, "residual": 0}
    )
    assert effects(table, enterprise="b").to_dict() == pytest.approx(
        {"scale": 0, "generation": -50, "removal": 0, "residual": 0}
    )
    park = effects(park_pollutants(data, ["cod_kg"]))
    assert park.to_dict() == pytest.approx(
        {"scale": 0, "structure": 0, "generation": -50, "removal": -50, "residual": 0}
    )


# --- coming, going, splitting out -----------------------------------------------------


def test_an_enterprise_that_comes_or_goes_is_structure():
    rows = {
        "stays": [(100, 50, 200), (100, 50, 200)],
        "comes": [None, (40, 10, 30)],
        "goes": [(60, 20, 70), None],
    }
    table = park_carbon(panel(rows))
    found = effects(table)
    # What stays has kept its amounts; scale is 160 → 140, so its share rose: the
    # two cancel. The others' whole emission is structure.
    assert found["energy_intensity"] == pytest.approx(0)
    assert found["carbon_factor"] == pytest.approx(0)
    scale = 200 * np.log(140 / 160)
    assert found["scale"] == pytest.approx(scale)
    assert found["structure"] == pytest.approx(30 - 70 - scale)
    row = first(table)
    assert row[["n", "entered", "left", "left_out"]].tolist() == [3, 1, 1, 0]
    assert row[["start", "end"]].tolist() == [270, 230]
    alone = enterprise_carbon(panel(rows))
    assert set(alone[alone["enterprise_id"] == "comes"]["status"]) == {"absent"}


def test_missing_is_left_out_at_both_ends_and_said():
    rows = {
        "a": [(100, 50, 200), (100, 50, 150)],
        "gap": [(100, np.nan, 100), (90, 40, 150)],
        "unknown": [(100, 50, 200), (100, 50, np.nan)],
    }
    row = first(park_carbon(panel(rows)))
    assert row[["n", "left_out", "status"]].tolist() == [1, 2, "partial"]
    assert row[["start", "end"]].tolist() == [200, 150]
    assert row["covered_share"] == pytest.approx(150 / 300)
    table = enterprise_carbon(panel(rows)).set_index("enterprise_id")
    statuses = table[table["basis"] == "step"]["status"].groupby(level=0).first()
    assert statuses.to_dict() == {
        "a": "decomposed",
        "gap": "no_energy",
        "unknown": "no_value",
    }


def test_a_row_missing_in_between_is_a_gap_not_a_departure():
    rows = {"a": [(100, 50, 200)] * 3, "b": [(10, 5, 20), None, (10, 5, 30)]}
    table = park_carbon(panel(rows, (2020, 2021, 2022)))
    steps = table[table["basis"] == "step"].groupby("to_year").first()
    assert steps["n"].tolist() == [1, 1]
    assert steps["left_out"].tolist() == [1, 1]
    fixed = table[(table["basis"] == "fixed") & (table["to_year"] == 2022)]
    assert fixed["n"].unique().tolist() == [2]
    own = enterprise_carbon(panel(rows, (2020, 2021, 2022)))
    own = own[own["enterprise_id"] == "b"].groupby(["basis", "to_year"])["status"]
    assert own.first().to_dict() == {
        ("chain", 2021): "no_row",
        ("chain", 2022): "no_row",
        ("fixed", 2021): "no_row",
        ("fixed", 2022): "decomposed",
        ("step", 2021): "no_row",
        ("step", 2022): "no_row",
    }


def test_negative_output_is_split_out_of_the_park():
    rows = {"a": [(100, 50, 200), (110, 55, 210)], "loss": [(-5, 5, 20), (5, 5, 26)]}
    table = park_carbon(panel(rows))
    found = effects(table)
    assert found["residual"] == pytest.approx(6)
    alone = effects(park_carbon(panel({"a": rows["a"]})))
    assert found.drop("residual").to_dict() == pytest.approx(
        alone.drop("residual").to_dict()
    )
    assert first(table)["status"] == "partial"
    own = enterprise_carbon(panel(rows))
    own = own[(own["enterprise_id"] == "loss") & (own["basis"] == "step")]
    assert set(own["status"]) == {"not_decomposable"}
    amounts = own.set_index("effect")["amount"]
    assert amounts["residual"] == 6
    assert amounts.drop("residual").isna().all()


def test_sold_heat_and_sources_reported_once_are_split_out():
    columns = [
        "enterprise_id",
        "year",
        OUTPUT,
        "electricity_grid_mwh",
        "heat_purchased_gj",
        "heat_export_gj",
        "na2co3_t",
    ]
    rows = {"a": [(100, 1000.0, 0.0, 100.0, np.nan), (100, 1000.0, 0.0, 300.0, 10.0)]}
    data, carriers = carriers_of(
        panel(rows, (2022, 2023), columns), select_factors([2022, 2023])
    )
    table = enterprise_carbon(data, carriers)
    row = first(table)
    assert row["status"] == "partial"
    sold = -200 * 0.11
    soda = carriers["co2e_t", "process"].iloc[1]
    found = effects(table, to_year=2023)
    assert found["residual"] == pytest.approx(sold + soda)
    assert found["process"] == 0
    assert_exact(table)


# --- reasons --------------------------------------------------------------------------


def test_without_a_deflator_nothing_is_decomposed():
    data = panel({"a": [(100, 50, 200), (110, 55, 210)]})
    nominal = data.rename(columns={OUTPUT: CURRENT_OUTPUT})
    for make in (enterprise_carbon, park_carbon):
        table = make(nominal)
        assert set(table["status"]) == {"no_deflator"}
        assert table["amount"].isna().all()
        assert table["reason_zh"].str.contains("平减指数").all()
    assert set(park_carbon(data[["energy_tce", "co2e_t"]])["status"]) == {"no_output"}


def test_another_output_is_taken_when_asked_for_and_named():
    data = panel({"a": [(1000, 500, 1200), (1200, 540, 1188)]})
    nominal = data.rename(columns={OUTPUT: CURRENT_OUTPUT})
    for make in (enterprise_carbon, park_carbon):
        table = make(nominal, output=CURRENT_OUTPUT)
        assert set(table["output"]) == {CURRENT_OUTPUT}
        expected = make(data)
        assert set(expected["output"]) == {OUTPUT}
        assert table["amount"].tolist() == expected["amount"].tolist()
    with pytest.raises(InputDataError, match="main_product_t"):
        park_carbon(data, output="main_product_t")


def test_without_generation_source_and_end_cannot_be_told():
    data = panel({"a": [(100, 50, 200), (110, 55, 210)]})
    for make in (enterprise_pollutants, park_pollutants):
        table = make(
            data.rename(columns={"co2e_t": "air_equivalent_kg"}), ["air_equivalent_kg"]
        )
        assert set(table["status"]) == {"no_generation"}
        assert set(table["effect"]) >= {"generation", "removal"}


def test_without_energy_intensity_cannot_be_told():
    data = panel({"a": [(100, 50, 200), (110, 55, 210)]}).drop(columns="energy_tce")
    for make in (enterprise_carbon, park_carbon):
        assert set(make(data)["status"]) == {"no_energy"}


def test_one_year_only():
    data = panel({"a": [(100, 50, 200)]}, (2024,))
    for make in (enterprise_carbon, park_carbon):
        table = make(data)
        assert set(table["status"]) == {"one_year"}
        assert table["amount"].isna().all()
        assert table["reason_en"].str.startswith("One year").all()


def test_one_enterprise_has_no_structure_effect():
    found = effects(park_carbon(panel({"a": [(100, 50, 200), (110, 60, 210)]})))
    assert found["structure"] == 0
    alone = enterprise_carbon(panel({"a": [(100, 50, 200), (110, 60, 210)]}))
    assert found.drop("structure").tolist() == effects(alone).tolist()


def test_nothing_emitted_has_no_effects():
    table = enterprise_carbon(panel({"a": [(100, 50, 0), (110, 60, 0)]}))
    assert effects(table).tolist() == [0, 0, 0, 0]
    assert table["ratio"].isna().all()


def test_wrong_requests_are_refused():
    data = panel({"a": [(100, 50, 200), (110, 55, 210)]})
    with pytest.raises(InputDataError, match="co2e_market_t"):
        enterprise_carbon(data, value="co2e_market_t")
    with pytest.raises(ParameterError, match="pollutants"):
        park_pollutants(data, [])
    with pytest.raises(InputDataError, match="没有2019年的数据"):
        park_carbon(data, base_year=2019)
    with pytest.raises(InputDataError, match="重复出现"):
        park_carbon(pd.concat([data, data]))
    factors = select_factors([2021])
    other = panel({"b": [None, (1, 1, 1)]})
    with pytest.raises(InputDataError, match="行不一致"):
        park_carbon(data, account_carriers(other, factors))
    with pytest.raises(InputDataError, match=r"co2e_t.*不符：a 2020年.*共2处"):
        enterprise_carbon(data, account_carriers(data, select_factors([2020, 2021])))


# --- years ----------------------------------------------------------------------------


def test_chain_is_the_sum_of_the_steps_from_the_base_year():
    rows = {"a": [(100, 50, 200), (120, 50, 260), (90, 45, 180), (95, 44, 170)]}
    years = (2020, 2021, 2022, 2023)
    for make in (enterprise_carbon, park_carbon):
        table = make(panel(rows, years), base_year=2021)
        steps = table[(table["basis"] == "step") & (table["from_year"] >= 2021)]
        summed = steps.groupby("effect")["amount"].sum()
        chain = effects(table, "chain", to_year=2023)
        np.testing.assert_allclose(chain, summed[chain.index], rtol=1e-12)
        product = steps.groupby("effect")["ratio"].prod()
        row = table[(table["basis"] == "chain") & (table["to_year"] == 2023)]
        np.testing.assert_allclose(
            row.set_index("effect")["ratio"], product[chain.index], rtol=1e-12
        )
        assert row[["start", "end", "from_year"]].iloc[0].tolist() == [260, 170, 2021]
        fixed = effects(table, "fixed", to_year=2023)
        assert fixed.sum() == pytest.approx(chain.sum())
        assert set(table[table["basis"] == "step"]["from_year"]) == {2020, 2021, 2022}
        assert_exact(table)


# --- real data, properties ------------------------------------------------------------


def test_demonstration_park_sums_exactly(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    carriers = account_carriers(demo_analysis.panel, demo_analysis.factors)
    known = set(code_labels("decomposition_status").index)
    for table in (
        enterprise_carbon(data, carriers),
        park_carbon(data, carriers),
        enterprise_pollutants(data, ["vocs_kg", "cod_kg", "nox_kg"]),
        park_pollutants(data, ["vocs_kg", "cod_kg", "nox_kg"]),
    ):
        spans = assert_exact(table)
        assert len(spans) >= 12
        assert set(table["status"]) <= known
        judged = table["status"] == "decomposed"
        assert (table.loc[~judged, "reason_zh"] != "").all()
        # Never the change of other enterprises than those counted.
        assert (table["label_zh"] != "").all()
    park = park_carbon(data, carriers)
    chain = effects(park, "chain", PARK, 2024)
    assert chain["scale"] > 0 > chain["energy_intensity"]
    assert chain["grid_factor"] < 0


def test_demonstration_park_totals_are_the_accounts(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    carriers = account_carriers(demo_analysis.panel, demo_analysis.factors)
    table = enterprise_carbon(data, carriers)
    rows = table[table["status"].isin(HAS_EFFECTS)].drop_duplicates(SPAN)
    for end in ("start", "end"):
        year = "from_year" if end == "start" else "to_year"
        index = pd.MultiIndex.from_frame(rows[["enterprise_id", year]])
        accounts = data["co2e_t"].reindex(index)
        np.testing.assert_allclose(rows[end], accounts, rtol=1e-12)


def test_countries(shared):
    """The Kaya chain of 64 countries: output, energy, CO2."""
    path = shared("data", "country_kaya_panel", "country_year.csv")
    world = pd.read_csv(path).rename(
        columns={
            "country": "enterprise_id",
            "gdp_2011intl_usd": OUTPUT,
            "primary_energy_twh": "energy_tce",
            "co2_listed_mt": "co2e_t",
        }
    )
    world = world.set_index(list(PANEL_INDEX))
    assert len(assert_exact(enterprise_carbon(world))) > 4000
    china = effects(enterprise_carbon(world), "chain", "China", 2016)
    assert china["scale"] > 0 > china["energy_intensity"]
    assert len(assert_exact(park_carbon(world))) == 78


@st.composite
def parks(draw):
    amount = st.one_of(st.just(0.0), st.just(7.0), st.floats(1e-3, 1e6))
    row = st.one_of(
        st.none(), st.tuples(st.one_of(amount, st.just(-3.0)), amount, amount)
    )
    rows = {
        f"e{number}": draw(st.lists(row, min_size=3, max_size=3))
        for number in range(draw(st.integers(1, 4)))
    }
    rows["e0"] = [r or (1.0, 1.0, 1.0) for r in rows["e0"]]
    return panel(rows, (2020, 2021, 2022))


@settings(max_examples=40)
@given(parks())
def test_sums_are_exact_whatever_comes_goes_or_is_zero(data):
    park = park_carbon(data)
    assert_exact(park)
    assert_exact(enterprise_carbon(data))
    shown = park[park["status"].isin(HAS_EFFECTS)]
    assert np.isfinite(shown["amount"]).all()


@settings(max_examples=40)
@given(parks())
def test_order_of_enterprises_does_not_matter(data):
    rest = ["label_zh", "label_en", "reason_zh", "reason_en"]
    tables = [park_carbon(d).drop(columns=rest) for d in (data, data.iloc[::-1])]
    pd.testing.assert_frame_equal(*tables, rtol=1e-9, atol=1e-6)


def test_a_base_in_the_last_year_leaves_the_steps_only(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    for table in (
        park_carbon(data, base_year=2024),
        enterprise_carbon(data, base_year=2024),
    ):
        assert set(table["basis"]) == {"step"}
        assert (table["status"] == "decomposed").any() or (
            table["status"] == "partial"
        ).any()
