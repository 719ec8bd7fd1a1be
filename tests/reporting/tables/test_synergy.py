"""Tables on synergy and on what measures reach."""

from synergy_lib.reporting.tables.synergy import table_measure_plans, table_synergy


def test_synergy_counts_enterprises_not_the_park(make_park):
    rows = table_synergy(make_park()).rows
    assert rows == [
        [
            "大气污染当量数",
            "1",
            "1",
            "0",
            "0",
            "0",
            "0",
            "−29.0%",
            "0.78（0.64 ~ 0.87）",
        ],
        ["水污染当量数", "0", "0", "0", "0", "1", "1", "+1.0%", "–"],
    ]


def test_plans_name_the_measures(make_park):
    table = table_measure_plans(make_park())
    assert table.rows == [
        ["0007", "甲药厂", "中→良", "8.7", "车间改造、RTO替代", "5,900", "55%"]
    ]
    assert table_measure_plans(make_park("en")).rows[0][2] != "中→良"
