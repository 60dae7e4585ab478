"""Diversification: "it fails in a squeeze". The ratio now, before, and with stressed correlations."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from comove.answers.audit.drafting import Draft
from comove.answers.audit.judging import Judged, band, denied
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import RETURNS, Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.errors import NotEstimable
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.diversification import BandOptions, SampleRatio, sample_ratio

RANK = 30
DEFAULT = ("spy", "tlt", "gld", "btc")
NOW, BEFORE, TAIL, MONTH = 63, 504, 0.1, 21
_DIVERSIFIED = re.compile(r"diversif|分散(?:効果|投資|が効)", re.IGNORECASE)
_FAILS = re.compile(
    r"\b(?:fail\w*|break\w*|broke\w*|vanish\w*|disappear\w*|evaporat\w*|lost|loses?|stopped|stops?|does not|doesn't|did not|didn't|weaken\w*|less|collaps\w*|offers? (?:no|little))\b|効かな|失わ|失われ|崩れ|薄れ|機能し(?:な|てい)|低下|消え|損なわ|弱ま",
    re.IGNORECASE,
)
_WORKS = re.compile(
    r"\b(?:work(?:s|ed)|help(?:s|ed)?|holds? up|improv\w*|intact|effective)\b|効いて|有効|機能し(?:た|て)|高ま",
    re.IGNORECASE,
)
_STRESS = re.compile(
    r"\b(?:squeeze|stress|crisis|sell-?off|turmoil|crash\w*|panic|tail|worst days)\b|危機|急落|ストレス|局面|混乱|暴落|有事",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find statements that diversification works, or fails."""
    if not _DIVERSIFIED.search(clause.text) or clause.asks:
        return
    fails = _FAILS.search(clause.text)
    if fails is None and _WORKS.search(clause.text) is None:
        return
    named = tuple(
        dict.fromkeys(
            RETURNS.get(m.series, m.series)
            for m in clause.sentence_mentions
            if m.series not in RATES
        )
    )
    yield Draft(
        clause.claim(
            "diversification",
            (0, len(clause.text)),
            variant="stress" if _STRESS.search(clause.text) else "now",
            series=named if len(named) > 1 else DEFAULT,
            direction="down" if fails else "up",
        )
    )


def _stormy(moves: Floats) -> NDArray[np.bool_]:
    """Mark the sessions at whose end the last 21 swung most; not those that fell most.

    Days chosen by the sum of the positions would seem to diversify by construction: given a sum,
    its parts are negatively related.
    """
    swings = sliding_window_view(moves, MONTH).std(axis=1)
    padded = np.concatenate([np.full(MONTH - 1, swings[0]), swings])
    return np.asarray(padded >= np.quantile(padded, 1.0 - TAIL))


def _ratios(claim: Claim, view: View, history: Floats) -> tuple[SampleRatio, SampleRatio]:
    """Return the ratio of equal weights in the sample that is stated, and in the rest."""
    equal = np.full(history.shape[1], 1.0 / history.shape[1])
    worst = _stormy(history.mean(axis=1))
    parts = (history[worst], history[~worst])
    if claim.variant == "now":
        parts = (history[-NOW:], history[:-NOW])
    options = BandOptions(level=view.question.level, replications=300)
    try:
        now, before = (
            sample_ratio(equal, part, view.rng(f"diversification.{place}"), options)
            for place, part in enumerate(parts)
        )
    except NotEstimable:
        raise Unseen("too_short") from None
    return now, before


def test(claim: Claim, view: View) -> Judged:
    """Compare diversification ratios of equal weights: the last 63 sessions, or the stormiest tenth."""
    changes = view.returns(*claim.series)
    moves = changes.values
    if len(moves) < BEFORE + NOW:
        raise Unseen("too_short")
    history = moves[-NOW - BEFORE :] if claim.variant == "now" else moves[-5 * 252 :]
    now, before = _ratios(claim, view, history)
    sign = -1.0 if claim.direction == "down" else 1.0
    apart = now.high < before.low or before.high < now.low
    rose = now.value > before.value
    verdict: Ruling = "cannot_tell"
    if apart:
        verdict = "holds" if (sign > 0) == rose else "does_not_hold"
    last = slice(len(moves) - len(history), len(moves))
    scope = view.joint_scope(changes, last)
    figures = [
        scope.estimate(part.value, "ratio", "bootstrap", (part.low, part.high))
        for part in (now, before)
    ]
    fact = say(
        f"audit.fact.ratio_{claim.variant}",
        assets=tuple(map(Name, claim.series)),
        now=band(figures[0]),
        before=band(figures[1]),
        days=(scope.first, scope.last),
        share=Quantity(TAIL, "share"),
        count=Quantity(NOW, "sessions"),
    )
    why = (
        (say("audit.why.bands_overlap"),)
        if verdict == "cannot_tell"
        else (say("audit.why.equal_weights"),)
    )
    return denied(
        claim,
        Judged(
            verdict=verdict,
            rule="diversification",
            fact=fact,
            why=why,
            figures=(
                Figure(key="audit.figure.now", value=figures[0]),
                Figure(key="audit.figure.before", value=figures[1]),
            ),
            rows=tuple(view.cite(series, view.last(series)) for series in claim.series),
        ),
    )
