"""What a run says about the park's own targets and its scenarios."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from synergy_lib.errors import nearest, quote
from synergy_lib.schema import load_columns
from synergy_lib.yaml_files import StrictModel

__all__ = ["ScenarioParameters", "TargetParameters", "distinct_ids"]

_Year = Annotated[int, Field(ge=1990, le=2100)]
_Triple = Annotated[tuple[float, float, float], Strict(strict=False)]


class TargetParameters(StrictModel):
    """A target the park has set itself or is bound to.

    ``indicator`` is a panel column, a sum of columns, or one quotient of two such,
    e.g. ``co2e_t / value_added_constant_10k_cny``: the park's value is then the ratio
    of the sums. ``kind`` is ``relative_cut`` (by ``cut_pct`` from ``base_year``) or
    ``level`` (``level`` in the indicator's unit; ``base_year`` only for the path
    there). ``binding`` false prints 参照目标.
    """

    id: str = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z_\-]{0,63}$")
    name_zh: str = Field(min_length=1)
    name_en: str = ""
    indicator: str = Field(min_length=1)
    unit: str = ""
    kind: Literal["relative_cut", "level"]
    base_year: _Year | None = None
    year: _Year
    cut_pct: float | None = Field(default=None, gt=0, le=100)
    level: float | None = Field(default=None, ge=0)
    direction: Literal["at_most", "at_least"] = "at_most"
    path: Literal["geometric", "linear"] = "geometric"
    binding: bool = True
    source: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> TargetParameters:
        found = [*self._kind_problems(), *self._path_problems()]
        name = self.indicator.strip()
        known = load_columns().index
        if name.isidentifier() and name not in known:
            found.append(
                f"indicator：没有面板列{quote(name)} {nearest(name, known)}".strip()
            )
        if found:
            raise ValueError("；".join(found))
        return self

    def _kind_problems(self) -> list[str]:
        """Return which of cut, level and base year are missing or too many."""
        if self.kind == "level":
            pairs = [("level", self.level is not None), ("cut_pct", not self.cut_pct)]
        else:
            pairs = [
                ("cut_pct", self.cut_pct is not None),
                ("base_year", self.base_year is not None),
                ("level", self.level is None),
            ]
            if self.direction == "at_least":
                pairs.append(("direction: at_least", False))
        return [
            f"kind: {self.kind} {'不用' if self._given(key) else '需要'} {key}"
            for key, fits in pairs
            if not fits
        ]

    def _given(self, key: str) -> bool:
        return getattr(self, key.partition(":")[0]) is not None

    def _path_problems(self) -> list[str]:
        """Return where no path leads from the base year to the target."""
        found = []
        if self.base_year is not None and self.base_year >= self.year:
            found.append("base_year 须早于 year")
        if self.path == "geometric" and (self.cut_pct == 100 or self.level == 0):
            found.append("降到零没有几何路径，请用 path: linear")
        return found


def distinct_ids(
    targets: tuple[TargetParameters, ...],
) -> tuple[TargetParameters, ...]:
    """Return targets, or raise where two have the same id."""
    ids = [target.id for target in targets]
    twice = sorted({quote(name) for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"id 重复：{'、'.join(twice)}")
    return targets


def _ordered(periods: dict[int, _Triple]) -> dict[int, _Triple]:
    """Refuse no period, a year out of range, or values that are not in order."""
    if not periods:
        raise ValueError("至少给出一个时段")
    for year, triple in periods.items():
        if not 1990 <= year <= 2100:
            raise ValueError(f"{year} 不是1990–2100年间的年份")
        if any(low > high for low, high in pairwise(triple)):
            raise ValueError(f"{year} 年起：须满足 最小值 ≤ 最可能值 ≤ 最大值")
    return dict(sorted(periods.items()))


_Periods = Annotated[
    dict[Annotated[int, Strict(strict=False)], _Triple], AfterValidator(_ordered)
]


class ScenarioParameters(StrictModel):
    """What is assumed of the years to come; every default is a proposal [P].

    Each rate is a table: year it holds from → its lowest, likeliest and highest value
    [%/a]; the first one also holds before. The rates of the scenario "as usual" come
    from the park's own history where it is long enough, and from here where not.
    ``last_year`` is the end of the projection; a peak by ``peak_deadline`` can be
    declared only if it lies five years before.
    """

    last_year: _Year = 2040
    peak_deadline: _Year = 2030
    draws: int = Field(default=2000, ge=200, le=100_000)
    value_added_growth_pct: _Periods = Field(
        default={2021: (2.0, 5.0, 8.0), 2031: (1.0, 4.0, 6.0), 2036: (0.5, 3.0, 5.0)}
    )
    energy_intensity_cut_pct: _Periods = Field(default={2021: (1.0, 2.5, 4.0)})
    carbon_factor_cut_pct: _Periods = Field(default={2021: (0.0, 1.0, 3.0)})

    @model_validator(mode="after")
    def _rates_possible(self) -> ScenarioParameters:
        cuts = [self.energy_intensity_cut_pct, self.carbon_factor_cut_pct]
        if any(
            value >= 100 for cut in cuts for triple in cut.values() for value in triple
        ):
            raise ValueError("下降率须小于100")
        if any(triple[0] <= -100 for triple in self.value_added_growth_pct.values()):
            raise ValueError("增长率须大于−100")
        return self
