"""Grid factors: which published year and region serve each year of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.factors.tables import load_factors, load_regions

__all__ = ["MAX_YEARS_BACK", "NATIONAL", "GridFactors", "resolve_region", "select_grid"]

NATIONAL = "全国"
MAX_YEARS_BACK = 3  # how far before the first published year it may stand in [P]
SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
KIND_LABELS = {"average": "位置法电力因子", "residual": "市场法电力因子"}


@dataclass(frozen=True, eq=False)
class GridFactors:
    """Factors of purchased electricity for the years of a run.

    Attributes
    ----------
    values : pandas.Series
        Index year; NaN where no published year can serve. [tCO2/MWh]
    used : pandas.DataFrame
        Factor rows with ``basis`` (``published``, ``earlier_year``, ``later_year``)
        and ``applied_years``.
    notes : tuple of str
        Chinese sentences, one per substitution.
    """

    values: pd.Series
    used: pd.DataFrame
    notes: tuple[str, ...]


def resolve_region(name: str) -> str:
    """Return the Chinese name of a region.

    Parameters
    ----------
    name : str
        Chinese name, with or without 省, 市 or 自治区, or English name.

    Returns
    -------
    str
        As in :func:`synergy_lib.factors.tables.load_regions`.

    Raises
    ------
    ParameterError
        If there is no such region; names the nearest.

    Examples
    --------
    >>> resolve_region("Zhejiang"), resolve_region("浙江省")
    ('浙江', '浙江')
    """
    regions = load_regions()
    by_name = {region: region for region in regions.index}
    by_name |= {en.casefold(): region for region, en in regions["name_en"].items()}
    asked = name.strip()
    for suffix in SUFFIXES:
        if asked not in by_name:
            asked = asked.removesuffix(suffix)
    region = by_name.get(asked.casefold())
    if region is None:
        hint = nearest(name, [*regions.index, *regions["name_en"]])
        raise ParameterError(
            Problem("grid_region", f"没有“{name}”", "省级行政区、区域电网或全国", hint)
        )
    return str(region)


def select_grid(
    years: Iterable[int], *, region: str | None, kind: str = "average"
) -> GridFactors:
    """Return the grid factor of each year.

    Parameters
    ----------
    years : iterable of int
        Years of consumption.
    region : str or None
        Province, regional grid or 全国. A region without any published value gets
        the national one; None (a park abroad) gets no factor.
    kind : {"average", "residual", "fossil"}, optional
        Series of factors; residual and fossil exist for the nation only.

    Returns
    -------
    GridFactors
        One value per year.

    Raises
    ------
    ParameterError
        If the region is unknown or no year is asked for.

    Notes
    -----
    The factor of the year itself, else the latest earlier one published. A year
    before the first publication gets the first, at most three years back
    (proposed); further back there is no factor and nothing is accounted. Every
    substitution is noted.

    Examples
    --------
    >>> grid = select_grid([2021, 2022, 2023], region="浙江")
    >>> grid.values.tolist()
    [0.5422, 0.5153, 0.5153]
    >>> grid.notes
    ('位置法电力因子（浙江）：2023年无公布值，沿用2022年的0.5153 tCO2/MWh。',)
    """
    wanted = sorted({int(year) for year in years})
    if not wanted:
        raise ParameterError(Problem("years", "没有年份", "至少一年"))
    if region is None:
        missing = pd.Series(np.nan, index=_year_index(wanted), name=kind)
        empty = load_factors("electricity").head(0)
        empty = empty.assign(basis="", applied_years="")
        return GridFactors(
            missing, empty, (f"{_label(kind)}：未选定电网区域，不计算。",)
        )
    rows, notes = _published(resolve_region(region), kind)
    matches = pd.DataFrame(
        [_match(year, rows.index.tolist()) for year in wanted],
        columns=["source", "basis"],
        index=_year_index(wanted),
    )
    values = matches["source"].map(rows["value"]).astype(float).rename(kind)
    notes += _substitutions(matches, rows, kind)
    return GridFactors(values, _used(matches, rows), tuple(notes))


def _year_index(years: Sequence[int]) -> pd.Index:
    """Return years as a named index."""
    return pd.Index(list(years), name="year", dtype="int64")


def _label(kind: str) -> str:
    """Return the Chinese name of a series of factors."""
    return KIND_LABELS.get(kind, "电力因子")


def _published(region: str, kind: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a region's published factors by year, or the nation's with a note."""
    table = load_factors("electricity")
    series = table[table["factor_set"] == kind]
    rows = series[series["region"] == region]
    notes = []
    if rows.empty:
        rows = series[series["region"] == NATIONAL]
        notes.append(f"{_label(kind)}：没有{region}的公布值，采用全国值。")
    return rows.set_index(rows["valid_from"].astype("int64")), notes


def _match(year: int, published: list[int]) -> tuple[float, str]:
    """Return the published year that serves a year, and on what basis."""
    if year in published:
        return year, "published"
    earlier = [candidate for candidate in published if candidate < year]
    if earlier:
        return max(earlier), "earlier_year"
    first = min(published)
    if first - year <= MAX_YEARS_BACK:
        return first, "later_year"
    return np.nan, "none"


def _groups(matches: pd.DataFrame) -> list[tuple[float, str, str]]:
    """Return (source year or -1, basis, the years it serves) in order of year."""
    served: dict[tuple[float, str], list[str]] = {}
    for year, source, basis in matches.itertuples():
        key = (-1.0 if np.isnan(source) else float(source), str(basis))
        served.setdefault(key, []).append(str(year))
    return [
        (source, basis, "、".join(years)) for (source, basis), years in served.items()
    ]


def _substitutions(matches: pd.DataFrame, rows: pd.DataFrame, kind: str) -> list[str]:
    """Return one sentence per group of years without their own factor."""
    head = f"{_label(kind)}（{rows['region'].iloc[0]}）"
    notes = []
    for source, basis, years in _groups(matches):
        if basis == "none":
            notes.append(f"{head}：{years}年无可用值，外购电力排放不计算。")
        elif basis != "published":
            how = "沿用" if basis == "earlier_year" else "早于首个公布年份，以"
            factor = float(rows["value"].loc[int(source)])
            value = f"{int(source)}年的{factor} tCO2/MWh"
            end = "" if basis == "earlier_year" else "代替"
            notes.append(f"{head}：{years}年无公布值，{how}{value}{end}。")
    return notes


def _used(matches: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the factor rows that serve, with the years they are applied to."""
    groups = [group for group in _groups(matches) if group[1] != "none"]
    used = rows.loc[[int(source) for source, _, _ in groups]].reset_index(drop=True)
    return used.assign(
        basis=[basis for _, basis, _ in groups],
        applied_years=[years for _, _, years in groups],
    )
