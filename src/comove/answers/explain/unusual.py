"""Is it unusual? Correlations at several horizons, and the place among earlier episodes."""

from __future__ import annotations

from math import isfinite

import numpy as np

from comove.answers.explain.setting import Setting
from comove.core.case import generator
from comove.core.diagnosis import PairCorrelation, PastEpisode, Unusual
from comove.core.errors import NotEstimable
from comove.core.estimate import Estimate
from comove.core.link import Link
from comove.core.observations import Floats
from comove.stats.contagion import forbes_rigobon
from comove.stats.correlation import Correlation, correlation, overlapping
from comove.stats.episodes import Episode, severity_rank, what_followed
from comove.stats.peak_correlation import PeakOptions, PeakTest, peak_test
from comove.stats.rolling import ewma

WINDOWS = (21, 63, 126, 252)
"""Trailing windows, in sessions."""
HORIZONS = (21, 63, 126)
"""Sessions after a trough: one, three and six months."""
PEAK_ROWS = 504
"""Sessions whose highest rolling correlation is tested."""
PEAK_WINDOW = 63
DECAY = 0.97


def compare(setting: Setting, link: Link | None) -> tuple[Unusual, dict[tuple[int, int], PeakTest]]:
    """Compare the move with history.

    Parameters
    ----------
    setting
        The window and its data.
    link
        What the tests of a closer link say.

    Returns
    -------
    Unusual
        Correlations of every pair, rank and table of episodes of the leading pair.
    dict
        The sup-test per pair, for the picture.
    """
    peaks = {pair: test for pair in setting.pairs if (test := _peak(setting, pair)) is not None}
    rank = None
    if setting.episode is not None:
        rank = severity_rank(setting.episode, setting.episodes).place
    return Unusual(
        pairs=tuple(_pair(setting, pair, peaks.get(pair)) for pair in setting.pairs),
        rank=rank,
        episodes=tuple(_past(setting, episode) for episode in setting.episodes),
        since=setting.panel.labels[0].item(),
        link=link,
    ), peaks


def _pair(setting: Setting, pair: tuple[int, int], peak: PeakTest | None) -> PairCorrelation:
    end = setting.end
    dependence = setting.dependence
    before = slice(max(dependence.start - setting.question.baseline, 0), dependence.start)
    windows = tuple(
        (rows, _estimate(setting, pair, slice(end - rows, end))) for rows in WINDOWS if rows <= end
    )
    first, second = (setting.panel.ids[column] for column in pair)
    panel = setting.panel.upto(setting.panel.known[end])
    return PairCorrelation(
        pair=(first, second),
        dependence=_estimate(setting, pair, dependence),
        baseline=_estimate(setting, pair, before),
        long_run=_estimate(setting, pair, slice(0, dependence.start)),
        five_day=_five_day(setting, pair, dependence),
        windows=windows,
        ewma=_ewma(setting, pair),
        clock_overlap=float(panel.last(setting.question.dependence).overlap(first, second).mean()),
        peak=_peak_estimate(setting, peak),
        latest=_latest_estimate(setting, peak),
        adjusted=_adjusted(setting, pair, before),
    )


def _columns(setting: Setting, pair: tuple[int, int], rows: slice) -> tuple[Floats, Floats]:
    return setting.changes.values[rows, pair[0]], setting.changes.values[rows, pair[1]]


def _estimate(setting: Setting, pair: tuple[int, int], rows: slice) -> Estimate:
    found = correlation(*_columns(setting, pair, rows), level=setting.question.level)
    return _stated(setting, found, rows, "fisher_hac")


def _five_day(setting: Setting, pair: tuple[int, int], rows: slice) -> Estimate:
    found = overlapping(*_columns(setting, pair, rows), span=5, level=setting.question.level)
    return _stated(setting, found, rows, "overlapping_hac")


def _stated(setting: Setting, found: Correlation, rows: slice, method: str) -> Estimate:
    return setting.scope(rows).estimate(found.value, "correlation", method, (found.low, found.high))


def _ewma(setting: Setting, pair: tuple[int, int]) -> Estimate:
    rows = slice(0, setting.end)
    path = ewma(*_columns(setting, pair, rows), decay=DECAY, level=setting.question.level)
    ends = float(path.low[-1]), float(path.high[-1])
    return setting.scope(rows).estimate(path.latest, "correlation", "ewma_fisher", ends)


def _peak(setting: Setting, pair: tuple[int, int]) -> PeakTest | None:
    rows = slice(max(setting.end - PEAK_ROWS, 0), setting.end)
    options = PeakOptions(replications=setting.question.replications, level=setting.question.level)
    rng = generator(setting.question.seed, f"explain.peak.{pair[0]}.{pair[1]}")
    try:
        return peak_test(setting.changes.values[rows][:, pair], PEAK_WINDOW, rng, options)
    except NotEstimable:
        return None


def _peak_estimate(setting: Setting, peak: PeakTest | None) -> Estimate | None:
    if peak is None:
        return None
    stop = setting.end - peak.nobs + peak.at + 1
    rows = slice(stop - peak.window, stop)
    return setting.scope(rows).exact(peak.peak, "correlation", "peak_test", pvalue=peak.pvalue)


def _latest_estimate(setting: Setting, peak: PeakTest | None) -> Estimate | None:
    if peak is None:
        return None
    rows = slice(setting.end - peak.window, setting.end)
    return setting.scope(rows).exact(
        peak.latest, "correlation", "peak_test_latest", pvalue=peak.pvalue_latest
    )


def _adjusted(setting: Setting, pair: tuple[int, int], before: slice) -> Estimate | None:
    try:
        found = forbes_rigobon(
            *_columns(setting, pair, before), *_columns(setting, pair, setting.dependence)
        )
    except NotEstimable:
        return None
    return setting.scope(setting.dependence).estimate(
        found.adjusted,
        "correlation",
        "forbes_rigobon",
        (found.low, found.high),
        pvalue=found.pvalue_robust,
    )


def _past(setting: Setting, episode: Episode) -> PastEpisode:
    labels = setting.panel.labels
    later = what_followed(setting.panel.values[:, setting.pair], episode.trough, HORIZONS)
    return PastEpisode(
        start=labels[episode.start].item(),
        trough=labels[episode.trough].item(),
        closed=None if episode.closed is None else labels[episode.closed].item(),
        falls=tuple(episode.falls),
        severity=episode.severity,
        followed=tuple(
            (horizon, tuple(float(v) if isfinite(v) else None for v in np.asarray(later)[:, place]))
            for place, horizon in enumerate(HORIZONS)
        ),
    )
