"""Claims in TOML: the same tests without a text to read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from typing import get_args

from comove.core.claim import Claim, claims_of
from comove.core.errors import QuestionError
from comove.core.units import Unit

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


_TIES = frozenset({"correlation", "comparison", "synchrony", "decoupling", "conditional"})
_ALONE = frozenset({"amount", "flow", "logic", "cause"})
_FIGURES = frozenset({"fall", "level", "trigger", "amount", "flow"})
_VARIANTS = {
    "level": "at", "average": "at", "correlation": "at", "path": "move", "rate": "move",
    "flow": "year", "amount": "all", "trigger": "above", "synchrony": "together",
    "diversification": "now", "cause": "series",
}  # fmt: skip
_KNOWN = {
    "level": frozenset(
        {"at", "above", "below", "high", "low", "near_high", "set_high", "forecast"}
    ),
    "classification": frozenset({"haven", "hedge", "risk", "high_beta", "beta"}),
    "diversification": frozenset({"now", "stress"}),
    "synchrony": frozenset({"jump", "together", "step"}),
    "amount": frozenset({"all", "btc", "longs"}),
}
_UNITS = frozenset(get_args(Unit))
_WAYS = frozenset({"fall", "conditional"})


def completed(claim: Claim) -> Claim:
    """Give a structured claim the form its kind is tested in, and refuse one that lacks a part.

    Parameters
    ----------
    claim
        With catalogue ids.

    Returns
    -------
    Claim
        With a variant, and an index to be set against where its kind needs one.

    Raises
    ------
    QuestionError
        When something is missing without which there is nothing to test.
    """
    others = claim.others
    if claim.kind == "classification" and not others:
        others = ("qqq",) if claim.series == ("spy",) else ("spy",)
    found = replace(claim, variant=claim.variant or _VARIANTS.get(claim.kind, ""), others=others)
    for name, missing in (
        ("series", claim.kind not in _ALONE and not claim.series),
        ("others", claim.kind in _TIES and not others),
        ("low or high", _wants_figure(found) and claim.low is None and claim.high is None),
        ("unit", _has_figure(claim) and claim.unit not in _UNITS),
        ("window", claim.kind == "average" and not claim.window),
        ("direction", claim.kind in _WAYS and claim.direction not in ("up", "down")),
        ("variant", found.variant not in _KNOWN.get(claim.kind, {found.variant})),
    ):
        if missing:
            raise QuestionError(
                "claim.incomplete",
                "A claim of kind {kind} needs a valid {name}.",
                "See the manual page on audit for the fields of a claim.",
                kind=claim.kind,
                name=name,
            )
    if claim.kind == "average" and claim.period not in ("weeks", "days"):
        found = replace(found, period="days")
    return found


def _has_figure(claim: Claim) -> bool:
    return claim.low is not None or claim.high is not None


def _wants_figure(claim: Claim) -> bool:
    bare = claim.variant in ("near_high", "set_high")
    return claim.kind in _FIGURES and not bare
