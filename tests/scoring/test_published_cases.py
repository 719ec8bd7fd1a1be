"""Every published case of weights and rankings, to half a unit of its last digit."""

import numpy as np
import pandas as pd
import pytest

from synergy_lib.scoring.aggregation import edas, saw, topsis, vikor
from synergy_lib.scoring.normalization import fraction_of_sum, minmax
from synergy_lib.scoring.weighting import (
    ahp,
    coefficient_of_variation,
    critic,
    entropy,
    standard_deviation,
)


def _vikor(matrix, weights, sign, case):
    v = float(case["settings"].split("=")[1])
    result = vikor(matrix, weights, sign, v=v)
    if isinstance(case["expected"], dict):
        return {"r_k": result.r, "s_k": result.s, "q_k": result.q}
    return result.q


METHODS = {
    "weights: entropy": lambda x, w, d, c: entropy(x),
    "weights: standard deviation": lambda x, w, d, c: standard_deviation(x),
    "weights: coefficient of variation": lambda x, w, d, c: coefficient_of_variation(x),
    "weights: AHP eigenvector": lambda x, w, d, c: ahp(x).weights,
    "weights: CRITIC": lambda x, w, d, c: critic(x, d),
    "score: SAW": lambda x, w, d, c: saw(x, w, d),
    "score: VIKOR": _vikor,
    "score: EDAS": lambda x, w, d, c: edas(x, w, d),
    "score: TOPSIS": lambda x, w, d, c: topsis(x, w, d),
    "normalise: min-max": lambda x, w, d, c: minmax(x, d),
    "normalise: sum": lambda x, w, d, c: fraction_of_sum(x, d),
}


def last_digit(numbers):
    """Return half a unit of the last digit printed in a list of numbers."""
    texts = [str(item) for item in np.ravel(numbers)]
    return 0.5 * 10.0 ** -max(len(text.partition(".")[2]) for text in texts)


def test_every_method_of_the_collection_is_there(cases):
    assert len(cases) == 13
    assert {case["method"] for case in cases} == set(METHODS)


@pytest.mark.parametrize("place", range(13))
def test_published_case(cases, place):
    case = cases[place]
    inputs = case["inputs"]
    result = METHODS[case["method"]](
        pd.DataFrame(inputs["matrix"]),
        dict(enumerate(inputs.get("weights", []))),
        dict(enumerate(inputs.get("types", []))),
        case,
    )
    expected = case["expected"]
    pairs = (
        [(result[key], expected[key]) for key in expected]
        if isinstance(expected, dict)
        else [(result, expected)]
    )
    for given, printed in pairs:
        tolerance = last_digit(printed) * (1 + 1e-6)
        np.testing.assert_allclose(given, printed, rtol=0, atol=tolerance)


def test_last_digit():
    assert last_digit([0.64, 0.693]) == pytest.approx(0.0005)
    assert last_digit([[0.25, 1.0], [0.125, 0]]) == pytest.approx(0.0005)
