"""Portfolios of measures: overlap, order by cost, choice, uncertainty."""
