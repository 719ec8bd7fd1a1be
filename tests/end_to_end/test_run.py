"""Whole runs of the demonstration park: files, failures, confidentiality, bytes."""

import hashlib
import html
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pypdfium2
import pytest

from synergy_lib.reporting.run.build import build_reports
from synergy_lib.reporting.run.jobs import BuildOptions

ROOT = Path(__file__).resolve().parents[2]
IDS = ("0001", "0030")


def pdf_text(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture(scope="module")
def run(demo_parameters, tmp_path_factory):
    out = tmp_path_factory.mktemp("reports")
    options = BuildOptions(out=out, only=IDS, workers=2)
    enterprises = build_reports(demo_parameters, options)
    park = build_reports(
        demo_parameters, replace(options, only=(), park_only=True, workers=1)
    )
    assert enterprises.failures == ()
    assert park.failures == ()
    return enterprises


@pytest.fixture(scope="module")
def folder(run):
    return run.folder


def test_output_tree_is_what_the_readme_says(folder):
    assert folder.parts[-2:] == ("demo_park", "2024")
    for suffix in ("html", "pdf", "ipynb"):
        assert (folder / "park" / f"park_annual_report.{suffix}").is_file()
        for enterprise_id in IDS:
            report = folder / "enterprises" / enterprise_id / f"diagnostic.{suffix}"
            assert report.is_file()
    assert (folder / "index.html").is_file()
    assert len(list((folder / "tables").glob("*.xlsx"))) == 7
    assert (folder / "analysis" / "panel.parquet").is_file()
    assert len(list((folder / "analysis" / "enterprises").glob("*.json"))) == 82
    assert not (folder / "failed").exists()
    assert [item.name for item in folder.glob(".staging*")] == []


def test_pdf_says_who_when_and_that_it_is_invented(run, folder):
    text = pdf_text(folder / "enterprises" / "0001" / "diagnostic.pdf")
    name = run.analysis.data.enterprises.loc["0001", "enterprise_name"]
    assert name in text
    assert "演示数据（虚构）" in text
    assert "83.6" in text
    assert "10,831" in text
    assert "[P]" in text


def test_diagnostic_has_six_to_ten_pages(folder):
    for enterprise_id in IDS:
        path = folder / "enterprises" / enterprise_id / "diagnostic.pdf"
        assert 6 <= len(pypdfium2.PdfDocument(path)) <= 10


def test_reports_name_no_other_enterprise(run, folder):
    names = run.analysis.data.enterprises["enterprise_name"]
    for enterprise_id in IDS:
        others = set(names.drop(enterprise_id))
        base = folder / "enterprises" / enterprise_id
        texts = [
            pdf_text(base / "diagnostic.pdf"),
            (base / "diagnostic.html").read_text(encoding="utf-8"),
            (base / "diagnostic.ipynb").read_text(encoding="utf-8"),
            (folder / "analysis" / "enterprises" / f"{enterprise_id}.json").read_text(
                encoding="utf-8"
            ),
        ]
        for text in texts:
            assert not [name for name in others if name in text]


def test_html_asks_nothing_of_the_network(folder):
    for page in (folder / "index.html", *folder.rglob("diagnostic.html")):
        text = html.unescape(page.read_text(encoding="utf-8"))
        assert "default-src 'none'" in text
        assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//""", text)


def test_notebooks_hold_no_trace_of_the_machine(folder):
    for path in folder.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert "papermill" not in json.loads(text)["metadata"]
        nbformat.validate(json.loads(text))


def test_index_lists_every_enterprise(run, folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count("<tr data-grade=") == 82
    assert 'href="enterprises/0001/diagnostic.pdf"' in page


def test_manifest_hashes_are_those_of_the_files(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    report = manifest["reports"]["park"]
    assert report["state"] == "built"
    for name, digest in report["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert manifest["data"]["file"] == "demo_park.xlsx"


def test_same_input_gives_the_same_bytes(demo_parameters, run, folder, tmp_path):
    again = build_reports(
        demo_parameters, BuildOptions(out=tmp_path, only=IDS[:1], workers=1)
    )
    for suffix in ("html", "pdf", "ipynb"):
        name = f"enterprises/0001/diagnostic.{suffix}"
        assert (again.folder / name).read_bytes() == (folder / name).read_bytes()


def test_failing_notebook_leaves_the_others_and_the_last_good_report(
    demo_parameters, folder, tmp_path
):
    out = tmp_path / "reports"
    good = out / "demo_park" / "2024" / "enterprises" / "0001" / "diagnostic.pdf"
    good.parent.mkdir(parents=True)
    shutil.copy(folder / "enterprises" / "0001" / "diagnostic.pdf", good)
    before = good.read_bytes()
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    name = "enterprise_diagnostic.ipynb"
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    broken = nbformat.v4.new_code_cell(
        'assert enterprise.enterprise["enterprise_id"] != "0001", "planted"'
    )
    notebook.cells.insert(-2, broken)
    nbformat.write(notebook, notebooks / name)
    outcome = build_reports(
        demo_parameters,
        BuildOptions(out=out, only=IDS, workers=2, notebooks=notebooks),
    )
    assert [failure.report_id for failure in outcome.failures] == ["0001"]
    assert "planted" in outcome.failures[0].error
    failed = outcome.folder / outcome.failures[0].failed_notebook
    assert failed.parent.name == "failed"
    assert "planted" in failed.read_text(encoding="utf-8")
    assert good.read_bytes() == before
    assert (outcome.folder / "enterprises" / "0030" / "diagnostic.pdf").is_file()
    page = (outcome.folder / "index.html").read_text(encoding="utf-8")
    assert "planted" in page


def test_unknown_enterprise_is_refused_before_anything_is_written(
    demo_parameters, tmp_path
):
    from synergy_lib.errors import ParameterError

    with pytest.raises(ParameterError, match="最接近的是“0001”"):
        build_reports(demo_parameters, BuildOptions(out=tmp_path, only=("0001x",)))
    assert list(tmp_path.iterdir()) == []


def test_english_reports(demo_parameters, tmp_path):
    parameters = demo_parameters.model_copy(update={"language": "en"})
    outcome = build_reports(
        parameters,
        BuildOptions(out=tmp_path, only=IDS[:1], formats=("html",), workers=1),
    )
    assert outcome.failures == ()
    page = outcome.folder / "enterprises" / "0001" / "diagnostic.html"
    text = page.read_text(encoding="utf-8")
    assert "The answer on one page" in text
    assert "一页结论" not in text


def test_command_line_exits_with_three_when_a_report_failed(
    tmp_path, monkeypatch, capsys
):
    from synergy_lib import cli

    parks = tmp_path / "parameters" / "parks"
    parks.mkdir(parents=True)
    shutil.copy(ROOT / "parameters" / "parks" / "demo_park.yml", parks)
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                'slice_path = ""', metadata={"tags": ["parameters"]}
            ),
            nbformat.v4.new_code_cell('raise RuntimeError("planted")'),
        ],
        metadata={
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
    )
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "enterprise_diagnostic.ipynb")
    data = ROOT / "synergy_lib" / "data" / "demo_park" / "demo_park.xlsx"
    arguments = ["run", str(parks / "demo_park.yml"), "--only", "0001"]
    monkeypatch.setattr("sys.argv", ["synergy", *arguments, "--data", str(data)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 3
    assert "planted" in capsys.readouterr().err
    assert (tmp_path / "reports/demo_park/2024/failed/0001.ipynb").is_file()
    assert not (tmp_path / "reports/demo_park/2024/enterprises").exists()
