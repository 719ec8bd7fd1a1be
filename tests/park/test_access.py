import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, MethodError, ParameterError
from synergy_lib.park.access import AccessCriteria, access_value, review_projects


def make_park(carbon, added, output=None):
    frame = pd.DataFrame({"co2e_t": carbon, "value_added_10k_cny": added}, dtype=float)
    return frame if output is None else frame.assign(output_value_10k_cny=output)


@pytest.mark.parametrize(
    ("carbon", "added", "value", "binding"),
    [
        # 0.85 · 40/30; P40 of 1 and 1.5 is 1.2
        ([10.0, 30], [10.0, 20], 0.85 * 40 / 30, "park"),
        # P40 of 0.7, 0.7, 10 is 0.7, below 0.85 of the mean
        ([7.0, 7, 100], [10.0, 10, 10], 0.7, "quantile"),
        ([90.0, 90], [10.0, 10], 2.0, "ceiling"),
        ([1.0, 1], [10.0, 10], 0.6, "floor"),
    ],
)
def test_access_value_by_hand(carbon, added, value, binding):
    found = access_value(make_park(carbon, added))
    assert found.value == pytest.approx(value)
    assert found.binding == binding


def test_access_value_leaves_out_who_has_no_value_added():
    found = access_value(make_park([10.0, 5, 5], [10.0, -1, np.nan]))
    assert found.enterprises == 1
    assert found.park_intensity == 1


def test_access_value_by_output_has_no_classes():
    park = make_park([1.0], [np.nan], [100.0])
    found = access_value(park, denominator="output_value_10k_cny")
    assert found.value == pytest.approx(0.0085)
    with pytest.raises(MethodError, match="没有企业同时有"):
        access_value(park)


def make_proposals(**columns):
    count = len(next(iter(columns.values())))
    base = {"project_id": [f"P{i}" for i in range(count)], "project_name": "新建"}
    return pd.DataFrame({**base, **columns})


@pytest.fixture
def access():
    """Access value 1.7 t/万元, intensity of the park 2."""
    return access_value(make_park([20.0, 20], [10.0, 10]))


def test_verdicts_and_reasons(access):
    """Up to 170 t accepted; up to 204 t with 1.1 : 1 retired; then rejected."""
    proposals = make_proposals(
        co2e_t=[170.0, 200, 200, 200, 210, 100],
        value_added_10k_cny=[100.0, 100, 100, 100, 100, np.nan],
        energy_tce=[10.0] * 6,
        retired_energy_tce=[np.nan, 11, 10.9, np.nan, 99, np.nan],
        retired_co2e_t=[np.nan, np.nan, np.nan, 220, 999, np.nan],
    )
    found = review_projects(proposals, access)
    assert found["verdict"].tolist() == [
        *["accepted", "conditional", "rejected", "conditional"],
        *["rejected", "undetermined"],
    ]
    assert found["reason"].iloc[2].endswith("碳替代 未提供，均未达到 1.1:1")
    assert "能耗替代 1.09:1" in found["reason"].iloc[2]
    assert "超过1.2 倍准入值" in found["reason"].iloc[4]
    assert found["largest_co2e_t"].iloc[0] == pytest.approx(170)
    assert found["k_class"].tolist()[:2] == [3, 3]
    assert np.isnan(found["k_class"].iloc[5])


def test_alternative_with_output_value(access):
    park = make_park([20.0, 20], [10.0, 10], [100.0, 100])
    other = access_value(park, denominator="output_value_10k_cny")
    proposals = make_proposals(co2e_t=[16.0, 18], output_value_10k_cny=[100.0, 100])
    found = review_projects(proposals, access, other)
    assert found["verdict"].tolist() == ["undetermined"] * 2
    assert found["output_verdict"].tolist() == ["accepted", "rejected"]


def test_wrong_requests_are_refused(access):
    with pytest.raises(InputDataError, match="拟建项目 co2e_t 第 0 行"):
        review_projects(make_proposals(co2e_t=[-1.0]), access)
    with pytest.raises(ParameterError, match="主指标须按增加值"):
        review_projects(make_proposals(co2e_t=[1.0]), access, access)
    with pytest.raises(ParameterError, match="准入条件"):
        AccessCriteria(floor=3)


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0, 300))
def test_less_carbon_is_never_judged_worse(first, second, retired):
    access = access_value(make_park([20.0, 20], [10.0, 10]))
    proposals = make_proposals(
        co2e_t=sorted([first, second]),
        value_added_10k_cny=[100.0, 100],
        retired_co2e_t=[retired] * 2,
    )
    order = ["accepted", "conditional", "rejected"]
    ranks = review_projects(proposals, access)["verdict"].map(order.index)
    assert ranks.iloc[0] <= ranks.iloc[1]
