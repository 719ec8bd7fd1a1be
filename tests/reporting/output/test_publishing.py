import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError, ParameterError, ReportError
from synergy_lib.reporting.output import publishing
from synergy_lib.reporting.output.publishing import (
    folder_names,
    is_in_use,
    open_output,
    refuse_in_use,
)


def test_folder_names_replaces_what_no_file_system_takes():
    assert folder_names(["a/b", "企业 1", "con", "..", "0012"]) == {
        "a/b": "a_b",
        "企业 1": "企业_1",
        "con": "_con",
        "..": "_",
        "0012": "0012",
    }


@pytest.mark.parametrize("enterprise_id", ["park", "Park", "park."])
def test_folder_names_refuses_the_annual_reports_name(enterprise_id):
    with pytest.raises(InputDataError, match="同一个文件夹名"):
        folder_names([enterprise_id])


def test_folder_names_refuses_two_ids_in_one_folder():
    with pytest.raises(InputDataError, match="同一个文件夹名"):
        folder_names(["A/1", "a_1"])


@given(st.text(min_size=1, max_size=200))
def test_folder_names_never_leaves_the_folder(enterprise_id):
    try:
        name = folder_names([enterprise_id])[enterprise_id]
    except InputDataError:
        assert enterprise_id.lower().strip("._ \t\n") == "park"
        return
    assert name not in ("", ".", "..")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert len(name) <= 81


@pytest.fixture
def output(tmp_path):
    with open_output(tmp_path / "out") as output:
        yield output


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")


def test_write_replaces_whole_and_leaves_nothing_beside(output):
    output.write("deep/report.pdf", b"first")
    output.write("deep/report.pdf", b"second")
    assert (output.folder / "deep" / "report.pdf").read_bytes() == b"second"
    assert names(output.folder / "deep") == ["report.pdf"]
    assert list(output.staging.iterdir()) == []


def test_write_leaves_an_equal_file_alone(output):
    output.write("a.txt", b"same")
    before = (output.folder / "a.txt").stat().st_ino
    output.write("a.txt", b"same")
    assert (output.folder / "a.txt").stat().st_ino == before


def test_write_keeps_the_old_file_when_writing_fails(output):
    output.write("report.pdf", b"good")
    with pytest.raises(TypeError):
        output.write("report.pdf", "text, not bytes")
    assert (output.folder / "report.pdf").read_bytes() == b"good"
    assert names(output.folder) == ["report.pdf"]


def stage_report(output, **files):
    for name, text in files.items():
        output.stage(f"enterprises/1/{name}.txt", text.encode())


def test_a_report_appears_whole(output):
    stage_report(output, html="new", pdf="new")
    output.publish_report("enterprises/1", superseded=())
    folder = output.folder / "enterprises" / "1"
    assert names(folder) == ["html.txt", "pdf.txt"]
    assert not (output.staging / "enterprises" / "1").exists()


def test_a_report_replaces_the_last_one_and_keeps_what_is_not_its_own(output):
    stage_report(output, html="old", pdf="old", ipynb="old")
    output.publish_report("enterprises/1", superseded=())
    folder = output.folder / "enterprises" / "1"
    (folder / "note of mine.txt").write_text("x")
    (folder / "mine").mkdir()
    (folder / "mine" / "y").write_text("y")
    stage_report(output, html="new")
    output.publish_report("enterprises/1", superseded={"html.txt", "pdf.txt"})
    assert names(folder) == ["html.txt", "ipynb.txt", "mine", "note of mine.txt"]
    assert (folder / "html.txt").read_text() == "new"
    assert (folder / "mine" / "y").read_text() == "y"


def test_a_report_is_exchanged_without_the_systems_help(output, monkeypatch):
    monkeypatch.setattr(publishing, "_rename_exchange", lambda *_: False)
    for text in ("old", "new"):
        stage_report(output, html=text)
        output.publish_report("enterprises/1", superseded={"html.txt"})
    folder = output.folder / "enterprises"
    assert names(folder) == ["1"]
    assert (folder / "1" / "html.txt").read_text() == "new"


def test_an_exchange_that_fails_puts_the_old_report_back(output, monkeypatch):
    monkeypatch.setattr(publishing, "_rename_exchange", lambda *_: False)
    stage_report(output, html="old")
    output.publish_report("enterprises/1", superseded=())
    stage_report(output, html="new")
    rename = Path.rename

    def refuse(path, target):
        if path == output.staging / "enterprises" / "1":
            raise PermissionError(13, "in use")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError):
        output.publish_report("enterprises/1", superseded={"html.txt"})
    report = output.folder / "enterprises" / "1" / "html.txt"
    assert report.read_text() == "old"


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_linux_exchanges_two_folders_in_one_step(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not publishing._rename_exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system cannot exchange")
    assert names(tmp_path / "a") == ["b"]
    assert names(tmp_path / "b") == ["a"]


def test_a_file_moves_into_place_and_its_folder_goes_with_the_last_file(output):
    output.stage("a", b"new")
    output.publish_file("a", "failed/a")
    assert (output.folder / "failed" / "a").read_bytes() == b"new"
    output.remove("failed/a")
    output.remove("failed/a")
    assert names(output.folder) == []


def test_staging_is_removed_even_after_an_error(tmp_path):
    def fail():
        with open_output(tmp_path) as output:
            output.stage("half", b"x")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert names(tmp_path) == []
    assert not list(tmp_path.glob(".staging-*"))


def test_what_a_killed_run_left_is_removed(tmp_path):
    left = tmp_path / ".staging-abc"
    left.mkdir()
    (left / "half").touch()
    with open_output(tmp_path):
        assert not left.exists()


def test_a_second_run_is_refused(tmp_path):
    with open_output(tmp_path):
        assert is_in_use(tmp_path)
        with (
            pytest.raises(ReportError, match="正由另一个运行写入"),
            open_output(tmp_path),
        ):
            pass
        with pytest.raises(ReportError, match="正由另一个运行写入"):
            refuse_in_use(tmp_path)
        assert list(tmp_path.glob(".staging-*"))
    refuse_in_use(tmp_path)
    assert not is_in_use(tmp_path)
    assert not is_in_use(tmp_path / "none")


def test_a_folder_that_cannot_be_written_to_is_a_parameter_error(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(ParameterError, match="不能写入"),
        open_output(tmp_path / "file"),
    ):
        pass
