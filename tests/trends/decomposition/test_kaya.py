"""Kaya's identity of countries: population, affluence, intensity, carbon factor."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError
from synergy_lib.trends.decomposition.identities import kaya

NAMES = {
    "emission": "co2",
    "energy": "energy",
    "output": "gdp",
    "population": "people",
}
EFFECTS = ["population", "affluence", "energy_intensity", "carbon_factor"]


def panel(rows):
    """Return a panel of one country from (people, gdp, energy, co2) by year."""
    index = pd.MultiIndex.from_product(
        [["A"], range(2000, 2000 + len(rows))], names=["enterprise_id", "year"]
    )
    columns = [NAMES[name] for name in ("population", "output", "energy", "emission")]
    return pd.DataFrame(rows, index=index, columns=columns, dtype=float)


def test_two_years_by_hand():
    """C 10 → 20 with people 1 → 2 alone: L(20, 10)·ln 2 = 10 of population."""
    table = kaya(panel([(1, 1, 1, 10), (2, 2, 2, 20)]), **NAMES)
    step = table[table["basis"] == "step"].set_index("effect")["amount"]
    assert step["population"] == pytest.approx(10, rel=1e-12)
    assert step[EFFECTS[1:]].to_numpy() == pytest.approx([0, 0, 0], abs=1e-12)
    # E/Y halves, C/E doubles: L(10, 10) = 10, so −10 ln 2 and +10 ln 2.
    table = kaya(panel([(1, 2, 2, 10), (1, 2, 1, 10)]), **NAMES)
    step = table[table["basis"] == "step"].set_index("effect")["amount"]
    assert step["energy_intensity"] == pytest.approx(-10 * np.log(2), rel=1e-12)
    assert step["carbon_factor"] == pytest.approx(10 * np.log(2), rel=1e-12)


@given(
    st.lists(
        st.tuples(*[st.floats(0.1, 1e4) for _ in range(4)]), min_size=2, max_size=6
    )
)
def test_effects_add_up_and_ratios_multiply(rows):
    table = kaya(panel(rows), **NAMES)
    for _, span in table.groupby(["basis", "from_year", "to_year"]):
        end, start = span["end"].iloc[0], span["start"].iloc[0]
        scale = max(end, start)
        assert span["amount"].sum() == pytest.approx(end - start, abs=1e-8 * scale)
        assert span["ratio"].prod() == pytest.approx(end / start, rel=1e-8)


def test_what_is_missing_is_said():
    rows = [(1.0, 2.0, 3.0, 4.0), (np.nan, 2.0, 3.0, 4.0)]
    table = kaya(panel(rows), **NAMES)
    assert set(table["status"]) == {"no_population"}
    assert table["reason_zh"].str.contains("缺人口").all()
    assert table["amount"].isna().all()
    with pytest.raises(InputDataError, match="people"):
        kaya(panel(rows).drop(columns="people"), **NAMES)


def test_countries_by_the_formula(shared):
    """64 countries 1990–2016, fixed base, beside the formula written out."""
    path = shared("data", "country_kaya_panel", "country_year.csv")
    data = pd.read_csv(path).rename(columns={"country": "enterprise_id"})
    data = data.set_index(["enterprise_id", "year"]).sort_index()
    columns = {
        "emission": "co2_listed_mt",
        "energy": "primary_energy_twh",
        "output": "gdp_2011intl_usd",
        "population": "population",
    }
    table = kaya(data, **columns, base_year=1990)
    fixed = table[(table["basis"] == "fixed") & (table["to_year"] == 2016)]
    done = fixed[fixed["status"] == "decomposed"]
    wide = done.pivot(index="enterprise_id", columns="effect", values="amount")
    assert len(wide) == 33  # 34 are in the panel in 2016, one of them not in 1990
    a, b = (data.xs(year, level="year").loc[wide.index] for year in (1990, 2016))
    mean = (b["co2_listed_mt"] - a["co2_listed_mt"]) / np.log(
        b["co2_listed_mt"] / a["co2_listed_mt"]
    )
    people = mean * np.log(b["population"] / a["population"])
    np.testing.assert_allclose(wide["population"], people, rtol=1e-9)
    head = "gdp_2011intl_usd"
    affluence = (b[head] / b["population"]) / (a[head] / a["population"])
    np.testing.assert_allclose(wide["affluence"], mean * np.log(affluence), rtol=1e-9)
    assert wide.loc["China", "affluence"] > 0 > wide.loc["China", "energy_intensity"]
