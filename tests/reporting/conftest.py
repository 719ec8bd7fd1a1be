"""Slices of the demonstration park, and slices made by hand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.slices import EnterpriseSlice, ParkSlice
from synergy_lib.reporting.slicing import slice_enterprises, slice_park

NAN = np.nan
META = {
    "park_id": "tiny",
    "park_name": "小园区",
    "report_year": 2024,
    "base_year": 2022,
    "first_year": 2022,
    "language": "zh",
    "is_invented": False,
    "data_source": "测试",
    "scheme_title": "测试体系",
    "scheme_version": "1.0",
    "draws": 2000,
    "seed": 7,
    "varied": ["weights", "anchors", "normalization"],
    "specifications": 80,
    "colour_threshold": 0.6,
    "coverage_dimension_minimum": 0.6,
    "carbon_basis": "calculated",
    "has_deflator": True,
    "has_three_lists": True,
    "policies": [],
    "prices": {},
}
# Enterprises of the demonstration park: an ordinary one, failed gates (24, 60), too
# few data (30), a colour turned grey (59, 70), planned measures of their own (12, 81),
# suspect values (7, 15).
_SOME = (1, 7, 12, 15, 24, 30, 59, 60, 70, 81)
SOME = tuple(f"{number:04d}" for number in _SOME)
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    '#import "x"',
    "](javascript:x)",
    "{{7*7}}",
)


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Return names that act as code somewhere, if nobody takes care."""
    return HOSTILE


