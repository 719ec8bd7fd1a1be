"""How far a park or an enterprise is from the path to its targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError, Problem, nearest, quote
from synergy_lib.schema import require_columns

__all__ = ["REASONS", "STATUSES", "path_rate", "required_path", "target_gap"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

PATHS = ("geometric", "linear")
# A value on the path may miss it by rounding.
SLACK = 1e-9
STATUSES = {
    "on_track": ("达序时进度", "On track"),
    "behind": ("落后于序时进度", "Behind"),
    "met": ("已完成", "Met"),
    "missed": ("未完成", "Missed"),
    "base_year": ("基年，尚无进度", "Base year: no progress yet"),
    "not_computable": ("不能判断", "Cannot be judged"),
}
REASONS = {
    "": ("", ""),
    "not_a_path": (
        "这类目标没有逐年路径，只列出供参照",
        "Targets of this kind have no yearly path; listed for reference",
    ),
    "no_formula": (
        "企业数据不能算出这一指标",
        "The enterprises' data cannot give this indicator",
    ),
    "years_reversed": (
        "目标年不晚于基年",
        "The target year is not after the base year",
    ),
    "no_base_year": (
        "目标没有基年，路径无从算起",
        "The target has no base year to count a path from",
    ),
    "before_base": ("所评年份早于基年", "The year judged is before the base year"),
    "no_base_value": (
        "基年没有数值，不回推",
        "No value in the base year; none is estimated backwards",
    ),
    "base_not_positive": (
        "基年数值不大于零，相对变化无定义",
        "The value of the base year is not above zero: no relative change is defined",
    ),
    "no_value": ("所评年份没有数值", "No value in the year judged"),
    "no_final_value": (
        "目标年已过，但目标年没有数值，不能下结论",
        "The target year has passed, but has no value: no verdict",
    ),
    "negative_value": ("所评年份数值为负", "The value of the year judged is negative"),
    "no_geometric_path": (
        "降到零没有几何路径",
        "No geometric path leads to zero",
    ),
    "too_few_enterprises": (
        "有数据的企业过少，不能代表园区",
        "Too few enterprises have data to stand for the park",
    ),
    "value_undefined": (
        "数值无法计算（分母合计不大于零）",
        "The value is undefined (the denominators add up to zero or less)",
    ),
    "incomplete_total": (
        "部分企业无数据，合计偏低，不能判断是否达到总量目标",
        "Some enterprises lack data, so the total is too low to be judged",
    ),
}
_NEEDED = [
    *("kind", "comparison", "target", "base_year", "target_year", "path"),
    *("year", "base_value", "value"),
]


def required_path(
    base_value: npt.ArrayLike,
    target_value: npt.ArrayLike,
    elapsed: npt.ArrayLike,
    path: npt.ArrayLike = "geometric",
) -> Floats:
    r"""Return the value that leads from the base to the target, at a point in time.

    Parameters
    ----------
    base_value, target_value : array_like
        Values of base and target year, above 0 for a geometric path.
    elapsed : array_like
        Share of the time gone, :math:`(t-b)/(T-b)` [-].
    path : array_like of str
        ``geometric`` or ``linear``.

    Returns
    -------
    numpy.ndarray
        In the broadcast shape [unit of the values].

    Raises
    ------
    ParameterError
        If a path is neither.

    Notes
    -----
    :math:`x_b(1-R)^{(t-b)/(T-b)}` or :math:`x_b(1-R(t-b)/(T-b))`, with
    :math:`1-R = x_T^*/x_b` (methods §6.10).

    Examples
    --------
    >>> required_path(1, 0.8, np.arange(6) / 5).round(4).tolist()
    [1.0, 0.9564, 0.9146, 0.8747, 0.8365, 0.8]
    """
    base, target, share = (
        np.asarray(part, dtype=np.float64)
        for part in (base_value, target_value, elapsed)
    )
    names = np.asarray(path, dtype=object)
    for name in set(names.ravel().tolist()) - set(PATHS):
        hint = nearest(str(name), PATHS)
        raise ParameterError(
            Problem("path", f"没有路径{quote(name)}", "、".join(PATHS), hint)
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        geometric = base * (target / base) ** share
    return np.where(names == "geometric", geometric, base + (target - base) * share)


def path_rate(cut: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    r"""Return the yearly reduction that adds up to a relative cut.

    Notes
    -----
    :math:`1 - (1-R)^{1/(T-b)}` [1/a].

    Examples
    --------
    >>> float(path_rate(0.18, 5).round(4))
    0.0389
    """
    gone = np.asarray(years, dtype=np.float64)
    return np.asarray(1 - (1 - np.asarray(cut, dtype=np.float64)) ** (1 / gone))


def target_gap(rows: pd.DataFrame) -> pd.DataFrame:
    r"""Judge values against the paths to their targets.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row a judgement, any index: ``kind`` (``relative_cut`` with ``target`` in
        per cent, or ``level`` with ``target`` in the value's unit; other kinds are not
        judged), ``comparison`` (``<=``, ``<``, ``>=``, ``>``), ``base_year,
        target_year`` (missing where there is none), ``path, year, base_value, value``.
        ``value`` is of ``year``, or of the target year where that has passed.

    Returns
    -------
    pandas.DataFrame
        Same index: ``target_value, required_value, gap`` (value − required) [unit of
        the value], ``gap_pct`` [% of the required value], ``achieved_share``
        [-], ``required_rate`` and ``path_rate`` [1/a], ``is_final, status`` (see
        :data:`STATUSES`), ``reason`` (key of :data:`REASONS`), ``reason_zh,
        reason_en``.

    Raises
    ------
    InputDataError
        If a column is missing.
    ParameterError
        If a path or comparison is not one of those above.
    MethodError
        If a value is infinite.

    Notes
    -----
    Methods §6.10. :math:`x_T^* = x_b(1-R)`; ``gap`` = :math:`x_t - x_t^*`;
    ``achieved_share`` = :math:`(x_b-x_t)/(x_b-x_T^*)`, undefined where the base year
    already met the target; ``required_rate`` = :math:`1-(x_T^*/x_t)^{1/(T-t)}`,
    negative where the value may still rise, undefined for a value or target of zero;
    ``path_rate`` is the rate of the whole path. At and after the target year there is
    only the verdict ``met`` or ``missed``. A level that the base year met is required
    throughout: a path that lets a value get worse is none. Nothing is estimated
    backwards: without a base value nothing is judged, though a level without a base
    year gets its verdict when it is due.

    Examples
    --------
    >>> one = pd.DataFrame([dict(kind="relative_cut", comparison="<=", target=20.0,
    ...     base_year=2020, target_year=2025, path="geometric", year=2022,
    ...     base_value=1.0, value=0.90)])
    >>> found = target_gap(one).loc[0]
    >>> found["status"], round(float(found["required_value"]), 4)
    ('on_track', 0.9146)
    """
    require_columns(rows, _NEEDED, "target_gap")
    column = _numbers(rows)
    is_cut = (rows["kind"] == "relative_cut").to_numpy()
    sign = np.where(rows["comparison"].isin(["<=", "<"]).to_numpy(), 1.0, -1.0)
    base, value = column["base_value"], column["value"]
    final = np.where(is_cut, base * (1 - column["target"] / 100), column["target"])
    due = column["year"] >= column["target_year"]
    reason = _reasons(rows, column, final, due)
    fine = reason == ""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        required, gone = _required(rows, column, final, sign, due)
        gap = value - required
        left = column["target_year"] - column["year"]
        span = column["target_year"] - column["base_year"]
        worse = sign * (base - final) <= 0
        numbers = {
            "target_value": final,
            "required_value": required,
            "gap": gap,
            "gap_pct": 100 * gap / np.where(required > 0, required, np.nan),
            "achieved_share": np.where(worse, np.nan, (base - value) / (base - final)),
            "required_rate": np.where(due, np.nan, _yearly(final, value, left)),
            "path_rate": _yearly(
                np.where(is_cut, 1 - column["target"] / 100, final),
                np.where(is_cut, 1.0, base),
                span,
            ),
        }
    close = _strictly(rows, sign * gap, required)
    status = np.select(
        [~fine, due & close, due, gone <= 0, close],
        ["not_computable", "met", "missed", "base_year", "on_track"],
        "behind",
    )
    # What a target asks for is known even where nothing can be judged.
    judged = reason != "not_a_path"
    kept = {"target_value": judged, "path_rate": judged}
    table = pd.DataFrame(
        {
            name: np.where(fine | kept.get(name, False), numbers[name], np.nan)
            for name in numbers
        },
        index=rows.index,
    )
    return table.assign(is_final=due, status=status, **_texts(reason))


def _numbers(rows: pd.DataFrame) -> dict[str, Floats]:
    """Return the numeric columns as floats, or raise for a value that is infinite."""
    names = ("target", "base_year", "target_year", "year", "base_value", "value")
    found = {}
    for name in names:
        found[name] = pd.to_numeric(rows[name]).to_numpy("float64", na_value=np.nan)
        if np.isinf(found[name]).any():
            raise MethodError(Problem(f"目标 {name}", "含无穷大", "有限数值或空缺"))
    strange = set(rows["comparison"]) - {"<=", "<", ">=", ">", "="}
    if strange:
        what = f"没有比较“{'、'.join(map(str, sorted(strange)))}”"
        raise ParameterError(Problem("目标 comparison", what, "<=、<、>=、>"))
    return found


def _reasons(
    rows: pd.DataFrame, column: dict[str, Floats], final: Floats, due: Mask
) -> npt.NDArray[np.object_]:
    """Return why a row cannot be judged, "" where it can."""
    base_year, year = column["base_year"], column["year"]
    base, value = column["base_value"], column["value"]
    given = rows.get("reason", pd.Series("", index=rows.index)).to_numpy(dtype=object)
    kind = rows["kind"].to_numpy(dtype=object)
    level, cut = kind == "level", kind == "relative_cut"
    needs_base = cut | ~due
    geometric = (rows["path"] == "geometric").to_numpy()
    known = np.isfinite(column["target"]) & np.isfinite(column["target_year"])
    checks: list[tuple[Mask, str]] = [
        (
            ~(level | cut) | ~known | (rows["comparison"] == "=").to_numpy(),
            "not_a_path",
        ),
        (base_year >= column["target_year"], "years_reversed"),
        (needs_base & np.isnan(base_year), "no_base_year"),
        (year < base_year, "before_base"),
        (needs_base & np.isnan(base), "no_base_value"),
        (needs_base & (base <= 0), "base_not_positive"),
        (np.isnan(value) & due, "no_final_value"),
        (np.isnan(value), "no_value"),
        (value < 0, "negative_value"),
        (geometric & needs_base & (final <= 0), "no_geometric_path"),
    ]
    own = given != ""
    masks, texts = zip(*checks, strict=True)
    return np.where(own, given, np.select(masks, texts, "")).astype(object)


def _required(
    rows: pd.DataFrame,
    column: dict[str, Floats],
    final: Floats,
    sign: Floats,
    due: Mask,
) -> tuple[Floats, Floats]:
    """Return the value required in the year, and the share of the time gone."""
    base_year = column["base_year"]
    gone = (column["year"] - base_year) / (column["target_year"] - base_year)
    path = np.where(rows["path"].isin(["", None]), "linear", rows["path"])
    along = required_path(column["base_value"], final, np.clip(gone, 0, 1), path)
    already = sign * (column["base_value"] - final) <= 0
    return np.where(due | already, final, along), gone


def _strictly(rows: pd.DataFrame, excess: Floats, required: Floats) -> Mask:
    """Return whether the value is on the right side of the required one."""
    strict = rows["comparison"].isin(["<", ">"]).to_numpy()
    slack = SLACK * np.maximum(np.abs(required), 1e-300)
    return np.where(strict, excess < -slack, excess <= slack)


def _yearly(later: Floats, earlier: Floats, years: Floats) -> Floats:
    """Return the yearly reduction between two values, NaN unless both are positive."""
    sound = (later > 0) & (earlier > 0) & (years > 0)
    ratio = np.divide(later, earlier, out=np.full(len(later), np.nan), where=sound)
    return np.asarray(1 - ratio ** (1 / np.where(sound, years, 1.0)))


def _texts(reasons: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return the reasons as keys and in both languages."""
    keys = [str(key) for key in reasons]
    return {
        "reason": keys,
        "reason_zh": [REASONS.get(key, (key, key))[0] for key in keys],
        "reason_en": [REASONS.get(key, (key, key))[1] for key in keys],
    }
