"""Pieces that several report tables share."""

from __future__ import annotations

from typing import Any

import pandas as pd

from synergy_lib.reporting.formatting import text

__all__ = ["named_rows", "tag_note"]


def tag_note(language: str) -> str:
    """Return the footnote that explains the marks [P] and [GK]."""
    return text(
        language,
        "[P] 为本项目建议值，可由园区改定；[GK] 为未经核对原文的通用值。",
        "[P] a proposal of this project, for the park to set; [GK] general knowledge, "
        "not checked against the primary text.",
    )


def named_rows(frame: pd.DataFrame) -> Any:
    """Iterate over rows as named tuples; the column ``name`` is called ``name_``."""
    return frame.rename(columns={"name": "name_"}).itertuples(index=False)
