import dataclasses
import json
import re

import numpy as np
import pytest

from synergy_lib.accounting.process import account_solvent_oxidation, process_terms
from synergy_lib.errors import FactorNotFoundError
from synergy_lib.factors.tables import load_factors

# IUPAC abridged weights, 2021.
WEIGHTS = {"C": 12.011, "H": 1.008, "O": 15.999, "N": 14.007, "Cl": 35.45}
WEIGHTS |= {"Na": 22.990, "Ca": 40.078, "Mg": 24.305, "K": 39.098}
CO2 = 12.011 + 2 * 15.999


def molar_mass(formula):
    parts = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    return sum(WEIGHTS[element] * int(count or 1) for element, count in parts)


def carbons(formula):
    return sum(
        int(count or 1)
        for element, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula)
        if element == "C"
    )


@pytest.mark.parametrize(
    ("column", "factor"), [("caco3_t", 0.4397), ("na2co3_t", 0.4152)]
)
def test_process_terms_carbonates(panel, factors, column, factor):
    terms = process_terms(panel(**{column: 100.0}), factors)
    term = terms[column.removesuffix("_t")]
    assert term.tonnes.iloc[0] == pytest.approx(100 * factor)
    assert terms["nahco3"].basis.iloc[0] == "not_reported"


def test_process_terms_carbon_balance(panel, factors):
    data = panel(
        carbon_in_t=[100.0, 100.0, np.nan],
        carbon_out_product_t=[70.0, 90.0, np.nan],
        carbon_out_waste_t=[18.0, np.nan, np.nan],
    )
    term = process_terms(data, factors)["carbon_balance"]
    assert term.tonnes.iloc[0] == pytest.approx(12 * 44 / 12)
    assert term.basis.tolist() == ["included", "incomplete", "not_reported"]


def test_process_terms_negative_balance_keeps_its_sign(panel, factors):
    data = panel(carbon_in_t=1.0, carbon_out_product_t=2.0, carbon_out_waste_t=0.0)
    term = process_terms(data, factors)["carbon_balance"]
    assert term.tonnes.iloc[0] == pytest.approx(-44 / 12)


def test_process_terms_voc_oxidation_is_a_switch(panel, factors):
    data = panel(vocs_oxidised_t=[10.0, np.nan])
    off = process_terms(data, factors)["voc_oxidation"]
    assert off.tonnes.isna().all()
    assert off.basis.tolist() == ["switched_off", "not_reported"]
    switched = dataclasses.replace(factors, include_voc_oxidation=True)
    on = process_terms(data, switched)["voc_oxidation"]
    assert on.tonnes.iloc[0] == pytest.approx(22.0)
    assert on.basis.tolist() == ["included", "not_reported"]


@pytest.mark.parametrize(
    ("solvent", "expected"),
    [("toluene", 3.3434), ("DCM", 0.5182), ("methanol", 1.3736)],
)
def test_account_solvent_oxidation_stoichiometry(solvent, expected):
    # The table prints three decimals.
    result = account_solvent_oxidation({solvent: 1.0})
    assert result[solvent] == pytest.approx(expected, abs=5e-4)


def test_account_solvent_oxidation_shared_vector(shared):
    vectors = json.loads(shared("data", "method_vectors", "vectors.json").read_text())
    expected = vectors["solvent_oxidation"]
    expected.pop("kind")
    result = account_solvent_oxidation(dict.fromkeys(expected, 1.0))
    for name, value in expected.items():
        assert result[name] == pytest.approx(value, abs=5e-4)


def test_solvent_table_follows_from_molar_masses():
    table = load_factors("solvents").query("factor_set == 'stoichiometric'")
    for row in table.to_dict("records"):
        formula = row["locator"].removeprefix("molar masses of ")
        mass = molar_mass(formula)
        expected = {
            "carbon_fraction": carbons(formula) * WEIGHTS["C"] / mass,
            "co2_per_t": carbons(formula) * CO2 / mass,
        }[row["quantity"]]
        tolerance = {"carbon_fraction": 6e-5, "co2_per_t": 8e-4}[row["quantity"]]
        assert row["value"] == pytest.approx(expected, abs=tolerance), row["name_en"]


def test_carbonate_factors_follow_from_molar_masses():
    formulas = {
        "caco3": ("CaCO3", 1), "mgco3": ("MgCO3", 1), "na2co3": ("Na2CO3", 1),
        "nahco3": ("NaHCO3", 1), "k2co3": ("K2CO3", 1), "camg_co3_2": ("CaMgC2O6", 2),
    }  # fmt: skip
    table = load_factors("process").set_index("key")["value"]
    for key, (formula, released) in formulas.items():
        expected = released * CO2 / molar_mass(formula)
        assert table[key] == pytest.approx(expected, abs=6e-5), key


def test_account_solvent_oxidation_missing_and_unknown():
    assert account_solvent_oxidation({"甲苯": np.nan}).isna().all()
    assert account_solvent_oxidation({"unknown_mix": 1.0}).iloc[0] == pytest.approx(2.2)
    with pytest.raises(FactorNotFoundError, match="四氢呋喃"):
        account_solvent_oxidation({"四氢夫喃": 1.0})
