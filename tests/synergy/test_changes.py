"""Co-control between years: signs first, errors of the data, the park's sums."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.synergy.changes import CLASSES, co_control_changes, year_pairs

PAIR = [(2020, 2024)]


def two_years(rows):
    """Return a panel from enterprise → (C0, C1, P0, P1)."""
    index = pd.MultiIndex.from_product(
        [rows, [2020, 2024]], names=["enterprise_id", "year"]
    )
    values = np.array(list(rows.values()), float).reshape(-1, 2, 2)
    flat = values.transpose(0, 2, 1).reshape(-1, 2)
    return pd.DataFrame(flat, index=index, columns=["co2e_t", "cod_kg"])


def place(rows, **options):
    table = co_control_changes(two_years(rows), ["cod_kg"], PAIR, **options)
    return table.set_index("enterprise_id")


def test_published_vector():
    # methods §4.3: C 10000→9500, P 200→180: x .10, y .05, El 0.5, I, 26.57°
    found = place(
        {"a": (10000, 9500, 200, 180)}, carbon_error=0.01, pollutant_error=0.01
    ).loc["a"]
    assert found["carbon_reduction"] == pytest.approx(0.05, abs=1e-12)
    assert found["pollutant_reduction"] == pytest.approx(0.10, abs=1e-12)
    assert found["elasticity"] == pytest.approx(0.5, rel=1e-9)
    assert found["angle_deg"] == pytest.approx(26.565, abs=1e-3)
    assert found["quadrant"] == "I"
    assert found["reading"] == "pollutant_faster"


def test_quadrants_and_readings():
    table = place(
        {
            "faster": (100, 60, 100, 80),
            "balanced": (100, 80, 100, 80),
            "II": (100, 80, 100, 130),
            "III": (100, 120, 100, 130),
            "IV": (100, 120, 100, 70),
        }
    )
    assert table["quadrant"].tolist()[:5] == ["I", "I", "II", "III", "IV"]
    assert table["reading"].tolist()[:5] == [
        "carbon_faster",
        "balanced",
        "opposite",
        "both_rise",
        "opposite",
    ]
    # The elasticity of III and of I may be the same number: the quadrant tells.
    assert table.loc["III", "elasticity"] == pytest.approx(0.2 / 0.3)
    assert table.loc["IV", "elasticity"] == pytest.approx(-0.2 / 0.3)
    assert set(table["quadrant"]) <= set(CLASSES)


def test_changes_within_the_error_of_the_data_have_no_sign():
    table = place(
        {
            "both": (100, 97, 100, 95),
            "carbon": (100, 95, 100, 70),
            "pollutant": (100, 70, 100, 110),
            "clear": (100, 94.9, 100, 89.9),
        }
    )
    assert table["within_error"].tolist()[:4] == ["both", "carbon", "pollutant", ""]
    assert table["quadrant"].tolist()[:4] == ["error", "error", "error", "I"]
    assert table["elasticity"].isna().tolist()[:4] == [True, True, True, False]
    assert (table["reading"][:3] == "within_error").all()
    narrow = place({"a": (100, 97, 100, 95)}, carbon_error=0.01, pollutant_error=0.01)
    assert narrow.loc["a", "quadrant"] == "I"


def test_missing_and_zero_starts_cannot_be_judged():
    table = place(
        {
            "gap": (100, np.nan, 100, 90),
            "zero": (100, 50, 0, 10),
            "negative": (-5, 5, 100, 50),
            "gone": (100, 0, 100, 0),
        }
    )
    assert table["quadrant"].tolist()[:4] == ["", "", "", "I"]
    assert table.loc["gap", "reason"] == "起止年份的数据不全，无法判断"
    assert table.loc["zero", "reason"].startswith("起始年数值不大于零")
    assert table.loc["negative", "reason"].startswith("起始年数值不大于零")
    assert table["elasticity"].isna().tolist()[:4] == [True, True, True, False]
    assert table.loc["zero", "pollutant_end_kg"] == 10
    assert (table["reading"][:3] == "cannot_judge").all()


def test_park_compares_the_same_enterprises():
    rows = {"a": (100, 80, 10, 8), "b": (300, 200, 30, 10), "c": (900, 90, np.nan, 5)}
    found = place(rows).loc["park"]
    # a and b only: 400 → 280, 40 → 18
    assert found["n"] == 2
    assert found["carbon_reduction"] == pytest.approx(0.3)
    assert found["pollutant_reduction"] == pytest.approx(22 / 40)
    assert place(rows)["n"].tolist() == [1, 1, 0, 2]


def test_an_enterprise_of_one_year_and_an_empty_park():
    frame = two_years({"a": (1, 2, 3, 4), "b": (1, 2, 3, 4)}).drop([("b", 2024)])
    table = co_control_changes(frame, ["cod_kg"], PAIR).set_index("enterprise_id")
    assert table.loc["b", "quadrant"] == ""
    empty = co_control_changes(frame * np.nan, ["cod_kg"], PAIR)
    last = empty.set_index("enterprise_id").loc["park"]
    assert (last["n"], last["quadrant"]) == (0, "")
    assert np.isnan(last["carbon_start_t"])


def test_year_by_year_and_several_pollutants():
    index = pd.MultiIndex.from_product(
        [["a"], [2020, 2021, 2022, 2024]], names=["enterprise_id", "year"]
    )
    frame = pd.DataFrame({"co2e_t": [4.0, 2, 1, 1], "cod_kg": [8.0, 4, 2, 2]}, index)
    frame["so2_kg"] = frame["cod_kg"]
    pairs = year_pairs(frame)
    assert pairs == [(2020, 2021), (2021, 2022)]
    table = co_control_changes(frame, ["cod_kg", "so2_kg"], pairs)
    assert len(table) == 8
    assert (table["carbon_reduction"] == 0.5).all()
    assert table["from_year"].tolist() == [2020] * 4 + [2021] * 4


def test_errors():
    frame = two_years({"a": (1, 2, 3, 4)})
    with pytest.raises(InputDataError, match="没有2019年的数据"):
        co_control_changes(frame, ["cod_kg"], [(2019, 2024)])
    with pytest.raises(ParameterError, match="2024→2020"):
        co_control_changes(frame, ["cod_kg"], [(2024, 2020)])
    with pytest.raises(ParameterError, match="没有年份"):
        co_control_changes(frame, ["cod_kg"], [])
    with pytest.raises(InputDataError, match="so2_kg"):
        co_control_changes(frame, ["so2_kg"], PAIR)
    with pytest.raises(ParameterError) as caught:
        co_control_changes(
            frame, ["cod_kg"], PAIR, carbon_error=0.001, pollutant_error=1.0
        )
    assert len(caught.value.problems) == 2


amount = st.floats(0.1, 1e6)


@given(rows=st.lists(st.tuples(amount, amount, amount, amount), min_size=1, max_size=5))
def test_signs_decide_the_quadrant_and_units_do_not(rows):
    frame = two_years({f"e{k}": row for k, row in enumerate(rows)})
    one = co_control_changes(frame, ["cod_kg"], PAIR)
    two = co_control_changes(frame / 1000, ["cod_kg"], PAIR)
    assert one["quadrant"].tolist() == two["quadrant"].tolist()
    clear = one[one["quadrant"].isin(["I", "II", "III", "IV"])]
    both = (clear["carbon_reduction"] > 0) & (clear["pollutant_reduction"] > 0)
    assert both.tolist() == (clear["quadrant"] == "I").tolist()
    assert (clear["carbon_reduction"].abs() > 0.05).all()
    assert (clear["pollutant_reduction"].abs() > 0.10).all()
    assert one["elasticity"].notna().tolist() == (
        one["quadrant"].isin(["I", "II", "III", "IV"]).tolist()
    )
