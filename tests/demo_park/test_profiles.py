"""The invented enterprises."""

import re

import numpy as np
import pytest

from synergy_lib.demo_park.profiles import (
    YEARS,
    cast_enterprises,
    load_archetypes,
    random_numbers,
)


def test_82_enterprises_with_text_ids_and_distinct_names(cast):
    ids = list(cast.enterprises.index)
    assert ids == [f"{number:04d}" for number in range(1, 83)]
    assert cast.enterprises["enterprise_name"].is_unique


def test_names_follow_the_invented_pattern(cast):
    pattern = r"[甲乙丙丁戊己庚辛壬癸][禾黍麦稷菽粟稻穗秧]\S{2,4}有限公司"
    names = cast.enterprises["enterprise_name"]
    assert all(re.fullmatch(pattern, name) for name in names)


def test_no_name_occurs_in_the_source_documents(cast, shared):
    folder = shared("seeds")
    text = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*.txt"))
    stems = {name[:2] for name in cast.enterprises["enterprise_name"]}
    assert not [stem for stem in stems if stem in text]


def test_archetype_counts(cast):
    counts = cast.enterprises["archetype"].value_counts()
    expected = load_archetypes()["count"].astype(int)
    assert counts.to_dict() == expected.to_dict()
    assert expected.sum() == 82


def test_most_improve_and_some_do_not(cast):
    pace = cast.performance["pace"]
    assert 0.70 < (pace > 0).mean() < 0.95


def test_quality_changes_by_the_pace_each_year(cast):
    quality = cast.quality("C")
    assert list(quality.columns) == list(YEARS)
    steps = quality.diff(axis=1).iloc[:, 1:]
    pace = cast.performance["pace"].to_numpy()[:, None]
    np.testing.assert_allclose(steps, np.broadcast_to(pace, steps.shape), rtol=1e-9)


def test_same_seed_same_cast_other_seed_other_cast(cast):
    again = cast_enterprises(20240101)
    assert again.enterprises.equals(cast.enterprises)
    assert not cast_enterprises(0).performance.equals(cast.performance)


@pytest.mark.parametrize("seed", [0, 7])
def test_topics_have_their_own_numbers(seed):
    first = random_numbers(seed, "energy").random(3)
    assert not np.allclose(first, random_numbers(seed, "activity").random(3))
    np.testing.assert_array_equal(first, random_numbers(seed, "energy").random(3))
