"""Scenarios: rates of change, the paths they lead to, and the peak."""
