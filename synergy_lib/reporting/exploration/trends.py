"""Cells of a notebook in which a researcher follows one quantity through the years.

Each function takes the years opened by :func:`open_years` (a park) or
:func:`open_panel` (countries or regions) and returns something a notebook shows. What
cannot be judged is said with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from synergy_lib.figures.decomposition import alt_decomposition, plot_decomposition
from synergy_lib.figures.decoupling import alt_decoupling, plot_decoupling
from synergy_lib.figures.parts.labels import column_name, column_unit
from synergy_lib.figures.slopes import alt_trend, plot_trend
from synergy_lib.reporting.display import (
    MimeBundle,
    show_each,
    show_figure,
    show_table,
    show_text,
)
from synergy_lib.reporting.exploration.opened_years import (
    OpenedYears,
    known_unit,
    open_panel,
    open_years,
)
from synergy_lib.reporting.exploration.outlook import show_scenarios, show_targets
from synergy_lib.reporting.formatting import (
    format_change,
    format_number,
    format_percent,
    format_range,
    is_missing,
    text,
)
from synergy_lib.reporting.tables.rows import plain_table
from synergy_lib.schema import OUTPUT, PARK
from synergy_lib.trends.decomposition.identities import (
    enterprise_carbon,
    kaya,
    park_carbon,
)
from synergy_lib.trends.decoupling import decoupling_table
from synergy_lib.trends.monotonic import trend_table
from synergy_lib.trends.regression import log_growth_table, predict_log_growth
from synergy_lib.trends.structural_break import chow_test

__all__ = [
    "open_panel",
    "open_years",
    "show_break",
    "show_decoupling",
    "show_drivers",
    "show_growth",
    "show_panel_decoupling",
    "show_panel_drivers",
    "show_panel_trend",
    "show_scenarios",
    "show_targets",
    "show_trend",
]

# Years that the growth rate is extended by; fewer where the series is short.
AHEAD_YEARS = 5


def show_trend(opened: OpenedYears, quantity: str) -> None:
    """Draw a quantity with Sen's slope, and say what its years allow to say."""
    language = opened.language
    values = opened.series(quantity)
    table = trend_table(_as_panel(opened, values), labels=_labels(quantity))
    frame = values.rename_axis("year").reset_index()
    figure = show_figure(
        plot_trend(frame, table, quantity, language=language),
        caption=f"{opened.name} {column_name(quantity, language)}",
        alt=alt_trend(frame, table, quantity, language),
    )
    sentences = [str(table[f"statement_{language}"].iloc[0])]
    if opened.unit == PARK:
        n = opened.same_enterprises(quantity)
        sentences.append(
            text(
                language,
                f"序列为历年均有数据的 {n} 家企业之和。",
                f"The series adds the {n} enterprises that have it in every year.",
            )
        )
    show_each([figure, show_text(sentences)])


def _as_panel(opened: OpenedYears, values: pd.Series) -> pd.DataFrame:
    """Return one series as a panel of one unit."""
    index = pd.MultiIndex.from_product(
        [[opened.unit], values.index], names=["enterprise_id", "year"]
    )
    return pd.DataFrame({str(values.name): values.to_numpy(dtype=float)}, index=index)


def _labels(quantity: str) -> pd.DataFrame:
    """Return name and unit of a quantity in the columns of the column table."""
    names = {f"label_{k}": [column_name(quantity, k)] for k in ("zh", "en")}
    return pd.DataFrame({**names, "unit": [column_unit(quantity)]}, index=[quantity])


