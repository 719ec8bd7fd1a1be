"""What moved an emission between years: logarithmic mean Divisia decomposition."""

from synergy_lib.trends.decomposition.aggregate import lmdi

__all__ = ["lmdi"]
