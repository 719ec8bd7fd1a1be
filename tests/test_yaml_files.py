"""YAML whose top level is a mapping; what is refused is in test_parameters."""

from synergy_lib.yaml_files import read_yaml


def test_read_yaml(tmp_path):
    path = tmp_path / "p.yml"
    path.write_text("a: 1\nb: {c: [1, x]}", encoding="utf-8")
    assert read_yaml(path) == {"a": 1, "b": {"c": [1, "x"]}}
    path.write_text("base: &b {a: 1}\n<<: *b\nc: 2", encoding="utf-8")
    assert read_yaml(path)["a"] == 1
