"""Tables of standards with one thing changed."""

import pytest

from synergy_lib.resources import parameters_path


@pytest.fixture
def changed_table(tmp_path):
    """Return a function that copies a shipped table with one text of it replaced."""

    def change(name, old, new):
        source = parameters_path("schemes", name)
        content = (source / "table.csv").read_text(encoding="utf-8")
        assert old in content
        changed = content.replace(old, new, 1)
        (tmp_path / "table.csv").write_text(changed, encoding="utf-8")
        header = (source / "table.yml").read_text(encoding="utf-8")
        (tmp_path / "table.yml").write_text(header, encoding="utf-8")
        return tmp_path

    return change
