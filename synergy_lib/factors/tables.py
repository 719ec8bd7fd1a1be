"""The packaged factor tables, with the source of every value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

import pandas as pd

from synergy_lib.errors import (
    FactorNotFoundError,
    ParameterError,
    Problem,
    nearest,
)
from synergy_lib.resources import data_path

__all__ = [
    "FACTOR_COLUMNS",
    "FACTOR_TABLES",
    "factor_names",
    "load_factors",
    "load_regions",
    "load_sources",
    "resolve_names",
]

FACTOR_TABLES = (
    "fuels",
    "electricity",
    "heat",
    "process",
    "wastewater",
    "gwp",
    "pollutant_equivalents",
    "solvents",
    "energy_equivalents",
    "steam",
)

FACTOR_COLUMNS = (
    "factor_id",
    "factor_set",
    "key",
    "quantity",
    "name_en",
    "name_zh",
    "value",
    "unit",
    "valid_from",
    "valid_to",
    "region",
    "source_key",
    "locator",
    "quality",
    "tag",
    "note",
)


def load_factors(name: str) -> pd.DataFrame:
    """Return one packaged factor table.

    Parameters
    ----------
    name : str
        One of :data:`FACTOR_TABLES`.

    Returns
    -------
    pandas.DataFrame
        The columns :data:`FACTOR_COLUMNS`, and ``aliases`` (other accepted names,
        separated by ``|``) and ``group`` where the table has them. ``factor_id`` is
        unique; ``key`` says what the factor is of, ``quantity`` what it measures.
        ``value`` is a float, NaN where a row says that no value exists;
        ``valid_from`` and ``valid_to`` are years or missing; text is never missing.

    Raises
    ------
    ParameterError
        If there is no such table.

    Notes
    -----
    ``tag`` is empty for a value that stands in the source, ``C`` for one computed
    from it, ``GK`` for one whose primary text was not seen and ``P`` for a proposal
    without authority.

    Examples
    --------
    >>> heat = load_factors("heat")
    >>> heat.loc[0, "source_key"], float(heat.loc[0, "value"])
    ('R3', 0.11)
    """
    if name not in FACTOR_TABLES:
        expected = "、".join(FACTOR_TABLES)
        hint = nearest(name, FACTOR_TABLES)
        raise ParameterError(Problem("因子表", f"没有“{name}”", expected, hint))
    return _read_factors(name).copy()


@cache
def load_sources() -> pd.DataFrame:
    """Return the register of sources, indexed by source key.

    Returns
    -------
    pandas.DataFrame
        ``title``, ``publisher``, ``year``, ``where``, ``note``; all text.

    Examples
    --------
    >>> load_sources().loc["R4", "year"]
    '2024'
    """
    table = pd.read_csv(data_path("sources.csv"), dtype=str, keep_default_na=False)
    return table.set_index("source_key")


@cache
def load_regions() -> pd.DataFrame:
    """Return the regions a park can name, indexed by Chinese name.

    Returns
    -------
    pandas.DataFrame
        ``name_en`` and ``kind`` (country, grid, province).

    Examples
    --------
    >>> load_regions().loc["浙江", "name_en"]
    'Zhejiang'
    """
    table = pd.read_csv(data_path("regions.csv"), dtype=str, keep_default_na=False)
    return table.set_index("region")


def factor_names(table: pd.DataFrame) -> dict[str, str]:
    """Return every accepted name of the things a factor table is about.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of :func:`load_factors`.

    Returns
    -------
    dict of str to str
        Name as printed → key: the keys, both labels and the aliases.

    Examples
    --------
    >>> factor_names(load_factors("solvents"))["THF"]
    'tetrahydrofuran'
    """
    names: dict[str, str] = {}
    for row in table.to_dict("records"):
        key = str(row["key"])
        aliases = [name for name in str(row.get("aliases", "")).split("|") if name]
        for name in (key, str(row["name_zh"]), str(row["name_en"]), *aliases):
            names.setdefault(name, key)
    return names


def resolve_names(names: Iterable[str], table: pd.DataFrame, what: str) -> list[str]:
    """Return the key of each name, in any of its accepted spellings.

    Parameters
    ----------
    names : iterable of str
        Keys, Chinese or English names; case, spaces, hyphens, underscores and the
        width of characters do not matter.
    table : pandas.DataFrame
        Rows of :func:`load_factors`.
    what : str
        What the names are of, for the message.

    Returns
    -------
    list of str
        Keys, in the order given.

    Raises
    ------
    FactorNotFoundError
        If a name is not known; every such name is listed with the nearest one.

    Examples
    --------
    >>> resolve_names(["thf", "乙腈"], load_factors("solvents"), "溶剂")
    ['tetrahydrofuran', 'acetonitrile']
    """
    printed = factor_names(table)
    known = {_folded(name): key for name, key in reversed(printed.items())}
    asked = [str(name) for name in names]
    problems = [
        Problem(what, f"没有“{name}”的因子", hint=nearest(name, printed))
        for name in asked
        if _folded(name) not in known
    ]
    if problems:
        raise FactorNotFoundError(problems)
    return [known[_folded(name)] for name in asked]


def _folded(name: str) -> str:
    """Return a name without differences of width, case and punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in text if character.isalnum())


@cache
def _read_factors(name: str) -> pd.DataFrame:
    """Read one factor table with its types."""
    path = data_path("factors", f"{name}.csv")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["value"] = pd.to_numeric(table["value"])
    for year in ("valid_from", "valid_to"):
        table[year] = pd.to_numeric(table[year]).astype("Int64")
    if table["factor_id"].duplicated().any():
        raise ParameterError(Problem(path.name, "factor_id 重复"))
    return table
