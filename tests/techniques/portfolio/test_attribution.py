"""Order-free shares of what measures take together."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import MethodError
from synergy_lib.techniques.catalogue import load_catalogue
from synergy_lib.techniques.overlap import measure_amounts
from synergy_lib.techniques.portfolio.attribution import (
    TOTAL_CARBON,
    attributed_reductions,
)

PER_UNIT = {"co2e_t": 1.0, "electricity_grid_mwh": 0.5, "heat_purchased_gj": 0.11}


def test_attribution_overlap_vector(make_candidates, shared):
    path = shared("data", "method_vectors", "vectors.json")
    case = json.loads(path.read_text())["overlap"]
    base = case["base"]
    measures = [
        ("1", f"M{i}", {"co2e_direct_t": base * f}, 1.0, 1.0, 10.0)
        for i, f in enumerate(case["f"])
    ]
    amounts = make_candidates(measures, {"co2e_t": {"1": float(base)}}).amounts
    everything = np.ones((1, 3), dtype=bool)
    found = attributed_reductions(amounts, everything, PER_UNIT)[TOTAL_CARBON][0]
    assert found.tolist() == pytest.approx(case["logshare"], abs=1e-3)
    assert base - found.sum() == pytest.approx(case["after"], rel=1e-12)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_parts_add_up_to_what_is_taken_together(seed):
    amounts, chosen = random_amounts(seed)
    parts = attributed_reductions(amounts, chosen, PER_UNIT)
    whole = amounts.together(chosen[:, None, :], PER_UNIT)
    assert parts[TOTAL_CARBON].sum(axis=1) == pytest.approx(whole["co2e_t"][:, 0])
    for target in ("electricity_grid_mwh", "heat_purchased_gj"):
        assert parts[target].sum(axis=1) == pytest.approx(whole[target][:, 0])
        assert (parts[target][~chosen] == 0).all()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_measures_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(5)
    amounts, chosen = random_amounts(seed)
    again, _ = random_amounts(seed, order)
    forward = attributed_reductions(amounts, chosen, PER_UNIT)[TOTAL_CARBON]
    mixed = attributed_reductions(again, chosen[:, order], PER_UNIT)[TOTAL_CARBON]
    assert mixed == pytest.approx(forward[:, order], rel=1e-9, abs=1e-9)


def random_amounts(seed, order=None):
    """Return three enterprises with five measures, one own power, and a choice."""

    rng = np.random.default_rng(seed)
    columns = {
        "M1": ["electricity_mode_mwh"],
        "M2": ["electricity_mode_mwh", "heat_mode_gj"],
        "T18": ["electricity_mode_mwh"],
        "M3": ["co2e_direct_mode_t"],
        "M4": ["heat_mode_gj"],
    }
    rows = []
    for firm in "abc":
        for technique, names in columns.items():
            row = {"enterprise_id": firm, "technique_id": technique}
            for name in names:
                low = -20.0 if technique == "M2" else 0.0
                value = rng.uniform(low, 90.0)
                row |= {name.replace("mode", b): value for b in ("low", "mode", "high")}
            rows.append(row | {"status": "estimated"})
    table = pd.DataFrame(rows)
    if order is not None:
        table = pd.concat([table.iloc[i::5] for i in order])
    quantities = dict.fromkeys(("electricity_grid_mwh", "heat_purchased_gj"), 100.0)
    own = pd.DataFrame(quantities | {"co2e_t": 200.0}, pd.Index(list("abc")))
    amounts = measure_amounts(table, own.rename_axis("enterprise_id"), load_catalogue())
    return amounts, rng.random((3, 5)) < 0.7


def test_refuses_a_choice_of_another_shape():
    amounts, _ = random_amounts(1)
    with pytest.raises(MethodError, match=r"选择是\(1, 5\)"):
        attributed_reductions(amounts, np.ones((1, 5), dtype=bool), PER_UNIT)