@pytest.fixture(scope="session", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def analyses(demo_analysis: Analysis) -> dict[str, Analysis]:
    """Return the demonstration park's analysis by language."""
    english = demo_analysis.parameters.model_copy(update={"language": "en"})
    return {"zh": demo_analysis, "en": replace(demo_analysis, parameters=english)}


@pytest.fixture(scope="session")
def all_slices(demo_analysis: Analysis) -> dict[str, EnterpriseSlice]:
    """Return the slice of every enterprise, in Chinese, by id."""
    return dict(slice_enterprises(demo_analysis))


@pytest.fixture(scope="session")
def slices_by_language(
    analyses: dict[str, Analysis], all_slices: dict[str, EnterpriseSlice]
) -> dict[str, dict[str, EnterpriseSlice]]:
    """Return slices of some enterprises of every kind, by language and id."""
    few = {
        key: replace(
            analysis,
            panel=analysis.panel.loc[list(SOME)],
            accounts=analysis.accounts.loc[list(SOME)],
        )
        for key, analysis in analyses.items()
    }
    return {
        "zh": {key: all_slices[key] for key in SOME},
        "en": slice_enterprises(few["en"]),
    }


@pytest.fixture(scope="session")
def parks_by_language(analyses: dict[str, Analysis]) -> dict[str, ParkSlice]:
    """Return the park's slice by language."""
    return {key: slice_park(analysis) for key, analysis in analyses.items()}


@pytest.fixture
def make_enterprise() -> Callable[..., EnterpriseSlice]:
    """Return a maker of small slices; keywords replace parts, ``meta`` adds to it."""

    def make(language: str = "zh", **parts: Any) -> EnterpriseSlice:
        meta = {**META, "language": language, **parts.pop("meta", {})}
        headline = {**_headline(), **parts.pop("headline", {})}
        made = EnterpriseSlice(
            meta=meta,
            enterprise={"enterprise_id": "0007", "enterprise_name": "甲药厂"},
            headline=headline,
            **_enterprise_frames(),
            notes=["用了默认值。"],
        )
        return replace(made, **parts)

    return make


@pytest.fixture
def make_park() -> Callable[..., ParkSlice]:
    """Return a maker of small park slices, as ``make_enterprise`` for enterprises."""

    def make(language: str = "zh", **parts: Any) -> ParkSlice:
        meta = {**META, "language": language, **parts.pop("meta", {})}
        headline = {**_park_headline(), **parts.pop("headline", {})}
        made = ParkSlice(
            meta=meta, headline=headline, **_park_frames(), notes=["用了默认值。"]
        )
        return replace(made, **parts)

    return make


def _headline() -> dict[str, Any]:
    return {
        "overall": 71.26,
        "overall_low": 68.0,
        "overall_high": 74.5,
        "grade": "中",
        "grade_by_score": "中",
        "grade_probability": 0.72,
        "choice_best_rank": 2.0,
        "choice_worst_rank": 6.0,
        "choice_green": 0.25,
        "choice_yellow": 0.75,
        "choice_red": 0.0,
        "depends_on_choice": True,
        "deciding_choice": "anchors",
        "colour": "yellow",
        "colour_by_rules": "yellow",
        "colour_probability": 0.83,
        "colour_reasons": "综合得分71.3低于80",
        "uncertainty_note": "",
        "rank": 3.0,
        "rank_low": 2.0,
        "rank_high": 5.0,
        "ranked_count": 9.0,
        "change": -1.25,
        "coverage": 0.9,
    }


def _enterprise_frames() -> dict[str, pd.DataFrame]:
    """Return the frames of a slice: four indicators, two dimensions, three years.

    Points lost (weight × (100 − score)): A1 10 × 50 = 500, A2 4 × 80 = 320,
    B1 30 × 11 = 330, B2 6 × 5 = 30; B3 has no score.
    """
    indicators = pd.DataFrame(
        {
            "code": ["A1", "A2", "B1", "B2", "B3"],
            "name": ["碳强度", "单位能耗", "回收率", "效率", "审核"],
            "unit": ["tCO2e/万元", "tce/万元", "%", "%", ""],
            "weight": [10.0, 4.0, 30.0, 6.0, 2.0],
            "value": [2.5, 0.9, 55.0, 97.0, NAN],
            "previous_value": [2.7, NAN, 50.0, 97.0, NAN],
            "value_text": ["", "", "", "", ""],
            "score": [50.0, 20.0, 89.0, 95.0, NAN],
            "previous_score": [40.0, NAN, 80.0, 95.0, NAN],
            "formula": ["a / b", "c / b", "d / e", "f", "choice_level(audit)"],
            "rule": ["LIN", "LIN", "LIN", "LIN", "TIER"],
            "tiers": ["", "", "", "", "0:50;1:100"],
            "baseline": [2.0, 0.7, 40.0, 80.0, NAN],
            "benchmark": [0.6, 0.35, 60.0, 98.0, NAN],
            "tag": ["P", "", "GK", "", "P"],
            "reason": [NAN, NAN, NAN, NAN, "缺少“清洁生产审核”"],
            "peer_p50": [2.0, 0.6, NAN, 96.0, NAN],
            "peer_score_p50": [60.0, 70.0, NAN, 91.0, NAN],
        }
    )
    return {
        "dimensions": pd.DataFrame(
            {
                "code": ["A", "B", "C"],
                "name": ["低碳", "循环", "管理"],
                "weight": [40.0, 35.0, 25.0],
                "score": [41.43, 89.9, NAN],
                "previous_score": [40.0, 84.0, NAN],
                "coverage": [1.0, 0.95, 0.4],
                "peer_p25": [50.0, 70.0, NAN],
                "peer_p50": [60.0, 85.0, NAN],
                "peer_p75": [80.0, 95.0, NAN],
            }
        ),
        "indicators": indicators,
        "history": pd.DataFrame(),
        "yearly": pd.DataFrame(
            {
                "year": [2022, 2023, 2024],
                "energy_tce": [900.0, NAN, 1000.0],
                "co2e_fuel_t": [100.0, 100.0, 120.0],
                "co2e_electricity_t": [1900.0, 1900.0, 1960.0],
                "co2e_heat_t": [NAN, 0.0, 0.0],
                "co2e_t": [NAN, 2000.0, 2080.0],
                "air_equivalent_kg": [500.0, 400.0, 300.0],
                "so2_kg": [0.0, NAN, 12.5],
                "value_added_10k_cny": [800.0, 820.0, 860.0],
            }
        ),
        "park_yearly": pd.DataFrame(),
        "trends": _trends(),
        "drivers": driver_frame().query("enterprise_id == '0007'"),
        "decoupling": decoupling_frame().query("enterprise_id == '0007'"),
        "target_gaps": target_frame(),
        "co_control": co_control_frame().query("enterprise_id == '0007'"),
        "measures": _measures(),
        "measure_plan": measure_plan_frame().query("enterprise_id == '0007'"),
        "changes": pd.DataFrame(
            {
                "code": ["A1", "B1", "B2"],
                "name": ["碳强度", "回收率", "效率"],
                "previous_score": [40.0, 80.0, 95.0],
                "score": [50.0, 89.0, 95.0],
                "contribution": [0.8, -2.05, 0.0],
            }
        ),
        "bridge": bridge_frame(),
        "improvements": pd.DataFrame(
            {
                "target": ["grade", "grade", "colour"],
                "next": ["良", "良", "green"],
                "points_missing": [8.74, 8.74, 8.74],
                "probability": [0.47, 0.47, NAN],
                "reason": ["", "", "门槛G2未通过，须先通过门槛"],
                "order": [1.0, 2.0, NAN],
                "code": ["A1", "B3", None],
                "name": ["碳强度", "审核", None],
                "unit": ["tCO2e/万元", "级", None],
                "current_value": [2.5, 0.0, NAN],
                "relation": ["<=", ">=", None],
                "needed_value": [0.8, 2.0, NAN],
                "gain": [6.2, 2.54, NAN],
            }
        ),
        "bridge_note": {"reason": "", "years": [2023, 2024], "not_told": []},
        "gates": pd.DataFrame(
            {
                "code": ["G1", "G2", "G3"],
                "name": ["许可证有效", "达标排放", "无事故"],
                "state": ["pass", "fail", "unknown"],
            }
        ),
        "issues": issue_frame(),
        "factors": factor_frame(),
        "restatements": pd.DataFrame(
            {
                "enterprise_id": ["0007", "0007"],
                "year": [2022, 2023],
                "column": ["co2e_t", "so2_kg"],
                "value": [2000.0, 0.0],
                "edition": ["2022", "2022"],
                "value_used": [1900.0, 3.0],
                "edition_used": ["2023", "2023"],
            }
        ),
    }


def co_control_frame() -> pd.DataFrame:
    """Return two pollutants of two enterprises and the park, one within the error."""
    return pd.DataFrame(
        {
            "pollutant": ["air_equivalent_kg"] * 3 + ["water_equivalent_kg"] * 3,
            "enterprise_id": ["0007", "0008", "park"] * 2,
            "from_year": [2020] * 6,
            "to_year": [2024] * 6,
            "n": [1, 1, 2] * 2,
            "carbon_reduction": [-0.05, 0.2, 0.12, -0.05, NAN, -0.05],
            "pollutant_reduction": [0.285, 0.3, 0.29, -0.01, NAN, -0.01],
            "quadrant": ["IV", "I", "I", "error", "", "error"],
            "within_error": ["", "", "", "pollutant", "", "both"],
        }
    )


def driver_frame() -> pd.DataFrame:
    """Return effects of the park and one enterprise, and one not decomposable."""
    effects = {
        "scale": ("规模效应", "Scale", 200.0),
        "energy_intensity": ("能耗强度效应", "Energy intensity", -120.0),
        "grid_factor": ("电网因子效应", "Grid factor", -1.0),
    }
    rows = [
        {
            "enterprise_id": unit,
            "quantity": "co2e_t",
            "output": "value_added_constant_10k_cny",
            "basis": "chain",
            "from_year": 2020,
            "to_year": 2024,
            "effect": effect,
            "label_zh": zh,
            "label_en": en,
            "start": 2000.0,
            "end": 2079.0,
            "amount": amount,
            "share": amount / 2000.0,
            "n": 1,
            "left_out": 0,
            "entered": 0,
            "left": 0,
            "covered_share": 1.0,
            "status": "decomposed",
            "reason_zh": "",
            "reason_en": "",
        }
        for unit in ("park", "0007")
        for effect, (zh, en, amount) in effects.items()
    ]
    gone = rows[0] | {
        "quantity": "vocs_kg",
        "status": "no_generation",
        "share": NAN,
        "amount": NAN,
        "reason_zh": "没有产生量",
        "reason_en": "no amount generated",
    }
    return pd.DataFrame([*rows, gone])


def decoupling_frame() -> pd.DataFrame:
    """Return two years of the park and of one enterprise, that one not judged."""
    return pd.DataFrame(
        {
            "enterprise_id": ["park", "park", "0007"],
            "quantity": ["co2e_t"] * 3,
            "output": ["value_added_constant_10k_cny"] * 3,
            "basis": ["fixed"] * 3,
            "from_year": [2020] * 3,
            "to_year": [2023, 2024, 2024],
            "n": [3, 3, 1],
            "pressure_change": [0.02, 0.04, NAN],
            "output_change": [0.1, 0.2, NAN],
            "elasticity": [0.2, 0.2, NAN],
            "state": ["weak_decoupling", "weak_decoupling", ""],
            "label_zh": ["弱脱钩", "弱脱钩", ""],
            "label_en": ["Weak decoupling", "Weak decoupling", ""],
            "status": ["judged", "judged", "no_output"],
            "reason_zh": ["", "", "没有可比价产出"],
            "reason_en": ["", "", "no output at constant prices"],
        }
    )


def target_frame() -> pd.DataFrame:
    """Return a target behind its path, one on track and one without a path."""
    return pd.DataFrame(
        {
            "target_id": ["H1", "H2", "H5"],
            "indicator_zh": ["增加值能耗", "增加值碳排放", "工业碳达峰"],
            "indicator_en": ["Energy per value added", "CO2 per value added", "Peak"],
            "standing": ["reference"] * 3,
            "kind": ["relative_cut", "relative_cut", "date"],
            "unit": ["%", "%", "年"],
            "base_year": [2020.0, 2020.0, NAN],
            "target_year": [2025.0, 2025.0, 2030.0],
            "path": ["geometric", "geometric", ""],
            "year": [2024] * 3,
            "assessed_year": [2024] * 3,
            "base_value": [0.65, 2.4, NAN],
            "value": [0.58, 1.9, NAN],
            "target_value": [0.533, 1.92, NAN],
            "required_value": [0.5545, 2.007, NAN],
            "gap": [0.0255, -0.107, NAN],
            "gap_pct": [4.6, -5.3, NAN],
            "achieved_share": [0.6, 1.04, NAN],
            "required_rate": [0.08, -0.01, NAN],
            "status": ["behind", "on_track", "not_computable"],
            "reason_zh": ["", "", "没有逐年路径"],
            "reason_en": ["", "", "no yearly path"],
        }
    )


def scenario_frames() -> dict[str, pd.DataFrame]:
    """Return two scenarios of four years, one of them without a declared peak."""
    years = [2024, 2025, 2026, 2027]
    paths = [
        pd.DataFrame(
            {
                "scenario": name,
                "year": years,
                "p05": [100.0, 98.0, 95.0, 90.0],
                "median": [100.0, 101.0, 102.0, 103.0],
                "p95": [100.0, 104.0, 109.0, 115.0],
                "likely": [100.0, 101.0, 102.0, 103.0],
            }
        )
        for name in ("usual", "policy")
    ]
    peaks = pd.DataFrame(
        {
            "scenario": ["usual", "policy"],
            "status": ["none", "horizon_short"],
            "peak_year": [NAN, NAN],
            "deadline": [2030, 2030],
            "p_deadline": [0.07, NAN],
            "p_low": [0.06, NAN],
            "p_high": [0.09, NAN],
            "p_declared": [0.07, NAN],
            "negative_share": [0.0, 0.0],
            "reason_zh": ["", "推演期过短"],
            "reason_en": ["", "horizon too short"],
        }
    )
    return {
        "scenario_observed": pd.DataFrame(
            {"year": [2022, 2023, 2024], "value": [98.0, 99.0, 100.0]}
        ),
        "scenario_paths": pd.concat(paths, ignore_index=True),
        "scenario_peaks": peaks,
        "scenario_histogram": pd.DataFrame(
            {
                "scenario": ["usual", "usual"],
                "peak_year": [2024.0, NAN],
                "share": [0.07, 0.93],
            }
        ),
        "scenario_basis": pd.DataFrame({"rate": ["g"], "origin": ["history"]}),
    }


def measure_plan_frame() -> pd.DataFrame:
    """Return a plan of two measures, and an enterprise without a plan."""
    return pd.DataFrame(
        {
            "enterprise_id": ["0007", "0007", "0009"],
            "enterprise_name": ["甲药厂", "甲药厂", "丙药厂"],
            "current": ["中", "中", "合格"],
            "next": ["良", "良", "中"],
            "points_missing": [8.74, 8.74, 3.0],
            "co2e_reduction_t": [5900.0, 5900.0, NAN],
            "probability": [0.55, 0.55, NAN],
            "reason": ["", "", "目录中可估算的措施全部实施，综合得分也不超过69.2"],
            "order": [1.0, 2.0, NAN],
            "technique_id": ["T01", "T43", None],
            "gain": [5.0, 4.1, NAN],
            "name": ["车间改造", "RTO替代", None],
            "investment_low_10k_cny": [2000.0, NAN, NAN],
            "investment_high_10k_cny": [24_000.0, NAN, NAN],
        }
    )


def bridge_frame() -> pd.DataFrame:
    """Return the bridge of an overall score, a rank and one dimension."""
    return pd.DataFrame(
        {
            "code": ["overall", "rank", "A"],
            "earlier": [72.5, 2.0, 40.0],
            "own": [2.25, -1.5, 3.0],
            "data": [-3.0, 2.0, 0.0],
            "factors": [0.0, 0.0, 0.0],
            "method": [-0.25, 0.0, -1.5],
            "peers": [0.0, 0.5, 0.0],
            "missing": [-0.24, 0.0, -0.07],
            "later": [71.26, 3.0, 41.43],
        }
    )


def _trends() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "quantity": ["co2e_t", "so2_kg"],
            "n": [5, 0],
            "first_year": [2020.0, NAN],
            "last_year": [2024.0, NAN],
            "total_change": [-0.2, NAN],
            "cagr": [-0.0543, NAN],
            "slope": [-50.0, NAN],
            "low": [-80.0, NAN],
            "high": [-20.0, NAN],
            "p": [0.0167, NAN],
            "detectable": [40.0, NAN],
            "verdict": ["falling", "no_data"],
            "statement_zh": ["碳排放：显著下降。", "二氧化硫：无数据。"],
            "statement_en": ["CO2e: falling.", "SO2: no data."],
        }
    )


