import html
import json
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import mistune
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.display import (
    Column,
    ReportTable,
    escape_markdown,
    show_callout,
    show_each,
    show_figure,
    show_headline,
    show_table,
    show_text,
)
from synergy_lib.reporting.export import render_html, render_pdf
from synergy_lib.reporting.narrative.card import headline_card

MIME = "application/vnd.synergy.{}+json"


@pytest.fixture
def table():
    return ReportTable(
        "能耗",
        [Column("name", "项目", width=3.2), Column("n", "数量", "t", "right")],
        [["煤", "1"], ["气", {"text": "2", "bold": True}]],
        ["注"],
    )


def notebook(*bundles):
    """Return an executed notebook with one output a cell."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "synergy": {"title": "报告", "language": "zh", "date": "2024-12-31"}
        },
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "execution_count": 1,
                "metadata": {},
                "source": "",
                "outputs": [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": bundle._repr_mimebundle_(),
                    }
                ],
            }
            for number, bundle in enumerate(bundles)
        ],
    }


def test_show_table_has_the_agreed_form(table):
    content = show_table(table).data[MIME.format("table")]
    assert content == {
        "kind": "table",
        "caption": "能耗",
        "header_rows": 1,
        "columns": [
            {"key": "name", "label": "项目", "unit": "", "align": "left", "width": 3.2},
            {"key": "n", "label": "数量", "unit": "t", "align": "right"},
        ],
        "rows": [["煤", "1"], ["气", {"text": "2", "bold": True}]],
        "notes": ["注"],
    }


def test_show_table_reads_as_plain_text_too(table):
    assert show_table(table).data["text/plain"] == "项目\t数量\n煤\t1\n气\t2"


def test_a_table_without_rows_is_still_a_table_in_every_format(table):
    page = render_html(notebook(show_table(replace(table, rows=[]))))
    assert "能耗" in page
    assert "项目" in page


def test_show_headline_reads_as_plain_text_too():
    card = {"title": "结论", "badges": [{"label": "得分", "value": "71.3"}]}
    bundle = show_headline({**card, "lines": ["句子。"]})
    assert bundle.data[MIME.format("headline")]["badges"][0]["value"] == "71.3"
    assert bundle.data["text/plain"] == "结论\n得分: 71.3\n句子。"


def test_show_figure_carries_caption_and_alternative_text():
    figure, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    shown = show_figure(axes, caption="图题", alt="上升", width_pct=60, notes=["注"])
    content = shown.data[MIME.format("figure")]
    assert content == {
        "caption": "图题",
        "alt": "上升",
        "width_pct": 60,
        "notes": ["注"],
    }
    assert "<svg" in shown.data["image/svg+xml"]
    assert shown.data["text/plain"] == "图题: 上升"
    again = show_figure(figure, caption="图题", alt="上升")
    assert again.data["image/svg+xml"] == shown.data["image/svg+xml"]
    plt.close(figure)


def test_show_callout_has_the_agreed_form():
    data = show_callout("warning", "注意", "缺数据").data
    assert data[MIME.format("callout")] == {
        "kind": "warning",
        "title": "注意",
        "text": "缺数据",
    }
    assert data["text/plain"] == "注意: 缺数据"


def test_show_text_makes_a_paragraph_of_each_sentence():
    shown = show_text(["第一句。", "", "A_B*"])
    assert shown.data["text/markdown"] == "第一句。\n\nA\\_B\\*"
    assert show_text("一句。").data["text/markdown"] == "一句。"


def test_show_each_displays_in_order(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    outputs = [show_text("一"), show_text("二")]
    show_each(outputs)
    assert shown == outputs


@given(st.text(st.characters(codec="ascii")))
def test_escaped_markdown_reads_as_it_was_written(text):
    page = mistune.html(escape_markdown(text))
    assert html.unescape(re.sub(r"</?p>", "", page)).split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "- x",
        "1. x",
        "---",
        "x\n---",
        "a\n===",
        "x\n\n    code",
        "http://x.y/a_b",
        "|a|b",
    ],
)
def test_prose_from_the_data_starts_no_block_and_no_link(text):
    page = render_html(notebook(show_text(text)))
    body = re.search(r"<main>(.*)</main>", page, re.DOTALL).group(1)
    assert body.strip() == f"<p>{' '.join(text.split())}</p>"


def test_every_bundle_is_json(table, make_enterprise):
    bundles = [
        show_table(table),
        show_text("句"),
        show_callout("info", "a", "b"),
        show_headline(headline_card(make_enterprise())),
    ]
    for bundle in bundles:
        assert json.loads(json.dumps(bundle.data, allow_nan=False)) == bundle.data


@pytest.fixture
def hostile_report(hostile, table, make_enterprise):
    """Return a notebook that names hostile enterprises wherever a name can stand."""
    card = headline_card(
        make_enterprise(enterprise={"enterprise_name": " ".join(hostile)})
    )
    rows = [[name, "1"] for name in hostile]
    return notebook(
        show_headline(card),
        show_table(replace(table, rows=rows)),
        show_text([f"企业 {name}。" for name in hostile]),
        show_callout("info", hostile[0], hostile[3]),
    )


def test_hostile_names_are_only_text_in_html(hostile_report, hostile):
    page = render_html(hostile_report)
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "49" not in html.unescape(page).split("<body")[1].replace("&", "")
    for name in hostile:
        assert html.unescape(page).count(name) >= 3, name


def test_hostile_names_are_only_text_in_pdf(hostile_report, hostile):
    document = pypdfium2.PdfDocument(render_pdf(hostile_report))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    plain = "".join(text.split()).replace("\ufffe", "")
    for name in hostile:
        assert "".join(name.split()) in plain, name
