import io
import re

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import ExportError
from synergy_lib.reporting.export.content.blocks import (
    Cell,
    Column,
    Document,
    Figure,
    Image,
    Paragraph,
    Preformatted,
    Run,
    Table,
)
from synergy_lib.reporting.export.content.document import read_notebook
from synergy_lib.reporting.export.fonts import load_fonts
from synergy_lib.reporting.export.typst import typeset

HOSTILE = [
    '#import "/etc/passwd"',
    "#eval(\"1\")",
    "#read(\"main.typ\")",
    "*bold* _it_ `raw` $x$ #[a]",
    "] ) } [ ( {",
    "\\ \\n \\u{41} \\",
    "\" ' ” \"",
    "<label> @ref // c /* c */",
    "=HYPERLINK(\"http://x\",\"y\")",
    "= heading",
    "- item + item / term: x",
    "<script>alert(1)</script>",
    "~ -- --- ... 'q'",
    "{{ x }} {% y %}",
]  # fmt: skip


@pytest.fixture(scope="module")
def fonts():
    return load_fonts()


@pytest.fixture(scope="module")
def pdf(sample_notebook, fonts):
    return typeset(read_notebook(sample_notebook), fonts)


def document(*blocks, **fields):
    return Document(**({"title": "题", "language": "zh", "blocks": blocks} | fields))


def pages_of(data):
    opened = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_range() for page in opened]
    finally:
        opened.close()


def text_of(data):
    return "\n".join(pages_of(data)).replace("\r", "")


def squeezed(text):
    return re.sub(r"[\s\ufffe\u200b]+", "", text)


def test_standards_title_language_tags_and_date(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.Lang == "zh-CN"
        assert bool(opened.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in opened.Root
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        with opened.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["pdfaid:part"] == "3"
            assert meta["pdfaid:conformance"] == "A"
            assert "浙江示例医药化工有限公司" in meta["dc:title"]
        assert str(opened.docinfo.CreationDate).startswith("D:20261120")
        with opened.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles[:2] == ["一、评价结果", "二、趋势"]


def test_fonts_are_embedded(pdf):
    names = set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font":
                names.add(str(item.BaseFont))
            if isinstance(item, pikepdf.Dictionary) and "/FontName" in item:
                assert {"/FontFile2", "/FontFile3"} & set(item.keys())
    assert any("NotoSansCJKsc-Regular" in name for name in names)
    assert any("NotoSansCJKsc-Bold" in name for name in names)


def test_figures_and_tables_are_tagged_with_alternative_text(pdf):
    tags, alts = set(), set()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Dictionary) and "/S" in item:
                tags.add(str(item.S))
                alts |= {str(item.Alt)} if "/Alt" in item else set()
    assert {"/Table", "/TH", "/TD", "/Figure", "/Caption", "/H1", "/H2", "/L"} <= tags
    assert "柱状图：2020 至 2024 年由 0.93 降到 0.54" in alts
    assert "一个灰点" in alts


def test_chinese_text_is_extracted_as_itself(fonts):
    words = "示用人行方色面西见长门金山水火生病高黄黑鱼鸟龙"
    data = typeset(document(Paragraph((Run(words),))), fonts)
    assert words in text_of(data)
    assert not re.search("[\u2e80-\u2fdf]", text_of(data))


def test_every_page_has_mark_report_and_number(pdf):
    pages = pages_of(pdf)
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert "演示数据（虚构）" in page
        assert "ZJ-2024-E001" in page
        assert f"第{number}页/共{len(pages)}页" in squeezed(page)
        assert "浙江示例医药化工园区" in page


def test_headline_card_is_whole_on_page_one(pdf):
    first = squeezed(pages_of(pdf)[0])
    for words in ("协同指数72.4黄", "三项优势", "三项短板", "三项措施", "溶剂精馏热泵",
                  "不作为处罚依据"):  # fmt: skip
        assert words in first


def test_long_card_shrinks_or_moves_but_stays_whole(build, cells, fonts):
    items = [{"head": f"第{n}项", "text": "说明文字" * 12} for n in range(9)]
    columns = [{"title": t, "items": items} for t in "甲乙丙"]
    notebook = build(cells.own("headline", {"columns": columns, "notes": ["末行"]}))
    pages = pages_of(typeset(read_notebook(notebook), fonts))
    page = next(page for page in pages if "第0项" in squeezed(page))
    assert "末行" in page


def test_card_longer_than_a_page_is_not_cut_off(build, cells, fonts):
    lines = [f"第{n}条" + "很长的一句话。" * 8 for n in range(60)]
    notebook = build(cells.own("headline", {"lines": lines}))
    text = squeezed(text_of(typeset(read_notebook(notebook), fonts)))
    assert all(f"第{n}条" in text for n in range(60))


def test_table_header_is_repeated_and_colours_carry_words(pdf):
    pages = pages_of(pdf)
    long_table = [page for page in pages if re.search(r"第 \d+ 项指标的名称", page)]
    assert "I01" in long_table[0]
    assert "I40" in long_table[-1]
    assert len(long_table) > 1
    assert all("编号" in page and "标杆" in page for page in long_table)
    text = squeezed("".join(pages))
    for row in ("末端高效治理48.273.0−2.4红", "过程减量控制69.372.5−0.8黄"):
        assert row in text


def test_nothing_leaves_the_page(pdf):
    opened = pypdfium2.PdfDocument(pdf)
    for page in opened:
        width, _ = page.get_size()
        text = page.get_textpage()
        for i in range(text.count_chars()):
            left, _, right, _ = text.get_charbox(i)
            assert left >= 55
            assert right <= width - 55
    opened.close()


def test_attachment_is_inside(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        attached = opened.attachments["source.json"]
        assert attached.get_file().read_bytes() == b'{"score": 72.4}'


def test_two_exports_are_identical(sample_notebook, pdf, fonts):
    assert typeset(read_notebook(sample_notebook), fonts) == pdf


def test_same_name_other_picture_is_not_mixed_up(cells, fonts):
    def one(colour):
        svg = cells.svg().replace("<rect ", f'<rect fill="{colour}" ').encode()
        picture = Image(svg, "image/svg+xml", 60, 30)
        return typeset(document(Figure(picture, "a")), fonts)

    assert one("red") != one("blue")
    assert one("red") == one("red")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_only_text(hostile, fonts, build, cells):
    table = {"caption": hostile, "columns": [{"label": hostile, "unit": hostile}],
             "rows": [[hostile]], "notes": [hostile]}  # fmt: skip
    card = {"title": hostile, "lines": [hostile], "enterprise": hostile}
    notebook = build(
        cells.own("headline", card),
        cells.own("table", table),
        cells.own("callout", {"title": hostile, "text": hostile}),
        title=hostile, park=hostile, report_id=hostile, footer=hostile,
    )  # fmt: skip
    text = squeezed(text_of(typeset(read_notebook(notebook), fonts)))
    assert text.count(squeezed(hostile)) >= 10


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("#*$_`\\\"'[](){}<>@=-+/~&%; 中a1\n\t\u200b\ufeff")))
def test_any_text_is_set(text):
    source = read_notebook(
        {"cells": [
            {"cell_type": "code", "metadata": {}, "source": "", "outputs": [
                {"output_type": "stream", "name": "stdout", "text": text},
                {"output_type": "display_data", "metadata": {}, "data": {
                    "application/vnd.synergy.table+json": {
                        "columns": [{"label": text}], "rows": [[text]]}}},
            ]},
            {"cell_type": "markdown", "metadata": {}, "source": text},
        ], "metadata": {"synergy": {"title": text}}}
    )  # fmt: skip
    assert typeset(source, load_fonts()).startswith(b"%PDF")


