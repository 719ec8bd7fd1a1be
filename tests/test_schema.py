"""The column contract."""

import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.schema import (
    SHEETS,
    code_labels,
    column_label,
    input_columns,
    load_columns,
    panel_years,
    require_columns,
)


def test_columns_are_complete_and_unique():
    table = load_columns()
    assert table.index.is_unique
    assert (table["label_zh"] != "").all()
    assert (table["label_en"] != "").all()
    assert set(table["dtype"]) == {"number", "text", "choice", "flag"}
    assert set(table["kind"]) == {"input", "derived"}
    inputs = table[table["kind"] == "input"]
    assert set(inputs["sheet"]) <= {*SHEETS, "register"}


def test_bounds_are_numbers_in_order():
    table = load_columns()
    low = pd.to_numeric(table["minimum"].replace("", "-inf"))
    high = pd.to_numeric(table["maximum"].replace("", "inf"))
    assert (low < high).all()
    assert (table.loc[table["dtype"].isin(["choice", "flag"]), "choices"] != "").all()


def test_labels_of_one_sheet_differ():
    for sheet in SHEETS:
        labels = input_columns(sheet)["label_zh"]
        assert labels.is_unique, sheet


@pytest.mark.parametrize(
    ("language", "with_unit", "label"),
    [
        ("zh", True, "外购电力（MWh）"),
        ("zh", False, "外购电力"),
        ("en", True, "Grid electricity purchased (MWh)"),
        ("en", False, "Grid electricity purchased"),
    ],
)
def test_column_label(language, with_unit, label):
    assert column_label("electricity_grid_mwh", language, with_unit=with_unit) == label


def test_column_label_without_unit_has_no_brackets():
    assert column_label("anaerobic_share") == "厌氧处理比例"
    assert column_label("enterprise_name") == "企业名称"


def test_require_columns():
    panel = pd.DataFrame({"a": [1]})
    require_columns(panel, ["a"], "method")
    with pytest.raises(InputDataError, match="method needs the columns b, c"):
        require_columns(panel, ["a", "b", "c"], "method")


@pytest.mark.parametrize(
    ("kind", "without_words"),
    [
        ("decoupling_state", []),
        ("decoupling_status", ["judged"]),
        ("decomposition_effect", []),
        ("decomposition_status", ["decomposed"]),
    ],
)
def test_result_codes_have_words_in_both_languages(kind, without_words):
    labels = code_labels(kind)
    assert labels.index.is_unique
    silent = labels[(labels == "").any(axis=1)]
    assert silent.index.tolist() == without_words
    for language in ("label_zh", "label_en"):
        assert labels[language].is_unique


def test_panel_years_are_in_order_or_the_panel_is_refused():
    rows = [("b", 2022), ("a", 2020), ("b", 2020)]
    index = pd.MultiIndex.from_tuples(rows, names=["enterprise_id", "year"])
    panel = pd.DataFrame({"co2e_t": 1.0}, index=index)
    assert panel_years(panel, 2022) == [2020, 2022]
    with pytest.raises(InputDataError, match="没有2021年的数据；应为：2020、2022"):
        panel_years(panel, 2021)
    with pytest.raises(InputDataError, match="企业 a：年份 2020 重复出现"):
        panel_years(pd.concat([panel, panel.iloc[1:2]]))
    with pytest.raises(InputDataError, match="没有数据行"):
        panel_years(panel.iloc[:0])
