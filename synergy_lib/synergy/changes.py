"""Did carbon and pollution fall together? Quadrant and elasticity between years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.indicators.functions import BALANCED_ELASTICITY
from synergy_lib.schema import PARK, require_columns
from synergy_lib.techniques.co_control import NEGLIGIBLE, co_control

__all__ = [
    "CARBON_ERROR",
    "CLASSES",
    "PARK",
    "POLLUTANT_ERROR",
    "co_control_changes",
    "year_pairs",
]

Floats = npt.NDArray[np.float64]

# A smaller relative change may be an error of the data: proposals [P]. Carbon follows
# from metered energy, pollutants from samples of a few hours a year.
CARBON_ERROR = 0.05
POLLUTANT_ERROR = 0.10
CLASSES = {
    "I": "减污降碳协同",
    "II": "降碳增污",
    "III": "同增",
    "IV": "减污增碳",
    "error": "变化在误差内",
    "": "无法判断",
}
NO_DATA = "起止年份的数据不全，无法判断"
NO_START = "起始年数值不大于零，相对变化无定义，见绝对量"


def co_control_changes(
    panel: pd.DataFrame,
    pollutants: Sequence[str],
    pairs: Iterable[tuple[int, int]],
    *,
    carbon: str = "co2e_t",
    carbon_error: float = CARBON_ERROR,
    pollutant_error: float = POLLUTANT_ERROR,
) -> pd.DataFrame:
    r"""Place the changes between years in the co-control coordinate system.

    Parameters
    ----------
    panel : pandas.DataFrame
        Index (enterprise_id, year): carbon [t] and pollutants or equivalents [kg].
    pollutants : sequence of str
        Columns to set against carbon.
    pairs : iterable of (int, int)
        Years from and to; :func:`year_pairs` gives consecutive ones.
    carbon : str
        Column of the carbon emission.
    carbon_error, pollutant_error : float
        Relative changes up to this may be errors of the data [-]; at least 0.005.

    Returns
    -------
    pandas.DataFrame
        One row a pair of years, pollutant and enterprise with data of either year, and
        one of the park (``enterprise_id`` ``"park"``): ``from_year, to_year,
        pollutant, enterprise_id, n`` (enterprises behind the row), ``carbon_start_t,
        carbon_end_t, pollutant_start_kg, pollutant_end_kg, carbon_reduction,
        pollutant_reduction`` [-, positive when emissions fall], ``angle_deg, radius,
        quadrant, within_error`` (``carbon``, ``pollutant``, ``both`` or ""),
        ``elasticity, reading, reason``.

    Raises
    ------
    InputDataError
        If a column or a year is not in the panel.
    ParameterError
        If a pair does not go forward, or an error is below 0.005 or not below 1.

    Notes
    -----
    :math:`y = (C_0 - C_1)/C_0`, :math:`x = (P_0 - P_1)/P_0`, cross elasticity
    :math:`El = y/x` (methods §4.3; R14 calls it the synergy coefficient). Quadrants
    as :data:`CLASSES`. Signs come first: where a change lies within its error its
    sign is not known, so there is neither a quadrant (``error``) nor an elasticity.
    A start not above zero has no relative change: the amounts are given instead.
    ``reading`` says what the elasticity may be read as: both falling
    ``carbon_faster``, ``balanced`` (0.8 to 1.25) or ``pollutant_faster``; otherwise
    ``both_rise``, ``opposite``, ``within_error``, ``cannot_judge``, where its size
    says nothing about synergy.

    The park's row compares the sums over the enterprises that have carbon and the
    pollutant in both years (ratio of sums; the same enterprises at both ends).
    """
    _check_errors({"carbon_error": carbon_error, "pollutant_error": pollutant_error})
    pairs = list(pairs)
    require_columns(panel, [carbon, *pollutants], "co_control_changes")
    _check_pairs(pairs, panel)
    ends = pd.concat(
        [
            _ends(panel, carbon, pollutant, years)
            for years in pairs
            for pollutant in pollutants
        ],
        ignore_index=True,
    )
    return _placed(ends, carbon_error, pollutant_error)


def year_pairs(panel: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the pairs of consecutive years that the panel has.

    Examples
    --------
    >>> index = pd.MultiIndex.from_product([["a"], [2019, 2020, 2022]],
    ...     names=["enterprise_id", "year"])
    >>> year_pairs(pd.DataFrame(index=index))
    [(2019, 2020)]
    """
    years = {int(year) for year in panel.index.get_level_values("year")}
    return [(year, year + 1) for year in sorted(years) if year + 1 in years]


def _check_errors(errors: dict[str, float]) -> None:
    problems = [
        Problem(name, f"{value:g}", f"不小于{NEGLIGIBLE:g}且小于1")
        for name, value in errors.items()
        if not NEGLIGIBLE <= value < 1
    ]
    if problems:
        raise ParameterError(problems)


