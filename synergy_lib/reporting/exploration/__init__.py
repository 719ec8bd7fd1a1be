"""Cells of the notebooks in which a researcher tries what the methods can do."""
