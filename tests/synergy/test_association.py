"""Correlations across enterprises: what they leave out, adjusted p, verdicts."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.synergy.association import (
    associations,
    usable_pairs,
    verdict,
)
from synergy_lib.trends.monotonic import adjust_p


def sample(n=40, seed=3):
    """Return two amounts that both grow with size, and size."""
    rng = np.random.default_rng(seed)
    size = rng.normal(9, 1, n)
    return size + rng.normal(0, 0.5, n), size + rng.normal(0, 0.7, n), size


def park(n=30):
    x, y, z = sample(n)
    frame = pd.DataFrame(
        {"co2e_t": np.exp(x), "cod_kg": np.exp(y), "value_added_10k_cny": np.exp(z)}
    )
    rng = np.random.default_rng(1)
    return frame.assign(so2_kg=np.exp(rng.normal(size=n)))


def test_associations_counts_what_it_leaves_out():
    frame = park()
    frame.loc[[0, 1], "cod_kg"] = 0.0
    frame.loc[2, "cod_kg"] = np.nan
    frame.loc[3, "value_added_10k_cny"] = np.nan
    table = associations(frame, ["cod_kg"]).set_index("method")
    assert table.loc["pearson", "n"] == 27
    assert table.loc["pearson", "left_out_not_positive"] == 2
    assert table.loc["pearson", "left_out_missing"] == 1
    assert table.loc["partial_pearson", "n"] == 26
    assert table.loc["partial_pearson", "left_out_missing"] == 2
    linear = associations(frame, ["cod_kg"], logarithm=False).set_index("method")
    assert linear.loc["spearman", "n"] == 29
    assert linear.loc["spearman", "left_out_not_positive"] == 0


def test_associations_adjusts_over_the_pollutants_of_a_method():
    table = associations(park(), ["cod_kg", "so2_kg"])
    for _, rows in table.groupby("method"):
        expected = stats.false_discovery_control(rows["p"])
        assert rows["p_adjusted"].to_numpy() == pytest.approx(expected)
    kinds = table.set_index(["pollutant", "method"])["verdict"]
    assert kinds["cod_kg", "pearson"] == "positive"
    assert kinds["so2_kg", "pearson"] == "not_detected"


def test_associations_without_control_and_with_too_few():
    table = associations(park(8), ["cod_kg"], control=None)
    assert set(table["method"]) == {"pearson", "spearman", "kendall"}
    assert (table["verdict"] == "cannot_judge").all()
    assert table["p_adjusted"].isna().all()


def test_associations_do_not_depend_on_unit_or_order():
    frame = park()
    again = frame.sample(frac=1, random_state=0).assign(
        cod_kg=lambda f: f["cod_kg"] / 1000
    )
    columns = ["estimate", "low", "high", "p"]
    one, two = (associations(f, ["cod_kg", "so2_kg"])[columns] for f in (frame, again))
    assert two.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-9)


def test_associations_errors():
    with pytest.raises(InputDataError, match="nox_kg"):
        associations(park(), ["nox_kg"])
    with pytest.raises(ParameterError, match="同一列"):
        associations(park(), ["co2e_t"])
    with pytest.raises(ParameterError, match="重复给出"):
        associations(park(), ["cod_kg", "cod_kg"])
    with pytest.raises(ParameterError, match="没有给出任何一种"):
        associations(park(), [])


def test_usable_pairs_takes_infinity_for_missing():
    frame = pd.DataFrame({"a": [1.0, np.inf, -2.0], "b": [1.0, 1.0, 1.0]})
    rows, missing, dropped = usable_pairs(frame, ["a", "b"], logarithm=True)
    assert (len(rows), missing, dropped) == (1, 1, 1)
    assert rows["a"].tolist() == [0.0]


def test_verdict_and_adjust_p_of_nothing():
    p = pd.Series([np.nan, np.nan])
    assert adjust_p(p).isna().all()
    assert verdict(p, p).tolist() == ["cannot_judge"] * 2
    told = verdict(pd.Series([0.5, -0.5, 0.5]), pd.Series([0.01, 0.01, 0.05]))
    assert told.tolist() == ["positive", "negative", "not_detected"]
