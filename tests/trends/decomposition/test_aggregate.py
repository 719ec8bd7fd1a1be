"""LMDI of labelled tables: published cases, sums, refusals."""

import json

import numpy as np
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.trends.decomposition import lmdi


@pytest.fixture
def vectors(shared):
    return json.loads(shared("data", "method_vectors", "vectors.json").read_text())


def two_sectors(case):
    """Return activity, structure and intensity of the two years."""
    frames = []
    for energy, output in (("E0", "Q0"), ("ET", "QT")):
        q, e = np.array(case[output], float), np.array(case[energy], float)
        frames.append(
            pd.DataFrame(
                {"activity": q.sum(), "structure": q / q.sum(), "intensity": e / q}
            )
        )
    return frames


def test_two_sectors_as_published(vectors):
    case = vectors["lmdi_two_sector"]
    start, end = two_sectors(case)
    for kind in ("additive", "multiplicative"):
        expected = {k: v for k, v in case[kind].items() if k != "total"}
        found = lmdi(start, end, kind=kind)
        assert found.to_dict() == pytest.approx(expected, abs=case["tol"])


def test_kaya(vectors):
    case = vectors["lmdi_kaya"]
    value, energy, carbon = (np.array(case[k], float) for k in ("VA", "E", "C"))
    start, end = (
        pd.DataFrame(
            {
                "VA": [value[i]],
                "E/VA": [energy[i] / value[i]],
                "C/E": [carbon[i] / energy[i]],
            }
        )
        for i in (0, 1)
    )
    assert lmdi(start, end).tolist() == pytest.approx(case["additive"], abs=1e-5)
    ratios = lmdi(start, end, kind="multiplicative")
    assert ratios.tolist() == pytest.approx(case["D"], abs=1e-6)


def test_equal_totals_still_have_effects(vectors):
    case = vectors["lmdi_equal_totals"]
    start, end = (pd.DataFrame([case[k]], columns=["a", "b"]) for k in ("x0", "xT"))
    assert lmdi(start, end).tolist() == pytest.approx(case["effects"], abs=1e-6)


@pytest.mark.parametrize("variant", ["I", "II"])
def test_effects_add_up_and_ratios_multiply(vectors, variant):
    start, end = two_sectors(vectors["lmdi_two_sector"])
    assert lmdi(start, end, variant=variant).sum() == pytest.approx(46, rel=1e-12)
    ratios = lmdi(start, end, kind="multiplicative", variant=variant)
    assert ratios.prod() == pytest.approx(1.92, rel=1e-12)


def test_what_cannot_be_decomposed_is_the_residual():
    start = pd.DataFrame({"a": [10.0, -1.0], "b": [2.0, 5.0]})
    end = pd.DataFrame({"a": [10.0, 1.0], "b": [3.0, 5.0]})
    found = lmdi(start, end)
    assert list(found.index) == ["a", "b", "residual"]
    assert found["residual"] == pytest.approx(10)
    assert found.sum() == pytest.approx(20)


def test_refuses():
    frame = pd.DataFrame({"a": [1.0], "b": [1.0]})
    with pytest.raises(InputDataError, match="两年的因素不一致：b、c"):
        lmdi(frame, frame.rename(columns={"b": "c"}))
    with pytest.raises(InputDataError, match="两年的行业不一致"):
        lmdi(frame, frame.set_axis(["x"]))
    with pytest.raises(ParameterError) as caught:
        lmdi(frame, frame, kind="sum", variant="III")
    assert "kind" in str(caught.value)
    assert "variant" in str(caught.value)
