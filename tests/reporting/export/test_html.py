import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.blocks import Document, Paragraph, Run
from synergy_lib.reporting.export.content.document import read_notebook
from synergy_lib.reporting.export.html import draw_html

VOID = {"meta", "br", "hr", "img", "col", "link", "input"}


class Seen(HTMLParser):
    """Every element, every attribute, and whether elements are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text(sample_notebook):
    return draw_html(read_notebook(sample_notebook))


def test_nothing_runs_and_nothing_is_loaded(text):
    seen = Seen(text)
    assert not {"script", "iframe", "object", "embed", "link", "form"} & set(seen.tags)
    for tag, name, value in seen.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ("src", "href"):
            assert value.startswith("#" if value[0] == "#" else ("data:", "https://"))
            assert tag == "a" or value.startswith("data:image/")


def test_policy_allows_only_the_style_inside(text):
    policy = re.search('Content-Security-Policy" content="([^"]+)"', text)[1]
    assert policy.startswith("default-src &#39;none&#39;")
    assert "script" not in policy
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" in policy
    assert "unsafe" not in policy
    assert "http" not in style


def test_language_title_headings_and_alternative_texts(text):
    seen = Seen(text)
    assert ("html", "lang", "zh-CN") in seen.attributes
    assert seen.tags.count("h1") == 1
    assert "<h2" in text
    alts = [value for tag, name, value in seen.attributes if name == "alt"]
    assert len(alts) == seen.tags.count("img")
    assert all(alts)
    scopes = {v for tag, name, v in seen.attributes if (tag, name) == ("th", "scope")}
    assert scopes == {"col", "row", "colgroup"}


def test_same_numbers_and_marks_as_the_pdf(text):
    for words in ("表 1", "表 2", "表 3", "图 1", "演示数据（虚构）", "ZJ-2024-E001"):
        assert words in text
    assert '<span class="chip red">红</span>' in text


def test_data_is_text(text):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "alert(1)" not in text.replace("&gt;alert(1)&lt;", "")


def test_attachment_can_be_saved(text):
    assert 'download="source.json"' in text


def test_two_exports_are_identical(sample_notebook, text):
    assert draw_html(read_notebook(sample_notebook)) == text


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/=scriptonclick{}%# 中\n`")))
def test_any_text_is_escaped(hostile):
    runs = Run(hostile, href="https://a.cn"), Run(hostile, bold=True)
    document = Document(
        hostile, "en", (Paragraph(runs),), subtitle=hostile, footer=hostile
    )
    seen = Seen(draw_html(document))
    assert "script" not in seen.tags
    assert not [name for _, name, _ in seen.attributes if name.startswith("on")]


def test_english(build, cells):
    notebook = build(cells.markdown("# T\n\ntext"), demo=True, language="en")
    text = draw_html(read_notebook(notebook))
    assert '<html lang="en">' in text
    assert "Demonstration data (fictional)" in text


def test_badge_that_is_a_colour_word_is_shown_once(build, cells):
    badge = {"label": "颜色", "value": "红", "colour": "red"}
    text = draw_html(
        read_notebook(build(cells.own("headline", {"badges": [badge]}), language="zh"))
    )
    assert '<p class="value"><span class="chip red">红</span></p>' in text