def show_growth(opened: OpenedYears, quantity: str) -> None:
    """Show growth rates by regression, and where they would lead."""
    language = opened.language
    values = opened.series(quantity)
    panel = _as_panel(opened, values)
    last = int(values.index.max())
    ahead = list(range(last + 1, last + AHEAD_YEARS + 1))
    rates, later = log_growth_table(panel), predict_log_growth(panel, ahead)
    years = text(language, "年数", "Years")
    note = text(language, "不能估计的原因", "Why not")
    headings = (
        text(language, "方法", "Method"),
        years,
        text(language, "年增速", "Growth"),
    )
    interval = text(language, "90% 区间", "90 % interval")
    least = text(language, "可检出的年增速", "Detectable")
    rows = [
        [
            str(row["method"]).upper(),
            format_number(row["n"], 0),
            format_percent(row["growth"], 2, signed=True),
            _interval(row),
            format_percent(row["detectable_growth"], 2),
            format_number(row["durbin_watson"], 2),
            _why(row, language),
        ]
        for row in rates.to_dict("records")
    ]
    columns = [*headings, interval, least, "DW", note]
    caption = text(language, "按回归的年增速", "Growth by regression")
    first = show_table(plain_table(caption, columns, rows))
    rows = [
        [
            str(row["year"]),
            format_number(row["predicted"]),
            format_range(row["low"], row["high"]),
            _why(row, language),
        ]
        for row in later.to_dict("records")
    ]
    unit = column_unit(quantity)
    median = text(language, "预测中位值", "Predicted median")
    columns = [
        text(language, "年份", "Year"),
        f"{median}（{unit}）" if unit else median,
        text(language, "90% 预测区间", "90 % interval"),
        note,
    ]
    caption = text(language, "趋势若延续", "If the trend goes on")
    show_each([first, show_table(plain_table(caption, columns, rows))])


def _interval(row: Mapping[Any, Any]) -> str:
    """Return the interval of a growth rate."""
    ends = [format_percent(row[end], 2, signed=True) for end in ("low", "high")]
    return ends[0] if is_missing(row["low"]) else " ~ ".join(ends)


def _why(row: Mapping[Any, Any], language: str) -> str:
    """Return why something could not be judged, "" where it was."""
    if not row["reason"]:
        return ""
    return str(row["reason"] if language == "zh" else row["status"]).replace("_", " ")


def show_break(opened: OpenedYears, quantity: str, break_year: int) -> MimeBundle:
    """Say whether the series follows another line from a year known beforehand."""
    language = opened.language
    values = opened.series(quantity).dropna()
    inside = len(values) and values.index.min() < break_year <= values.index.max()
    if not inside:
        none = text(
            language,
            f"{break_year} 年之前或之后没有数据，无法比较前后。",
            f"No data before or from {break_year} on: nothing to compare.",
        )
        return show_text(none)
    found = chow_test(values, break_year)
    rows = [
        [
            str(break_year),
            f"{found.n_before} / {found.n_after}",
            f"{format_number(found.mean_before)} / {format_number(found.mean_after)}",
            format_percent(found.change, signed=True),
            format_number(found.f, 2),
            format_number(found.p, 4),
            text(language, "检出转折", "Break detected")
            if found.status == "break_detected"
            else _why({"reason": found.reason, "status": found.status}, language),
        ]
    ]
    columns = [
        text(language, "转折年份", "From"),
        text(language, "前 / 后年数", "Years before / after"),
        text(language, "前 / 后均值", "Means"),
        text(language, "均值变化", "Change"),
        "F",
        "p",
        text(language, "结论", "Verdict"),
    ]
    caption = text(
        language, "已知年份的结构转折（Chow）", "Break in a known year (Chow)"
    )
    return show_table(plain_table(caption, columns, rows))


def show_decoupling(
    opened: OpenedYears,
    pressure: str,
    output: str = OUTPUT,
    base_year: int | None = None,
) -> None:
    """Draw the path of pressure and output from the base year, and list each year.

    Without a base year it is that of the run, and of a panel the first year.
    """
    language = opened.language
    if pressure not in opened.data:
        none = text(language, "数据中没有“", "The data lack “")
        show_each([show_text(f"{none}{column_name(pressure, language)}”")])
        return
    data = opened.data if opened.unit == PARK else _only(opened)
    table = decoupling_table(
        data, [pressure], output=output, base_year=_base(opened, base_year)
    )
    table = table[table["enterprise_id"] == PARK]
    fixed = table[table["basis"] == "fixed"]
    figure = show_figure(
        plot_decoupling(fixed, language=language),
        caption=text(
            language, f"{opened.name}：脱钩路径", f"{opened.name}: path of decoupling"
        ),
        alt=alt_decoupling(fixed, language),
    )
    chain = table[table["basis"] == "chain"]
    rows = [
        [
            f"{row['from_year']:.0f}–{row['to_year']:.0f}",
            format_number(row["n"], 0),
            format_percent(row["pressure_change"], signed=True),
            format_percent(row["output_change"], signed=True),
            format_change(row["elasticity"], 2),
            str(row[f"label_{language}"] or row[f"reason_{language}"]),
        ]
        for row in chain.to_dict("records")
    ]
    columns = [
        text(language, "年份", "Years"),
        text(language, "主体数", "Units"),
        text(language, "排放变化", "Emission"),
        text(language, "产出变化", "Output"),
        text(language, "弹性", "Elasticity"),
        text(language, "状态", "State"),
    ]
    caption = text(language, "逐年的脱钩状态", "Decoupling year by year")
    show_each([figure, show_table(plain_table(caption, columns, rows))])


