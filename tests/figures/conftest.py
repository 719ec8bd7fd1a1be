"""Invented slices with the frames that notebooks hand to the figures."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from synergy_lib.schema import code_labels
from synergy_lib.trends.decoupling import classify_changes
from synergy_lib.trends.monotonic import trend_table

YEARS = range(2018, 2025)
CODES = "ABCDEF"
NAMES = {
    "zh": (
        "绿色低碳发展水平",
        "源头协同管控水平",
        "过程减量控制水平",
        "末端高效治理水平",
        "资源循环利用水平",
        "管理协同能力水平",
    ),
    "en": (
        "Green low-carbon development",
        "Source control",
        "In-process reduction",
        "End-of-pipe treatment",
        "Resource recycling",
        "Management",
    ),
}
INDICATORS = {
    "zh": ("单位工业增加值综合能耗（当量值）", "储运、反应、分离、干燥密闭化率"),
    "en": ("Energy per value added (calorific)", "Closed-equipment rate"),
}


def dimensions(language: str = "zh") -> pd.DataFrame:
    score = [82.4, 58.0, 71.25, np.nan, 64.0, 91.5]
    frame = pd.DataFrame({"code": list(CODES), "name": NAMES[language]})
    frame["weight"] = [22, 16, 16, 18, 16, 12]
    frame["score"] = score
    frame["previous_score"] = [79.0, 61.5, 71.25, 66.0, np.nan, 84.0]
    frame["peer_n"] = [80, 79, 80, 76, 80, 81]
    for p, shift in ((10, -22), (25, -11), (50, -1), (75, 8), (90, 15)):
        frame[f"peer_p{p}"] = np.array([70, 66, 72, 68, 62, 75]) + shift * 1.0
    return frame


def history() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": [2019, 2020, 2022, 2023, 2024],
            "overall": [58.4, 63.1, 66.9, np.nan, 74.6],
            "grade": ["待提升", "合格", "合格", "数据不足", "中"],
            "colour": ["red", "yellow", "yellow", "grey", "yellow"],
            "rank": [70.0, 61, 55, np.nan, 31],
            "ranked_count": [78, 79, 80, 80, 81],
        }
    )


def yearly() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = len(YEARS)
    fall = np.linspace(1, 0.72, n)
    frame = pd.DataFrame({"year": list(YEARS)})
    sources = {"fuel": 5200, "electricity": 9800, "heat": 12400, "process": 900}
    for name, level in (*sources.items(), ("wastewater", 260), ("recovered", 700)):
        values = level * fall * rng.uniform(0.94, 1.06, n)
        frame[f"co2e_{name}_t"] = values
    parts = [f"co2e_{name}_t" for name in (*sources, "wastewater")]
    frame["co2e_t"] = frame[parts].sum(axis=1) - frame["co2e_recovered_t"]
    for name, level in {"fuel": 2600, "heat": 4100, "electricity": 3900}.items():
        frame[f"{name}_tce"] = level * fall * rng.uniform(0.95, 1.05, n)
    frame["nonfossil_other_tce"] = np.linspace(40, 420, n)
    carriers = [f"{name}_tce" for name in ("fuel", "heat", "electricity")]
    frame["energy_tce"] = frame[carriers].sum(axis=1)
    frame["value_added_constant_10k_cny"] = np.linspace(21000, 30500, n)
    pollutants = {
        "vocs_kg": 31000,
        "so2_kg": 900,
        "nox_kg": 5400,
        "soot_kg": 610,
        "cod_kg": 18400,
        "nh3n_kg": 420,
        "tn_kg": 3100,
        "toc_kg": 5100,
    }
    for name, level in pollutants.items():
        frame[name] = level * fall * rng.uniform(0.85, 1.15, n)
    frame.loc[2, "nox_kg"] = np.nan
    frame.loc[:4, "toc_kg"] = np.nan
    return frame


def trends() -> pd.DataFrame:
    names = ["vocs_kg", "so2_kg", "nox_kg", "cod_kg", "toc_kg"]
    slopes = [-1400.0, -40, -250, -900, -60]
    counts = [7, 7, 6, 7, 2]
    return pd.DataFrame({"quantity": names, "n": counts, "slope": slopes})


def indicators(language: str = "zh") -> pd.DataFrame:
    codes = [f"{d}{k}" for d in CODES for k in (1, 2, 3)]
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"code": codes, "weight": rng.integers(2, 7, len(codes)) * 1.0}
    )
    frame["name"] = [INDICATORS[language][k % 2] for k in range(len(codes))]
    frame["score"] = rng.uniform(15, 100, len(codes)).round(2)
    frame.loc[[4, 9], "score"] = np.nan
    return frame


def bridge() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": ["overall", "rank", "A"],
            "earlier": [72.5, 31.0, 60.0],
            "own": [3.75, -6.25, 4.0],
            "data": [-1.5, 2.5, 0.0],
            "factors": [0.25, 0.0, 1.0],
            "method": [np.nan, np.nan, np.nan],
            "peers": [-0.5, 5.75, 0.0],
            "missing": [0.0, 0.0, 0.0],
            "later": [74.5, 33.0, 65.0],
        }
    )


def measures(language: str = "zh") -> pd.DataFrame:
    zh = [
        "冷凝水与余热梯级回收利用",
        "溶剂精馏热泵与母液套用",
        "RTO 余热回收（蓄热式热力焚烧）并入低压蒸汽管网替代外购蒸汽的综合改造项目",
        "空压系统变频与永磁改造",
        "屋顶光伏",
        "蓄热式热力焚烧（新增）",
        "微通道连续流反应",
        "酶法替代化学法合成",
        "工艺水回用",
    ]
    en = [
        "Condensate and waste-heat recovery",
        "Heat-pump distillation",
        "Heat recovery from the regenerative thermal oxidiser into the steam grid",
        "Variable-speed compressed air",
        "Roof photovoltaics",
        "New regenerative thermal oxidiser",
        "Microchannel continuous flow",
        "Enzymatic synthesis",
        "Process water reuse",
    ]
    mode = [1430, 980, 760.0, 310, 520, -240, np.nan, 1250, 42]
    frame = pd.DataFrame({"technique_id": [f"T{k:02d}" for k in range(9)]})
    frame["name_zh"], frame["name_en"] = zh, en
    frame["co2e_mode_t"] = mode
    frame["co2e_low_t"] = frame["co2e_mode_t"] - frame["co2e_mode_t"].abs() * 0.45
    frame["co2e_high_t"] = frame["co2e_mode_t"] + frame["co2e_mode_t"].abs() * 0.6
    frame["evidence"] = list("ABCDADCBD")
    frame["priority"] = range(1, 10)
    return frame


def enterprises(count: int = 82) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    parts = ["椒江", "临海", "黄岩", "仙居", "天台", "三门"]
    kinds = [
        "药业有限公司",
        "医药化工股份有限公司",
        "生物科技有限公司",
        "精细化工有限公司",
    ]
    frame = pd.DataFrame({"enterprise_id": [f"{k:04d}" for k in range(1, count + 1)]})
    frame["enterprise_name"] = [
        f"演示{parts[k % 6]}第{k + 1}{kinds[k % 4]}" for k in range(count)
    ]
    if count > 5:
        long = "演示浙江台州沿海化学原料药绿色制造与资源综合利用示范（集团）股份有限公司临海分公司"
        frame.loc[5, "enterprise_name"] = long
    frame["overall"] = rng.normal(70, 9, count).clip(38, 97)
    frame.loc[count - 1, "overall"] = np.nan
    score = frame["overall"]
    frame["grade"] = pd.cut(
        score,
        [0, 60, 70, 80, 90, 101],
        right=False,
        labels=["待提升", "合格", "中", "良", "优"],
    ).astype("object")
    frame["grade"] = frame["grade"].where(score.notna(), "数据不足")
    frame["colour"] = np.select(
        [score.isna(), score < 60, score < 76], ["grey", "red", "yellow"], "green"
    )
    if count > 8:
        frame.loc[8, ["grade", "colour"]] = ["待提升", "red"]
    frame["rank"] = score.rank(ascending=False, method="min")
    frame["rank_low"] = (frame["rank"] - rng.integers(0, 7, count)).clip(1)
    frame["rank_high"] = frame["rank"] + rng.integers(0, 7, count)
    for code in CODES:
        frame[code] = (score + rng.normal(0, 11, count)).clip(5, 100)
    frame.loc[frame.index == 2, "D"] = np.nan
    frame["co2e_t"] = rng.lognormal(9, 1.1, count)
    frame.loc[count // 2, "co2e_t"] = np.nan
    frame["on_carbon_list"] = frame["co2e_t"] > frame["co2e_t"].quantile(0.85)
    frame["on_pollution_list"] = rng.uniform(size=count) > 0.8
    frame["on_energy_list"] = frame["on_carbon_list"] & (rng.uniform(size=count) > 0.3)
    share = ((score - 50) / 35).clip(0, 1)
    frame["choice_green"] = share
    frame["choice_yellow"] = (1 - share) * 0.6
    frame["choice_red"] = (1 - share) * 0.4
    return frame.sort_values("rank", na_position="last", ignore_index=True)


def totals() -> pd.DataFrame:
    levels = {
        "co2e_t": 1_450_000,
        "energy_tce": 520_000,
        "air_equivalent_kg": 1_900_000,
        "water_equivalent_kg": 830_000,
        "value_added_constant_10k_cny": 1_150_000,
        "output_value_10k_cny": 3_150_000,
        "co2e_fuel_t": 310_000,
        "co2e_electricity_t": 480_000,
        "co2e_heat_t": 590_000,
        "co2e_process_t": 60_000,
        "co2e_wastewater_t": 22_000,
        "co2e_recovered_t": 12_000,
    }
    rng = np.random.default_rng(7)
    rows = []
    for quantity, level in levels.items():
        for k, year in enumerate(YEARS):
            total = level * (1 + 0.03 * k) * rng.uniform(0.97, 1.03)
            same = total * 0.83
            rows.append((quantity, year, total, 70 + 2 * k, 3, 58, same))
    names = "quantity year total reporting missing same_enterprises same_total"
    return pd.DataFrame(rows, columns=names.split())


def monitoring() -> pd.DataFrame:
    frame = pd.DataFrame({"year": [2018, 2019, 2021, 2022, 2023, 2024]})
    frame["indicator"] = "园区边界TVOC年均浓度"
    frame["value"] = [295.0, 281, 260, 238, 226, 212]
    frame["unit"] = "µg/m3"
    frame["points"] = 49
    return frame


def exceedances() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    periods = pd.period_range("2021-03", periods=44, freq="M")
    value = 210 + 45 * np.sin(np.arange(44) / 2) - np.arange(44) + rng.normal(0, 9, 44)
    value[[9, 10, 30]] = np.nan
    frame = pd.DataFrame(
        {"indicator": "园区边界TVOC月均浓度", "unit": "µg/m3"}, range(44)
    )
    frame["period"], frame["value"] = periods, value
    frame["limit"], frame["sense"] = 230.0, "at_most"
    frame["is_exceeded"] = pd.Series(value > 230, dtype="boolean").mask(np.isnan(value))
    return frame


def park_trends() -> pd.DataFrame:
    sums = totals().pivot(index="year", columns="quantity", values="same_total")
    sums.index = pd.MultiIndex.from_product(
        [["park"], sums.index], names=["enterprise_id", "year"]
    )
    shown = ["co2e_t", "energy_tce", "air_equivalent_kg", "output_value_10k_cny"]
    return trend_table(sums, [name for name in shown if name in sums])


def projects() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_name": [f"演示第{k}药业有限公司" for k in range(1, 8)],
            "measure_name": [
                "蒸汽冷凝水闭式回收",
                "屋顶分布式光伏 3.2 MW",
                "溶剂回收塔热泵精馏改造及配套自动化控制系统升级项目（二期）",
                "污水站沼气回收",
                "RTO 余热利用",
                "空压机房改造",
                "能源管理中心",
            ],
            "investment_10k_cny": [180.0, 1250, 2600, 430, 320, 95, 210],
            "co2e_reduction_t": [620.0, 2100, 3900, 510, 880, 130, np.nan],
            "status": ["完成", "在建", "计划", "计划", "在建", "完成", "计划"],
        }
    )


def park_measures() -> pd.DataFrame:
    frame = measures().drop(columns="priority")
    frame["name"] = frame["name_zh"]
    frame["enterprises"] = [34, 21, 17, 40, 52, 6, 9, 3, 28]
    return frame


def co_control(count: int = 82) -> pd.DataFrame:
    rng = np.random.default_rng(17)
    frame = pd.DataFrame({"enterprise_id": [f"{k:04d}" for k in range(1, count + 1)]})
    frame["from_year"], frame["to_year"] = 2020, 2024
    frame["pollutant"] = "air_equivalent_kg"
    frame["pollutant_reduction"] = rng.normal(0.1, 0.3, count).clip(-4, 0.99)
    frame["carbon_reduction"] = 0.6 * frame["pollutant_reduction"] + rng.normal(
        0, 0.1, count
    )
    if count > 20:
        frame.loc[3, "pollutant_reduction"] = -4.0
        frame.loc[7, "carbon_reduction"] = np.nan
    park = frame.iloc[:1].assign(enterprise_id="park", carbon_reduction=-0.06)
    frame = pd.concat([frame, park], ignore_index=True)
    x, y = frame["pollutant_reduction"], frame["carbon_reduction"]
    near = (x.abs() <= 0.10) | (y.abs() <= 0.05)
    frame["quadrant"] = np.select(
        [y.isna(), near, (x > 0) & (y > 0), (x < 0) & (y > 0), (x < 0) & (y < 0)],
        ["", "error", "I", "II", "III"],
        "IV",
    )
    return frame


def associations() -> pd.DataFrame:
    methods = ("pearson", "spearman", "kendall", "partial_pearson", "partial_spearman")
    names = ["air_equivalent_kg", "pollutant_equivalent_kg", "vocs_kg", "nh3n_kg"]
    frame = pd.DataFrame(
        [(name, method) for name in names for method in methods],
        columns=["pollutant", "method"],
    )
    frame["estimate"] = np.linspace(-0.8, 0.9, len(frame))
    frame["low"], frame["high"] = frame["estimate"] - 0.1, frame["estimate"] + 0.1
    frame["n"] = 82
    clear = frame["estimate"].abs() > 0.2
    sign = np.where(frame["estimate"] > 0, "positive", "negative")
    frame["verdict"] = np.where(clear, sign, "not_detected")
    few = frame["pollutant"] == "vocs_kg"
    frame.loc[few, ["estimate", "low", "high"]] = np.nan
    frame.loc[few, "n"], frame.loc[few, "verdict"] = 7, "cannot_judge"
    return frame


def effects(enterprise_id: str, start: float, parts: dict[str, float]) -> pd.DataFrame:
    """Return the rows of one span as the decomposition returns them."""
    labels = code_labels("decomposition_effect").loc[list(parts)]
    amounts = np.array(list(parts.values()))
    return pd.DataFrame(
        {
            "enterprise_id": enterprise_id,
            "quantity": "co2e_t",
            "output": "value_added_constant_10k_cny",
            "basis": "chain",
            "from_year": 2020,
            "to_year": 2024,
            "effect": list(parts),
            "label_zh": labels["label_zh"].to_numpy(),
            "label_en": labels["label_en"].to_numpy(),
            "start": start,
            "end": start + amounts.sum(),
            "amount": amounts,
            "share": amounts / start,
            "n": 77,
            "entered": 2,
            "left": 1,
            "left_out": 5,
            "status": "decomposed",
            "reason_zh": "",
            "reason_en": "",
        }
    )


def decoupling(changes: dict[int, tuple[float, float]]) -> pd.DataFrame:
    """Return year → (output, emission) on a fixed base as the table has it."""
    output, pressure = np.array(list(changes.values())).T
    found = classify_changes(pressure, output)
    labels = code_labels("decoupling_state").reindex(found["state"], fill_value="")
    return pd.DataFrame(
        {
            "enterprise_id": "0012",
            "quantity": "co2e_t",
            "output": "value_added_constant_10k_cny",
            "basis": "fixed",
            "from_year": 2020,
            "to_year": list(changes),
            "pressure_change": pressure,
            "output_change": output,
            "elasticity": found["elasticity"],
            "state": found["state"],
            "label_zh": labels["label_zh"].to_numpy(),
            "label_en": labels["label_en"].to_numpy(),
            "status": np.where(found["state"] == "", "flat_output", "judged"),
            "reason_zh": "",
            "reason_en": "",
        }
    )


ENTERPRISE_EFFECTS = {
    "scale": 4718.7,
    "energy_intensity": -4086.6,
    "energy_mix": 196.9,
    "emission_factor": 0.0,
    "grid_factor": -294.0,
    "process": -18.5,
    "residual": 0.0,
}
PARK_EFFECTS = {
    "scale": 408_442.6,
    "structure": -1274.3,
    "energy_intensity": -216_465.5,
    "carbon_factor": -60_711.3,
    "residual": 2219.7,
}
PATH = {
    2021: (0.08, 0.062),
    2022: (0.117, 0.029),
    2023: (0.162, 0.02),
    2024: (0.2, -0.1),
}


def make_enterprise(language: str = "zh") -> SimpleNamespace:
    own = yearly()
    ratio = own["co2e_t"] / own["value_added_constant_10k_cny"]
    park = pd.DataFrame(
        {
            "year": own["year"],
            "co2e_t_per_value_added_constant_10k_cny": ratio * 0.8 + 0.2,
        }
    )
    return SimpleNamespace(
        meta={"language": language, "report_year": 2024},
        enterprise={"enterprise_id": "0012", "enterprise_name": "演示药业"},
        dimensions=dimensions(language),
        history=history(),
        yearly=own,
        park_yearly=park,
        trends=trends(),
        indicators=indicators(language),
        bridge=bridge(),
        measures=measures(language),
        effects=effects("0012", 10_314.8, ENTERPRISE_EFFECTS),
        decoupling=decoupling(PATH),
    )


def sensitivity() -> pd.DataFrame:
    """Return indices of every input that may vary; one is below zero by chance."""
    return pd.DataFrame(
        {
            "input": [
                *("weights", "anchors", "data", "factors"),
                *("normalization", "aggregation", "missing"),
            ],
            "first": [0.35, -0.01, 0.02, 0.0, 0.1, 0.2, 0.0],
            "total": [0.63, 0.01, 0.05, 0.0, 0.31, 0.48, 0.02],
            "total_half_width": [0.16, 0.01, 0.02, 0.0, 0.14, 0.16, 0.01],
        }
    )


def target_gaps() -> pd.DataFrame:
    """Return a target on track, behind, missed, not to be judged, and without end."""
    status = ["on_track", "behind", "missed", "not_computable", "not_computable"]
    frame = pd.DataFrame({"target_id": list("abcde"), "status": status})
    frame["indicator_zh"] = [
        "万元工业增加值能耗",
        "规模以上工业单位增加值二氧化碳排放量（按可比价计算的较长名称）",
        "化学需氧量排放量",
        "万元工业增加值用水量",
        "公共区域TVOC浓度",
    ]
    frame["indicator_en"] = "Energy per industrial value added, constant prices"
    frame["standing"] = ["binding", "reference", "binding", "reference", "reference"]
    frame["kind"] = ["relative_cut"] * 3 + ["level"] * 2
    frame["target_year"] = pd.array([2025, 2025, 2023, 2025, None], dtype="Int64")
    frame["year"] = 2024
    frame["base_value"] = [2.0, 5.0, 100.0, np.nan, np.nan]
    frame["value"] = [1.6, 4.9, 430.0, 12.0, np.nan]
    frame["required_value"] = [1.7, 4.3, 90.0, np.nan, np.nan]
    frame["target_value"] = [1.64, 4.0, 90.0, np.nan, 300.0]
    frame["gap_pct"] = 100 * (frame["value"] / frame["required_value"] - 1)
    frame["reason_zh"] = ["", "", "", "基年没有数值，不回推", "企业数据不能算出"]
    frame["reason_en"] = ["", "", "", "No value in the base year", "Not in the data"]
    return frame


OBSERVED = pd.Series([9e5, np.nan, 9.6e5, 9.4e5, 9.5e5], index=range(2020, 2025))


def scenario_tables() -> dict[str, pd.DataFrame]:
    """Return three scenarios: no peak, one to come, one in the past."""
    years = np.arange(2024, 2041)
    paths, shares = [], []
    for name, pace in (("usual", 0.02), ("policy", 0.0), ("deep", -0.03)):
        middle = 9.5e5 * (1 + pace) ** (years - 2024)
        spread = 0.01 * (years - 2024)
        frame = pd.DataFrame({"scenario": name, "year": years, "median": middle})
        fan = {"p05": middle * (1 - spread), "p95": middle * (1 + spread)}
        paths.append(frame.assign(**fan))
        when = pd.array([2024, 2030, 2033, None], dtype="Int64")
        share = [0.1, 0.3, 0.2, 0.4]
        shares.append(
            pd.DataFrame({"scenario": name, "peak_year": when, "share": share})
        )
    peaks = pd.DataFrame(
        {
            "scenario": ["usual", "policy", "deep"],
            "status": ["none", "projected", "past"],
            "peak_year": [np.nan, 2030.0, 2024.0],
            "deadline": 2030,
            "p_deadline": [0.05, 0.4, 0.9],
            "p_declared": [0.1, 0.6, 0.95],
        }
    )
    return {
        "paths": pd.concat(paths, ignore_index=True),
        "peaks": peaks,
        "peak_histogram": pd.concat(shares, ignore_index=True),
    }


def decisions(count: int) -> dict[str, pd.DataFrame]:
    """Allocation, surplus, exchanges, and plants alike: every third of each kind."""
    ids = pd.Index([f"{i:04d}" for i in range(count)], name="enterprise_id")
    size = 1.0 / np.arange(1, count + 1)
    share = size / size.sum()
    shares = pd.DataFrame(
        {
            "history": share,
            "benchmark": share * 1.15,
            "mixed": share * 1.04,
            "low_share": share * 0.9,
            "high_share": share * 1.1,
        },
        index=ids,
    )
    third = np.arange(count) % 3
    flows = pd.DataFrame(
        {
            "supplier_id": [f"{i:04d}" for i in range(min(count, 24))],
            "receiver_id": [f"{i // 3:04d}" for i in range(min(count, 24))],
            "material": [
                ["废乙醇", "副产盐", "冷凝水"][i % 3] for i in range(min(count, 24))
            ],
            "amount_t": np.linspace(900.0, 10, min(count, 24)),
        }
    )
    expected = 5000.0 * size
    alike = pd.DataFrame(
        {
            "observed": expected * np.array([0.8, 1.1, 1.7])[third],
            "best_quartile": expected,
            "median": expected * 1.3,
            "gap_share": np.array([-0.25, 0.09, 0.41])[third],
            "position": np.array(["best", "middle", "above_median"])[third],
            "reason": "",
        },
        index=ids,
    )
    surplus = pd.DataFrame({"surplus_t": 4000 * size * (third - 1)}, index=ids)
    return {
        "allocation_shares": shares,
        "surplus": surplus,
        "flows": flows,
        "plants_alike": alike,
    }


def make_park(language: str = "zh", count: int = 82) -> SimpleNamespace:
    frame = pd.DataFrame({"code": list(CODES), "name": NAMES[language]})
    return SimpleNamespace(
        meta={"language": language, "report_year": 2024},
        enterprises=enterprises(count),
        sensitivity=sensitivity(),
        co_control=co_control(count),
        associations=associations(),
        dimensions=frame,
        totals=totals(),
        monitoring=monitoring(),
        exceedances=exceedances(),
        trends=park_trends(),
        measures=park_measures(),
        projects=projects(),
        effects=effects("park", 1_667_275.0, PARK_EFFECTS),
        target_gaps=target_gaps(),
        **decisions(count),
        observed=OBSERVED.copy(),
        **scenario_tables(),
    )


@pytest.fixture
def enterprise_slice() -> Callable[..., Any]:
    return make_enterprise


@pytest.fixture
def park_slice() -> Callable[..., Any]:
    return make_park
