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


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), max_size=5))
def test_slice_round_trip_any_numbers(values):
    frame = pd.DataFrame({"value": pd.Series(values, dtype="float64")})
    read = EnterpriseSlice.from_json(tiny_slice(frame).to_json())
    got = read.trends["value"].to_numpy(dtype="float64")
    np.testing.assert_array_equal(got, np.array(values, dtype="float64"))


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


def test_read_slice_names_a_missing_file(tmp_path):
    with pytest.raises(ReportError, match="没有切片文件"):
        read_slice(tmp_path / "none.json")


def test_read_slice_refuses_other_json(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"kind": "other"}))
    with pytest.raises(ReportError, match="不是切片文件"):
        read_slice(path)
