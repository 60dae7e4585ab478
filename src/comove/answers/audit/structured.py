"""Claims in TOML: the same tests without a text to read."""

from __future__ import annotations

import re
import tomllib
from datetime import date

from comove.core.claim import Claim, claims_of
from comove.core.errors import QuestionError

_HEAD = re.compile(r"^[ \t]*\[\[claims?\]\][ \t]*(?:#.*)?$", re.MULTILINE)


def is_structured(text: str) -> bool:
    """Tell whether a text is a list of claims in TOML.

    Parameters
    ----------
    text
        Any.

    Returns
    -------
    bool
        True when a line opens a table ``[[claim]]``.

    Examples
    --------
    >>> is_structured('[[claim]]'), is_structured("Gold rose.")
    (True, False)
    """
    return bool(_HEAD.search(text[:100_000]))


def structured(text: str) -> tuple[date | None, tuple[Claim, ...]]:
    """Read claims in TOML.

    Parameters
    ----------
    text
        With tables ``[[claim]]`` and perhaps a key ``date`` or ``asof`` on top.

    Returns
    -------
    tuple
        The date, or None, and the claims.

    Raises
    ------
    QuestionError
        When the TOML cannot be read, or a claim has a field that does not exist.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise QuestionError(
            "audit.toml", "The claims cannot be read: {cause}.", "Check the TOML.", cause=cause
        ) from cause
    told = tree.get("date", tree.get("asof"))
    rows = tree.get("claim", tree.get("claims", []))
    if not isinstance(rows, list):
        rows = [rows]
    claims = claims_of(rows)
    return (date.fromisoformat(str(told)[:10]) if told is not None else None), claims
