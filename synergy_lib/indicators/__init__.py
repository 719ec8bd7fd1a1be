"""Indicators: one number per enterprise, year and indicator, with its reason."""
