"""Labels near their points that cover nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.figures.parts.placement import (
    boxes_along,
    boxes_around,
    free_places,
    near_groups,
)

ROOM = np.array([0.0, 0.0, 150.0, 100.0])
NOTHING = np.empty((0, 4))


def area(one, other):
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    return np.clip(high - low, 0, None).prod()


def test_a_label_leaves_the_place_that_is_taken():
    point = np.array([[50.0, 50.0]])
    above = np.array([[40.0, 51.0, 60.0, 60.0]])
    box = free_places(point, [(8.0, 3.0)], above, ROOM)[0]
    assert area(box, above[0]) == 0
    assert box[1] < 51


def test_a_label_stays_inside_at_the_edge():
    box = free_places(np.array([[1.0, 99.0]]), [(8.0, 3.0)], NOTHING, ROOM)[0]
    assert (box[:2] >= 0).all()
    assert (box[2:] <= [150, 100]).all()


@given(
    st.lists(st.tuples(st.floats(20, 130), st.floats(20, 80)), min_size=1, max_size=8)
)
def test_a_few_labels_never_cover_one_another(places):
    points = np.array(places)
    boxes = free_places(points, [(7.0, 3.0)] * len(points), NOTHING, ROOM)
    for k, box in enumerate(boxes):
        assert all(area(box, other) < 1e-6 for other in boxes[:k])
        assert (box[:2] >= 0).all()
        assert (box[2:] <= [150, 100]).all()


def test_a_line_is_covered_by_boxes():
    boxes = boxes_along(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]]))
    assert boxes[:, 0].min() <= 0
    assert boxes[:, 2].max() >= 10
    assert (np.diff(np.sort(boxes[boxes[:, 1] < 0][:, 0])) <= 1.3).all()
    assert boxes_along(np.array([[1.0, 1.0]])).shape == (0, 4)
    assert boxes_around(np.array([[1.0, 2.0]]), 0.5).tolist() == [[0.5, 1.5, 1.5, 2.5]]


def test_near_points_are_grouped_in_order():
    points = np.array([[0.0, 0.0], [5.0, 0.0], [5.5, 0.0], [0.2, 0.0]])
    assert near_groups(points, 1.0) == [[0, 3], [1, 2]]
