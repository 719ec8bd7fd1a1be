"""STIRPAT elasticities from a pooled panel, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, stats

from synergy_lib.errors import MethodError, Problem
from synergy_lib.schema import require_columns

__all__ = ["FEWEST_ROWS", "StirpatFit", "stirpat"]

Floats = npt.NDArray[np.float64]

FEWEST_ROWS = 30  # n·T of methods §6.9
# Proposals [P]: degrees of freedom, spread of a driver within enterprises (standard
# deviation of its logarithm), enterprises for an interval, and the variance inflation
# from which ridge estimates are the ones to use.
FEWEST_FREEDOM = 10
SMALLEST_SPREAD = 0.02
FEWEST_CLUSTERS = 10
LARGEST_INFLATION = 10.0
# Residuals below this share of the variation: the drivers make up the impact.
IDENTITY = 1e-9
REASONS = {
    "": ("", ""),
    "too_few_rows": (
        "可用的企业·年不足{least}个（现有{n}个），不作估计，弹性只能作为情景设定",
        "Fewer than {least} usable enterprise-years ({n}): not estimated; elasticities "
        "can only be assumed",
    ),
    "too_few_freedom": (
        "扣除企业固定效应后自由度不足（现有{n}，至少{least}），不作估计",
        "Too few degrees of freedom beside the fixed effects ({n}, at least {least}): "
        "not estimated",
    ),
    "no_spread": (
        "企业内部几乎不随时间变化（{names}），不能估计弹性",
        "Hardly changes within enterprises ({names}): no elasticity can be estimated",
    ),
    "collinear": (
        "驱动因素完全共线，不能分开估计",
        "The drivers are exactly collinear and cannot be told apart",
    ),
    "identity": (
        "驱动因素的乘积就是被解释量，是恒等式，没有可估计的弹性",
        "The drivers multiply to the impact: an identity, nothing to estimate",
    ),
    "few_clusters": (
        "企业少于{least}家（现有{n}家），不给区间",
        "Fewer than {least} enterprises ({n}): no intervals",
    ),
    "ridge": (
        "驱动因素高度相关，采用岭估计；岭估计有偏，不给区间",
        "The drivers are closely related: ridge estimates, which are biased, so that no "
        "intervals are given",
    ),
}


@dataclass(frozen=True, eq=False)
class StirpatFit:
    """Elasticities, or why they were refused.

    Parameters
    ----------
    status : str
        ``estimated`` or ``refused``.
    method : str
        ``fixed_effects``, ``ridge`` or "".
    reason, reason_zh, reason_en : str
        Why it was refused, or what keeps intervals from being given; "" if nothing.
    coefficients : pandas.DataFrame
        Indexed by driver: ``estimate`` (of ``method``), ``ols, ridge, se, low, high``
        (95 %), ``p, inflation``; empty where refused.
    rows, enterprises, freedom : int
        Enterprise-years used, enterprises with two of them or more, degrees of freedom.
    dropped : int
        Enterprise-years without a logarithm or alone of their enterprise.
    r2_within, ridge_k : float
        NaN where refused.
    """

    status: str
    method: str
    reason: str
    reason_zh: str
    reason_en: str
    coefficients: pd.DataFrame
    rows: int
    enterprises: int
    freedom: int
    dropped: int
    r2_within: float
    ridge_k: float


@dataclass(frozen=True)
class _Within:
    """Logarithms as deviations from their enterprise's mean."""

    x: Floats
    y: Floats
    group: npt.NDArray[np.intp]
    groups: int
    dropped: int

    @property
    def freedom(self) -> int:
        """Rows less fixed effects and elasticities."""
        return len(self.y) - self.groups - int(self.x.shape[1])


def stirpat(panel: pd.DataFrame, impact: str, drivers: Sequence[str]) -> StirpatFit:
    r"""Estimate elasticities of an impact, enterprise by fixed effect.

    Parameters
    ----------
    panel : pandas.DataFrame
        Unique index (enterprise_id, year), or another unit in place of enterprises.
    impact : str
        Column, e.g. ``co2e_t``.
    drivers : sequence of str
        Columns of population, affluence and technology, e.g. staff, value added a
        head, energy per value added.

    Returns
    -------
    StirpatFit

    Raises
    ------
    InputDataError
        If a column is missing.
    MethodError
        If the index is not unique or not of two levels, or no driver is given.

    Notes
    -----
    :math:`\ln I_{it} = c_i + \sum_k \beta_k \ln x_{k,it} + \varepsilon_{it}`, by least
    squares on deviations from each enterprise's mean. Standard errors are clustered
    by enterprise with the factor :math:`\frac{G}{G-1}\frac{N-1}{N-G-k}`; intervals
    from t(G − 1). A row without a positive value of everything has no logarithm and is
    left out. There are no effects of the years: what moves everybody at once counts
    as the work of the drivers that move along. It is refused with fewer than 30 rows
    (methods §6.9), or where the data do not carry it: see :data:`REASONS`.

    Where a variance inflation exceeds 10 the ridge estimates count:
    :math:`\beta = (R + kI)^{-1} r` on the correlations within enterprises, with
    :math:`k = p\hat\sigma^2/\hat\beta'\hat\beta` of the least-squares fit in the same
    scale (Hoerl, Kennard and Baldwin 1975 [GK]).
    """
    names = [str(name) for name in drivers]
    _check(panel, names)
    require_columns(panel, [impact, *names], "stirpat")
    data = _within(panel[[impact, *names]].astype(float))
    refusal = _refusal(data, names)
    if refusal:
        return _refused(data, *refusal)
    beta = linalg.lstsq(data.x, data.y)[0]
    residual = data.y - data.x @ beta
    r2 = 1 - float(residual @ residual / (data.y @ data.y))
    if 1 - r2 < IDENTITY:
        return _refused(data, "identity", {})
    return _fitted(data, names, beta, residual, r2)