def _base(opened: OpenedYears, base_year: int | None) -> int | None:
    """Return the base year asked for, else the run's, else none."""
    run = opened.parameters.base_year if opened.parameters else None
    return run if base_year is None else base_year


def _only(opened: OpenedYears) -> pd.DataFrame:
    """Return the rows of the unit looked at."""
    return opened.data.loc[[opened.unit]]


def show_drivers(
    opened: OpenedYears,
    enterprise_id: str = "",
    output: str = OUTPUT,
    base_year: int | None = None,
) -> None:
    """Draw what moved carbon since the base year: the park's, and an enterprise's.

    Without an id the enterprise is the one that emitted most in any year.
    """
    if "co2e_t" not in opened.data or opened.parameters is None:
        show_each(
            [show_text(text(opened.language, "没有碳排放数据。", "No carbon data."))]
        )
        return
    options: Any = {"output": output, "base_year": _base(opened, base_year)}
    chosen = known_unit(opened, enterprise_id, "co2e_t")
    tables = [
        park_carbon(opened.data, opened.carriers, **options),
        enterprise_carbon(opened.data, opened.carriers, **options),
    ]
    names = {PARK: opened.name, chosen: chosen}
    figures = [
        _driver_figure(table[table["enterprise_id"] == unit], names[unit], opened)
        for table, unit in zip(tables, names, strict=True)
    ]
    show_each(figures)


def _driver_figure(table: pd.DataFrame, name: str, opened: OpenedYears) -> MimeBundle:
    """Return the waterfall of chained effects to the last year."""
    chain = table[table["basis"] == "chain"]
    last = chain[chain["to_year"] == chain["to_year"].max()]
    return show_figure(
        plot_decomposition(last, language=opened.language),
        caption=text(opened.language, f"{name}：驱动因素", f"{name}: drivers"),
        alt=alt_decomposition(last, opened.language),
    )


def show_panel_trend(panel: OpenedYears) -> None:
    """Show trend and growth of a country's emission, if a panel is open."""
    if _is_open(panel):
        show_trend(panel, _column(panel, "emission"))
        show_growth(panel, _column(panel, "emission"))


def show_panel_decoupling(panel: OpenedYears) -> None:
    """Show the path of a country's emission and output, if a panel is open."""
    if _is_open(panel):
        show_decoupling(panel, _column(panel, "emission"), _column(panel, "output"))


def show_panel_drivers(panel: OpenedYears) -> None:
    """Draw what moved a country's emission by Kaya's identity, if a panel is open."""
    if _is_open(panel):
        table = kaya(
            _only(panel),
            emission=_column(panel, "emission"),
            energy=_column(panel, "energy"),
            output=_column(panel, "output"),
            population=_column(panel, "population"),
        )
        show_each([_driver_figure(table, panel.name, panel)])


def _column(panel: OpenedYears, meaning: str) -> str:
    return (panel.columns or {})[meaning]


def _is_open(panel: OpenedYears) -> bool:
    """Tell whether a panel is open, and say so where none is."""
    if not panel.unit:
        none = text(
            panel.language,
            "没有给出 panel_file，本节从略。",
            "No panel_file is given: nothing to show here.",
        )
        show_each([show_text(none)])
    return bool(panel.unit)
