import base64
import hashlib
import html
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from synergy_lib.reporting.output.portal import portal_html

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome", "chrome")
        if (found := shutil.which(name))
    ),
    None,
)
FILES = {
    "0007": ("enterprises/0007/diagnostic.pdf", "enterprises/0007/diagnostic.html"),
    "0008": ("enterprises/企业 #8/diagnostic.ipynb",),
}
# Search for "药", then sort by score twice; what the page shows goes into its title.
DRIVER = """
const visible = () => [...document.querySelectorAll("#reports tbody tr")]
  .filter((row) => !row.hidden).map((row) => row.cells[0].textContent).join(",");
const seen = [visible(), document.getElementById("count").textContent];
const search = document.getElementById("search");
const type = (words) => { search.value = words; search.dispatchEvent(new Event("input")); };
type("  乙药 "); seen.push(visible(), document.getElementById("count").textContent);
type("没有"); seen.push(visible());
type("");
const grade = document.getElementById("grade");
grade.value = "中"; grade.dispatchEvent(new Event("input")); seen.push(visible());
grade.value = ""; grade.dispatchEvent(new Event("input"));
const heads = document.querySelectorAll("#reports thead button");
for (const column of [3, 3, 2, 6]) { heads[column].click(); seen.push(visible()); }
seen.push(heads[6].parentElement.getAttribute("aria-sort"));
document.title = seen.join("|");
"""


def make_page(park, **changes):
    given = {
        "park_files": ["park/park_annual_report.pdf"],
        "enterprise_files": FILES,
        "table_files": ["tables/企业得分与排名.xlsx"],
        "errors": {"0009": "单元格 [3] ValueError: <x>"},
    }
    return portal_html(park, **{**given, **changes})


