"""The years of a park, or of countries and regions, opened for exploration."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from synergy_lib.accounting.carriers import account_carriers
from synergy_lib.errors import InputDataError, ParameterError, Problem, nearest
from synergy_lib.inputs import read_park
from synergy_lib.parameters import RunParameters, read_parameters
from synergy_lib.park.totals import park_totals
from synergy_lib.schema import PANEL_INDEX, PARK, require_columns
from synergy_lib.scored_park import account_park

__all__ = ["KAYA_COLUMNS", "OpenedYears", "known_unit", "open_panel", "open_years"]

# What the columns of a panel of countries or regions mean.
KAYA_COLUMNS = ("unit", "emission", "energy", "output", "population")


@dataclass(frozen=True, eq=False)
class OpenedYears:
    """Years of a park or of a country, and what they are about.

    Parameters
    ----------
    data : pandas.DataFrame
        Index (enterprise_id, year); panel and accounts, or a panel of countries.
    unit : str
        Whose series is looked at: ``park``, or a country; "" where nothing is open.
    name, language : str
    parameters : RunParameters, optional
        Of a park.
    carriers : pandas.DataFrame, optional
        Of a park whose carbon is calculated.
    columns : mapping of str to str
        Of a panel of countries: :data:`KAYA_COLUMNS` → column.
    """

    data: pd.DataFrame
    unit: str
    name: str
    language: str
    parameters: RunParameters | None = None
    carriers: pd.DataFrame | None = None
    columns: Mapping[str, str] | None = None

    def series(self, quantity: str) -> pd.Series:
        """Return one quantity by year: the park's same enterprises, or the country.

        Raises
        ------
        ParameterError
            If there is no such quantity.
        """
        if self.unit != PARK:
            _check_name("quantity", quantity, self.data.select_dtypes("number").columns)
            return self.data.xs(self.unit, level="enterprise_id")[quantity].sort_index()
        totals = park_totals(self.data)
        _check_name("quantity", quantity, totals["quantity"].unique())
        rows = totals[totals["quantity"] == quantity]
        return rows.set_index("year")["same_total"].astype(float).rename(quantity)

    def same_enterprises(self, quantity: str) -> int:
        """Return how many enterprises the park's series of a quantity adds up."""
        totals = park_totals(self.data).set_index("quantity")
        return int(totals.loc[[quantity], "same_enterprises"].iloc[0])


def open_years(run_file: str | Path, data_file: str | Path = "") -> OpenedYears:
    """Read and account the park of a parameter file.

    Parameters
    ----------
    run_file : str or pathlib.Path
        Such as ``parameters/parks/demo_park.yml``.
    data_file : str or pathlib.Path
        In place of the file that the parameters name; "" for that one.

    Raises
    ------
    InputDataError, ParameterError
        With every problem of the data and the parameters.
    """
    data = Path(data_file) if str(data_file) else None
    parameters = read_parameters(Path(run_file), data=data)
    park = account_park(
        read_park(parameters.input, report_year=parameters.report_year), parameters
    )
    calculated = parameters.carbon_basis == "calculated"
    calculated = calculated and parameters.energy_basis == "calculated"
    zh = parameters.language == "zh"
    return OpenedYears(
        park.joined,
        PARK,
        parameters.park_name_zh if zh else parameters.park_name_en,
        parameters.language,
        parameters,
        account_carriers(park.panel, park.factors) if calculated else None,
    )


def open_panel(
    panel_file: str | Path,
    columns: Mapping[str, str],
    unit: str,
    language: str = "zh",
) -> OpenedYears:
    """Read a table of countries or regions and years.

    Parameters
    ----------
    panel_file : str or pathlib.Path
        CSV with ``year``; "" opens nothing.
    columns : mapping of str to str
        :data:`KAYA_COLUMNS` → the file's column.
    unit : str
        Country or region looked at.
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    InputDataError
        If the file cannot be read, lacks a column, or has a unit and year twice.
    ParameterError
        If a meaning has no column, or there is no such unit.
    """
    if not str(panel_file):
        return OpenedYears(pd.DataFrame(), "", "", language)
    missing = [name for name in KAYA_COLUMNS if name not in columns]
    if missing:
        raise ParameterError(
            Problem("panel_columns", f"缺少 {name}", "、".join(KAYA_COLUMNS))
            for name in missing
        )
    data = _read_table(Path(panel_file))
    require_columns(data, ["year", *(columns[name] for name in KAYA_COLUMNS)], "Kaya")
    _check_name("panel_unit", unit, data[columns["unit"]].unique())
    index = pd.MultiIndex.from_frame(data[[columns["unit"], "year"]])
    panel = data.set_index(index.set_names(list(PANEL_INDEX)))
    return OpenedYears(panel, unit, unit, language, columns=dict(columns))


def _read_table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except (OSError, ValueError) as error:
        problem = Problem(str(path), f"无法读取：{error}", "CSV 文件")
        raise InputDataError(problem) from error


def known_unit(opened: OpenedYears, enterprise_id: str, quantity: str) -> str:
    """Return the enterprise asked for, or the one that has most of a quantity.

    Raises
    ------
    ParameterError
        If the park has no such enterprise.
    """
    ids = opened.data.index.unique("enterprise_id")
    if enterprise_id:
        _check_name("enterprise_id", enterprise_id, ids)
        return enterprise_id
    largest = opened.data[quantity].groupby(level="enterprise_id").max()
    has_any = len(largest) and not math.isnan(float(largest.max()))
    return str(largest.idxmax()) if has_any else str(ids[0])


def _check_name(where: str, name: str, known: Iterable[object]) -> None:
    """Raise where a name is not among those known."""
    names = [str(value) for value in known]
    if name not in names:
        what = f"没有“{name}”"
        raise ParameterError(Problem(where, what, hint=nearest(name, names)))
