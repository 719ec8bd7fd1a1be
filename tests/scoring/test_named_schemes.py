"""The schemes named after other places: little is public, the rest says proposed."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from synergy_lib.parameters import list_schemes
from synergy_lib.resources import data_path, parameters_path
from synergy_lib.scored_park import score_by_schemes
from synergy_lib.scoring.framework import load_scheme
from synergy_lib.scoring.header import SchemeHeader, read_header

NAMED = ["yuhang_four_dimensions", "shangyu_eight_dimensions"]
SOURCES = set(pd.read_csv(data_path("sources.csv"))["source_key"])
# Anchors of facts need no mark; a tag says where a number comes from otherwise.
TAGS = {"", "P", "GK", "C"}


@pytest.mark.parametrize("name", list_schemes())
def test_every_shipped_scheme_loads_and_is_sourced(name):
    scheme = load_scheme(parameters_path("schemes", name))
    framework = scheme.framework
    assert scheme.header.scheme == name
    assert framework.effective_weights.sum() == pytest.approx(1)
    sums = framework.local_weights.groupby(framework.table["parent"]).sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(sums)))
    assert framework.dimensions["weight"].sum() == pytest.approx(100)
    cells = [*framework.table["source_key"], *framework.gates["source_key"]]
    keys = {key for cell in cells for key in cell.split(";") if key}
    assert keys | {scheme.header.source_key} <= SOURCES
    for column in ("tag", "baseline_tag", "benchmark_tag"):
        assert set(framework.table[column]) <= TAGS
    # A fixed anchor without a tag must name where it was published.
    linear = framework.indicators.query("rule == 'LIN'")
    untagged = (linear[["baseline_tag", "benchmark_tag"]] == "").any(axis=1)
    assert (linear.loc[untagged, "source_key"] != "").all()


@pytest.mark.parametrize("name", list_schemes())
def test_marked_keys_are_listed_as_proposed(name):
    path = parameters_path("schemes", name, "scheme.yml")
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [line for line in lines if line[:1].isalpha()]
    assert all("# " in line for line in keys)
    assert set(yaml.safe_load("\n".join(lines))) == set(SchemeHeader.model_fields)
    marked = {line.split(":")[0] for line in keys if "[P]" in line} - {"proposed"}
    assert marked <= set(read_header(path).proposed)


@pytest.mark.parametrize("name", NAMED)
def test_every_proposal_of_a_named_scheme_is_explained(name):
    framework = load_scheme(parameters_path("schemes", name)).framework
    tagged = framework.table[framework.table["tag"] != ""]
    assert (tagged.drop(framework.root)["note"] != "").all()
    assert (framework.indicators["tag"] == "P").all()
    assert (framework.dimensions["note"].str.contains("权重为提议")).all()


def test_what_is_public_of_yuhang_is_there():
    framework = load_scheme(parameters_path("schemes", NAMED[0])).framework
    assert framework.dimensions["name"].tolist() == ["减污", "降碳", "协同", "增效"]
    named = framework.indicators[framework.indicators["note"].str.contains("点名")]
    assert set(named["name"]) == {
        "单位产值大气污染当量",
        "单位产值水污染当量",
        "单位产值碳排放",
        "非化石能源消费占比",
        "一般工业固废综合利用率",
        "亩均税收",
    }
    others = framework.indicators.drop(named.index)
    assert others["note"].str.startswith("提议").all()


def test_what_is_public_of_shangyu_is_there():
    dimensions = load_scheme(parameters_path("schemes", NAMED[1])).framework.dimensions
    public = dimensions[dimensions["source_key"] == "S002"]
    assert public["name"].tolist() == ["污染物排放", "碳排放", "资源化利用"]
    rest = dimensions.drop(public.index)
    assert len(rest) == 5
    assert rest["name"].str.contains("（提议）").all()
    assert (rest["source_key"] == "PROJECT").all()


def test_codes_differ_from_those_the_technique_catalogue_names():
    known = load_scheme(parameters_path("schemes", "taizhou_six_dimensions"))
    for name in NAMED:
        own = load_scheme(parameters_path("schemes", name)).framework.table.index
        assert set(own) & set(known.framework.table.index) == {"SYNERGY"}
        assert all(re.fullmatch(r"[YS][A-Z]\d?|SYNERGY", str(code)) for code in own)


@pytest.fixture(scope="module")
def scored(demo_analysis, demo_parameters):
    schemes = {
        name: load_scheme(parameters_path("schemes", name))
        for name in ("taizhou_six_dimensions", *NAMED)
    }
    return score_by_schemes(demo_analysis.data, demo_parameters, schemes)


def test_the_runs_own_scheme_scores_as_in_its_reports(scored, demo_analysis):
    own = scored.scores["taizhou_six_dimensions"]
    pd.testing.assert_series_equal(own.overall, demo_analysis.scores.overall)
    pd.testing.assert_series_equal(own.colour, demo_analysis.scores.colour)


@pytest.mark.parametrize("name", NAMED)
def test_demo_park_under_a_named_scheme(scored, name):
    scores = scored.scores[name]
    overall = scores.overall.xs(2024, level="year")
    assert overall.notna().all()
    assert overall.between(0, 100).all()
    assert overall.std() > 5
    coverage = scores.coverage.xs(2024, level="year")
    assert coverage.between(0.7, 1).all()
    assert coverage.mean() > 0.9
    assert set(scores.colour.xs(2024, level="year")) == {"red", "yellow", "green"}
