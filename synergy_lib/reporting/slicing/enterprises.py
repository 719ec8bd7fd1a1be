"""The slice of each enterprise: its own rows, and its peers as quantiles.

Every frame is made once for the whole park and cut when a slice is asked for, so
that an enterprise costs the same in a park of any size, and memory holds one slice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from synergy_lib.factors.selection import is_active
from synergy_lib.park.lists import LISTS
from synergy_lib.pipeline import Analysis
from synergy_lib.reporting.formatting import is_missing, text
from synergy_lib.reporting.slices import EnterpriseSlice
from synergy_lib.reporting.slicing.changes import (
    decoupling_rows,
    driver_rows,
    enterprise_targets,
)
from synergy_lib.reporting.slicing.shared import (
    FACTOR_COLUMNS,
    SharedFrames,
    co_control_frame,
    headline_figures,
    measure_plan_frame,
    run_notes,
)
from synergy_lib.schema import EQUIVALENTS
from synergy_lib.scoring.bridge.states import CAUSES

__all__ = ["slice_enterprises"]

# Single quantities a technique acts on; the reports show what they add up to.
_UNUSED_MEASURES = (
    "co2e_market_",
    "electricity_",
    "heat_",
    "natural_gas_",
    "bituminous_",
    "solvent_",
    "water_fresh_",
    "hazardous_waste_",
)


@dataclass(frozen=True, eq=False)
class _Each(Mapping[str, Any]):
    """What each enterprise gets, made when it is asked for and not kept."""

    ids: list[str]
    make: Callable[[str], Any]

    def __getitem__(self, enterprise_id: str) -> Any:
        if enterprise_id not in self._known:
            raise KeyError(enterprise_id)
        return self.make(enterprise_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.ids)


def slice_enterprises(analysis: Analysis) -> Mapping[str, EnterpriseSlice]:
    """Return a slice for every enterprise that has data in the report year.

    Returns
    -------
    mapping of str to EnterpriseSlice
        By enterprise id, sorted; made anew each time it is asked for. A slice holds
        the enterprise's own rows and quantiles of its peers; nothing else of anybody
        else.
    """
    shared = SharedFrames(analysis)
    indicators = _indicators(analysis, shared)
    ids, notes = shared.ids, run_notes(analysis, of_enterprise=True)
    park_yearly = _rounded(shared.park_yearly)
    parts: dict[str, Mapping[str, Any]] = {
        "enterprise": _master_data(analysis, shared),
        "headline": headline_figures(analysis, ids),
        "dimensions": _own_rows(_dimensions(analysis, shared), ids),
        "indicators": _own_rows(indicators, ids),
        "history": _own_rows(_history(analysis), ids),
        "yearly": _yearly(shared),
        "trends": _cut(analysis.trends, ids),
        "drivers": _cut(driver_rows(analysis, park=False), ids),
        "decoupling": _cut(decoupling_rows(analysis, park=False), ids),
        "target_gaps": _cut(enterprise_targets(analysis), ids),
        "co_control": _cut(_co_control(analysis), ids),
        "measure_plan": _cut(measure_plan_frame(analysis), ids),
        "measures": _cut(_measures(analysis), ids),
        "changes": _own_rows(_changes(analysis, shared, indicators), ids),
        "bridge": _own_rows(_bridge(analysis, shared), ids),
        "bridge_note": _bridge_notes(analysis, shared),
        "improvements": _cut(_improvements(analysis, shared), ids),
        "gates": _own_rows(_gates(analysis, shared), ids),
        "issues": _cut(analysis.data.issues, ids),
        "factors": _factors(analysis, shared),
        "restatements": _cut(analysis.data.restatements, ids),
    }

    def make(enterprise_id: str) -> EnterpriseSlice:
        return EnterpriseSlice(
            meta=shared.meta,
            park_yearly=park_yearly,
            notes=notes,
            **{name: part[enterprise_id] for name, part in parts.items()},
        )

    return _Each(ids, make)


def _master_data(analysis: Analysis, shared: SharedFrames) -> dict[str, dict[str, Any]]:
    """Return who each enterprise is."""
    rows = analysis.data.enterprises.loc[shared.ids].to_dict("records")
    listed = _lists(analysis)
    return {
        enterprise_id: {
            "enterprise_id": enterprise_id,
            "lists": listed.get(enterprise_id, []),
            **{str(key): None if is_missing(v) else v for key, v in row.items()},
        }
        for enterprise_id, row in zip(shared.ids, rows, strict=True)
    }


def _lists(analysis: Analysis) -> dict[str, list[dict[str, Any]]]:
    """Return which of the three lists each enterprise stands on."""
    if not analysis.parameters.has_three_lists:
        return {}
    units = analysis.lists.units
    return {
        str(key): [
            {"list": kind, "is_statutory": bool(row[f"{kind}_statutory"])}
            for kind in LISTS
            if row[kind]
        ]
        for key, row in units.iterrows()
    }


def _dimensions(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return every enterprise's dimension scores beside its peers'."""
    scores, frame = analysis.scores, _for_each(shared.dimensions, shared.ids)
    base_year = analysis.parameters.base_year
    return frame.assign(
        score=_of_year(scores.dimension_scores, shared.year, frame),
        previous_score=_of_year(scores.dimension_scores, shared.year - 1, frame),
        base_score=_of_year(scores.dimension_scores, base_year, frame),
        coverage=_of_year(scores.dimension_coverage, shared.year, frame),
    )


