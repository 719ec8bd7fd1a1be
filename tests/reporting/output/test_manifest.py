import hashlib
import json
import re
import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

import synergy_lib
from synergy_lib.reporting.output import manifest
from synergy_lib.reporting.output.manifest import (
    hash_bytes,
    hash_files,
    library_hash,
    manifest_text,
    package_versions,
    source_hashes,
)

SCHEME = "taizhou_six_dimensions"


@pytest.fixture
def files(tmp_path):
    for name, content in (("a.csv", "1"), ("b.csv", "2"), ("sub/c.csv", "3")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return sorted(tmp_path.rglob("*.csv"))


def test_hash_bytes_is_sha256():
    """The published SHA-256 of "abc" (FIPS 180-2, B.1)."""
    assert hash_bytes(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_hash_files_does_not_depend_on_the_order(files):
    assert hash_files(files) == hash_files(files[::-1])


def test_hash_files_changes_with_content_name_and_number(files):
    before = hash_files(files)
    assert hash_files(files[:-1]) != before
    files[0].write_text("1.0")
    changed = hash_files(files)
    assert changed != before
    renamed = files[0].rename(files[0].with_name("z.csv"))
    assert hash_files([renamed, *files[1:]]) != changed


def test_hash_files_does_not_run_one_file_into_the_next(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    (one / "a").write_bytes(b"xb\0y")
    (two / "a").write_bytes(b"x")
    (two / "b").write_bytes(b"y")
    assert hash_files(list(one.iterdir())) != hash_files(list(two.iterdir()))


def test_source_hashes_are_hashes_and_stay_the_same():
    hashes = source_hashes(SCHEME)
    assert hashes == source_hashes(SCHEME)
    empty = hashlib.sha256().hexdigest()
    for name, digest in hashes.items():
        assert re.fullmatch(r"[0-9a-f]{64}", digest), name
        assert digest != empty, f"{name} hashes no file"
    assert source_hashes("pollutant_register")["tables"] != hashes["tables"]
    assert library_hash() == library_hash()


@pytest.mark.parametrize(
    ("folder", "key"),
    [
        ("data/factors/heat.csv", "tables"),
        ("data/columns.csv", "tables"),
        ("reporting/output/templates/portal.js", "library"),
        ("reporting/export/templates/report.typ", "template"),
        ("pipeline.py", "library"),
    ],
)
def test_source_hashes_change_when_a_file_changes(monkeypatch, tmp_path, folder, key):
    before = source_hashes(SCHEME)
    copy = tmp_path / "synergy_lib"
    package = Path(synergy_lib.__file__).parent
    skip = shutil.ignore_patterns("__pycache__", "*.otf", "*.xlsx")
    shutil.copytree(package, copy, ignore=skip)
    monkeypatch.setattr(synergy_lib, "__file__", str(copy / "__init__.py"))
    monkeypatch.setattr(manifest, "data_path", lambda *p: copy.joinpath("data", *p))
    same = source_hashes(SCHEME)
    assert {k: same[k] for k in same if k != "fonts"} == {
        k: before[k] for k in before if k != "fonts"
    }
    with (copy / folder).open("a", encoding="utf-8") as file:
        file.write("\n")
    after = source_hashes(SCHEME)
    assert {k for k in after if after[k] != same[k]} == {key}


def test_manifest_text_is_sorted_json_with_versions():
    text = manifest_text({"reports": {"b": 1, "a": 2}, "park": "园区"})
    content = json.loads(text)
    assert content["synergy_lib"] == synergy_lib.__version__
    assert any(text.startswith("pandas==3") for text in content["packages"])
    assert content["park"] == "园区"
    assert "园区" in text
    assert list(content) == sorted(content)
    assert text == manifest_text({"park": "园区", "reports": {"a": 2, "b": 1}})


def test_package_versions_name_what_the_library_depends_on():
    versions = dict(text.split("==") for text in package_versions())
    assert {"synergy-lib", "python", "pandas", "papermill", "nbclient"} <= set(versions)
    assert versions["synergy-lib"] == synergy_lib.__version__
    assert "pytest" not in versions


def test_package_versions_survive_a_package_that_is_not_there(monkeypatch):
    def none(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(manifest, "distribution", none)
    assert [text.split("==")[0] for text in package_versions.__wrapped__()] == [
        "python"
    ]
