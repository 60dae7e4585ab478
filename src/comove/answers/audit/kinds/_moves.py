"""How far a series moved: over a period that is stated, or over the usual ones where none is."""

from __future__ import annotations

from math import sqrt

import numpy as np

from comove.answers.audit.judging import Judged, fits
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.viewing import RETURNS, Unseen, View
from comove.core.audit import CitedRow, Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say
from comove.core.units import Unit

Reading = tuple[str, int, int]
"""A series and the rows a move is measured between."""

USUAL = (1, 5, 10, 21, 63)
"""Sessions looked back where a text names no period."""
SPOT = 0.02
"""Between a settlement at 13:30 and a spot close on a wild day."""
FLAT, BIG, LITTLE = 0.25, 1.0, 1.0
"""Standard deviations of a move of that length: below it none, large from, small up to."""
_NOT_A_PRICE = (
    "outflow",
    "inflow",
    "market cap",
    "capitali",
    "volume",
    "aum",
    "assets under",
    "liquidat",
    "open interest",
    "revenue",
    "cost",
    "margin",
    "earnings",
    "cash",
    "流出",
    "流入",
    "時価総額",
    "出来高",
    "運用資産",
    "清算",
    "建玉",
    "ロスカット",
    "強制決済",
    "コスト",
    "利益",
    "売上",
)


def price_amounts(clause: Clause) -> list[Amount]:
    """Return the figures of a clause that may be prices.

    Parameters
    ----------
    clause
        Any.

    Returns
    -------
    list of Amount
        In dollars or without a unit, none of them a flow or a value of the whole market.
    """
    text = clause.text.lower()
    if any(word in text for word in _NOT_A_PRICE):
        return []
    dollars = [a for a in clause.amounts if a.unit == "usd" and a.high < 1e7]
    if dollars:
        bare = [a for a in clause.amounts if a.unit == "" and _like(a, dollars)]
        return sorted((*dollars, *bare), key=lambda amount: amount.start)
    return [a for a in clause.amounts if a.unit == "" and a.low >= 1000.0 and a.high < 1e7]


def _like(amount: Amount, others: list[Amount]) -> bool:
    return any(0.2 <= amount.low / other.low <= 5.0 for other in others if other.low > 0)


def change(view: View, series: str, base: int, row: int) -> float:
    """Return the move between two rows: simple return of a price, difference of anything else."""
    track = view.track(series)
    first, last = float(track.values[base]), float(track.values[row])
    return last / first - 1.0 if track.spec.change_is_log else last - first


def judge_move(
    claim: Claim, view: View, scale: float = 1.0, unit: Unit = "simple_return"
) -> Judged:
    """Judge a move, with or without a figure.

    Parameters
    ----------
    claim
        Of kind path or rate.
    view
        The history.
    scale
        From the change of the series to the unit of the claim.
    unit
        Of the claim.

    Returns
    -------
    Judged
        Over the stated period; over the usual ones where none is stated.
    """
    if claim.period in ("stated", "since", "around"):
        return _over(claim, view, scale, unit)
    return _anywhere(claim, view, scale, unit)


def _ends(claim: Claim, view: View) -> tuple[list[int], list[int]]:
    """Return the rows a period may be measured from and to, the usual reading first."""
    series = claim.series[0]
    first, after = view.span(series, claim.start, claim.end)
    since = claim.period == "since"
    bases = [first, first - 1] if since else [first - 1, first]
    if since and claim.start is not None and claim.end is not None and claim.start.day == 1:
        bases = [first - 1, first]  # "since October": from where September ended
    ends = [after - 1]
    if view.day(series, after - 1) == view.asof and after - 2 > first:
        ends.append(after - 2)
    return [row for row in bases if row >= 0] or [first], ends


