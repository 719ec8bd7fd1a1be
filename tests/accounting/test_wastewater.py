import numpy as np
import pytest

from synergy_lib.accounting.wastewater import account_wastewater, wastewater_terms

FULL = {
    "wastewater_m3": 100000.0,
    "cod_in_mg_l": 3000.0,
    "cod_out_mg_l": 500.0,
    "tn_in_mg_l": 80.0,
    "tn_out_mg_l": 30.0,
    "anaerobic_share": 0.4,
    "ch4_recovered_kg": 5000.0,
}


def test_account_wastewater_by_hand(panel, factors):
    row = account_wastewater(panel(**FULL), factors).iloc[0]
    assert row["ch4_kg"] == pytest.approx(250000 * 0.25 * 0.4 * 0.8 - 5000)
    assert row["n2o_kg"] == pytest.approx(5000 * 0.005 * 44 / 28)


def test_wastewater_terms_use_the_gwp_set(panel, factors):
    terms = wastewater_terms(panel(**FULL), factors)
    assert terms["wastewater_ch4"].tonnes.iloc[0] == pytest.approx(15 * 28)
    assert terms["wastewater_n2o"].tonnes.iloc[0] == pytest.approx(
        25 * 44 / 28 / 1000 * 265
    )


def test_wastewater_terms_flow_and_cod_alone_declare_nothing(panel, factors):
    data = panel(wastewater_m3=1e5, cod_in_mg_l=3000.0, cod_out_mg_l=500.0)
    terms = wastewater_terms(data, factors)
    assert terms["wastewater_ch4"].basis.iloc[0] == "not_reported"
    assert terms["wastewater_n2o"].basis.iloc[0] == "not_reported"


@pytest.mark.parametrize("gap", ["wastewater_m3", "cod_in_mg_l", "cod_out_mg_l"])
def test_wastewater_terms_declared_with_a_gap_is_incomplete(panel, factors, gap):
    data = panel(**(FULL | {gap: np.nan}))
    assert wastewater_terms(data, factors)["wastewater_ch4"].basis.iloc[0] == (
        "incomplete"
    )


def test_wastewater_aerobic_plant_needs_no_cod(panel, factors):
    term = wastewater_terms(panel(anaerobic_share=0.0), factors)["wastewater_ch4"]
    assert term.tonnes.iloc[0] == 0
    assert term.basis.iloc[0] == "included"


def test_wastewater_recovery_without_share_is_incomplete(panel, factors):
    data = panel(ch4_recovered_kg=[10.0, 0.0])
    term = wastewater_terms(data, factors)["wastewater_ch4"]
    assert term.basis.tolist() == ["incomplete", "not_reported"]


def test_wastewater_recovery_above_formation_keeps_its_sign(panel, factors):
    data = panel(**(FULL | {"ch4_recovered_kg": 30000.0}))
    assert account_wastewater(data, factors)["ch4_kg"].iloc[0] == pytest.approx(-10000)
