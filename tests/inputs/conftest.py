"""A small valid workbook, and what the reader says when it has been spoilt."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from synergy_lib.errors import InputDataError
from synergy_lib.inputs.cleaning import clean_workbook
from synergy_lib.inputs.reading import read_workbook
from synergy_lib.inputs.sheets import Findings
from synergy_lib.reporting.workbook.writer import write_workbook

IDS = ("0012", "0034", "0056")
YEARS = (2021, 2022, 2023)


@pytest.fixture
def frames():
    """Return the sheets of a valid workbook: three enterprises, three years."""
    keys = pd.DataFrame(
        [(firm, year) for firm in IDS for year in YEARS],
        columns=["enterprise_id", "year"],
    )
    number = np.arange(1.0, len(keys) + 1)
    energy = pd.concat(
        [
            keys.assign(carrier="外购电力", amount=100 * number, unit="MWh"),
            keys.assign(carrier="天然气", amount=10 * number, unit="万Nm3").iloc[:6],
        ]
    )
    pollutants = pd.concat(
        [
            keys.assign(medium=medium, pollutant=name, unit="kg").assign(
                generated=50 * number, emitted=5 * number
            )
            for medium, name in (("废气", "二氧化硫"), ("废水", "化学需氧量"))
        ]
    )
    return {
        "enterprises": pd.DataFrame(
            {
                "enterprise_id": IDS,
                "enterprise_name": ["甲公司", "乙公司", "丙公司"],
                "permit_class": ["重点管理", "简化管理", "登记管理"],
            }
        ),
        "activity": keys.assign(
            output_value_10k_cny=1000 * number, value_added_10k_cny=300 * number
        ),
        "energy": energy,
        "pollutants": pollutants,
        "resources": keys.assign(
            solvent_used_t=30 * number, anaerobic_share=0.5, water_fresh_m3=9.0
        ),
        "process": keys.assign(
            compliance_hours_pct=99.0,
            has_iso14001="是",
            carbon_verification_level="报告（实测数据）",
        ),
        "measures": pd.DataFrame(
            {
                "enterprise_id": ["0012"],
                "measure_name": ["余热回收"],
                "planned_year": [2024],
                "status": ["计划"],
                "investment_10k_cny": [100.0],
            }
        ),
        "monitoring": pd.DataFrame(
            {"year": [2023], "indicator": ["TVOC"], "value": [9.0], "unit": ["μg/m3"]}
        ),
    }


@pytest.fixture
def workbook(tmp_path, frames):
    """Return a function that writes the workbook, spoilt by ``edit``."""

    def write(edit=None, name="park.xlsx"):
        path = tmp_path / "data" / name
        write_workbook(path, frames)
        if edit is not None:
            book = openpyxl.load_workbook(path)
            edit(book)
            book.save(path)
        return path

    return write


@pytest.fixture
def read(workbook):
    """Return a function that reads the workbook, spoilt by ``edit``."""

    def clean(edit=None):
        path = workbook(edit)
        return clean_workbook(
            read_workbook(path), source_name=path.name, source_sha256=""
        )

    return clean


@pytest.fixture
def problems(read):
    """Return a function that lists what is wrong with the spoilt workbook."""

    def listed(edit):
        with pytest.raises(InputDataError) as caught:
            read(edit)
        return [str(problem) for problem in caught.value.problems]

    return listed


@pytest.fixture
def findings():
    return Findings()
