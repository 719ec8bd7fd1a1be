import pytest


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "message"),
    [
        ("catalogue", 0, "stage", "sourse", "第 2 行 stage：“sourse”不是可用的值"),
        ("catalogue", 1, "technique_id", "T01", "第 3 行 technique_id：T01 重复"),
        ("catalogue", 0, "conditions", "x", "第 2 行 conditions：“x”看不懂"),
        ("catalogue", 0, "conditions", "land_m>=1", "没有数据列“land_m”"),
        ("catalogue", 0, "affected_share", "1.5", "1.5 超出范围"),
        ("catalogue", 0, "affected_share", "0", "0 超出范围"),
        ("catalogue", 0, "lifetime_years", "", "lifetime_years：不是正数"),
        ("catalogue", 0, "ceiling_fraction", "", "ceiling_fraction：空白"),
        ("catalogue", 0, "source_keys", "S009", "没有来源“S009”"),
        ("catalogue", 0, "source_keys", "", "source_keys：空白"),
        ("catalogue", 0, "name_zh", " ", "name_zh：空白"),
        ("catalogue", 0, "evidence", "E", "evidence：“E”不是可用的值"),
        ("catalogue", 0, "exclusive_with", "T99", "没有技术“T99”"),
        ("catalogue", 1, "capex_mode", "3", "capex_low、capex_mode、capex_high"),
        ("catalogue", 0, "capex_mode", "9999", "不是由小到大"),
        ("catalogue", 0, "capex_low", "-1", "capex_low：“-1”不是非负数"),
        ("catalogue", 0, "capex_driver", "workshop", "没有数据列“workshop”"),
        ("catalogue", 0, "capex_driver", "", "capex_driver：空白"),
        ("catalogue", 0, "capex_note", "", "capex_note：空白"),
        ("catalogue", 0, "capex_quality", "good", "capex_quality：“good”不是可用的值"),
        (
            "catalogue",
            0,
            "capex_minimum_size",
            "x",
            "capex_minimum_size：“x”不是非负数",
        ),
        ("catalogue", 0, "opex_fraction", "-0.1", "opex_fraction：“-0.1”不是非负数"),
        ("catalogue", 0, "saving_gap", "steam", "saving_gap：“steam”不是可用的值"),
        ("effects", 0, "target", "co2_t", "第 2 行 target：“co2_t”不是可减少的量"),
        ("effects", 0, "base_column", "workshop", "没有数据列“workshop”"),
        ("effects", 0, "minus_column", "workshop", "没有数据列“workshop”"),
        ("effects", 0, "low", "2000", "2000、1500、2250 不是由小到大"),
        ("effects", 0, "mode", "", "不是数字"),
        ("effects", 0, "technique_id", "T99", "没有技术“T99”"),
        ("effects", 0, "source_key", "S009", "没有来源“S009”"),
        ("effects", 0, "quality", "good", "quality：“good”不是可用的值"),
    ],
)
def test_a_wrong_cell_is_named(copy, refused, table, row, column, value, message):
    problems = refused(copy(**{table: {(row, column): value}}))
    assert any(message in problem for problem in problems), problems


def test_all_problems_are_collected(copy, refused):
    path = copy(
        catalogue={(0, "stage"): "x", (1, "evidence"): "x"},
        effects={(0, "low"): "9999"},
    )
    assert len(refused(path)) == 3


def test_a_wrong_name_gets_the_nearest_valid_one(copy, refused):
    problems = refused(copy(effects={(1, "base_column"): "heat_purchase_gj"}))
    assert "最接近的是“heat_purchased_gj”" in problems[0]
