"""A tree of any depth: weights under missing data, and means level by level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synergy_lib.scoring.aggregation import RowWeights
from synergy_lib.scoring.framework import Scheme

__all__ = ["is_plain", "tree_contributions", "tree_scores", "tree_weights"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Node:
    """An aggregate; positions count the indicators first, then the aggregates."""

    code: str
    position: int
    children: list[int]
    weights: Floats
    minimum: float
    method: str


def is_plain(scheme: Scheme) -> bool:
    """Return whether only dimensions lie between indicators and index, all alike.

    Then one pass over the indicators gives the same as going level by level.
    """
    framework = scheme.framework
    between = set(framework.aggregates.index) - set(framework.dimensions.index)
    own_minimum = framework.table["minimum_coverage"].notna().any()
    mixed = bool(scheme.header.aggregation_by_level)
    return between == {framework.root} and not own_minimum and not mixed


def _nodes(scheme: Scheme) -> tuple[list[_Node], Mask]:
    """Return the aggregates, children first, and which indicators lie below each code.

    The second has a row for every code and a column for every indicator.
    """
    framework, header = scheme.framework, scheme.header
    aggregates = framework.aggregates
    codes = [str(c) for c in (*framework.indicators.index, *aggregates.index)]
    position = {code: number for number, code in enumerate(codes)}
    count = len(framework.indicators)
    below = np.eye(len(codes), count, dtype=np.bool_)
    nodes = []
    for code, row in aggregates.iterrows():
        names = framework.children(str(code))
        children = [position[name] for name in names]
        here = position[str(code)]
        below[here] = below[children].any(axis=0)
        is_dimension = row["parent"] == framework.root
        fallback = header.coverage_dimension_minimum if is_dimension else 0.0
        own = float(row["minimum_coverage"])
        nodes.append(
            _Node(
                code=str(code),
                position=here,
                children=children,
                weights=np.asarray(framework.local_weights[names], dtype=np.float64),
                minimum=fallback if np.isnan(own) else own,
                method=header.aggregation_by_level.get(
                    int(row["level"]), header.aggregation
                ),
            )
        )
    return nodes, below


def _effective(scheme: Scheme) -> Floats:
    """Return the weight of every indicator in the index."""
    return np.asarray(scheme.framework.effective_weights, dtype=np.float64)


def tree_weights(available: Mask, applicable: Mask, scheme: Scheme) -> RowWeights:
    r"""Return the weights of every row under its missing data, level by level.

    Parameters
    ----------
    available, applicable : numpy.ndarray of bool, shape (n_rows, n_indicators)
        Whether the indicator has a score; whether it applies at all.
    scheme : Scheme
        The tree, and the least coverage of dimensions.

    Returns
    -------
    RowWeights
        As :func:`~synergy_lib.scoring.aggregation.row_weights`, to which it is equal
        where nothing lies between the dimensions and their indicators.

    Notes
    -----
    The weight of a part without a score goes to its siblings, in proportion to their
    own; only where none of them has a score does it pass on to the siblings of their
    parent. A part has a score if any of its own parts has one and its coverage, data
    that are there over data that apply [weight in the index], reaches its minimum:
    ``MinCoverage`` of its row, else ``coverage_dimension_minimum`` for a dimension
    and none for the levels below. Coverage counts all data that are there, whether
    or not the part they stand in has enough.
    """
    nodes, below = _nodes(scheme)
    inside = (_effective(scheme) * below).T
    covered = available @ inside
    possible = (applicable | available) @ inside
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = np.where(possible > 0, covered / possible, np.nan)
    used = covered > 0
    local: Floats = np.zeros(covered.shape)
    for node in nodes:
        own = used[:, node.children] * node.weights
        total = own.sum(axis=1, keepdims=True)
        local[:, node.children] = own / np.where(total > 0, total, 1.0)
        # Slack for sums of weights that should be equal but are not to the last bit.
        enough = coverage[:, node.position] >= node.minimum - 1e-12
        used[:, node.position] = enough & (total[:, 0] > 0)
    count = available.shape[1]
    top = nodes[-1]
    whole = _path_weights(local, nodes, local[:, top.children])
    within = _path_weights(local, nodes, np.ones((1, 1)))
    return RowWeights(
        indicators=whole[:, :count],
        within=np.where(used[:, :count], within[:, :count], 0.0),
        dimension_coverage=coverage[:, top.children],
        coverage=coverage[:, top.position],
        sufficient=used[:, top.children],
    )


def _path_weights(local: Floats, nodes: list[_Node], start: Floats) -> Floats:
    """Return the product of the local weights down from the dimensions to each code.

    ``start`` holds the dimensions' own weights, or 1 to leave them out.
    """
    path = np.zeros_like(local)
    path[:, nodes[-1].children] = start
    for node in reversed(nodes[:-1]):
        own = path[:, node.position, None]
        path[:, node.children] = own * local[:, node.children]
    return path


def tree_scores(
    scores: Floats, counted: Mask, scheme: Scheme, *, sample: Floats | None = None
) -> dict[str, Floats]:
    """Return the score of every aggregate, level by level.

    Parameters
    ----------
    scores : numpy.ndarray, shape (n_rows, n_indicators)
        Indicator scores [points], NaN where missing.
    counted : numpy.ndarray of bool, shape (n_rows, n_indicators)
        Indicators with a weight in the row; an aggregate counts if any below it does.
    scheme : Scheme
        Tree, and the mean that each level uses.
    sample : numpy.ndarray, shape (n_draws, n_indicators), optional
        Weights of the indicators in the index; those of the scheme if omitted.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n_rows, n_draws)
        Code → score [points]; NaN where nothing counts.

    Notes
    -----
    The weight of an aggregate is the sum of the weights of all indicators below it,
    missing or not, so that only its siblings share the weight of a part that does
    not count.
    """
    nodes, below = _nodes(scheme)
    count = scores.shape[1]
    drawn = _effective(scheme)[None, :] if sample is None else sample
    shares = drawn @ below.T
    used = counted @ below.T
    floor = scheme.header.geometric_score_floor
    leaves = np.where(counted, scores, 0.0)
    values: dict[int, Floats] = {}
    for node in nodes:
        is_geometric = node.method == "geometric"
        below_it = [child for child in node.children if child < count]
        known = counted[:, below_it].astype(np.float64)
        parts = leaves[:, below_it]
        parts = known * np.log(np.maximum(parts, floor)) if is_geometric else parts
        total, weight = (m @ drawn[:, below_it].T for m in (parts, known))
        for child in (c for c in node.children if c >= count):
            own = used[:, child, None] * shares[:, child]
            part = np.nan_to_num(values[child])
            part = np.log(np.maximum(part, floor)) if is_geometric else part
            total, weight = total + own * part, weight + own
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / weight
        values[node.position] = np.exp(mean) if is_geometric else mean
    return {node.code: values[node.position] for node in nodes}


def tree_contributions(
    earlier: Floats, later: Floats, weights: Floats, scheme: Scheme
) -> Floats:
    r"""Return each indicator's part of the change of the overall score.

    Parameters
    ----------
    earlier, later : numpy.ndarray, shape (n_rows, n_indicators)
        Indicator scores [points].
    weights : numpy.ndarray, shape (n_rows, n_indicators)
        Weight of each indicator in the row, common to both, as :func:`tree_weights`
        gives it; 0 where not counted.
    scheme : Scheme
        Tree, and the mean that each level uses.

    Returns
    -------
    numpy.ndarray, shape (n_rows, n_indicators)
        Contributions [points]; they sum to the change of the overall score.

    Notes
    -----
    Down the tree, the change of a part counts in its parent with the weight *w* under
    an arithmetic mean, and with :math:`w L(S_1, S_0)/L(s_1, s_0)` under a geometric
    one, *L* the logarithmic mean: both are exact.
    """
    nodes, below = _nodes(scheme)
    count = earlier.shape[1]
    sums = weights @ below.T
    values = [
        _all_values(part, weights > 0, scheme, nodes) for part in (earlier, later)
    ]
    floor = scheme.header.geometric_score_floor
    carried = np.zeros_like(sums)
    carried[:, nodes[-1].position] = 1.0
    for node in reversed(nodes):
        here = node.position
        factor = _shares_of(sums, node)
        if node.method == "geometric":
            before, after = (v[:, node.children] for v in values)
            own = _logarithmic_mean(values[0][:, here], values[1][:, here])
            factor = factor * own[:, None] * _log_slope(before, after, floor)
        carried[:, node.children] = carried[:, here, None] * factor
    return np.nan_to_num(carried[:, :count] * (later - earlier))


def _shares_of(sums: Floats, node: _Node) -> Floats:
    """Return the weight of each child within a node; 0 where the node has none."""
    own = sums[:, node.position, None]
    return np.asarray(sums[:, node.children] / np.where(own > 0, own, 1.0))


def _all_values(
    scores: Floats, counted: Mask, scheme: Scheme, nodes: list[_Node]
) -> Floats:
    """Return the scores of indicators and aggregates, one column a code."""
    found = tree_scores(scores, counted, scheme)
    return np.column_stack([scores, *(found[node.code][:, 0] for node in nodes)])


def _logarithmic_mean(first: Floats, last: Floats) -> Floats:
    """Return the logarithmic mean of two positive numbers, themselves where equal."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (last - first) / np.log(last / first)
    return np.where(np.isclose(first, last, rtol=1e-9), (first + last) / 2, mean)


def _log_slope(before: Floats, after: Floats, floor: float) -> Floats:
    """Return the change of the floored logarithm per change of the score."""
    low, high = np.maximum(before, floor), np.maximum(after, floor)
    change = after - before
    slope = 1.0 / _logarithmic_mean(low, high)
    with np.errstate(invalid="ignore", divide="ignore"):
        cut = np.where(change == 0, before >= floor, (high - low) / change)
    return np.asarray(slope * cut)
