"""The named functions of the formula language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from synergy_lib.indicators.quantity import (
    DATA_ERROR,
    NOT_APPLICABLE,
    UNDEFINED,
    Floats,
    Gap,
    Mask,
    Quantity,
    combine,
    divide,
)
from synergy_lib.indicators.scope import Scope, park_sum

__all__ = ["FUNCTIONS", "Function", "Scope"]

# Shares above 100 % are counted as 100; above this they are called a data error
# (methods §2.2, note 3).
DOUBTFUL_SHARE_PCT = 105.0
# A relative change smaller than this is no change (methods §4.3, ε).
NO_CHANGE = 0.005
# Band of the co-control elasticity that counts as balanced (methods §2.2, D5).
BALANCED_ELASTICITY = (0.8, 1.25)
# Slack for comparing floating-point quotients with a printed bound.
TOLERANCE = 1e-9


def _since_base(quantity: Quantity, scope: Scope) -> tuple[Quantity, Floats]:
    """Return the quantity, and its base-year value, on rows later than the base year.

    The base value must be positive; before and in the base year there is no change
    to speak of, which is not the enterprise's fault: not applicable.
    """
    here = scope.base_row >= 0
    base = np.full(len(scope.years), np.nan)
    base[here] = quantity.values[scope.base_row[here]]
    year = scope.base_year
    with np.errstate(invalid="ignore"):
        zero = base <= 0
    later = quantity.excused(scope.years <= year).without(
        scope.years <= year, NOT_APPLICABLE, f"{year}年为基准年，其后年份才计算变化"
    )
    absent = np.isnan(base) & (scope.years > year)
    later = later.without(absent, UNDEFINED, f"缺基准年（{year}年）的数据")
    later = later.without(
        zero & (scope.years > year),
        UNDEFINED,
        f"基准年（{year}年）{quantity.label}≤0，变化率无定义",
    )
    return later, base


def annual_decline_pct(scope: Scope, quantity: Quantity) -> Quantity:
    r"""Return the mean yearly fall since the base year [%/a].

    Notes
    -----
    :math:`100\,(1 - (I_t/I_b)^{1/(t-b)})` with base year *b* (methods §2.2, A4).
    The intensity must be at constant prices, which the formula's columns decide.
    """
    later, base = _since_base(quantity, scope)
    return _mean_fall(later, base, scope.years - scope.base_year)


def _mean_fall(later: Quantity, base: Floats, span: npt.NDArray[np.int64]) -> Quantity:
    """Return the mean yearly fall from a base over a span of years [%/a]."""
    with np.errstate(invalid="ignore"):
        later = later.without(later.values < 0, UNDEFINED, "强度为负，年下降率无定义")
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 100 * (1 - (later.values / base) ** (1 / np.maximum(span, 1)))
    return combine(np.where(np.isnan(later.values), np.nan, values), "年下降率", later)


def annual_decline_since_first_pct(scope: Scope, quantity: Quantity) -> Quantity:
    r"""Return the mean yearly fall since the first known year from the base year on.

    Notes
    -----
    As :func:`annual_decline_pct`, with *b* the first year, not before the base year,
    in which the enterprise gives a positive figure: registers are incomplete, and
    many series start late. Where *b* is not the base year the text says which it is.
    A scheme that uses it should say that such figures are not strictly comparable.
    Up to *b* there is no change yet. That counts as a gap in the data, not as "not
    applicable": an index made of changes has no score in its first year.
    """
    first = _first_row(quantity, scope)
    known, year = first >= 0, scope.base_year
    start = np.where(known, scope.years[first], year)
    base = np.where(known, quantity.values[first], np.nan)
    early = scope.years <= start
    later = quantity.excused(early).without(
        early & known, UNDEFINED, "起点年份及以前，尚无变化可算"
    )
    later = later.without(~known, UNDEFINED, f"{year}年以来没有大于零的数据")
    result = _mean_fall(later, base, scope.years - start)
    texts = [
        "" if at == year else f"{value:.3g} %/a（{at}年起）"
        for value, at in zip(result.values, start, strict=True)
    ]
    return replace(result, texts=np.array(texts, dtype=object))


def _first_row(quantity: Quantity, scope: Scope) -> npt.NDArray[np.int64]:
    """Return the enterprise's first positive row since the base year, −1 for none."""
    with np.errstate(invalid="ignore"):
        is_usable = (scope.years >= scope.base_year) & (quantity.values > 0)
    usable = np.flatnonzero(is_usable)
    # The latest year is written first, so that the earliest is what remains.
    usable = usable[np.argsort(-scope.years[usable], kind="stable")]
    first = np.full(scope.enterprise.max(initial=-1) + 1, -1, dtype=np.int64)
    first[scope.enterprise[usable]] = usable
    return first[scope.enterprise]


