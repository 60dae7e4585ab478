"""A trigger: "if gold clears 1,900-2,000". Is it met already, or absurdly far away?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from comove.answers.audit.drafting import Draft, bounds
from comove.answers.audit.judging import Judged, band, cannot_tell, not_testable
from comove.answers.audit.kinds._moves import price_amounts
from comove.answers.audit.kinds.level import UNITS
from comove.answers.audit.reading.amounts import Amount
from comove.answers.audit.reading.clauses import Clause
from comove.answers.audit.reading.names import plausible
from comove.answers.audit.viewing import View
from comove.core.audit import Figure
from comove.core.claim import Claim
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.stats.bootstrap import stationary_indices

RANK = 40
HORIZON = 63
REPLICATIONS = 400
HISTORY = 504
JUST = 3
"""Closes within which a trigger may have been met after the text was written."""
FAR = 0.01
_UP = re.compile(
    r"\b(?:above|over|clear\w*|exceed\w*|top\w*|through|reclaim\w*|surpass\w*|past|ris\w+ to|reach\w*|hold\w*)\b|上抜|超え|上回|突破|回復|乗せ|達す",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:below|under|beneath|loses?|break(?:s|ing)? down|falls? to|drops? to)\b|割り込|割れ|下回|下抜|割る|割ら",
    re.IGNORECASE,
)


def extract(clause: Clause) -> Iterator[Draft]:
    """Find conditions on a level."""
    if not clause.hypothetical or clause.asks:
        return
    dollars = price_amounts(clause)
    for amount in clause.amounts:
        if not clause.in_condition(amount.start):
            continue
        subjects = clause.subjects(amount.start)
        if not subjects:
            continue
        unit = UNITS.get(subjects[0], "usd")
        fitting = (
            amount in dollars or _bare_level(clause, amount, subjects[0])
            if unit == "usd"
            else amount.unit in {"percent": ("%",), "jpy": ("jpy",)}.get(unit, ("", "points"))
        )
        if not fitting:
            continue
        around = clause.text[max(0, amount.start - 40) : amount.end + 14]
        up, down = _UP.search(around), _DOWN.search(around)
        if not (up or down):
            continue
        others = [m.series for m in clause.mentions if m.series != subjects[0]]
        yield Draft(
            clause.claim(
                "trigger",
                (0, len(clause.text)),
                variant="below" if down and not up else "above",
                series=(subjects[0],),
                others=tuple(dict.fromkeys(others))[:2],
                unit=unit,
                **{**bounds(amount), "low": amount.low, "high": amount.high},
            ),
            (amount,),
        )
        return


def _bare_level(clause: Clause, amount: Amount, series: str) -> bool:
    """Tell whether a figure without a unit is a price: "above 400", and one the asset can have."""
    if amount.unit or not plausible(series, amount.low, amount.high):
        return False
    head = clause.text[max(0, amount.start - 12) : amount.start + 8]
    tail = clause.text[amount.end : amount.end + 6]
    return bool(_UP.search(head) or _DOWN.search(head) or _UP.match(tail) or _DOWN.match(tail[1:]))


def test(claim: Claim, view: View) -> Judged:
    """Measure the distance, how long it has been met, how likely it is reached, what followed."""
    series = claim.series[0]
    if (
        series in ("qqq", "spy", "smh")
        and claim.unit == "usd"
        and (claim.low or 0.0) > 3.0 * float(view.track(series).values[-1])
    ):
        return not_testable("trigger", "index", asset=Name(series))
    row = view.last(series)
    if not view.quoted(series, view.day(series, row)):
        return cannot_tell("trigger", "adjusted", asset=Name(series))
    values = view.track(series).values[: row + 1]
    now = float(values[-1])
    up = claim.variant == "above"
    goal = float((claim.high if up else claim.low) or 0.0)
    unit = view.unit(series)
    met = (values >= goal) if up else (values <= goal)
    fields = {
        "asset": Name(series),
        "goal": Quantity(goal, unit),
        "now": Quantity(now, unit),
        "day": view.day(series, row),
    }
    rows = (view.cite(series, row),)
    if met[-1]:
        return _met(view, series, met, fields)
    if goal <= 0.0 or not view.track(series).spec.change_is_log:
        return cannot_tell("trigger", "open_trigger", **fields)
    touched, reach = _probability(values, goal, up, view)
    scope = view.scope(series, max(row - HISTORY, 0), row)
    estimate = scope.estimate(touched, "share", "bootstrap", reach)
    fact = say(
        "audit.fact.distance_to",
        **fields,
        move=Quantity(goal / now - 1.0, "simple_return"),
        chance=band(estimate),
        horizon=Quantity(HORIZON, "sessions"),
    )
    figures = (Figure(key="audit.figure.touch", value=estimate),)
    if touched < FAR:
        return Judged(
            verdict="misleading",
            rule="trigger",
            fact=fact,
            why=(say("audit.why.void_far"),),
            figures=figures,
            rows=rows,
            void=True,
        )
    return Judged(
        verdict="cannot_tell",
        rule="trigger",
        fact=fact,
        why=(say("audit.why.open"), *_followed(claim, view, met)),
        figures=figures,
        rows=rows,
    )


def _met(view: View, series: str, met: NDArray[np.bool_], fields: dict[str, object]) -> Judged:
    """Judge a trigger that is met: void, unless it was met only just now."""
    row = len(met) - 1
    since = row - int(np.argmax(~met[::-1])) + 1 if not met.all() else 0
    just = row - since < JUST
    return Judged(
        verdict="cannot_tell" if just else "misleading",
        rule="trigger",
        fact=say("audit.fact.met", **fields, since=view.day(series, since)),
        why=(say("audit.why.just_met" if just else "audit.why.void_met"),),
        rows=(view.cite(series, since), view.cite(series, row)),
        void=not just,
    )


def _probability(
    values: Floats, goal: float, up: bool, view: View
) -> tuple[float, tuple[float, float]]:
    """Return the share of resampled paths that touch the level, with its simulation interval."""
    moves = np.diff(np.log(values[-HISTORY - 1 :]))
    drawn = stationary_indices(len(moves), HORIZON, 5.0, REPLICATIONS, view.rng("trigger"))
    paths = np.cumsum((moves - moves.mean())[drawn], axis=1)
    gap = float(np.log(goal / values[-1]))
    touched = float(np.mean((paths.max(axis=1) >= gap) if up else (paths.min(axis=1) <= gap)))
    error = 1.96 * float(
        np.sqrt(max(touched * (1.0 - touched), 0.25 / REPLICATIONS) / REPLICATIONS)
    )
    return touched, (max(touched - error, 0.0), min(touched + error, 1.0))


def _followed(claim: Claim, view: View, met: NDArray[np.bool_]) -> tuple[Message, ...]:
    """Say what the named asset did after the level was crossed before."""
    crossed = np.flatnonzero(met[1:] & ~met[:-1]) + 1
    apart = [
        int(row) for place, row in enumerate(crossed) if place == 0 or row - crossed[place - 1] > 21
    ]
    target = claim.others[0] if claim.others else claim.series[0]
    after = []
    for row in apart:
        label = view.track(claim.series[0]).labels[row]
        track = view.track(target)
        start = int(np.searchsorted(track.labels, label))
        if start + HORIZON < len(track):
            after.append(float(track.values[start + HORIZON] / track.values[start] - 1.0))
    if not after:
        return (say("audit.why.never_crossed"),)
    return (
        say(
            "audit.why.followed",
            asset=Name(target),
            count=len(after),
            move=Quantity(float(np.median(after)), "simple_return"),
            horizon=Quantity(HORIZON, "sessions"),
        ),
    )
