"""One small enterprise whose effects can be checked with a calculator."""

import pandas as pd
import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.factors.selection import select_factors
from synergy_lib.resources import parameters_path
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.effects import estimate_effects
from synergy_lib.techniques.recommendation import recommend

OWN = {
    "workshops_total": 6.0,
    "workshops_five_standard": 4.0,
    "electricity_grid_mwh": 20_000.0,
    "electricity_green_mwh": 1_000.0,
    "heat_purchased_gj": 100_000.0,
    "solvent_fresh_t": 500.0,
    "solvent_used_t": 2_000.0,
    "solvent_recovered_t": 1_500.0,
    "hazardous_waste_generated_t": 800.0,
    "vocs_kg": 95_000.0,
    "waste_heat_potential_gj": 20_000.0,
    "waste_heat_recovered_gj": 5_000.0,
    "land_mu": 100.0,
    "condensate_total_t": 50_000.0,
    "condensate_recovered_t": 30_000.0,
    "water_fresh_m3": 200_000.0,
    "wastewater_m3": 100_000.0,
    "eop_electricity_mwh": 2_000.0,
    "eop_natural_gas_10k_nm3": 20.0,
    "natural_gas_10k_nm3": 120.0,
}
TOTALS = {
    "co2e_t": 25_000.0,
    "air_equivalent_kg": 200_000.0,
    "water_equivalent_kg": 8_000.0,
}


def one_row(values, firm="E1", year=2022):
    index = pd.MultiIndex.from_tuples([(firm, year)], names=["enterprise_id", "year"])
    return pd.DataFrame(values, index=index)


@pytest.fixture
def panel():
    return one_row(OWN)


@pytest.fixture
def accounts():
    return one_row(TOTALS)


@pytest.fixture(scope="session")
def factors():
    """Zhejiang 2022: 0.5153 tCO2/MWh; heat 0.11 tCO2/GJ."""
    return select_factors([2022])


@pytest.fixture(scope="session")
def catalogue():
    return load_catalogue()


@pytest.fixture
def copy(tmp_path):
    """Return a function that writes the catalogue with some cells changed."""
    tables = {
        name: pd.read_csv(
            parameters_path("techniques") / name, dtype=str, keep_default_na=False
        )
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


@pytest.fixture
def refused():
    """Return a function that gives the problems for which a catalogue is refused."""

    def problems(path):
        with pytest.raises(ParameterError) as caught:
            load_catalogue(path)
        return [str(problem) for problem in caught.value.problems]

    return problems


@pytest.fixture
def prices():
    return {
        "electricity_cny_per_mwh": 700.0,
        "heat_cny_per_gj": 60.0,
        "water_cny_per_m3": 5.0,
        "solvent_cny_per_t": 8_000.0,
        "hazardous_waste_cny_per_t": 3_000.0,
        "natural_gas_cny_per_nm3": 3.5,
        "green_power_premium_cny_per_mwh": 30.0,
    }


@pytest.fixture
def effects(panel, accounts, factors, catalogue):
    return estimate_effects(panel, accounts, factors, catalogue, 2022)


@pytest.fixture
def measures(effects, catalogue, prices):
    table = recommend(effects, catalogue, prices=prices)
    return table.set_index("technique_id")
