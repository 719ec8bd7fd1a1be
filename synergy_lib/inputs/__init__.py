"""From a user's file to a checked panel: reading → cleaning → validation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synergy_lib.errors import InputDataError, Problem

if TYPE_CHECKING:
    from synergy_lib.inputs.park_data import ParkData
    from synergy_lib.parameters import InputParameters

__all__ = ["read_park"]


def read_park(
    parameters: InputParameters, *, report_year: int | None = None
) -> ParkData:
    """Read, clean and validate a park's data as its parameters say.

    Parameters
    ----------
    parameters : InputParameters
        Layout, path and mapping of the input.
    report_year : int, optional
        A year in which at least one enterprise must have data.

    Returns
    -------
    ParkData
        The panel with suspect values set aside, and every issue with its cell.

    Raises
    ------
    InputDataError
        With every problem that makes the file unusable, all at once.
    """
    from synergy_lib.inputs.cleaning import clean_workbook
    from synergy_lib.inputs.mapping import read_mapping
    from synergy_lib.inputs.reading import file_sha256, read_table, read_workbook
    from synergy_lib.inputs.registers import clean_register, fill_formulas
    from synergy_lib.inputs.validation import validate_panel, validate_park_data

    path = Path(parameters.path)
    zeros = parameters.zero_means_missing
    if parameters.layout == "workbook":
        data = clean_workbook(
            read_workbook(path), source_name=path.name, source_sha256=file_sha256(path)
        )
        data = validate_park_data(data, zero_means_missing=zeros)
    else:
        mapping = read_mapping(str(parameters.mapping))
        data = clean_register(
            read_table(path),
            mapping,
            parameters,
            source_name=path.name,
            source_sha256=file_sha256(path),
        )
        data = validate_park_data(data, zero_means_missing=zeros)
        data = fill_formulas(data, mapping)
    validate_panel(data.panel, data.cells, path.name)
    years = data.panel.index.get_level_values("year")
    if report_year is not None and report_year not in years:
        given = "、".join(str(year) for year in sorted(set(years)))
        raise InputDataError(
            Problem(
                path.name, f"没有报告年 {report_year} 的数据", f"数据中的年份：{given}"
            )
        )
    return data
