"""Sheets of a workbook become cells; a formula is never evaluated, its stored result is read."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from comove.core.errors import UnreadableFileError
from comove.data.files.grid import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Grid
from comove.data.files.options import FileOptions
from comove.data.files.refusing import listed

MOST_PARTS = 10_000
RATIO = 300
"""Largest ratio of a part's size to its compressed size; workbooks reach about 50."""


def excel_grid(content: bytes, options: FileOptions) -> Grid:
    """Read one sheet of a workbook.

    Parameters
    ----------
    content
        The file: xlsx, xlsm, xls or ods.
    options
        ``sheet`` and ``skip``; a workbook with several sheets needs the former.

    Returns
    -------
    Grid
        Cells as numbers, dates, text or None.

    Raises
    ------
    UnreadableFileError
        When it is no workbook, or unpacks to something far larger.

    Notes
    -----
    A formula without a stored result, or one that ended in an error, is a missing value.
    """
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise _not_installed() from error
    _refuse_bomb(content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
        rows = book.get_sheet_by_name(_sheet(names, options.sheet)).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFileError(
            "file.not_a_workbook", "The file is no workbook, or is damaged."
        ) from error
    return _grid(rows[options.skip :])


def _not_installed() -> Exception:
    return UnreadableFileError(
        "file.not_installed",
        "Reading {kind} files needs a package that is not installed.",
        "Install it: pip install 'comove[files]'.",
        kind="Excel",
    )


def _refuse_bomb(content: bytes) -> None:
    """Refuse a workbook whose parts unpack to something far larger than it."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            listed = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(
            "file.not_a_workbook", "The file is no workbook, or is damaged."
        ) from error
    total = sum(part.file_size for part in listed)
    swollen = any(part.file_size > RATIO * max(part.compress_size, 1_000) for part in listed)
    if total > MOST_BYTES or len(listed) > MOST_PARTS or swollen:
        raise UnreadableFileError("file.too_large", "The file is too large.", "Split it.")


def _sheet(names: list[str], wanted: str) -> str:
    if wanted in names:
        return wanted
    if wanted or len(names) != 1:
        raise UnreadableFileError(
            "file.sheet",
            "The workbook has the sheets {sheets}.",
            "Name the one to read: --sheet NAME.",
            sheets=listed(names),
        )
    return names[0]


def _grid(rows: list[list[Any]]) -> Grid:
    rows = [row for row in rows if any(found != "" for found in row)]
    if not rows:
        raise UnreadableFileError("file.empty", "The file is empty.")
    width = max(len(row) for row in rows)
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise UnreadableFileError("file.too_large", "The file is too large.", "Split it.")
    kept = [i for i in range(width) if any(row[i] != "" for row in rows)]
    header = tuple(_name(rows[0][i]) for i in kept)
    columns = tuple([_cell(row[i]) for row in rows[1:]] for i in kept)
    return Grid(header=header, columns=columns)


def _name(found: object) -> str:
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    return str(found)


def _cell(found: object) -> object:
    return None if found == "" else found
