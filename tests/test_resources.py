"""Where packaged files are found."""

from synergy_lib import resources
from synergy_lib.resources import data_path, notebook_path, parameters_path


def test_data_notebooks_and_parameters_are_there():
    assert data_path("columns.csv").is_file()
    assert parameters_path("parks", "demo_park.yml").is_file()
    assert notebook_path("park_annual_report.ipynb").is_file()


def test_a_folder_inside_the_package_comes_first(tmp_path, monkeypatch):
    package = tmp_path / "site" / "synergy_lib"
    (package / "parameters_files").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert parameters_path("parks") == package / "parameters_files" / "parks"
    assert notebook_path("a.ipynb") == tmp_path / "site" / "notebooks" / "a.ipynb"
