from synergy_lib.reporting.tables.certainty import table_choices, table_left_out


def rows_of(table):
    return [list(row) for row in table.rows]


def test_choices_list_whom_no_colour_holds(make_park):
    """甲 is yellow in half of the specifications, less than the 60 % demanded."""
    assert rows_of(table_choices(make_park())) == [
        ["0007", "甲药厂", "2", "1 ~ 2", "25%", "50%", "25%", "锚点"]
    ]
    assert rows_of(table_choices(make_park(meta={"colour_threshold": 0.5}))) == []


def test_left_out_is_in_both_languages_and_without_the_unknown(make_park):
    assert rows_of(table_left_out(make_park())) == [
        ["A 低碳", "1.0", "2", "+1.6", "1"],
        ["B1 回收率", "0.5", "1", "−0.2", "0"],
    ]
    assert rows_of(table_left_out(make_park("en")))[0][0] == "A Low carbon"
