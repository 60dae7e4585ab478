"""Run every rule over a batch; what passes is accepted, the rest is kept with its reason."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from comove.core.errors import QuestionError
from comove.core.judged import Dispute, Judged, Places, Quarantine
from comove.core.observations import Floats, Observations
from comove.core.registry import members
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data.gates.batch import Batch, Beside
from comove.data.gates.rule import Rule


@cache
def every_rule() -> tuple[Rule, ...]:
    """Return the rules in the order they run.

    Returns
    -------
    tuple of Rule
        Every file of ``gates/rules`` holds one.

    Examples
    --------
    >>> [rule.key for rule in every_rule()][:3]
    ['value', 'date', 'future']
    """
    found = [module.rule for module in members("comove.data.gates.rules").values()]
    return tuple(sorted(found, key=lambda rule: rule.order))


def judge(
    rows: Rows,
    spec: SeriesSpec,
    held: Observations | None,
    now: np.datetime64,
    beside: Beside | None = None,
) -> Judged:
    """Accept or quarantine every row of a batch.

    Parameters
    ----------
    rows
        As a source gave them, in any order.
    spec
        What the series is.
    held
        What is held of it, ascending; None when nothing is.
    now
        UTC instant of judging; nothing struck later can be known.
    beside
        A related series for the clock, other sources of this one, rules that are waived.

    Returns
    -------
    Judged
        Accepted and quarantined rows add up to those received.  Neither depends on the order of
        the rows; a row that occurs twice is accepted once.

    Notes
    -----
    Rules run from the plainest to the most demanding, and each sees only the rows that passed those
    before it: a price of zero is set aside for its sign and cannot look like a fall.  Nothing is
    filled, scaled or dropped.

    Examples
    --------
    >>> from comove.data.catalogue import Catalogue
    >>> days = np.array(["2026-02-04", "2026-02-05", "2026-02-06"], dtype="M8[D]")
    >>> rows = Rows(labels=days, values=np.array([104.2, 0.0, 1042.9]))
    >>> judged = judge(rows, Catalogue.load()["gdx"], None, np.datetime64("2026-02-07T00:00:00"))
    >>> judged.quarantined.counts
    {'sign': 1, 'jump': 1}
    """
    beside = beside or Beside()
    _refuse_unknown(beside.waived)
    alive = replace(Batch.of(rows, spec, held, now), beside=beside)
    count = len(alive)
    keys = tuple(
        (rule.key, reason, outcome) for rule in every_rule() for reason, outcome in rule.reasons
    )
    code = np.full(count, -1, dtype=np.int64)
    references = np.full(count, np.nan)
    contested: tuple[Dispute, ...] = ()
    start = 0
    for rule in every_rule():
        if rule.disputes is not None:
            contested += rule.disputes(alive)
        if rule.flags is not None and rule.key not in beside.waived:
            flags = rule.flags(alive)
            taken = flags.reasons > 0
            code[alive.places[taken]] = start + flags.reasons[taken] - 1
            references[alive.places[taken]] = flags.references[taken]
            alive = alive.keep(~taken)
        start += len(rule.reasons)
    findings = tuple(
        finding
        for rule in every_rule()
        if rule.finds is not None and rule.key not in beside.waived
        for finding in rule.finds(alive)
    )
    return Judged(
        accepted=_rows(rows, alive.places),
        quarantined=_quarantine(rows, spec, keys, code, references),
        findings=findings,
        disputes=contested,
    )


def _refuse_unknown(waived: tuple[str, ...]) -> None:
    known = [rule.key for rule in every_rule()]
    for key in waived:
        if key not in known:
            raise QuestionError(
                "gate.unknown_rule",
                "There is no quality rule {key}.",
                "The rules are {known}.",
                key=key,
                known=", ".join(known),
            )


def _rows(rows: Rows, places: Places) -> Rows:
    return Rows(
        labels=rows.labels.astype("M8[D]")[places],
        values=np.asarray(rows.values, dtype=np.float64)[places],
        struck=None if rows.struck is None else rows.struck[places],
        known=None if rows.known is None else rows.known[places],
        currency=rows.currency,
        coverage=rows.coverage,
    )


def _quarantine(
    rows: Rows,
    spec: SeriesSpec,
    keys: tuple[tuple[str, str, str], ...],
    code: Places,
    references: Floats,
) -> Quarantine:
    places = np.flatnonzero(code >= 0)
    return Quarantine(
        spec=spec,
        places=places.astype(np.int64),
        labels=rows.labels.astype("M8[D]")[places],
        values=np.asarray(rows.values, dtype=np.float64)[places],
        reasons=code[places],
        keys=keys,
        references=references[places],
    )
