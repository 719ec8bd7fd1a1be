"""Denomination: from amounts to amounts per unit of size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synergy_lib.errors import InputDataError, Problem, nearest
from synergy_lib.scoring.framework import Framework

__all__ = ["Denomination", "denominate"]


@dataclass(frozen=True)
class Denomination:
    """Indicators divided by what their framework row names.

    Parameters
    ----------
    values : pandas.DataFrame, shape (n_units, n_indicators)
        Indicators in the framework's order; NaN where the value is missing or the
        denominator cannot be divided by.
    refused : pandas.DataFrame
        Known values that were lost to their denominator: ``unit``, ``indicator``,
        ``value``, ``denominator`` (its column) and ``denominator_value``, which is
        missing, infinite, zero or negative.
    """

    values: pd.DataFrame
    refused: pd.DataFrame


def denominate(data: pd.DataFrame, framework: Framework) -> Denomination:
    r"""Divide each indicator by the column its framework row names.

    Parameters
    ----------
    data : pandas.DataFrame, shape (n_units, n_columns)
        One row a unit: a column for each indicator code and each denominator, all
        numeric; other columns are ignored.
    framework : Framework
        Column ``Denominator`` of the table; blank leaves the indicator as it is.

    Returns
    -------
    Denomination

    Raises
    ------
    InputDataError
        With every problem at once: rows of one unit twice, an indicator or
        denominator that has no column, or whose column is not numeric.

    Notes
    -----
    :math:`x/d` for :math:`0 < d < \infty`. A quotient by zero or by a negative size
    means nothing, so it is NaN and listed in ``refused``; it is never an infinity or
    a turned sign.
    """
    indicators = framework.indicators
    names = indicators["denominator"].astype(str)
    codes = [str(code) for code in indicators.index]
    _check_columns(data, codes, [name for name in names.unique() if name])
    values = data[codes].astype(np.float64)
    by = {code: name for code, name in zip(codes, names, strict=True) if name}
    sizes = data[list(by.values())].astype(np.float64).set_axis(list(by), axis=1)
    usable = (sizes > 0) & np.isfinite(sizes)
    divided = values[list(by)] / sizes.where(usable)
    lost = (values[list(by)].notna() & ~usable).to_numpy()
    rows, columns = np.nonzero(lost)
    divided_codes = np.array(list(by), dtype=object)[columns]
    refused = pd.DataFrame(
        {
            "unit": data.index.to_numpy()[rows],
            "indicator": divided_codes,
            "value": values[list(by)].to_numpy()[rows, columns],
            "denominator": [by[code] for code in divided_codes],
            "denominator_value": sizes.to_numpy()[rows, columns],
        }
    )
    values[list(by)] = divided
    return Denomination(values, refused)


def _check_columns(data: pd.DataFrame, codes: list[str], sizes: list[str]) -> None:
    """Raise with every column that lacks or holds no numbers, and double units."""
    given = [str(name) for name in data.columns]
    problems = []
    for kind, names in (("指标", codes), ("分母", sizes)):
        for name in names:
            if name not in data.columns:
                hint = nearest(name, given)
                problems.append(
                    Problem(f"{kind} {name}", "数据中没有这一列", hint=hint)
                )
            elif not pd.api.types.is_numeric_dtype(data[name]):
                problems.append(Problem(f"{kind} {name}", "这一列不全是数字", "数字"))
    twice = data.index[data.index.duplicated()].unique()
    problems += [
        Problem(f"单元 {unit}", "有多行", "每个单元一行") for unit in twice[:5]
    ]
    if problems:
        raise InputDataError(problems)
