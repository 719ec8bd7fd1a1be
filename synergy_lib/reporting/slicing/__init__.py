"""Cut an analysis into slices: one for each enterprise, one for the park."""

from synergy_lib.reporting.slicing.enterprises import slice_enterprises
from synergy_lib.reporting.slicing.park import slice_park

__all__ = ["slice_enterprises", "slice_park"]
