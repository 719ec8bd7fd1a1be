import json

from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.blocks import (
    Run,
    clean,
    collapse,
    plain,
    restyle,
    safe_address,
    tidy,
)


def test_clean_removes_what_only_disturbs():
    assert clean("a\x00b\x1b\u202ec\ufeff\u200bd\U000e0101") == "abcd"
    assert clean("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd\te"
    assert clean(None) == ""
    assert clean(12.5) == "12.5"


def test_clean_makes_radicals_searchable():
    assert clean("⽰⽤⼈⾏⽅") == "示用人行方"


def test_clean_replaces_half_a_surrogate_pair():
    assert clean("a\ud800b") == "a\ufffdb"


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_is_idempotent_and_can_be_encoded(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert json.loads(json.dumps(cleaned).encode("utf-8")) == cleaned
    cleaned.encode("utf-8")


def test_collapse_joins_white_space():
    assert collapse(" a\n\tb  c ") == "a b c"


def test_tidy_trims_edges_and_keeps_breaks():
    runs = tidy([Run("  a "), Run("\n"), Run(" b", bold=True), Run(""), Run("c ")])
    assert [run.text for run in runs] == ["a", "\n", "b", "c"]
    assert runs[2].bold
    assert not runs[3].bold


def test_restyle_changes_every_run():
    runs = restyle([Run("a"), Run("b", italic=True)], bold=True)
    assert [(run.bold, run.italic) for run in runs] == [(True, False), (True, True)]
    assert plain(runs) == "ab"


def test_safe_address_accepts_three_schemes():
    for good in ("https://a.cn/b?c=d#e", "http://a", "mailto:a@b.cn"):
        assert safe_address(good) == good
    for bad in (
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "//a",
        "a.md",
    ):
        assert safe_address(bad) == ""
    assert safe_address("https://a b") == ""
    assert safe_address('https://a"onclick="x') == ""
