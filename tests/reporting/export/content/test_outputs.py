import pytest

from synergy_lib.errors import ExportError
from synergy_lib.reporting.export.content.blocks import (
    Callout,
    Card,
    Figure,
    Formula,
    PageBreak,
    Paragraph,
    Preformatted,
    Table,
    plain,
)
from synergy_lib.reporting.export.content.outputs import read_output

OWN = "application/vnd.synergy.{}+json"


def read(data, **options):
    output = {"output_type": "display_data", "metadata": {}, "data": data}
    return read_output(output, where="单元格 1", **options)


def own(kind, body, **others):
    (block,) = read({OWN.format(kind): body, "text/plain": "", **others})
    return block


def table(**changes):
    body = {"columns": [{"label": "a"}, {"label": "b", "unit": "t"}], "rows": []}
    return own("table", body | changes)


def test_stream_and_error_without_colours():
    (block,) = read_output(
        {"output_type": "stream", "text": ["\x1b[31m红\x1b[0m\n", "\tx\n"]}, where=""
    )
    assert block == Preformatted("红\n    x", "output")
    (block,) = read_output(
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}, where=""
    )
    assert block == Preformatted("E: v", "error")
    assert read_output({"output_type": "stream", "text": " \n"}, where="") == []


def test_priority_of_foreign_kinds(cells):
    everything = {
        "text/plain": "p", "text/latex": "$x$",
        "text/html": "<table><tr><td>1</td></tr></table>",
        "image/jpeg": "bad", "image/png": cells.png(),
        "image/svg+xml": cells.svg(), "text/markdown": "m",
    }  # fmt: skip
    kinds = []
    for mime in ("text/markdown", "image/svg+xml", "image/png", "text/html",
                 "text/latex", "text/plain"):  # fmt: skip
        (block,) = read(everything)
        kinds.append(type(block))
        del everything[mime]
    assert kinds == [Paragraph, Figure, Figure, Table, Formula, Preformatted]
    assert read(everything) == []


def test_html_that_only_a_script_would_fill_falls_back_to_text():
    (block,) = read({"text/html": "<script>draw()</script>", "text/plain": "图表"})
    assert block == Preformatted("图表")


def test_alt_text_from_the_output(cells):
    output = {"output_type": "display_data", "data": {"image/png": cells.png()},
              "metadata": {"image/png": {"alt": "点"}}}  # fmt: skip
    (figure,) = read_output(output, where="")
    assert figure.alt == "点"


def test_card():
    card = own(
        "headline",
        {
            "title": "t", "year": 2024, "badges": [{"label": "l", "value": None}],
            "lines": ["x", ""], "columns": [{"title": "c", "items": [{"head": "h"}]}],
        },
    )  # fmt: skip
    assert isinstance(card, Card)
    assert card.year == "2024"
    assert card.badges[0].value == "–"
    assert card.badges[0].colour == "none"
    assert card.lines == ("x",)
    assert card.columns[0].items[0].head == "h"


def test_table_missing_values_and_alignment():
    block = table(rows=[["甲", 1.5], ["乙", None], ["丙", float("nan")]])
    assert [column.align for column in block.columns] == ["left", "right"]
    assert [plain(row[1].content) for row in block.rows] == ["1.5", "–", "–"]
    assert plain(block.header[0][1].content) == "b（t）"


def test_table_unit_in_english_and_without_unit():
    body = {"columns": [{"label": "a", "unit": "1"}, {"label": "b", "unit": "t"}]}
    (block,) = read({OWN.format("table"): body}, language="en")
    assert [plain(cell.content) for cell in block.header[0]] == ["a", "b (t)"]


def test_table_cells_with_colour_bold_and_lines():
    cell = {"text": "红\n线", "colour": "red", "bold": True}
    block = table(rows=[[cell, ""]])
    assert block.rows[0][0].colour == "red"
    assert block.rows[0][0].bold
    assert plain(block.rows[0][0].content) == "红\n线"


def test_table_with_two_header_rows():
    block = table(header_rows=2, rows=[["x", "y"], ["1", "2"]])
    assert len(block.header) == 2
    assert len(block.rows) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns": []}, "没有列"),
        ({"columns": {}}, "列表"),
        ({"columns": ["a"]}, "对象"),
        ({"rows": [["a"]]}, "1 格"),
        ({"rows": ["ab"]}, "0 格"),
        ({"columns": [{"label": "a", "align": "middle"}]}, "middle"),
        ({"columns": [{"label": "a", "width": -1}]}, "-1"),
        ({"rows": [["a", {"text": "b", "colour": "blue"}]]}, "blue"),
    ],
)
def test_wrong_table_is_refused_with_its_place(changes, said):
    with pytest.raises(ExportError, match=said) as caught:
        table(**changes)
    assert "单元格 1" in str(caught.value)


def test_figure(cells):
    block = own("figure", {"caption": "c", "width_pct": 50},
                **{"image/svg+xml": cells.svg()})  # fmt: skip
    assert isinstance(block, Figure)
    assert block.alt == "c"
    assert block.width_pct == 50


@pytest.mark.parametrize(
    ("body", "beside", "said"),
    [
        ({"caption": "c"}, {}, "image/svg"),
        ({"caption": "c"}, {"image/svg+xml": "<svg"}, "image/svg"),
        ({}, {"image/svg+xml": "ok"}, "替代文字"),
        ({"alt": "a", "width_pct": 5}, {"image/svg+xml": "ok"}, "width_pct"),
    ],
)
def test_wrong_figure_is_refused(cells, body, beside, said):
    beside = {k: cells.svg() if v == "ok" else v for k, v in beside.items()}
    with pytest.raises(ExportError, match=said):
        own("figure", body, **beside)


def test_callout_and_page_break():
    assert own("callout", {"text": "x"}) == Callout("info", "说明", "x")
    assert own("pagebreak", {}) == PageBreak()
    with pytest.raises(ExportError, match="danger"):
        own("callout", {"kind": "danger"})


def test_unknown_own_kind_and_wrong_body():
    with pytest.raises(ExportError, match="不认识"):
        own("chart", {})
    with pytest.raises(ExportError, match="JSON 对象"):
        own("table", [])
