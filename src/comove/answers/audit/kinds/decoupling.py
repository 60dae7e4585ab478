"""A decoupling: "miners have parted from the metal". Against the fall their beta implies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from math import expm1, sqrt

import numpy as np

from comove.answers.audit.drafting import Draft, dated, negated
from comove.answers.audit.judging import Judged, band, denied
from comove.answers.audit.kinds._exposure import exposure
from comove.answers.audit.kinds._pairs import pair_of
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import RATES
from comove.answers.audit.viewing import Unseen, View
from comove.core.audit import Figure
from comove.core.claim import Claim, Ruling
from comove.core.message import Message, Name, Quantity, say

RANK = 28
SPANS = (21, 63)
PARTED = re.compile(
    r"\b(?:decoupl\w*|de-?link\w*|part(?:ed|ing)? (?:ways|company|from)|diverg\w*|disconnect\w*|detach\w*|broken? (?:away|link)|lost touch|lag(?:ged|ging)? (?:behind )?(?:the metal|gold|bullion))\b"
    r"|乖離|切り離|デカップリング|かい離|連動しな|連動性が(?:失|崩|薄)|逆行|袂を分か|出遅れ",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find assets that are said to have parted from another."""
    if clause.hypothetical or clause.future or clause.asks:
        return
    match = PARTED.search(clause.text)
    pair = pair_of(clause) if match else None
    if match is None or pair is None or not set(pair).isdisjoint(RATES - {"dfii10"}):
        return
    first, second = pair
    if second in ("gdx",) and first in ("gold", "gld"):
        first, second = second, first
    yield Draft(
        clause.claim(
            "decoupling",
            (0, len(clause.text)),
            series=(first,),
            others=(second,),
            negated=negated(clause, match.start()),
            **dated(clause.period(), clause.asof),
        )
    )


def test(claim: Claim, view: View) -> Judged:
    """Compare the move with the one implied by the beta before it, with its prediction interval."""
    asset, other = claim.series[0], claim.others[0]
    changes = view.returns(asset, other)
    last = len(changes.values)
    if claim.start is not None:
        windows = [view.rows(changes, claim.start, claim.end)]
    else:
        windows = [slice(last - span, last) for span in SPANS if last > span + 60]
    found = [_gap(view, (asset, other), rows) for rows in windows if rows.stop - rows.start >= 3]
    if not found:
        raise Unseen("too_short")
    words = [entry[0] for entry in found]
    pick = words.index("holds") if "holds" in words and len(set(words)) == 1 else 0
    verdict: Ruling = words[0] if len(set(words)) == 1 else "cannot_tell"
    _, fact, figures, scale = found[pick]
    why = {
        "holds": say("audit.why.beyond_beta", sigmas=scale),
        "does_not_hold": say("audit.why.as_beta_says", sigmas=scale),
    }.get(verdict, say("audit.why.gap_unclear", sigmas=scale))
    return denied(
        claim,
        Judged(
            verdict=verdict,
            rule="decoupling",
            fact=fact,
            why=(why,),
            figures=figures,
            rows=tuple(view.cite(s, view.last(s)) for s in (asset, other)),
        ),
    )


def _gap(
    view: View, pair: tuple[str, str], rows: slice
) -> tuple[Ruling, Message, tuple[Figure, ...], Quantity]:
    asset, other = pair
    changes = view.returns(asset, other)
    before = changes.labels[rows.start].item() - timedelta(days=1)
    found = exposure(view, asset, other, before)
    actual, driven = (float(changes.values[rows, column].sum()) for column in (0, 1))
    history = slice(max(rows.start - 504, 0), rows.start)
    slope = found.slope
    spread = changes.values[history, 0] - slope.value * changes.values[history, 1]
    count = rows.stop - rows.start
    error = ((slope.high or 0.0) - (slope.low or 0.0)) / 3.92 * driven
    wide = sqrt(float(spread.std(ddof=1)) ** 2 * count + error**2)
    implied = slope.value * driven
    scaled = (actual - implied) / wide
    word: Ruling = (
        "holds" if abs(scaled) > 1.96 else "does_not_hold" if abs(scaled) < 0.75 else "cannot_tell"
    )
    if scaled > 1.96 and actual > 0 and driven > 0:
        word = "holds"
    scope = view.joint_scope(changes, rows)
    edges = (implied - 1.96 * wide, implied + 1.96 * wide)
    estimate = scope.estimate(
        expm1(implied), "simple_return", "ols_hac_total", (expm1(edges[0]), expm1(edges[1]))
    )
    fact = say(
        "audit.fact.implied",
        asset=Name(asset),
        other=Name(other),
        actual=Quantity(expm1(actual), "simple_return"),
        driven=Quantity(expm1(driven), "simple_return"),
        implied=band(estimate),
        days=(scope.first, scope.last),
    )
    return (
        word,
        fact,
        (Figure(key="audit.figure.implied", value=estimate),),
        Quantity(float(np.round(scaled, 6)), "sigma"),
    )
