import numpy as np
import pandas as pd
import pytest

from synergy_lib.scoring.colours import ColourEvidence, colour_by_score, colours

INDEX = pd.MultiIndex.from_tuples([("a", 2022)], names=["enterprise_id", "year"])


def verdict(taizhou, score=85.0, **changes):
    """Return colour, reasons and colour by score of one enterprise."""
    dimensions = dict.fromkeys("ABCDEF", 85.0)
    facts = {"coverage": 1.0, "grade": 1.0, "d1": 90.0, "change": np.nan} | changes
    dimensions |= facts.get("dimensions", {})
    gates = {f"G{i}": 1.0 for i in range(1, 6)} | facts.get("gates", {})
    evidence = ColourEvidence(
        overall=pd.Series([score], INDEX),
        coverage=pd.Series([facts["coverage"]], INDEX),
        dimensions=pd.DataFrame(dimensions, INDEX),
        indicators=pd.DataFrame({"D1": [facts["d1"]]}, INDEX),
        carbon_grade=pd.Series([facts["grade"]], INDEX),
        change=pd.Series([facts["change"]], INDEX),
        gates=pd.DataFrame(gates, INDEX),
    )
    return tuple(part.iloc[0] for part in colours(evidence, taizhou))


@pytest.mark.parametrize(
    ("score", "colour"),
    [(80.0, "green"), (79.999, "yellow"), (60.0, "yellow"), (59.999, "red")],
)
def test_colours_by_score(taizhou, score, colour):
    assert verdict(taizhou, score)[0] == colour
    assert verdict(taizhou, score)[2] == colour


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4"])
def test_colours_red_gate(taizhou, gate):
    colour, reasons, by_score = verdict(taizhou, gates={gate: 0.0})
    assert (colour, by_score) == ("red", "green")
    assert reasons.startswith(f"门槛{gate}未通过（")


def test_colours_yellow_gate_and_unknown_gate(taizhou):
    assert verdict(taizhou, gates={"G5": 0.0})[0] == "yellow"
    colour, reasons, _ = verdict(taizhou, gates={"G2": np.nan, "G3": np.nan})
    assert colour == "green"
    assert reasons.endswith("门槛G2、G3未提供数据，未判断")


def test_colours_carbon_grade_and_pollution_together(taizhou):
    assert verdict(taizhou, grade=5.0, d1=59.0)[0] == "red"
    assert verdict(taizhou, grade=5.0, d1=60.0)[0] == "green"
    assert verdict(taizhou, grade=4.0, d1=10.0)[0] == "green"
    assert verdict(taizhou, grade=5.0, d1=np.nan)[0] == "green"
    assert verdict(taizhou, grade=np.nan, d1=10.0)[0] == "green"


def test_colours_weak_dimension(taizhou):
    colour, reasons, by_score = verdict(taizhou, dimensions={"C": 59.97})
    assert (colour, by_score) == ("yellow", "green")
    # Cut, not rounded: "60.0低于60" would be nonsense.
    assert reasons == "过程减量控制水平得分59.9低于60"
    assert verdict(taizhou, dimensions={"C": 60.0})[0] == "green"
    assert verdict(taizhou, dimensions={"C": np.nan})[0] == "green"


def test_colours_fall(taizhou):
    assert verdict(taizhou, change=-5.0)[0] == "yellow"
    assert verdict(taizhou, change=-4.99)[0] == "green"
    assert verdict(taizhou, change=8.0)[0] == "green"


def test_colours_first_that_applies_with_its_reasons_only(taizhou):
    colour, reasons, _ = verdict(taizhou, 55.0, change=-9.0, gates={"G1": 0.0})
    assert colour == "red"
    assert reasons == "门槛G1未通过（排污许可证有效）；综合得分55.0低于60"


def test_colours_grey_comes_first_but_names_the_failed_gate(taizhou):
    colour, reasons, by_score = verdict(
        taizhou, 55.0, coverage=0.6999, gates={"G1": 0.0}
    )
    assert (colour, by_score) == ("grey", "grey")
    assert reasons == "数据覆盖率69.9 %低于70 %；门槛G1未通过（排污许可证有效）"
    assert verdict(taizhou, 85.0, coverage=0.70)[0] == "green"
    assert verdict(taizhou, np.nan)[0] == "grey"
    assert verdict(taizhou, np.nan, coverage=np.nan)[0] == "grey"


def test_colours_order_is_data(taizhou):
    header = taizhou.header.model_copy(
        update={"colour_order": ("red", "yellow", "grey", "green")}
    )
    scheme = type(taizhou)(header, taizhou.framework)
    assert verdict(scheme, 55.0, coverage=0.5)[0] == "red"
    assert verdict(scheme, 85.0, coverage=0.5)[0] == "grey"


def test_colours_without_a_pollution_rule(taizhou):
    header = taizhou.header.model_copy(update={"colour_red_pollution_indicator": None})
    scheme = type(taizhou)(header, taizhou.framework)
    assert verdict(scheme, grade=5.0, d1=0.0)[0] == "green"


def test_colour_by_score_float_noise(taizhou):
    scores = np.array([80 - 1e-12, np.nan])
    assert colour_by_score(scores, taizhou.header).tolist() == ["green", "grey"]
