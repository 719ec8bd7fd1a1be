"""Real inventories with true zeros: fuels come and go, sums stay exact."""

import numpy as np
import pandas as pd

from synergy_lib.trends.decomposition.terms import amount_factors, lmdi_terms


def test_provincial_sectors_and_fuels(shared):
    """15 provinces × 3 sectors × 19 sources, 1997–2019, every year to the next."""
    path = shared("data", "ceads_province_sector", "province_sector_fuel_co2.csv")
    table = pd.read_csv(path).sort_values(["province", "sector", "year"])
    fuels = [
        c
        for c in table.columns
        if c.endswith("_mtco2") and c not in ("scope_1_total_mtco2", "process_mtco2")
    ]
    values = table[fuels].to_numpy().reshape(15, 3, 23, len(fuels)).swapaxes(1, 2)
    zeros = values == 0
    assert zeros.mean() > 0.2
    assert (zeros[:, :-1] & ~zeros[:, 1:]).any()  # sources that come
    assert (~zeros[:, :-1] & zeros[:, 1:]).any()  # and go
    sector = np.broadcast_to(values.sum(axis=-1, keepdims=True), values.shape)
    total = np.broadcast_to(sector.sum(axis=-2, keepdims=True), values.shape)
    chains = np.stack([total, sector, values], axis=-1).reshape(15, 23, -1, 3)
    for first, last in (
        (chains[:, :-1], chains[:, 1:]),
        (chains[:, :1], chains[:, 1:]),
    ):
        start = np.broadcast_to(first, last.shape)
        found = lmdi_terms(
            *amount_factors(start, last), (start[..., -1], last[..., -1])
        )
        effects = found.effects.sum(axis=(-1, -2))
        change = (last - start)[..., -1].sum(axis=-1)
        size = last[..., -1].sum(axis=-1)
        assert (np.abs(effects - change) <= 1e-12 * size).all()
        assert (found.residual == 0).all()
