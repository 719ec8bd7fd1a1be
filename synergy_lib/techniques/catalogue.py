"""The technique catalogue: reading it, and refusing one with mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from synergy_lib.errors import ParameterError, Problem, nearest
from synergy_lib.factors.tables import load_sources
from synergy_lib.resources import parameters_path
from synergy_lib.techniques.catalogue_checks import check_catalogue
from synergy_lib.techniques.vocabulary import BOUNDS, CAPEX

__all__ = ["Catalogue", "load_cases", "load_catalogue"]

_NUMBERS = (
    "affected_share",
    "ceiling_fraction",
    "capex_minimum_size",
    "opex_fraction",
    "lifetime_years",
)
_COLUMNS = {
    "catalogue.csv": (
        "technique_id",
        "name_zh",
        "name_en",
        "stage",
        "mechanism_zh",
        "conditions",
        "affected_share",
        "share_tag",
        "share_note",
        "pollutant_effect",
        "ceiling_column",
        "ceiling_fraction",
        *CAPEX,
        "capex_unit",
        "capex_driver",
        "capex_minimum_size",
        "capex_quality",
        "capex_tag",
        "capex_note",
        "opex_fraction",
        "saving_gap",
        "lifetime_years",
        "lifetime_tag",
        "evidence",
        "source_keys",
        "cases",
        "indicators",
        "exclusive_with",
        "requires",
        "supply_side",
        "conflicts_zh",
    ),
    "effects.csv": (
        "technique_id",
        "target",
        "base_column",
        "minus_column",
        *BOUNDS,
        "unit",
        "source_key",
        "locator",
        "quality",
        "tag",
        "note",
    ),
}


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Techniques, and what each acts on.

    Attributes
    ----------
    techniques : pandas.DataFrame
        Index ``technique_id``; the columns of ``catalogue.csv``. Investment =
        ``capex_<bound>`` [``capex_unit``] · size of ``capex_driver``, at least
        ``capex_minimum_size``; running cost a year = ``opex_fraction`` · investment.
        ``exclusive_with`` and ``requires`` name other techniques (``;`` between them);
        those with ``supply_side`` supply energy, and act on what the others leave.
    effects : pandas.DataFrame
        The rows of ``effects.csv``: reduction of ``target`` [its unit] =
        ``affected_share`` · coefficient (``low``, ``mode``, ``high``) · (own
        ``base_column`` − own ``minus_column``). A negative coefficient is an increase.
    """

    techniques: pd.DataFrame
    effects: pd.DataFrame


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read a technique catalogue and refuse it if anything is wrong.

    Parameters
    ----------
    path : pathlib.Path, optional
        ``catalogue.csv``, with ``effects.csv`` beside it, or their folder; the
        shipped ones if omitted.

    Returns
    -------
    Catalogue
        Checked.

    Raises
    ------
    ParameterError
        With every problem at once, each naming file, row and column.

    Examples
    --------
    >>> load_catalogue().techniques.loc["T02", "name_zh"]
    '酶催化绿色工艺'
    """
    path = parameters_path("techniques") if path is None else path
    folder = path if path.is_dir() else path.parent
    main = folder / "catalogue.csv" if path.is_dir() else path
    techniques, effects = _read(main), _read(folder / "effects.csv")
    problems = list(_missing_columns("catalogue.csv", techniques))
    problems += _missing_columns("effects.csv", effects)
    if problems:
        raise ParameterError(problems)
    problems = check_catalogue(techniques, effects, sources=load_sources().index)
    if problems:
        raise ParameterError(problems)
    for name in (*_NUMBERS, *CAPEX):
        techniques[name] = pd.to_numeric(techniques[name]).astype(float)
    for name in BOUNDS:
        effects[name] = pd.to_numeric(effects[name]).astype(float)
    return Catalogue(techniques.set_index("technique_id"), effects)


def load_cases(path: Path | None = None) -> pd.DataFrame:
    """Return the published cases: every figure with its source and what was checked.

    Parameters
    ----------
    path : pathlib.Path, optional
        ``cases.csv``; the shipped one if omitted.

    Returns
    -------
    pandas.DataFrame
        One row a figure: ``case_id, technique_id, case_zh, place, quantity_zh,
        comparison`` (≈, ≥, > as printed), ``value, unit, year, source_key, locator,
        evidence, recomputed, recomputed_unit, check_note``. ``recomputed`` is what
        the case's own figures give.
    """
    path = parameters_path("techniques", "cases.csv") if path is None else path
    cases = _read(path)
    for name in ("value", "recomputed"):
        cases[name] = pd.to_numeric(cases[name])
    cases["year"] = pd.to_numeric(cases["year"]).astype("Int64")
    return cases


def _read(path: Path) -> pd.DataFrame:
    """Read a table as text."""
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise ParameterError(Problem(str(path), "没有这个文件")) from error
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise ParameterError(Problem(path.name, "不是 UTF-8 编码的 CSV 表")) from error


def _missing_columns(file: str, table: pd.DataFrame) -> Iterator[Problem]:
    strange = [name for name in table.columns if name not in _COLUMNS[file]]
    for name in _COLUMNS[file]:
        if name not in table.columns:
            yield Problem(file, f"缺少列“{name}”", hint=nearest(name, strange))
