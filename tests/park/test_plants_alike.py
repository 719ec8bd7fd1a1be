"""Plants alike: known quantiles, real plants, and when it means nothing."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.park.plants_alike import benchmark_alike, fewest_plants


def make_plants(count, seed=1):
    """Energy = 2 · output^0.8 · e^u, kind B 1.5 times as much; u uniform in ±0.5."""
    rng = np.random.default_rng(seed)
    output = rng.lognormal(5, 1, count)
    kind = np.where(np.arange(count) % 3 == 0, "B", "A")
    noise = rng.uniform(-0.5, 0.5, count)
    energy = 2 * output**0.8 * np.exp(noise) * np.where(kind == "B", 1.5, 1)
    ids = [f"{i:04d}" for i in range(count)]
    return pd.DataFrame({"energy": energy, "output": output, "kind": kind}, index=ids)


def test_known_quantiles_are_found():
    """Quartile of u is −0.25; tolerance: sampling error at 3 000 plants."""
    found = benchmark_alike(make_plants(3000), "energy", ["output"], kind="kind")
    best = found.coefficients["best_quartile"]
    assert best["output"] == pytest.approx(0.8, abs=0.03)
    assert best["B"] == pytest.approx(np.log(1.5), abs=0.05)
    assert best["const"] == pytest.approx(np.log(2) - 0.25, abs=0.15)
    assert found.share_below == pytest.approx(0.25, abs=0.002)
    known = found.table[found.table["status"] == "estimated"]
    assert (known["best_quartile"] <= known["median"]).all()
    assert (known["position"].eq("best") == (known["gap"] <= 0)).all()


def test_order_of_plants_does_not_matter():
    plants = make_plants(120)
    one = benchmark_alike(plants, "energy", ["output"], kind="kind").table
    other = benchmark_alike(plants.iloc[::-1], "energy", ["output"], kind="kind").table
    np.testing.assert_allclose(
        other["best_quartile"].reindex(one.index), one["best_quartile"], rtol=1e-3
    )


def test_too_few_plants_are_not_compared():
    found = benchmark_alike(make_plants(fewest_plants(2) - 1), "energy", ["output"])
    assert (found.table["status"] == "too_few_plants").all()
    assert "39 家，至少需要 40 家" in found.table["reason"].iloc[0]
    assert found.coefficients.empty
    enough = benchmark_alike(make_plants(40), "energy", ["output"])
    assert enough.table["status"].eq("estimated").any()


def test_missing_and_extreme_plants_are_named():
    plants = make_plants(200)
    plants.loc["0000", "energy"] = np.nan
    plants.loc["0001", "energy"] = 0.0
    plants.loc["0002", "output"] = 1e9
    table = benchmark_alike(plants, "energy", ["output"]).table
    assert table["status"].iloc[:3].tolist() == [
        *["missing_data", "missing_data", "beyond_range"]
    ]
    assert "energy" in table["reason"].iloc[0]
    assert table["gap"].iloc[:3].isna().all()
    assert (table["position"].iloc[:3] == "").all()


def test_drivers_that_do_not_differ():
    plants = make_plants(100).assign(output=5.0)
    found = benchmark_alike(plants, "energy", ["output"])
    assert "没有差异" in found.table["reason"].iloc[0]


def test_wrong_requests_are_refused():
    plants = make_plants(50)
    with pytest.raises(ParameterError, match="没有解释变量"):
        benchmark_alike(plants, "energy", [])
    with pytest.raises(ParameterError, match="不能解释自己"):
        benchmark_alike(plants, "energy", ["energy"])
    with pytest.raises(InputDataError, match="area"):
        benchmark_alike(plants, "energy", ["area"])
    with pytest.raises(InputDataError, match="出现两次"):
        benchmark_alike(pd.concat([plants, plants]), "energy", ["output"])


@pytest.fixture(scope="module")
def us_plants(shared):
    table = pd.read_csv(
        shared("data", "itac_us_plants", "plants_chemical_and_pharma.csv")
    )
    gas = table["e2_plant_usage"].fillna(0) * 293.07
    return table.assign(energy_kwh=table["ec_plant_usage"] + gas).set_index("id")


def test_real_plants_hold_out(us_plants):
    """Lines of every second plant leave a quarter of the others below.

    Standard error of a quarter at 250 plants is 0.027; the line's own adds to it.
    """
    drivers = ["sales", "employees"]
    values = us_plants[["energy_kwh", *drivers]]
    values = values[(values > 0).all(axis=1)]
    fitted = benchmark_alike(values.iloc[::2], "energy_kwh", drivers)
    terms = np.log(values[drivers].iloc[1::2]).assign(const=1.0)
    line = np.exp(terms @ fitted.coefficients["best_quartile"])
    below = (values["energy_kwh"].iloc[1::2] <= line).mean()
    assert len(values) > 400
    assert below == pytest.approx(0.25, abs=0.08)
    assert (fitted.coefficients.loc[drivers, "median"] > 0).all()
