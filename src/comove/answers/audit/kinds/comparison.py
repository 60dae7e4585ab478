"""Two periods compared: "the correlation is far above what it was before 2020"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from comove.answers.audit.drafting import Draft, negated
from comove.answers.audit.judging import Judged, band, denied
from comove.answers.audit.kinds._pairs import pair_of
from comove.answers.audit.reading import cues
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.dates import Period
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.errors import NotEstimable
from comove.core.message import Name, Quantity, say
from comove.stats.correlation import Correlation, correlation
from comove.stats.regression import normal_pvalue

RANK = 22
_HIGHER = re.compile(
    r"\b(?:higher|above|stronger|up|risen|rose|increased|tighter|closer|more)\b|高い|高く|上回|強い|強まっ|高まっ|上昇|より高|増",
    re.IGNORECASE,
)
_LOWER = re.compile(
    r"\b(?:lower|below|weaker|down|fallen|fell|declined|decreased|less|looser)\b|低い|低く|下回|弱い|弱まっ|低下|より低",
    re.IGNORECASE,
)
_THAN = re.compile(
    r"\b(?:than|before|compared (?:with|to)|since|versus|above|below|from)\b|より|比べ|以前|上回|下回|以降|前と",
    re.IGNORECASE,
)
_NOW = timedelta(days=365)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find correlations that are set against an earlier period."""
    if clause.hypothetical or clause.future or not cues.CORRELATION.search(clause.sentence):
        return
    early = any(period.form == "before" for period in clause.periods)
    if cues.RATIO.search(clause.text) and not early:
        return
    period, pair = _earlier(clause), pair_of(clause)
    way = "up" if _HIGHER.search(clause.text) else "down" if _LOWER.search(clause.text) else ""
    if period is None or pair is None or not way or not _THAN.search(clause.text):
        return
    yield Draft(
        clause.claim(
            "comparison",
            (0, len(clause.text)),
            series=pair[:1],
            others=pair[1:],
            direction=way,
            start=None if period.form == "before" else period.start,
            end=None if period.form == "since" else period.end,
            period="since" if period.form == "since" else "stated",
            negated=negated(clause, len(clause.text) // 2, len(clause.text)),
        )
    )


def _earlier(clause: Clause) -> Period | None:
    """Return the period compared with: one that ended well before the text."""
    past = [
        p
        for p in clause.periods
        if p.form in ("before", "since") or (clause.asof - p.end).days > 60
    ]
    before = [p for p in past if p.form == "before"]
    return next(iter((*before, *past)), None)


def test(claim: Claim, view: View) -> Judged:
    """Compare two correlations by Fisher's z with effective sample sizes."""
    pair = (claim.series[0], claim.others[0])
    changes = view.returns(*pair)
    if claim.period == "since" and claim.start is not None:
        before = view.rows(changes, None, claim.start - timedelta(days=1))
        now = view.rows(changes, claim.start, None)
    else:
        before = view.rows(changes, claim.start, claim.end)
        now = view.rows(changes, view.asof - _NOW, None)
        if claim.end is not None and now.start < before.stop:
            now = slice(before.stop, now.stop)
    try:
        first, second = (
            correlation(changes.values[rows, 0], changes.values[rows, 1], view.question.level)
            for rows in (now, before)
        )
    except (NotEstimable, ValueError):
        raise Unseen("too_short") from None
    change, pvalue = _difference(first, second)
    sign = 1.0 if claim.direction == "up" else -1.0
    verdict: Ruling = "cannot_tell"
    if pvalue < 0.05:
        verdict = "holds" if sign * change > 0.0 else "does_not_hold"
    elif sign * change < -0.02 and pvalue < 0.3:
        verdict = "does_not_hold"
    scopes = [view.joint_scope(changes, rows) for rows in (now, before)]
    figures = [
        scope.estimate(
            entry.value, "correlation", "fisher_hac", (entry.low, entry.high), pvalue=pvalue
        )
        for scope, entry in zip(scopes, (first, second), strict=True)
    ]
    fact = say(
        "audit.fact.comparison",
        first=Name(pair[0]),
        second=Name(pair[1]),
        now=band(figures[0]),
        now_days=(figures[0].first, figures[0].last),
        before=band(figures[1]),
        before_days=(figures[1].first, figures[1].last),
        p=Quantity(pvalue, "probability"),
    )
    return denied(
        claim,
        Judged(
            verdict=verdict,
            rule="comparison",
            fact=fact,
            why=(say("audit.why.chance"),) if verdict == "cannot_tell" else (),
            figures=(
                Figure(key="audit.figure.now", value=figures[0]),
                Figure(key="audit.figure.before", value=figures[1]),
            ),
            rows=tuple(view.cite(series, view.last(series)) for series in pair),
        ),
    )


def _difference(now: Correlation, before: Correlation) -> tuple[float, float]:
    """Return the change and the two-sided p-value of Fisher's z."""
    sizes = (now.nobs_effective, before.nobs_effective)
    if min(sizes) <= 3.0 or max(abs(now.value), abs(before.value)) >= 1.0:
        return 0.0, 1.0
    rise = float(np.arctanh(now.value) - np.arctanh(before.value))
    error = float(np.sqrt(sum(1.0 / (size - 3.0) for size in sizes)))
    return now.value - before.value, float(normal_pvalue([rise], [error])[0])
