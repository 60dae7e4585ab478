"""The correlation of each asset with the Nasdaq-100: is its height news?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.channels._correlation_break import SIGNIFICANT, rise_pvalue
from comove.channels._window import window_days
from comove.core.case import Case, Grid
from comove.core.errors import NoDataError, NotEstimable
from comove.core.estimate import Estimate
from comove.core.evidence import Evidence, Verdict
from comove.core.message import Message, Name, Quantity, say
from comove.core.observations import Floats
from comove.core.panel import Changes
from comove.stats.correlation import Correlation, correlation
from comove.stats.peak_correlation import PeakOptions, PeakTest, peak_test

NASDAQ = "qqq"
MOST_ASSETS = 2
"""Assets whose correlation is listed."""
PEAK_ROWS = 504
REPLICATIONS = 499
"""A simulation costs tens of milliseconds: only the highest correlation that rose is tested."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Link:
    """An asset's correlation with the Nasdaq-100, before and in the dependence window.

    Attributes
    ----------
    asset
        Id.
    changes
        Of the asset and the Nasdaq-100.
    rows
        Of the dependence window.
    now, before
        The two correlations.
    pvalue
        Of their difference.
    """

    asset: str
    changes: Changes
    rows: slice
    now: Correlation
    before: Correlation
    pvalue: float

    @property
    def higher(self) -> bool:
        """True when the correlation is above that of the baseline."""
        return self.now.value > self.before.value


def link_evidence(case: Case) -> tuple[Evidence, ...]:
    """Test the correlation with the Nasdaq-100, dependence window against baseline.

    Parameters
    ----------
    case
        The question; assets that are, or are made from, the Nasdaq-100 are passed over.

    Returns
    -------
    tuple of Evidence
        At most two, the highest correlations.  ``against`` when the correlation did not rise at
        all; ``supports`` when it rose (Fisher p < .05), for the highest only if its peak is beyond
        chance as well (sup-test p < .05); nothing without a grid or without the series.
    """
    if case.grid is None or NASDAQ not in case.snapshot.tracks:
        return ()
    assets = [asset for asset in case.assets if not case.snapshot.circular(NASDAQ, asset)]
    links = [link for asset in assets if (link := _link(case, case.grid, asset)) is not None]
    links = sorted(links, key=lambda link: -link.now.value)[:MOST_ASSETS]
    tested = next((link for link in links if link.higher), None)
    return tuple(_stated(link, _peak(case, link) if link is tested else None) for link in links)


def _link(case: Case, grid: Grid, asset: str) -> Link | None:
    try:
        changes = case.snapshot.panel((asset, NASDAQ)).changes()
        stop = int(np.searchsorted(changes.labels, np.datetime64(window_days(grid)[1]), "right"))
        begin = max(stop - case.question.dependence, 0)
        now = _linked(case, changes.values[begin:stop])
        before = _linked(case, changes.values[max(begin - case.question.baseline, 0) : begin])
    except (NoDataError, NotEstimable):
        return None
    return Link(
        asset=asset,
        changes=changes,
        rows=slice(begin, stop),
        now=now,
        before=before,
        pvalue=rise_pvalue(now, before),
    )


def _linked(case: Case, values: Floats) -> Correlation:
    return correlation(values[:, 0], values[:, 1], case.question.level)


def _peak(case: Case, link: Link) -> PeakTest | None:
    size = max(PEAK_ROWS, 2 * case.question.dependence)
    rows = link.changes.values[max(link.rows.stop - size, 0) : link.rows.stop]
    options = PeakOptions(replications=REPLICATIONS, level=case.question.level)
    rng = case.generator(f"tech.peak.{link.asset}")
    try:
        return peak_test(rows, case.question.dependence, rng, options)
    except NotEstimable:
        return None


def _stated(link: Link, peak: PeakTest | None) -> Evidence:
    labels = link.changes.labels
    return Evidence(
        says=_says(link, peak),
        estimate=Estimate(
            value=link.now.value,
            unit="correlation",
            low=link.now.low,
            high=link.now.high,
            level=link.now.level,
            nobs=link.now.nobs,
            first=labels[link.rows.start].item(),
            last=labels[link.rows.stop - 1].item(),
            method="fisher_hac",
        ),
        verdict=_verdict(link, peak),
        method="fisher_hac" if peak is None else "peak_test",
    )


def _says(link: Link, peak: PeakTest | None) -> Message:
    fields: dict[str, object] = {
        "asset": Name(link.asset),
        "now": Quantity(link.now.value, "correlation"),
        "before": Quantity(link.before.value, "correlation"),
        "sessions": link.now.nobs,
    }
    if not link.higher:
        return say("channel.tech.link.not_higher", **fields)
    if peak is None:
        return say(
            "channel.tech.link.higher", **fields, pvalue=Quantity(link.pvalue, "probability")
        )
    return say(
        "channel.tech.link.tested",
        **fields,
        peak=Quantity(peak.peak, "correlation"),
        pvalue=Quantity(peak.pvalue, "probability"),
    )


def _verdict(link: Link, peak: PeakTest | None) -> Verdict:
    if not link.higher:
        return "against"
    rose = link.pvalue < SIGNIFICANT
    beyond = peak is None or peak.pvalue < SIGNIFICANT
    return "supports" if rose and beyond else "cannot_tell"
