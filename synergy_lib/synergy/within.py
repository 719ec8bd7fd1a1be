"""Whether carbon and a pollutant of the same enterprise move together over years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from synergy_lib.errors import ParameterError, Problem
from synergy_lib.schema import require_columns
from synergy_lib.synergy.association import usable_pairs, verdict
from synergy_lib.synergy.coefficients import (
    CONSTANT,
    FEWEST_UNITS,
    MINIMUM_UNITS,
    ROUNDING,
    TOO_FEW,
)
from synergy_lib.trends.monotonic import adjust_p

__all__ = ["demeaned", "within_associations"]

Floats = npt.NDArray[np.float64]


def demeaned(values: pd.DataFrame, *, years: bool = False) -> pd.DataFrame:
    r"""Return every value less the mean of its enterprise, and of its year if asked.

    Parameters
    ----------
    values : pandas.DataFrame
        Index (enterprise_id, year), without gaps; enterprises may have other years.
    years : bool
        Take out what all enterprises have in common in a year as well.

    Returns
    -------
    pandas.DataFrame
        Residuals of a least-squares fit of one constant an enterprise (and one a
        year), exact for unbalanced panels too.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a", "b"], [1, 2]],
    ...     names=["enterprise_id", "year"])
    >>> demeaned(pd.DataFrame({"x": [1.0, 3.0, 5.0, 5.0]}, index))["x"].tolist()
    [-1.0, 1.0, 0.0, 0.0]
    >>> demeaned(pd.DataFrame({"x": [1.0, 3.0, 5.0, 7.0]}, index),
    ...     years=True)["x"].abs().round(9).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    by = values.index.get_level_values("enterprise_id")
    centred = values - values.groupby(by).transform("mean")
    if not years:
        return centred
    dummies = pd.get_dummies(values.index.get_level_values("year"), dtype=float)
    dummies.index = values.index
    design = (dummies - dummies.groupby(by).transform("mean")).to_numpy()
    fit, *_ = np.linalg.lstsq(design, centred.to_numpy(), rcond=None)
    return pd.DataFrame(centred - design @ fit, values.index, values.columns)


def within_associations(
    panel: pd.DataFrame,
    pollutants: Sequence[str],
    *,
    carbon: str = "co2e_t",
    minimum: int = MINIMUM_UNITS,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Correlate the changes of carbon and of each pollutant within enterprises.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year): amounts of all years.
    pollutants : sequence of str
        Columns to correlate carbon with.
    carbon : str
        Column of the carbon emission.
    minimum : int
        Fewer enterprises cannot be judged; at least 6.
    level : float
        Coverage of the interval. [-]

    Returns
    -------
    pandas.DataFrame
        One row a pollutant and method, ``within`` (enterprise means taken out) and
        ``within_two_way`` (year means too): ``pollutant, method, n_rows, n``
        (enterprises), ``left_out_missing, left_out_not_positive`` (rows),
        ``left_out_single`` (rows of enterprises with one year), ``estimate, low, high,
        p, p_adjusted, verdict, reason``.

    Raises
    ------
    InputDataError
        If the carbon or a pollutant is not a column.
    ParameterError
        If ``minimum`` is below 6.

    Notes
    -----
    Natural logarithms; rows with a zero are left out and counted. r is Pearson's of
    the pooled residuals :math:`x_{it} - \bar x_i`. Years of one enterprise are not
    independent, so interval and test are a jackknife over enterprises: with
    :math:`z_{(i)}` the Fisher z without enterprise i of M,
    :math:`se^2 = \frac{M-1}{M}\sum_i (z_{(i)} - \bar z)^2`, interval
    :math:`\tanh(z \pm t_{M-1}\,se)`, test :math:`z/se` by Student's t with M − 1
    degrees of freedom. p is adjusted over the pollutants of one method.

    ``within`` contains what moves all enterprises of a year alike, e.g. the grid
    factor or a boom; ``within_two_way`` does not. With year means taken out the
    jackknife keeps the year effects of the whole sample.
    """
    if minimum <= FEWEST_UNITS:
        raise ParameterError(Problem("企业内相关", f"minimum={minimum}", "不小于6"))
    require_columns(panel, [carbon, *pollutants], "within_associations")
    rows = []
    for pollutant in pollutants:
        table, missing, dropped = usable_pairs(
            panel, [carbon, pollutant], logarithm=True
        )
        counts = table.groupby(level="enterprise_id")[carbon].transform("size")
        several = table[counts > 1]
        single = len(table) - len(several)
        for method in ("within", "within_two_way"):
            row: dict[str, object] = {"pollutant": pollutant, "method": method}
            row |= {"n_rows": len(several)}
            row |= {"left_out_missing": missing, "left_out_not_positive": dropped}
            row |= {"left_out_single": single}
            rows.append(row | _pooled(several, method, minimum, level))
    found = pd.DataFrame(rows)
    adjusted = found.groupby("method", sort=False)["p"].transform(adjust_p)
    verdicts = verdict(found["estimate"], adjusted)
    return found.assign(p_adjusted=adjusted, verdict=verdicts)


def _pooled(
    table: pd.DataFrame, method: str, minimum: int, level: float
) -> dict[str, object]:
    """Return the pooled correlation of the residuals with its jackknife."""
    firms = table.index.get_level_values("enterprise_id").nunique()
    empty: dict[str, object] = {"n": firms, "reason": ""}
    empty |= dict.fromkeys(("estimate", "low", "high", "p"), np.nan)
    if firms < minimum:
        return empty | {"reason": TOO_FEW.format(n=firms, least=minimum)}
    left = demeaned(table, years=method == "within_two_way")
    sums = _sums(left)
    total = sums.sum(axis=0)
    nothing = ROUNDING * (1 + (table.to_numpy() ** 2).sum(axis=0))
    if (total[1:] <= nothing).any():
        return empty | {"reason": CONSTANT}
    without = total - sums
    if (without[:, 1:] <= nothing).any():
        return empty | {"reason": "差异只来自一家企业，无法判断"}
    estimate = _ratio(total[None, :])[0]
    return empty | {"estimate": float(estimate)} | _jackknife(estimate, without, level)


def _jackknife(estimate: float, without: Floats, level: float) -> dict[str, float]:
    """Return interval and p from the sums without each enterprise in turn."""
    firms = len(without)
    around = np.arctanh(np.clip(_ratio(without), -1 + 1e-15, 1 - 1e-15))
    variance = (firms - 1) / firms * ((around - around.mean()) ** 2).sum()
    error = float(np.sqrt(variance))
    if abs(estimate) >= 1 or error == 0:
        return {"low": float(estimate), "high": float(estimate), "p": 0.0}
    centre = float(np.arctanh(estimate))
    half = float(stats.t.ppf((1 + level) / 2, firms - 1)) * error
    p = float(2 * stats.t.sf(abs(centre / error), firms - 1))
    return {"low": np.tanh(centre - half), "high": np.tanh(centre + half), "p": p}


def _sums(left: pd.DataFrame) -> Floats:
    """Return each enterprise's sums of products xy, xx and yy."""
    x, y = left.to_numpy().T
    products = pd.DataFrame({"xy": x * y, "xx": x * x, "yy": y * y}, left.index)
    return products.groupby(level="enterprise_id").sum().to_numpy()


def _ratio(sums: Floats) -> Floats:
    """Return the correlation that sums of products make."""
    return np.asarray(
        np.clip(sums[:, 0] / np.sqrt(sums[:, 1] * sums[:, 2]), -1, 1), dtype=np.float64
    )
