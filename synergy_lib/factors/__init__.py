"""Factor tables with their sources, and the selection of a run's factors."""
