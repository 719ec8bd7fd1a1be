import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.reporting.export.content.maths import read_formula


def text_of(source):
    return "".join(run.text for run in read_formula(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"$\alpha \le \beta$", "α ≤ β"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{a+1}{b_2}", "(a+1)/(b2)"),
        (r"\sqrt{x+y}", "√(x+y)"),
        (r"$$\sum_{i=1}^{n} AD_i \times EF_i$$", "∑i=1n ADi × EFi"),
        (r"\text{CO}_2", "CO2"),
        (r"\left( x \right)", "( x )"),
        (r"\begin{align} x &= 1 \\ y &= 2 \end{align}", " x = 1 \n y = 2 "),
        (r"a - b", "a − b"),
        (r"\unknowncommand{x}", "unknowncommandx"),
        ("{{{", ""),
        ("x^", "x"),
        ("", ""),
    ],
)
def test_formula_text(source, expected):
    assert text_of(source) == expected


def test_formula_scripts():
    runs = read_formula("x_{10}^2")
    assert [(run.text, run.script) for run in runs] == [
        ("x", ""),
        ("10", "sub"),
        ("2", "super"),
    ]


def test_script_takes_one_character_without_braces():
    runs = read_formula("CO_2e")
    assert [(run.text, run.script) for run in runs] == [
        ("CO", ""),
        ("2", "sub"),
        ("e", ""),
    ]


@given(st.text(alphabet=r"\{}^_ab$&frac sqrt", max_size=200))
def test_any_formula_is_read(source):
    for run in read_formula(source):
        assert run.text


def test_deep_nesting_is_read():
    assert "x" in text_of(r"\frac{" * 300 + "x" + "}" * 300)
