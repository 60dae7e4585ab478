"""What is held, as it is typed or kept in a file: names and weights."""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Iterable, Mapping
from numbers import Real
from unicodedata import normalize

from comove.core.errors import QuestionError

Weights = tuple[tuple[str, float], ...]

CASH = frozenset({"cash", "現金", "キャッシュ"})
"""Names under which money that is not invested is written."""

FILES = (".toml", ".csv")
"""Endings of a file of weights."""


def parse_weights(given: object) -> Weights:
    """Read weights as they are typed.

    Parameters
    ----------
    given
        A mapping or a pandas series of name to weight, pairs, or text such as ``"spy=.6,tlt=40%"``,
        also in several pieces and full width.  A weight is a fraction, negative for a short
        position; a percentage carries its sign.

    Returns
    -------
    Weights
        Names as given, in order, cash among them.

    Raises
    ------
    QuestionError
        For an entry without a weight, or a weight that is not a finite number.

    Examples
    --------
    >>> parse_weights("spy=.6, tlt=40%")
    (('spy', 0.6), ('tlt', 0.4))
    >>> parse_weights({"spy": 1.2, "cash": -0.2})
    (('spy', 1.2), ('cash', -0.2))
    """
    listed = getattr(given, "items", None)
    if callable(listed):
        return tuple((str(name).strip(), _number(name, value)) for name, value in listed())
    pieces = (given,) if isinstance(given, str) else given
    if not isinstance(pieces, Iterable):
        raise _unreadable(given)
    found: list[tuple[str, float]] = []
    for piece in pieces:
        if isinstance(piece, str):
            plain = normalize("NFKC", piece).replace("、", ",")
            found += [_entry(entry) for entry in plain.split(",") if entry.strip()]
        elif isinstance(piece, list | tuple) and len(piece) == 2:
            found.append((str(piece[0]).strip(), _number(*piece)))
        else:
            raise _unreadable(piece)
    return tuple(found)


def weights_in(text: str, path: str) -> Weights:
    r"""Read the weights in a file.

    Parameters
    ----------
    text
        TOML with ``name = weight`` at the top or under ``[weights]``, or CSV with a name and a
        weight in each row, under a heading or not.
    path
        Its ending tells which.

    Returns
    -------
    Weights
        In the order of the file.

    Raises
    ------
    QuestionError
        When the file does not hold names and weights.

    Examples
    --------
    >>> weights_in("[weights]\nspy = 0.6\ntlt = 0.4\n", "book.toml")
    (('spy', 0.6), ('tlt', 0.4))
    >>> weights_in("asset,weight\nspy,60%\ntlt,40%\n", "book.csv")
    (('spy', 0.6), ('tlt', 0.4))
    """
    if path.lower().endswith(".toml"):
        return _toml(text, path)
    rows = [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
    if rows and len(rows[0]) >= 2 and not _reads(rows[0][1]):
        rows = rows[1:]
    if not rows or any(len(row) < 2 for row in rows):
        raise _not_a_book(path)
    return tuple((row[0].strip(), _number(row[0], row[1])) for row in rows)


def _toml(text: str, path: str) -> Weights:
    try:
        tree: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise _not_a_book(path) from cause
    inner = tree.get("weights", tree)
    if not isinstance(inner, Mapping) or not inner:
        raise _not_a_book(path)
    return parse_weights(inner)


def _entry(text: str) -> tuple[str, float]:
    name, sign, value = text.rpartition("=")
    if not sign or not name.strip():
        raise _unreadable(text.strip())
    return name.strip(), _number(name.strip(), value)


def _reads(value: str) -> bool:
    try:
        _number("", value)
    except QuestionError:
        return False
    return True


def _number(name: object, value: object) -> float:
    number = math.nan
    if isinstance(value, str):
        text = normalize("NFKC", value).strip()
        try:
            number = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            number = math.nan
    elif isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
    if not math.isfinite(number):
        raise QuestionError(
            "weights.number",
            "The weight of {name} is {value}, not a number.",
            "Write a fraction or a percentage: spy=0.6 or spy=60%.",
            name=str(name).strip(),
            value=str(value).strip(),
        )
    return number


def _unreadable(given: object) -> QuestionError:
    return QuestionError(
        "weights.form",
        "{given} is not a name with a weight.",
        "Write spy=0.6,tlt=0.4, or name a .toml or .csv file.",
        given=given,
    )


def _not_a_book(path: str) -> QuestionError:
    return QuestionError(
        "weights.file",
        "{path} does not hold names and weights.",
        "TOML: spy = 0.6 on a line of its own; CSV: spy,0.6.",
        path=path,
    )
