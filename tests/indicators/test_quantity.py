import numpy as np

from synergy_lib.indicators.quantity import (
    MISSING,
    UNDEFINED,
    Quantity,
    combine,
    constant,
    divide,
    not_positive,
)


def test_without_makes_rows_missing_and_keeps_the_reason():
    quantity = constant(2.0, 3).without(np.array([True, False, False]), MISSING, "煤")
    assert np.isnan(quantity.values).tolist() == [True, False, False]
    assert [(gap.kind, gap.text) for gap in quantity.gaps] == [(MISSING, "煤")]


def test_without_nothing_changes_nothing():
    quantity = constant(2.0, 2)
    assert quantity.without(np.array([False, False]), MISSING, "煤") is quantity


def test_excused_drops_the_reason_only_on_the_rows_named():
    mask = np.array([True, True])
    quantity = constant(1.0, 2).without(mask, MISSING, "煤")
    excused = quantity.excused(np.array([True, False]))
    assert excused.gaps[0].mask.tolist() == [False, True]


def test_divide_zero_and_negative_denominators_are_undefined_not_infinite():
    top, bottom = constant(6.0, 3), Quantity(np.array([3.0, 0.0, -2.0]), "产量")
    result = divide(top, bottom)
    assert result.values[0] == 2.0
    assert np.isnan(result.values[1:]).all()
    assert [gap.text for gap in result.gaps] == ["分母为零（产量）", "分母为负（产量）"]


def test_not_positive_uses_the_columns_own_text():
    value_added = Quantity(np.array([0.0, -1.0]), "增加值", positive_text="不评级")
    result = not_positive(value_added)
    assert [(g.kind, g.text) for g in result.gaps] == [(UNDEFINED, "不评级")]
    assert result.gaps[0].mask.tolist() == [True, True]


def test_combine_inherits_gaps_and_flags_of_all_parts():
    first = constant(1.0, 1).without(np.array([True]), MISSING, "a")
    second = constant(1.0, 1).without(np.array([True]), MISSING, "b")
    joined = combine(first.values + second.values, "和", first, second)
    assert [gap.text for gap in joined.gaps] == ["a", "b"]