class Page(HTMLParser):
    """Collects tags with their attributes, and the text of scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts, self._inside = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts.append(data)


@pytest.fixture
def page(make_park):
    return make_page(make_park())


def test_policy_allows_exactly_the_script_in_the_page(page):
    scripts = Page(page).scripts
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html.unescape(page)
    assert "default-src 'none'" in html.unescape(page)


def test_page_asks_nothing_of_the_network(page):
    assert not re.search(r"https?:|(?:src|href)\s*=\s*[\"']//|@import|url\(", page)
    for tag, attributes in Page(page).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "form", "base")
        assert not any(name.startswith("on") for name in attributes)


def test_links_are_relative_and_percent_encoded(page):
    links = [a["href"] for tag, a in Page(page).tags if tag == "a"]
    assert links == [
        "park/park_annual_report.pdf",
        "tables/%E4%BC%81%E4%B8%9A%E5%BE%97%E5%88%86%E4%B8%8E%E6%8E%92%E5%90%8D.xlsx",
        "enterprises/0007/diagnostic.pdf",
        "enterprises/0007/diagnostic.html",
        "enterprises/%E4%BC%81%E4%B8%9A%20%238/diagnostic.ipynb",
    ]
    assert ">企业得分与排名</a>" in page
    assert ">Notebook</a>" in page


def test_a_file_name_cannot_be_a_script(make_park):
    page = make_page(make_park(), enterprise_files={"0007": ["javascript:alert.pdf"]})
    assert 'href="javascript%3Aalert.pdf"' in page


def test_numbers_to_sort_by_are_numbers_and_missing_is_empty(page):
    values = [a["data-value"] for tag, a in Page(page).tags if "data-value" in a]
    rows = np.array(values).reshape(3, 4).tolist()
    assert rows == [
        ["2.0", "71.26", "-1.25", "2080.0"],
        ["1.0", "91.0", "0.6", "150000.0"],
        ["", "55.0", "", ""],
    ]


def test_missing_reads_as_a_dash(page):
    last = page.split("<tr data-grade=")[3]
    shown = re.findall(r'<td class="n"[^>]*>([^<]*)</td>', last)
    assert shown == ["–", "55.0", "–", "–"]


def test_cards_count_enterprises_by_colour(page):
    cards = re.findall(r"<li><b>([^<]*)</b><span>([^<]*)</span></li>", page)
    assert cards == [("3", "企业"), ("1", "绿"), ("1", "黄"), ("0", "红"), ("1", "灰")]


def test_a_failed_report_says_why(page):
    assert '<span class="failed">单元格 [3] ValueError: &lt;x&gt;</span>' in page


def test_only_invented_data_are_marked_so(make_park, page):
    assert "虚构" not in page
    assert "演示数据（虚构）" in make_page(make_park(meta={"is_invented": True}))


def test_english_page_has_no_chinese_but_names(make_park, page):
    park = make_park("en", meta={"park_name": "Tiny", "data_source": "test"})
    park = replace(
        park,
        meta={**park.meta, "scheme_title": "Scheme"},
        enterprises=park.enterprises.assign(enterprise_name=["One", "Two", "Three"]),
    )
    english = make_page(park, table_files=[], errors={})
    assert re.findall(r"[一-鿿]", english.replace("企业 #8", "")) == []
    assert '<html lang="en">' in english
    assert '<html lang="zh-CN">' in page


def test_hostile_names_are_escaped(make_park, hostile):
    park = make_park(meta={"park_name": hostile[0], "data_source": hostile[2]})
    names = [" ".join(hostile), '"><img src=x onerror=alert(1)>', "' onload='x"]
    park = replace(park, enterprises=park.enterprises.assign(enterprise_name=names))
    page = make_page(park, errors={"0008": hostile[0]})
    assert page.count("<script>") == 1
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "49" not in page.split("<tbody>")[1]
    for name in names:
        assert name in html.unescape(page)
    tags = Page(page).tags
    assert {name for _, attributes in tags for name in attributes} <= {
        *("lang", "charset", "name", "content", "http-equiv", "class", "href", "id"),
        *("type", "autocomplete", "value", "aria-live", "scope"),
        *("data-grade", "data-colour", "data-value"),
    }


def test_demo_page_has_a_row_for_every_enterprise(parks_by_language, language):
    park = parks_by_language[language]
    page = portal_html(
        park, park_files=[], enterprise_files={}, table_files=[], errors={}
    )
    assert page.count("<tr data-grade=") == 82
    options = re.findall(r"<option>([^<]*)</option>", page)
    grades = {"zh": "数据不足", "en": "too few data"}
    assert grades[language] in options
    assert len(options) == 6 + 4


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium in PATH")
def test_search_filter_and_sorting_work_in_a_browser(make_park, tmp_path):
    """The page's own script must run under its policy; the driver is let in beside."""
    page = make_page(make_park())
    digest = base64.b64encode(hashlib.sha256(DRIVER.encode()).digest()).decode()
    page = page.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    page = page.replace("</body>", f"<script>{DRIVER}</script></body>")
    file = Path(tmp_path / "index.html")
    file.write_bytes(page.encode())
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *(f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()),
    ]
    run = subprocess.run(command, capture_output=True, timeout=60, check=True)
    title = re.search(r"<title>(.*?)</title>", run.stdout.decode()).group(1)
    assert title.split("|") == [
        *("0007,0008,0009", "3 / 3"),
        *("0008", "1 / 3"),
        "",
        "0007",
        "0009,0007,0008",  # score, rising
        "0008,0007,0009",  # score, falling
        "0008,0007,0009",  # rank, the one without a rank last
        "0007,0008,0009",  # change, rising: −1.25, +0.6, none
        "ascending",
    ]


def test_reports_older_than_the_data_and_a_failed_park_report_are_marked(make_park):
    park = make_park()
    page = make_page(park, errors={"park": "坏了"}, outdated={"park", "0008"})
    head, table = page.split("<tbody>")
    assert head.count("报告早于当前数据") == 1
    assert "坏了" in head
    assert table.count("报告早于当前数据") == 1
    assert "报告早于当前数据" not in make_page(park, errors={})
