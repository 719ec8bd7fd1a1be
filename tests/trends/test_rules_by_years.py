"""What docs/trends.md says is allowed from how many years on is what the library does."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from synergy_lib.trends.monotonic import critical_s, mann_kendall
from synergy_lib.trends.regression import log_growth_table, predict_log_growth
from synergy_lib.trends.structural_break import chow_test

PAGE = Path(__file__).resolve().parents[2] / "docs" / "trends.md"
NOTHING = "–"


def rules():
    """Return the rows of the page's first table."""
    lines = PAGE.read_text(encoding="utf-8").replace("\\|", "").splitlines()
    cells = [
        [c.strip() for c in s.strip("|").split("|")] for s in lines if s[:1] == "|"
    ]
    return [row for row in cells if row[0].isdigit()]


@pytest.mark.parametrize("row", rules(), ids=lambda row: f"n={row[0]}")
def test_the_page_says_what_the_library_does(row):
    n, p, s, methods, breaks, ahead = int(row[0]), *row[1:]
    years = np.arange(2000, 2000 + n)
    falling = pd.Series(np.arange(n, 0, -1.0), index=years)
    found = mann_kendall(falling)
    assert p == (NOTHING if math.isnan(found.p) else f"{found.p:.4f}")
    critical = critical_s(n)
    assert s == (NOTHING if math.isnan(critical) else f"{critical:.0f}")
    noise = 0.01 * np.sin(5.0 * np.arange(n) ** 2)
    index = pd.MultiIndex.from_product([["A"], years], names=["enterprise_id", "year"])
    panel = pd.DataFrame({"co2e_t": np.exp(0.03 * np.arange(n) + noise)}, index=index)
    table = log_growth_table(panel)
    judged = sorted(table.loc[table["status"] == "ok", "method"])
    assert methods == (", ".join(judged) or NOTHING)
    later = predict_log_growth(panel, range(2000 + n, 2020 + n))
    assert int(ahead) == (later["status"] == "ok").sum()
    if n > 1:
        test = chow_test(panel["co2e_t"].droplevel(0), 2000 + (n + 1) // 2)
        tested = f"F({test.df1:.0f}, {test.df2:.0f})" if test.df1 == 2 else NOTHING
        assert breaks == tested


def test_the_page_has_the_table():
    assert [int(row[0]) for row in rules()] == [1, 2, 3, 4, 5, 6, 7, 8, 10]
