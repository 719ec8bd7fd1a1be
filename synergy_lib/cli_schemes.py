"""``synergy compare-schemes``: the same park by several schemes, on screen and file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synergy_lib.errors import InputDataError, ParameterError, Problem, nearest

if TYPE_CHECKING:
    import pandas as pd

    from synergy_lib.parameters import RunParameters
    from synergy_lib.scored_park import SchemeScores
    from synergy_lib.scoring.framework import Scheme
    from synergy_lib.scoring.scheme_comparison import SchemeComparison
    from synergy_lib.scoring.standards.park_table import ParkTableScore
    from synergy_lib.scoring.standards.tables import StandardTable

__all__ = ["check_new_workbook", "compare_schemes"]

_COLOURS = {"red": "红", "yellow": "黄", "green": "绿", "grey": "灰（不评色）"}
_STATUS = {"met": "达到", "not_met": "未达到", "no_data": "无数据"}
_PRINTED_SHIFTS = 10


def compare_schemes(
    run_file: Annotated[
        Path, typer.Argument(help="运行参数文件，如 parameters/parks/demo_park.yml")
    ],
    scheme: Annotated[
        list[str],
        typer.Option("--scheme", help="指标体系或标准表的名称或文件夹（可重复）"),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="另存为工作簿（.xlsx）")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="改用另一个同样格式的数据文件")
    ] = None,
) -> None:
    """Score one park by several schemes and say where they disagree."""
    from synergy_lib.inputs import read_park
    from synergy_lib.parameters import read_parameters
    from synergy_lib.scored_park import score_by_schemes
    from synergy_lib.scoring.standards.park_table import check_park_values

    parameters = read_parameters(run_file, data=data)
    check_park_values(parameters.park_values)
    if out is not None:
        check_new_workbook(out)
    chosen = _load(scheme)
    park = read_park(parameters.input, report_year=parameters.report_year)
    scored = score_by_schemes(park, parameters, chosen.schemes)
    sheets = _compared(scored, chosen, parameters)
    for name, table in chosen.tables.items():
        sheets[name] = _assessed(name, table, scored, parameters)
    sheets["说明"] = _notes(chosen)
    if out is not None:
        _write(out, sheets)


@dataclass(frozen=True)
class _Chosen:
    """The schemes and tables that were asked for, by name."""

    schemes: dict[str, Scheme] = field(default_factory=dict)
    tables: dict[str, StandardTable] = field(default_factory=dict)


def check_new_workbook(file: Path) -> None:
    """Refuse a file that is no workbook, is there already, or has no folder."""
    if file.suffix.lower() != ".xlsx":
        raise ParameterError(Problem(str(file), "不是工作簿的文件名", "以 .xlsx 结尾"))
    if file.exists():
        raise ParameterError(Problem(str(file), "已经存在", "一个新的名字"))
    if not file.resolve().parent.is_dir():
        raise ParameterError(Problem(str(file), "没有这个文件夹"))


def _load(names: list[str]) -> _Chosen:
    """Load everything asked for, or raise with all that is wrong with it."""
    chosen = _Chosen()
    problems: list[Problem | str] = []
    for name in dict.fromkeys(names):
        try:
            _load_one(_folder(name), chosen)
        except (InputDataError, ParameterError) as error:
            problems += error.problems
    if not problems and len(chosen.schemes) < 2 and not chosen.tables:
        what = f"只给出{len(chosen.schemes)}个指标体系"
        expected = "至少两个指标体系，或一个标准表"
        problems.append(Problem("--scheme", what, expected))
    if problems:
        raise ParameterError(problems)
    return chosen


def _folder(name: str) -> Path:
    """Return the folder of a shipped scheme or table, or a folder of the user's."""
    from synergy_lib.parameters import list_schemes
    from synergy_lib.resources import parameters_path
    from synergy_lib.scoring.standards.tables import list_tables

    shipped = [*list_schemes(), *list_tables()]
    if name in shipped:
        return parameters_path("schemes", name)
    if Path(name).is_dir():
        return Path(name).resolve()
    what, hint = f"没有名为“{name}”的指标体系", nearest(name, shipped)
    raise ParameterError(Problem("--scheme", what, "、".join(shipped), hint))


