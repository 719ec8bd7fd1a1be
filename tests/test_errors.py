"""Problems and how they read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib import errors
from synergy_lib.errors import InputDataError, Problem, SynergyError, nearest, quote


def test_a_problem_is_one_line():
    problem = Problem(
        "park.xlsx S!D17", "“天然汽”\n未知", "名称", nearest("天然汽", ["天然气"])
    )
    assert (
        str(problem) == "park.xlsx S!D17：“天然汽” 未知；应为：名称；最接近的是“天然气”"
    )
    assert str(Problem("a", "b")) == "a：b"


@given(st.text(), st.text(), st.text(), st.text())
def test_a_problem_is_printable_whatever_it_quotes(where, what, expected, hint):
    line = str(Problem(where, what, expected, hint))
    assert line.isprintable()
    assert len(line.splitlines()) <= 1


def test_terminal_codes_are_spelt_out():
    assert str(Problem("a", "\x1b[2J\u202ex")) == "a：\\x1b[2J\\u202ex"


def test_errors_keep_their_problems():
    error = InputDataError([Problem("a", "b"), "c"])
    assert error.problems == (Problem("a", "b"), "c")
    assert str(error) == "a：b\nc"
    assert SynergyError("one").problems == ("one",)
    assert SynergyError(Problem("a", "b")).problems == (Problem("a", "b"),)
    assert InputDataError(str(n) for n in range(3)).problems == ("0", "1", "2")


@pytest.mark.parametrize("name", [n for n in errors.__all__ if n.endswith("Error")])
def test_every_error_is_a_synergy_error(name):
    assert issubclass(getattr(errors, name), SynergyError)


def test_nearest():
    assert nearest("LANGAGE", ["language", "seed"]) == "最接近的是“language”"
    assert nearest("zzz", ["language"]) == ""
    assert nearest("a", []) == ""
    assert nearest("x" * 30_000, ["language"]) == ""


def test_quote_cuts_and_flattens():
    assert quote("a\n b") == "“a b”"
    assert quote("x" * 100) == "“" + "x" * 60 + "…”"
    assert quote(12) == "“12”"
