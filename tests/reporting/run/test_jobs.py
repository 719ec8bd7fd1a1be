from pathlib import Path

import pytest

from synergy_lib.errors import ParameterError
from synergy_lib.reporting.output.publishing import folder_names
from synergy_lib.reporting.run.jobs import BuildOptions, report_jobs, wanted_reports
from synergy_lib.reporting.slicing import slice_enterprises, slice_park

OUT = Path("out")
IDS = ["park", "0001", "0002"]


@pytest.fixture(scope="module")
def jobs(demo_analysis):
    slices = slice_enterprises(demo_analysis)
    park = slice_park(demo_analysis)
    names = {key: data.enterprise["enterprise_name"] for key, data in slices.items()}
    return report_jobs(park, names, folder_names(slices), BuildOptions(OUT))


def test_the_parks_report_comes_first_and_every_enterprise_has_one(jobs):
    assert [job.report_id for job in jobs[:3]] == ["park", "0001", "0002"]
    assert len(jobs) == 83
    assert jobs[0].place == "park"
    assert jobs[1].place == "enterprises/0001"
    assert jobs[1].slice_path == "analysis/enterprises/0001.json"
    assert len({job.place for job in jobs}) == 83


def test_what_is_printed_around_the_pages(jobs):
    assert jobs[1].metadata == {
        "title": "企业减污降碳协同诊断报告",
        "subtitle": f"{jobs[1].title} · 2024",
        "language": "zh",
        "park": "示范医化园区",
        "report_id": "demo_park-2024-0001",
        "date": "2024-12-31",
        "demo": True,
    }


def test_a_users_own_notebook_goes_before_the_shipped_one(tmp_path):
    (tmp_path / "park_annual_report.ipynb").touch()
    options = BuildOptions(OUT, notebooks=tmp_path)
    park, enterprise = options.notebook_paths
    assert park.parent == tmp_path
    assert enterprise.parent != tmp_path
    assert enterprise.is_file()


def test_wanted_reports():
    assert wanted_reports(IDS, BuildOptions(OUT), frozenset()) == set(IDS)
    only = BuildOptions(OUT, only=("0002",))
    assert wanted_reports(IDS, only, frozenset()) == {"0002"}
    park = BuildOptions(OUT, park_only=True)
    assert wanted_reports(IDS, park, frozenset()) == {"park"}
    failed = BuildOptions(OUT, failed=True)
    assert wanted_reports(IDS, failed, frozenset({"0001", "0099"})) == {"0001"}
    assert wanted_reports(IDS, failed, frozenset()) == set()


def test_unknown_ids_are_named_all_at_once():
    with pytest.raises(ParameterError) as error:
        wanted_reports(IDS, BuildOptions(OUT, only=("0003", "park")), frozenset())
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    "choices",
    [
        {"only": ("0001",), "park_only": True},
        {"only": ("0001",), "failed": True},
        {"park_only": True, "failed": True},
        {"exchange": "s3://bucket"},
    ],
)
def test_choices_that_contradict_each_other_are_refused(choices):
    with pytest.raises(ParameterError):
        BuildOptions(OUT, **choices)
