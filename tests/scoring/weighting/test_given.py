import pytest

from synergy_lib.errors import MethodError
from synergy_lib.scoring.weighting import equal, policy


def test_equal_and_policy(mini):
    assert equal(["a", "b"]).tolist() == [0.5, 0.5]
    with pytest.raises(MethodError, match="没有指标"):
        equal([])
    # 60 % · 6/10, 60 % · 4/10, 40 % · 1/2 twice.
    expected = {"A1": 0.36, "A2": 0.24, "B1": 0.2, "B2": 0.2}
    assert policy(mini.framework).to_dict() == pytest.approx(expected)
