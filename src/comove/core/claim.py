"""A claim as comove can test it, and the words a test may end in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from math import isfinite
from typing import Literal, get_args

from comove.core.errors import QuestionError

Ruling = Literal["holds", "does_not_hold", "misleading", "cannot_tell", "not_testable"]
"""How a test may end; ``misleading`` is true but hides the larger fact."""

RULINGS: tuple[str, ...] = get_args(Ruling)

ClaimKind = Literal[
    "fall",
    "path",
    "level",
    "average",
    "correlation",
    "comparison",
    "synchrony",
    "rate",
    "trigger",
    "conditional",
    "cause",
    "classification",
    "decoupling",
    "amount",
    "flow",
    "diversification",
    "logic",
    "contradiction",
]
KINDS: tuple[str, ...] = get_args(ClaimKind)

_NUMBERS = ("low", "high", "step")
_OWN = frozenset({"place", "language"})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement that data may bear out or not.

    Attributes
    ----------
    kind
        Which test it goes to, one of :data:`KINDS`.
    variant
        What exactly is stated, where a kind has several forms: ``at``, ``above``, ``high`` ...
    series
        Catalogue ids the statement is about.
    others
        Ids it is set against: the other side of a correlation, a cause, a trigger.
    low, high
        Stated range, in ``unit``; equal for a single figure, None for an open or unstated end.
    unit
        Of the stated figure, a name of :mod:`comove.core.units`; empty without a figure.
    step
        Place value of the last digit stated: 1,000 in "62 thousand"; 0 where unknown.
    hedged
        Stated as approximate: "about", "some".
    direction
        ``up``, ``down``, ``flat`` or empty, of what the statement is about.
    cause_direction
        The same of ``others``.
    start, end
        Stated period; None where the text names none.
    at
        Day the stated figure is of; None: the text's.
    period
        How the period was named: ``stated``, ``around`` (loosely), ``since``, ``before``,
        ``record``, ``none``; of an average ``weeks`` or ``days``.
    window
        Sessions (of a correlation), or sessions or weeks (of an average), where stated.
    negated
        The text denies the statement.
    implied
        It could be read otherwise: whom, when, in which unit or direction; never called false.
    attributed
        The text puts the statement in somebody's mouth.
    quote
        The words of the text.
    place
        First character of the quote in the text as read, and the one after its last.
    language
        Of the quote.
    """

    kind: ClaimKind
    variant: str = ""
    series: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    step: float = 0.0
    hedged: bool = False
    direction: str = ""
    cause_direction: str = ""
    start: date | None = None
    end: date | None = None
    at: date | None = None
    period: str = "none"
    window: int | None = None
    negated: bool = False
    implied: bool = False
    attributed: bool = False
    quote: str = ""
    place: tuple[int, int] = (0, 0)
    language: str = "en"

    def __post_init__(self) -> None:
        """Coerce lists and dates, and refuse what no test could read."""
        for name in ("series", "others"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        for name in ("start", "end", "at"):
            value = getattr(self, name)
            if isinstance(value, str):
                object.__setattr__(self, name, _day(value))
        if self.kind not in KINDS:
            raise QuestionError(
                "claim.kind",
                "There is no kind of claim {kind}.",
                "Choose from {known}.",
                kind=self.kind,
                known=", ".join(KINDS),
            )
        self._check_numbers()

    def _check_numbers(self) -> None:
        for name in _NUMBERS:
            value = getattr(self, name)
            fine = value is None or (isinstance(value, int | float) and isfinite(value))
            if isinstance(value, bool) or not fine:
                raise QuestionError(
                    "claim.value",
                    "{name} of a claim cannot be {value}.",
                    "See the manual page on audit for the fields of a claim.",
                    name=name,
                    value=repr(value),
                )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise QuestionError(
                "claim.range",
                "The range of a claim runs backwards: {low} to {high}.",
                low=self.low,
                high=self.high,
            )
        if self.start is not None and self.end is not None and self.start > self.end:
            raise QuestionError(
                "claim.period",
                "The period of a claim runs backwards: {start} to {end}.",
                start=self.start,
                end=self.end,
            )


def claim_fields() -> tuple[str, ...]:
    """Return the names a structured claim may use."""
    return tuple(entry.name for entry in fields(Claim))


def claims_of(rows: Iterable[Claim | Mapping[str, object]]) -> tuple[Claim, ...]:
    """Make claims of mappings; claims stay as they are.

    Parameters
    ----------
    rows
        Claims, or mappings of their fields.

    Returns
    -------
    tuple of Claim
        In the order given.

    Raises
    ------
    QuestionError
        For a field that does not exist, or a value no field takes.
    """
    return tuple(row if isinstance(row, Claim) else claim_of(row) for row in rows)


def claim_of(row: Mapping[str, object]) -> Claim:
    """Make a claim of a mapping, with names instead of ids allowed.

    Parameters
    ----------
    row
        Fields of :class:`~comove.core.claim.Claim`.

    Returns
    -------
    Claim
        As stated.

    Raises
    ------
    QuestionError
        For a field that does not exist, or a value no field takes.
    """
    known = claim_fields()
    strange = sorted(set(row) - set(known))
    if strange or not isinstance(row, Mapping):
        raise QuestionError(
            "claim.field",
            "A claim has no field {name}.",
            "The fields are {known}.",
            name=", ".join(strange),
            known=", ".join(name for name in known if name not in _OWN),
        )
    fields = dict(row)
    if "kind" not in fields:
        raise QuestionError(
            "claim.no_kind", "A claim needs a kind.", "See the manual page on audit."
        )
    if fields.get("period") is None and (fields.get("start") or fields.get("end")):
        fields["period"] = "stated"
    try:
        return Claim(**fields)  # type: ignore[arg-type]
    except (TypeError, ValueError) as cause:
        raise QuestionError(
            "claim.unreadable",
            "A claim cannot be read: {cause}.",
            "See the manual page on audit.",
            cause=cause,
        ) from cause


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise QuestionError(
            "claim.value",
            "{name} of a claim cannot be {value}.",
            "See the manual page on audit for the fields of a claim.",
            name="start, end or at",
            value=repr(value),
        ) from None
