"""Labels beside points of a plane, where they touch nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Boxes", "boxes_around", "boxes_along", "free_places", "near_groups"]

Floats = npt.NDArray[np.float64]
# One row a box: left, bottom, right, top. [mm]
Boxes = npt.NDArray[np.float64]

# Where a label is tried around its point, in this order: its direction, and how far.
DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
DISTANCES_MM = (2.2, 4.0, 6.5, 10.0, 14.0, 19.0, 25.0, 32.0)
ALONG_MM = 1.2


def boxes_around(points: Floats, half_mm: float) -> Boxes:
    """Return a square around each point, shape (n, 2) → (n, 4)."""
    return np.hstack([points - half_mm, points + half_mm])


def boxes_along(points: Floats) -> Boxes:
    """Return small squares along the line through points, shape (n, 2) → (m, 4)."""
    pieces = []
    for start, end in itertools.pairwise(points):
        count = max(int(np.hypot(*(end - start)) / ALONG_MM), 1)
        pieces.append(start + (end - start) * np.linspace(0, 1, count + 1)[:, None])
    if not pieces:
        return np.empty((0, 4))
    return boxes_around(np.concatenate(pieces), ALONG_MM / 2)


def near_groups(points: Floats, distance_mm: float) -> list[list[int]]:
    """Return points in their order, those near one another together.

    Examples
    --------
    >>> near_groups(np.array([[0.0, 0.0], [9.0, 0.0], [0.5, 0.0]]), 1.0)
    [[0, 2], [1]]
    """
    groups: list[list[int]] = []
    for k, point in enumerate(points):
        near = [g for g in groups if np.hypot(*(points[g[-1]] - point)) < distance_mm]
        if near:
            near[0].append(k)
        else:
            groups.append([k])
    return groups


def free_places(
    points: Floats, sizes: Sequence[tuple[float, float]], taken: Boxes, room: Floats
) -> Boxes:
    """Return a box for each point's label, near it and free of what is there.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2)
        [mm]
    sizes : sequence of (float, float)
        Width and height of each label. [mm]
    taken : numpy.ndarray, shape (m, 4)
        Boxes to keep clear of.
    room : numpy.ndarray, shape (4,)
        The box that labels stay inside.

    Returns
    -------
    numpy.ndarray, shape (n, 4)
        The nearest free place, else the one that covers least.

    Examples
    --------
    >>> room = np.array([0.0, 0.0, 50.0, 50.0])
    >>> point = np.array([[25.0, 25.0]])
    >>> free_places(point, [(8.0, 3.0)], np.empty((0, 4)), room).tolist()
    [[21.0, 27.2, 29.0, 30.2]]
    """
    placed = np.empty((0, 4))
    for point, size in zip(points, sizes, strict=True):
        candidates = _candidates(point, size)
        covered = _covered(candidates, np.vstack([taken, placed]))
        covered += 1e3 * _outside(candidates, room) + _crossed(
            point, candidates, placed
        )
        best = int(np.argmin(np.round(covered, 6)))
        placed = np.vstack([placed, candidates[best]])
    return placed


def _candidates(point: Floats, size: tuple[float, float]) -> Boxes:
    """Return the boxes to try, the nearest first."""
    half = np.array(size) / 2
    centres = [
        point + np.array(way) * (half + distance / np.hypot(*way))
        for distance in DISTANCES_MM
        for way in DIRECTIONS
    ]
    return np.hstack([centres - half, centres + half])


def _covered(boxes: Boxes, taken: Boxes) -> Floats:
    """Return how much of what is there each box covers, in mm²."""
    low = np.maximum(boxes[:, None, :2], taken[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], taken[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    return np.asarray(sides.prod(axis=-1).sum(axis=1), dtype=np.float64)


def _crossed(point: Floats, boxes: Boxes, placed: Boxes) -> Floats:
    """Return how much of the labels so far a line from the point to each box crosses."""
    ends = np.clip(point, boxes[:, :2], boxes[:, 2:])
    lines = [boxes_along(np.array([point, end])) for end in ends]
    return np.array([_covered(line, placed).sum() for line in lines])


def _outside(boxes: Boxes, room: Floats) -> Floats:
    """Return how far each box reaches beyond the room, in mm."""
    below = np.clip(room[:2] - boxes[:, :2], 0, None)
    above = np.clip(boxes[:, 2:] - room[2:], 0, None)
    return np.asarray((below + above).sum(axis=1), dtype=np.float64)
