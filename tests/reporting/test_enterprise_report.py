import pytest

from synergy_lib.errors import ReportError
from synergy_lib.reporting import enterprise_report, park_report


@pytest.fixture
def paths(make_enterprise, make_park, tmp_path):
    """Return the files of an enterprise's and of a park's slice."""
    files = []
    for name, data in (("e", make_enterprise()), ("p", make_park())):
        path = tmp_path / f"{name}.json"
        path.write_text(data.to_json(), encoding="utf-8")
        files.append(path)
    return files


def test_a_report_opens_only_its_own_kind_of_slice(paths):
    enterprise, park = paths
    opened = enterprise_report.open_slice(enterprise)
    assert opened.enterprise["enterprise_id"] == "0007"
    with pytest.raises(ReportError, match="园区切片"):
        enterprise_report.open_slice(park)
    assert park_report.open_slice(park).headline["enterprises"] == 3
    with pytest.raises(ReportError, match="企业切片"):
        park_report.open_slice(enterprise)


def test_a_report_that_finds_no_slice_says_what_to_do(tmp_path):
    with pytest.raises(ReportError, match="synergy run"):
        enterprise_report.open_slice(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("show_changes", "changes"),
        ("show_measures", "measures"),
        ("show_issues", "issues"),
        ("show_restatements", "restatements"),
        ("show_trends", "trends"),
        ("show_gate_words", "gates"),
    ],
)
def test_cells_show_nothing_where_there_is_nothing(make_enterprise, cell, part):
    show = getattr(enterprise_report, cell)
    data = make_enterprise()
    assert show(data) is not None
    empty = make_enterprise(**{part: getattr(data, part).iloc[:0]})
    assert show(empty) is None


@pytest.mark.parametrize(
    ("cell", "prefix"),
    [
        ("show_carbon_figure", "co2e_"),
        ("show_energy_figure", "energy_tce"),
        ("show_intensity_figure", "value_added"),
    ],
)
def test_figures_of_what_is_not_known_are_left_out(make_enterprise, cell, prefix):
    data = make_enterprise()
    kept = [c for c in data.yearly if not c.startswith(prefix)]
    bare = make_enterprise(yearly=data.yearly[kept])
    assert getattr(enterprise_report, cell)(bare) is None


def test_every_cell_of_a_demo_report_can_be_shown(slices_by_language, language):
    cells = [name for name in enterprise_report.__all__ if name != "open_slice"]
    for key in ("0001", "0030"):
        data = slices_by_language[language][key]
        for name in (n for n in cells if not n.endswith("figure")):
            shown = getattr(enterprise_report, name)(data)
            assert shown is None or shown.data["text/plain"], name
