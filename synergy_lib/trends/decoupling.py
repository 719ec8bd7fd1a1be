"""Decoupling of emissions from output: Tapio's elasticity and its eight states."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import (
    CURRENT_OUTPUT,
    OUTPUT,
    PARK,
    code_labels,
    panel_years,
    require_columns,
)
from synergy_lib.trends.series import Floats

__all__ = [
    "COUPLING_RANGE",
    "FLAT_OUTPUT",
    "TAPIO_CLOSED",
    "decoupling_table",
    "classify_changes",
    "tapio",
]

COUPLING_RANGE = (0.8, 1.2)
# Which states an elasticity of exactly 0.8 or 1.2 belongs to; R19 puts 0.8 into weak.
TAPIO_CLOSED: Literal["coupling", "decoupling"] = "coupling"
# A smaller relative change of output makes the elasticity explode.
FLAT_OUTPUT = 0.005
# 1000 → 1005 is a change of 0.5 %, though the quotient may say a bit less; and sums
# of an unchanged emission may differ in their last digit.
SLACK = 1e-12

Flags = npt.NDArray[np.bool_]


def classify_changes(
    pressure_change: npt.ArrayLike,
    output_change: npt.ArrayLike,
    *,
    flat_output: float = FLAT_OUTPUT,
    closed: Literal["coupling", "decoupling"] = TAPIO_CLOSED,
) -> pd.DataFrame:
    r"""Return Tapio's elasticity and the decoupling state of relative changes.

    Parameters
    ----------
    pressure_change, output_change : array_like of float, shape (n,)
        :math:`\Delta C/C_0` and :math:`\Delta Y/Y_0`; NaN where unknown. [-]
    flat_output : float
        A change of output below this, up or down, is not judged. [-]
    closed : {"coupling", "decoupling"}
        Where an elasticity of exactly 0.8 or 1.2 belongs: to coupling, or to the
        decoupling state beside it.

    Returns
    -------
    pandas.DataFrame, shape (n, 2)
        ``elasticity`` [-] and ``state``, a code of ``code_labels``; NaN and "" where
        a change is unknown or output is flat.

    Raises
    ------
    ParameterError
        If ``flat_output`` is negative, or ``closed`` neither of the two.

    Notes
    -----
    :math:`e = (\Delta C/C_0)/(\Delta Y/Y_0)` [1]_. The signs of both changes are
    looked at first: the same elasticity stands for growth and for decline. With both
    rising weak (e < 0.8), expansive coupling (0.8 to 1.2), expansive negative (above);
    with both falling weak negative, recessive coupling, recessive decoupling; strong
    where output alone rises, strong negative where pressure alone rises. No change of
    pressure counts as e = 0: weak, or weak negative.

    References
    ----------
    .. [1] R19 (Tapio 2005); methods §6.7 on the bounds.

    Examples
    --------
    >>> classify_changes([0.02, -0.02], [0.08, -0.05])["state"].tolist()
    ['weak_decoupling', 'weak_negative_decoupling']
    """
    _check_choices(flat_output, closed)
    pressure = np.asarray(pressure_change, dtype=np.float64).ravel()
    pressure = np.where(np.abs(pressure) < SLACK, 0.0, pressure)
    output = np.asarray(output_change, dtype=np.float64).ravel()
    judged = np.isfinite(pressure) & np.isfinite(output)
    judged &= (np.abs(output) >= flat_output - SLACK) & (output != 0)
    elasticity = np.full(len(output), np.nan)
    np.divide(pressure, output, out=elasticity, where=judged)
    low, high = COUPLING_RANGE
    slack = SLACK if closed == "coupling" else -SLACK
    below, above = elasticity < low - slack, elasticity > high + slack
    grows, falls = judged & (output > 0), judged & (output < 0)
    state = np.select(
        [
            grows & (pressure < 0),
            grows & below,
            grows & above,
            grows,
            falls & (pressure > 0),
            falls & below,
            falls & above,
            falls,
        ],
        [
            "strong_decoupling",
            "weak_decoupling",
            "expansive_negative_decoupling",
            "expansive_coupling",
            "strong_negative_decoupling",
            "weak_negative_decoupling",
            "recessive_decoupling",
            "recessive_coupling",
        ],
        "",
    )
    return pd.DataFrame({"elasticity": elasticity, "state": state})


def tapio(
    pressure: pd.Series[float],
    driver: pd.Series[float],
    *,
    basis: Literal["chain", "fixed"] = "chain",
    flat_output: float = FLAT_OUTPUT,
    closed: Literal["coupling", "decoupling"] = TAPIO_CLOSED,
) -> pd.DataFrame:
    """Return elasticity and decoupling state of one series, period by period.

    Parameters
    ----------
    pressure, driver : pandas.Series
        Emission and output by year, the same years [any units].
    basis : {"chain", "fixed"}
        Each year against the one before it in the series, or against the first.
    flat_output, closed
        As in :func:`classify_changes`.

    Returns
    -------
    pandas.DataFrame
        Indexed by the later year of each period: ``elasticity`` [-] and ``state``, as
        :func:`classify_changes` returns them.

    Raises
    ------
    InputDataError
        If the two series are not of the same years, or a year occurs twice.
    ParameterError
        As :func:`classify_changes`, or if the basis is neither of the two.

    Examples
    --------
    >>> years = [2020, 2021, 2022]
    >>> tapio(pd.Series([100, 95, 97], years), pd.Series([100, 108, 116.6], years))[
    ...     "state"].tolist()
    ['strong_decoupling', 'weak_decoupling']
    """
    if basis not in ("chain", "fixed"):
        raise ParameterError(Problem("tapio basis", basis, "chain 或 fixed"))
    pressure, driver = (
        pd.Series(part, dtype=float).sort_index() for part in (pressure, driver)
    )
    if not pressure.index.equals(driver.index) or not pressure.index.is_unique:
        what = "排放与产出的年份不一致，或有年份重复"
        raise InputDataError(Problem("tapio", what, "两列相同的年份，每年一个值"))
    changes = []
    for part in (pressure, driver):
        before = part.shift() if basis == "chain" else part.iloc[0]
        start = pd.Series(before, index=part.index).where(lambda base: base > 0)
        changes.append((part / start - 1).iloc[1:])
    found = classify_changes(*changes, flat_output=flat_output, closed=closed)
    return found.set_index(changes[0].index)


def _check_choices(flat_output: float, closed: str) -> None:
    problems = []
    if not flat_output >= 0:
        problems.append(Problem("flat_output", f"{flat_output:g}", "不小于0"))
    if closed not in ("coupling", "decoupling"):
        problems.append(Problem("closed", closed, "coupling 或 decoupling"))
    if problems:
        raise ParameterError(problems)


def decoupling_table(
    data: pd.DataFrame,
    pressures: Sequence[str],
    *,
    output: str = OUTPUT,
    base_year: int | None = None,
    flat_output: float = FLAT_OUTPUT,
    closed: Literal["coupling", "decoupling"] = TAPIO_CLOSED,
) -> pd.DataFrame:
    """Return the decoupling state of every enterprise and of the park.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with accounts, indexed (enterprise_id, year), unique.
    pressures : sequence of str
        Columns of emissions or equivalents, e.g. ``co2e_t``, ``vocs_kg``.
    output : str
        Column of the output; value added at constant prices if omitted. Where the
        panel lacks the default, nothing is judged: current prices never stand in.
    base_year : int, optional
        Start of the fixed-base comparisons; the first year if omitted.
    flat_output, closed
        As in :func:`classify_changes`.

    Returns
    -------
    pandas.DataFrame
        One row a pressure, basis, pair of years and enterprise with a row in either
        year, then the park's: ``enterprise_id`` (``"park"``), ``quantity, output,
        basis`` (``chain``: from each year of the panel to the next; ``fixed``: from
        the base year to each later one), ``from_year, to_year, n`` (enterprises
        behind the row), ``left_out`` (without data in either year), ``pressure_start,
        pressure_end, output_start, output_end`` [unit of the column],
        ``pressure_change, output_change`` [-], ``elasticity`` [-], ``state, label_zh,
        label_en`` ("" where not judged), ``status, reason_zh, reason_en`` (why not).
        With one year only there is a row for each enterprise that says so.

    Raises
    ------
    InputDataError
        If a column or the base year is missing, or an enterprise has a year twice.
    ParameterError
        As :func:`tapio`, or if no pressure is given.

    Notes
    -----
    Chain and fixed base give different states; print which. The park compares the
    sums over the enterprises that have both figures in both years (ratio of sums, the
    same enterprises at both ends). An emission that starts at zero or below has no
    relative change and is not judged.
    """
    required = [*pressures, *([] if output == OUTPUT else [output])]
    require_columns(data, required, "decoupling_table")
    if not pressures:
        raise ParameterError(Problem("pressures", "没有排放列", "至少一列"))
    years = panel_years(data, base_year)
    _check_choices(flat_output, closed)
    base = years[0] if base_year is None else base_year
    pairs = [("chain", *pair) for pair in itertools.pairwise(years)]
    pairs += [("fixed", base, year) for year in years if year > base]
    if not pairs:
        pairs = [(basis, base, base) for basis in ("chain", "fixed")]
    wide = {
        name: data[name].astype(float).unstack("year")
        for name in dict.fromkeys([*pressures, output])
        if name in data
    }
    has_row = pd.Series(True, index=data.index).unstack("year", fill_value=False)
    has_current = (
        data[CURRENT_OUTPUT].notna().unstack("year", fill_value=False)
        if output == OUTPUT and CURRENT_OUTPUT in data
        else has_row & False
    )
    blank = pd.DataFrame(np.nan, index=has_row.index, columns=has_row.columns)
    ends = pd.concat(
        [
            _ends(pressure, wide[pressure], wide.get(output, blank), has_row, pair)
            for pressure in pressures
            for pair in pairs
        ],
        ignore_index=True,
    )
    ends.insert(2, "output", output)
    lacks_deflator = _lacks_deflator(ends, wide.get(output, blank), has_current)
    return _judged(ends, lacks_deflator, flat_output, closed)


def _ends(
    pressure: str,
    amounts: pd.DataFrame,
    outputs: pd.DataFrame,
    has_row: pd.DataFrame,
    pair: tuple[str, int, int],
) -> pd.DataFrame:
    """Return both quantities at both ends, one row an enterprise, then the park."""
    basis, first, last = pair
    table = pd.DataFrame(
        {
            "pressure_start": amounts[first],
            "pressure_end": amounts[last],
            "output_start": outputs[first],
            "output_end": outputs[last],
        }
    ).replace([np.inf, -np.inf], np.nan)
    table = table[has_row[first] | has_row[last]]
    known = table.dropna()
    counted = table.index.isin(known.index).astype(int)
    park = known.sum(min_count=1).to_frame(PARK).T
    table = pd.concat([table, park])
    table.insert(0, "left_out", [*(1 - counted), len(counted) - counted.sum()])
    table.insert(0, "n", [*counted, counted.sum()])
    table.insert(0, "to_year", last)
    table.insert(0, "from_year", first)
    table.insert(0, "basis", basis)
    table.insert(0, "quantity", pressure)
    return table.rename_axis("enterprise_id").reset_index()


def _lacks_deflator(
    ends: pd.DataFrame, outputs: pd.DataFrame, has_current: pd.DataFrame
) -> Flags:
    """Return where value added is known at current prices but not at constant ones."""
    lacking = has_current & outputs.isna()
    # The park cannot be judged for want of a deflator where nobody has one.
    lacking.loc[PARK] = has_current.any() & outputs.isna().all()
    found = [
        lacking.stack().reindex(pd.MultiIndex.from_frame(ends[["enterprise_id", year]]))
        for year in ("from_year", "to_year")
    ]
    return np.asarray(found[0].to_numpy(bool) | found[1].to_numpy(bool))


def _judged(
    ends: pd.DataFrame,
    lacks_deflator: Flags,
    flat_output: float,
    closed: Literal["coupling", "decoupling"],
) -> pd.DataFrame:
    """Add relative changes, elasticity, state, and why there is none."""
    pressure = _relative_change(ends, "pressure")
    output = _relative_change(ends, "output")
    found = classify_changes(pressure, output, flat_output=flat_output, closed=closed)
    unknown = {
        name: (ends[f"{name}_start"].isna() | ends[f"{name}_end"].isna()).to_numpy()
        for name in ("pressure", "output")
    }
    status = np.select(
        [
            (ends["from_year"] == ends["to_year"]).to_numpy(),
            unknown["output"] & lacks_deflator,
            ((ends["enterprise_id"] == PARK) & (ends["n"] == 0)).to_numpy(),
            unknown["pressure"],
            unknown["output"],
            np.isnan(output),
            np.isnan(pressure),
            (found["state"] == "").to_numpy(),
        ],
        [
            "one_year",
            "no_deflator",
            "no_enterprise",
            "no_pressure",
            "no_output",
            "no_start_output",
            "no_start_pressure",
            "flat_output",
        ],
        "judged",
    )
    states, reasons = code_labels("decoupling_state"), code_labels("decoupling_status")
    names = states.reindex(found["state"], fill_value="")
    why = reasons.loc[status]
    return ends.assign(
        pressure_change=pressure,
        output_change=output,
        elasticity=found["elasticity"].to_numpy(),
        state=found["state"].to_numpy(),
        label_zh=names["label_zh"].to_numpy(),
        label_en=names["label_en"].to_numpy(),
        status=status,
        reason_zh=why["label_zh"].to_numpy(),
        reason_en=why["label_en"].to_numpy(),
    )


def _relative_change(ends: pd.DataFrame, name: str) -> Floats:
    """Return the change as a share of a start above zero, NaN elsewhere."""
    start = ends[f"{name}_start"].to_numpy(dtype=np.float64)
    end = ends[f"{name}_end"].to_numpy(dtype=np.float64)
    change = np.full(len(ends), np.nan)
    np.divide(end - start, start, out=change, where=start > 0)
    return change
