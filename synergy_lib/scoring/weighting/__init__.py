"""Weights: equal, from the framework, from the data, from judgement, combined."""

from synergy_lib.scoring.weighting.combination import (
    combine_linear,
    combine_multiplicative,
    game,
)
from synergy_lib.scoring.weighting.comparisons import AhpResult, ahp, group_matrix
from synergy_lib.scoring.weighting.components import pca, varimax
from synergy_lib.scoring.weighting.dispersion import (
    coefficient_of_variation,
    critic,
    entropy,
    standard_deviation,
)
from synergy_lib.scoring.weighting.given import (
    budget_allocation,
    equal,
    policy,
    read_budget_allocation,
)

__all__ = [
    "AhpResult",
    "ahp",
    "budget_allocation",
    "coefficient_of_variation",
    "combine_linear",
    "combine_multiplicative",
    "critic",
    "entropy",
    "equal",
    "game",
    "group_matrix",
    "pca",
    "policy",
    "read_budget_allocation",
    "standard_deviation",
    "varimax",
]
