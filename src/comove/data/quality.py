"""Is what is held sane?  One function per rule; each returns a finding, none repairs anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import numpy as np

from comove.core.errors import DamagedFileError, NoDataError, NotEstimable
from comove.core.holding import Finding
from comove.core.message import Name, Quantity, say
from comove.core.observations import Floats, Instants, Observations
from comove.core.panel import Ints, Panel, Sessions
from comove.data.calendars import LAST, Bools, calendar, member
from comove.data.clock_check import clock_check
from comove.data.reader import Facts

Outcome = Literal["ok", "note", "problem"]

GAP_RUN = 5
"""Longest run of missing days that is a peculiarity and not a problem."""
GAP_SHARE = 0.01
"""Largest share of missing days that is a peculiarity and not a problem."""
REPEATS = 5
"""Equal prices in a row that look like a feed that has stopped."""
JUMP = 10.0
"""Ratio of consecutive values that looks like a change of unit."""
WEEKDAY_SHARE = 0.1
"""Smallest share of changes that may end on any one weekday; an even spread gives 0.2."""

_NEW_YORK_BEHIND = np.timedelta64(5 * 3600, "s")
_OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {"in_step": "ok", "unclear": "note", "shifted": "problem"}
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def findings(facts: Facts, series: Iterable[str] | None = None) -> tuple[Finding, ...]:
    """Apply every rule to what is held.

    Parameters
    ----------
    facts
        The layer to examine.
    series
        Catalogue ids of series; None for everything, tables and the joint panel included.

    Returns
    -------
    tuple of Finding
        In the order of the catalogue; the joint panel, under ``"*"``, comes last.

    Raises
    ------
    UnknownSeriesError
        When the catalogue does not hold a series.

    Examples
    --------
    >>> from comove.data.reader import Facts
    >>> [found.rule for found in findings(Facts(), ["gdx"]) if found.outcome == "note"]
    ['gap']
    """
    everything = series is None
    wanted = tuple(facts.catalogue.specs) if series is None else tuple(series)
    partners = {facts.catalogue[name].related for name in wanted} - {""}
    tracks = {name: _intact(facts, name) for name in (*wanted, *sorted(partners - {*wanted}))}
    found = [finding for name in wanted for finding in _series(facts, name, tracks)]
    if everything:
        found += [_table(facts, name) for name in facts.catalogue.tables]
        found.append(joint(facts.sessions, [track for track in tracks.values() if track]))
    return tuple(found)


def _intact(facts: Facts, series: str) -> Observations | None:
    try:
        return facts.observations(series)
    except DamagedFileError:
        return None


def _series(facts: Facts, series: str, tracks: Mapping[str, Observations | None]) -> list[Finding]:
    track = tracks[series]
    if track is None:
        return [_hash(series, facts, intact=False)]
    return [
        _hash(series, facts, intact=True),
        *examine(track, facts.sessions),
        clock(track, tracks.get(track.spec.related)),
    ]


def _table(facts: Facts, name: str) -> Finding:
    try:
        facts.table(name)
    except DamagedFileError:
        return _hash(name, facts, intact=False)
    return _hash(name, facts, intact=True)


def _hash(name: str, facts: Facts, *, intact: bool) -> Finding:
    file = f"{name}.csv"
    if not intact:
        return _finding(name, "hash", "problem", "damaged", file=file)
    digest = facts.manifest.record(file).sha256[:8]
    return _finding(name, "hash", "ok", "intact", file=file, sha256=digest)


def examine(track: Observations, sessions: Sessions) -> tuple[Finding, ...]:
    """Apply every rule that needs one series alone.

    Parameters
    ----------
    track
        The series; it need not be in order.
    sessions
        The sampling instants.

    Returns
    -------
    tuple of Finding
        ``order``, then, when that is right: ``gap``, ``weekday``, and for prices ``positive``,
        ``repeat`` and ``jump``.
    """
    first = order(track)
    if first.outcome == "problem" or not len(track):
        return (first,)
    found = [first, gap(track), weekday(track, sessions)]
    if track.spec.kind == "price":
        found += [positive(track), repeat(track), jump(track)]
    return tuple(found)


def order(track: Observations) -> Finding:
    """Refuse labels that go back or occur twice.

    Parameters
    ----------
    track
        The series.

    Returns
    -------
    Finding
        ``problem`` naming the first such label.
    """
    steps = np.diff(track.labels).astype(np.int64)
    wrong = np.flatnonzero(steps <= 0)
    if len(wrong):
        day = track.labels[wrong[0] + 1].item()
        return _finding(track.spec.id, "order", "problem", "disorder", count=len(wrong), day=day)
    return _finding(track.spec.id, "order", "ok", "ordered", rows=len(track))


def positive(track: Observations) -> Finding:
    """Refuse prices that are zero or negative.

    Parameters
    ----------
    track
        A price series.

    Returns
    -------
    Finding
        ``problem`` naming the first such day.
    """
    wrong = np.flatnonzero(track.values <= 0.0)
    if len(wrong):
        day = track.labels[wrong[0]].item()
        return _finding(
            track.spec.id, "positive", "problem", "nonpositive", count=len(wrong), day=day
        )
    return _finding(track.spec.id, "positive", "ok", "positive")


def gap(track: Observations) -> Finding:
    """Count the days missing from a series' own calendar; its holidays are not gaps.

    Parameters
    ----------
    track
        In order.

    Returns
    -------
    Finding
        ``note``; ``problem`` when more than 5 days in a row or 1 % of all days are missing.
    """
    labels = track.labels
    due = calendar(track.spec.clock.calendar).between(labels[0], labels[-1])
    missing = ~member(due, labels)
    count = int(missing.sum())
    if not count:
        return _finding(track.spec.id, "gap", "ok", "complete")
    starts, lengths = _runs(missing)
    worst = int(np.argmax(lengths))
    longest = int(lengths[worst])
    bad = longest > GAP_RUN or count > GAP_SHARE * len(due)
    return _finding(
        track.spec.id,
        "gap",
        "problem" if bad else "note",
        "gap",
        count=Quantity(count, "days"),
        worst=Quantity(longest, "days"),
        day=due[starts[worst]].item(),
    )


def _runs(flags: Bools) -> tuple[Ints, Ints]:
    """Return where runs of True start, and how long they are."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int64), [0]]))
    starts = np.flatnonzero(edges == 1)
    return starts, np.flatnonzero(edges == -1) - starts


