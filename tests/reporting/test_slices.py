import json
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import ReportError
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice, read_slice


def tiny_slice(frame: pd.DataFrame) -> EnterpriseSlice:
    """Return a slice whose frames are all the given one."""
    content = {
        field.name: frame for field in fields(EnterpriseSlice) if field.name != "meta"
    }
    content.update(enterprise={"a": "甲"}, headline={"x": None}, notes=["n"])
    return EnterpriseSlice(meta={"language": "zh"}, **content)


def test_slice_round_trip_keeps_every_digit_and_missing():
    frame = pd.DataFrame(
        {
            "id": ["0012", "0013"],
            "value": [0.1 + 0.2, np.nan],
            "text": [None, "乙"],
            "flag": [True, False],
            "empty": [np.nan, np.nan],
        }
    )
    read = EnterpriseSlice.from_json(tiny_slice(frame).to_json())
    assert read.indicators["value"].iloc[0] == 0.1 + 0.2
    assert np.isnan(read.indicators["value"].iloc[1])
    assert read.indicators["id"].tolist() == ["0012", "0013"]
    assert pd.isna(read.indicators["text"].iloc[0])
    assert read.indicators["flag"].tolist() == [True, False]
    assert read.indicators["empty"].dtype == "float64"
    assert read.enterprise == {"a": "甲"}


def read_by_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as pandas infers it from rows: the contract of a round trip."""
    columns = [
        [None if pd.isna(cell) else cell for cell in frame[name]] for name in frame
    ]
    rows = list(zip(*columns, strict=True))
    read = pd.DataFrame(rows, columns=[str(name) for name in frame])
    empty = [name for name in read if len(read) and read[name].isna().all()]
    return read.astype(dict.fromkeys(empty, "float64"))


FLOATS = st.floats(allow_nan=True, allow_infinity=False)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
CELLS = {
    "float64": FLOATS,
    "int64": INTEGERS,
    "Int64": st.none() | INTEGERS,
    "bool": st.booleans(),
    "str": st.none() | st.text(),
    "object": st.none() | FLOATS | INTEGERS | st.text() | st.booleans(),
}


@st.composite
def frames(draw):
    """Return frames of the dtypes that slices have, with and without rows."""
    rows = draw(st.integers(0, 4))
    dtypes = draw(st.dictionaries(st.text(), st.sampled_from(sorted(CELLS))))
    return pd.DataFrame(
        {
            name: pd.Series(
                draw(st.lists(CELLS[dtype], min_size=rows, max_size=rows)), dtype=dtype
            )
            for name, dtype in dtypes.items()
        }
    )


@given(frames())
def test_slice_round_trip_any_frame(frame):
    read = EnterpriseSlice.from_json(tiny_slice(frame).to_json())
    expected = read_by_rows(frame)
    pd.testing.assert_frame_equal(read.trends, expected, check_exact=True)


def test_slice_has_a_line_a_field():
    lines = tiny_slice(pd.DataFrame({"id": ["甲", None]})).to_json().splitlines()
    assert len(lines) == 2 + 2 + len(fields(EnterpriseSlice))
    assert '"trends": {"frame": {"id": ["甲", null]}},' in lines


def test_equal_slices_give_equal_text():
    frame = pd.DataFrame({"value": [1.0, 2.0]})
    assert tiny_slice(frame).to_json() == tiny_slice(frame.copy()).to_json()


def test_slice_refuses_infinity():
    with pytest.raises(ValueError, match="JSON"):
        tiny_slice(pd.DataFrame({"value": [np.inf]})).to_json()


def test_from_json_refuses_another_kind():
    text = tiny_slice(pd.DataFrame()).to_json()
    with pytest.raises(ReportError, match="ParkSlice"):
        ParkSlice.from_json(text)


def test_from_json_refuses_an_older_version():
    content = json.loads(tiny_slice(pd.DataFrame()).to_json())
    older = json.dumps({**content, "version": content["version"] - 1})
    with pytest.raises(ReportError, match=f"v{content['version'] - 1}"):
        EnterpriseSlice.from_json(older)


def test_read_slice_names_a_missing_file(tmp_path):
    with pytest.raises(ReportError, match="没有切片文件"):
        read_slice(tmp_path / "none.json")


def test_read_slice_refuses_other_json(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"kind": "other"}))
    with pytest.raises(ReportError, match="不是切片文件"):
        read_slice(path)
