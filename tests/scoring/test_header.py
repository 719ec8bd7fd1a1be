import pytest
import yaml

from synergy_lib.errors import ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.header import SchemeHeader, read_header

SHIPPED = parameters_path("schemes", "taizhou_six_dimensions", "scheme.yml")


@pytest.fixture
def changed(tmp_path):
    """Return a function that reads the shipped header with some keys replaced."""

    def read(**changes):
        raw = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        raw |= changes
        raw = {key: value for key, value in raw.items() if value != "DELETE"}
        path = tmp_path / "scheme.yml"
        path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        return read_header(path)

    return read


def test_read_header_shipped_values():
    header = read_header(SHIPPED)
    assert header.scheme == SHIPPED.parent.name
    assert (header.coverage_dimension_minimum, header.coverage_overall_minimum) == (
        0.6,
        0.7,
    )
    assert (header.robustness_draws, header.robustness_kappa) == (2000, 50)
    assert header.robustness_seed == 20240101
    assert header.pct_minimum_enterprises == 8
    assert header.colour_probability_minimum == 0.6


def test_shipped_header_is_flat_and_every_key_has_a_comment():
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line[:1].isalpha()]
    assert all("# " in line for line in keys)
    raw = yaml.safe_load("\n".join(lines))
    nested = {key for key, value in raw.items() if isinstance(value, dict)}
    assert nested == {"aggregation_by_level"}  # and that one is level: method
    assert set(raw) == set(SchemeHeader.model_fields)


def test_shipped_proposals_are_listed():
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    marked = {
        line.split(":")[0] for line in lines if line[:1].isalpha() and "[P]" in line
    }
    proposed = set(read_header(SHIPPED).proposed)
    assert marked - {"proposed"} <= proposed


def test_read_header_unknown_key_names_the_nearest(changed):
    with pytest.raises(ParameterError, match="最接近的是“colour_order”"):
        changed(color_order=["red"])


def test_read_header_problems_are_collected(changed):
    with pytest.raises(ParameterError) as caught:
        changed(robustness_draws="many", version="DELETE", aggregation="median")
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "version：缺少这个键" in text
    assert "“median”" in text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"grade_lower_bounds": [90, 80]}, "等长"),
        ({"grade_lower_bounds": [80, 90, 70, 60, 0]}, "从高到低"),
        ({"gates_red_grade_cap": "差"}, "grade_names 之一"),
        ({"colour_order": ["grey", "red", "red", "green"]}, "各一次"),
        ({"colour_order": ["green", "grey", "red", "yellow"]}, "green 结尾"),
        ({"colour_red_score_below": 90}, "不大于"),
        ({"carbon_grade_names": ["高"]}, "多一个"),
        ({"carbon_level_upper_bounds": [2.0, 0.6]}, "从低到高"),
        ({"robustness_percentiles": [95, 5]}, "从低到高"),
        ({"proposed": ["nothing"]}, "没有这些键"),
    ],
)
def test_read_header_contradictions(changed, changes, text):
    with pytest.raises(ParameterError, match=text):
        changed(**changes)
