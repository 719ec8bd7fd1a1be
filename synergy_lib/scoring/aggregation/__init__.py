"""Aggregation: from scores of parts to the score of the whole."""

from synergy_lib.scoring.aggregation.means import arithmetic, geometric, harmonic
from synergy_lib.scoring.aggregation.missing_data import RowWeights, row_weights
from synergy_lib.scoring.aggregation.outranking import (
    OutrankingResult,
    copeland,
    outranking_matrix,
)
from synergy_lib.scoring.aggregation.ranking import (
    VikorResult,
    edas,
    grey_relational,
    saw,
    topsis,
    vikor,
)

__all__ = [
    "OutrankingResult",
    "RowWeights",
    "VikorResult",
    "arithmetic",
    "copeland",
    "edas",
    "geometric",
    "grey_relational",
    "harmonic",
    "outranking_matrix",
    "row_weights",
    "saw",
    "topsis",
    "vikor",
]
