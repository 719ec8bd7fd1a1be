"""Treatment of indicators before scoring: denominate, screen, impute, treat outliers."""

from synergy_lib.scoring.treatment.denomination import Denomination, denominate
from synergy_lib.scoring.treatment.imputation import Imputation, impute_by_group
from synergy_lib.scoring.treatment.outliers import (
    Clipping,
    OutlierTreatment,
    clip_percentiles,
    shape,
    treat_outliers,
)
from synergy_lib.scoring.treatment.screening import Screening, screen_units

__all__ = [
    "Clipping",
    "Denomination",
    "Imputation",
    "OutlierTreatment",
    "Screening",
    "clip_percentiles",
    "denominate",
    "impute_by_group",
    "screen_units",
    "shape",
    "treat_outliers",
]
