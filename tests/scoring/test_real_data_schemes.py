"""The schemes for the real data sets: small, all proposed, nothing borrowed unseen."""

import pytest
import yaml

from synergy_lib.errors import ParameterError
from synergy_lib.resources import parameters_path
from synergy_lib.scoring.framework import load_scheme
from synergy_lib.scoring.header import SchemeHeader, read_header

SCHEMES = ["pharma_sites_intensity", "pollutant_register", "company_disclosure"]


@pytest.fixture(params=SCHEMES)
def folder(request):
    return parameters_path("schemes", request.param)


def test_scheme_loads_under_its_own_name(folder):
    scheme = load_scheme(folder)
    assert scheme.header.scheme == folder.name
    assert scheme.framework.dimensions["weight"].sum() == 100
    assert scheme.framework.effective_weights.sum() == pytest.approx(1)
    assert scheme.framework.gates.empty


def test_every_key_is_there_and_explained(folder):
    lines = (folder / "scheme.yml").read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line[:1].isalpha()]
    assert all("# " in line for line in keys)
    assert set(yaml.safe_load("\n".join(lines))) == set(SchemeHeader.model_fields)
    marked = {line.split(":")[0] for line in keys if "[P]" in line} - {"proposed"}
    assert marked == set(read_header(folder / "scheme.yml").proposed)


def test_everything_is_proposed_and_named_in_both_languages(folder):
    table = load_scheme(folder).framework.table
    assert (table["tag"] == "P").all()
    assert (table[["name", "name_en", "unit", "unit_en"]] != "").all(axis=None)
    assert (load_scheme(folder).framework.indicators["source_key"] != "").all()


def test_codes_differ_from_those_the_technique_catalogue_names(folder):
    known = load_scheme(parameters_path("schemes", "taizhou_six_dimensions"))
    own = load_scheme(folder).framework.table.index
    assert set(own) & set(known.framework.table.index) == {"SYNERGY"}


@pytest.fixture
def changed(tmp_path):
    """Return a function that loads a copy of a scheme with some keys replaced."""

    def load(scheme, **changes):
        source = parameters_path("schemes", scheme)
        raw = yaml.safe_load((source / "scheme.yml").read_text(encoding="utf-8"))
        text = yaml.safe_dump(raw | changes, allow_unicode=True)
        (tmp_path / "scheme.yml").write_text(text, encoding="utf-8")
        framework = (source / "framework.csv").read_text(encoding="utf-8")
        (tmp_path / "framework.csv").write_text(framework, encoding="utf-8")
        return load_scheme(tmp_path)

    return load


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"gates_red_grade_cap": None}, "有 gates_red 时须给出 gates_red_grade_cap"),
        ({"gates_yellow_grade_cap": None}, "须给出 gates_yellow_grade_cap"),
        ({"colour_red_carbon_grade": None}, "有 colour_red_pollution_indicator 时"),
        ({"colour_red_pollution_score_below": None}, "colour_red_pollution_indicator"),
        (
            {"pct_cost_baseline_percentile": None},
            "pct_cost_baseline_percentile：有 PCT 规则的指标，此键不能为 null",
        ),
        ({"pct_minimum_enterprises": None}, "pct_minimum_enterprises：有 PCT"),
    ],
)
def test_a_rule_in_use_cannot_be_switched_off(changed, changes, text):
    with pytest.raises(ParameterError, match=text):
        changed("taizhou_six_dimensions", **changes)


def test_percentiles_of_a_side_nobody_uses_may_be_null(changed):
    # Every PCT indicator of the shipped scheme is a cost.
    scheme = changed(
        "taizhou_six_dimensions",
        pct_benefit_baseline_percentile=None,
        pct_benefit_benchmark_percentile=None,
    )
    assert scheme.header.pct_benefit_baseline_percentile is None


def test_colour_rules_may_be_switched_off(changed):
    header = changed(
        "taizhou_six_dimensions",
        colour_yellow_dimension_below=None,
        colour_yellow_fall_points=None,
    ).header
    assert header.colour_yellow_dimension_below is None
    assert header.colour_yellow_fall_points is None