def _load_one(folder: Path, chosen: _Chosen) -> None:
    """Load the scheme or table of a folder into what is chosen."""
    from synergy_lib.scoring.framework import load_scheme
    from synergy_lib.scoring.standards.carbon_efficiency import load_carbon_classes
    from synergy_lib.scoring.standards.cleaner_production import (
        load_cleaner_production,
    )
    from synergy_lib.scoring.standards.park_table import load_park_table
    from synergy_lib.scoring.standards.tables import read_table_header

    name = folder.name
    if name in chosen.schemes or name in chosen.tables:
        raise ParameterError(Problem("--scheme", f"有两个文件夹都叫“{name}”"))
    if (folder / "scheme.yml").exists():
        chosen.schemes[name] = load_scheme(folder)
        return
    loaders = {
        "park_table": load_park_table,
        "cleaner_production": load_cleaner_production,
        "carbon_classes": load_carbon_classes,
    }
    kind = read_table_header(folder / "table.yml").kind
    if kind not in loaders:
        what = "是市级指数，企业和园区数据不能评分"
        raise ParameterError(Problem(f"--scheme {name}", what))
    chosen.tables[name] = loaders[kind](folder)


def _compared(
    scored: SchemeScores, chosen: _Chosen, parameters: RunParameters
) -> dict[str, pd.DataFrame]:
    """Print how the index schemes agree; return the sheets that say so."""
    from synergy_lib.scoring.scheme_comparison import compare_schemes as compare

    if len(chosen.schemes) < 2:
        return {}
    year = parameters.report_year
    comparison = compare(scored.scores, chosen.schemes, year)
    names = scored.data.enterprises["enterprise_name"]
    print(
        f"{parameters.park_name_zh} {year}年，{len(chosen.schemes)}个指标体系"
        "（颜色按各体系规则，未因权重不确定而改灰）："
    )
    for name, own in comparison.results.groupby("scheme", sort=False):
        counts = own["colour"].value_counts()
        colours = "，".join(f"{_COLOURS[c]} {counts.get(c, 0)}" for c in _COLOURS)
        title = chosen.schemes[str(name)].header.title_zh
        print(f"  {name}（{title}）：{len(own)} 家，{colours}")
    for _, pair in comparison.pairs.iterrows():
        _print_pair(pair, comparison)
    shown = {"results": comparison.results, "shifts": comparison.shifts}
    named = {
        key: _named(frame, names).replace(
            {column: _COLOURS for column in frame if str(column).startswith("colour")}
        )
        for key, frame in shown.items()
    }
    return {
        "体系之间": comparison.pairs.rename(columns=_HEADINGS),
        "企业结果": _headed(named["results"]),
        "企业差异": _headed(named["shifts"]),
    }


