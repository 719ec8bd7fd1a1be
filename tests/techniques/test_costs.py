import math

import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.techniques.costs import PRICES, check_prices
from synergy_lib.techniques.economics import abatement_cost, capital_recovery_factor
from synergy_lib.techniques.effects import estimate_effects
from synergy_lib.techniques.recommendation import recommend

GRID = 0.5153


def values(row, stem, unit):
    return [row[f"{stem}_{bound}_{unit}"] for bound in ("low", "mode", "high")]


def test_photovoltaics_saving_investment_and_payback(measures):
    """0.313 · 2237 = 700.181; 2237 · 0.07 − 0.015 · 700.181 = 146.087; 4.79 a.

    Payback low = 0.268 · 2237 / (2274 · 0.07 − 10.503) = 4.03, and high = 0.402 · 2237
    / (2200 · 0.07 − 10.503) = 6.27.
    """
    row = measures.loc["T18"]
    running = 0.015 * 0.313 * 2237
    saving = [154.0 - running, 156.59 - running, 159.18 - running]
    investment = [0.268 * 2237, 0.313 * 2237, 0.402 * 2237]
    assert saving[1] == pytest.approx(146.087, abs=1e-3)
    assert values(row, "annual_saving", "10k_cny") == pytest.approx(saving)
    assert values(row, "investment", "10k_cny") == pytest.approx(investment)
    payback = values(row, "payback", "years")
    assert payback == pytest.approx([4.032, 4.793, 6.267], abs=1e-3)
    cost = abatement_cost(investment[1], saving[1], 2237 * GRID, 0.08, 20)
    assert row["abatement_cost_cny_per_t"] == pytest.approx(cost)
    benefit = saving[1] - investment[1] * capital_recovery_factor(0.08, 20)
    assert row["net_benefit_10k_cny"] == pytest.approx(benefit)
    assert row["economics_note"] == ""


def test_vapour_recompression_payback(measures):
    """5000 m3/a evaporated at 250 CNY = 125 (10⁴ CNY), 3.75 a year to run.

    5385 GJ · 60 − 175 MWh · 700 = 20.06; 125 / (20.06 − 3.75) = 7.664 a. Low: 50 /
    (6060 · 0.006 − 125 · 0.07 − 3.75) = 2.096; high: 200 / (3770 · 0.006 − 225 · 0.07
    − 3.75) = 64.1.
    """
    row = measures.loc["T41"]
    assert values(row, "investment", "10k_cny") == pytest.approx([50, 125, 200])
    assert row["annual_saving_mode_10k_cny"] == pytest.approx(16.31)
    payback = values(row, "payback", "years")
    assert payback == pytest.approx([2.0956, 7.6640, 64.1026], abs=1e-3)


def test_condensate_payback(measures):
    """16 000 t/a · 40 CNY = 64; 4016 GJ · 60 + 16 000 m3 · 5 = 32.096; − 1.28 to run.

    64 / 30.816 = 2.077 a.
    """
    row = measures.loc["T22"]
    assert row["investment_mode_10k_cny"] == pytest.approx(64)
    assert row["annual_saving_mode_10k_cny"] == pytest.approx(30.816)
    assert row["payback_mode_years"] == pytest.approx(2.0768, abs=1e-4)
    assert row["investment_origin"] == "catalogue"
    assert row["economics_explanation"].startswith("投资按建议单价 [P]：")
    assert row["economics_explanation"].endswith("；年运维费按投资的2%计 [P]。")


def test_a_project_below_the_smallest_size_costs_as_much_as_that(
    panel, accounts, factors, catalogue, prices
):
    """100 GJ/a are built as 1000: 20 (10⁴ CNY); saving 0.6 − 0.4 = 0.2: 100 a."""
    data = panel.assign(waste_heat_potential_gj=5_200.0)
    effects = estimate_effects(data, accounts, factors, catalogue, 2022)
    table = recommend(effects, catalogue, prices=prices)
    row = table.set_index("technique_id").loc["T14"]
    assert row["project_size"] == pytest.approx(100)
    assert row["investment_mode_10k_cny"] == pytest.approx(20)
    assert row["payback_mode_years"] == pytest.approx(100)
    assert row["economics_note"] == "寿命期内不能回收"
    assert "按最小规模计" in row["economics_explanation"]


def test_natural_gas_is_priced_per_cubic_metre(measures):
    """4 (10⁴ Nm3) at 3.5 CNY/Nm3 = 14 (10⁴ CNY), less 2 % of 4 · 15 to run."""
    row = measures.loc["T42"]
    assert row["annual_saving_mode_10k_cny"] == pytest.approx(14 - 1.2)


def test_green_power_costs_its_premium_and_no_investment(measures):
    """5700 MWh · 30 CNY = 17.1 (10⁴ CNY) more to pay."""
    row = measures.loc["T44"]
    assert values(row, "annual_saving", "10k_cny") == pytest.approx([-17.1] * 3)
    assert values(row, "investment", "10k_cny") == [0, 0, 0]
    assert values(row, "payback", "years") == [math.inf] * 3
    assert row["economics_note"] == "无净节约，不能回收"


def test_saving_is_ordered_where_a_price_is_negative(effects, catalogue, prices):
    """Heat that costs nothing to get rid of: saving low is still the lowest."""
    table = recommend(effects, catalogue, prices={**prices, "heat_cny_per_gj": -10})
    row = table.set_index("technique_id").loc["T14"]
    saving = values(row, "annual_saving", "10k_cny")
    assert saving == sorted(saving)
    assert values(row, "payback", "years") == [math.inf] * 3


def test_a_missing_price_is_named_and_nothing_is_computed(effects, catalogue):
    table = recommend(effects, catalogue).set_index("technique_id")
    row = table.loc["T18"]
    assert math.isnan(row["annual_saving_mode_10k_cny"])
    assert row["investment_mode_10k_cny"] == pytest.approx(700.181)
    assert row["economics_note"] == "无法计算：缺电价"
    assert row["economics_note_en"] == "not computable: no electricity price"
    assert (
        "运行参数没有价格：电价 electricity_cny_per_mwh" in row["economics_explanation"]
    )
    assert table.loc["T22", "economics_note"] == "无法计算：缺热价、水价"
    assert table.loc["T06", "economics_note"] == "无法计算：缺多项价格"


def test_carbon_value_is_a_line_of_its_own(effects, catalogue, prices):
    table = recommend(effects, catalogue, prices={**prices, "carbon_cny_per_t": 80.0})
    row = table.set_index("technique_id").loc["T18"]
    assert row["carbon_value_10k_cny"] == pytest.approx(2237 * GRID * 80 / 1e4)
    assert row["annual_saving_mode_10k_cny"] == pytest.approx(146.087, abs=1e-3)


def test_check_prices_refuses_unknown_and_empty_ones_together():
    with pytest.raises(ParameterError) as caught:
        check_prices({"heat_cny_per_g": 1, "water": math.nan})
    text = str(caught.value)
    assert "最接近的是“heat_cny_per_gj”" in text
    assert "prices water：nan 不是有效价格" in text


def test_check_prices_knows_every_price():
    prices = {key: 1.0 for key, _ in PRICES.values()} | {"carbon_cny_per_t": 0.0}
    assert check_prices(prices) == prices


def test_modes_are_plausible_paybacks(measures):
    """Most pay back within 1–10 years at these prices; none in days or centuries."""
    found = measures["payback_mode_years"].dropna()
    finite = found[found != math.inf]
    assert len(finite) >= 7
    assert finite.between(1, 12).all()
