"""Who may sell surplus allocation to whom: few trades, or the best prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from synergy_lib.errors import InputDataError, ParameterError, Problem
from synergy_lib.schema import require_columns

__all__ = ["TRANSFER_RULES", "Transfers", "match_transfers"]

Floats = npt.NDArray[np.float64]

TRANSFER_RULES = {"fewest": "交易笔数最少", "price": "按报价撮合"}
# Up to so many pairs the fewest trades are sought exactly, for so long. [s]
MOST_PAIRS = 400
TIME_LIMIT_S = 5.0
NEGLIGIBLE_T = 1e-9


@dataclass(frozen=True, eq=False)
class Transfers:
    """Result of :func:`match_transfers`.

    Attributes
    ----------
    trades : pandas.DataFrame
        ``seller_id, buyer_id, amount_t, price_cny_per_t``; the price is the middle of
        ask and bid, NaN without prices.
    positions : pandas.DataFrame
        Index ``enterprise_id``: ``surplus_t`` before, ``traded_t`` (sold positive),
        ``left_t`` after, ``status`` (``matched``, ``unsold``, ``uncovered``,
        ``no_trade``, ``unknown``), ``reason`` (Chinese).
    rule : str
        Key of :data:`TRANSFER_RULES`.
    is_proven : bool
        Whether no solution is better; False for ``fewest`` among many, where the
        number of trades is only bounded by sellers plus buyers less one.
    """

    trades: pd.DataFrame
    positions: pd.DataFrame
    rule: str
    is_proven: bool


def match_transfers(
    balance: pd.DataFrame,
    rule: str = "fewest",
    *,
    prices: pd.Series | None = None,
) -> Transfers:
    r"""Match surplus and deficit of a park's enterprises.

    Parameters
    ----------
    balance : pandas.DataFrame
        Index ``enterprise_id``: ``surplus_t``, negative for a deficit, NaN where not
        known (as :func:`~synergy_lib.park.allocation.cap.allocate_cap` gives it).
    rule : str
        ``fewest`` trades, or ``price``.
    prices : pandas.Series, optional
        For ``price``, index ``enterprise_id``: the least a seller takes, the most a
        buyer pays; without one, an enterprise does not trade. [元/t]

    Returns
    -------
    Transfers
        Nobody sells more than its surplus or buys more than its deficit.

    Raises
    ------
    InputDataError
        If a column is missing, an enterprise occurs twice, or a price is negative.
    ParameterError
        If the rule is unknown, or ``price`` has no prices.

    Notes
    -----
    Methods §8.1: only surplus is transferable. ``fewest`` trades all it can, with the
    fewest pairs: a mixed-integer program (scipy ``milp``) up to 400 pairs, else the
    largest seller meets the largest buyer. ``price``: the lowest ask meets the highest
    bid until an ask is above the bid, which gives the largest gain of trade
    :math:`\sum (bid - ask) \cdot amount` any matching can have.
    """
    _check(balance, rule, prices)
    surplus = balance["surplus_t"].astype(float)
    if rule == "price":
        asked = pd.Series(prices, dtype=float).reindex(balance.index)
        taking_part = asked.notna()
        order = asked.where(surplus > 0, -asked)
    else:
        asked = pd.Series(np.nan, balance.index)
        taking_part = surplus.notna()
        order = -surplus.abs()
    # equal prices or amounts: by id, so that the order of the rows does not matter
    ranked = pd.DataFrame({"order": order, "id": balance.index.astype(str)})
    names = ranked.set_axis(balance.index).sort_values(["order", "id"]).index
    parts = surplus[taking_part].reindex(names).dropna()
    supply, demand = parts[parts > NEGLIGIBLE_T], -parts[parts < -NEGLIGIBLE_T]
    amounts, is_proven = _matched(supply, demand, rule)
    if rule == "price":
        gain = asked[demand.index].to_numpy()[amounts[1]]
        gain = gain - asked[supply.index].to_numpy()[amounts[0]]
        amounts = tuple(part[gain >= 0] for part in amounts)
    trades = _trades(supply, demand, amounts, asked)
    positions = _positions(surplus, trades, asked, rule)
    return Transfers(trades, positions, rule, is_proven)


Pairs = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]


def _check(balance: pd.DataFrame, rule: str, prices: pd.Series | None) -> None:
    require_columns(balance, ["surplus_t"], "match_transfers")
    if not balance.index.is_unique:
        twice = balance.index[balance.index.duplicated()][0]
        raise InputDataError(Problem(f"企业 {twice}", "出现两次", "每家企业一行"))
    if rule not in TRANSFER_RULES:
        raise ParameterError(Problem("转让规则", rule, "、".join(TRANSFER_RULES)))
    if rule == "price" and prices is None:
        raise ParameterError(Problem("转让规则 price", "没有给出报价"))
    if prices is not None and (prices < 0).any():
        wrong = prices.index[prices < 0][0]
        what = f"报价 {prices[wrong]:g} 为负"
        raise InputDataError(Problem(f"企业 {wrong}", what, "不小于 0"))


def _matched(supply: pd.Series, demand: pd.Series, rule: str) -> tuple[Pairs, bool]:
    """Return who sells how much to whom, and whether nothing is better."""
    sold, bought = supply.to_numpy(np.float64), demand.to_numpy(np.float64)
    in_turn = _in_turn(sold, bought)
    # without a party on either side nothing is left to choose
    if rule == "price" or min(len(sold), len(bought)) == 0:
        return in_turn, True
    if len(sold) * len(bought) > MOST_PAIRS:
        return in_turn, False
    return _fewest(sold, bought, in_turn)


def _in_turn(sold: Floats, bought: Floats) -> Pairs:
    """Serve buyers in their order from sellers in theirs (north-west corner)."""
    if not len(sold) or not len(bought):
        none = np.empty(0, np.intp)
        return none, none, np.empty(0)
    ends_sold, ends_bought = np.cumsum(sold), np.cumsum(bought)
    total = min(ends_sold[-1], ends_bought[-1])
    ends = np.unique(np.concatenate([ends_sold, ends_bought, [total]]))
    ends = ends[ends <= total]
    amounts = np.diff(ends, prepend=0.0)
    middles = ends - amounts / 2
    sellers = np.searchsorted(ends_sold, middles)
    buyers = np.searchsorted(ends_bought, middles)
    real = amounts > NEGLIGIBLE_T
    return sellers[real], buyers[real], amounts[real]


def _fewest(sold: Floats, bought: Floats, fallback: Pairs) -> tuple[Pairs, bool]:
    """Return the fewest pairs that trade all that can be traded."""
    n, m = len(sold), len(bought)
    scale = max(sold.max(), bought.max())
    sold, bought = sold / scale, bought / scale
    pairs = n * m
    most = np.minimum.outer(sold, bought).ravel()
    cells = np.arange(pairs)
    ones = np.ones(pairs)
    by_seller = csr_array((ones, (cells // m, cells)), shape=(n, 2 * pairs))
    by_buyer = csr_array((ones, (cells % m, cells)), shape=(m, 2 * pairs))
    linked = csr_array(
        (
            np.concatenate([ones, -most]),
            (np.tile(cells, 2), np.concatenate([cells, cells + pairs])),
        ),
        shape=(pairs, 2 * pairs),
    )
    total = csr_array((ones, (np.zeros(pairs, int), cells)), shape=(1, 2 * pairs))
    traded = min(sold.sum(), bought.sum()) * (1 - 1e-9)
    upper = np.concatenate([sold, bought, np.zeros(pairs), [np.inf]])
    lower = np.concatenate([np.full(n + m + pairs, -np.inf), [traded]])
    found = milp(
        np.concatenate([np.zeros(pairs), ones]),
        integrality=np.concatenate([np.zeros(pairs), ones]),
        bounds=Bounds(0, np.concatenate([most, ones])),
        constraints=LinearConstraint(
            vstack([by_seller, by_buyer, linked, total]).tocsr(), lower, upper
        ),
        options={"time_limit": TIME_LIMIT_S},
    )
    if found.x is None:
        return fallback, False
    amounts = found.x[:pairs] * scale
    kept = amounts > 1e-7 * scale
    if int(kept.sum()) >= len(fallback[0]):
        return fallback, bool(found.status == 0)
    return (cells[kept] // m, cells[kept] % m, amounts[kept]), bool(found.status == 0)


def _trades(
    supply: pd.Series, demand: pd.Series, pairs: Pairs, asked: pd.Series
) -> pd.DataFrame:
    sellers, buyers = supply.index.take(pairs[0]), demand.index.take(pairs[1])
    ask, bid = asked.reindex(sellers), asked.reindex(buyers)
    return pd.DataFrame(
        {
            "seller_id": sellers,
            "buyer_id": buyers,
            "amount_t": pairs[2],
            "price_cny_per_t": (ask.to_numpy() + bid.to_numpy()) / 2,
        }
    )


def _positions(
    surplus: pd.Series, trades: pd.DataFrame, asked: pd.Series, rule: str
) -> pd.DataFrame:
    """Return what everybody traded, what is left, and why."""
    sold = trades.groupby("seller_id")["amount_t"].sum().reindex(surplus.index)
    bought = trades.groupby("buyer_id")["amount_t"].sum().reindex(surplus.index)
    traded = sold.fillna(0.0) - bought.fillna(0.0)
    left = surplus - traded
    small = 1e-6 * surplus.abs() + NEGLIGIBLE_T
    unpriced = asked.isna() & (rule == "price")
    choices = [
        surplus.isna(),
        surplus.abs() <= NEGLIGIBLE_T,
        left.abs() <= small,
        surplus > 0,
    ]
    codes = ["unknown", "no_trade", "matched", "unsold"]
    status = np.select(choices, codes, "uncovered")
    lacking = {
        "unsold": "园区内没有更多缺口"
        if rule == "fewest"
        else "没有不低于其报价的买方",
        "uncovered": "园区内没有更多盈余"
        if rule == "fewest"
        else "没有不高于其报价的卖方",
        "unknown": "盈缺未知，不参与转让",
    }
    reason = pd.Series(status, surplus.index).map(lacking).fillna("")
    open_ = np.isin(status, ["unsold", "uncovered"])
    reason = reason.mask(unpriced & open_, "没有报价，不参与转让")
    return pd.DataFrame(
        {
            "surplus_t": surplus,
            "traded_t": traded.where(surplus.notna()),
            "left_t": left,
            "status": status,
            "reason": reason,
        }
    )