def _over(claim: Claim, view: View, scale: float, unit: Unit) -> Judged:
    series = claim.series[0]
    bases, ends = _ends(claim, view)
    pairs = [(base, end) for end in ends for base in bases if base < end]
    if not pairs:
        raise Unseen("too_short")
    base, end = pairs[0]
    readings = [(series, *pair) for pair in pairs] + _twin(view, series, pairs[0])
    if claim.low is None and claim.high is None:
        if claim.period == "around" and claim.direction in ("up", "down"):
            pairs = [_steepest(claim, view, bases[0], ends[0])]
            readings = [(series, *pairs[0])]
        verdict, why = _directed(claim, view, pairs)
        return _judged(view, readings[0], (scale, unit), verdict, why)
    gray = _gray(view, series, end, scale)
    if series in RETURNS and end - base <= 3:
        gray += SPOT
    found = [fits(claim, scale * change(view, *reading), gray) for reading in readings]
    reading = readings[0]
    told: tuple[Message, ...] = ()
    if "in" in found:
        verdict, reading = "holds", readings[found.index("in")]
    elif (widest := _widest(claim, view, bases, ends[0], scale)) is not None:
        verdict, told = _part(claim), (_extreme(view, series, widest, scale, unit),)
    elif "near" in found:
        verdict, told = "cannot_tell", (say("audit.why.intraday"),)
    else:
        verdict = "does_not_hold"
    return _judged(view, reading, (scale, unit), verdict, told)


def _steepest(claim: Claim, view: View, base: int, end: int) -> tuple[int, int]:
    """Return the rows between which a series went furthest the stated way."""
    values = view.track(claim.series[0]).values[base : end + 1]
    sign = 1.0 if claim.direction == "up" else -1.0
    gaps = sign * (values[None, :] - values[:, None])
    first, last = np.unravel_index(int(np.argmax(np.triu(gaps, 1))), gaps.shape)
    return (base + int(first), base + int(last)) if last > first else (base, end)


def _judged(
    view: View,
    reading: Reading,
    form: tuple[float, Unit],
    verdict: Ruling,
    why: tuple[Message, ...],
) -> Judged:
    series, base, end = reading
    scale, unit = form
    size = scale * change(view, *reading)
    method = "simple_return" if unit == "simple_return" else "exact"
    estimate = view.scope(series, base, end).exact(size, unit, method)
    return Judged(
        verdict=verdict,
        rule="move",
        fact=_fact(view, series, base, end, (size, unit)),
        why=why,
        figures=(Figure(key="audit.figure.move", value=estimate),),
        rows=_rows(view, series, (base, end)),
    )


def _twin(view: View, series: str, pair: tuple[int, int]) -> list[Reading]:
    """Return the same move of the better-traded series, where there is one: gold is quoted spot."""
    twin = RETURNS.get(series)
    if twin is None or twin not in view.snapshot.tracks:
        return []
    try:
        base, end = (view.last(twin, view.day(series, row)) for row in pair)
    except Unseen:
        return []
    return [(twin, base, end)] if base < end else []


def _part(claim: Claim) -> Ruling:
    """Let a move inside a period that is named loosely, "late January", count as meant."""
    return "holds" if claim.period == "around" else "misleading"


def _gray(view: View, series: str, row: int, scale: float) -> float:
    wide = view.sigma(series, row) * abs(scale)
    extra = 0.0 if view.quoted(series, view.asof) or abs(scale) != 1.0 else 0.005
    return wide + extra


def _widest(
    claim: Claim, view: View, bases: list[int], end: int, scale: float
) -> tuple[int, int] | None:
    """Look for the stated move between an extreme and a later one inside the period."""
    series, down = claim.series[0], claim.direction == "down"
    values = view.track(series).values[bases[0] : end + 1]
    if len(values) < 3:
        return None
    best = np.maximum.accumulate(values) if down else np.minimum.accumulate(values)
    log = view.track(series).spec.change_is_log
    moves = values / best - 1.0 if log else values - best
    row = int(np.argmin(moves) if down else np.argmax(moves))
    if fits(claim, scale * float(moves[row])) != "in":
        return None
    base = int(np.argmax(values[: row + 1]) if down else np.argmin(values[: row + 1]))
    return bases[0] + base, bases[0] + row


def _extreme(view: View, series: str, pair: tuple[int, int], scale: float, unit: Unit) -> Message:
    return say(
        "audit.why.widest",
        move=Quantity(scale * change(view, series, *pair), unit),
        days=(view.day(series, pair[0]), view.day(series, pair[1])),
    )


