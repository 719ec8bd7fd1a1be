"""Targets: what they ask for, and how far the data are from it."""
