import pytest
from hypothesis import given
from hypothesis import strategies as st

from synergy_lib.errors import InputDataError
from synergy_lib.reporting.publishing import (
    folder_names,
    publish_file,
    staging_folder,
    write_bytes,
)


def test_folder_names_replaces_what_no_file_system_takes():
    assert folder_names(["a/b", "企业 1", "con", "..", "0012"]) == {
        "a/b": "a_b",
        "企业 1": "企业_1",
        "con": "_con",
        "..": "_",
        "0012": "0012",
    }


def test_folder_names_refuses_two_ids_in_one_folder():
    with pytest.raises(InputDataError, match="同一个文件夹名"):
        folder_names(["A/1", "a_1"])


@given(st.text(min_size=1, max_size=200))
def test_folder_names_never_leaves_the_folder(enterprise_id):
    name = folder_names([enterprise_id])[enterprise_id]
    assert name not in ("", ".", "..")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert len(name) <= 81


def test_write_bytes_replaces_whole_and_leaves_nothing_beside(tmp_path):
    target = tmp_path / "deep" / "report.pdf"
    write_bytes(target, b"first")
    write_bytes(target, b"second")
    assert target.read_bytes() == b"second"
    assert [item.name for item in target.parent.iterdir()] == ["report.pdf"]


def test_write_bytes_keeps_the_old_file_when_writing_fails(tmp_path):
    target = tmp_path / "report.pdf"
    write_bytes(target, b"good")
    with pytest.raises(TypeError):
        write_bytes(target, "text, not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"good"
    assert [item.name for item in tmp_path.iterdir()] == ["report.pdf"]


def test_staging_folder_is_removed_even_after_an_error(tmp_path):
    def fail():
        with staging_folder(tmp_path) as folder:
            (folder / "half").write_text("x")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_publish_file_moves_into_place(tmp_path):
    finished = tmp_path / "a"
    finished.write_text("new")
    target = tmp_path / "out" / "a"
    target.parent.mkdir()
    target.write_text("old")
    publish_file(finished, target)
    assert target.read_text() == "new"
    assert not finished.exists()
