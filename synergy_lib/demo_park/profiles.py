"""The invented enterprises: names, archetypes, size, and how well each is run."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from synergy_lib.resources import data_path

__all__ = ["YEARS", "Cast", "cast_enterprises", "load_archetypes", "random_numbers"]

YEARS = (2020, 2021, 2022, 2023, 2024)
_STATE_YEAR = 2022

# Heavenly stem × cereal: every name is visibly built, none is a company's.
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_CEREALS = "禾黍麦稷菽粟稻穗秧"
_KINDS = {
    "api": ("制药", "2710", "重点管理"),
    "intermediate": ("药化", "2614", "重点管理"),
    "formulation": ("制剂", "2720", "简化管理"),
    "fine": ("精细化工", "2669", "重点管理"),
    "treatment": ("环保", "7724", "重点管理"),
}
_PRODUCTS = {
    "api": ("沙坦类原料药", "他汀类原料药", "抗生素原料药", "甾体激素原料药"),
    "intermediate": ("含氟医药中间体", "手性醇中间体", "杂环中间体", "侧链酸中间体"),
    "formulation": ("口服固体制剂", "注射剂", "吸入制剂"),
    "fine": ("电子化学品", "催化剂助剂", "特种溶剂", "农药中间体"),
    "treatment": ("危险废物焚烧处置", "废溶剂再生", "废盐资源化"),
}
_DIMENSIONS = "ABCDEF"
_MEAN = -0.25
_LEADERS = (4, 17, 33, 41, 52, 60, 67)
_LAGGARDS = (10, 22, 35, 43, 57, 70, 79)
_ENTRANTS = {"0053": 2022, "0068": 2022}
_CLOSING = ("0046",)


@dataclass(frozen=True)
class Cast:
    """The enterprises of the park and how each develops.

    Parameters
    ----------
    enterprises : pandas.DataFrame
        Index enterprise_id; the columns of the sheet 企业信息, ``archetype``, every
        parameter of the archetype, and ``first_year``, ``is_closing`` (shut in mid-2024).
    performance : pandas.DataFrame
        Index enterprise_id; one column a dimension (A–F) and ``pace``, the change
        a year, in standard deviations; larger is better.
    """

    enterprises: pd.DataFrame
    performance: pd.DataFrame

    def quality(self, dimension: str) -> pd.DataFrame:
        """Return performance in one dimension, enterprises × years [-]."""
        level = self.performance[dimension].to_numpy()[:, None]
        pace = self.performance["pace"].to_numpy()[:, None]
        years = np.array(YEARS) - _STATE_YEAR
        return pd.DataFrame(
            level + pace * years, index=self.performance.index, columns=list(YEARS)
        )


def random_numbers(seed: int, topic: str) -> np.random.Generator:
    """Return the generator of one topic, so that topics do not disturb each other."""
    return np.random.default_rng([seed, *topic.encode()])


def load_archetypes() -> pd.DataFrame:
    """Return the archetype parameters: index archetype, columns parameter.

    Every figure is invented, of a plausible order of magnitude; units stand in
    ``data/demo_park/archetypes.csv``.
    """
    table = pd.read_csv(data_path("demo_park", "archetypes.csv"), index_col="parameter")
    return table[list(_KINDS)].astype("float64").T


def cast_enterprises(seed: int) -> Cast:
    """Draw the enterprises of the demonstration park.

    Parameters
    ----------
    seed : int
        Seed of all draws.

    Returns
    -------
    Cast
        82 enterprises with ids ``"0001"`` to ``"0082"``.
    """
    rng = random_numbers(seed, "cast")
    kinds = _shuffled_archetypes(rng)
    ids = [f"{number:04d}" for number in range(1, len(kinds) + 1)]
    names = ["".join(pair) for pair in product(_STEMS, _CEREALS)]
    rng.shuffle(names)
    enterprises = pd.DataFrame(
        {
            "enterprise_name": [
                f"{name}{_KINDS[kind][0]}有限公司"
                for name, kind in zip(names, kinds, strict=False)
            ],
            "industry_code": [_KINDS[kind][1] for kind in kinds],
            "main_products": [str(rng.choice(_PRODUCTS[kind])) for kind in kinds],
            "permit_class": [_KINDS[kind][2] for kind in kinds],
            "archetype": kinds,
        },
        index=pd.Index(ids, name="enterprise_id"),
    )
    enterprises = enterprises.join(load_archetypes(), on="archetype", validate="m:1")
    enterprises["first_year"] = [_ENTRANTS.get(i, YEARS[0]) for i in ids]
    enterprises["is_closing"] = [i in _CLOSING for i in ids]
    return Cast(enterprises, _draw_performance(rng, enterprises.index))


def _shuffled_archetypes(rng: np.random.Generator) -> list[str]:
    """Return one archetype an enterprise, in random order."""
    counts = load_archetypes()["count"].astype(int)
    kinds = [str(kind) for kind, count in counts.items() for _ in range(count)]
    rng.shuffle(kinds)
    return kinds


def _draw_performance(rng: np.random.Generator, index: pd.Index) -> pd.DataFrame:
    """Draw how well each enterprise is run, by dimension, and how fast it changes.

    Notes
    -----
    Performance = -0.25 + 0.75 · common + 0.5 · own part, both standard normal; a few
    leaders and laggards are set so that every grade occurs. Pace: median 0.13 a
    year; about one enterprise in six stands still or gets worse.
    """
    common = np.clip(rng.standard_normal(len(index)), -1.7, 1.7)
    common[list(_LEADERS)] = 2.7 + 0.15 * rng.standard_normal(len(_LEADERS))
    common[list(_LAGGARDS)] = -2.3 + 0.15 * rng.standard_normal(len(_LAGGARDS))
    own = rng.standard_normal((len(index), len(_DIMENSIONS)))
    frame = pd.DataFrame(
        _MEAN + 0.75 * common[:, None] + 0.5 * own,
        index=index,
        columns=list(_DIMENSIONS),
    )
    frame["pace"] = rng.normal(0.13, 0.13, len(index))
    return frame
