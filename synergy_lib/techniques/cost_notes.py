"""Why a measure has no payback, in a table cell and at length."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["NOTE_COLUMNS", "PRICE_LABELS", "economics_explanation", "economics_note"]

PRICE_LABELS = {
    "electricity_cny_per_mwh": ("电价", "electricity price"),
    "green_power_premium_cny_per_mwh": ("绿电溢价", "green-power premium"),
    "heat_cny_per_gj": ("热价", "heat price"),
    "natural_gas_cny_per_nm3": ("天然气价", "gas price"),
    "bituminous_cny_per_t": ("煤价", "coal price"),
    "solvent_cny_per_t": ("溶剂价", "solvent price"),
    "water_cny_per_m3": ("水价", "water price"),
    "hazardous_waste_cny_per_t": ("危废处置费", "waste fee"),
}
# What the notes on a measure are made of.
NOTE_COLUMNS = (
    "investment_mode_10k_cny",
    "annual_saving_mode_10k_cny",
    "payback_mode_years",
    "lifetime_years",
    "co2e_mode_t",
    "investment_origin",
    "opex_fraction",
    "capex_note",
    "size_note",
    "missing_prices",
    "saving_gap",
    "abatement_reason",
)
MOST_PRICES_NAMED = 2
# Reason for a missing saving → its words in a cell, and the sentence behind it.
_GAPS = {
    "not_estimated": ("效益数据", "effect", "没有节约量的估算"),
    "nothing_priced": ("可计价节约", "priced saving", "没有可计价的节约量"),
    "energy_saving": (
        "能源节约量",
        "energy saving",
        "公布数只有减碳量，不分能源品种，年节约额算不出",
    ),
    "running_cost": ("运行费用", "running cost", "助燃气、用电等运行费用没有公开值"),
}
_VERDICTS = {
    "": ("", ""),
    "no_saving": ("无净节约，不能回收", "no net saving, never repaid"),
    "too_late": ("寿命期内不能回收", "not repaid within its life"),
    "co2e_unknown": ("缺减碳量，无单位成本", "no CO2e figure, no unit cost"),
    "no_cut": ("不减碳，无单位成本", "no CO2e cut, no unit cost"),
}
_NO_SAVING = ("年净节约", "net saving", "年净节约缺失")


def economics_note(row: Mapping[Any, Any], language: str) -> str:
    """Return why the economics are not, or not fully, computed; empty if they are.

    Parameters
    ----------
    row : mapping
        A measure, by column of :data:`NOTE_COLUMNS`.
    language : {"zh", "en"}

    Returns
    -------
    str
        For a table cell, e.g. ``无法计算：缺投资额``, ``无法计算：缺电价、热价``.
    """
    chinese = language == "zh"
    missing = []
    if math.isnan(row["investment_mode_10k_cny"]):
        missing.append("投资额" if chinese else "investment")
    if math.isnan(row["annual_saving_mode_10k_cny"]):
        missing += _missing_saving(row, 0 if chinese else 1)
    if missing:
        if chinese:
            return f"无法计算：缺{'、'.join(missing)}"
        return f"not computable: no {', '.join(missing)}"
    return _VERDICTS[_verdict(row)][0 if chinese else 1]


def economics_explanation(row: Mapping[Any, Any]) -> str:
    """Return, in Chinese, what the investment rests on and what is missing."""
    parts = [_investment_sentence(row)]
    if math.isnan(row["annual_saving_mode_10k_cny"]):
        parts.append(_saving_sentence(row))
    elif row["annual_saving_mode_10k_cny"] <= 0:
        parts.append("年净节约不为正，投资不能回收")
    elif row["payback_mode_years"] > row["lifetime_years"]:
        parts.append(f"回收期超过寿命 {row['lifetime_years']:.0f} 年")
    return "；".join(filter(None, parts)) + "。"


def _verdict(row: Mapping[Any, Any]) -> str:
    """Return what is to be said of a measure whose investment and saving are known."""
    if row["annual_saving_mode_10k_cny"] <= 0:
        return "no_saving"
    if row["payback_mode_years"] > row["lifetime_years"]:
        return "too_late"
    if math.isnan(row["co2e_mode_t"]):
        return "co2e_unknown"
    return "no_cut" if row["abatement_reason"] else ""


def _missing_saving(row: Mapping[Any, Any], place: int) -> list[str]:
    """Return what the saving lacks: a figure, one or two prices, or several."""
    gap = row["saving_gap"]
    if gap in _GAPS:
        return [_GAPS[gap][place]]
    keys = [key for key in row["missing_prices"].split(";") if key]
    if len(keys) > MOST_PRICES_NAMED:
        return [("多项价格", "prices")[place]]
    return [PRICE_LABELS[key][place] for key in keys] or [_NO_SAVING[place]]


def _saving_sentence(row: Mapping[Any, Any]) -> str:
    """Return why there is no saving, naming every price that is missing."""
    if row["saving_gap"] in _GAPS:
        return _GAPS[row["saving_gap"]][2]
    keys = [key for key in row["missing_prices"].split(";") if key]
    if not keys:
        return _NO_SAVING[2]
    named = "、".join(f"{PRICE_LABELS[key][0]} {key}" for key in keys)
    return f"运行参数没有价格：{named}"


def _investment_sentence(row: Mapping[Any, Any]) -> str:
    """Return where the investment comes from, or why there is none."""
    note = row["capex_note"]
    if row["investment_origin"] == "enterprise":
        return "投资额为企业填报"
    running = row["opex_fraction"]
    if row["investment_origin"] == "":
        reason = note or "技术清单没有可引用的单位投资"
        if not math.isnan(running):
            reason = "规模未知，不能按技术清单的建议单价推算"
        return f"企业未填投资额；{reason}"
    cost = f"年运维费按投资的{100 * running:.2g}%计 [P]" if running else ""
    parts = [f"投资按建议单价 [P]：{note}", row["size_note"], cost]
    return "；".join(filter(None, parts))
