"""Sentences and first pages of the reports, from the data only."""
