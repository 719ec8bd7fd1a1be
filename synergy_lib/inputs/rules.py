"""The rules of doubt: what each says, and findings as one table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from synergy_lib.resources import data_path

__all__ = ["findings", "load_rules", "rule_message", "rule_severity", "stack_findings"]

_FOUND = ["enterprise_id", "year", "column", "value", "rule", "severity", "message"]


@cache
def load_rules() -> pd.DataFrame:
    """Return the validation rules (``data/validation_rules.csv``)."""
    rules = pd.read_csv(data_path("validation_rules.csv"), keep_default_na=False)
    return rules.set_index("rule_id")


_BUILT_IN = {
    "absent": ("gap", "“企业信息”表中有此企业，但没有任何年度数据"),
    "carbon_intensity": (
        "warning",
        "与工业增加值之比超出 0.01–30 tCO2e/万元，请核实能源数据与单位",
    ),
    "gap": ("gap", "本年未填报（其他年份有）"),
    "no_row": ("gap", "所在工作表没有该企业本年的行"),
    "pair": ("suspect", "与相邻年份相差 300 倍以上，疑为单位错误，分不清是哪一年"),
    "gap_all_years": ("gap", "各年均未填报"),
    "zero_not_reported": ("suspect", "其他年份为正而本年为 0，疑为未报告"),
    "zero_never_positive": ("suspect", "各年均为 0 或空白，疑为未报告"),
}


def rule_severity(rule_id: str) -> str:
    """Return the severity of a rule: suspect, warning or gap."""
    if rule_id in _BUILT_IN:
        return _BUILT_IN[rule_id][0]
    return str(load_rules().loc[rule_id, "severity"])


def rule_message(rule_id: str) -> str:
    """Return what a rule says about a value it points at."""
    if rule_id in _BUILT_IN:
        return _BUILT_IN[rule_id][1]
    return str(load_rules().loc[rule_id, "message_zh"])


def findings(panel: pd.DataFrame, marks: pd.DataFrame, rule_id: str) -> pd.DataFrame:
    """Return the values of some columns that a rule marks, one a row."""
    columns, rows = np.nonzero(marks.to_numpy(dtype=bool).T)
    hits = panel.index[rows]
    values = panel[list(marks.columns)].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "enterprise_id": hits.get_level_values("enterprise_id"),
            "year": hits.get_level_values("year"),
            "column": marks.columns.to_numpy()[columns],
            "value": values[rows, columns],
            "rule": rule_id,
        }
    )


def stack_findings(pieces: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table with severity and message added."""
    kept = [piece.astype({"value": object}) for piece in pieces if len(piece)]
    if not kept:
        return pd.DataFrame(columns=_FOUND)
    table = pd.concat(
        [piece.astype({"year": "Int64"}) for piece in kept], ignore_index=True
    )
    table["severity"] = table["rule"].map(rule_severity)
    table["message"] = table["rule"].map(rule_message)
    return table[_FOUND]
