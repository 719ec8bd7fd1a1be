import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.park.allocation.quota import QuotaRules, surplus_quota

COD = QuotaRules({"cod_kg": 0.8})


@pytest.fixture
def panel():
    index = pd.MultiIndex.from_product(
        [list("ABCDE"), [2024]], names=["enterprise_id", "year"]
    )
    columns = {
        "cod_kg": [80.0, 120, np.nan, 10, 50],
        "has_serious_violation": [None, False, False, False, True],
    }
    return pd.DataFrame(columns, index=index)


def permits(amounts, **changes):
    frame = pd.DataFrame(
        {"enterprise_id": list(amounts), "permitted_kg": list(amounts.values())}
    )
    return frame.assign(**{"year": 2024, "pollutant": "cod_kg", **changes})


def test_surplus_by_hand(panel):
    """100 permitted, 80 emitted, 80 % transferable: 16."""
    given = permits({"A": 100.0, "B": 100, "C": 100, "E": 100})
    found = surplus_quota(panel, given, 2024, rules=COD).set_index("enterprise_id")
    assert found["status"].tolist() == [
        *["surplus", "exceeded", "no_emission", "no_permit", "barred"]
    ]
    np.testing.assert_allclose(found["surplus_kg"], [20, -20, np.nan, np.nan, 50])
    np.testing.assert_allclose(found["transferable_kg"], [16, 0, np.nan, np.nan, 0])
    assert found.loc["E", "reason"].endswith("有严重环境违法")
    assert "没有许可排放量" in found.loc["D", "reason"]


def test_without_permits_everybody_is_told_so(panel):
    found = surplus_quota(panel, None, 2024)
    assert len(found) == 25
    assert (found["status"] == "no_permit").all()
    assert found["transferable_kg"].isna().all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pollutant": "tp_kg"}, "没有污染物 tp_kg"),
        ({"permitted_kg": -1.0}, "许可排放量 企业 A：为负"),
        ({"enterprise_id": "A"}, "企业 A 的 cod_kg 出现多次"),
    ],
)
def test_wrong_permits_are_refused(panel, changes, message):
    with pytest.raises(InputDataError, match=message):
        surplus_quota(panel, permits({"A": 1.0, "B": 1}, **changes), 2024)


def test_wrong_year_and_rules(panel):
    with pytest.raises(InputDataError, match="没有 2020 年的数据"):
        surplus_quota(panel, None, 2020)
    with pytest.raises(ParameterError, match="超出范围"):
        QuotaRules({"cod_kg": 1.5})
    with pytest.raises(ParameterError, match="没有污染物 tp_kg"):
        QuotaRules({"tp_kg": 1})
