"""Scoring: from indicators to scores, grades, colours, ranks and their certainty."""
