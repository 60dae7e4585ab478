"""Reading what a service sent without guessing: every doubt is a PayloadError that says which."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import orjson

from comove.core.errors import PayloadError, QuestionError
from comove.core.source import Payload

_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9.=^_$-]{1,40}", re.ASCII)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)
_SHOWN = 160


def document(payload: Payload) -> Any:  # noqa: ANN401 - any JSON value
    """Parse a JSON body.

    Parameters
    ----------
    payload
        As received.

    Returns
    -------
    object
        NaN and infinities are no JSON and refused.

    Raises
    ------
    PayloadError
        When the body is empty, cut off or no JSON.
    """
    if not payload.body.strip():
        raise nothing(payload)
    try:
        return orjson.loads(payload.body)
    except orjson.JSONDecodeError as cause:
        raise PayloadError(
            "payload.not_json",
            "{source} sent something that is not JSON.",
            "What is held stays as it is; comove data doctor shows whether the service changed.",
            source=payload.request.source,
        ) from cause


def text(payload: Payload) -> str:
    """Decode a body that is UTF-8 text, with or without a byte order mark.

    Parameters
    ----------
    payload
        As received.

    Returns
    -------
    str
        Not blank, and no HTML.

    Raises
    ------
    PayloadError
        When it is empty, in another encoding, or a web page.
    """
    if not payload.body.strip():
        raise nothing(payload)
    try:
        found = payload.body.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise unusable(payload, "UTF-8") from cause
    if found.lstrip()[:1] == "<" or "\x00" in found:
        raise unusable(payload, "text")
    return found


def nothing(payload: Payload) -> PayloadError:
    """Return the error for an empty answer."""
    return PayloadError(
        "payload.empty",
        "{source} sent nothing.",
        "What is held stays as it is; try later.",
        source=payload.request.source,
    )


def unusable(payload: Payload, field: str) -> PayloadError:
    """Return the error for a field that is missing, or is not what it should be."""
    return PayloadError(
        "payload.field",
        "{source} sent no usable {field}.",
        "What is held stays as it is; comove data doctor shows whether the service changed.",
        source=payload.request.source,
        field=field,
    )


def partial(payload: Payload) -> PayloadError:
    """Return the error for an answer that was cut off."""
    return PayloadError(
        "payload.partial",
        "{source} sent only part of an answer.",
        "What is held stays as it is; try again.",
        source=payload.request.source,
    )


def message(payload: Payload, said: object) -> PayloadError:
    """Return the error for a service that answers with a message of its own instead of data."""
    shown = "".join(sign if sign.isprintable() else " " for sign in str(said))[:_SHOWN]
    return PayloadError(
        "payload.message",
        "{source} answered with a message instead of data: {message}",
        "What is held stays as it is.",
        source=payload.request.source,
        message=shown.strip(),
    )


def mapping(payload: Payload, found: object, field: str) -> Mapping[str, Any]:
    """Return ``found`` if it is a JSON object; PayloadError names ``field`` otherwise."""
    if not isinstance(found, dict):
        raise unusable(payload, field)
    return found


def listing(payload: Payload, found: object, field: str) -> Sequence[Any]:
    """Return ``found`` if it is a JSON array; PayloadError names ``field`` otherwise."""
    if not isinstance(found, list):
        raise unusable(payload, field)
    return found


def member(payload: Payload, holder: object, field: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return ``holder[field]``; PayloadError when it is no object or lacks the field."""
    found = mapping(payload, holder, field)
    if field not in found:
        raise unusable(payload, field)
    return found[field]


def number(payload: Payload, found: object, field: str) -> float:
    """Read one number.

    Parameters
    ----------
    payload
        Whose request names the source.
    found
        A JSON number, or text that is nothing but a decimal number in ASCII digits.
    field
        What it is, for the error.

    Returns
    -------
    float
        Finite.

    Raises
    ------
    PayloadError
        For anything else: truth values, blanks, thousands separators, NaN, infinities.
    """
    if isinstance(found, str) and _NUMBER.fullmatch(found):
        found = float(found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise unusable(payload, field)
    try:
        value = float(found)
    except OverflowError:
        raise unusable(payload, field) from None
    if not math.isfinite(value):
        raise unusable(payload, field)
    return value


def day(payload: Payload, found: object, field: str) -> np.datetime64:
    """Read one date, ``2026-02-06`` or ``02/06/2026``.

    Parameters
    ----------
    payload
        Whose request names the source.
    found
        Text.
    field
        What it is, for the error.

    Returns
    -------
    numpy.datetime64
        Of unit D, in 1900 to 2099.

    Raises
    ------
    PayloadError
        For anything that is no such date.
    """
    if not isinstance(found, str):
        raise unusable(payload, field)
    if parts := _DAY.fullmatch(found):
        year, month, of_month = parts.groups()
    elif parts := _AMERICAN.fullmatch(found):
        month, of_month, year = parts.groups()
    else:
        raise unusable(payload, field)
    try:
        read = date(int(year), int(month), int(of_month))
    except ValueError as cause:
        raise unusable(payload, field) from cause
    if not _EARLIEST <= read < _LATEST:
        raise unusable(payload, field)
    return np.datetime64(read, "D")


def instant(payload: Payload, found: object, field: str, per_second: int = 1) -> np.datetime64:
    """Read one instant given as a count since 1970.

    Parameters
    ----------
    payload
        Whose request names the source.
    found
        A whole number, or text that is one.
    field
        What it is, for the error.
    per_second
        1 for seconds, 1000 for milliseconds: milliseconds read as seconds are refused, and so are
        seconds read as milliseconds.

    Returns
    -------
    numpy.datetime64
        Of unit s, UTC, in 1985 to 2099; fractions of a second are cut.

    Raises
    ------
    PayloadError
        For anything else.
    """
    count = number(payload, found, field)
    seconds = count / per_second
    if count != int(count) or not 473_385_600 <= seconds < 4_102_444_800:
        raise unusable(payload, field)
    return np.datetime64(int(seconds), "s")


def unserved(source: str, code: str, known: str) -> QuestionError:
    """Return the error for a code that a source cannot serve, with codes that it can."""
    return QuestionError(
        "source.example",
        "{source} cannot serve {code}.",
        "For example: {known}.",
        source=source,
        code=code,
        known=known,
    )


def plain(source: str, code: str, known: str) -> str:
    """Return a code that may stand in a path: letters, digits and ``.=^_$-``, no dots in a row."""
    if not _PLAIN.fullmatch(code) or ".." in code:
        raise unserved(source, code, known)
    return code
