"""The day of a text: a full date near its top, else the latest day or month it names."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from comove.answers.audit.reading.dates import JA_PART, MONTH, month_named, month_of


def stated_day(text: str, latest: date) -> tuple[date, str] | None:
    """Find the date of a text: the first full date of its head, else the latest day it names.

    Parameters
    ----------
    text
        Narrowed.
    latest
        No text is dated later than this.

    Returns
    -------
    tuple of date and str, or None
        The day, and ``text`` for a full date near the top, ``latest`` for the latest full date
        anywhere, ``month`` for the end of the latest month named.
    """
    head = [day for day in _full_days(text[:400]) if day <= latest]
    if head:
        return head[0], "text"
    days = [day for day in _full_days(text[:200_000]) if day <= latest]
    if days:
        return max(days), "latest"
    months = [day for day in _full_months(text[:200_000]) if day.replace(day=1) <= latest]
    return (min(max(months), latest), "month") if months else None


_FULL = (
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<name>{MONTH}),? (?P<year>\d{{4}})", re.IGNORECASE),
    re.compile(rf"\b(?P<name>{MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})", re.IGNORECASE),
)  # fmt: skip
_WHOLE_MONTHS = (
    re.compile(rf"(?:(?P<part>early|mid|late)[ -])?\b(?P<name>{MONTH}),? (?P<year>20\d{{2}})", re.IGNORECASE),
    re.compile(rf"(?P<year>20\d{{2}})年(?P<month>\d{{1,2}})月{JA_PART}?"),
)  # fmt: skip


def _full_days(text: str) -> Iterator[date]:
    found = []
    for pattern in _FULL:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            month = month_named(groups["name"]) if groups.get("name") else int(groups["month"] or 0)
            try:
                found.append((match.start(), date(int(match["year"]), month, int(match["day"]))))
            except ValueError:
                continue
    yield from (day for _, day in sorted(found))


def _full_months(text: str) -> Iterator[date]:
    for pattern in _WHOLE_MONTHS:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            month = month_named(groups["name"]) if groups.get("name") else int(groups["month"] or 0)
            try:
                yield month_of(
                    int(match["year"]), month, (match.groupdict().get("part") or "").lower()
                )[1]
            except (ValueError, calendar.IllegalMonthError):
                continue