def ratio_to_park(scope: Scope, numerator: Quantity, denominator: Quantity) -> Quantity:
    r"""Return the own ratio divided by the ratio of sums of the park, same year.

    Notes
    -----
    :math:`K_i = (n_i/d_i) / (\sum n / \sum d)`, sums over the enterprises for which
    both terms are known (methods §1.2, R8; ratio of sums, §0); in a scope that names
    the park, over that one. With fewer than two such enterprises K is 1 by
    construction and therefore not given, unless an outside reference ratio is
    supplied for the year.
    """
    own = divide(numerator, denominator)
    known = ~(np.isnan(numerator.values) | np.isnan(denominator.values))
    count = park_sum(known.astype(float), scope)
    sums = [
        park_sum(np.where(known, part.values, 0.0), scope)
        for part in (numerator, denominator)
    ]
    given = np.array([scope.reference.get(int(y), np.nan) for y in scope.years])
    with np.errstate(invalid="ignore", divide="ignore"):
        park = np.where(np.isnan(given), sums[0] / sums[1], given)
        usable = np.isfinite(park) & (park > 0)
    lonely = (count < 2) & np.isnan(given)
    checked = own.without(
        lonely & ~np.isnan(own.values),
        NOT_APPLICABLE,
        "同年仅一家企业有数据，与园区平均之比无定义",
    )
    checked = checked.without(~usable & ~lonely, UNDEFINED, "园区平均值≤0，比值无定义")
    return combine(checked.values / np.where(usable, park, np.nan), "比值", checked)


def share_pct(_: Scope, part: Quantity, whole: Quantity) -> Quantity:
    """Return part of whole [%], at most 100.

    Notes
    -----
    A whole of zero means there is nothing to have a share of: not applicable, the
    weight goes to the other indicators. Above 100 the share counts as 100 and above
    105 it is flagged as a data error (methods §2.2, note 3).
    """
    with np.errstate(invalid="ignore"):
        empty, negative = whole.values == 0, whole.values < 0
    total = whole.without(empty, NOT_APPLICABLE, f"不适用（{whole.label}为零）")
    total = total.without(negative, UNDEFINED, f"分母为负（{whole.label}）")
    raw = 100 * part.values / total.values
    result = combine(
        np.minimum(raw, 100.0), f"{part.label}占比", part.excused(empty), total
    )
    with np.errstate(invalid="ignore"):
        doubtful = raw > DOUBTFUL_SHARE_PCT + TOLERANCE
    text = f"{part.label}超过{whole.label}的105 %，按100 %计，请核对"
    flags = (*result.flags, Gap(doubtful, DATA_ERROR, text))
    return replace(result, flags=flags)


