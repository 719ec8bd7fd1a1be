"""Exchanges of streams: by hand, against brute force, and never more than offered."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError
from synergy_lib.park.symbiosis import SymbiosisParameters, match_streams

PLAIN = SymbiosisParameters(detour=1.0)


def make_streams(rows):
    """Rows: side, enterprise, material, amount, class, avoided cost, place."""
    columns = ["side", "enterprise_id", "material", "amount_t", "quality_class"]
    columns += ["avoided_cost_cny_per_t", "x_km"]
    frame = pd.DataFrame(rows, columns=columns)
    ids = [f"{side[0]}{place}" for place, side in enumerate(frame["side"])]
    return frame.assign(y_km=0.0, stream_id=ids)


def test_flows_by_hand():
    """A has 100 t at 300 元/t disposal; B (1 km) and C (10 km) pay 200 for fresh."""
    found = match_streams(
        make_streams(
            [
                ("offer", "A", "乙醇", 100.0, 2, 300.0, 0.0),
                ("demand", "B", "乙醇", 60.0, 2, 200.0, 1.0),
                ("demand", "C", "乙醇", 60.0, 3, 200.0, 10.0),
            ]
        ),
        PLAIN,
    )
    assert found.flows["amount_t"].tolist() == pytest.approx([60, 40])
    assert found.flows["saving_cny_per_t"].tolist() == [499, 490]
    assert found.saving_10k_cny == pytest.approx((60 * 499 + 40 * 490) / 1e4)
    assert found.offers["status"].tolist() == ["matched"]
    assert found.demands["status"].tolist() == ["matched", "partly"]
    assert found.demands["reason"].tolist() == ["", "可匹配的数量已用完"]


def test_every_unmet_stream_says_why():
    found = match_streams(
        make_streams(
            [
                ("offer", "A", "乙醇", 10.0, 3, 1.0, 0.0),
                ("demand", "B", "乙醇", 5.0, 2, 1.0, 0.0),  # too poor
                ("demand", "A", "乙醇", 5.0, 3, 1.0, 0.0),  # its own
                ("demand", "B", "甲苯", 5.0, 3, 1.0, 0.0),  # nobody has any
                ("demand", "C", "乙醇", 5.0, 3, 1.0, 99.0),  # too far
                ("demand", "D", "乙醇", 5.0, 3, 1.0, 9.0),  # costs more than it saves
                ("demand", "E", "乙醇", 5.0, 3, 1.0, np.nan),
            ]
        ),
        PLAIN,
    )
    assert found.flows.empty
    assert found.saving_10k_cny == 0
    reasons = found.demands["reason"].tolist()
    for part, reason in zip(
        ["质量", "没有同种", "没有同种", "距离上限", "不低于", "距离未知"],
        reasons,
        strict=True,
    ):
        assert part in reason
    assert found.offers["left_t"].tolist() == [10]


def test_wrong_tables_are_refused():
    streams = make_streams([("sell", "A", "乙醇", -1.0, 1, 1.0, 0.0)])
    with pytest.raises(InputDataError, match="物料交换 side 第 0 行") as caught:
        match_streams(streams)
    assert "amount_t 第 0 行：“-1.0” 过小" in str(caught.value)
    with pytest.raises(ParameterError, match="产业共生参数"):
        SymbiosisParameters(detour=0.5)


@st.composite
def small_parks(draw):
    def stream(side, firm):
        return (
            side,
            firm,
            draw(st.sampled_from(["乙醇", "甲苯"])),
            float(draw(st.integers(0, 3))),
            draw(st.integers(1, 3)),
            float(draw(st.integers(0, 8))),
            float(draw(st.integers(0, 9))),
        )

    offers = [stream("offer", f"S{i}") for i in range(draw(st.integers(1, 2)))]
    return make_streams(offers + [stream("demand", f"R{i}") for i in range(2)])


@settings(max_examples=40)
@given(small_parks())
def test_saving_is_the_best_of_all_whole_shipments(streams):
    """Amounts are whole, so the optimum of the linear program is at whole tonnes."""
    found = match_streams(streams, PLAIN)
    rows = streams.set_index("stream_id")
    offers, demands = rows[rows["side"] == "offer"], rows[rows["side"] == "demand"]
    cells = [(o, d) for o in offers.index for d in demands.index]
    gains = np.array([saving(rows.loc[o], rows.loc[d]) for o, d in cells])
    whole = np.array(list(product(range(4), repeat=len(cells))), dtype=float)
    grid = whole.reshape(len(whole), len(offers), len(demands))
    fits = (grid.sum(axis=2) <= offers["amount_t"].to_numpy()).all(axis=1)
    fits &= (grid.sum(axis=1) <= demands["amount_t"].to_numpy()).all(axis=1)
    best = float((whole[fits] @ gains).max())
    assert found.saving_10k_cny * 1e4 == pytest.approx(best, abs=1e-6)
    flows = found.flows
    for key, side in (("offer_id", offers), ("demand_id", demands)):
        moved = flows.groupby(key)["amount_t"].sum()
        assert (moved <= side["amount_t"].reindex(moved.index) + 1e-9).all()
    classes = rows["quality_class"]
    given_class = classes.reindex(flows["offer_id"]).to_numpy()
    assert (given_class <= classes.reindex(flows["demand_id"]).to_numpy()).all()


def saving(offer, demand):
    """Return what a tonne saves; less than nothing where the pair is not allowed."""
    is_same = offer["material"] == demand["material"]
    if not is_same or offer["quality_class"] > demand["quality_class"]:
        return -1.0
    way = abs(offer["x_km"] - demand["x_km"])
    return offer["avoided_cost_cny_per_t"] + demand["avoided_cost_cny_per_t"] - way