def _measures() -> pd.DataFrame:
    """Return four measures: a range, one open above, never repaid, no figures."""
    return pd.DataFrame(
        {
            "technique_id": ["T22", "T14", "T44", "T02"],
            "name_zh": ["冷凝水回收", "余热利用", "绿电", "酶催化"],
            "name_en": ["Condensate", "Waste heat", "Green power", "Enzymes"],
            "stage": ["recycling", "process", "source", "source"],
            "evidence": ["C", "B", "D", "D"],
            "co2e_low_t": [120.0, 10.0, 5.0, NAN],
            "co2e_mode_t": [200.0, 10.0, 6.0, NAN],
            "co2e_high_t": [340.0, 10.0, 8.0, NAN],
            "investment_low_10k_cny": [15.0, 20.0, NAN, NAN],
            "investment_high_10k_cny": [102.0, 60.0, NAN, NAN],
            "annual_saving_low_10k_cny": [5.0, -2.0, -9.0, NAN],
            "annual_saving_high_10k_cny": [25.0, 4.0, -1.0, NAN],
            "payback_low_years": [0.61, 4.2, NAN, NAN],
            "payback_high_years": [6.32, NAN, NAN, NAN],
            "economics_note": ["", "", "无净节约，不能回收", "无法计算：缺投资额"],
            "economics_note_en": [
                "",
                "",
                "no net saving, never repaid",
                "not computable: no investment",
            ],
            "basis": ["冷凝水 100 t", "余热 1 GJ", "电 1 MWh", "产值"],
            "basis_en": ["condensate 100 t", "heat 1 GJ", "power 1 MWh", "output"],
        }
    )