def _check(panel: pd.DataFrame, names: list[str]) -> None:
    if not names:
        raise MethodError(Problem("STIRPAT", "没有驱动因素", "至少一列"))
    if panel.index.nlevels != 2 or not panel.index.is_unique:
        raise MethodError(Problem("STIRPAT", "索引须为唯一的 (企业, 年份)"))


def _within(values: pd.DataFrame) -> _Within:
    """Return deviations of the logarithms, of enterprises with two years or more."""
    positive = values.where((values > 0) & np.isfinite(values)).dropna()
    units = positive.index.get_level_values(0)
    kept = positive[units.to_series().groupby(units).transform("size").to_numpy() > 1]
    logs = pd.DataFrame(np.log(kept.to_numpy()))
    group, found = pd.factorize(kept.index.get_level_values(0))
    if len(logs):
        logs = logs - logs.groupby(group).transform("mean")
    table = logs.to_numpy(dtype=np.float64)
    dropped = len(values) - len(kept)
    return _Within(table[:, 1:], table[:, 0], group, len(found), dropped)


def _refusal(data: _Within, names: list[str]) -> tuple[str, dict[str, object]] | None:
    """Return why the data do not carry an estimate, and what the sentence says."""
    if len(data.y) < FEWEST_ROWS:
        return "too_few_rows", {"least": FEWEST_ROWS, "n": len(data.y)}
    if data.freedom < FEWEST_FREEDOM:
        return "too_few_freedom", {"least": FEWEST_FREEDOM, "n": data.freedom}
    spread = np.sqrt((data.x**2).mean(axis=0))
    still = [
        name for name, size in zip(names, spread, strict=True) if size < SMALLEST_SPREAD
    ]
    if still or not data.y.any():
        return "no_spread", {"names": "、".join(still) or "impact"}
    if np.linalg.matrix_rank(data.x / spread, tol=1e-8 * len(data.y)) < len(names):
        return "collinear", {}
    return None


def _refused(data: _Within, reason: str, said: dict[str, object]) -> StirpatFit:
    zh, en = (text.format(**said) for text in REASONS[reason])
    return StirpatFit(
        "refused",
        "",
        reason,
        zh,
        en,
        pd.DataFrame(),
        len(data.y),
        data.groups,
        max(data.freedom, 0),
        data.dropped,
        np.nan,
        np.nan,
    )


def _fitted(
    data: _Within, names: list[str], beta: Floats, residual: Floats, r2: float
) -> StirpatFit:
    """Return the estimates with what is known of their error."""
    ridge, k, inflation = _ridge(data, r2)
    method = "ridge" if inflation.max() > LARGEST_INFLATION else "fixed_effects"
    few = data.groups < FEWEST_CLUSTERS
    reason = "ridge" if method == "ridge" else "few_clusters" if few else ""
    se = _clustered(data, residual)
    se = np.full(len(names), np.nan) if reason else se
    reach = stats.t.ppf(0.975, data.groups - 1) * se
    said = {"least": FEWEST_CLUSTERS, "n": data.groups}
    zh, en = (text.format(**said) for text in REASONS[reason])
    table = pd.DataFrame(
        {
            "estimate": ridge if method == "ridge" else beta,
            "ols": beta,
            "ridge": ridge,
            "se": se,
            "low": beta - reach,
            "high": beta + reach,
            "p": 2 * stats.t.sf(np.abs(beta / se), data.groups - 1),
            "inflation": inflation,
        },
        index=pd.Index(names, name="driver"),
    )
    return StirpatFit(
        "estimated",
        method,
        reason,
        zh,
        en,
        table,
        len(data.y),
        data.groups,
        data.freedom,
        data.dropped,
        r2,
        k,
    )


def _clustered(data: _Within, residual: Floats) -> Floats:
    """Return standard errors that let an enterprise's years hang together."""
    bread = linalg.inv(data.x.T @ data.x)
    scores = np.zeros((data.groups, data.x.shape[1]))
    np.add.at(scores, data.group, data.x * residual[:, np.newaxis])
    factor = data.groups / (data.groups - 1) * (len(residual) - 1) / data.freedom
    covariance = factor * bread @ (scores.T @ scores) @ bread
    return np.asarray(np.sqrt(np.diag(covariance)))


def _ridge(data: _Within, r2: float) -> tuple[Floats, float, Floats]:
    """Return ridge estimates, their constant, and the variance inflations."""
    size_x, size_y = np.sqrt((data.x**2).sum(axis=0)), np.sqrt(data.y @ data.y)
    scaled, y = data.x / size_x, data.y / size_y
    correlation, target = scaled.T @ scaled, scaled.T @ y
    plain = linalg.solve(correlation, target, assume_a="pos")
    k = float(len(plain) * (1 - r2) / data.freedom / (plain @ plain))
    ridge = linalg.solve(correlation + k * np.eye(len(plain)), target, assume_a="pos")
    inflation = np.diag(linalg.inv(correlation))
    return np.asarray(ridge * size_y / size_x), k, np.asarray(inflation)
