"""Cells become numbers: one decimal mark for the whole file, and nothing that can be read twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from comove.core.errors import UnreadableFileError
from comove.core.observations import Floats
from comove.data.files.refusing import cell, listed

MISSING = frozenset(
    (
        *("", ".", "-", "--", "---", "–", "—", "―", "ー", "欠損", "欠測", "休場"),
        *("n/a", "na", "#n/a", "n.a.", "null", "none", "nan", "nil"),
    )
)
"""Cells that say that there is no value, in lower case."""

_MARKED = frozenset("0123456789.-+eE, '")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SAME = _FULL_WIDTH | {
    0x3000: " ",
    0x00A0: " ",
    0x202F: " ",
    0x2009: " ",
    0x2212: "-",
    0x25B2: "-",
    0x25B3: "-",
    0xFFE5: "¥",
    0xFFE1: "£",
    0x2019: "'",
}
"""Full-width forms, kinds of blanks and minus signs (Japanese tables write ▲ for minus)."""

_CURRENCIES = {
    "us$": "usd", "$": "usd", "usd": "usd", "米ドル": "usd", "ドル": "usd",
    "¥": "jpy", "円": "jpy", "jpy": "jpy", "€": "eur", "eur": "eur", "ユーロ": "eur",
    "£": "gbp", "gbp": "gbp", "chf": "chf",
}  # fmt: skip
_BEFORE = re.compile(
    r"([+-]?)\s*(us\$|[$¥€£]|usd|jpy|eur|gbp|chf)\s*([+-]?)(?=[\d.,])", re.IGNORECASE
)
_AFTER = re.compile(
    r"(?<=\d)\s*(us\$|[$¥€£]|usd|jpy|eur|gbp|chf|円|米ドル|ドル|ユーロ)$", re.IGNORECASE
)
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
_DIGIT = r"[+-]?(?=[.,]?[0-9])"
_FIRST = r"[1-9][0-9]{0,2}"
_PLAIN = rf"{_FIRST}(?: [0-9]{{3}})+|{_FIRST}(?:'[0-9]{{3}})+|[0-9]*)"
_DOT = re.compile(rf"{_DIGIT}(?:{_FIRST}(?:,[0-9]{{3}})+|{_PLAIN}(?:\.[0-9]*)?{_EXPONENT}")
_COMMA = re.compile(rf"{_DIGIT}(?:{_FIRST}(?:\.[0-9]{{3}})+|{_PLAIN}(?:,[0-9]*)?{_EXPONENT}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures:
    """Cells of one column, stripped of everything but digits and marks.

    Attributes
    ----------
    column
        Its name.
    cells
        Without currency, percent sign and blanks around; empty where there is no value.
    percent
        Every value carries a percent sign.
    currency
        That every value carries; empty for none.
    marks
        Decimal marks under which every cell is a number.
    differs
        Some cell is another number under the other mark.
    """

    column: str
    cells: Sequence[str]
    percent: bool
    currency: str
    marks: frozenset[str]
    differs: bool


def figures(cells: Sequence[str], column: str, missing: Sequence[str] = ()) -> Figures:
    """Strip the cells of a column and tell which decimal marks they allow.

    Parameters
    ----------
    cells
        As found.
    column
        Named in errors.
    missing
        Further words that mean that there is no value.

    Returns
    -------
    Figures
        Not yet numbers: the decimal mark is settled for the whole file.

    Raises
    ------
    UnreadableFileError
        Naming the first cell that is no number, or when percent signs or currencies are mixed.
    """
    absent = MISSING | {word.strip().casefold() for word in missing}
    used = set("".join(cells))
    if not used - _MARKED:
        bare = ["" if text in absent else text for text in cells]
        if " " in used:
            bare = [text.strip() for text in bare]
            bare = ["" if text in absent else text for text in bare]
        return _judged(column, bare, percent=False, currency="")
    plain = [text.translate(_SAME).strip() for text in cells]
    plain = ["" if text.casefold() in absent else text for text in plain]
    dressed = [_stripped(text) for text in plain]
    worn = {(each[1], each[2]) for each, text in zip(dressed, plain, strict=True) if text}
    if len(worn) > 1:
        raise _mixed(column, dressed, plain, cells)
    percent, currency = next(iter(worn), (False, ""))
    bare = [each[0] for each in dressed]
    return _judged(column, bare, percent=percent, currency=currency)


def _mixed(
    column: str,
    dressed: Sequence[tuple[str, bool, str]],
    plain: Sequence[str],
    cells: Sequence[str],
) -> Exception:
    filled = [i for i, text in enumerate(plain) if text]
    row = next(i for i in filled if dressed[i][1:] != dressed[filled[0]][1:])
    return UnreadableFileError(
        "file.mixed",
        "Column {column} mixes values with and without a percent sign or currency"
        " (row {row}: {cell}).",
        "Write all values of a column in one unit.",
        column=cell(column),
        row=row + 1,
        cell=cell(cells[row]),
    )


def _stripped(text: str) -> tuple[str, bool, str]:
    """Take percent sign, currency and the brackets of a negative amount off a cell."""
    if text.startswith("(") and text.endswith(")") and text[1:2] not in "+-":
        text = "-" + text[1:-1].strip()
    percent = text.endswith("%")
    if percent:
        text = text[:-1].rstrip()
    before, after = _BEFORE.match(text), _AFTER.search(text)
    currency = ""
    if before and not after:
        currency = _CURRENCIES[before[2].casefold()]
        text = before[1] + before[3] + text[before.end() :]
    elif after and not before:
        currency = _CURRENCIES[after[1].casefold()]
        text = text[: after.start()]
    return text, percent, currency


def _judged(column: str, cells: list[str], *, percent: bool, currency: str) -> Figures:
    """Tell which decimal marks fit all cells, and whether they give the same numbers."""
    filled = [text for text in cells if text]
    dots = all(map(_DOT.fullmatch, filled))
    commas = all(map(_COMMA.fullmatch, filled))
    if not dots and not commas:
        _refuse_words(column, cells)
    marks = frozenset(mark for mark, fits in ((".", dots), (",", commas)) if fits)
    differs = dots and commas and any("," in text or "." in text for text in filled)
    return Figures(
        column=column,
        cells=cells,
        percent=percent,
        currency=currency,
        marks=marks,
        differs=differs,
    )


def _refuse_words(column: str, cells: list[str]) -> None:
    for row, text in enumerate(cells, start=1):
        if text and not _DOT.fullmatch(text) and not _COMMA.fullmatch(text):
            raise UnreadableFileError(
                "file.not_a_number",
                "Row {row} of column {column} is no number: {cell}.",
                "Empty cells, '.', '-' and N/A count as missing; declare other words with"
                " --missing.",
                row=row,
                column=cell(column),
                cell=cell(text),
            )


def decimal_mark(columns: Sequence[Figures], declared: str, delimiter: str) -> str:
    """Settle the decimal mark of a file.

    Parameters
    ----------
    columns
        All columns of values.
    declared
        The option; empty to tell it from the file.
    delimiter
        Of the file; where it is a comma, a point in a number is a decimal point.

    Returns
    -------
    str
        ``.`` or ``,``.

    Raises
    ------
    UnreadableFileError
        When the columns contradict each other or the option, or every number can be read in two
        ways, as ``1,234`` can.
    """
    allowed = frozenset(".,")
    for found in columns:
        allowed &= found.marks
    if declared:
        if declared in allowed:
            return declared
        raise UnreadableFileError(
            "file.decimal_differs",
            "The numbers do not fit the decimal mark {mark}.",
            "Leave it out to have it told from the file.",
            mark=cell(declared),
        )
    if len(allowed) == 1:
        return next(iter(allowed))
    if not allowed:
        raise UnreadableFileError(
            "file.decimal_mixed",
            "The columns {columns} use different decimal marks.",
            "Write all numbers of a file alike.",
            columns=listed([found.column for found in columns]),
        )
    unclear = [found for found in columns if found.differs]
    commas = any("," in text for found in unclear for text in found.cells)
    if not unclear or (delimiter == "," and not commas):
        return "."
    first = next(text for text in unclear[0].cells if "," in text or "." in text)
    raise UnreadableFileError(
        "file.decimal_unclear",
        "{cell} in column {column} can be read in two ways, and no other number decides.",
        "Declare the decimal mark: --decimal . or --decimal ,",
        cell=cell(first),
        column=cell(unclear[0].column),
    )


def values(found: Figures, mark: str) -> Floats:
    """Turn stripped cells into numbers.

    Parameters
    ----------
    found
        From :func:`figures`.
    mark
        The decimal mark, one of ``found.marks``.

    Returns
    -------
    Floats
        Shape (T,); NaN where there is no value.

    Raises
    ------
    UnreadableFileError
        When a number is too large to be held.
    """
    cells: Sequence[str] = found.cells
    if mark == ",":
        cells = [text.replace(".", "").replace(",", ".") for text in cells]
    elif any("," in text for text in cells):
        cells = [text.replace(",", "") for text in cells]
    if any(" " in text or "'" in text for text in cells):
        cells = [text.replace(" ", "").replace("'", "") for text in cells]
    numbers = np.array([float(text) if text else np.nan for text in cells])
    endless = np.flatnonzero(np.isinf(numbers))
    if len(endless):
        raise UnreadableFileError(
            "file.too_big",
            "Row {row} of column {column} is too large a number: {cell}.",
            row=int(endless[0]) + 1,
            column=cell(found.column),
            cell=cell(cells[int(endless[0])]),
        )
    return numbers
