"""Annex tables of the park report as workbooks; text never becomes a formula."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pandas as pd

from synergy_lib.reporting.formatting import is_missing, text
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.schema import column_label, load_columns

__all__ = ["annex_workbooks", "workbook_bytes"]

# Excel stores the time a workbook was made; a fixed one keeps runs identical.
_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def annex_workbooks(park: ParkSlice, panel: pd.DataFrame) -> dict[str, bytes]:
    """Return the annex workbooks by file name.

    Parameters
    ----------
    park : ParkSlice
    panel : pandas.DataFrame
        Panel joined with accounts, index (enterprise_id, year).
    """
    language = park.meta["language"]
    names = {
        "scores": text(language, "企业得分与排名", "scores_and_ranks"),
        "accounts": text(language, "能源碳排放与污染物账", "accounts"),
        "measures": text(language, "技术潜力与计划项目", "measures"),
        "changes": text(language, "变化原因与目标", "changes_and_targets"),
        "lists": text(language, "三张清单", "three_lists"),
        "issues": text(language, "数据问题", "data_problems"),
        "factors": text(language, "因子与来源", "factors"),
    }
    sheets = {
        "scores": {"scores": park.enterprises, "indicators": park.indicators},
        "accounts": {"accounts": panel.reset_index()},
        "measures": {
            "techniques": park.measures,
            "projects": park.projects,
            "next_grade": park.measure_plan,
        },
        "changes": {
            "drivers": park.drivers,
            "decoupling": park.decoupling,
            "targets": park.target_gaps,
            "scenarios": park.scenario_paths,
            "peaks": park.scenario_peaks,
            "co_control": park.co_control,
        },
        "lists": {"lists": park.lists},
        "issues": {"issues": park.issues},
        "factors": {"factors": park.factors},
    }
    return {
        f"{names[key]}.xlsx": workbook_bytes(frames, language)
        for key, frames in sheets.items()
    }


def workbook_bytes(frames: dict[str, pd.DataFrame], language: str) -> bytes:
    """Return frames as the sheets of a workbook, equal frames giving equal bytes."""
    import xlsxwriter

    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": _CREATED})
    head = book.add_format(
        {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    )
    for name, frame in frames.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(frame.columns):
            sheet.write_string(0, position, _label(str(column), language), head)
            for row, value in enumerate(frame[column], start=1):
                _write(sheet, row, position, value)
        sheet.set_column(0, max(len(frame.columns) - 1, 0), 16)
    book.close()
    return buffer.getvalue()


def _write(sheet: object, row: int, column: int, value: object) -> None:
    """Write a number as a number, text as text, and nothing where it is missing."""
    if is_missing(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)  # type: ignore[attr-defined]
    elif isinstance(value, (int, float)) or hasattr(value, "dtype"):
        sheet.write_number(row, column, float(value))  # type: ignore[attr-defined, arg-type]
    else:
        sheet.write_string(row, column, str(value))  # type: ignore[attr-defined]


def _label(column: str, language: str) -> str:
    """Return the label of a panel column, other columns by their name."""
    return column_label(column, language) if column in load_columns().index else column