def _print_pair(pair: pd.Series, comparison: SchemeComparison) -> None:
    """Print how two schemes agree, and the enterprises they disagree most on."""
    first, second = pair["scheme_a"], pair["scheme_b"]
    shifts = comparison.shifts
    own = shifts[(shifts["scheme_a"] == first) & (shifts["scheme_b"] == second)]
    print(f"{first} → {second}：")
    print(
        f"  共同排名 {pair['common']} 家；Spearman {_number(pair['spearman'])}，"
        f"Kendall {_number(pair['kendall'])}；名次平均相差 "
        f"{_number(pair['mean_rank_shift'], 1)}，最多 "
        f"{_number(pair['largest_rank_shift'], 0)}"
    )
    grades = (
        f"等级不同 {pair['grade_changes']:.0f}/{pair['grade_judged']} 家"
        if pair["grade_judged"]
        else "等级不可比"
    )
    print(
        f"  颜色不同 {pair['colour_changes']}/{pair['colour_judged']} 家，"
        f"只有一方评色 {pair['judged_by_one']} 家；{grades}"
    )
    changed = own[own["changes_colour"].fillna(value=False).astype(bool)]
    for (before, after), members in changed.groupby(["colour_a", "colour_b"]):
        ids = "、".join(str(item) for item in members["enterprise_id"])
        print(f"  {_COLOURS[str(before)]}→{_COLOURS[str(after)]}：{ids}")
    order = own["rank_shift"].abs().sort_values(ascending=False, kind="stable").dropna()
    for row in own.loc[order[order > 0].index[:_PRINTED_SHIFTS]].itertuples():
        print(
            f"  {row.enterprise_id} 名次 {row.rank_a:.0f}→{row.rank_b:.0f}，"
            f"等级 {row.grade_a}→{row.grade_b}，"
            f"{_COLOURS[str(row.colour_a)]}→{_COLOURS[str(row.colour_b)]}"
        )
    if (order > 0).sum() > _PRINTED_SHIFTS:
        print(
            f"  另有 {(order > 0).sum() - _PRINTED_SHIFTS} 家名次不同（--out 列出全部）"
        )


def _number(value: object, digits: int = 3) -> str:
    """Return a number for the screen, a dash where there is none."""
    number = float(str(value))
    return "–" if number != number else f"{number:.{digits}f}"


def _assessed(
    name: str, table: StandardTable, scored: SchemeScores, parameters: RunParameters
) -> pd.DataFrame:
    """Print the result of one table; return its sheet."""
    import pandas as pd

    print(f"{name}（{table.header.title_zh}）：{table.header.basis}")
    if table.header.kind == "park_table":
        return _park_table(name, table, scored, parameters)
    year = parameters.report_year
    if table.header.kind == "carbon_classes":
        frame, what = _carbon_code(table, scored), "grade"
    else:
        frame, what = _cleaner_levels(table, scored, parameters), "level"
    here = pd.DataFrame(frame.xs(year, level="year")).reset_index()
    ordered = here.sort_values(what)[f"{what}_name"].replace("", "不能判定")
    counts = ordered.value_counts(sort=False)
    print(f"  {year}年：" + "，".join(f"{k!s} {v} 家" for k, v in counts.items()))
    return _named(here, scored.data.enterprises["enterprise_name"])


def _park_table(
    name: str, table: StandardTable, scored: SchemeScores, parameters: RunParameters
) -> pd.DataFrame:
    """Print how the park stands against a table; return its sheet."""
    from synergy_lib.scoring.standards.park_table import (
        park_table_values,
        score_park_table,
    )

    values = park_table_values(
        scored.joined,
        table,
        year=parameters.report_year,
        given=parameters.park_values.get(name),
    )
    score = score_park_table(values["value"], table)
    reasons = values["reason"].to_dict()
    for code, row in score.rows.iterrows():
        value = "–" if row["status"] == "no_data" else f"{row['value']:.4g}"
        limit = f"{row['comparison']}{row['reference']:g} {row['unit']}"
        words = f"{_STATUS[row['status']]}；{reasons[str(code)]}"
        print(f"  {code!s} {row['name']} {value}（{limit}）：{words}")
    print(f"  {_share_met(score)}")
    sheet = score.rows.assign(status=score.rows["status"].map(_STATUS))
    return _headed(sheet.join(values[["origin", "reason"]]).reset_index())


def _share_met(score: ParkTableScore) -> str:
    """Return how many rows are met, of how many that could be judged."""
    counts = f"{score.total} 项中能判断 {score.judged} 项"
    if not score.judged:
        return f"{counts}，达到的比例不能判断"
    return f"{counts}，达到 {score.met} 项（{100 * score.met_share:.0f} %）"


