"""What weights from data do where the data do not carry them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.errors import MethodError, ParameterError
from synergy_lib.scoring.weighting.given import equal

__all__ = ["fallback_weights", "incomplete", "spread"]

Floats = npt.NDArray[np.float64]


def spread(
    dispersion: Floats, columns: pd.Index, dropped: npt.NDArray[np.bool_], note: str
) -> pd.Series[float]:
    """Return dispersions as weights; equal over the usable columns if all are zero."""
    usable = np.where(dropped, 0.0, 1.0)
    flat = dispersion.sum() <= 0
    raw = usable if flat else dispersion
    weights = pd.Series(raw / raw.sum(), index=columns, name="weight")
    weights.attrs["dropped"] = [str(column) for column in columns[dropped]]
    weights.attrs["note"] = note or ("各指标均无差异，取等权" if flat else "")
    return weights


def fallback_weights(
    values: pd.DataFrame, fallback: pd.Series[float] | None, note: str
) -> pd.Series[float]:
    """Return the weights used where a data-driven method is not defined."""
    given = equal(values.columns) if fallback is None else fallback
    weights = given.reindex(values.columns).astype(float)
    if weights.isna().any() or (weights < 0).any() or weights.sum() <= 0:
        raise ParameterError("备用权重须覆盖全部指标且不为负")
    weights = (weights / weights.sum()).rename("weight")
    weights.attrs["dropped"] = []
    weights.attrs["note"] = note
    return weights


def incomplete(array: Floats, method: str) -> npt.NDArray[np.bool_]:
    """Return which columns have a missing value; raise if all do."""
    dropped = np.asarray(np.isnan(array).any(axis=0), dtype=np.bool_)
    if dropped.all():
        raise MethodError(f"{method}：没有数据完整的指标")
    return dropped