def _indicators(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return every enterprise's indicators: value, score, reason if missing."""
    found, scores = analysis.indicators, analysis.scores.indicator_scores
    year, frame = shared.year, _for_each(shared.indicators, shared.ids)
    reasons = found.reasons[found.reasons["year"] == year]
    reasons = reasons.drop_duplicates(["enterprise_id", "code"])
    frame = frame.assign(
        value=_of_year(found.values, year, frame),
        previous_value=_of_year(found.values, year - 1, frame),
        value_text=_of_year(found.texts, year, frame),
        score=_of_year(scores, year, frame),
        previous_score=_of_year(scores, year - 1, frame),
        reason=reasons.set_index(["enterprise_id", "code"])["reason"],
    )
    not_scored = frame["value"].notna() & frame["score"].isna()
    reason = text(
        shared.language,
        "有数据的企业不足规定家数，只列值不评分",
        "too few enterprises with data: reported, not scored",
    )
    return frame.assign(reason=frame["reason"].mask(not_scored, reason))


def _changes(
    analysis: Analysis, shared: SharedFrames, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Return what each indicator contributed to the change since last year.

    Empty where the common indicators cover too little for a change to be stated.
    """
    changed = analysis.scores.change.dropna().index
    key = pd.MultiIndex.from_product([shared.ids, [shared.year]])
    known = key.isin(changed)
    parts = analysis.changes.reindex(
        index=shared.ids, columns=shared.indicators.index
    ).to_numpy(dtype="float64")
    frame = indicators[["name", "previous_score", "score"]].assign(
        contribution=np.where(known[:, np.newaxis], parts, np.nan).ravel()
    )
    return frame.dropna(subset=["contribution"])


def _co_control(analysis: Analysis) -> pd.DataFrame:
    """Return the two sums of pollutants that say most; the rest is in the park's."""
    frame = co_control_frame(analysis)
    return frame[frame["pollutant"].isin(EQUIVALENTS)]


def _improvements(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return a row an indicator of each plan; one with the reason where there is none."""
    plan = analysis.improvements
    columns = ["enterprise_id", "target", "next", "points_missing", "probability"]
    rows = plan.summary[[*columns, "reason"]].merge(
        plan.steps, on=["enterprise_id", "target"], how="left"
    )
    named = shared.indicators[["name", "unit"]]
    return rows.join(named, on="code")


def _bridge(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return the causes of the change of score, rank and dimensions, by code.

    A cause that cannot be told is missing. Empty for who has no bridge.
    """
    bridge = analysis.bridge
    if bridge is None:
        index = pd.MultiIndex.from_arrays([[], []], names=["enterprise_id", "code"])
        return pd.DataFrame(index=index, columns=["earlier", *CAUSES, "later"])
    whole = {"overall": bridge.overall, "rank": bridge.rank}
    frame = pd.concat(
        [pd.concat(whole, names=["code"]).swaplevel(), bridge.dimensions]
    ).dropna(how="any")
    told = frame.assign(**dict.fromkeys(bridge.not_told, np.nan))
    return told[told.index.get_level_values("enterprise_id").isin(shared.ids)]


def _bridge_notes(
    analysis: Analysis, shared: SharedFrames
) -> dict[str, dict[str, Any]]:
    """Return the years of each enterprise's bridge, or why it has none."""
    bridge, parameters = analysis.bridge, analysis.parameters
    years = [parameters.previous_year, parameters.report_year]
    if bridge is None:
        none = {"reason": "no_earlier_report", "years": years, "not_told": []}
        return dict.fromkeys(shared.ids, none)
    reasons = bridge.reasons.reindex(shared.ids)
    not_told = list(bridge.not_told)
    return {
        str(key): {"reason": reason, "years": years, "not_told": not_told}
        for key, reason in reasons.items()
    }


def _history(analysis: Analysis) -> pd.DataFrame:
    """Return every enterprise's overall score, grade, colour, rank by year."""
    scores = analysis.scores
    ungraded = scores.grade == analysis.scheme.header.grade_no_data
    years = scores.overall.index.get_level_values("year")
    return (
        pd.DataFrame(
            {
                "overall": scores.overall.mask(ungraded),
                "grade": scores.grade,
                "colour": scores.colour,
                "rank": scores.rank,
                "coverage": scores.coverage,
            }
        )
        .join(scores.dimension_scores)
        .assign(ranked_count=scores.ranked_count.reindex(years).to_numpy())
    )


def _yearly(shared: SharedFrames) -> Mapping[str, pd.DataFrame]:
    """Return each enterprise's numbers by year, without what it never has."""
    numbers = _own_rows(shared.data.select_dtypes("number"), shared.ids)
    return _Each(shared.ids, lambda key: numbers[key].dropna(axis=1, how="all"))


def _measures(analysis: Analysis) -> pd.DataFrame:
    """Return every enterprise's measures; JSON has no infinity.

    A payback that never comes has no upper end.
    """
    kept = [c for c in analysis.measures if not str(c).startswith(_UNUSED_MEASURES)]
    return analysis.measures[kept].replace([np.inf, -np.inf], np.nan)


def _gates(analysis: Analysis, shared: SharedFrames) -> pd.DataFrame:
    """Return each gate as passed, failed or unknown."""
    table = analysis.scheme.framework.gates
    names = table[[text(shared.language, "name", "name_en")]]
    frame = _for_each(names.set_axis(["name"], axis=1).rename_axis("code"), shared.ids)
    values = pd.Series(_of_year(analysis.scores.gates, shared.year, frame))
    states = values.map({1.0: "pass", 0.0: "fail"}).fillna("unknown")
    return frame.assign(state=states.to_numpy())


def _factors(analysis: Analysis, shared: SharedFrames) -> Mapping[str, pd.DataFrame]:
    """Return the factors that touched a figure of each enterprise."""
    used = analysis.factors.used
    rows = used[FACTOR_COLUMNS]
    same = rows.groupby(FACTOR_COLUMNS, dropna=False).ngroup()
    touched = is_active(analysis.panel).groupby(level="enterprise_id").any()
    touched = touched.reindex(
        index=shared.ids, columns=used["panel_column"], fill_value=False
    )
    masks = dict(zip(shared.ids, touched.to_numpy(), strict=True))

    def make(enterprise_id: str) -> pd.DataFrame:
        mask = masks[enterprise_id]
        own: pd.DataFrame = rows[mask & ~same.where(mask).duplicated()]
        return own.reset_index(drop=True)

    return _Each(shared.ids, make)


def _for_each(frame: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """Return a frame by code once for each enterprise, indexed by both."""
    names = ["enterprise_id", frame.index.name]
    return pd.concat(dict.fromkeys(ids, frame), names=names)


def _of_year(table: pd.DataFrame, year: int, frame: pd.DataFrame) -> npt.NDArray[Any]:
    """Return a year's cells of a table as a column of a frame of all enterprises.

    Parameters
    ----------
    table : pandas.DataFrame
        Index (enterprise_id, year), a column a code.
    year : int
    frame : pandas.DataFrame
        As :func:`_for_each` returns it.

    Returns
    -------
    numpy.ndarray
        A cell a row of ``frame``; missing throughout if there is no such year.
    """
    ids, codes = (frame.index.unique(level) for level in frame.index.names)
    rows = table[table.index.get_level_values("year") == year].droplevel("year")
    return rows.reindex(index=ids, columns=codes).to_numpy().ravel()


def _rounded(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return the park's ratios by year to three significant digits.

    An enterprise that corrects its data moves the park's ratio a little, which is
    neither news to the others nor theirs to work back from.
    """
    by_year = ratios.set_index("year")
    return by_year.map(lambda ratio: float(f"{ratio:.3g}")).reset_index()


def _own_rows(frame: pd.DataFrame, ids: list[str]) -> Mapping[str, pd.DataFrame]:
    """Return each enterprise's rows of a frame indexed by it and by year or code."""
    owners = frame.index.get_level_values("enterprise_id")
    rows = _cut(frame.droplevel("enterprise_id").reset_index(), ids, owners)
    return _Each(ids, lambda key: rows[key].reset_index(drop=True))


def _cut(
    frame: pd.DataFrame, ids: list[str], by: str | pd.Index[str] = "enterprise_id"
) -> Mapping[str, pd.DataFrame]:
    """Return each enterprise's rows of a frame, owned as a column or index says."""
    places = {} if frame.empty else frame.groupby(by).indices
    # Side by side, the rows of an enterprise are cut out without copying them.
    order = [place for own in places.values() for place in own]
    ordered, spans, start = frame.take(order), {}, 0
    for enterprise_id, own in places.items():
        spans[enterprise_id] = slice(start, start + len(own))
        start += len(own)
    return _Each(ids, lambda key: ordered.iloc[spans.get(key, slice(0))])
