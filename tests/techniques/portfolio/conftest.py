"""Enterprises with measures that anybody can add up."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.portfolio.candidates import candidate_measures

PER_UNIT = {"co2e_t": 1.0, "electricity_grid_mwh": 0.5, "heat_purchased_gj": 0.11}
KG = {"so2": 0.95, "nox": 0.95, "vocs": 0.95, "cod": 1.0, "nh3n": 0.8}
PRICES = {"electricity_cny_per_mwh": 700.0, "heat_cny_per_gj": 60.0}


@pytest.fixture
def per_unit():
    return PER_UNIT


@pytest.fixture
def make_candidates():
    """Return a function from measures and quantities to candidates.

    A measure is (enterprise, technique, {column stem_unit: reduction}, investment,
    annual saving, life).
    """

    def make(measures, own, *, catalogue=None, prices=PRICES, rate=0.08, done=()):
        rows, terms = [], []
        for firm, technique, amounts, investment, saving, life in measures:
            keys = {"enterprise_id": firm, "technique_id": technique}
            row = keys | {"status": "estimated"}
            for name, mode in amounts.items():
                stem, unit = name.rsplit("_", 1)
                row |= {f"{stem}_{b}_{unit}": mode for b in ("low", "mode", "high")}
            rows.append(row)
            terms.append(
                keys
                | {
                    "investment_mode_10k_cny": investment,
                    "annual_saving_mode_10k_cny": saving,
                    "lifetime_years": life,
                }
            )
        quantities = pd.DataFrame(own).rename_axis("enterprise_id")
        amounts = measure_amounts(
            pd.DataFrame(rows), quantities, catalogue or load_catalogue(), done=done
        )
        return candidate_measures(
            amounts,
            pd.DataFrame(terms),
            per_unit=PER_UNIT,
            kg_per_equivalent=KG,
            prices=prices,
            discount_rate=rate,
        )

    return make


@pytest.fixture
def random_candidates(make_candidates):
    """Return a function to candidates of so many enterprises and techniques."""

    def make(enterprises, techniques, seed, **options):
        rng = np.random.default_rng(seed)
        own = {
            "co2e_t": rng.uniform(8e3, 2e4, enterprises),
            "electricity_grid_mwh": rng.uniform(2e3, 8e3, enterprises),
            "heat_purchased_gj": rng.uniform(1e4, 3e4, enterprises),
            "vocs_kg": rng.uniform(1e3, 5e4, enterprises),
        }
        names = [f"E{i}" for i in range(enterprises)]
        columns = {
            "co2e_direct_t": "co2e_t",
            "electricity_mwh": "electricity_grid_mwh",
            "heat_gj": "heat_purchased_gj",
            "vocs_kg": "vocs_kg",
        }
        measures = []
        for row, name in enumerate(names):
            for place in range(techniques):
                stem = list(columns)[place % 3]
                amounts = {
                    stem: rng.uniform(0.02, 0.25) * own[columns[stem]][row],
                    "vocs_kg": rng.uniform(-0.02, 0.15) * own["vocs_kg"][row],
                }
                investment = rng.uniform(20, 500)
                saving = investment * rng.uniform(0.0, 0.3)
                measures.append((name, f"M{place}", amounts, investment, saving, 10.0))
        table = pd.DataFrame(own, index=names)
        return make_candidates(measures, table, **options)

    return make
