"""Waste and by-product streams matched between enterprises at the largest saving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from synergy_lib.errors import MethodError, ParameterError, Problem
from synergy_lib.inputs.park_tables import STREAMS, check_park_table

__all__ = ["Symbiosis", "SymbiosisParameters", "match_streams"]

Floats = npt.NDArray[np.float64]

REASONS = {
    "matched": "",
    "nothing": "数量为零",
    "no_partner": "园区内其他企业没有同种物料的对应方",
    "quality": "同种物料的质量等级都不满足要求",
    "unknown_distance": "缺少位置，距离未知，未参与匹配",
    "distance": "满足质量的对应方都超出运输距离上限",
    "not_worthwhile": "运输与处理费用不低于节约的费用",
    "exhausted": "可匹配的数量已用完",
}
SMALLEST_SHARE = 1e-9


@dataclass(frozen=True)
class SymbiosisParameters:
    """Costs and limits of exchanges; proposals [P] for the park to set.

    Parameters
    ----------
    transport_cny_per_t_km : float
        [元/(t·km)]
    treatment_cny_per_t : float
        Cost of making a stream fit for use. [元/t]
    detour : float
        Way by road over the straight line. [-]
    longest_km : float
        Farthest way. [km]
    """

    transport_cny_per_t_km: float = 1.0
    treatment_cny_per_t: float = 0.0
    detour: float = 1.3
    longest_km: float = 50.0

    def __post_init__(self) -> None:
        """Refuse negative costs, and ways shorter than the straight line."""
        costs = (self.transport_cny_per_t_km, self.treatment_cny_per_t)
        if min(costs) < 0 or self.detour < 1 or not self.longest_km > 0:
            raise ParameterError(Problem("产业共生参数", f"{self} 超出范围"))


@dataclass(frozen=True, eq=False)
class Symbiosis:
    """Result of :func:`match_streams`.

    Attributes
    ----------
    flows : pandas.DataFrame
        ``offer_id, demand_id, supplier_id, receiver_id, material, amount_t,
        distance_km, saving_cny_per_t, saving_10k_cny``.
    offers, demands : pandas.DataFrame
        Index ``stream_id``: ``enterprise_id, material, amount_t, matched_t, left_t,
        status`` (``matched``, ``partly``, ``unmatched``), ``reason`` (Chinese; why not
        all of it).
    saving_10k_cny : float
        Of all flows a year; no other flows save more.
    """

    flows: pd.DataFrame
    offers: pd.DataFrame
    demands: pd.DataFrame
    saving_10k_cny: float


def match_streams(
    streams: pd.DataFrame, parameters: SymbiosisParameters | None = None
) -> Symbiosis:
    r"""Match offered waste and by-products with demand at the largest saving.

    Parameters
    ----------
    streams : pandas.DataFrame
        Columns of :data:`synergy_lib.inputs.park_tables.STREAMS`: ``stream_id,
        enterprise_id, side`` (``offer``, ``demand``), ``material, amount_t`` [t/a],
        ``quality_class`` (1 the best; of a demand: the worst that will do),
        ``avoided_cost_cny_per_t`` (what disposal costs the supplier, or fresh material
        the receiver, today), ``x_km, y_km``.
    parameters : SymbiosisParameters, optional

    Returns
    -------
    Symbiosis

    Raises
    ------
    InputDataError
        Naming row and column of what is wrong in the streams.
    MethodError
        If the optimisation fails.

    Notes
    -----
    A linear program (scipy ``linprog``, HiGHS): maximise :math:`\sum_{ij} s_{ij}
    x_{ij}`, :math:`\sum_j x_{ij} \le` offer i, :math:`\sum_i x_{ij} \le` demand j,
    :math:`x \ge 0`, over pairs of one material, two enterprises, a quality that will do
    and a way not too long; :math:`s_{ij}` = avoided disposal + avoided purchase −
    transport · way − treatment. A pair that saves nothing does not flow. A stream
    without a place is not matched: its way is not known.
    """
    parameters = parameters or SymbiosisParameters()
    table = check_park_table(streams, STREAMS, "物料交换")
    table = table.sort_values("stream_id").set_index("stream_id")
    offers = table[table["side"] == "offer"]
    demands = table[table["side"] == "demand"]
    pairs = _pairs(offers, demands, parameters)
    usable = pairs[pairs["is_usable"]]
    amounts = _largest_saving(usable, offers, demands)
    shipped = amounts > SMALLEST_SHARE * max(float(table["amount_t"].max()), 1e-12)
    flows = usable.assign(amount_t=amounts)[shipped].reset_index(drop=True)
    flows["saving_10k_cny"] = flows["amount_t"] * flows["saving_cny_per_t"] / 10_000
    columns = ["offer_id", "demand_id", "supplier_id", "receiver_id", "material"]
    columns += ["amount_t", "distance_km", "saving_cny_per_t", "saving_10k_cny"]
    return Symbiosis(
        flows=flows[columns],
        offers=_outcome(offers, pairs, flows, "offer_id"),
        demands=_outcome(demands, pairs, flows, "demand_id"),
        saving_10k_cny=float(flows["saving_10k_cny"].sum()),
    )


def _pairs(
    offers: pd.DataFrame, demands: pd.DataFrame, parameters: SymbiosisParameters
) -> pd.DataFrame:
    """Return offers and demands of one material, what each pair saves, and hurdles."""
    left = offers.rename_axis("offer_id").reset_index()
    right = demands.rename_axis("demand_id").reset_index()
    pairs = left.merge(
        right, on="material", suffixes=("", "_to"), validate="many_to_many"
    )
    pairs = pairs[pairs["enterprise_id"] != pairs["enterprise_id_to"]]
    east, north = (pairs[c] - pairs[f"{c}_to"] for c in ("x_km", "y_km"))
    way = (east**2 + north**2) ** 0.5 * parameters.detour
    avoided = pairs["avoided_cost_cny_per_t"] + pairs["avoided_cost_cny_per_t_to"]
    cost = way * parameters.transport_cny_per_t_km + parameters.treatment_cny_per_t
    pairs = pairs.assign(
        supplier_id=pairs["enterprise_id"],
        receiver_id=pairs["enterprise_id_to"],
        distance_km=way,
        saving_cny_per_t=avoided - cost,
    )
    choices = [
        pairs["quality_class"] > pairs["quality_class_to"],
        way.isna(),
        way > parameters.longest_km,
        ~(pairs["saving_cny_per_t"] > 0),
    ]
    codes = ["quality", "unknown_distance", "distance", "not_worthwhile"]
    pairs["hurdle"] = np.select(choices, codes, "")
    return pairs.assign(is_usable=pairs["hurdle"] == "")


def _largest_saving(
    usable: pd.DataFrame, offers: pd.DataFrame, demands: pd.DataFrame
) -> Floats:
    """Return the amounts [t] of the pairs that save most together."""
    if usable.empty:
        return np.empty(0)
    count = len(usable)
    suppliers = offers.index.get_indexer(pd.Index(usable["offer_id"]))
    receivers = demands.index.get_indexer(pd.Index(usable["demand_id"])) + len(offers)
    limits = np.concatenate([offers["amount_t"], demands["amount_t"]])
    scale = max(float(limits.max()), 1e-12)
    places = (np.concatenate([suppliers, receivers]), np.tile(np.arange(count), 2))
    shape = (len(limits), count)
    found = linprog(
        -usable["saving_cny_per_t"].to_numpy(),
        A_ub=csr_array((np.ones(2 * count), places), shape=shape),
        b_ub=limits / scale,
        method="highs",
    )
    if found.x is None:
        raise MethodError(Problem("物料交换", f"优化没有结果：{found.message}"))
    return np.asarray(found.x * scale, dtype=np.float64)


def _outcome(
    side: pd.DataFrame, pairs: pd.DataFrame, flows: pd.DataFrame, key: str
) -> pd.DataFrame:
    """Return what became of the streams of one side, and why not of all."""
    matched = flows.groupby(key)["amount_t"].sum().reindex(side.index).fillna(0.0)
    left = (side["amount_t"] - matched).clip(lower=0.0)
    done = left <= 1e-6 * side["amount_t"]
    status = np.select([done, matched > 0], ["matched", "partly"], "unmatched")
    codes = _hurdles(side, pairs, key).mask(side["amount_t"] == 0, "nothing")
    reason = codes.map(REASONS).mask(done & (side["amount_t"] > 0), "")
    table = side[["enterprise_id", "material", "amount_t"]]
    return table.assign(matched_t=matched, left_t=left, status=status, reason=reason)


def _hurdles(side: pd.DataFrame, pairs: pd.DataFrame, key: str) -> pd.Series:
    """Return the last hurdle that any partner of a stream gets to."""
    order = ["no_partner", "quality", "unknown_distance", "distance"]
    order += ["not_worthwhile", "exhausted"]
    hurdle = pairs["hurdle"].replace("", "exhausted")
    places = {name: float(place) for place, name in enumerate(order)}
    ranks = hurdle.map(places).astype(float)
    best = ranks.groupby(pairs[key]).max().reindex(side.index).fillna(0).astype(int)
    return best.map(dict(enumerate(order)))