def issue_frame() -> pd.DataFrame:
    """Return a suspect value, a doubtful one and three gaps, one of this year."""
    return pd.DataFrame(
        {
            "severity": ["suspect", "warning", "gap", "gap", "gap"],
            "enterprise_id": ["0007", "0007", "0007", "0007", "0008"],
            "year": pd.array([2023, 2024, 2024, 2022, None], dtype="Int64"),
            "column": ["so2_kg", "co2e_t", "cod_kg", "cod_kg", "toc_kg"],
            "cell": ["污染物!F9", "年度经营!C3", "", "污染物!F7", ""],
            "value": pd.Series([34_560.0, "约5", None, None, None], dtype=object),
            "rule": ["unit_slip", "unit_slip", "gap", "gap", "gap_all_years"],
            "message": ["疑为单位错误", "请核实", "未填报", "未填报", "各年均未填报"],
            "treatment": ["未采用", "已采用", "缺失", "缺失", "缺失"],
        }
    )


def factor_frame() -> pd.DataFrame:
    """Return a factor of two years, a proposal, and two equivalents of one table."""
    return pd.DataFrame(
        {
            "name_zh": ["电力", "电力", "其他VOCs", "二氧化硫", "COD"],
            "name_en": ["Electricity", "Electricity", "Other VOCs", "SO2", "COD"],
            "value": [0.5422, 0.5153, 0.95, 0.95, 1.0],
            "unit": ["tCO2/MWh", "tCO2/MWh", "1", "kg/当量", "kg/当量"],
            "source_key": ["R3", "R3", "R9", "R15", "R15"],
            "tag": ["", "", "P", "", ""],
        }
    )


