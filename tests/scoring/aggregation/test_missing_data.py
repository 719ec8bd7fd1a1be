import numpy as np

from synergy_lib.scoring.aggregation import row_weights


def test_row_weights_by_hand():
    # Weights .36 .24 | .2 .2; second row lacks the last indicator, in the third it
    # does not apply, the fourth has nothing.
    weights = np.array([0.36, 0.24, 0.2, 0.2])
    member = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    available = np.array(
        [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]], dtype=bool
    )
    applicable = np.ones((4, 4), dtype=bool)
    applicable[2, 3] = False
    rows = row_weights(available, applicable, weights, member, 0.6)
    np.testing.assert_allclose(rows.indicators[0], weights)
    np.testing.assert_allclose(rows.indicators[1], [0.6, 0.4, 0, 0])
    np.testing.assert_allclose(rows.indicators[2], [0.36, 0.24, 0.4, 0])
    np.testing.assert_allclose(rows.indicators[3], 0.0)
    np.testing.assert_allclose(rows.coverage, [1.0, 0.8, 1.0, 0.0])
    np.testing.assert_allclose(rows.dimension_coverage[1], [1.0, 0.5])
    assert rows.sufficient.tolist() == [[True, True], [True, False], [True, True],
                                        [False, False]]  # fmt: skip


def test_row_weights_dimension_that_does_not_apply_has_no_coverage():
    member = np.array([[1, 0], [0, 1]], dtype=bool)
    flags = np.array([[True, False]])
    rows = row_weights(flags, flags, np.array([0.5, 0.5]), member, 0.6)
    assert np.isnan(rows.dimension_coverage[0, 1])
    assert rows.coverage.tolist() == [1.0]
    assert rows.indicators.tolist() == [[1.0, 0.0]]
