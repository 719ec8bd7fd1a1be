"""The park's programme of measures, calibrated to the published totals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synergy_lib.demo_park.profiles import Cast, random_numbers
from synergy_lib.resources import data_path

__all__ = [
    "PROGRAMME_CO2E_T",
    "PROGRAMME_INVESTMENT_10K_CNY",
    "load_monitoring",
    "plan_measures",
]

# 23 projects, 37.1 亿元 and some 273 000 t CO2, as published of the pilot park
# (sources.csv S001, S002). Which measure saves how much is invented.
PROGRAMME_INVESTMENT_10K_CNY = 371_000.0
PROGRAMME_CO2E_T = 273_000.0

# Rough tCO2 per unit, only to place big projects with big emitters.
_WEIGHTS = {
    "electricity_grid_mwh": 0.5153,
    "heat_purchased_gj": 0.11,
    "natural_gas_10k_nm3": 21.62,
    "carbon_in_t": 1.0,
}
_HOSTS = 17
_SYNTHESIS = ("api", "intermediate", "fine")


def plan_measures(panel: pd.DataFrame, cast: Cast, seed: int) -> pd.DataFrame:
    """Return the rows of the sheet 计划措施.

    Parameters
    ----------
    panel : pandas.DataFrame
        Panel before defects; the largest emitters of 2022 are the hosts.
    cast : Cast
        The enterprises; what they do decides which project they can host.
    seed : int
        Seed of all draws.

    Returns
    -------
    pandas.DataFrame
        23 measures; investment and reduction add up to the published totals.
    """
    rng = random_numbers(seed, "measures")
    projects = pd.read_csv(
        data_path("demo_park", "projects.csv"), dtype={"technique_id": str}
    )
    host, carbon = _place(projects, panel, cast)
    count = len(projects)
    reduction = projects["weight_co2e"] * carbon**0.8 * _spread(rng, count)
    investment = projects["weight_investment"] * carbon**0.5 * _spread(rng, count)
    investment = _whole_parts(investment, PROGRAMME_INVESTMENT_10K_CNY)
    saving = investment * projects["saving_share"] * _spread(rng, count)
    rows = pd.DataFrame(
        {
            "enterprise_id": host,
            "measure_name": projects["measure_name"],
            "technique_id": projects["technique_id"],
            "planned_year": projects["year"],
            "investment_10k_cny": investment,
            "annual_saving_10k_cny": saving.round(0),
            "co2e_reduction_t": _whole_parts(reduction, PROGRAMME_CO2E_T),
            "status": projects["status"],
            "note": None,
        }
    )
    return rows.sort_values(["enterprise_id", "planned_year"]).reset_index(drop=True)


def _place(
    projects: pd.DataFrame, panel: pd.DataFrame, cast: Cast
) -> tuple[pd.Series, pd.Series]:
    """Return each project's host and the host's rough carbon, in tCO2.

    The projects that save most go to the largest emitters of the right kind.
    """
    state = panel.xs(2022, level="year")
    rates = np.array(list(_WEIGHTS.values()))
    carbon = pd.Series(
        state[list(_WEIGHTS)].to_numpy(dtype="float64") @ rates, index=state.index
    )
    kind = cast.enterprises["archetype"].reindex(state.index)
    candidates = {
        "synthesis": carbon[kind.isin(_SYNTHESIS)].nlargest(_HOSTS),
        "treatment": carbon[kind == "treatment"].nlargest(2),
        "gas": carbon[state["co2_recovered_external_t"] > 0],
    }
    hosts = []
    for name, firms in candidates.items():
        group = projects[projects["host"] == name]
        order = group.sort_values("weight_co2e", ascending=False).index
        hosts.append(pd.Series(np.resize(firms.index, len(order)), index=order))
    host = pd.concat(hosts).reindex(projects.index)
    return host, host.map(carbon)


def load_monitoring() -> pd.DataFrame:
    """Return the rows of the sheet 园区监测; notes say what is published."""
    return pd.read_csv(data_path("demo_park", "monitoring.csv"))


def _spread(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw factors around one."""
    return np.asarray(np.exp(rng.normal(0, 0.12, count)))


def _whole_parts(weights: pd.Series, total: float) -> pd.Series:
    """Split a total by weights into whole numbers that add up to it exactly."""
    parts = (weights / weights.sum() * total).round(0)
    rest = pd.Series(0.0, index=parts.index)
    rest.iloc[int(parts.to_numpy().argmax())] = total - parts.sum()
    return parts + rest
