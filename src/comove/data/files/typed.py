"""Columns that know their type (Parquet, Excel, data frames) become numbers or dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.core.observations import Floats
from comove.data.files.days import FIRST_YEAR, LAST_YEAR, Days, days, zone_of
from comove.data.files.numerals import Figures, figures
from comove.data.files.options import FileOptions
from comove.data.files.refusing import cell

EXACT = 2**53
"""Whole numbers up to here are held without loss."""


@dataclass(frozen=True)
class Unusable:
    """A column of a type that holds neither numbers nor dates nor text; an error only when used.

    Attributes
    ----------
    kind
        Its type, for the error.
    count
        Number of cells.
    """

    kind: str
    count: int

    def __len__(self) -> int:
        """Return the number of cells."""
        return self.count


def is_text(column: object) -> bool:
    """Tell whether every cell is text."""
    return isinstance(column, list) and all(isinstance(found, str) for found in column)


def numbers(column: Any, name: str, missing: Sequence[str]) -> Floats | Figures:  # noqa: ANN401 - any cells
    """Return the numbers of a column, or its text cells when it holds text.

    Parameters
    ----------
    column
        A NumPy array, or a list of cells.
    name
        Named in errors.
    missing
        Further words that mean that there is no value.

    Returns
    -------
    Floats or Figures
        Shape (T,), NaN where there is no value; text still waits for its decimal mark.

    Raises
    ------
    UnreadableFileError
        For truth values, dates, and whole numbers too large to be held exactly.
    """
    refuse_unusable(column, name)
    if isinstance(column, np.ndarray):
        return _array(column, name)
    if is_text(column):
        return figures(column, name, missing)
    if any(isinstance(found, str) for found in column):
        texts = [_as_text(found) for found in column]
        for row, (found, text) in enumerate(zip(column, texts, strict=True), start=1):
            if text is None:
                raise _no_number(found, name, row)
        return figures([text or "" for text in texts], name, missing)
    return np.array([_number(found, name, row) for row, found in enumerate(column, start=1)])


def refuse_unusable(column: object, name: str) -> None:
    """Refuse a column that holds neither numbers nor dates nor text.

    Parameters
    ----------
    column
        As found.
    name
        Named in the error.

    Raises
    ------
    UnreadableFileError
        When it is an :class:`Unusable`.
    """
    if isinstance(column, Unusable):
        raise UnreadableFileError(
            "file.column_type",
            "Column {column} holds {kind}, which is neither a number, a date nor text.",
            "Name the columns to read: --column NAME=SERIES.",
            column=cell(name),
            kind=column.kind,
        )


def _array(column: np.ndarray[Any, Any], name: str) -> Floats:
    if column.dtype.kind in "iu":
        if len(column) and (column.max() > EXACT or column.min() < -EXACT):
            raise _too_long(name)
        return column.astype(np.float64)
    if column.dtype.kind == "f":
        found = column.astype(np.float64)
        if np.isinf(found).any():
            raise _no_number("inf", name, int(np.argmax(np.isinf(found))) + 1)
        return found
    raise _no_number(column[0] if len(column) else "", name, 1)


def _number(found: object, name: str, row: int) -> float:
    if found is None:
        return float("nan")
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        raise _no_number(found, name, row)
    if isinstance(found, int) and abs(found) > EXACT:
        raise _too_long(name)
    value = float(found)
    if np.isinf(value):
        raise _no_number(found, name, row)
    return value


def _as_text(found: object) -> str | None:
    """Write a number as text beside other text cells; None for what is neither."""
    if found is None:
        return ""
    if isinstance(found, str):
        return found
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
        return None
    return repr(found) if np.isfinite(float(found)) else ""


def dates(column: Any, name: str, options: FileOptions) -> Days:  # noqa: ANN401 - any cells
    """Return the dates of a column.

    Parameters
    ----------
    column
        A NumPy array, or a list of cells: dates, moments or text.
    name
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
        For cells that are no dates, and for times of day without a zone.
    """
    refuse_unusable(column, name)
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "M":
            return _moments(column, name, options)
        column = column.tolist()
    if is_text(column):
        return days(column, name, options)
    texts = [_date_text(found, name, row) for row, found in enumerate(column, start=1)]
    return days(texts, name, options)


def _moments(column: np.ndarray[Any, Any], name: str, options: FileOptions) -> Days:
    seconds = column.astype("M8[s]")
    labels = seconds.astype("M8[D]")
    if np.isnat(labels).any():
        raise _no_date(None, name, int(np.argmax(np.isnat(labels))) + 1)
    years = labels.astype("M8[Y]").astype(int) + 1970
    if len(years) and not (years.min() >= FIRST_YEAR and years.max() <= LAST_YEAR):
        raise _no_date(str(labels[0]), name, 1)
    if (seconds == labels.astype("M8[s]")).all():
        return Days(labels=labels, instants=None)
    texts = [str(moment).replace("T", " ") for moment in seconds]
    return days(texts, name, options)


def _date_text(found: object, name: str, row: int) -> str:
    if isinstance(found, datetime):
        return found.isoformat(sep=" ", timespec="seconds")
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, str):
        return found
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    raise _no_date(found, name, row)


def aware(column: np.ndarray[Any, Any], zone: str) -> list[str]:
    """Write UTC instants as texts in a zone, so that midnight there is seen as a date.

    Parameters
    ----------
    column
        Shape (T,), ``datetime64`` UTC.
    zone
        IANA name, or an offset such as ``+09:00``.

    Returns
    -------
    list of str
        With offsets; empty for NaT.
    """
    from datetime import timedelta, timezone

    if zone[:1] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        delta = timedelta(hours=hours, minutes=minutes)
        where: Any = timezone(delta if zone[0] == "+" else -delta)
    else:
        where = UTC if zone == "UTC" else zone_of(zone)
    moments = column.astype("M8[s]").tolist()
    return [
        "" if at is None else at.replace(tzinfo=UTC).astimezone(where).isoformat(sep=" ")
        for at in moments
    ]


def midnight(moment: datetime) -> bool:
    """Tell whether a moment is a bare date."""
    return moment.time() == time(0)


def _no_number(found: object, name: str, row: int) -> Exception:
    return UnreadableFileError(
        "file.not_a_number",
        "Row {row} of column {column} is no number: {cell}.",
        "Empty cells, '.', '-' and N/A count as missing; declare other words with --missing.",
        row=row,
        column=cell(name),
        cell=cell(found),
    )


def _too_long(name: str) -> Exception:
    return UnreadableFileError(
        "file.too_long",
        "Column {column} holds whole numbers too large to be held exactly.",
        "They may be identifiers; name the column of values with --value.",
        column=cell(name),
    )


def _no_date(found: object, name: str, row: int) -> Exception:
    return UnreadableFileError(
        "file.not_a_date",
        "Row {row} of column {column} is no date: {cell}.",
        "Dates are written 2026-02-06, 2026/2/6, 20260206, 6 Feb 2026 or 2026年2月6日.",
        row=row,
        column=cell(name),
        cell=cell("" if found is None else found),
    )
