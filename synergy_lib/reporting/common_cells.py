"""The cells that the diagnostic and the park's report have in common."""

from __future__ import annotations

from synergy_lib.reporting.display import MimeBundle, show_table, show_text
from synergy_lib.reporting.narrative.enterprise import describe_method
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables import evidence

__all__ = ["show_factors", "show_method_words", "show_restatements"]


def show_restatements(data: EnterpriseSlice | ParkSlice) -> MimeBundle | None:
    """Show values that a later edition changed."""
    if data.restatements.empty:
        return None
    return show_table(evidence.table_restatements(data))


def show_method_words(data: EnterpriseSlice | ParkSlice) -> MimeBundle:
    """Say how scores, ranks and colours came about."""
    return show_text(describe_method(data))


def show_factors(data: EnterpriseSlice | ParkSlice) -> MimeBundle:
    """Show the factors used, with their sources."""
    table = evidence.table_factors(data)
    return show_table(table) if table.rows else show_text(list(table.notes))
