"""STIRPAT only where the panel carries it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.formula.api import ols

from synergy_lib.errors import InputDataError, MethodError
from synergy_lib.outlook.stirpat import stirpat

DRIVERS = ["population", "affluence", "technology"]
TRUE = np.array([1.0, 0.8, 0.5])


def invented(firms=20, years=5, noise=0.02, seed=1):
    """Return a panel with known elasticities and a level of its own for each firm."""
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [range(firms), range(2020, 2020 + years)], names=["enterprise_id", "year"]
    )
    level = np.repeat(rng.normal(0, 2, (firms, 4)), years, axis=0)
    logs = level[:, 1:] + rng.normal(0, 0.2, (len(index), 3))
    impact = level[:, 0] + logs @ TRUE + rng.normal(0, noise, len(index))
    table = np.exp(np.column_stack([impact, logs]))
    return pd.DataFrame(table, index=index, columns=["impact", *DRIVERS])


@pytest.fixture(scope="module")
def countries(shared):
    path = shared("data", "country_kaya_panel", "country_year.csv")
    data = pd.read_csv(path).set_index(["country", "year"])
    return data.assign(
        affluence=data["gdp_2011intl_usd"] / data["population"],
        technology=data["primary_energy_twh"] / data["gdp_2011intl_usd"],
    )


def usable(countries):
    """Return logarithms and numbers of the countries with two years or more."""
    kept = countries[["co2_listed_mt", *DRIVERS]].dropna()
    kept = kept[(kept > 0).all(axis=1)]
    many = kept.groupby(level=0)["population"].transform("size") > 1
    logs = np.log(kept[many])
    return logs, pd.factorize(logs.index.get_level_values(0))[0]


def test_stirpat_finds_known_elasticities():
    fit = stirpat(invented(), "impact", DRIVERS)
    assert (fit.status, fit.method) == ("estimated", "fixed_effects")
    np.testing.assert_allclose(fit.coefficients["estimate"], TRUE, atol=0.05)
    assert (fit.coefficients["low"] < TRUE).all()
    assert (fit.coefficients["high"] > TRUE).all()
    assert (fit.rows, fit.enterprises, fit.freedom) == (100, 20, 77)


def test_stirpat_equals_dummy_variables(countries):
    """Dummies for 61 countries and the sandwich in full, to 1e-8."""
    fit = stirpat(countries, "co2_listed_mt", DRIVERS)
    logs, group = usable(countries)
    x = np.hstack([logs[DRIVERS].to_numpy(), np.eye(group.max() + 1)[group]])
    y = logs["co2_listed_mt"].to_numpy()
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    residual = y - x @ beta
    bread, groups = np.linalg.pinv(x.T @ x), group.max() + 1
    scores = [x[group == g].T @ residual[group == g] for g in range(groups)]
    meat = sum(np.outer(score, score) for score in scores)
    factor = groups / (groups - 1) * (len(y) - 1) / (len(y) - x.shape[1])
    se = np.sqrt(np.diag(factor * bread @ meat @ bread))[:3]
    np.testing.assert_allclose(fit.coefficients["estimate"], beta[:3], rtol=1e-8)
    np.testing.assert_allclose(fit.coefficients["se"], se, rtol=1e-6)
    assert fit.coefficients["estimate"].round(4).tolist() == [0.7776, 0.9867, 0.8103]


def test_stirpat_equals_statsmodels(countries):
    fit = stirpat(countries, "co2_listed_mt", DRIVERS)
    logs, group = usable(countries)
    frame = logs.assign(country=group)
    model = ols(f"co2_listed_mt ~ {' + '.join(DRIVERS)} + C(country)", frame)
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": group})
    estimate, error = theirs.params[DRIVERS], theirs.bse[DRIVERS]
    np.testing.assert_allclose(fit.coefficients["estimate"], estimate, rtol=1e-8)
    np.testing.assert_allclose(fit.coefficients["se"], error, rtol=1e-6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (invented(firms=1, years=6), "too_few_rows"),
        (invented(firms=9, years=3), "too_few_rows"),  # 27 rows
        (invented(firms=30, years=1), "too_few_rows"),  # no firm twice
        (invented(firms=11, years=2).head(0), "too_few_rows"),
        (invented(firms=20, years=2).iloc[:32], "estimated"),
        (invented(firms=16, years=2).iloc[:24], "too_few_rows"),
    ],
)
def test_stirpat_needs_thirty_rows(data, reason):
    fit = stirpat(data, "impact", DRIVERS)
    assert reason in (fit.reason, fit.status)
    if fit.status == "refused":
        assert fit.coefficients.empty
        assert "30" in fit.reason_zh


def test_stirpat_needs_freedom():
    drivers = [f"d{k}" for k in range(8)]
    rng = np.random.default_rng(3)
    data = invented(firms=15, years=2)
    for name in drivers:
        data[name] = np.exp(rng.normal(0, 0.3, len(data)))
    assert stirpat(data, "impact", drivers).reason == "too_few_freedom"


def test_stirpat_refuses_still_drivers():
    data = invented()
    first = data.groupby(level=0)["technology"].transform("first")
    fit = stirpat(data.assign(technology=first), "impact", DRIVERS)
    assert fit.reason == "no_spread"
    assert "technology" in fit.reason_zh
    assert stirpat(data.assign(impact=1.0), "impact", DRIVERS).reason == "no_spread"


def test_stirpat_refuses_collinear_drivers():
    data = invented()
    data["technology"] = data["population"] * data["affluence"]
    assert stirpat(data, "impact", DRIVERS).reason == "collinear"


def test_stirpat_refuses_an_identity(countries):
    made = countries.assign(
        technology=countries["co2_listed_mt"] / countries["gdp_2011intl_usd"]
    )
    fit = stirpat(made, "co2_listed_mt", DRIVERS)
    assert (fit.status, fit.reason) == ("refused", "identity")


def test_stirpat_ridge_where_drivers_are_closely_related():
    data = invented(noise=0.1)
    rng = np.random.default_rng(5)
    close = data["population"] * np.exp(rng.normal(0, 0.02, len(data)))
    fit = stirpat(data.assign(affluence=close), "impact", DRIVERS)
    assert (fit.method, fit.reason) == ("ridge", "ridge")
    table = fit.coefficients
    assert table["inflation"].max() > 10
    assert table[["se", "low", "high", "p"]].isna().all(axis=None)
    assert (table["estimate"] == table["ridge"]).all()
    size = (data.assign(affluence=close)[DRIVERS].pipe(np.log)).std()
    assert np.linalg.norm(table["ridge"] * size) < np.linalg.norm(table["ols"] * size)


def test_stirpat_ridge_by_hand(countries):
    """The normal equations of the correlations, on explicit deviations."""
    fit = stirpat(countries, "co2_listed_mt", DRIVERS)
    logs, group = usable(countries)
    within = logs - logs.groupby(group).transform("mean").to_numpy()
    scale = np.sqrt((within**2).sum())
    x, y = (within / scale)[DRIVERS].to_numpy(), (within / scale)["co2_listed_mt"]
    ols = np.linalg.lstsq(x, y, rcond=None)[0]
    k = 3 * float(((y - x @ ols) ** 2).sum()) / fit.freedom / float(ols @ ols)
    assert fit.ridge_k == pytest.approx(k)
    # Ridge is least squares with √k rows added for each driver.
    padded = np.vstack([x, np.sqrt(k) * np.eye(3)])
    beta = np.linalg.lstsq(padded, np.append(y, np.zeros(3)), rcond=None)[0]
    expected = beta * scale["co2_listed_mt"] / scale[DRIVERS]
    np.testing.assert_allclose(fit.coefficients["ridge"], expected, rtol=1e-8)


def test_stirpat_few_enterprises_give_no_interval():
    fit = stirpat(invented(firms=6, years=8), "impact", DRIVERS)
    assert (fit.status, fit.reason) == ("estimated", "few_clusters")
    assert fit.coefficients[["se", "low", "high", "p"]].isna().all(axis=None)


def test_stirpat_drops_rows_without_logarithm():
    data = invented()
    data.iloc[0, 0] = 0.0
    data.iloc[1, 1] = -1.0
    data.iloc[2, 2] = np.nan
    data.iloc[3, 3] = np.inf
    fit = stirpat(data, "impact", DRIVERS)
    # The fifth year of that firm stands alone then.
    assert (fit.rows, fit.dropped, fit.enterprises) == (95, 5, 19)


def test_stirpat_input_errors():
    data = invented()
    with pytest.raises(InputDataError, match="staff"):
        stirpat(data, "impact", ["staff"])
    with pytest.raises(MethodError, match="没有驱动因素"):
        stirpat(data, "impact", [])
    with pytest.raises(MethodError, match="唯一"):
        stirpat(pd.concat([data, data]), "impact", DRIVERS)
    with pytest.raises(MethodError, match="唯一"):
        stirpat(data.reset_index(drop=True), "impact", DRIVERS)


@settings(max_examples=20)
@given(scale=st.floats(1e-3, 1e3), seed=st.integers(0, 50))
def test_stirpat_does_not_depend_on_units_or_order(scale, seed):
    data = invented(seed=seed)
    one = stirpat(data, "impact", DRIVERS).coefficients
    other = data.assign(affluence=data["affluence"] * scale).sample(
        frac=1, random_state=seed
    )
    again = stirpat(other, "impact", DRIVERS).coefficients
    np.testing.assert_allclose(one, again, rtol=1e-6, atol=1e-12)
