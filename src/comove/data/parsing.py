"""Bytes of a bundled file become labels, values and rows, or the file is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from types import MappingProxyType

import numpy as np

from comove.core.observations import Floats, Instants
from comove.core.snapshot import Row
from comove.data.manifest import damaged

HEADER = b"date,value"

_ALLOWED = b"0123456789.-+eE,\n"
_DASHES = (4, 7)
_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9)
_NUMBERS: Mapping[str, Callable[[str], float]] = MappingProxyType({"int": int, "float": float})


def dated_values(content: bytes, file: str) -> tuple[Instants, Floats]:
    r"""Read a ``date,value`` file.

    Parameters
    ----------
    content
        ISO dates, strictly ascending; finite numbers; one row a line, at least one row.
    file
        Named in the error.

    Returns
    -------
    labels
        Shape (T,), ``datetime64[D]``.
    values
        Shape (T,), finite.

    Raises
    ------
    DamagedFileError
        For anything else: another header, a ragged row, a date out of order, a blank, a word.

    Examples
    --------
    >>> dated_values(b"date,value\n2026-01-02,1.5\n", "x.csv")[1].tolist()
    [1.5]
    """
    head, _, body = content.partition(b"\n")
    tokens = body.replace(b"\n", b",").split(b",")
    if (
        head != HEADER
        or not body.endswith(b"\n")
        or body.translate(None, _ALLOWED)
        or len(tokens) != 2 * body.count(b"\n") + 1
    ):
        raise damaged(file)
    try:
        labels = _days(tokens[:-1:2])
        values = np.array([float(token) for token in tokens[1::2]])
    except ValueError as error:
        raise damaged(file) from error
    ordered = (np.diff(labels).astype(np.int64) > 0).all()
    if not ordered or not np.isfinite(values).all():
        raise damaged(file)
    return labels, values


def _days(tokens: list[bytes]) -> Instants:
    """Read ISO days strictly: numpy alone would take ``2026-01`` for the first of January."""
    text = np.array(tokens)
    digits = text.view(np.uint8).reshape(len(tokens), -1)
    if digits.shape[1] != 10 or not (digits[:, _DASHES] == ord("-")).all():
        raise ValueError
    if not (digits[:, _DIGITS] - ord("0") <= 9).all():  # unsigned: what lies below "0" wraps round
        raise ValueError
    return text.astype("M8[D]")


def table_rows(content: bytes, columns: Mapping[str, str], file: str) -> tuple[Row, ...]:
    r"""Read a table of dated figures.

    Parameters
    ----------
    content
        CSV with a header, UTF-8.
    columns
        Column name to ``int``, ``float``, ``date`` or ``text``, in the order of the file.
    file
        Named in the error.

    Returns
    -------
    tuple of mappings
        One per row, read-only; an empty cell is None.

    Raises
    ------
    DamagedFileError
        When header, width or a cell's type differ.

    Examples
    --------
    >>> table_rows(b"year,tonnes\n2025,\n", {"year": "int", "tonnes": "float"}, "x")[0]["year"]
    2025
    """
    try:
        header, *lines = csv.reader(io.StringIO(content.decode("utf-8")), strict=True)
        if header != list(columns):
            raise damaged(file)
        return tuple(_row(line, columns) for line in lines)
    except (ValueError, csv.Error) as error:
        raise damaged(file) from error


def _row(line: list[str], columns: Mapping[str, str]) -> Row:
    pairs = zip(columns.items(), line, strict=True)
    return MappingProxyType({name: _cell(cell, kind) for (name, kind), cell in pairs})


def _cell(cell: str, kind: str) -> object:
    """Read one cell; Python's own int and float would take ``1_000`` and full-width digits."""
    if not cell:
        return None
    if kind == "text":
        return cell
    if cell.encode().translate(None, _ALLOWED):
        raise ValueError(cell)
    if kind == "date":
        day = date.fromisoformat(cell)
        if day.isoformat() != cell:
            raise ValueError(cell)
        return day
    number = _NUMBERS[kind](cell)
    if not isfinite(number):
        raise ValueError(cell)
    return number
