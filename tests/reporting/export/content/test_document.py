import pytest

from synergy_lib.errors import ExportError
from synergy_lib.reporting.export.content.blocks import (
    Attachment,
    Figure,
    Heading,
    Preformatted,
    Table,
)
from synergy_lib.reporting.export.content.document import read_notebook


def table(caption="c"):
    return {"caption": caption, "columns": [{"label": "a"}], "rows": [["1"]]}


def labels(document):
    return [b.label for b in document.blocks if isinstance(b, (Table, Figure))]


def test_code_and_parameters_are_not_shown(build, cells):
    out = {"output_type": "stream", "name": "stdout", "text": "x"}
    hidden = [
        cells.code(out, tags=(tag,))
        for tag in ("parameters", "injected-parameters", "remove-cell", "hide-output")
    ]
    shown = cells.code(out, source="a = 1", tags=("show-input",))
    document = read_notebook(build(*hidden, cells.code(source="b"), shown))
    assert document.blocks == (Preformatted("a = 1", "code"), Preformatted("x"))


def test_printed_outputs_of_one_cell_are_joined(build, cells):
    out = {"output_type": "stream", "name": "stdout", "text": "x\n"}
    document = read_notebook(build(cells.code(out, out)))
    assert document.blocks == (Preformatted("x\nx"),)


def test_numbering_by_language(build, cells):
    figure = cells.own("figure", {"caption": "f"}, **{"image/svg+xml": cells.svg()})
    parts = [cells.own("table", table()), figure, cells.own("table", table("")), figure]
    chinese = read_notebook(build(*parts, language="zh"))
    assert labels(chinese) == ["表 1", "图 1", "", "图 2"]
    english = read_notebook(build(*parts, language="en"))
    assert labels(english) == ["Table 1", "Figure 1", "", "Figure 2"]


def test_language_is_guessed_from_the_text(build, cells):
    assert read_notebook(build(cells.markdown("# 报告"))).language == "zh"
    assert read_notebook(build(cells.markdown("# A report"))).language == "en"
    with pytest.raises(ExportError, match="language"):
        read_notebook(build(language="fr"))


def test_title_from_heading_metadata_and_name(build, cells):
    heading = cells.markdown("# 甲\n\n正文")
    document = read_notebook(build(heading), name="n")
    assert (document.overline, document.title) == ("", "甲")
    assert not any(isinstance(block, Heading) for block in document.blocks)
    document = read_notebook(build(heading, title="乙"))
    assert (document.overline, document.title) == ("甲", "乙")
    assert read_notebook(build(cells.markdown("x")), name="n").title == "n"
    assert read_notebook(build()).title == "Notebook"


def test_title_may_follow_the_card_but_not_another_heading(build, cells):
    card = cells.own("headline", {"title": "x"})
    document = read_notebook(build(card, cells.markdown("# 甲\n\n## 乙")))
    assert document.title == "甲"
    assert len(document.blocks) == 2
    two = read_notebook(build(card, cells.markdown("# 甲\n\n# 乙")), name="n")
    assert two.title == "n"
    late = read_notebook(build(cells.markdown("## 甲\n\n# 乙")), name="n")
    assert late.title == "n"


def test_heading_levels_leave_none_out(build, cells):
    source = "# t\n\n## a\n\n#### b\n\n###### c\n\n## d\n\n### e"
    document = read_notebook(build(cells.markdown(source)))
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    assert [heading.level for heading in headings] == [1, 2, 3, 1, 2]
    assert len({heading.anchor for heading in headings}) == 5


def test_enterprise_and_year_come_from_the_card(build, cells):
    card = cells.own("headline", {"enterprise": "甲公司", "year": "2024"})
    document = read_notebook(build(card, park="园区"))
    assert (document.park, document.enterprise, document.year) == (
        "园区", "甲公司", "2024",
    )  # fmt: skip


def test_every_problem_is_reported(build, cells):
    wrong = cells.own("table", {"columns": []})
    with pytest.raises(ExportError) as caught:
        read_notebook(build(wrong, cells.markdown("x"), wrong))
    assert [p.where.split()[1] for p in caught.value.problems] == ["1", "3"]


def test_attachments_from_metadata_and_caller(build):
    notebook = build(
        attachments=[
            {"name": "a.txt", "text": "甲"},
            {"name": "b.json", "json": {"x": 1}},
            {"name": "c.bin", "data": "QUJD"},
        ]
    )
    more = Attachment("d", b"d")
    document = read_notebook(notebook, attachments=[more])
    data = [attachment.data for attachment in document.attachments]
    assert data == ["甲".encode(), b'{"x": 1}', b"ABC", b"d"]
    with pytest.raises(ExportError, match="附件"):
        read_notebook(build(attachments=[{"text": "x"}]))


def test_wrong_date_and_format_are_refused(build):
    with pytest.raises(ExportError, match="YYYY"):
        read_notebook(build(date="20.11.2026"))
    with pytest.raises(ExportError, match="nbformat"):
        read_notebook({"worksheets": []})


def test_plain_json_and_notebook_nodes_give_the_same(sample_notebook):
    nbformat = pytest.importorskip("nbformat")
    node = nbformat.from_dict(sample_notebook)
    assert read_notebook(node) == read_notebook(sample_notebook)


def test_sources_may_be_lists_of_lines(build, cells):
    document = read_notebook(build(cells.markdown(["# 甲\n", "\n", "乙"])))
    assert document.title == "甲"


def test_missing_parts_give_an_empty_document(build):
    assert read_notebook(build()).blocks == ()
