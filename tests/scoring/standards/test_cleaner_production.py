import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.indicators.compute import compute_indicators
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.standards.cleaner_production import (
    cleaner_production_level,
    load_cleaner_production,
)
from synergy_lib.scoring.standards.tables import StandardTable

SHIPPED = load_cleaner_production(parameters_path("schemes", "cleaner_production_api"))
NAN = np.nan
# Group one (weight 60): a 3, b 1; group two (weight 40): c, limiting, less is better.
MINI = StandardTable(
    SHIPPED.header,
    pd.DataFrame(
        {
            "group": ["one", "one", "two"],
            "group_weight": [60.0, 60, 40],
            "weight": [3.0, 1, 5],
            "direction": [1.0, 1, -1],
            "level_1": [90.0, 90, 1],
            "level_2": [80.0, 80, 2],
            "level_3": [60.0, 60, 3],
            "is_limiting": [0.0, 0, 1],
            "name": ["甲", "乙", "丙"],
        },
        index=["a", "b", "c"],
    ),
)


def level(rows, applicable=None, table=MINI):
    values = pd.DataFrame(rows, columns=["a", "b", "c"], dtype=float)
    if applicable is not None:
        applicable = pd.DataFrame(applicable, columns=["a", "b", "c"])
    return cleaner_production_level(values, table, applicable=applicable)


def test_levels_by_hand():
    # Weights a 0.45, b 0.15, c 0.40.
    found = level([[90, 80, 1], [90, 60, 1], [90, 80, 2], [60, 60, 3], [59, 90, 1]])
    assert found["y_1"].tolist() == pytest.approx([85, 85, 45, 0, 55])
    assert found["y_2"].tolist() == pytest.approx([100, 85, 100, 0, 55])
    assert found["y_3"].tolist() == pytest.approx([100, 100, 100, 100, 55])
    # 85 belongs to level I.
    assert found["level"].tolist() == [1, 1, 2, 3, 4]
    assert found["level_name"].tolist() == [
        "Ⅰ级", "Ⅰ级", "Ⅱ级", "Ⅲ级", "未达到Ⅲ级"
    ]  # fmt: skip


def test_a_limiting_indicator_decides_whatever_the_index():
    light = StandardTable(MINI.header, MINI.rows.assign(group_weight=[99.0, 99, 1]))
    found = level([[95, 95, 2], [95, 95, 3.1]], table=light)
    assert found["y_1"].tolist() == pytest.approx([99, 99])
    assert found["level"].tolist() == [2, 4]


def test_not_applicable_gives_its_weight_away():
    # Without a, b has all of group one; without c, group one is everything.
    found = level(
        [[NAN, 90, 1], [90, 60, NAN], [NAN, NAN, NAN]],
        [[False, True, True], [True, True, False], [False] * 3],
    )
    assert found["y_1"].tolist()[:2] == pytest.approx([100, 75])
    assert found["y_2"].tolist()[:2] == pytest.approx([100, 75])
    assert found["y_3"].tolist()[:2] == pytest.approx([100, 100])
    assert found["level"].tolist()[:2] == [1, 3]
    assert np.isnan(found["level"].iloc[2])
    assert found["reason"].iloc[2] == "没有适用的指标，不能判定"


def test_missing_data_are_judged_only_where_they_cannot_matter():
    found = level([[90, NAN, 1], [90, 90, NAN], [10, NAN, 1]])
    # b missing: I needs 85, which a and c already give; III needs 100 but I holds.
    assert found["level"].iloc[0] == 1
    assert found["reason"].iloc[0] == "缺乙，不影响级别"
    # c missing is limiting: anything from I to nothing.
    assert np.isnan(found["level"].iloc[1])
    assert found["level_name"].iloc[1] == ""
    assert found["reason"].iloc[1] == "缺丙，可能为Ⅰ级至未达到Ⅲ级，不能判定"
    assert found[["y_1", "y_1_high"]].iloc[1].tolist() == pytest.approx([60, 100])
    assert found["level"].iloc[2] == 4


def test_a_column_that_lacks_is_refused():
    with pytest.raises(InputDataError, match="缺少指标列 b、c"):
        cleaner_production_level(pd.DataFrame({"a": [1.0]}), MINI)


def test_shipped_table_is_a_proposal():
    assert (SHIPPED.rows["tag"] == "P").all()
    assert SHIPPED.header.level_minimums == (85, 85, 100)
    assert SHIPPED.header.unverified == ("level_minimums",)
    weights = SHIPPED.rows.drop_duplicates("group")["group_weight"]
    assert weights.sum() == pytest.approx(100)


def test_demo_park_by_the_example_table(demo_analysis):
    data = demo_analysis.panel.join(demo_analysis.accounts)
    table = compute_indicators(data, SHIPPED.rows, base_year=2020)
    found = cleaner_production_level(
        table.values, SHIPPED, applicable=table.applicable
    ).xs(2024, level="year")
    indexes = found[["y_1", "y_2", "y_3"]]
    assert indexes.stack().between(0, 100).all()
    # A higher level is never easier.
    assert (indexes.diff(axis=1).iloc[:, 1:] >= -1e-9).all(axis=None)
    assert set(found["level"].dropna()) <= {1, 2, 3, 4}
    assert (found.loc[found["level"].isna(), "reason"].str.contains("不能判定")).all()


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (",60,1,95,80,60,", ",60,1,75,80,60,", "CP1 level_1–level_3：高一级"),
        (",60,-1,0.35,", ",60,-1,0.55,", "CP3 level_1–level_3：高一级"),
        ("CP2,生产工艺及装备,20", "CP2,生产工艺及装备,30", "group_weight 不同"),
        (",60,1,95,80,60,", ",-60,1,95,80,60,", "CP1 weight：权重为-60"),
    ],
)
def test_load_refuses_what_does_not_fit(changed_table, old, new, text):
    folder = changed_table("cleaner_production_api", old, new)
    with pytest.raises(ParameterError) as caught:
        load_cleaner_production(folder)
    assert text in str(caught.value)
