"""Units at the border: what a person wrote, converted to the unit of a column."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from synergy_lib.errors import InputDataError, Problem, nearest, quote

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["UnitError", "conversion_factor", "is_convertible", "known_units"]

# As printed in workbooks, registers and reports → an expression of the registry below.
# "Nm3" is a cubic metre at 0 °C and 101.325 kPa; tCO2 and tCO2e are one unit here
# because the columns, not the unit, say which gases are in.
_SPELLINGS = {
    "": "dimensionless",
    "1": "dimensionless",
    "%": "percent",
    "人": "item",
    "个": "item",
    "套": "item",
    "次": "item",
    "项": "item",
    "家": "item",
    "person": "item",
    "persons": "item",
    "persons at 31 December": "item",
    "元": "CNY",
    "千元": "1e3 * CNY",
    "万元": "1e4 * CNY",
    "亿元": "1e8 * CNY",
    "10^4 CNY": "1e4 * CNY",
    "10^6 CNY": "1e6 * CNY",
    "亩": "mu_land",
    "m2": "m2",
    "平方米": "m2",
    "公顷": "1e4 * m2",
    "kWh": "kWh",
    "MWh": "1e3 * kWh",
    "GWh": "1e6 * kWh",
    "万kWh": "1e4 * kWh",
    "万千瓦时": "1e4 * kWh",
    "千瓦时": "kWh",
    "兆瓦时": "1e3 * kWh",
    "度": "kWh",
    "万度": "1e4 * kWh",
    "10^4 kWh": "1e4 * kWh",
    "GJ": "GJ",
    "MJ": "1e-3 * GJ",
    "TJ": "1e3 * GJ",
    "吉焦": "GJ",
    "百万千焦": "GJ",
    "10^3 GJ": "1e3 * GJ",
    "tce": "tce",
    "吨标准煤": "tce",
    "吨标煤": "tce",
    "kgce": "1e-3 * tce",
    "千克标准煤": "1e-3 * tce",
    "万tce": "1e4 * tce",
    "万吨标准煤": "1e4 * tce",
    "t": "t",
    "吨": "t",
    "万t": "1e4 * t",
    "万吨": "1e4 * t",
    "10^4 t": "1e4 * t",
    "kg": "kg",
    "千克": "kg",
    "公斤": "kg",
    "g": "1e-3 * kg",
    "t O2": "t",
    "tCO2": "tCO2e",
    "tCO2e": "tCO2e",
    "t CO2": "tCO2e",
    "t CO2e": "tCO2e",
    "kg CO2": "1e-3 * tCO2e",
    "kgCO2": "1e-3 * tCO2e",
    "10^3 tCO2e": "1e3 * tCO2e",
    "万tCO2": "1e4 * tCO2e",
    "万tCO2e": "1e4 * tCO2e",
    "m3": "m3",
    "Nm3": "m3",
    "万m3": "1e4 * m3",
    "万Nm3": "1e4 * m3",
    "10^4 m3": "1e4 * m3",
    "10^6 m3": "1e6 * m3",
    "thousand m3": "1e3 * m3",
    "立方米": "m3",
    "万立方米": "1e4 * m3",
    "mg/L": "1e-3 * kg/m3",
    "GJ/t": "GJ/t",
    "m3/t": "m3/t",
    "t/t": "t/t",
    "h": "hour",
    "小时": "hour",
    "μg/m3": "1e-9 * kg/m3",
    "当量": "equivalent",
}
# Every unit there is, by its dimension. Counts, money, land, carbon and pollutant
# equivalents are dimensions of their own, so that none turns into another.
_DEFINITIONS = (
    "t = [mass]",
    "kg = 1e-3 * t",
    "GJ = [energy]",
    "kWh = 3.6e-3 * GJ",
    "tce = 29.3076 * GJ",
    "m3 = [volume]",
    "m2 = [area]",
    "mu_land = 2000 / 3 * m2",
    "hour = [time]",
    "percent = 0.01",
    "item = [item]",
    "CNY = [currency]",
    "tCO2e = [carbon]",
    "equivalent = [pollutant_equivalent]",
)


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
        Unit as written by a person, e.g. ``"万kWh"``; width, case and the place of
        spaces do not matter, ``³`` and ``^3`` are ``3``.
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
    1 tce = 29.3076 GJ (7000 kcal of 4.1868 kJ per kg, GB/T 2589); 15 亩 = 1 公顷.

    Examples
    --------
    >>> conversion_factor("万kWh", "MWh")
    10.0
    >>> round(conversion_factor("GJ", "tce"), 6)
    0.034121
    """
    if _key(unit) == _key(target) and _key(unit) in _expressions():
        return 1.0
    from pint import DimensionalityError

    registry = _registry()
    source = registry.parse_expression(_expression(unit))
    goal = registry.parse_expression(_expression(target))
    try:
        return float(f"{(1 * source / goal).to_reduced_units().m_as(''):.12g}")
    except DimensionalityError as error:
        raise UnitError(
            Problem(
                f"计量单位{quote(unit)}",
                "与该列的量纲不同",
                f"可换算为 {target} 的单位",
            )
        ) from error


def is_convertible(unit: str, target: str) -> bool:
    """Tell whether a unit is known and measures the same thing as another.

    Examples
    --------
    >>> is_convertible("万吨", "t"), is_convertible("GJ", "t"), is_convertible("?", "t")
    (True, False, False)
    """
    try:
        conversion_factor(unit, target)
    except UnitError:
        return False
    return True


def _key(unit: str) -> str:
    """Return a spelling without what people vary: width, case, spaces, exponents."""
    plain = unicodedata.normalize("NFKC", unit).replace("标立方米", "Nm3")
    return re.sub(r"\s+", "", plain).replace("m^", "m").casefold()


@cache
def _expressions() -> dict[str, str]:
    """Return the expression of every spelling, by its key."""
    return {_key(spelling): text for spelling, text in _SPELLINGS.items()}


def _expression(unit: str) -> str:
    """Return the expression of a spelling."""
    found = _expressions().get(_key(unit))
    if found is None:
        raise UnitError(
            Problem(
                f"计量单位{quote(unit)}", "无法识别", hint=nearest(unit, _SPELLINGS)
            )
        )
    return found


@cache
def _registry() -> UnitRegistry[float]:
    """Return a registry that knows the units of this field and no others."""
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry(None)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry
