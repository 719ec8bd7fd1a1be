"""What holds for every table in both languages, with the demonstration data."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from synergy_lib.reporting.display import show_table
from synergy_lib.reporting.tables import accounts, evidence, park, programme, scores

ENTERPRISE = {
    "accounts": accounts.table_accounts,
    "pollutants": accounts.table_pollutants,
    "trends": accounts.table_trends,
    "measures": evidence.table_measures,
    "issues": evidence.table_issues,
    "restatements": evidence.table_restatements,
    "factors": evidence.table_factors,
    "dimensions": scores.table_dimensions,
    "indicators": scores.table_indicators,
    "changes": scores.table_changes,
    "change bridge": scores.table_change_bridge,
}
PARK = {
    "park trends": accounts.table_trends,
    "park restatements": evidence.table_restatements,
    "park factors": evidence.table_factors,
    "totals": park.table_totals,
    "grade counts": park.table_grade_counts,
    "indicator statistics": park.table_indicator_statistics,
    "issue counts": park.table_issue_counts,
    "suspect values": park.table_suspect_values,
    "ranking": park.table_ranking,
    "red": park.table_red,
    "monitoring": park.table_monitoring,
    "carbon list": lambda data: programme.table_list_members(data, "carbon"),
    "pollutant list": lambda data: programme.table_list_members(data, "pollutant"),
    "energy list": lambda data: programme.table_list_members(data, "energy"),
    "techniques": programme.table_technique_potential,
    "projects": programme.table_projects,
    "cases": programme.table_cases,
}
NAMES = {
    *(
        ("ranking", "name"),
        ("red", "name"),
        ("projects", "enterprise"),
        ("projects", "measure"),
    ),
    *((f"{kind} list", "name") for kind in ("carbon", "pollutant", "energy")),
    *(("issues", "cell"), ("suspect values", "cell")),  # sheets of the user's file
    *(("monitoring", "indicator"), ("monitoring", "note")),  # as in the user's file
}
# Chinese that an English reader meets besides names and data: columns of tables.
CHINESE_IN_ENGLISH = {
    # Units of columns.csv and of factors have one form only: 万元, 当量, 万Nm3.
    *(("accounts", "unit"), ("pollutants", "unit"), ("trends", "unit")),
    *(("park trends", "unit"), ("factors", "unit"), ("park factors", "unit")),
    *(("totals", "quantity"), ("projects", "head")),
    # Messages of the data check, and rules of the lists and indicators.
    *(("issues", "message"), ("suspect values", "message"), ("issue counts", "rule")),
    *((f"{kind} list", "criterion") for kind in ("carbon", "pollutant", "energy")),
    *(("indicators", "notes"), ("red", "reasons")),
    # Published cases are given as their Chinese sources word them.
    *(("cases", "case"), ("cases", "unit"), ("cases", "check")),
    ("projects", "status"),
}


def chinese(table):
    """Return the parts of a table that hold Chinese."""
    texts = [("caption", table.caption), *(("notes", note) for note in table.notes)]
    for position, column in enumerate(table.columns):
        texts += [("head", column.label), ("head", column.unit)]
        texts += [(column.key, cell_text(row[position])) for row in table.rows]
    return {part for part, words in texts if re.search("[一-鿿，。；：]", words)}


def cell_text(cell):
    return cell if isinstance(cell, str) else cell["text"]


@pytest.fixture(scope="module")
def made(slices_by_language, parks_by_language):
    """Return (name, table) of all tables, by language."""
    return {
        language: [
            *(
                (name, make_table(data))
                for name, make_table in ENTERPRISE.items()
                for data in slices_by_language[language].values()
            ),
            *((name, make(parks_by_language[language])) for name, make in PARK.items()),
        ]
        for language in ("zh", "en")
    }


def test_every_row_has_a_cell_for_every_column(made, language):
    for name, table in made[language]:
        assert {len(row) for row in table.rows} <= {len(table.columns)}, name
        keys = [column.key for column in table.columns]
        assert len(set(keys)) == len(keys), name


def test_cells_are_formatted_text(made, language):
    for name, table in made[language]:
        for cell in (cell for row in table.rows for cell in row):
            words = cell_text(cell)
            assert isinstance(words, str), name
            assert not re.fullmatch(r"-?\d+\.\d{7,}|nan|NaN|None|<NA>|NaT", words), name
            assert "nan" not in words.split(), name
            assert not words.startswith("-"), (name, words)


def test_tables_are_of_one_size_in_both_languages(made):
    for (name, table), (_, english) in zip(made["zh"], made["en"], strict=True):
        keys, shown = ([c.key for c in part.columns] for part in (table, english))
        assert keys == shown, name
        assert len(table.rows) == len(english.rows), name


def test_english_tables_are_chinese_only_where_known(made):
    found = {(name, part) for name, table in made["en"] for part in chinese(table)}
    assert found - NAMES - CHINESE_IN_ENGLISH == set()
    assert CHINESE_IN_ENGLISH - found == set(), "no longer Chinese: take it off"


def test_chinese_tables_have_chinese_captions(made):
    for name, table in made["zh"]:
        assert "caption" in chinese(table), name


def test_every_table_can_be_shown(made, language):
    for _, table in made[language]:
        data = show_table(table).data
        assert data["text/plain"].count("\n") >= len(table.rows)


def test_tables_of_frames_without_rows(make_enterprise, language):
    data = make_enterprise(language)
    empty = {
        part: getattr(data, part).iloc[:0]
        for part in ("trends", "measures", "issues", "factors", "restatements")
    }
    bare = replace(data, **empty)
    for name in ("trends", "measures", "issues", "factors", "restatements"):
        assert list(ENTERPRISE[name](bare).rows) == []


def test_missing_amounts_are_dashes_everywhere(make_park):
    whole = make_park()
    gone = whole.enterprises.assign(co2e_t=pd.NA, overall=None, rank=float("nan"))
    for row in park.table_ranking(replace(whole, enterprises=gone)).rows:
        assert row[0] == row[4] == row[9] == "–"
