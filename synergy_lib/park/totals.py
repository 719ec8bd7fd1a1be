"""What a park adds up to, and how its enterprises are distributed."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["PEER_QUANTILES", "park_ratios", "park_totals", "peer_quantiles"]

TOTAL_COLUMNS = (
    "output_value_10k_cny",
    "value_added_10k_cny",
    "value_added_constant_10k_cny",
    "energy_tce",
    "electricity_tce",
    "heat_tce",
    "fuel_tce",
    "nonfossil_tce",
    "co2e_t",
    "co2e_market_t",
    "co2e_fuel_t",
    "co2e_electricity_t",
    "co2e_heat_t",
    "co2e_process_t",
    "co2e_wastewater_t",
    "co2e_recovered_t",
    "co2e_scope1_t",
    "co2e_scope2_t",
    "air_equivalent_kg",
    "water_equivalent_kg",
    "so2_kg",
    "nox_kg",
    "vocs_kg",
    "cod_kg",
    "nh3n_kg",
    "toc_kg",
    "tn_kg",
    "water_fresh_m3",
    "hazardous_waste_generated_t",
    "hazardous_waste_disposed_t",
    "waste_total_t",
    "main_product_t",
)
PEER_QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)


def park_totals(data: pd.DataFrame) -> pd.DataFrame:
    """Add the enterprises up, saying how many stand behind each sum.

    Parameters
    ----------
    data : pandas.DataFrame
        Panel joined with accounts, index (enterprise_id, year).

    Returns
    -------
    pandas.DataFrame
        One row a quantity and year: ``quantity, year, total, reporting, missing,
        same_enterprises, same_total``. ``total`` adds those that have the value and
        is NaN if nobody has; ``same_total`` adds only the enterprises that have it
        in every year in which anybody has it, so that years compare.

    Notes
    -----
    A missing value is not zero: it lowers ``reporting``, and the report prints how
    many enterprises a total leaves out.
    """
    pieces = []
    for column in (c for c in TOTAL_COLUMNS if c in data):
        wide = data[column].unstack("year")
        present = data[column].groupby(level="year").size()
        reported = wide.dropna(how="all").dropna(axis=1, how="all")
        complete = reported.dropna()
        pieces.append(
            pd.DataFrame(
                {
                    "quantity": column,
                    "year": wide.columns.astype("int64"),
                    "total": wide.sum(min_count=1).to_numpy(),
                    "reporting": wide.notna().sum().to_numpy(),
                    "missing": (
                        present.reindex(wide.columns).fillna(0) - wide.notna().sum()
                    ).to_numpy(dtype="int64"),
                    "same_enterprises": len(complete),
                    "same_total": complete.sum(min_count=1)
                    .reindex(wide.columns)
                    .to_numpy(),
                }
            )
        )
    return pd.concat(pieces, ignore_index=True)


def park_ratios(data: pd.DataFrame, numerator: str, denominator: str) -> pd.DataFrame:
    """Return a park's yearly ratio of sums over the enterprises that have both.

    Returns
    -------
    pandas.DataFrame
        Index year; ``ratio``, ``enterprises``. Never a mean of ratios (methods §0
        rule 3).

    Examples
    --------
    >>> index = pd.MultiIndex.from_product(
    ...     [["a", "b"], [2024]], names=["enterprise_id", "year"])
    >>> frame = pd.DataFrame({"c": [10.0, 30.0], "v": [5.0, 5.0]}, index=index)
    >>> float(park_ratios(frame, "c", "v").loc[2024, "ratio"])
    4.0
    """
    both = data[[numerator, denominator]].dropna()
    sums = both.groupby(level="year").sum()
    return pd.DataFrame(
        {
            "ratio": sums[numerator] / sums[denominator].where(sums[denominator] > 0),
            "enterprises": both.groupby(level="year").size(),
        }
    )


def peer_quantiles(values: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Return quantiles of each column that name nobody.

    Parameters
    ----------
    values : pandas.DataFrame
        One row an enterprise, one year.
    minimum : int
        Smallest group whose quantiles are given; below it they are withheld.

    Returns
    -------
    pandas.DataFrame
        Index = columns of ``values``; ``n``, ``p10`` … ``p90``; NaN where withheld.
    """
    quantiles = values.quantile(list(PEER_QUANTILES)).T
    quantiles.columns = pd.Index([f"p{round(q * 100)}" for q in PEER_QUANTILES])
    counts = values.notna().sum()
    quantiles.loc[counts < minimum] = np.nan
    return quantiles.assign(n=counts)