def _carbon_code(table: StandardTable, scored: SchemeScores) -> pd.DataFrame:
    """Return carbon-efficiency levels and grades of the park's enterprises."""
    from synergy_lib.scoring.standards.carbon_efficiency import carbon_efficiency_code

    return carbon_efficiency_code(
        scored.joined["co2e_t"],
        scored.joined["value_added_10k_cny"],
        scored.data.enterprises["industry_code"],
        table,
    )


def _cleaner_levels(
    table: StandardTable, scored: SchemeScores, parameters: RunParameters
) -> pd.DataFrame:
    """Return cleaner-production levels of the park's enterprises."""
    from synergy_lib.indicators.compute import compute_indicators
    from synergy_lib.scoring.standards.cleaner_production import (
        cleaner_production_level,
    )

    found = compute_indicators(
        scored.joined, table.rows, base_year=parameters.base_year
    )
    return cleaner_production_level(found.values, table, applicable=found.applicable)


def _notes(chosen: _Chosen) -> pd.DataFrame:
    """Print what the marks mean; return the sheet of titles and sources."""
    import pandas as pd

    from synergy_lib.reporting.tables.rows import tag_note

    print(tag_note("zh"))
    headers = [s.header for s in chosen.schemes.values()]
    rows = [(h.scheme, h.title_zh, h.version, h.source_key, "") for h in headers]
    rows += [
        (t.header.table, t.header.title_zh, t.header.version, t.header.source_key,
         t.header.basis)
        for t in chosen.tables.values()
    ]  # fmt: skip
    rows.append(("", tag_note("zh"), "", "", ""))
    return pd.DataFrame(rows, columns=["体系", "名称", "版本", "来源", "说明"])


_HEADINGS = {
    "scheme": "体系",
    "scheme_a": "体系甲",
    "scheme_b": "体系乙",
    "common": "共同排名企业数",
    "spearman": "Spearman",
    "kendall": "Kendall",
    "mean_rank_shift": "名次平均相差",
    "largest_rank_shift": "名次最大相差",
    "colour_judged": "双方都评色",
    "colour_changes": "颜色不同",
    "judged_by_one": "只有一方评色",
    "grade_judged": "双方都评级",
    "grade_changes": "等级不同",
    "score": "得分",
    "coverage": "覆盖率",
    "rank": "名次",
    "grade": "等级",
    "colour": "颜色",
    "rank_shift": "名次上升（乙比甲）",
    "changes_colour": "颜色改变",
    "changes_grade": "等级改变",
    "is_judged_by_one": "只有一方评色",
    "group": "类别",
    "name": "指标",
    "unit": "单位",
    "value": "数值",
    "comparison": "比较",
    "reference": "参考值",
    "status": "结果",
    "origin": "数值来源",
    "reason": "说明",
    "code": "代码",
}


def _headed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with headings in Chinese."""
    sides = {"_a": "（甲）", "_b": "（乙）"}
    headings = dict(_HEADINGS)
    for name in ("score", "rank", "grade", "colour", "coverage"):
        for side, words in sides.items():
            headings[f"{name}{side}"] = _HEADINGS[name] + words
    flags = [str(c) for c in frame if str(c).startswith(("changes_", "is_"))]
    answers = {True: "是", False: "否"}
    shown = frame.assign(**{c: frame[c].astype(object).map(answers) for c in flags})
    return shown.rename(columns=headings)


def _named(frame: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return a frame with the enterprises' names beside their ids."""
    place = list(frame.columns).index("enterprise_id") + 1
    named = frame.copy()
    named.insert(place, "enterprise_name", frame["enterprise_id"].map(names))
    return named


def _write(out: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """Write the sheets as a workbook in which no text becomes a formula."""
    from synergy_lib.reporting.output.annexes import workbook_bytes

    # Excel allows 31 characters.
    numbered = {f"{i} {name}"[:31]: f for i, (name, f) in enumerate(sheets.items(), 1)}
    out.write_bytes(workbook_bytes(numbered, "zh"))
    print(f"已写出 {out}")
