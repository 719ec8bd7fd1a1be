"""The shipped workbook is what the program makes, and a reader accepts it."""

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from synergy_lib.demo_park import generate_demo_park
from synergy_lib.demo_park.__main__ import main
from synergy_lib.resources import data_path
from synergy_lib.schema import SHEETS


@pytest.fixture(scope="module")
def shipped():
    return CalamineWorkbook.from_path(str(data_path("demo_park", "demo_park.xlsx")))


def test_command_reproduces_the_shipped_workbook(tmp_path, shipped):
    path = tmp_path / "演示 demo.xlsx"
    assert main([str(path)]) == 0
    again = CalamineWorkbook.from_path(str(path))
    assert again.sheet_names == shipped.sheet_names
    for name in shipped.sheet_names:
        new = again.get_sheet_by_name(name).to_python()
        old = shipped.get_sheet_by_name(name).to_python()
        assert len(new) == len(old), name
        for row, (left, right) in enumerate(zip(new, old, strict=True), start=1):
            same = [_same(a, b) for a, b in zip(left, right, strict=True)]
            assert all(same), f"{name} row {row}"


def _same(left, right):
    """Compare cells; the last digit of exp and log may differ between machines."""
    if isinstance(left, float) and isinstance(right, float):
        return left == pytest.approx(right, rel=1e-6)
    return left == right


def test_same_seed_same_park_other_seed_other_park(park):
    again = generate_demo_park()
    for key, frame in park.frames.items():
        pd.testing.assert_frame_equal(frame, again.frames[key])
    other = generate_demo_park(0).frames["activity"]
    assert not other.equals(park.frames["activity"])


def test_workbook_is_small_and_marked(shipped):
    path = data_path("demo_park", "demo_park.xlsx")
    assert path.stat().st_size <= 700 * 1024
    text = "".join(
        str(cell)
        for row in shipped.get_sheet_by_name("说明").to_python()
        for cell in row
    )
    assert "演示数据（虚构）" in text


def test_frames_cover_every_sheet(park):
    assert set(park.frames) == set(SHEETS)
    assert len(park.frames["enterprises"]) == 82


def test_ids_in_the_file_are_text(shipped):
    rows = shipped.get_sheet_by_name(SHEETS["energy"]).to_python()[2:]
    assert {type(row[0]) for row in rows} == {str}
    assert rows[0][0] == "0001"


def test_long_sheets_have_no_duplicates(park):
    keys = ["enterprise_id", "year"]
    assert not park.frames["energy"].duplicated([*keys, "carrier"]).any()
    assert not park.frames["pollutants"].duplicated([*keys, "pollutant"]).any()
    for sheet in ("activity", "resources", "process"):
        assert not park.frames[sheet].duplicated(keys).any()


def test_the_reader_accepts_the_shipped_workbook():
    from synergy_lib.inputs.cleaning import clean_workbook
    from synergy_lib.inputs.reading import read_workbook

    path = data_path("demo_park", "demo_park.xlsx")
    data = clean_workbook(read_workbook(path), source_name=path.name, source_sha256="")
    assert data.panel.index.get_level_values("enterprise_id").nunique() == 82
    assert len(data.panel) == 82 * 5 - 4
    output = data.panel["output_value_10k_cny"].groupby(level="year").sum()
    assert output[2022] == pytest.approx(3_150_000, rel=0.005)


def test_the_rules_find_what_was_planted(park):
    from synergy_lib.inputs.cleaning import clean_workbook
    from synergy_lib.inputs.reading import read_workbook
    from synergy_lib.inputs.validation import validate_park_data

    path = data_path("demo_park", "demo_park.xlsx")
    data = clean_workbook(read_workbook(path), source_name=path.name, source_sha256="")
    issues = validate_park_data(data).issues
    suspect = issues[issues["severity"] == "suspect"]
    found = set(zip(suspect["enterprise_id"], suspect["year"], strict=True))
    kinds = ["multiply", "relabel", "exceed"]
    planted = park.planted_defects
    planted = planted[planted["kind"].isin(kinds)]
    # Two are within what the rules call a warning: a tripled year, a balance.
    planted = planted[~planted["argument"].isin(["3.2", "1.9"])]
    listed = {
        (firm, int(year))
        for firm, year in zip(planted["enterprise_id"], planted["year"], strict=True)
    }
    assert listed <= found
    assert found - listed == {("0066", 2020)}