def _check_pairs(pairs: list[tuple[int, int]], panel: pd.DataFrame) -> None:
    """Raise where there is nothing to compare."""
    backward = [f"{first}→{last}" for first, last in pairs if first >= last]
    if backward or not pairs:
        what = f"前一年须早于后一年：{'、'.join(backward)}" if backward else "没有年份"
        raise ParameterError(Problem("协同控制年份", what))
    present = set(panel.index.get_level_values("year"))
    lacking = sorted({year for pair in pairs for year in pair} - present)
    if lacking:
        what = f"没有{'、'.join(map(str, lacking))}年的数据"
        raise InputDataError(Problem("协同控制年份", what))


def _ends(
    panel: pd.DataFrame, carbon: str, pollutant: str, years: tuple[int, int]
) -> pd.DataFrame:
    """Return both amounts in both years, one row an enterprise, then the park."""
    start, end = (
        pd.DataFrame(panel[[carbon, pollutant]].xs(year, level="year"))
        .astype(float)
        .replace([np.inf, -np.inf], np.nan)
        for year in years
    )
    ids = start.index.union(end.index)
    table = pd.DataFrame(
        {
            "carbon_start_t": start[carbon].reindex(ids),
            "carbon_end_t": end[carbon].reindex(ids),
            "pollutant_start_kg": start[pollutant].reindex(ids),
            "pollutant_end_kg": end[pollutant].reindex(ids),
        }
    )
    complete = table.dropna()
    park = complete.sum(min_count=1).to_frame(PARK).T
    table = pd.concat([table, park])
    counts = np.append(np.isin(ids, complete.index).astype(int), len(complete))
    table.insert(0, "n", counts)
    table.insert(0, "enterprise_id", [*ids, PARK])
    table.insert(0, "pollutant", pollutant)
    table.insert(0, "to_year", years[1])
    table.insert(0, "from_year", years[0])
    return table


def _placed(
    ends: pd.DataFrame, carbon_error: float, pollutant_error: float
) -> pd.DataFrame:
    """Add reductions, quadrant, elasticity, and how to read them."""
    reductions = [_reduction(ends, name) for name in ("carbon", "pollutant")]
    y, x = (values for values, _ in reductions)
    no_start = reductions[0][1] | reductions[1][1]
    place = co_control(x, y)
    unknown = np.isnan(x) | np.isnan(y)
    small = [np.abs(y) <= carbon_error, np.abs(x) <= pollutant_error]
    # Slack: 100 → 95 is a change of 5 %, though the quotient may say a bit more.
    small = [
        part | np.isclose(np.abs(v), e, rtol=0, atol=1e-12)
        for part, v, e in zip(
            small, (y, x), (carbon_error, pollutant_error), strict=True
        )
    ]
    unsure = (small[0] | small[1]) & ~unknown
    quadrant = np.where(unsure, "error", place["quadrant"].to_numpy())
    which = np.select(
        [~unsure, small[0] & small[1], small[0]], ["", "both", "carbon"], "pollutant"
    )
    elasticity = place["elasticity"].where(~unsure).to_numpy()
    reason = np.select([no_start, unknown], [NO_START, NO_DATA], "")
    return ends.assign(
        carbon_reduction=y,
        pollutant_reduction=x,
        angle_deg=place["angle_deg"].to_numpy(),
        radius=place["radius"].to_numpy(),
        quadrant=quadrant,
        within_error=which,
        elasticity=elasticity,
        reading=_reading(quadrant, elasticity),
        reason=reason,
    )


def _reduction(ends: pd.DataFrame, what: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the relative reduction, and where the start is not above zero."""
    unit = "t" if what == "carbon" else "kg"
    start = ends[f"{what}_start_{unit}"].to_numpy(dtype=np.float64)
    end = ends[f"{what}_end_{unit}"].to_numpy(dtype=np.float64)
    usable = start > 0
    relative = np.full(len(ends), np.nan)
    np.divide(start - end, start, out=relative, where=usable)
    return relative, ~usable & ~np.isnan(start) & ~np.isnan(end)


def _reading(
    quadrant: npt.NDArray[np.object_], elasticity: Floats
) -> npt.NDArray[np.object_]:
    """Return what may be read from an elasticity, by the signs first."""
    low, high = BALANCED_ELASTICITY
    both = quadrant == "I"
    opposite = (quadrant == "II") | (quadrant == "IV")
    return np.select(
        [
            both & (elasticity > high),
            both & (elasticity < low),
            both,
            quadrant == "III",
            opposite,
            quadrant == "error",
        ],
        [
            "carbon_faster",
            "pollutant_faster",
            "balanced",
            "both_rise",
            "opposite",
            "within_error",
        ],
        "cannot_judge",
    ).astype(object)
