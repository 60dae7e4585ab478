"""A jump of a correlation, or a fall in step: is it more than chance does anyway?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from comove.answers.audit.drafting import Draft, dated, negated
from comove.answers.audit.judging import Judged, band, denied
from comove.answers.audit.kinds._pairs import pair_of
from comove.answers.audit.kinds.correlation import window_of
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.errors import NotEstimable
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats
from comove.core.panel import Changes
from comove.stats.correlation import correlation
from comove.stats.overlap import LossOverlap, loss_overlap
from comove.stats.peak_correlation import PeakOptions, peak_test

RANK = 24
USUAL = (6, 10, 21, 42, 63)
"""Sessions looked back where the text names no period."""
TWO_YEARS = 504
LEAST, MOST = 5, 45
FORTNIGHT = 10
BY_CHANCE = 0.1
"""Overlap beyond that of days in random order up to which a step is refuted."""


def extract(clause: Clause) -> Iterator[Draft]:
    """Find correlations that jumped, and assets that fell or rose in step."""
    if clause.hypothetical or clause.future:
        return
    pair = pair_of(clause)
    if pair is None:
        return
    numbered = bool(cues.RATIO.search(clause.text))
    if cues.CORRELATION.search(clause.text) and cues.JUMP.search(clause.text) and not numbered:
        yield Draft(
            clause.claim(
                "synchrony",
                (0, len(clause.text)),
                variant="jump",
                series=pair[:1],
                others=pair[1:],
                direction="up",
                window=window_of(clause),
                negated=_denies(clause),
                **dated(clause.period(), clause.asof),
            )
        )
        return
    match = cues.STEP.search(clause.text)
    if match is None or cues.CORRELATION.search(clause.text) or not set(pair).isdisjoint(RATES):
        return
    way = clause.direction or ("down" if "安" in match.group(0) or "下落" in match.group(0) else "")
    if way not in ("up", "down"):
        return
    step = "step" if cues.LOCKSTEP.search(clause.text) else "together"
    yield Draft(
        clause.claim(
            "synchrony",
            (0, len(clause.text)),
            variant=step,
            series=pair[:1],
            others=pair[1:],
            direction=way,
            negated=negated(clause, match.start()),
            **dated(clause.period(), clause.asof),
        )
    )


def _denies(clause: Clause) -> bool:
    match = cues.JUMP.search(clause.text)
    return match is not None and negated(clause, match.start())


def test(claim: Claim, view: View) -> Judged:
    """Test a jump against constant correlation, a common fall against days in random order."""
    judged = _jump(claim, view) if claim.variant == "jump" else _step(claim, view)
    return denied(claim, judged)


def _jump(claim: Claim, view: View) -> Judged:
    pair = (claim.series[0], claim.others[0])
    changes = view.returns(*pair)
    end = view.rows(changes, None, claim.end).stop
    window = claim.window or 63
    moves = changes.values[max(end - TWO_YEARS, 0) : end]
    try:
        found = peak_test(
            moves, window, view.rng("jump"), PeakOptions(replications=view.question.replications)
        )
        now = correlation(moves[-window:, 0], moves[-window:, 1], view.question.level)
        earlier = correlation(moves[:-window, 0], moves[:-window, 1], view.question.level)
    except NotEstimable:
        raise Unseen("too_short") from None
    rows = slice(end - window, end)
    estimate = view.joint_scope(changes, rows).estimate(
        now.value, "correlation", "peak_test", (now.low, now.high), pvalue=found.pvalue
    )
    high_now = found.peak - now.value < 0.1
    rise = now.value - earlier.value
    verdict: Ruling = "cannot_tell"
    why = (say("audit.why.constant_does_it", p=Quantity(found.pvalue, "probability")),)
    if found.pvalue < 0.05 and high_now and rise > 0.0:
        verdict, why = (
            "holds",
            (say("audit.why.more_than_constant", p=Quantity(found.pvalue, "probability")),),
        )
    elif found.pvalue < 0.05 and rise > 0.0:
        verdict, why = (
            "misleading",
            (say("audit.why.jump_passed", p=Quantity(found.pvalue, "probability")),),
        )
    elif rise < 0.0:
        verdict, why = "does_not_hold", (say("audit.why.correlation_fell"),)
    elif found.pvalue > 0.2:
        verdict = "does_not_hold" if claim.negated else "misleading"
    fact = say(
        "audit.fact.jump",
        first=Name(pair[0]),
        second=Name(pair[1]),
        now=band(estimate),
        count=Quantity(window, "sessions"),
        before=Quantity(earlier.value, "correlation"),
        days=(estimate.first, estimate.last),
    )
    return Judged(
        verdict=verdict,
        rule="sup_test",
        fact=fact,
        why=why,
        figures=(Figure(key="audit.figure.correlation", value=estimate),),
        rows=tuple(view.cite(series, view.last(series)) for series in pair),
    )


def _step(claim: Claim, view: View) -> Judged:
    pair = (claim.series[0], claim.others[0])
    sign = 1.0 if claim.direction == "up" else -1.0
    changes = view.returns(*pair)
    rows = _window(claim, view, changes, sign)
    scope = view.joint_scope(changes, rows)
    sums = changes.values[rows].sum(axis=0)
    moved = [Quantity(float(np.expm1(total)), "simple_return") for total in sums]
    fact = say(
        "audit.fact.both",
        first=Name(pair[0]),
        second=Name(pair[1]),
        move=moved[0],
        other=moved[1],
        days=(scope.first, scope.last),
    )
    cited = tuple(view.cite(series, view.last(series, claim.end)) for series in pair)
    least = float(min(_signed(changes, rows, sign)))
    if least < 0.1:
        verdict: Ruling = "does_not_hold" if least < -0.25 else "cannot_tell"
        why = say("audit.why.not_both" if least < -0.25 else "audit.why.one_hardly")
        return Judged(verdict=verdict, rule="step", fact=fact, why=(why,), rows=cited)
    try:
        found = loss_overlap(changes.values[rows], view.rng("step"), gains=sign > 0)
    except NotEstimable:
        raise Unseen("too_short") from None
    estimate = scope.exact(found.value, "share", "loss_overlap", pvalue=found.pvalue)
    overlap = say(
        "audit.why.overlap",
        value=estimate.quantity,
        expected=Quantity(found.expected, "share"),
        p=Quantity(found.pvalue, "probability"),
    )
    return Judged(
        verdict=_stepped(claim, found, rows.stop - rows.start),
        rule="step",
        fact=fact,
        why=(overlap,),
        figures=(Figure(key="audit.figure.overlap", value=estimate),),
        rows=cited,
    )


def _stepped(claim: Claim, found: LossOverlap, sessions: int) -> Ruling:
    """Two falls in one month are not one event: "together" misleads, "in step" is refuted.

    A handful of sessions refutes nothing: it takes a fortnight whose days coincide hardly more than
    in random order.
    """
    if found.pvalue < 0.05:
        return "holds"
    if claim.variant != "step":
        return "misleading"
    apart = found.value - found.expected < BY_CHANCE and sessions >= FORTNIGHT
    return "does_not_hold" if found.pvalue > 0.3 and apart else "cannot_tell"


def _window(claim: Claim, view: View, changes: Changes, sign: float) -> slice:
    """Return the rows that are meant.

    Where no period is stated, the usual one in which both moved most; the same within a period that
    is named loosely.
    """
    last = view.rows(changes, None, claim.end).stop
    if claim.start is None:
        tried = [slice(last - count, last) for count in USUAL if last > count + 30]
        if not tried:
            raise Unseen("too_short")
        return max(tried, key=lambda rows: float(min(_signed(changes, rows, sign))))
    rows = view.rows(changes, claim.start, claim.end)
    if rows.stop - rows.start < LEAST:
        return slice(max(last - 21, 0), last)
    if claim.period != "around":
        return rows
    inside = [
        slice(start, stop)
        for start in range(rows.start, rows.stop - LEAST + 1)
        for stop in range(start + LEAST, min(rows.stop, start + MOST) + 1)
    ]
    return max(inside, key=lambda part: float(min(_signed(changes, part, sign))))


def _signed(changes: Changes, rows: slice, sign: float) -> Floats:
    """Return how far each asset went the stated way, in deviations of such a stretch."""
    before = changes.values[max(rows.start - 252, 0) : rows.stop]
    wide = before.std(axis=0) * np.sqrt(rows.stop - rows.start)
    return np.asarray(sign * changes.values[rows].sum(axis=0) / np.maximum(wide, 1e-12))
