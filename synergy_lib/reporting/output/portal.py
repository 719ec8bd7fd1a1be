"""The page that lists all reports of a run; works from disk, asks no server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from synergy_lib.reporting.formatting import (
    colour_name,
    format_change,
    format_number,
    grade_name,
    is_missing,
    text,
)
from synergy_lib.reporting.output.publishing import PARK_FOLDER
from synergy_lib.reporting.slices import ParkSlice
from synergy_lib.reporting.tables.rows import named_rows

__all__ = ["portal_html"]

_TEMPLATES = Path(__file__).parent / "templates"
_FORMAT_LABELS = {".pdf": "PDF", ".html": "HTML", ".ipynb": "Notebook", ".xlsx": "XLSX"}


def portal_html(
    park: ParkSlice,
    *,
    park_files: Sequence[str],
    enterprise_files: dict[str, Sequence[str]],
    table_files: Sequence[str],
    errors: dict[str, str],
    outdated: Collection[str] = (),
) -> str:
    """Return ``index.html``: every enterprise with grade, rank and its files.

    Parameters
    ----------
    park : ParkSlice
        Gives names, grades and scores.
    park_files, table_files : sequence of str
        Files of the annual report and its annex tables, relative to the page.
    enterprise_files : mapping of str to sequence of str
        Enterprise id → files, relative to the page.
    errors : mapping of str to str
        Enterprise id, or ``park`` → why there is no current report.
    outdated : collection of str
        Enterprises, or ``park``, whose report was made from earlier data.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    language = park.meta["language"]
    script = (_TEMPLATES / "portal.js").read_text(encoding="utf-8")
    from markupsafe import Markup

    rows = [
        _row(row, language, enterprise_files, errors, outdated)
        for row in named_rows(park.enterprises)
    ]
    return environment.get_template("portal.html.j2").render(
        language=language,
        title=f"{park.meta['park_name']} · {park.meta['report_year']} "
        + text(language, "减污降碳协同报告", "synergy reports"),
        subtitle=text(
            language,
            f"数据来源：{park.meta['data_source']}",
            f"Data: {park.meta['data_source']}",
        ),
        is_invented=park.meta["is_invented"],
        words=_words(language),
        cards=_cards(park),
        park_files=_links(park_files),
        park_error=errors.get(PARK_FOLDER, ""),
        park_outdated=_older(language) if PARK_FOLDER in outdated else "",
        tables=_links(table_files, by_name=True),
        grades=sorted({row["grade"] for row in rows}),
        colours=sorted({row["colour_name"] for row in rows}),
        columns=_columns(language),
        rows=rows,
        footer=park.meta["scheme_title"],
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _row(
    row: Any,
    language: str,
    files: dict[str, Sequence[str]],
    errors: dict[str, str],
    outdated: Collection[str],
) -> dict[str, Any]:
    return {
        "enterprise_id": row.enterprise_id,
        "enterprise_name": row.enterprise_name,
        "rank": format_number(row.rank, 0),
        "rank_value": _value(row.rank),
        "score": format_number(row.overall, 1),
        "score_value": _value(row.overall),
        "grade": grade_name(row.grade, language),
        "colour": row.colour,
        "colour_name": colour_name(row.colour, language),
        "change": format_change(row.change),
        "change_value": _value(row.change),
        "co2e": format_number(row.co2e_t),
        "co2e_value": _value(row.co2e_t),
        "files": _links(files.get(row.enterprise_id, ())),
        "error": errors.get(row.enterprise_id, ""),
        "outdated": text(language, "报告早于当前数据", "report is older than the data")
        if row.enterprise_id in outdated
        else "",
    }


def _older(language: str) -> str:
    return text(language, "报告早于当前数据", "report is older than the data")


def _links(files: Sequence[str], *, by_name: bool = False) -> list[dict[str, str]]:
    """Return links, percent-encoded, labelled by format or by file name."""
    return [
        {
            "href": quote(file),
            "label": Path(file).stem if by_name else _FORMAT_LABELS[Path(file).suffix],
        }
        for file in files
    ]


def _value(number: Any) -> str:
    return "" if is_missing(number) else repr(float(number))


def _cards(park: ParkSlice) -> list[dict[str, str]]:
    language = park.meta["language"]
    counts = park.enterprises["colour"].value_counts()
    cards = [
        {
            "value": str(len(park.enterprises)),
            "label": text(language, "企业", "enterprises"),
        }
    ]
    cards += [
        {
            "value": str(int(counts.get(colour, 0))),
            "label": colour_name(colour, language),
        }
        for colour in ("green", "yellow", "red", "grey")
    ]
    return cards


def _columns(language: str) -> list[dict[str, Any]]:
    labels = (
        ("编号", "Id", False),
        ("企业", "Enterprise", False),
        ("排名", "Rank", True),
        ("得分", "Score", True),
        ("等级", "Grade", False),
        ("三色", "Colour", False),
        ("较上年", "Change", True),
        ("碳排放 tCO2e", "CO2e t", True),
    )
    return [{"label": text(language, zh, en), "numeric": n} for zh, en, n in labels]


def _words(language: str) -> dict[str, str]:
    words = {
        "demo": (
            "演示数据（虚构）：企业与数值均为虚构，仅园区合计按公开资料标定。",
            "Demonstration data: enterprises and figures are invented.",
        ),
        "park_report": ("园区年度报告", "Annual report of the park"),
        "tables": ("附表", "Annex tables"),
        "search": ("查找企业", "Search"),
        "grade": ("等级", "Grade"),
        "colour": ("三色", "Colour"),
        "all": ("全部", "all"),
        "report": ("诊断报告", "Diagnostic"),
    }
    return {key: text(language, zh, en) for key, (zh, en) in words.items()}
