"""Cells become dates: by one order of day and month for the whole column, and never by chance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.core.observations import Instants
from comove.data.files.options import FileOptions
from comove.data.files.refusing import cell

FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Years that a date may have."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ERAS = {
    "令和": (2018, date(2019, 5, 1), date(2199, 12, 31)),
    "平成": (1988, date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": (1925, date(1926, 12, 25), date(1989, 1, 7)),
}
_ERA_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_TIME = (
    r"(?:(?:[T ]|\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?"
    r"\s*(?P<offset>Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_WEEKDAY = re.compile(r"\s*\([月火水木金土日]\)")
_YEAR_FIRST = re.compile(
    r"(?P<y>[0-9]{4})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})" + _TIME
)
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})" + _TIME)
_KANJI = re.compile(r"(?P<y>[0-9]{4})年\s*(?P<m>[0-9]{1,2})月\s*(?P<d>[0-9]{1,2})日" + _TIME)
_ERA = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS])\s*(?P<n>元|[0-9]{1,2})(?:年\s*|[./-])(?P<m>[0-9]{1,2})(?:月\s*|[./-])"
    r"(?P<d>[0-9]{1,2})日?" + _TIME
)
_NAMED = re.compile(
    r"(?P<d>[0-9]{1,2})[-\s/](?P<name>[A-Za-z]{3,9})\.?[-\s/,]\s*(?P<y>[0-9]{4})" + _TIME
)
_NAMED_FIRST = re.compile(
    r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<d>[0-9]{1,2}),?\s+(?P<y>[0-9]{4})" + _TIME
)
_YEAR_LAST = re.compile(
    r"(?P<a>[0-9]{1,2})(?P<s>[-/.])(?P<b>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4})" + _TIME
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}(?:\s.*)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_SECONDS = re.compile(r"-?[0-9]{9,10}")
_MILLISECONDS = re.compile(r"-?[0-9]{12,13}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Days:
    """What a column of dates says.

    Attributes
    ----------
    labels
        Shape (T,), ``datetime64[D]``: the dates as written.
    instants
        Shape (T,), ``datetime64[s]`` UTC, where the column states times of day that are not all
        midnight; else None.
    """

    labels: Instants
    instants: Instants | None


def days(cells: Sequence[str], column: str, options: FileOptions) -> Days:
    """Read a column of dates.

    Parameters
    ----------
    cells
        As found.
    column
        Named in errors.
    options
        ``dates`` and ``zone``.

    Returns
    -------
    Days
        In the order found.

    Raises
    ------
    UnreadableFileError
        Naming the first cell that is no date; when day and month cannot be told apart; when times
        of day have no zone.
    """
    labels = _iso(cells) if options.dates in ("", "ymd") else None
    if labels is not None:
        return Days(labels=labels, instants=None)
    texts = list(dict.fromkeys(cells))
    if options.dates in ("unix", "unix_ms"):
        moments = [_unix(text, column, cells, options.dates) for text in texts]
    else:
        found = [_matched(text, column, cells) for text in texts]
        order = _order(found, column, options.dates)
        moments = [
            _moment(match, text, order, (column, cells, options))
            for match, text in zip(found, texts, strict=True)
        ]
    return _days(moments, texts, cells, column)


def _iso(cells: Sequence[str]) -> Instants | None:
    """Read ISO dates without time of day all at once; None when a cell is anything else."""
    joined = "".join(cells)
    if len(joined) != 10 * len(cells) or not joined.isascii():
        return None
    if any(len(text) != 10 for text in cells):
        return None
    digits = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(len(cells), 10)
    if not (digits[:, (4, 7)] == ord("-")).all():
        return None
    if not (digits[:, (0, 1, 2, 3, 5, 6, 8, 9)] - ord("0") <= 9).all():  # unsigned
        return None
    try:
        labels = np.array(cells, dtype="M8[D]")
    except ValueError:
        return None
    years = labels.astype("M8[Y]").astype(int) + 1970
    return labels if years.min() >= FIRST_YEAR and years.max() <= LAST_YEAR else None


def _unix(text: str, column: str, cells: Sequence[str], unit: str) -> tuple[datetime, bool]:
    pattern, divisor = (_SECONDS, 1) if unit == "unix" else (_MILLISECONDS, 1000)
    if not pattern.fullmatch(text.strip()):
        raise _no_date(text, column, cells)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text) // divisor)
    return moment, True


def _matched(text: str, column: str, cells: Sequence[str]) -> re.Match[str]:
    plain = _WEEKDAY.sub("", text.translate(_FULL_WIDTH).strip())
    for pattern in (_YEAR_FIRST, _YEAR_LAST, _COMPACT, _KANJI, _ERA, _NAMED, _NAMED_FIRST):
        match = pattern.fullmatch(plain)
        if match:
            return match
    if _SHORT_YEAR.fullmatch(plain):
        raise UnreadableFileError(
            "file.short_year",
            "{cell} in column {column} has a year of two digits.",
            "Write years with four digits.",
            cell=cell(text),
            column=cell(column),
        )
    if _SERIAL.fullmatch(plain) or _SECONDS.fullmatch(plain) or _MILLISECONDS.fullmatch(plain):
        raise UnreadableFileError(
            "file.serial",
            "{cell} in column {column} is a number and not a date.",
            "For seconds or milliseconds since 1970 declare --dates unix or --dates unix_ms; export"
            " the day numbers of a spreadsheet as dates.",
            cell=cell(text),
            column=cell(column),
        )
    raise _no_date(text, column, cells)


def _order(found: Sequence[re.Match[str]], column: str, declared: str) -> str:
    """Tell whether day or month comes first, from the option or from a number above twelve."""
    unsettled = [match for match in found if match.re is _YEAR_LAST]
    if declared in ("dmy", "mdy"):
        return declared
    if not unsettled:
        return "ymd"
    if declared == "ymd":
        raise _no_order(unsettled[0], column)
    dotted = {match["s"] == "." for match in unsettled}
    day_first = any(int(match["a"]) > 12 for match in unsettled) or dotted == {True}
    month_first = any(int(match["b"]) > 12 for match in unsettled)
    if day_first == month_first:
        raise _no_order(unsettled[0], column)
    return "dmy" if day_first else "mdy"


def _no_order(match: re.Match[str], column: str) -> Exception:
    return UnreadableFileError(
        "file.day_or_month",
        "In column {column} day and month cannot be told apart: {cell}.",
        "Declare their order: --dates dmy or --dates mdy.",
        column=cell(column),
        cell=cell(match[0]),
    )


def _moment(
    match: re.Match[str],
    text: str,
    order: str,
    place: tuple[str, Sequence[str], FileOptions],
) -> tuple[datetime, bool]:
    """Return the moment a cell states, and whether it carries a time of day."""
    column, cells, options = place
    try:
        day = _day(match, order)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
        if match["hour"] is None:
            return datetime.combine(day, time(0), tzinfo=None), False
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    except ValueError as error:
        raise _no_date(text, column, cells) from error
    moment = datetime.combine(day, clock)
    zone = _zone(match["offset"], options)
    return (moment if zone is None else moment.replace(tzinfo=zone)), True


def _day(match: re.Match[str], order: str) -> date:
    parts = match.groupdict()
    if "era" in parts:
        name = _ERA_LETTERS.get(parts["era"], parts["era"])
        base, first, last = _ERAS[name]
        number = 1 if parts["n"] == "元" else int(parts["n"])
        day = date(base + number, int(parts["m"]), int(parts["d"]))
        if not first <= day <= last:
            raise ValueError(match[0])
        return day
    if "name" in parts:
        name = parts["name"].casefold()
        place = next((i for i, month in enumerate(_MONTHS) if name.startswith(month)), -1)
        if place < 0 or (not _FULL_MONTHS[place].startswith(name) and name != "sept"):
            raise ValueError(match[0])
        return date(int(parts["y"]), place + 1, int(parts["d"]))
    if "a" in parts:
        first_part, second = int(parts["a"]), int(parts["b"])
        day_of, month = (first_part, second) if order == "dmy" else (second, first_part)
        return date(int(parts["y"]), month, day_of)
    return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))


_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


def _zone(offset: str | None, options: FileOptions) -> ZoneInfo | timezone | None:
    if offset in ("Z", "UTC"):
        return UTC
    if offset:
        digits = offset.replace(":", "")
        delta = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
        if delta >= timedelta(hours=24):
            return None
        return timezone(delta if digits[0] == "+" else -delta)
    return zone_of(options.zone) if options.zone else None


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone.

    Parameters
    ----------
    name
        IANA name.

    Returns
    -------
    zoneinfo.ZoneInfo
        Of that name.

    Raises
    ------
    UnreadableFileError
        When there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnreadableFileError(
            "file.zone", "There is no time zone {zone}.", "Write an IANA name.", zone=cell(name)
        ) from error


def _days(
    moments: Sequence[tuple[datetime, bool]],
    texts: Sequence[str],
    cells: Sequence[str],
    column: str,
) -> Days:
    """Collect moments; midnight everywhere is a date, anything else needs a zone."""
    timed = any(stated and moment.time() != time(0) for moment, stated in moments)
    naive = [moment.replace(tzinfo=None) for moment, _ in moments]
    places = dict(zip(texts, range(len(texts)), strict=True))
    index = np.array([places[text] for text in cells])
    labels = np.array(naive, dtype="M8[s]").astype("M8[D]")[index]
    if not timed:
        return Days(labels=labels, instants=None)
    without = next((t for (m, _), t in zip(moments, texts, strict=True) if m.tzinfo is None), None)
    if without is not None:
        raise UnreadableFileError(
            "file.no_zone",
            "The times in column {column} state no time zone: {cell}.",
            "Declare it: --zone America/New_York.",
            column=cell(column),
            cell=cell(without),
        )
    utc = [moment.astimezone(UTC).replace(tzinfo=None) for moment, _ in moments]
    return Days(labels=labels, instants=np.array(utc, dtype="M8[s]")[index])


def _no_date(text: str, column: str, cells: Sequence[str]) -> Exception:
    return UnreadableFileError(
        "file.not_a_date",
        "Row {row} of column {column} is no date: {cell}.",
        "Dates are written 2026-02-06, 2026/2/6, 20260206, 6 Feb 2026 or 2026年2月6日.",
        row=list(cells).index(text) + 1,
        column=cell(column),
        cell=cell(text),
    )
