"""Units at the border: what a person wrote, converted to the unit of a column."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from synergy_lib.errors import InputDataError, Problem, nearest

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["UnitError", "conversion_factor", "known_units"]

# As printed in workbooks, registers and reports → an expression pint can read.
# "Nm3" is a cubic metre at 0 °C and 101.325 kPa; tCO2 and tCO2e are one unit here
# because the columns, not the unit, say which gases are in.
_SPELLINGS = {
    "": "dimensionless",
    "1": "dimensionless",
    "%": "percent",
    "亩": "mu_land",
    "人": "count",
    "个": "count",
    "套": "count",
    "次": "count",
    "项": "count",
    "person": "count",
    "persons": "count",
    "persons at 31 december": "count",
    "元": "CNY",
    "万元": "1e4 * CNY",
    "亿元": "1e8 * CNY",
    "10^4 cny": "1e4 * CNY",
    "10^6 cny": "1e6 * CNY",
    "kwh": "kWh",
    "mwh": "MWh",
    "gwh": "GWh",
    "万kwh": "1e4 * kWh",
    "万千瓦时": "1e4 * kWh",
    "千瓦时": "kWh",
    "10^4 kwh": "1e4 * kWh",
    "gj": "GJ",
    "mj": "MJ",
    "tj": "TJ",
    "百万千焦": "GJ",
    "10^3 gj": "1e3 * GJ",
    "tce": "tce",
    "吨标准煤": "tce",
    "吨标煤": "tce",
    "kgce": "1e-3 * tce",
    "t": "t",
    "吨": "t",
    "万t": "1e4 * t",
    "万吨": "1e4 * t",
    "10^4 t": "1e4 * t",
    "kg": "kg",
    "千克": "kg",
    "公斤": "kg",
    "g": "g",
    "t o2": "t",
    "tco2": "tCO2e",
    "tco2e": "tCO2e",
    "t co2": "tCO2e",
    "t co2e": "tCO2e",
    "kg co2": "1e-3 * tCO2e",
    "kgco2": "1e-3 * tCO2e",
    "10^3 tco2e": "1e3 * tCO2e",
    "万tco2": "1e4 * tCO2e",
    "m3": "m3",
    "nm3": "m3",
    "万m3": "1e4 * m3",
    "万nm3": "1e4 * m3",
    "10^4 m3": "1e4 * m3",
    "10^6 m3": "1e6 * m3",
    "thousand m3": "1e3 * m3",
    "立方米": "m3",
    "万立方米": "1e4 * m3",
    "mg/l": "mg/L",
    "gj/t": "GJ/t",
    "m3/t": "m3/t",
    "t/t": "t/t",
    "h": "hour",
    "小时": "hour",
    "µg/m3": "ug/m3",
    "μg/m3": "ug/m3",
    "当量": "equivalent",
}


class UnitError(InputDataError):
    """A unit is unknown, or cannot be converted to the unit of its column."""


def known_units() -> tuple[str, ...]:
    """Return every spelling of a unit that is understood."""
    return tuple(_SPELLINGS)


@cache
def conversion_factor(unit: str, target: str) -> float:
    """Return the number that turns values of one unit into another.

    Parameters
    ----------
    unit : str
        Unit as written by a person, e.g. ``"万kWh"``.
    target : str
        Unit of the panel column, e.g. ``"MWh"``.

    Returns
    -------
    float
        Factor to multiply values in ``unit`` with. [target/unit]

    Raises
    ------
    UnitError
        If a unit is unknown (the nearest known one is named) or the two do not
        measure the same thing.

    Notes
    -----
    1 tce = 29.3076 GJ (7000 kcal of 4.1868 kJ per kg, GB/T 2589).

    Examples
    --------
    >>> conversion_factor("万kWh", "MWh")
    10.0
    >>> round(conversion_factor("GJ", "tce"), 6)
    0.034121
    """
    from pint import DimensionalityError

    registry = _registry()
    source = registry.parse_expression(_expression(unit))
    goal = registry.parse_expression(_expression(target))
    try:
        return float(f"{(1 * source / goal).to_reduced_units().m_as(''):.12g}")
    except DimensionalityError as error:
        raise UnitError(
            Problem(
                f"计量单位“{unit}”", "与该列的量纲不同", f"可换算为 {target} 的单位"
            )
        ) from error


def _expression(unit: str) -> str:
    """Return the pint expression of a spelling."""
    key = re.sub(r"\s+", " ", unit.strip()).lower()
    key = key.replace("³", "3").replace("标立方米", "nm3").replace("m^3", "m3")
    if key not in _SPELLINGS:
        raise UnitError(
            Problem(f"计量单位“{unit}”", "无法识别", hint=nearest(key, _SPELLINGS))
        )
    return _SPELLINGS[key]


@cache
def _registry() -> UnitRegistry[float]:
    """Return pint's registry with the field's units added."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry()
    for definition in (
        "CNY = [currency]",
        "tce = 29.3076 * gigajoule",
        "tCO2e = [carbon]",
        "mu_land = [land]",
        "equivalent = [pollutant_equivalent]",
        "m3 = meter ** 3",
    ):
        registry.define(definition)
    return registry
