"""Bars within a day, sampled when a series is struck: the clock problem solved, not only stated."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from comove.core.errors import PayloadError
from comove.core.observations import Observations
from comove.core.panel import Sessions
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data import clocks
from comove.data.calendars import DAY, calendar, member

LEAST = 819
"""Sessions a sampled twin must cover: the usual baseline of 756 and the 63 that are explained."""
MISSING = 0.01
"""Largest share of those sessions that may be missing from it."""

_ORDERS = re.compile(r"/\w+_orders(/|$)", re.ASCII)
_INTRADAY = re.compile(r"/[1-9]\d*[mh]$", re.ASCII)


def intraday(code: str) -> bool:
    """Tell whether a code of a source asks for bars within a day.

    Examples
    --------
    >>> intraday("BTCUSDT/1h"), intraday("BTCUSDT/1d"), intraday("GDX")
    (True, False, False)
    """
    return bool(_INTRADAY.search(code))


def sampled(rows: Rows, spec: SeriesSpec, code: str) -> Rows:
    """Keep the bars that close exactly when the series is struck.

    Parameters
    ----------
    rows
        As a source gave them.
    spec
        Its clock says when: 16:00 New York, or 13:00 on the days of an early close.
    code
        What the source was asked for; rows of days pass unchanged.

    Returns
    -------
    Rows
        At most one bar for each day of the series' calendar, labelled with that day and struck at
        that instant.  A day without such a bar has no row: no other bar stands in for it.

    Raises
    ------
    PayloadError
        When bars within a day come without their instants.
    NoDataError
        When they lie outside the bundled calendars.

    Examples
    --------
    >>> from comove.core.series import Clock
    >>> close = Clock(time="16:00", zone="America/New_York")
    >>> spec = SeriesSpec(id="btc_ny", kind="price", unit="usd", clock=close)
    >>> hours = np.array(["2025-11-28T18", "2025-11-28T21", "2025-12-01T21"], dtype="M8[s]")
    >>> rows = Rows(labels=hours, values=np.array([91.0, 92.0, 93.0]), struck=hours)
    >>> found = sampled(rows, spec, "BTCUSDT/1h")
    >>> [str(label) for label in found.labels], found.values.tolist()
    (['2025-11-28', '2025-12-01'], [91.0, 93.0])
    """
    if not intraday(code) or not len(rows):
        return rows
    if rows.struck is None:
        raise _timeless()
    days = rows.struck.astype("M8[D]")
    labels = calendar(spec.clock.calendar).between(days.min() - 2 * DAY, days.max() + DAY)
    strikes = clocks.struck(labels, spec.clock)
    places = np.minimum(np.searchsorted(strikes, rows.struck), len(strikes) - 1)
    keep = strikes[places] == rows.struck
    return Rows(
        labels=labels[places][keep],
        values=rows.values[keep],
        struck=rows.struck[keep],
        known=None if rows.known is None else rows.known[keep],
        currency=rows.currency,
        coverage=rows.coverage,
    )


def totals(rows: Rows) -> Rows:
    """Add up what flowed in each hour over whole UTC days.

    Parameters
    ----------
    rows
        Hourly, struck at the end of each hour, in any order.

    Returns
    -------
    Rows
        One row for each day of which all 24 hours are there; the coverage stays.

    Raises
    ------
    PayloadError
        When the instants are missing, or an hour occurs twice.
    """
    if rows.struck is None:
        raise _timeless()
    hours = rows.struck.astype("M8[h]").astype(np.int64)
    if len(np.unique(hours)) != len(hours):
        raise PayloadError("source.hours", "An hour occurs twice among those to be added up.")
    days, places, counts = np.unique((hours - 1) // 24, return_inverse=True, return_counts=True)
    order = np.argsort(hours)  # the same hours add up to the same bits, however they arrived
    sums = np.bincount(places[order], weights=rows.values[order], minlength=len(days))
    whole = counts == 24
    labels = days[whole].astype("M8[D]")
    return Rows(
        labels=labels,
        values=sums[whole],
        struck=(labels + DAY).astype("M8[s]"),
        currency=rows.currency,
        coverage=rows.coverage,
    )


def whole_days(rows: Rows, rest: Rows | None, code: str) -> tuple[Rows, Rows | None]:
    """Add up the hours of a flow page by page.

    Parameters
    ----------
    rows
        Of the page that has just come.
    rest
        Hours of earlier pages whose day was not whole; None at first.
    code
        What the source was asked for; rows that are no hours of orders pass unchanged.

    Returns
    -------
    rows
        The days that are whole now.
    rest
        The hours that wait for the others of their day.

    Raises
    ------
    PayloadError
        As :func:`totals`.
    """
    if not _ORDERS.search(code):
        return rows, None
    hours = rows if rest is None else _joined(rest, rows)
    whole = totals(hours)
    if hours.struck is None:
        raise _timeless()
    days = (hours.struck - np.timedelta64(1, "s")).astype("M8[D]")
    waits = ~np.isin(days, whole.labels)
    return whole, replace(
        hours, labels=hours.labels[waits], values=hours.values[waits], struck=hours.struck[waits]
    )


def _joined(first: Rows, second: Rows) -> Rows:
    if first.struck is None or second.struck is None:
        raise _timeless()
    return replace(
        second,
        labels=np.concatenate([first.labels, second.labels]),
        values=np.concatenate([first.values, second.values]),
        struck=np.concatenate([first.struck, second.struck]),
    )


def on_sessions(
    track: Observations, twin: Observations, sessions: Sessions, least: int = LEAST
) -> Observations | None:
    """Add to a series what its twin has at the closes of the exchange.

    Parameters
    ----------
    track
        Struck at another time of day, e.g. bitcoin at 00:00 UTC.
    twin
        The same asset struck at the closes.
    sessions
        The sampling instants up to the as-of instant.
    least
        Sessions at the end that the twin must cover.

    Returns
    -------
    Observations or None
        Both together, so that a join, which takes the value struck nearest to each instant, finds
        the twin's wherever there is one.  None when the twin lacks the last session, or more than
        one in a hundred of the last ``least``: betas measured on one clock would then be applied to
        returns on the other.

    Notes
    -----
    Before the twin begins the series stays what it is; the offsets of the joined panel say so row
    by row.
    """
    wanted = sessions.instants[-least:]
    if len(wanted) < least or not len(twin):
        return None
    there = member(wanted, twin.struck)
    if not there[-1] or float(there.mean()) < 1.0 - MISSING:
        return None
    new = ~member(twin.struck, track.struck) if len(track) else np.ones(len(twin), dtype=bool)
    struck = np.concatenate([track.struck, twin.struck[new]])
    order = np.argsort(struck, kind="stable")
    return Observations(
        track.spec,
        np.concatenate([track.labels, twin.labels[new]])[order],
        struck[order],
        np.concatenate([track.known, twin.known[new]])[order],
        np.concatenate([track.values, twin.values[new]])[order],
        f"{twin.origin} over {track.origin}",
    )


def _timeless() -> PayloadError:
    return PayloadError("source.instants", "Bars within a day came without their instants.")
