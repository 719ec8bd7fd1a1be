import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.blocks import (
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    Table,
    plain,
)
from synergy_lib.reporting.export.content.markup import looks_numeric, read_html


def test_text_and_structure():
    blocks = read_html(
        "<h2>题</h2>松散<p>甲<b>乙</b><br>丙</p><ul><li>一</li><li>二<ol start=3>"
        "<li>x</li></ol></li></ul><blockquote>引</blockquote><pre>a  b\nc</pre><hr>"
    )
    kinds = [type(block) for block in blocks]
    assert kinds == [
        Heading, Paragraph, Paragraph, ItemList, Quote, Preformatted, Rule,
    ]  # fmt: skip
    assert plain(blocks[2].content) == "甲乙\n丙"
    nested = blocks[3].items[1][1]
    assert nested.ordered
    assert nested.start == 3
    assert blocks[5].text == "a  b\nc"


def test_scripts_and_styles_vanish_with_their_content():
    source = "<style>x{}</style><script>alert(1)</script><svg><script>2</script></svg>"
    assert read_html(source) == []
    (block,) = read_html(source + '<p onclick="x()">ok</p>')
    assert plain(block.content) == "ok"


def test_links_keep_only_safe_addresses():
    (block,) = read_html('<a href="javascript:x">a</a> <a href="https://b.cn">b</a>')
    assert [run.href for run in block.content] == ["", "https://b.cn"]


def test_data_frame_table():
    (table,) = read_html(
        '<div><style scoped>.x{}</style><table border="1" class="dataframe"><thead>'
        '<tr style="text-align: right;"><th></th><th>a</th><th>名</th></tr></thead>'
        "<tbody><tr><th>0</th><td>-1.5</td><td>甲</td></tr><tr><th>1</th><td>NaN</td>"
        "<td>乙</td></tr></tbody></table></div>"
    )
    assert isinstance(table, Table)
    assert [column.align for column in table.columns] == ["right", "right", "left"]
    assert len(table.header) == 1
    assert len(table.rows) == 2
    assert plain(table.rows[0][1].content) == "-1.5"


def test_header_without_thead_and_caption():
    (table,) = read_html(
        "<table><caption>题</caption><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    )
    assert table.caption == "题"
    assert len(table.header) == 1


def test_spans_never_leave_the_table():
    (table,) = read_html(
        "<table><tr><td rowspan=9>a</td><td colspan=3>b</td></tr>"
        "<tr><td>c</td><td colspan=999>d</td></tr><tr></tr></table>"
    )
    width = len(table.columns)
    grid = [[0] * width for _ in table.rows]
    for i, row in enumerate(table.rows):
        for cell in row:
            k = grid[i].index(0)
            for down in range(cell.rows):
                for right in range(cell.columns):
                    assert grid[i + down][k + right] == 0
                    grid[i + down][k + right] = 1
    assert all(all(line) for line in grid)


def test_image_outside_the_notebook_is_not_fetched():
    (block,) = read_html('<img src="https://example.org/a.png" alt="外部">')
    assert isinstance(block, Paragraph)
    assert plain(block.content) == "[外部]"


def test_image_inside_is_kept(cells):
    blocks = read_html(f'<p>x <img src="data:image/png;base64,{cells.png()}"></p>')
    assert [type(block) for block in blocks] == [Paragraph, Figure]


@pytest.mark.parametrize(
    "text", ["1", "-1.5", "−3", "+2,345.0", "61.2%", "1e-5", "", "–", "NaN", "<0.01"]
)
def test_numbers_are_recognised(text):
    assert looks_numeric(text)


@pytest.mark.parametrize("text", ["a", "1号", "2020—2024", "12 t", "优"])
def test_words_are_not_numbers(text):
    assert not looks_numeric(text)


@given(st.text(alphabet="<>/tabledivrh1 ='\"pscolspan2x", max_size=300))
def test_any_html_is_read(source):
    read_html(source)


def test_deep_nesting_is_read():
    assert read_html("<div>" * 400 + "x" + "</div>" * 400)