def _directed(
    claim: Claim, view: View, pairs: list[tuple[int, int]]
) -> tuple[Ruling, tuple[Message, ...]]:
    series = claim.series[0]
    base, end = pairs[0]
    wide = view.sigma(series, end, 252) * sqrt(max(end - base, 1))
    moves = [change(view, series, *pair) / wide for pair in pairs]
    if claim.direction == "flat":
        size = abs(moves[0])
        return ("holds" if size < 0.5 else "does_not_hold" if size > 1.0 else "cannot_tell"), ()
    sign = 1.0 if claim.direction == "up" else -1.0
    signed = [sign * move for move in moves]
    if min(signed) <= -FLAT:
        return "does_not_hold", ()
    if max(signed) < FLAT:
        return "cannot_tell", (say("audit.why.hardly_moved", sigmas=Quantity(moves[0], "sigma")),)
    size = max(signed)
    if claim.variant == "large" and size < 0.5 * BIG:
        return "misleading", (say("audit.why.ordinary", sigmas=Quantity(moves[0], "sigma")),)
    if claim.variant == "small" and min(signed) > 2.0 * LITTLE:
        return "misleading", (say("audit.why.large", sigmas=Quantity(moves[0], "sigma")),)
    return "holds", ()


def _anywhere(claim: Claim, view: View, scale: float, unit: Unit) -> Judged:
    """Judge a move over no stated period: by every usual one, then by any within a year."""
    series = claim.series[0]
    end = view.last(series)
    spans = [count for count in USUAL if end - count >= 0]
    if not spans:
        raise Unseen("too_short")
    pairs = [(end - count, end) for count in spans]
    sizes = [scale * change(view, series, *pair) for pair in pairs]
    place = len(spans) - 2 if len(spans) > 2 else 0
    fact = say(
        "audit.fact.moves",
        asset=Name(series),
        moves=tuple(
            say("audit.fact.over", move=Quantity(size, unit), count=Quantity(count, "sessions"))
            for count, size in zip(spans, sizes, strict=True)
            if count > 1
        ),
        day=view.day(series, end),
    )
    figures = tuple(
        Figure(
            key="audit.figure.move", value=view.scope(series, base, end).exact(size, unit, "exact")
        )
        for (base, _), size in zip(pairs, sizes, strict=True)
    )
    verdict, why = _unstated(claim, view, pairs, sizes, scale)
    return Judged(
        verdict=verdict,
        rule="move_unstated",
        fact=fact,
        why=why,
        figures=figures,
        rows=_rows(view, series, pairs[place]),
    )


def _unstated(
    claim: Claim, view: View, pairs: list[tuple[int, int]], sizes: list[float], scale: float
) -> tuple[Ruling, tuple[Message, ...]]:
    series = claim.series[0]
    if claim.low is None and claim.high is None:
        words = {_directed(claim, view, [pair])[0] for pair in pairs[1:]}
        told = words - {"cannot_tell"}
        if len(told) == 1 and len(words) == 1:
            return told.pop(), (say("audit.why.all_windows"),)
        return "cannot_tell", (say("audit.why.no_window"),)
    if any(fits(claim, size) == "in" for size in sizes):
        return "cannot_tell", (say("audit.why.no_window_fits"),)
    end = pairs[0][1]
    low = max(end - 365, 0)
    values = view.track(series).values[low : end + 1]
    log = view.track(series).spec.change_is_log
    best = (
        np.maximum.accumulate(values)
        if claim.direction == "down"
        else np.minimum.accumulate(values)
    )
    moves = scale * (values / best - 1.0 if log else values - best)
    reach = float(moves.min() if claim.direction == "down" else moves.max())
    wanted = claim.high if claim.direction == "down" else claim.low
    wanted = (
        wanted if wanted is not None else (claim.low if claim.direction == "down" else claim.high)
    )
    margin = _gray(view, series, end, scale)
    if wanted is not None and abs(reach) + margin < abs(wanted):
        return "does_not_hold", (say("audit.why.never", move=Quantity(reach, claim.unit)),)  # type: ignore[arg-type]
    return "cannot_tell", (say("audit.why.no_window"),)


def _fact(view: View, series: str, base: int, end: int, size: tuple[float, Unit]) -> Message:
    track = view.track(series)
    return say(
        "audit.fact.move",
        asset=Name(series),
        move=Quantity(*size),
        first=Quantity(float(track.values[base]), view.unit(series)),
        first_day=view.day(series, base),
        last=Quantity(float(track.values[end]), view.unit(series)),
        last_day=view.day(series, end),
    )


def _rows(view: View, series: str, rows: tuple[int, ...]) -> tuple[CitedRow, ...]:
    return tuple(view.cite(series, row) for row in rows)
