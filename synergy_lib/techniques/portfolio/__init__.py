"""Several measures together: overlap, cost curve, least cost, ranges."""

from synergy_lib.techniques.portfolio.curve import combine

__all__ = ["combine"]
