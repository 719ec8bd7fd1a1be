"""What the README promises about files, and that the dependency lists agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(project):
    lists = [
        project["project"]["dependencies"],
        project["project"]["optional-dependencies"]["dev"],
    ]
    return {r.name: r for r in (Requirement(text) for part in lists for text in part)}


@pytest.fixture(scope="module")
def locked():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)==([\w.]+)", lock, flags=re.MULTILINE)
    pins = {}
    for name, version in found:
        pins.setdefault(name.lower(), set()).add(version)
    return pins


def test_lock_satisfies_every_declared_dependency(declared, locked):
    for name, requirement in declared.items():
        versions = locked.get(name.lower())
        assert versions, f"{name} is not locked"
        for version in versions:
            assert requirement.specifier.contains(version), f"{name} {version}"


def test_lock_is_hashed_and_names_no_index():
    for file in ("requirements.lock", "requirements-uv.lock"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert "index-url" not in text
        assert "://" not in text
        for line in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in line, line.splitlines()[0]


def test_conda_environment_is_the_same_list(project, declared):
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    conda, pip = [], []
    for item in environment["dependencies"]:
        (pip.extend(item["pip"]) if isinstance(item, dict) else conda.append(item))
    assert pip.pop() == "--editable ."
    conda.remove("pip")
    requirements = [Requirement(text) for text in conda + pip]
    listed = {r.name: r.specifier for r in requirements if r.name != "python"}
    assert listed == {name: r.specifier for name, r in declared.items()}
    python = next(r for r in requirements if r.name == "python")
    assert str(python.specifier) == project["project"]["requires-python"].replace(
        ">=3.11,<3.14", "<3.14,>=3.11"
    )


def test_every_dependency_has_an_upper_bound(declared):
    for name, requirement in declared.items():
        operators = {part.operator for part in requirement.specifier}
        assert "<" in operators, name


def test_readme_names_targets_and_folders_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", readme):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (ROOT / path).exists(), path


def test_readme_is_at_most_two_hundred_lines():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200


def test_no_module_is_longer_than_four_hundred_lines():
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in (ROOT / "synergy_lib").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_tests_mirror_the_package():
    package, tests = ROOT / "synergy_lib", ROOT / "tests"
    folders = {p.parent.relative_to(package).as_posix() for p in package.rglob("*.py")}
    for folder in folders - {"."}:
        if not folder.startswith(("data", "figures/parts")):
            assert any((tests / folder).glob("test_*.py")), f"no tests for {folder}"
