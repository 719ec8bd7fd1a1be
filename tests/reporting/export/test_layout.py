import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.blocks import (
    Cell,
    Column,
    Run,
    Table,
    plain,
)
from synergy_lib.reporting.export.fonts import text_width
from synergy_lib.reporting.export.layout import (
    CELL_PADDING_PT,
    LANDSCAPE_PT,
    PORTRAIT_PT,
    break_long_words,
    lay_out_table,
)


def cell(text, **fields):
    return Cell((Run(text),) if text else (), **fields)


def make(rows, columns=None, caption="c"):
    columns = columns or (Column(),) * len(rows[0])
    body = tuple(tuple(map(cell, row)) for row in rows)
    return Table(columns, body[:1], body[1:], caption, label="表 1", notes=("n",))


def test_small_table_keeps_its_natural_width():
    (part,) = lay_out_table(make([["品种", "占比"], ["电力", "61.2%"]]))
    assert sum(part.widths) < 0.5
    assert not part.landscape


def test_long_text_takes_the_room_and_short_columns_stay_whole():
    (part,) = lay_out_table(make([["编号", "说明"], ["I01", "很长的说明" * 40]]))
    assert sum(part.widths) == pytest.approx(1)
    needed = text_width("编号") * part.size_pt + CELL_PADDING_PT
    assert part.widths[0] * PORTRAIT_PT >= needed * 0.99
    assert part.widths[1] > 0.8


def test_given_widths_are_kept():
    columns = (Column(width=1), Column(width=3))
    (part,) = lay_out_table(make([["甲", "乙"], ["1", "2"]], columns))
    assert part.widths == pytest.approx((0.25, 0.75))


def test_given_widths_never_cut_words():
    columns = (Column(width=1), Column(width=1000))
    (part,) = lay_out_table(make([["甲", "乙"], ["123456.7", "2"]], columns))
    needed = text_width("123456.7") * part.size_pt + CELL_PADDING_PT
    assert part.widths[0] * PORTRAIT_PT >= needed * 0.99
    assert sum(part.widths) == pytest.approx(1)


def wide(rows):
    head = ["品种"] + [f"{y} 消费量" for y in range(2000, 2013)]
    return make([head, *[["电力"] + ["123,456.7"] * 13 for _ in range(rows)]])


def test_many_columns_and_few_rows_are_parted():
    parts = lay_out_table(wide(3), "（续）")
    assert len(parts) == 2
    assert all(not part.landscape for part in parts)
    assert [plain(part.table.rows[0][0].content) for part in parts] == ["电力"] * 2
    assert sum(len(part.table.columns) - 1 for part in parts) == 13
    assert [part.table.caption for part in parts] == ["c", "c（续）"]
    assert [part.table.notes for part in parts] == [(), ("n",)]


def test_many_columns_and_many_rows_turn_the_page():
    (part,) = lay_out_table(wide(40))
    assert part.landscape
    assert sum(part.widths) == pytest.approx(1)


def test_merged_cells_are_not_parted():
    row = tuple(cell("123,456,789.0") for _ in range(30))
    head = (cell("合计", columns=30),)
    (part,) = lay_out_table(Table((Column(),) * 30, (head,), (row,)))
    assert part.landscape
    assert sum(part.widths) == pytest.approx(1)


texts = st.text(st.sampled_from("中文 ab1-/。，"), max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 25).flatmap(
    lambda n: st.lists(st.lists(texts, min_size=n, max_size=n), min_size=1, max_size=4)
))  # fmt: skip
def test_no_table_is_wider_than_the_page(rows):
    parts = lay_out_table(make(rows))
    for part in parts:
        assert 0 < sum(part.widths) <= 1 + 1e-9
        assert len(part.widths) == len(part.table.columns)
        assert part.size_pt >= 8.5
        space = LANDSCAPE_PT if part.landscape else PORTRAIT_PT
        assert all(w * space > CELL_PADDING_PT for w in part.widths)
    columns = sum(len(part.table.columns) for part in parts) - (len(parts) - 1)
    assert columns == len(rows[0])


def test_long_words_become_breakable_and_keep_their_text():
    content = (Run("短 " + "X" * 40, bold=True),)
    (run,) = break_long_words(content, 10.0)
    assert run.bold
    assert run.text.replace("\u200b", "") == "短 " + "X" * 40
    assert "X\u200bX" in run.text
    assert break_long_words(content, 100.0) == content


def test_chinese_text_gets_no_break_before_a_stop():
    content = (Run("正文文字说明。" * 60),)
    assert break_long_words(content, 40.0) == content
