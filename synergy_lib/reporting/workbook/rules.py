"""What a user reads and what Excel checks in each column of the input workbook."""

from __future__ import annotations

from typing import Any

from synergy_lib.inputs.layout import Field
from synergy_lib.reporting.workbook.guide import GUIDE_SHEET, GuideLists
from synergy_lib.schema import SHEETS

__all__ = ["HEADER_ROWS", "ROOM_ROWS", "header_comment", "validation_rule"]

# Chinese header, English header.
HEADER_ROWS = 2
# Data rows that the empty template validates; a longer frame gets more room.
ROOM_ROWS = 2000

_LARGEST = 1e15
# Excel refuses longer lists inside a rule.
_INLINE_LIST_LIMIT = 255


def header_comment(field: Field, language: str) -> str:
    """Return what the user reads when pointing at a header."""
    zh = language == "zh"
    lines = [field.label_zh if zh else field.label_en]
    if field.unit not in ("", "1"):
        lines.append(f"{'单位' if zh else 'Unit'}：{field.unit}")
    if field.unit == "1":
        lines.append("无量纲（比例填 0–1 的小数）" if zh else "Dimensionless")
    if bounds := _bounds_text(field):
        lines.append(f"{'范围' if zh else 'Range'}：{bounds}")
    if 0 < len(field.choices) <= 8:
        lines.append(f"{'可选' if zh else 'One of'}：{' / '.join(field.choices)}")
    if field.note:
        lines.append(field.note)
    if field.required:
        lines.append("必填" if zh else "Required")
    elif field.dtype == "number":
        lines.append("未知请留空，不要填 0" if zh else "Blank = unknown; 0 = zero")
    return "\n".join(lines)


def _bounds_text(field: Field) -> str:
    """Return the bounds of a field for a person, or an empty string."""
    low, high = field.minimum, field.maximum
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    return f"≥ {low:g}" if low is not None else ""


def validation_rule(
    field: Field, sheet: str, lists: GuideLists, language: str
) -> dict[str, Any] | None:
    """Return what Excel checks in a column, or None.

    Parameters
    ----------
    field : Field
        The column.
    sheet : str
        Key of its sheet.
    lists : dict of str to str
        Where the first sheet lists choices too many for a rule of its own.
    language : {"zh", "en"}
        Language of the error message.

    Returns
    -------
    dict or None
        Options of XlsxWriter's ``data_validation``. Blank is always allowed; an
        unknown enterprise id is warned of, everything else is refused.
    """
    zh = language == "zh"
    title = "请检查" if zh else "Please check"
    if field.dtype in ("choice", "flag"):
        choices = field.choices or ("是", "否")
        message = "请从下拉列表中选择" if zh else "Choose from the list"
        source = _list_source(field, choices, lists)
        return _rule("list", title, message, source=source)
    if field.dtype == "year":
        message = "请填 1990–2100 的整数年份" if zh else "A whole year 1990–2100"
        between = {"criteria": "between", "minimum": 1990, "maximum": 2100}
        return _rule("integer", title, message, **between)
    if field.dtype == "number":
        low = -_LARGEST if field.minimum is None else field.minimum
        high = _LARGEST if field.maximum is None else field.maximum
        bounds = _bounds_text(field)
        message = "请填数值，未知留空" if zh else "A number; leave blank if unknown"
        message += f"（{bounds}）" if bounds else ""
        between = {"criteria": "between", "minimum": low, "maximum": high}
        return _rule("decimal", title, message, **between)
    if field.key == "enterprise_id" and sheet != "enterprises":
        message = "“企业信息”表中没有这个编号" if zh else "Id not on the first sheet"
        source = f"={SHEETS['enterprises']}!$A${HEADER_ROWS + 1}:$A${ROOM_ROWS + 2}"
        return _rule("list", title, message, source=source, error_type="warning")
    return None


def _rule(kind: str, title: str, message: str, **rest: Any) -> dict[str, Any]:
    """Return one validation rule; blank cells are always allowed."""
    return {
        "validate": kind,
        "ignore_blank": True,
        "error_title": title,
        "error_message": message,
        **rest,
    }


def _list_source(
    field: Field, choices: tuple[str, ...], lists: GuideLists
) -> str | list[str]:
    """Return the choices in place, or where the first sheet lists them."""
    if field.key in lists:
        return lists[field.key]
    if len(",".join(choices)) > _INLINE_LIST_LIMIT:
        raise ValueError(f"the choices of {field.key} need a list on {GUIDE_SHEET}")
    return list(choices)
