"""Issues as a table, and where values stand."""

from synergy_lib.inputs.park_data import ISSUE_COLUMNS, Cells, Issue, issues_frame


def test_issues_frame():
    issue = Issue("gap", "a", 2020, "so2_kg", "S!A1", None, "gap", "m", "t")
    frame = issues_frame([issue])
    assert tuple(frame.columns) == ISSUE_COLUMNS
    assert frame.loc[0, "year"] == 2020
    empty = issues_frame([])
    assert empty.empty
    assert tuple(empty.columns) == ISSUE_COLUMNS
    assert str(empty["year"].dtype) == "Int64"


def test_cells_find_single_values_first():
    cells = Cells(
        rows={"S": {("a", 2020): 7}},
        letters={"x": ("S", "C"), "y": ("T", "D")},
        single={("a", 2020, "z"): "U!E9"},
    )
    assert cells.find("a", 2020, "x") == "S!C7"
    assert cells.find("a", 2021, "x") == ""
    assert cells.find("a", 2020, "y") == ""
    assert cells.find("a", 2020, "z") == "U!E9"
    assert cells.find("a", 2020, "w") == ""