def repeat(track: Observations) -> Finding:
    """Find prices that do not move for five days or more.

    Parameters
    ----------
    track
        In order.

    Returns
    -------
    Finding
        ``problem`` naming the longest such run.
    """
    starts, lengths = _runs(np.diff(track.values) == 0.0)
    longest = int(lengths.max(initial=0)) + 1
    if longest < REPEATS:
        return _finding(track.spec.id, "repeat", "ok", "moving")
    day = track.labels[starts[int(np.argmax(lengths))]].item()
    return _finding(
        track.spec.id, "repeat", "problem", "stale", worst=Quantity(longest, "days"), day=day
    )


def jump(track: Observations) -> Finding:
    """Find tenfold jumps, the mark of a changed unit or currency.

    Parameters
    ----------
    track
        In order.

    Returns
    -------
    Finding
        ``problem`` naming the first.
    """
    before, after = track.values[:-1], track.values[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = after / before
    wrong = np.flatnonzero((ratio >= JUMP) | ((ratio <= 1.0 / JUMP) & (ratio > 0.0)))
    if len(wrong):
        day = track.labels[wrong[0] + 1].item()
        return _finding(track.spec.id, "jump", "problem", "tenfold", count=len(wrong), day=day)
    return _finding(track.spec.id, "jump", "ok", "smooth")


def weekday(track: Observations, sessions: Sessions) -> Finding:
    """Sample the series as a panel does and require changes that end on every weekday.

    Parameters
    ----------
    track
        In order.
    sessions
        The sampling instants.

    Returns
    -------
    Finding
        ``problem`` naming the rarest weekday when fewer than a tenth of the changes end on it: the
        mark of a join that loses Mondays.
    """
    return _weekdays(track.spec.id, [track], sessions)


def joint(sessions: Sessions, tracks: Sequence[Observations]) -> Finding:
    """Require changes that end on every weekday of the panel that joins several series.

    Parameters
    ----------
    sessions
        The sampling instants.
    tracks
        In order.

    Returns
    -------
    Finding
        Of series ``"*"``; ``problem`` also when they share no days.
    """
    return _weekdays("*", tracks, sessions)


def _weekdays(series: str, tracks: Sequence[Observations], sessions: Sessions) -> Finding:
    key = "joint" if series == "*" else "weekday"
    try:
        panel = Panel.join(tracks, sessions, LAST.astype("M8[s]"))
    except NoDataError:
        return _finding(series, "weekday", "problem", f"{key}.none", count=len(tracks))
    shares = weekday_shares(panel.labels[1:])
    rarest = int(np.argmin(shares))
    enough = shares[rarest] >= WEEKDAY_SHARE
    return _finding(
        series,
        "weekday",
        "ok" if enough else "problem",
        key if enough else f"{key}.missing",
        count=len(panel) - 1,
        weekday=Name(f"data.weekday.{_WEEKDAYS[rarest]}"),
        share=Quantity(float(shares[rarest]), "share"),
    )


def weekday_shares(labels: Instants) -> Floats:
    """Return the share of labels on each weekday.

    Parameters
    ----------
    labels
        Shape (T,), ``datetime64[D]``, at least one.

    Returns
    -------
    Floats
        Shape (5,), Monday to Friday; a Saturday or Sunday counts for none.

    Examples
    --------
    >>> weekday_shares(np.array(["2026-02-02", "2026-02-06"], dtype="M8[D]")).tolist()
    [0.5, 0.0, 0.0, 0.0, 0.5]
    """
    places = (labels.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return np.bincount(places, minlength=7)[:5] / len(labels)


def clock(track: Observations, related: Observations | None) -> Finding:
    """Compare the days a series moves on with those of its related series.

    Parameters
    ----------
    track
        In order.
    related
        The series its catalogue row names; None when it names none or that file is damaged.

    Returns
    -------
    Finding
        ``problem`` when the correlation one step off exceeds that at the same step by the margin
        of :class:`~comove.data.clock_check.ClockCheck`; ``ok`` when the same step wins by it;
        else ``note``.
    """
    if related is None:
        return _finding(track.spec.id, "clock", "note", "clock.alone")
    try:
        found = clock_check(*_scaled(track), *_scaled(related))
    except NotEstimable:
        return _finding(
            track.spec.id, "clock", "note", "clock.short", related=Name(related.spec.id)
        )
    return _finding(
        track.spec.id,
        "clock",
        _OUTCOMES[found.verdict],
        f"clock.{found.verdict}",
        related=Name(related.spec.id),
        before=Quantity(found.before, "correlation"),
        same=Quantity(found.same, "correlation"),
        after=Quantity(found.after, "correlation"),
    )


def _scaled(track: Observations) -> tuple[Instants, Floats]:
    """Return the New York day of each strike, and levels whose differences are changes.

    Every strike lies between noon and 20:00 in New York, so the winter offset finds the day all
    year round.
    """
    days = (track.struck - _NEW_YORK_BEHIND).astype("M8[D]")
    with np.errstate(divide="ignore", invalid="ignore"):
        return days, np.log(track.values) if track.spec.change_is_log else track.values


def _finding(series: str, rule: str, outcome: Outcome, key: str, /, **values: object) -> Finding:
    named = values if series == "*" or rule == "hash" else {"series": Name(series), **values}
    return Finding(
        series=series, rule=rule, outcome=outcome, says=say(f"data.finding.{key}", **named)
    )
