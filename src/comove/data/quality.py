"""Is what is held sane?  One finding per rule; the rules are those of the gates, none repairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import numpy as np

from comove.core.errors import DamagedFileError, NoDataError, NotEstimable
from comove.core.holding import Finding
from comove.core.message import Name, Quantity, say
from comove.core.observations import Observations
from comove.core.panel import Panel, Sessions
from comove.data.calendars import LAST
from comove.data.gates.batch import Batch
from comove.data.gates.levels import TENFOLD
from comove.data.gates.rules import clock as clock_rule
from comove.data.gates.rules import gap as gap_rule
from comove.data.gates.rules import jump as jump_rule
from comove.data.gates.rules import repeat as repeat_rule
from comove.data.gates.rules import sign as sign_rule
from comove.data.gates.rules import weekday as weekday_rule
from comove.data.reader import Facts

Outcome = Literal["ok", "note", "problem"]

_OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {"in_step": "ok", "unclear": "note", "shifted": "problem"}
)


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
    wanted = facts.ids if series is None else tuple(series)
    partners = {facts.catalogue[name].related for name in wanted} - {""}
    partners &= {*facts.ids}
    tracks = {name: _intact(facts, name) for name in (*wanted, *sorted(partners - {*wanted}))}
    found = [finding for name in wanted for finding in _series(facts, name, tracks)]
    if everything:
        found += [_table(facts, name) for name in facts.catalogue.tables]
        shipped = [track for name, track in tracks.items() if track and facts.record(name)]
        found.append(joint(facts.sessions, shipped))
        found += facts.own_findings()
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
    record = facts.manifest.records.get(file)
    if record is None:
        return _finding(name, "hash", "ok", "stored")
    digest = record.sha256[:8]
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
    wrong = np.flatnonzero(sign_rule.flags(Batch.unsorted(track)).reasons)
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
    missing = gap_rule.gaps(track.labels, track.spec)
    if missing.outcome == "ok":
        return _finding(track.spec.id, "gap", "ok", "complete")
    return _finding(
        track.spec.id,
        "gap",
        missing.outcome,
        "gap",
        count=Quantity(missing.count, "days"),
        worst=Quantity(missing.longest, "days"),
        day=missing.day,
    )


def repeat(track: Observations) -> Finding:
    """Find prices that do not move for longer than is their habit, five days at least.

    Parameters
    ----------
    track
        In order.

    Returns
    -------
    Finding
        ``problem`` naming the longest such run.
    """
    places = repeat_rule.run_places(track.values)
    if not (places > repeat_rule.allowed(track.values, restless=True)).any():
        return _finding(track.spec.id, "repeat", "ok", "moving")
    last = int(np.argmax(places))
    longest = int(places[last])
    day = track.labels[last - longest + 1].item()
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
    batch = Batch.unsorted(track)
    batch = batch.keep(sign_rule.flags(batch).reasons == 0)
    steps = jump_rule.found(batch.timeline, positive=True)
    wrong = np.flatnonzero(np.abs(steps.by) >= TENFOLD - 0.5)
    if len(wrong):
        day = batch.labels[wrong[0] + 1].item()
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
        alone: Outcome = "problem" if key == "joint" else "note"
        return _finding(series, "weekday", alone, f"{key}.none", count=len(tracks))
    rarest, share = weekday_rule.rarest(panel.labels[1:])
    enough = share >= weekday_rule.LEAST
    return _finding(
        series,
        "weekday",
        "ok" if enough else "problem",
        key if enough else f"{key}.missing",
        count=len(panel) - 1,
        weekday=rarest,
        share=Quantity(share, "share"),
    )


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
        found = clock_rule.checked(track.spec, track.struck, track.values, related)
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


def _finding(series: str, rule: str, outcome: Outcome, key: str, /, **values: object) -> Finding:
    named = values if series == "*" or rule == "hash" else {"series": Name(series), **values}
    return Finding(
        series=series, rule=rule, outcome=outcome, says=say(f"data.finding.{key}", **named)
    )