def test_missing_glyph_is_an_error_that_names_it(fonts, cells):
    for block in (
        Paragraph((Run("浙江𠮷田"),)),
        Preformatted("𠮷"),
        Table((Column(),), (), ((Cell((Run("𠮷"),)),),)),
        Figure(
            Image(cells.svg("<text>𠮷</text>").encode(), "image/svg+xml", 6, 3), "a"
        ),
    ):
        with pytest.raises(ExportError, match="𠮷"):
            typeset(document(block), fonts)
    with pytest.raises(ExportError, match="𠮷"):
        typeset(document(title="𠮷"), fonts)


def test_broken_image_is_an_error(fonts):
    broken = Image(b"\x89PNG\r\n\x1a\nxxxxxxxxxxxxxxxxxxxx", "image/png", 9, 9)
    with pytest.raises(ExportError, match="PDF"):
        typeset(document(Figure(broken, "a")), fonts)


def test_english_document(fonts):
    data = typeset(
        document(Paragraph((Run("Text"),)), language="en", title="T", demo=True), fonts
    )
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert str(opened.Root.Lang).startswith("en")
    text = text_of(data)
    assert "Page 1 of 1" in text
    assert "Demonstration data (fictional)" in text


def test_wrong_date_is_refused(fonts):
    with pytest.raises(ExportError, match="YYYY"):
        typeset(document(date="2026-13-45"), fonts)


def test_long_words_stay_on_the_page(fonts):
    word = "X" * 400
    block = Table((Column(), Column()), (), ((Cell((Run(word),)), Cell((Run("1"),))),))
    data = typeset(document(Paragraph((Run(word),)), block), fonts)
    assert squeezed(text_of(data)).count("X") == 800
    opened = pypdfium2.PdfDocument(data)
    page = opened[0]
    text = page.get_textpage()
    edges = [text.get_charbox(i)[2] for i in range(text.count_chars())]
    assert max(edges) <= page.get_size()[0] - 55
    opened.close()