def removal_pct(_: Scope, emitted: Quantity, generated: Quantity) -> Quantity:
    """Return the share removed, 100·(1 − emitted/generated) [%].

    Notes
    -----
    Nothing generated: not applicable. More emitted than generated: data error, no
    number (methods §2.2, note 1). Recovered amounts count as removed.
    """
    with np.errstate(invalid="ignore"):
        none = (generated.values == 0) & ~(emitted.values > 0)
        wrong = emitted.values > generated.values
    total = generated.without(none, NOT_APPLICABLE, f"不适用（{generated.label}为零）")
    total = total.without(
        wrong, DATA_ERROR, f"数据错误：{emitted.label}大于{generated.label}"
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 100 * (1 - emitted.values / total.values)
    return combine(values, "去除效率", emitted.excused(none), total)


def _stack(quantities: tuple[Quantity, ...]) -> tuple[Floats, Mask]:
    """Return the values side by side and the rows where any is known."""
    values = np.column_stack([quantity.values for quantity in quantities])
    known = np.asarray(np.isfinite(values).any(axis=1), dtype=np.bool_)
    return values, known


def _of_available(
    values: Floats, any_known: Mask, parts: tuple[Quantity, ...]
) -> Quantity:
    """Return a quantity whose gaps are only those of rows without any part."""
    label = "、".join(part.label for part in parts)
    return combine(values, label, *parts).excused(any_known)


def mean_available(_: Scope, *quantities: Quantity) -> Quantity:
    """Return the mean of the terms that have a value (methods §2.2, E3)."""
    values, any_known = _stack(quantities)
    known = (~np.isnan(values)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(values, axis=1) / np.where(known == 0, np.nan, known)
    return _of_available(mean, any_known, quantities)


def max_available(_: Scope, *quantities: Quantity) -> Quantity:
    """Return the largest of the terms that have a value."""
    values, any_known = _stack(quantities)
    largest = np.where(np.isnan(values), -np.inf, values).max(axis=1)
    return _of_available(np.where(any_known, largest, np.nan), any_known, quantities)


def none_of(_: Scope, *flags: Quantity) -> Quantity:
    """Return 1 where every flag is 0, 0 where any is 1, NaN where it is not known."""
    values, _known = _stack(flags)
    with np.errstate(invalid="ignore"):
        some = np.asarray((values > 0).any(axis=1), dtype=np.bool_)
    result = np.where(some, 0.0, np.where(np.isnan(values).any(axis=1), np.nan, 1.0))
    return _of_available(result, some, flags)


def _level(
    levels: list[tuple[Mask, float, str]], decided: str, *parts: Quantity
) -> Quantity:
    """Return the first level whose condition holds on a row; gaps only where none."""
    rows = len(parts[0].values)
    values = np.full(rows, np.nan)
    texts = np.full(rows, "", dtype=object)
    for mask, level, text in reversed(levels):
        values = np.where(mask, level, values)
        texts = np.where(mask, text, texts)
    result = _of_available(values, ~np.isnan(values), parts)
    return replace(result, label=decided, texts=texts)


def co_control_level(scope: Scope, carbon: Quantity, pollution: Quantity) -> Quantity:
    r"""Return how carbon and pollution changed together since the base year [level].

    Notes
    -----
    Relative reductions from the base year to the row's year,
    :math:`y = (C_b - C_t)/C_b`, :math:`x = (P_b - P_t)/P_b`, elasticity
    :math:`El = y/x` (methods §4.3, R14). Base → current is used, not year on year:
    one odd year must not decide the level. A change of at most 0.5 % is none.
    Levels: 3 both fall and 0.8 ≤ El ≤ 1.25; 2 both fall, other El; 1 only one falls;
    0 none falls and at least one rises; no level where neither changed.
    """
    carbon_later, carbon_base = _since_base(carbon, scope)
    pollution_later, pollution_base = _since_base(pollution, scope)
    with np.errstate(invalid="ignore", divide="ignore"):
        y = 1 - carbon_later.values / carbon_base
        x = 1 - pollution_later.values / pollution_base
        elasticity = y / x
        known = ~(np.isnan(x) | np.isnan(y))
        falls, rises = [v > NO_CHANGE for v in (x, y)], [v < -NO_CHANGE for v in (x, y)]
        low, high = BALANCED_ELASTICITY
        balanced = (elasticity >= low - TOLERANCE) & (elasticity <= high + TOLERANCE)
    both, one = falls[0] & falls[1], (falls[0] | falls[1]) & known
    result = _level(
        [
            (both & balanced, 3.0, "减污降碳双降且协同"),
            (both, 2.0, "减污降碳双降"),
            (one, 1.0, "仅一项下降"),
            ((rises[0] | rises[1]) & known, 0.0, "均未下降"),
        ],
        "协同弹性",
        carbon_later,
        pollution_later,
    )
    still = known & np.isnan(result.values)
    result = result.without(still, UNDEFINED, "污染物与碳排放较基准年基本无变化")
    texts = np.full(len(x), "", dtype=object) if result.texts is None else result.texts
    words = [
        f"{text}（较{scope.base_year}年，弹性{value:.2f}）" if fell else text
        for text, value, fell in zip(texts, elasticity, both, strict=True)
    ]
    return replace(result, texts=np.array(words, dtype=object))


def choice_level(_: Scope, choice: Quantity) -> Quantity:
    """Return the level of a choice column: 0 for its last choice, +1 for each above."""
    return choice


def certification_level(
    _: Scope, audit: Quantity, first: Quantity, second: Quantity
) -> Quantity:
    """Return the level of audit and certificates (methods §2.2, F3).

    Notes
    -----
    3 audit and both certificates, 2 audit and one, 1 audit only, 0 no audit: the
    audit is the statutory part, certificates without it earn no level.
    """
    held = first.values + second.values
    with np.errstate(invalid="ignore"):
        passed = audit.values > 0
        levels = [
            (audit.values == 0, 0.0, "未通过清洁生产审核"),
            (passed & (held == 2), 3.0, "通过审核并有两项认证"),
            (passed & (held == 1), 2.0, "通过审核并有一项认证"),
            (passed & (held == 0), 1.0, "仅通过审核"),
        ]
    return _level(levels, "审核与认证", audit, first, second)


def credit_level(
    _: Scope, penalties: Quantity, complaints: Quantity, serious: Quantity
) -> Quantity:
    """Return the level of environmental credit (methods §2.2, F5).

    Notes
    -----
    0 two penalties or more, or a serious violation; 1 one penalty; 2 valid complaint
    only; 3 neither. What already decides the level needs no further data.
    """
    with np.errstate(invalid="ignore"):
        worst = (penalties.values >= 2) | (serious.values > 0)
        not_serious = serious.values == 0
        clean = not_serious & (penalties.values == 0)
        levels = [
            (worst, 0.0, "两次及以上处罚或严重违法"),
            (not_serious & (penalties.values == 1), 1.0, "一次处罚"),
            (clean & (complaints.values > 0), 2.0, "仅有有效投诉"),
            (clean & (complaints.values == 0), 3.0, "无处罚、无有效投诉"),
        ]
    return _level(levels, "环境信用", penalties, complaints, serious)


@dataclass(frozen=True)
class Function:
    """A function of the formula language and how many arguments it takes."""

    call: Callable[..., Quantity]
    least: int
    most: int
    takes_choice: bool = False


# Formula text calls these names and no others.
FUNCTIONS: Mapping[str, Function] = {
    "annual_decline_pct": Function(annual_decline_pct, 1, 1),
    "annual_decline_since_first_pct": Function(annual_decline_since_first_pct, 1, 1),
    "ratio_to_park": Function(ratio_to_park, 2, 2),
    "share_pct": Function(share_pct, 2, 2),
    "removal_pct": Function(removal_pct, 2, 2),
    "mean_available": Function(mean_available, 2, 9),
    "max_available": Function(max_available, 2, 9),
    "none_of": Function(none_of, 1, 9),
    "co_control_level": Function(co_control_level, 2, 2),
    "choice_level": Function(choice_level, 1, 1, takes_choice=True),
    "certification_level": Function(certification_level, 3, 3),
    "credit_level": Function(credit_level, 3, 3),
}