def _park_headline() -> dict[str, Any]:
    return {
        "enterprises": 3,
        "ranked": 2,
        "median_score": 71.26,
        "colours": {"green": 1, "yellow": 1, "grey": 1},
        "grades": {"优": 1, "中": 1, "数据不足": 1},
        "suspect": 1,
        "warning": 1,
        "gap": 3,
        "year": 2024,
        "scenario_enterprises": 3,
    }


def _park_frames() -> dict[str, pd.DataFrame]:
    return {
        "enterprises": pd.DataFrame(
            {
                "enterprise_id": ["0007", "0008", "0009"],
                "enterprise_name": ["甲药厂", "乙药厂", "丙药厂"],
                "overall": [71.26, 91.0, 55.0],
                "grade": ["中", "优", "数据不足"],
                "colour": ["yellow", "green", "grey"],
                "colour_probability": [0.83, 0.99, NAN],
                "colour_reasons": ["综合得分71.3低于80", "达标", "数据不足"],
                "uncertainty_note": ["", "", ""],
                "grade_by_score": ["中", "优", "数据不足"],
                "grade_probability": [0.55, 0.99, NAN],
                "choice_best_rank": [1.0, 1.0, NAN],
                "choice_worst_rank": [2.0, 2.0, NAN],
                "choice_green": [0.25, 1.0, NAN],
                "choice_yellow": [0.5, 0.0, NAN],
                "choice_red": [0.25, 0.0, NAN],
                "depends_on_choice": [True, False, None],
                "deciding_choice": ["anchors", "", None],
                "rank": [2.0, 1.0, NAN],
                "rank_low": [1.0, 1.0, NAN],
                "rank_high": [2.0, 1.0, NAN],
                "change": [-1.25, 0.6, NAN],
                "co2e_t": [2080.0, 150_000.0, NAN],
            }
        ),
        "sensitivity": pd.DataFrame(
            {
                "input": ["weights", "anchors", "data"],
                "first": [0.4, 0.1, -0.01],
                "first_half_width": [0.1, 0.05, 0.02],
                "total": [0.6, 0.3, 0.02],
                "total_half_width": [0.15, 0.1, 0.01],
            }
        ),
        "left_out": pd.DataFrame(
            {
                "code": ["A", "B1", "B2"],
                "mean_shift": [1.0, 0.5, NAN],
                "largest_shift": [2.0, 1.0, NAN],
                "mean_change": [1.65, -0.2, NAN],
                "colour_changes": [1, 0, 0],
                "n": [2, 2, 0],
                "name": ["低碳", "回收率", "效率"],
                "name_en": ["Low carbon", "Recovery", ""],
                "level": [2.0, 1.0, 1.0],
            }
        ),
        "dimensions": pd.DataFrame(),
        "indicators": pd.DataFrame(
            {
                "code": ["A1", "A2", "B1"],
                "name": ["碳强度", "单位能耗", "回收率"],
                "unit": ["tCO2e/万元", "", "%"],
                "weight": [10.0, 30.0, 20.0],
                "n": [3, 3, 2],
                "p10": [1.0, 0.3, NAN],
                "p50": [2.0, 0.6, NAN],
                "p90": [3.0, 0.9, NAN],
                "baseline": [2.0, 0.7, 40.0],
                "benchmark": [0.6, 0.35, 60.0],
                "score_p50": [60.0, 75.0, NAN],
            }
        ),
        "totals": total_frame(),
        "ratios": pd.DataFrame(
            {"year": [2023, 2024], "co2e_t_per_value_added_10k_cny": [2.2, 2.1234]}
        ),
        "monitoring": pd.DataFrame(
            {
                "year": [2024, 2024],
                "indicator": ["TVOC", "总磷"],
                "value": [212.0, NAN],
                "unit": ["μg/m3", "mg/L"],
                "points": [NAN, 4],
                "note": [None, "年均"],
            }
        ),
        "drivers": driver_frame().query("enterprise_id == 'park'"),
        "decoupling": decoupling_frame().query("enterprise_id == 'park'"),
        "target_gaps": target_frame(),
        **scenario_frames(),
        "co_control": co_control_frame(),
        "associations": pd.DataFrame(
            {
                "pollutant": ["air_equivalent_kg"] * 2 + ["water_equivalent_kg"],
                "method": ["spearman", "partial_spearman", "spearman"],
                "n": [82, 82, 5],
                "estimate": [0.738, 0.7236, NAN],
                "low": [0.603, 0.5823, NAN],
                "high": [0.832, 0.8225, NAN],
                "verdict": ["positive", "positive", "cannot_judge"],
            }
        ),
        "within": pd.DataFrame(
            {
                "pollutant": ["air_equivalent_kg"],
                "method": ["within_two_way"],
                "n": [82],
                "estimate": [0.779],
                "low": [0.641],
                "high": [0.869],
                "verdict": ["positive"],
            }
        ),
        "concentration": pd.DataFrame(
            {
                "pollutant": ["air_equivalent_kg", "so2_kg"],
                "top_n": [9, 9],
                "in_both": [4.0, 2.0],
                "carbon_top_share": [0.288, 0.288],
                "pollutant_share_of_carbon_top": [0.2866, 0.146],
            }
        ),
        "measure_plan": measure_plan_frame(),
        "measures": pd.DataFrame(
            {
                "technique_id": ["T22", "T14"],
                "name": ["冷凝水回收", "余热利用"],
                "stage": ["recycling", "process"],
                "evidence": ["C", "D"],
                "enterprises": [3, 2],
                "co2e_low_t": [120.0, -5.0],
                "co2e_mode_t": [200.0, 10.0],
                "co2e_high_t": [340.0, 30.0],
            }
        ),
        "projects": pd.DataFrame(
            {
                "enterprise_id": ["0007", "0008"],
                "enterprise_name": ["甲药厂", "乙药厂"],
                "measure_name": ["余热", "光伏"],
                "technique_id": ["T14", "T18"],
                "planned_year": [2025.0, NAN],
                "investment_10k_cny": [1200.0, 34.0],
                "annual_saving_10k_cny": [NAN, NAN],
                "co2e_reduction_t": [500.0, 60.0],
                "status": ["计划", None],
            }
        ),
        "lists": pd.DataFrame(
            {
                "list": ["carbon", "carbon", "pollutant", "energy_watch"],
                "enterprise_id": ["0007", "0008", "0008", "0007"],
                "enterprise_name": ["甲药厂", "乙药厂", "乙药厂", "甲药厂"],
                "is_statutory": [False, True, True, False],
                "is_key_control": [False, False, False, False],
                "criterion": ["园区", "法定", "许可", "关注"],
                "co2e_t": [2080.0, 150_000.0, 150_000.0, 2080.0],
                "cod_kg": [10.0, NAN, NAN, 10.0],
            }
        ),
        "trends": _trends(),
        "issues": issue_frame(),
        "factors": factor_frame(),
        "restatements": pd.DataFrame(),
        "cases": pd.DataFrame(
            {
                "case_id": ["T01", "T02"],
                "case_zh": ["五化改造", "酶催化"],
                "place": ["台州", "嘉兴"],
                "quantity_zh": ["减碳", "节电"],
                "comparison": ["", ">"],
                "value": [1500.0, 17.5],
                "unit": ["tCO2/a", "%"],
                "source_key": ["S000", "S001"],
                "evidence": ["D", "C"],
                "recomputed": [13590.0, NAN],
                "recomputed_unit": ["元/t", None],
                "check_note": ["相除", ""],
            }
        ),
    }


def total_frame() -> pd.DataFrame:
    """Return totals of two quantities; one enterprise lacks carbon in 2024."""
    return pd.DataFrame(
        {
            "quantity": ["co2e_t"] * 2 + ["so2_kg"] * 2,
            "year": [2023, 2024] * 2,
            "total": [150_000.0, 152_080.0, NAN, NAN],
            "reporting": [2, 2, 0, 0],
            "missing": [1, 1, 3, 3],
            "same_enterprises": [2, 2, 0, 0],
            "same_total": [150_000.0, 152_080.0, NAN, NAN],
        }
    )
