import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.blocks import (
    Figure,
    Formula,
    Heading,
    Image,
    ItemList,
    Paragraph,
    Preformatted,
    Quote,
    Rule,
    Table,
    plain,
)
from synergy_lib.reporting.export.content.markdown import read_markdown


def only(source, **options):
    (block,) = read_markdown(source, **options)
    return block


def test_blocks():
    blocks = read_markdown(
        "# 题\n\n正文\n\n- a\n  1. b\n\n> 引\n\n```py\nx = 1\n```\n\n---\n\n$$x^2$$\n\n"
        "| a | b |\n|:-|-:|\n| 1 | **2** |\n"
    )
    assert [type(block) for block in blocks] == [
        Heading, Paragraph, ItemList, Quote, Preformatted, Rule, Formula, Table,
    ]  # fmt: skip
    assert blocks[2].items[0][1].ordered
    assert blocks[4].text == "x = 1"
    assert [column.align for column in blocks[7].columns] == ["left", "right"]
    assert blocks[7].rows[0][1].content[0].bold


def test_inline_styles():
    block = only("a **b *c*** `d` ~~e~~ [f](https://g.cn) $h_1$")
    assert plain(block.content) == "a b c d e f h1"
    by_text = {run.text: run for run in block.content}
    assert by_text["c"].bold
    assert by_text["c"].italic
    assert by_text["d"].code
    assert by_text["e"].strike
    assert by_text["f"].href == "https://g.cn"
    assert by_text["1"].script == "sub"


def test_soft_break_between_chinese_characters_leaves_no_space():
    assert plain(only("第一行\n第二行").content) == "第一行第二行"
    assert plain(only("first\nsecond").content) == "first second"
    assert plain(only("中文\nEnglish").content) == "中文 English"


def test_hard_break_footnote_and_task():
    blocks = read_markdown("甲  \n乙[^1]\n\n- [x] 完成\n\n[^1]: 注")
    assert plain(blocks[0].content) == "甲\n乙[1]"
    assert plain(blocks[1].items[0][0].content) == "☑ 完成"
    assert plain(blocks[2].items[0][0].content) == "注"


def test_sub_and_superscript_tags():
    block = only("CO<sub>2</sub> m<sup>3</sup>e")
    assert [(run.text, run.script) for run in block.content] == [
        ("CO", ""), ("2", "sub"), (" m", ""), ("3", "super"), ("e", ""),
    ]  # fmt: skip


def test_html_in_data_is_text():
    source = "公司 <script>alert(1)</script> <b>x</b>"
    assert plain(only(source).content) == source
    block = only("<div onclick=x>y</div>")
    assert plain(block.content) == "<div onclick=x>y</div>"


def test_html_of_the_author_is_read_through_the_allow_list():
    block = only("<table><tr><td>1</td></tr></table>", raw_html=True)
    assert isinstance(block, Table)
    assert read_markdown("<script>alert(1)</script>", raw_html=True) == []
    assert plain(only("a <b>b</b> <!-- c -->", raw_html=True).content) == "a b"


def test_unsafe_links_become_text():
    block = only("[a](javascript:alert(1)) [b](../b.md)")
    assert [run.href for run in block.content] == [""]
    assert plain(block.content) == "a b"


def test_images(cells):
    picture = Image(b"x", "image/png", 2, 1)
    blocks = read_markdown(
        "前![说明](attachment:a.png)后", attachments={"a.png": picture}
    )
    assert plain(blocks[0].content) == "前后"
    assert blocks[1] == Figure(picture, alt="说明")
    inside = only(f"![](data:image/png;base64,{cells.png()})")
    assert isinstance(inside, Figure)
    assert inside.alt == "图像"


def test_missing_image_is_said():
    assert plain(only("![甲](https://a.cn/b.png)").content) == (
        "[图像未嵌入：甲 https://a.cn/b.png]"
    )
    text = plain(only("![](attachment:no.png)", language="en").content)
    assert "image not embedded" in text


@pytest.mark.parametrize(
    "hostile",
    ['#import "a"', "#sys", "\\#x", '=HYPERLINK("x")', "x]y", "@ref <label>", "//c"],
)  # fmt: skip
def test_typst_syntax_is_text(hostile):
    text = "".join(plain(b.content) for b in read_markdown("甲 " + hostile))
    assert text.replace("\\", "") == ("甲 " + hostile).replace("\\", "")


@given(st.text(max_size=300))
def test_any_markdown_is_read(source):
    read_markdown(source)
    read_markdown(source, raw_html=True)
