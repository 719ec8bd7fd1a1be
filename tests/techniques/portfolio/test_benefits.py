"""Revenues line by line, and unit costs that do or do not divide the cost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.techniques.portfolio.benefits import (
    BenefitPrices,
    benefit_lines,
    joint_costs,
    unit_costs,
)

PRICES = BenefitPrices(80.0, 1.8, 1.4)
COLUMNS = ["co2e_mode_t", "air_equivalent_mode_kg", "water_equivalent_mode_kg"]


def measures(*rows):
    return pd.DataFrame(rows, columns=COLUMNS, dtype=float)


def test_lines_stand_apart_and_keep_their_sign():
    lines = benefit_lines(measures([2000, 10_000, -5000]), PRICES).loc[0]
    assert lines["carbon_revenue_10k_cny"] == pytest.approx(16.0)
    assert lines["air_tax_saving_10k_cny"] == pytest.approx(1.8)
    assert lines["water_tax_saving_10k_cny"] == pytest.approx(-0.7)
    assert lines[["carbon_reason", "air_reason", "water_reason"]].tolist() == [""] * 3


def test_a_line_without_price_or_amount_has_a_reason():
    lines = benefit_lines(measures([np.nan, 5, 0]), BenefitPrices(80.0)).loc[0]
    assert lines["carbon_reason"] == "缺碳减少量"
    assert lines["air_reason"] == "缺大气污染当量的价格"
    assert np.isnan(lines["carbon_revenue_10k_cny"])
    assert np.isnan(lines["air_tax_saving_10k_cny"])


def test_unit_costs_put_the_whole_cost_over_each():
    """12 万元 a year over 300 t and 600 equivalents: 400 and 200 CNY."""
    found = unit_costs(measures([300, 600, -1]), pd.Series([12.0])).loc[0]
    assert found["cost_cny_per_tco2e"] == pytest.approx(400)
    assert found["cost_cny_per_air_equivalent"] == pytest.approx(200)
    assert np.isnan(found["cost_cny_per_water_equivalent"])
    assert found["water_reason"] == "水污染当量减少量不为正，没有单位成本"


def test_costs_of_the_unknown_have_reasons():
    frame = measures([300, np.nan, 0])
    found = unit_costs(frame, pd.Series([np.nan])).loc[0]
    assert found["carbon_reason"] == "缺年成本"
    assert found["air_reason"] == "缺大气污染当量减少量"
    unpriced = joint_costs(frame, pd.Series([1.0]), BenefitPrices()).loc[0]
    assert unpriced["carbon_reason"] == "没有价格，不分摊成本"


@given(st.lists(st.floats(1, 1e5), min_size=3, max_size=3), st.floats(-50, 50))
def test_joint_costs_add_up_to_the_cost(amounts, cost):
    frame = measures(amounts)
    found = joint_costs(frame, pd.Series([cost]), PRICES).loc[0]
    parts = found[[name for name in found.index if name.startswith("cost")]]
    total = float(np.dot(parts.astype(float), amounts)) / 10_000
    assert total == pytest.approx(cost, rel=1e-9, abs=1e-12)


def test_refuses():
    with pytest.raises(ParameterError, match=r"carbon_cny_per_t：-1\.0 不是有效价格"):
        BenefitPrices(-1.0)
    with pytest.raises(InputDataError, match="co2e_mode_t"):
        benefit_lines(measures([1, 1, 1]).drop(columns="co2e_mode_t"), PRICES)
