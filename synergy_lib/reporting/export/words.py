"""The few words the exporters add, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["words_of"]

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "demo": "演示数据（虚构）",
        "note": "注：",
        "table": "表格",
        "continued": "（续）",
        "contents": "目录",
        "attachments": "附件",
        "page_before": "第 ",
        "page_between": " 页 / 共 ",
        "page_after": " 页",
        "report": "报告编号：",
        "date": "数据截止：",
        "red": "红",
        "yellow": "黄",
        "green": "绿",
        "grey": "灰",
    },
    "en": {
        "demo": "Demonstration data (fictional)",
        "note": "Note: ",
        "table": "Table",
        "continued": " (continued)",
        "contents": "Contents",
        "attachments": "Attached files",
        "page_before": "Page ",
        "page_between": " of ",
        "page_after": "",
        "report": "Report ",
        "date": "",
        "red": "Red",
        "yellow": "Yellow",
        "green": "Green",
        "grey": "Grey",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    """Return the words of one language, "zh" or "en".

    Examples
    --------
    >>> words_of("zh")["red"], words_of("en")["red"]
    ('红', 'Red')
    """
    return _WORDS[language]
