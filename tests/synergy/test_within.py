"""Correlation within enterprises: means taken out, jackknife over enterprises."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.synergy.within import demeaned, within_associations


def panel(firms=20, years=5, seed=0, *, shared=1.0, own=0.0, year=0.0):
    """Return carbon and COD whose yearly moves share a part, own paths, park years."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [range(firms), range(2020, 2020 + years)], names=["enterprise_id", "year"]
    )
    level = np.repeat(rng.normal(5, 3, firms), years)
    common = rng.normal(size=len(index)) * shared
    boom = np.tile(rng.normal(size=years) * year, firms)
    noise = [
        np.cumsum(rng.normal(size=(firms, years)), axis=1).ravel() * own
        + rng.normal(size=len(index))
        for _ in range(2)
    ]
    logs = {"co2e_t": level + common + boom + noise[0]}
    logs["cod_kg"] = -level + common + boom + noise[1]
    return pd.DataFrame(np.exp(pd.DataFrame(logs, index=index)))


def row(table, method="within"):
    return table.set_index("method").loc[method]


def test_within_ignores_differences_between_enterprises():
    frame = panel(60)
    # Between enterprises the two run against each other; within them they share half
    # of their variance.
    levels = np.log(frame).groupby(level="enterprise_id").mean()
    assert levels.corr().iloc[0, 1] < -0.8
    found = row(within_associations(frame, ["cod_kg"]))
    assert found["estimate"] == pytest.approx(0.5, abs=0.1)
    assert found["verdict"] == "positive"
    assert (found["n_rows"], found["n"]) == (300, 60)


def test_within_estimate_is_pearson_of_residuals():
    frame = panel()
    left = demeaned(np.log(frame))
    expected = left.corr().iloc[0, 1]
    found = row(within_associations(frame, ["cod_kg"]))
    assert found["estimate"] == pytest.approx(expected, rel=1e-9)
    assert found["low"] < found["estimate"] < found["high"]


def test_two_way_takes_out_what_all_have_in_common():
    frame = panel(80, shared=0.0, year=2.0)
    table = within_associations(frame, ["cod_kg"])
    assert row(table)["verdict"] == "positive"
    assert row(table, "within_two_way")["verdict"] == "not_detected"


def test_demeaned_two_way_is_least_squares_on_unbalanced_panels():
    frame = np.log(panel(6)).drop([(0, 2020), (3, 2022), (3, 2023)])
    left = demeaned(frame, years=True)
    by = [left.index.get_level_values(k) for k in (0, 1)]
    dummies = np.column_stack(
        [pd.get_dummies(level).to_numpy(dtype=float) for level in by]
    )
    fit, *_ = np.linalg.lstsq(dummies, frame.to_numpy(), rcond=None)
    assert left.to_numpy() == pytest.approx(frame.to_numpy() - dummies @ fit, abs=1e-9)


def test_interval_holds_when_years_of_an_enterprise_depend_on_each_other():
    # Independent random walks: no correlation, but five dependent years a firm. An
    # interval for independent rows would exclude 0 far more often than 5 %.
    outside = 0
    for seed in range(200):
        frame = panel(25, seed=seed, shared=0.0, own=3.0)
        found = row(within_associations(frame, ["cod_kg"]))
        outside += not found["low"] <= 0 <= found["high"]
    assert outside / 200 < 0.11


def test_what_is_left_out_is_counted():
    frame = panel(12)
    frame.loc[(0, 2020), "cod_kg"] = 0.0
    frame.loc[(1, 2020), "cod_kg"] = np.nan
    frame = frame.drop([(2, year) for year in range(2021, 2025)])
    found = row(within_associations(frame, ["cod_kg"]))
    counts = ["left_out_not_positive", "left_out_missing", "left_out_single", "n"]
    assert found[counts].tolist() == [1, 1, 1, 11]


def test_what_cannot_be_judged():
    few = row(within_associations(panel(5), ["cod_kg"]))
    assert few["verdict"] == "cannot_judge"
    assert few["reason"] == "有效数据仅5家，少于10家，无法判断"
    flat = panel(12).assign(cod_kg=7.0)
    assert row(within_associations(flat, ["cod_kg"]))["reason"].startswith("取值全部")
    lonely = flat.copy()
    lonely.loc[(0, 2020), "cod_kg"] = 70.0
    found = row(within_associations(lonely, ["cod_kg"]))
    assert found["reason"] == "差异只来自一家企业，无法判断"
    assert np.isnan(found["estimate"])
    one_year = panel(12, 1)
    assert row(within_associations(one_year, ["cod_kg"]))["n"] == 0


def test_errors():
    with pytest.raises(ParameterError, match="minimum=5"):
        within_associations(panel(), ["cod_kg"], minimum=5)
    with pytest.raises(InputDataError, match="so2_kg"):
        within_associations(panel(), ["so2_kg"])


@given(factors=st.lists(st.floats(0.01, 100), min_size=12, max_size=12))
def test_an_enterprises_own_scale_does_not_matter(factors):
    frame = panel(12, 3)
    scaled = frame.assign(cod_kg=frame["cod_kg"] * np.repeat(factors, 3))
    columns = ["estimate", "low", "high", "p"]
    one, two = (within_associations(f, ["cod_kg"])[columns] for f in (frame, scaled))
    assert two.to_numpy() == pytest.approx(one.to_numpy(), abs=1e-7)
