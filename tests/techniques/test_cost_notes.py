import math

import pytest

from synergy_lib.techniques.cost_notes import (
    PRICE_LABELS,
    economics_explanation,
    economics_note,
)

PAID = {
    "investment_mode_10k_cny": 100.0,
    "annual_saving_mode_10k_cny": 25.0,
    "payback_mode_years": 4.0,
    "lifetime_years": 10.0,
    "co2e_mode_t": 50.0,
    "missing_prices": "",
    "saving_gap": "",
    "abatement_reason": "",
    "investment_origin": "catalogue",
    "capex_note": "依据",
    "opex_fraction": 0.03,
    "size_note": "",
}
NONE = math.nan
NO_SAVING = {"annual_saving_mode_10k_cny": NONE}
NO_INVESTMENT = {"investment_mode_10k_cny": NONE, "investment_origin": ""}


@pytest.mark.parametrize(
    ("changes", "chinese", "english"),
    [
        ({}, "", ""),
        (NO_INVESTMENT, "无法计算：缺投资额", "not computable: no investment"),
        (
            {**NO_INVESTMENT, **NO_SAVING, "saving_gap": "not_estimated"},
            "无法计算：缺投资额、效益数据",
            "not computable: no investment, effect",
        ),
        (
            {**NO_SAVING, "missing_prices": "heat_cny_per_gj;water_cny_per_m3"},
            "无法计算：缺热价、水价",
            "not computable: no heat price, water price",
        ),
        (
            {**NO_SAVING, "missing_prices": ";".join(list(PRICE_LABELS)[:3])},
            "无法计算：缺多项价格",
            "not computable: no prices",
        ),
        (
            {**NO_SAVING, "saving_gap": "energy_saving"},
            "无法计算：缺能源节约量",
            "not computable: no energy saving",
        ),
        (NO_SAVING, "无法计算：缺年净节约", "not computable: no net saving"),
        (
            {"annual_saving_mode_10k_cny": 0.0, "payback_mode_years": math.inf},
            "无净节约，不能回收",
            "no net saving, never repaid",
        ),
        (
            {"payback_mode_years": 10.1},
            "寿命期内不能回收",
            "not repaid within its life",
        ),
        (
            {"co2e_mode_t": NONE, "abatement_reason": "缺减排量"},
            "缺减碳量，无单位成本",
            "no CO2e figure, no unit cost",
        ),
        (
            {"co2e_mode_t": -1.0, "abatement_reason": "减排量不为正"},
            "不减碳，无单位成本",
            "no CO2e cut, no unit cost",
        ),
    ],
)
def test_economics_note(changes, chinese, english):
    row = {**PAID, **changes}
    assert economics_note(row, "zh") == chinese
    assert economics_note(row, "en") == english
    assert len(chinese) <= 16


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "投资按建议单价 [P]：依据；年运维费按投资的3%计 [P]。"),
        ({"opex_fraction": 0.0}, "投资按建议单价 [P]：依据。"),
        ({"investment_origin": "enterprise"}, "投资额为企业填报。"),
        (
            {**NO_INVESTMENT, "opex_fraction": NONE},
            "企业未填投资额；依据。",
        ),
        (
            {**NO_INVESTMENT, "opex_fraction": NONE, "capex_note": ""},
            "企业未填投资额；技术清单没有可引用的单位投资。",
        ),
        (NO_INVESTMENT, "企业未填投资额；规模未知，不能按技术清单的建议单价推算。"),
        (
            {"investment_origin": "enterprise", "payback_mode_years": 20.0},
            "投资额为企业填报；回收期超过寿命 10 年。",
        ),
        (
            {
                **NO_SAVING,
                "investment_origin": "enterprise",
                "missing_prices": "heat_cny_per_gj",
            },
            "投资额为企业填报；运行参数没有价格：热价 heat_cny_per_gj。",
        ),
    ],
)
def test_economics_explanation(changes, sentence):
    assert economics_explanation({**PAID, **changes}) == sentence
