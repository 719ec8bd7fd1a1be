"""The cells that the diagnostic and the park's report have in common."""

from __future__ import annotations

from collections.abc import Sequence

from synergy_lib.figures import decomposition
from synergy_lib.reporting.display import (
    MimeBundle,
    show_figure,
    show_table,
    show_text,
)
from synergy_lib.reporting.formatting import text
from synergy_lib.reporting.narrative.enterprise import describe_method
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.tables import evidence
from synergy_lib.schema import column_label

__all__ = [
    "driver_figures",
    "show_factors",
    "show_method_words",
    "show_restatements",
]


def driver_figures(
    data: EnterpriseSlice | ParkSlice, quantities: Sequence[str]
) -> list[MimeBundle]:
    """Return a figure of what moved each quantity that can be decomposed."""
    language, figures = data.meta["language"], []
    for quantity in quantities:
        rows = data.drivers[data.drivers["quantity"] == quantity]
        if not rows["status"].isin(["decomposed", "partial"]).any():
            continue
        name = column_label(quantity, language, with_unit=False)
        figures.append(
            show_figure(
                decomposition.plot_decomposition(rows, language=language),
                caption=text(language, f"{name}变化的原因", f"What moved {name}"),
                alt=decomposition.alt_decomposition(rows, language),
            )
        )
    return figures


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
