"""Unusual or not, in words: intervals, the test of constancy, the place among episodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from comove.core.diagnosis import Diagnosis, PairCorrelation
from comove.core.document import Paragraph
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity, say
from comove.report.explain.together import way

Judgement = Literal["yes", "no", "apart", "overlap"]
"""``apart`` and ``overlap``: how the intervals lie where the test of constancy disagrees."""


def judge(pair: PairCorrelation, alpha: float) -> Judgement:
    """Judge whether a pair's correlation is unusual.

    Parameters
    ----------
    pair
        Its correlations; without a test of constancy only overlapping intervals decide.
    alpha
        Level of the test.

    Returns
    -------
    str
        ``yes`` when the intervals of now and of the baseline lie apart and a constant correlation
        is rejected; ``no`` when neither holds; else how the intervals lie: it cannot be told.
    """
    apart = _apart(pair.dependence, pair.baseline)
    pvalue = None if pair.latest is None else pair.latest.pvalue
    if apart:
        return "yes" if pvalue is not None and pvalue <= alpha else "apart"
    return "no" if pvalue is None or pvalue > alpha else "overlap"


def opinion(diagnosis: Diagnosis, pairs: tuple[PairCorrelation, ...]) -> Paragraph:
    """Answer the question of the section in a paragraph.

    Parameters
    ----------
    diagnosis
        An answer.
    pairs
        The leading one first.

    Returns
    -------
    Paragraph
        The judgement with both correlations, the test behind it, the correction for larger swings
        where it disagrees (unless tests of a closer link follow), the other pairs, and the rank
        among episodes.
    """
    alpha = 1.0 - diagnosis.question.level
    leading, *others = pairs
    found = judge(leading, alpha)
    says = [_verdict(leading, found), *_constancy(leading)]
    if diagnosis.unusual.link is None:
        says += _corrected(leading, found, alpha)
    if others:
        says.append(_others(others, alpha))
    if diagnosis.unusual.rank is not None:
        says.append(_place(diagnosis))
    return Paragraph(says=tuple(says))


def _apart(one: Estimate, other: Estimate) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low > other.high or one.high < other.low


def _verdict(pair: PairCorrelation, found: Judgement) -> Message:
    return say(
        f"report.unusual.verdict.{found}",
        first=Name(pair.pair[0]),
        second=Name(pair.pair[1]),
        nobs=pair.dependence.nobs,
        end=pair.dependence.last,
        now=pair.dependence,
        baseline=pair.baseline,
    )


def _constancy(pair: PairCorrelation) -> Iterator[Message]:
    latest, peak = pair.latest, pair.peak
    if latest is None or latest.pvalue is None or peak is None or peak.pvalue is None:
        yield say("report.unusual.untested")
        return
    yield say(
        "report.unusual.constant",
        p=Quantity(latest.pvalue, "probability"),
        peak=peak.quantity,
        peak_p=Quantity(peak.pvalue, "probability"),
    )


def _corrected(pair: PairCorrelation, found: Judgement, alpha: float) -> Iterator[Message]:
    """Say what the correction for larger swings gives, where it does not agree."""
    adjusted = pair.adjusted
    if adjusted is None or adjusted.pvalue is None:
        return
    above = adjusted.pvalue <= alpha
    if above == (found == "yes") or pair.dependence.value < pair.baseline.value:
        return
    yield say(
        f"report.unusual.corrected.{'above' if above else 'gone'}",
        asset=Name(pair.pair[0]),
        adjusted=adjusted,
        p=Quantity(adjusted.pvalue, "probability"),
    )


def _others(pairs: list[PairCorrelation], alpha: float) -> Message:
    unusual = tuple(
        say("report.pair", first=Name(pair.pair[0]), second=Name(pair.pair[1]))
        for pair in pairs
        if judge(pair, alpha) == "yes"
    )
    if unusual:
        return say("report.unusual.others.some", pairs=unusual)
    return say("report.unusual.others.none", count=len(pairs))


def _place(diagnosis: Diagnosis) -> Message:
    unusual = diagnosis.unusual
    return say(
        f"report.unusual.rank.{way(diagnosis.together)}",
        rank=unusual.rank,
        count=len(unusual.episodes),
        since=unusual.since,
    )
