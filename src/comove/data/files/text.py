"""Bytes of a text file become cells: encoding, delimiter and width are settled here."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata

from comove.core.errors import UnreadableFileError
from comove.data.files.grid import MOST_COLUMNS, MOST_ROWS, Grid
from comove.data.files.options import FileOptions
from comove.data.files.refusing import cell

CANDIDATES = (",", ";", "\t", "|")
LONGEST_CELL = 1_000
"""Characters of a cell; longer ones are no dates, names or numbers."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE = ("HIRAGANA", "KATAKANA", "CJK", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC")
_SIGNS = frozenset("¥−▲△％．，・ー—…　、。「」（）()〜年月日金銀円株")


def text_grid(content: bytes, options: FileOptions) -> Grid:
    r"""Read a delimited text file.

    Parameters
    ----------
    content
        The file.
    options
        Encoding, delimiter and lines to skip, where they are declared.

    Returns
    -------
    Grid
        Text cells.

    Raises
    ------
    UnreadableFileError
        When the encoding cannot be told, no delimiter or several give rows of equal width, a row is
        ragged or a quotation is not closed.

    Examples
    --------
    >>> text_grid(b"date;close\n2026-02-06;1,5\n", FileOptions()).columns
    (['2026-02-06'], ['1,5'])
    """
    text = decoded(content, options.encoding)
    if "\x00" in text:
        raise UnreadableFileError("file.binary", "The file holds binary data, not text.")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", options.skip)
    body = lines[-1] if len(lines) > options.skip else ""
    body = body.lstrip("\n")
    delimiter = options.delimiter or _delimiter(body)
    header, columns = _table(body, delimiter)
    return Grid(header=header, columns=columns, delimiter=delimiter)


def decoded(content: bytes, encoding: str) -> str:
    """Decode a text file.

    Parameters
    ----------
    content
        The file.
    encoding
        As declared; empty to tell it from the bytes.

    Returns
    -------
    str
        Without byte-order mark.

    Raises
    ------
    UnreadableFileError
        When the bytes do not fit the declared encoding, or none can be told.

    Notes
    -----
    A byte-order mark decides.  Else UTF-8 where it fits; else CP932 where it fits and gives
    Japanese; else CP1252 where it fits and gives letters.  Anything else is to be declared.
    """
    if encoding:
        return _strictly(content, encoding)
    for mark, name in _BOMS:
        if content.startswith(mark):
            if not name:
                break
            return _strictly(content, name)
    else:
        for name, fits in (("utf-8", _anything), ("cp932", _japanese), ("cp1252", _western)):
            try:
                text = content.decode(name)
            except UnicodeDecodeError:
                continue
            if fits(text):
                return text
    raise UnreadableFileError(
        "file.encoding",
        "The encoding of the file cannot be told.",
        "Declare it, e.g. --encoding cp932, or save the file as UTF-8.",
    )


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        raise UnreadableFileError(
            "file.not_encoded",
            "The file is not encoded as {encoding}.",
            "Declare another encoding, or save the file as UTF-8.",
            encoding=encoding,
        ) from error


def _anything(text: str) -> bool:
    return "\x00" not in text


def _japanese(text: str) -> bool:
    beyond = {char for char in text if ord(char) > 127}
    return all(
        char in _SIGNS or unicodedata.name(char, "").startswith(_JAPANESE) for char in beyond
    )


def _western(text: str) -> bool:
    beyond = {char for char in text if ord(char) > 127}
    return all(char in "€£¥$\xa0−–—°" or unicodedata.category(char)[0] == "L" for char in beyond)


def _delimiter(body: str) -> str:
    """Return the one delimiter under which every row is as wide as the header."""
    head = body.split("\n", 1)[0]
    found = []
    for candidate in CANDIDATES:
        if candidate in head:
            widths = {len(row) for row in _sample(body, candidate)}
            if len(widths) == 1 and widths != {1}:
                found.append(candidate)
    if len(found) == 1:
        return found[0]
    present = [candidate for candidate in CANDIDATES if candidate in head]
    if not found and len(present) == 1:
        return present[0]  # a ragged row is then named by its line
    raise UnreadableFileError(
        "file.delimiter",
        "The delimiter of the file cannot be told.",
        "Declare it, e.g. --delimiter semicolon.",
    )


def _sample(body: str, delimiter: str) -> list[list[str]]:
    lines = body[:100_000].split("\n")
    if len(body) > 100_000:
        lines.pop()
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter, strict=True) if any(row)]
    except csv.Error:
        return []


def _table(body: str, delimiter: str) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in reader if row and (row[0] or any(row))]
    except csv.Error as error:
        raise UnreadableFileError(
            "file.quotation",
            "Line {line} cannot be split: a quotation mark is not closed or stands inside a cell.",
            line=reader.line_num,
        ) from error
    if not rows:
        raise UnreadableFileError("file.empty", "The file is empty.")
    width = len(rows[0])
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise UnreadableFileError("file.too_large", "The file is too large.", "Split it.")
    if len(set(map(len, rows))) > 1:
        line = next(i for i, row in enumerate(rows) if len(row) != width)
        raise UnreadableFileError(
            "file.ragged",
            "Row {row} below the header has {found} cells, the header has {width}.",
            "A number may contain the delimiter: quote it, or declare another delimiter.",
            row=line,
            found=len(rows[line]),
            width=width,
        )
    header = tuple(rows[0])
    columns = tuple(list(column) for column in zip(*rows[1:], strict=True))
    for name, column in zip(header, columns, strict=False):
        if max(map(len, column)) > LONGEST_CELL:
            raise UnreadableFileError(
                "file.long_cell", "A cell of column {column} is too long.", column=cell(name)
            )
    return header, columns or tuple([] for _ in header)
