"""What crypto venues share: codes, pages, bars, and settlements of funding."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np

from comove.core.errors import QuestionError
from comove.core.observations import Floats, Instants
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Rows, Span
from comove.data.sources._payload import (
    document,
    instant,
    listing,
    mapping,
    member,
    message,
    number,
    partial,
    unusable,
)

DAY = np.timedelta64(86_400, "s")
HOUR = np.timedelta64(3_600, "s")

BARS: Mapping[str, np.timedelta64] = MappingProxyType(
    {"1d": DAY, "1h": HOUR, "15m": np.timedelta64(900, "s")}
)
"""Bars a code can ask for, and how long each runs."""

BASIS_POINTS = 10_000.0
PER_DAY = 3
"""Eight-hour periods in a day: funding is stated in basis points per eight hours."""

_JITTER = 60
"""Seconds by which a settlement may be stamped off its hour."""
_EVERY = (1, 2, 4, 8)
"""Hours between settlements that venues use."""

Field = tuple[str | int, str]
"""Where a value stands in a row, and what it must be: ``s``, ``ms``, ``number`` or ``text``."""


@dataclass(frozen=True)
class Code:
    """What stands behind the colon in ``sources``, taken apart.

    Attributes
    ----------
    symbol
        As the venue writes it.
    what
        What is measured, e.g. ``"1d"``, ``"1h"``, ``"funding"``.
    """

    symbol: str
    what: str


def coded(source: str, spec: SeriesSpec, code: str, serves: Collection[str]) -> Code:
    """Take a code apart.

    Parameters
    ----------
    source
        Name of the source.
    spec
        Decides what a code without a slash means: ``1d`` for a price, ``funding`` for a rate.
    code
        ``SYMBOL`` or ``SYMBOL/WHAT``.
    serves
        What the source can measure.

    Returns
    -------
    Code
        With ``what`` one of ``serves``.

    Raises
    ------
    QuestionError
        When the source has no such thing.
    """
    symbol, _, what = code.partition("/")
    what = what or {"price": "1d", "rate": "funding"}.get(spec.kind, "")
    if not symbol or what not in serves:
        raise refusal(source, code, serves)
    return Code(symbol, what)


def refusal(source: str, code: str, serves: Collection[str]) -> QuestionError:
    """Return the error for a code that a source cannot serve."""
    return QuestionError(
        "source.code",
        "{source} cannot serve {code}.",
        "Write SYMBOL/WHAT, where WHAT is one of {serves}.",
        source=source,
        code=code,
        serves=", ".join(serves),
    )


def pages(span: Span, days: int, begins: date = date.min) -> Iterator[Span]:
    """Cut a span into pages of at most so many days, in order.

    Parameters
    ----------
    span
        As asked.
    days
        Most days of a page.
    begins
        Day before which the venue cannot have anything: its own beginning.

    Yields
    ------
    Span
        None when the whole span lies before ``begins``.

    Examples
    --------
    >>> from comove.core.source import Span
    >>> span = Span(first=date(2026, 1, 1), last=date(2026, 1, 5))
    >>> [(page.first.day, page.last.day) for page in pages(span, 2)]
    [(1, 2), (3, 4), (5, 5)]
    """
    first = max(span.first, begins)
    while first <= span.last:
        last = min(first + timedelta(days=days - 1), span.last)
        yield Span(first=first, last=last)
        first = last + timedelta(days=1)


def seconds(day: date) -> int:
    """Return the seconds from 1970 to 00:00 UTC of a day."""
    return int(datetime.combine(day, time.min, UTC).timestamp())


def milliseconds(day: date) -> int:
    """Return the milliseconds from 1970 to 00:00 UTC of a day."""
    return 1000 * seconds(day)


def after(day: date) -> date:
    """Return the following day."""
    return day + timedelta(days=1)


def answer(payload: Payload) -> Any:  # noqa: ANN401 - any JSON value
    """Parse the JSON of an answer that succeeded.

    Raises
    ------
    PayloadError
        For any status but 200, and for anything that is no JSON.
    """
    if payload.status != 200:
        raise message(payload, f"HTTP {payload.status}")
    return document(payload)


def enveloped(payload: Payload, code: str, said: str, *, good: object) -> Mapping[str, Any]:
    """Parse an answer in an envelope with a status of its own.

    Parameters
    ----------
    payload
        As received.
    code, said
        Names of the fields that carry the status and the message.
    good
        The status of success.

    Returns
    -------
    mapping
        The whole envelope.

    Raises
    ------
    PayloadError
        Quoting the venue's message for any other status; for anything that is no such envelope.
    """
    found = mapping(payload, answer(payload), "answer")
    status = member(payload, found, code)
    if type(status) is not type(good) or status != good:
        raise message(payload, found.get(said) or f"{code} {status}")
    return found


def columns(
    payload: Payload, found: object, fields: Collection[Field], width: int | None = None
) -> dict[str | int, list[Any]]:
    """Read a list of rows into columns, every documented field of every row.

    Parameters
    ----------
    payload
        As received.
    found
        JSON list of objects, or of lists when ``width`` is given.
    fields
        What each row must hold.
    width
        Length of a row that is a list.

    Returns
    -------
    dict
        Field to its values: ``datetime64[s]`` for times, float for numbers, str for text.

    Raises
    ------
    PayloadError
        When a row lacks a field, or a field is not what it must be.
    """
    rows = listing(payload, found, "list of rows")
    for row in rows:
        if width is None:
            mapping(payload, row, "row")
        elif len(listing(payload, row, "row")) != width:
            raise unusable(payload, "row")
    return {field: [_value(payload, row, field, kind) for row in rows] for field, kind in fields}


def _value(payload: Payload, row: Any, field: str | int, kind: str) -> Any:  # noqa: ANN401 - JSON
    name = field if isinstance(field, str) else f"column {field}"
    try:
        found = row[field]
    except (KeyError, IndexError) as cause:
        raise unusable(payload, name) from cause
    return _READERS[kind](payload, found, name)


def _text(payload: Payload, found: object, field: str) -> str:
    if not isinstance(found, str) or not found:
        raise unusable(payload, field)
    return found


def _milliseconds(payload: Payload, found: object, field: str) -> np.datetime64:
    return instant(payload, found, field, 1000)


_READERS: Mapping[str, Callable[[Payload, object, str], Any]] = MappingProxyType(
    {"s": instant, "ms": _milliseconds, "number": number, "text": _text}
)


def same(payload: Payload, found: Collection[str], wanted: str, field: str) -> None:
    """Refuse rows that speak of something else than what was asked.

    Raises
    ------
    PayloadError
        When any value differs.
    """
    if any(value != wanted for value in found):
        raise unusable(payload, field)


def whole(payload: Payload, found: Collection[object], limit: int) -> None:
    """Refuse a page that is full: pages are asked for so that a full one has been cut off.

    Raises
    ------
    PayloadError
        When there are ``limit`` rows or more.
    """
    if len(found) >= limit:
        raise partial(payload)


def instants(found: list[Any]) -> Instants:
    """Return times as an array, also when there are none."""
    return np.array(found, dtype="M8[s]")


def midnights(payload: Payload, times: Instants) -> Instants:
    """Return times that must all be 00:00 UTC.

    Raises
    ------
    PayloadError
        When one is not.
    """
    if (times.astype(np.int64) % DAY.astype(np.int64)).any():
        raise unusable(payload, "time")
    return times


def bars(payload: Payload, opens: Instants, closes: Floats, width: np.timedelta64) -> Rows:
    """Turn bars that carry their opening time into rows struck when they close.

    Parameters
    ----------
    payload
        As received; the bar that was still running then is left out.
    opens
        Shape (T,), ``datetime64[s]`` UTC.
    closes
        Shape (T,).
    width
        How long a bar runs.

    Returns
    -------
    Rows
        A daily bar carries the date of its opening and is struck at the midnight that ends it; a
        shorter one carries the UTC day of its close.

    Raises
    ------
    PayloadError
        When a bar does not open on a multiple of its width.
    """
    if (opens.astype(np.int64) % width.astype(np.int64)).any():
        raise unusable(payload, "opening time")
    struck = opens + width
    over = (struck <= payload.received) | (opens > payload.received)
    labels = (opens if width == DAY else struck).astype("M8[D]")
    return Rows(labels=labels[over], values=closes[over], struck=struck[over])


def funding(
    payload: Payload, times: Instants, rates: Floats, every: Collection[int] = _EVERY
) -> Rows:
    """Average the settlements of each whole day, in basis points per eight hours.

    Parameters
    ----------
    payload
        As received.
    times
        Shape (T,), ``datetime64[s]`` UTC, when funding was settled; in any order.
    rates
        Shape (T,), the share of the position paid at each settlement.
    every
        Hours between settlements that count as regular.

    Returns
    -------
    Rows
        One row a UTC day whose settlements are all there, from 00:00 on at equal distances; a day
        that lacks one is left out.  Struck at the day's last settlement.

    Raises
    ------
    PayloadError
        When a settlement is not on the hour, two differ at the same hour, or a rate exceeds the
        whole position.

    Notes
    -----
    The mean over a day of what is paid per eight hours is the day's sum divided by three, whether
    the venue settles every eight hours, every four, or every hour.
    """
    hours = (times.astype(np.int64) + _JITTER) // 3600
    if (np.abs(times.astype(np.int64) - 3600 * hours) > _JITTER).any():
        raise unusable(payload, "settlement time")
    if (np.abs(rates) > 1.0).any():
        raise unusable(payload, "rate")
    paid: dict[int, float] = {}
    for hour, rate in zip(hours.tolist(), rates.tolist(), strict=True):
        if paid.setdefault(hour, rate) != rate:
            raise unusable(payload, "rate")
    days: dict[int, list[int]] = {}
    for hour in sorted(paid):
        days.setdefault(hour // 24, []).append(hour % 24)
    full = [day for day, held in days.items() if any(held == [*range(0, 24, n)] for n in every)]
    total = [sum(paid[24 * day + hour] for hour in days[day]) for day in full]
    return Rows(
        labels=np.array(full, dtype="M8[D]"),
        values=np.array(total) * BASIS_POINTS / PER_DAY,
        struck=np.array([3600 * (24 * day + days[day][-1]) for day in full], dtype="M8[s]"),
        coverage="whole days only",
    )


def reverse(rows: Rows) -> Rows:
    """Return rows the other way round, for a venue that sends the newest first."""
    struck = None if rows.struck is None else rows.struck[::-1]
    return Rows(
        labels=rows.labels[::-1],
        values=rows.values[::-1],
        struck=struck,
        currency=rows.currency,
        coverage=rows.coverage,
    )
