"""Figures of the reports: data in, matplotlib Axes or Figure out, no statistics."""
