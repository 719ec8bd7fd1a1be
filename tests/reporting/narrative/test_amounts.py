import numpy as np
import pandas as pd
import pytest

from synergy_lib.reporting.narrative.amounts import (
    join,
    largest_source,
    versus,
    year_rows,
)


def test_year_rows_are_the_report_year_and_the_one_before(make_enterprise):
    now, before = year_rows(make_enterprise())
    assert (now["co2e_t"], before["co2e_t"]) == (2080.0, 2000.0)


def test_year_rows_without_a_year_are_empty(make_enterprise):
    yearly = pd.DataFrame({"year": [2024], "co2e_t": [5.0]})
    assert year_rows(make_enterprise(yearly=yearly)) == ({"co2e_t": 5.0}, {})
    gone = make_enterprise(yearly=yearly, meta={"report_year": 2026})
    assert year_rows(gone) == ({}, {})


def test_largest_source_leaves_missing_out():
    now = {"co2e_fuel_t": 5.0, "co2e_heat_t": np.nan, "co2e_process_t": 7.0}
    assert largest_source(now) == ("co2e_process_t", 7.0)
    assert largest_source({"co2e_heat_t": None}) is None


@pytest.mark.parametrize(
    ("value", "earlier", "zh", "en"),
    [
        (104.0, 100.0, "，较上年 +4.0%", ", +4.0% on last year"),
        (75.0, 100.0, "，较上年 −25.0%", ", −25.0% on last year"),
        (0.0, 100.0, "，较上年 −100.0%", ", −100.0% on last year"),
        (5.0, np.nan, "（上年无可比数据）", " (no figure last year)"),
        (5.0, 0.0, "（上年无可比数据）", " (no figure last year)"),
        (None, 5.0, "（上年无可比数据）", " (no figure last year)"),
    ],
)
def test_versus_says_the_change_or_that_there_is_none(value, earlier, zh, en):
    assert versus(value, earlier, "zh") == zh
    assert versus(value, earlier, "en") == en


def test_join_enumerates_as_the_language_does():
    assert join(["甲", "乙"], "zh") == "甲、乙"
    assert join(pd.Series(["a", "b"]), "en") == "a, b"
