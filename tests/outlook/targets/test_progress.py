"""Targets against panels: the same enterprises, coverage, totals that lack somebody."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.outlook.targets.definitions import load_targets, own_targets
from synergy_lib.outlook.targets.progress import (
    enterprise_target_gaps,
    park_target_gaps,
)
from synergy_lib.outlook_parameters import TargetParameters

CUT = {
    "id": "cut",
    "name_zh": "单位产值碳排放",
    "indicator": "co2e_t / output_value_10k_cny",
    "kind": "relative_cut",
    "base_year": 2020,
    "year": 2025,
    "cut_pct": 20.0,
}
CAP = {
    "id": "cap",
    "name_zh": "碳排放总量",
    "indicator": "co2e_t",
    "unit": "t",
    "kind": "level",
    "base_year": 2020,
    "year": 2025,
    "level": 150.0,
}


def park(data, year=2022, target=None, **options):
    targets = own_targets([TargetParameters(**(target or CUT))])
    return park_target_gaps(data, targets, year, **options).iloc[0]


def firms(panel, *rows, years=(2020, 2022)):
    """Return a panel from (carbon by year, output by year) of each enterprise."""
    return panel(
        {
            f"e{k}": {"co2e_t": carbon, "output_value_10k_cny": output}
            for k, (carbon, output) in enumerate(rows)
        },
        list(years),
    )


def test_park_target_gaps_ratio_of_sums(panel):
    data = firms(panel, ([100, 90], [50, 60]), ([100, 80], [50, 40]))
    row = park(data)
    assert row["base_value"] == 2.0
    assert row["value"] == 1.7
    assert row["required_value"] == pytest.approx(2 * 0.8**0.4)
    assert row["status"] == "on_track"
    assert (row["enterprises"], row["everybody"]) == (2, 2)
    assert row["standing"] == "binding"


def test_park_target_gaps_entries_do_not_pass_for_a_change(panel):
    clean = ([np.nan, 1], [np.nan, 900])
    old = ([100, 100], [50, 50])
    row = park(firms(panel, old, old, clean))
    assert row["value"] == row["base_value"] == 2.0
    assert row["status"] == "behind"


def test_park_target_gaps_few_enterprises(panel):
    old, new = ([100, 50], [50, 50]), ([np.nan, 1], [np.nan, 1])
    data = firms(panel, old, new, new)
    assert park(data)["reason"] == "too_few_enterprises"
    assert park(data, smallest_share=0.3)["status"] == "on_track"


def test_park_target_gaps_no_output(panel):
    row = park(firms(panel, ([100, 90], [0, 60])))
    assert (row["status"], row["reason"]) == ("not_computable", "value_undefined")
    row = park(firms(panel, ([100, 90], [50, 0])))
    assert (row["status"], row["reason"]) == ("not_computable", "value_undefined")


def test_park_target_gaps_one_year_and_other_years(panel):
    data = firms(panel, ([100, 90], [50, 60]))
    assert park(data, 2020)["status"] == "base_year"
    assert park(data, 2019)["reason"] == "before_base"
    assert park(data, 2023)["reason"] == "no_value"
    late = firms(panel, ([100, 90], [50, 60]), years=(2021, 2022))
    row = park(late)
    assert (row["status"], row["reason"]) == ("not_computable", "no_base_value")


def test_park_target_gaps_final_year_judges_itself(panel):
    data = firms(panel, ([100, 80, 99], [1, 1, 1]), years=(2020, 2025, 2026))
    row = park(data, 2026)
    assert (row["assessed_year"], row["value"], row["status"]) == (2025, 80.0, "met")
    early = data[data.index.get_level_values("year") != 2025]
    assert park(early, 2026)["reason"] == "no_final_value"


def test_park_target_gaps_incomplete_total_shows_only_a_broken_ceiling(panel):
    gap = ([100, np.nan], [1, 1])
    low = firms(panel, ([100, 50], [1, 1]), gap, years=(2020, 2025))
    high = firms(panel, ([100, 160], [1, 1]), gap, years=(2020, 2025))
    assert park(low, 2025, CAP)["reason"] == "incomplete_total"
    assert park(high, 2025, CAP)["status"] == "missed"
    whole = firms(panel, ([100, 50], [1, 1]), ([100, 60], [1, 1]), years=(2020, 2025))
    assert park(whole, 2025, CAP)["status"] == "met"
    floor = CAP | {"direction": "at_least"}
    assert park(low, 2025, floor)["reason"] == "incomplete_total"
    assert park(high, 2025, floor)["status"] == "met"


def test_park_target_gaps_incomplete_base_total_gives_no_path(panel):
    data = firms(panel, ([100, 90], [1, 1]), ([np.nan, 90], [1, 1]))
    assert park(data, 2022, CAP)["reason"] == "incomplete_total"


def test_park_target_gaps_of_the_published_targets(panel):
    data = firms(panel, ([100, 90], [50, 60]))
    table = park_target_gaps(data, load_targets(), 2022).set_index("target_id")
    assert set(table["standing"]) == {"reference"}
    assert "H3" not in table.index  # counts of a city are not the park's
    assert (table["status"] == "not_computable").all()
    assert (table["reason_zh"] != "").all()
    assert table.loc["H1", "path_rate"] == pytest.approx(0.0389, abs=5e-5)
    assert table.loc["H5", "reason"] == "not_a_path"
    assert table.loc["Z2", "reason"] == "no_formula"


def test_enterprise_target_gaps(panel):
    data = firms(
        panel,
        ([100, 70], [50, 50]),
        ([100, 100], [50, 50]),
        ([np.nan, 100], [50, 50]),
        ([100, 100], [50, 0]),
    )
    targets = own_targets([TargetParameters(**CUT), TargetParameters(**CAP)])
    table = enterprise_target_gaps(data, targets, 2022).set_index("enterprise_id")
    assert set(table["target_id"]) == {"cut"}  # a park's cap is nobody's own
    assert table["status"].tolist() == [
        "on_track",
        "behind",
        "not_computable",
        "not_computable",
    ]
    assert table["reason"].tolist() == ["", "", "no_base_value", "no_value"]
    assert "分母为零" in table.loc["e3", "value_reason"]


def test_tables_of_nothing_keep_their_columns(panel):
    data = firms(panel, ([100, 90], [50, 60]))
    none = own_targets([])
    assert len(park_target_gaps(data, none, 2022)) == 0
    enterprises = enterprise_target_gaps(data, none, 2022)
    assert len(enterprises) == 0
    assert "status" in enterprises


def test_tables_leave_their_input_alone(panel):
    data = firms(panel, ([100, 90], [50, 60]))
    before, targets = data.copy(), load_targets()
    park_target_gaps(data, targets, 2022)
    enterprise_target_gaps(data, targets, 2022)
    pd.testing.assert_frame_equal(data, before)
    pd.testing.assert_frame_equal(targets, load_targets())
