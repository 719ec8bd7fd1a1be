"""Normalisation: from indicator values to scores on one scale."""

from synergy_lib.scoring.normalization.direction import constant_columns, directions
from synergy_lib.scoring.normalization.reference import (
    distance_to_reference,
    distance_to_target,
    interval,
    middle,
    ratio_to_benchmark,
)
from synergy_lib.scoring.normalization.relative import (
    borda,
    fraction_of_maximum,
    fraction_of_sum,
    minmax,
    percentile_ranks,
    ranks,
    zscore,
)
from synergy_lib.scoring.normalization.rules import (
    BASELINE_POINTS,
    BENCHMARK_POINTS,
    apply_rules,
    goalposts,
    park_anchors,
    parse_tiers,
    tier_points,
)

__all__ = [
    "BASELINE_POINTS",
    "BENCHMARK_POINTS",
    "apply_rules",
    "borda",
    "constant_columns",
    "directions",
    "distance_to_reference",
    "distance_to_target",
    "fraction_of_maximum",
    "fraction_of_sum",
    "goalposts",
    "interval",
    "middle",
    "minmax",
    "park_anchors",
    "parse_tiers",
    "percentile_ranks",
    "ranks",
    "ratio_to_benchmark",
    "tier_points",
    "zscore",
]
