import re
from unicodedata import east_asian_width

import numpy as np
import pytest

from synergy_lib.techniques.basis import describe_status
from synergy_lib.techniques.effects import estimate_effects

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    ("technique", "chinese", "english"),
    [
        (
            "T41",
            "废水 100,000 m³ × 5% [P] × 省热 1.08 GJ/m³、增电 0.035 MWh/m³ [P]",
            "waste water 100,000 m³ × 5% [P] × heat −1.08 GJ/m³, "
            "grid electricity +0.035 MWh/m³ [P]",
        ),
        (
            "T02",
            "受影响 20% [P]：外购热 100,000 GJ × 省 30%；外购电 20,000 MWh × 省 17%；"
            "新鲜溶剂 500 t × 省 40% [P]",
            "20% [P] of heat 100,000 GJ × −30%; grid electricity 20,000 MWh × −17%; "
            "fresh solvent 500 t × −40% [P]",
        ),
        (
            "T06",
            "(溶剂 2,000 − 已回收 1,500) t × 20% [P] × (省溶剂 1 t、减危废 0.5 t、"
            "减碳 1.1 tCO2、增热 2.69 GJ、增电 0.1 MWh)/t [C, P]",
            "(solvent 2,000 − recovered 1,500) t × 20% [P] × "
            "(fresh solvent −1 t, hazardous waste −0.5 t, CO2e −1.1 tCO2, "
            "heat +2.69 GJ, grid electricity +0.1 MWh)/t [C, P]",
        ),
        (
            "T44",
            "(外购电 20,000 − 绿电 1,000) MWh × 30% [P] × 增绿电 1 MWh/MWh",
            "(grid electricity 20,000 − green power 1,000) MWh × 30% [P] × "
            "green power +1 MWh/MWh",
        ),
    ],
)
def test_sentences_name_own_figure_share_and_coefficients(
    panel, accounts, factors, catalogue, technique, chinese, english
):
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    row = table.set_index("technique_id").loc[technique]
    assert row["basis"] == chinese
    assert row["basis_en"] == english


def test_sentences_fit_a_table_cell(panel, accounts, factors, catalogue):
    """At most 60 characters, counting a Latin letter or digit as half a Chinese one."""
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    widths = [
        sum(1.0 if east_asian_width(c) in "WF" else 0.5 for c in text)
        for text in table["basis"]
    ]
    assert max(widths) <= 60
    assert max(table["basis"].str.len()) <= 100


def test_english_sentences_have_no_chinese(panel, accounts, factors, catalogue):
    table = estimate_effects(panel, accounts, factors, catalogue, 2022)
    assert not [text for text in table["basis_en"] if CHINESE.search(text)]


def test_parts_with_a_zero_base_are_left_out(panel, accounts, factors, catalogue):
    data = panel.assign(solvent_fresh_t=0.0)
    table = estimate_effects(data, accounts, factors, catalogue, 2022)
    text = table.set_index("technique_id").loc["T02", "basis"]
    assert text == (
        "受影响 20% [P]：外购热 100,000 GJ × 省 30%；外购电 20,000 MWh × 省 17%"
    )


def test_describe_status_names_the_failing_condition(catalogue):
    record = catalogue.techniques.loc["T18"]
    texts = [
        describe_status(
            lambda _: np.array([2.0]),
            record,
            np.array(["not_applicable"], object),
            np.array(["land_mu"], object),
            language=language,
        )[0]
        for language in ("zh", "en")
    ]
    assert texts == ["不适用：用地面积为 2", "Not applicable: Land area is 2"]
