"""Transfers: only surplus, few trades, prices, and who is left over."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.park.allocation.transfers import match_transfers

BALANCES = st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=7)


def make_balance(values):
    ids = [f"{i:04d}" for i in range(len(values))]
    return pd.DataFrame({"surplus_t": pd.Series(values, index=ids, dtype=float)})


def test_fewest_trades_finds_exact_partners():
    """10 serves 10, 6 and 5 serve 11: three; by size one after another it is four."""
    found = match_transfers(make_balance([10.0, 6, 5, -11, -10]))
    assert found.is_proven
    assert len(found.trades) == 3
    assert (found.positions["status"] == "matched").all()


def test_price_lowest_ask_meets_highest_bid():
    balance = make_balance([10.0, 10, -8, -8, -5])
    prices = pd.Series([30.0, 60, 50, 80, np.nan], index=balance.index)
    found = match_transfers(balance, "price", prices=prices)
    assert found.trades.to_numpy().tolist() == [
        ["0000", "0003", 8, 55],
        ["0000", "0002", 2, 40],
    ]
    status = found.positions["status"].tolist()
    assert status == ["matched", "unsold", "uncovered", "matched", "uncovered"]
    assert found.positions["reason"].iloc[4] == "没有报价，不参与转让"


def test_unknown_does_not_trade():
    found = match_transfers(make_balance([5.0, np.nan, -3]))
    assert found.positions["status"].tolist() == ["unsold", "unknown", "matched"]
    assert np.isnan(found.positions["traded_t"].iloc[1])


def test_many_are_matched_at_once_but_not_proven():
    rng = np.random.default_rng(1)
    found = match_transfers(make_balance(rng.normal(0, 100, 2000).tolist()))
    assert not found.is_proven
    assert len(found.trades) < 2000


@settings(max_examples=40)
@given(BALANCES, st.sampled_from(["fewest", "price"]))
def test_nobody_trades_more_than_it_has(values, rule):
    balance = make_balance([np.nan if v is None else v for v in values])
    prices = pd.Series(10.0, index=balance.index)
    found = match_transfers(balance, rule, prices=prices)
    surplus, traded = balance["surplus_t"].fillna(0), found.positions["traded_t"]
    traded = traded.fillna(0)
    assert (traded.abs() <= surplus.abs() + 1e-6).all()
    assert (traded * surplus >= -1e-9).all()
    most = min(surplus.clip(lower=0).sum(), -surplus.clip(upper=0).sum())
    assert found.trades["amount_t"].sum() == pytest.approx(most, abs=1e-5)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 9)), min_size=2, max_size=7)
)
def test_price_has_the_largest_gain_of_any_matching(rows):
    balance = make_balance([row[0] for row in rows])
    prices = pd.Series([row[1] for row in rows], index=balance.index, dtype=float)
    trades = match_transfers(balance, "price", prices=prices).trades
    gain = (
        trades["amount_t"]
        * (
            prices.reindex(trades["buyer_id"]).to_numpy()
            - prices.reindex(trades["seller_id"]).to_numpy()
        )
    ).sum()
    amounts = balance["surplus_t"]
    sellers, buyers = amounts.index[amounts > 0], amounts.index[amounts < 0]
    cells = [(s, b) for s in sellers for b in buyers]
    if not cells:
        assert trades.empty
        return
    limits = [[float(s == name) for s, _ in cells] for name in sellers]
    limits += [[float(b == name) for _, b in cells] for name in buyers]
    upper = [*amounts[sellers], *-amounts[buyers]]
    best = linprog([prices[s] - prices[b] for s, b in cells], limits, upper)
    assert gain == pytest.approx(-best.fun, abs=1e-6)


def test_wrong_requests_are_refused():
    balance = make_balance([1.0])
    with pytest.raises(ParameterError, match="fewest、price"):
        match_transfers(balance, "cheapest")
    with pytest.raises(ParameterError, match="没有给出报价"):
        match_transfers(balance, "price")
    with pytest.raises(InputDataError, match="报价 -1 为负"):
        match_transfers(balance, "price", prices=pd.Series({"0000": -1.0}))
    with pytest.raises(InputDataError, match="出现两次"):
        match_transfers(pd.concat([balance, balance]))
