"""The words of the technique catalogue, and its two small cell languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "BOUNDS",
    "CAPEX",
    "COMPLETED",
    "EVIDENCE",
    "POLLUTANT_EFFECTS",
    "QUALITIES",
    "SAVING_GAPS",
    "STAGES",
    "SUPPLY_SIDE",
    "TARGETS",
    "Condition",
    "driver_columns",
    "named_techniques",
    "parse_conditions",
]

BOUNDS = ("low", "mode", "high")
STAGES = {
    "source": "源头",
    "process": "过程",
    "recycling": "循环",
    "end_of_pipe": "末端",
    "management": "管理",
}
EVIDENCE = {
    "A": "实测并核证",
    "B": "单次测试或设计",
    "C": "文献或他厂",
    "D": "政策或新闻",
}
POLLUTANT_EFFECTS = ("none", "quantified", "unquantified")
# Panel column that a technique may reduce → stem and unit of the result columns.
TARGETS = {
    "co2e_t": ("co2e_direct", "t"),
    "electricity_grid_mwh": ("electricity", "mwh"),
    "electricity_green_mwh": ("electricity_green", "mwh"),
    "heat_purchased_gj": ("heat", "gj"),
    "natural_gas_10k_nm3": ("natural_gas", "10k_nm3"),
    "bituminous_t": ("bituminous", "t"),
    "solvent_fresh_t": ("solvent_fresh", "t"),
    "water_fresh_m3": ("water_fresh", "m3"),
    "hazardous_waste_generated_t": ("hazardous_waste", "t"),
    "so2_kg": ("so2", "kg"),
    "nox_kg": ("nox", "kg"),
    "vocs_kg": ("vocs", "kg"),
    "cod_kg": ("cod", "kg"),
    "nh3n_kg": ("nh3n", "kg"),
}
_CONDITION = re.compile(r"\s*([a-z0-9_]+)\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)\s*")
CAPEX = tuple(f"capex_{bound}" for bound in BOUNDS)
QUALITIES = ("measured", "official_default", "literature", "expert_judgement")
# Status of a plan that is carried out.
COMPLETED = "完成"
# Why the saving of a technique cannot be priced in full, though its effect is known.
SAVING_GAPS = ("", "energy_saving", "running_cost")

# Whether a technique supplies energy: it acts last, on what the others leave.
SUPPLY_SIDE = ("", "yes")


@dataclass(frozen=True)
class Condition:
    """A test on one column of the enterprise's own data, e.g. ``land_mu >= 5``."""

    column: str
    operator: str
    limit: float


def parse_conditions(text: str) -> list[Condition]:
    """Return the tests written in a ``conditions`` cell.

    Raises
    ------
    ValueError
        If a part is not ``column>=number`` or ``column<=number``.

    Examples
    --------
    >>> parse_conditions("land_mu>=5;electricity_pv_mwh<=0")[1].limit
    0.0
    """
    conditions = []
    for part in filter(None, (item.strip() for item in text.split(";"))):
        found = _CONDITION.fullmatch(part)
        if found is None:
            raise ValueError(part)
        column, operator, limit = found.groups()
        conditions.append(Condition(column, operator, float(limit)))
    return conditions


def driver_columns(driver: str) -> tuple[str, str]:
    """Return the quantity an investment grows with, and what is deducted from it.

    Parameters
    ----------
    driver : str
        A ``capex_driver`` cell: ``column`` or ``column-column``.

    Examples
    --------
    >>> driver_columns("workshops_total-workshops_five_standard")
    ('workshops_total', 'workshops_five_standard')
    >>> driver_columns("wastewater_m3")
    ('wastewater_m3', '')
    """
    first, _, second = driver.partition("-")
    return first.strip(), second.strip()


def named_techniques(cell: str) -> list[str]:
    """Return the techniques named in an ``exclusive_with`` or ``requires`` cell.

    Examples
    --------
    >>> named_techniques("T11; T43")
    ['T11', 'T43']
    """
    return [name.strip() for name in cell.split(";") if name.strip()]
