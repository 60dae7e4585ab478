"""What a series is: declared in the catalogue, never guessed from its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from comove.core.errors import QuestionError

Kind = Literal["price", "yield", "rate", "level", "flow"]
Publication = Literal["at_once", "next_business_day", "weekly"]
Sign = Literal["positive", "not_negative", "any"]

_EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When an observation labelled with a date is struck, and how stale it may be.

    Attributes
    ----------
    time
        Local wall time of the strike, ``"HH:MM"``.
    zone
        IANA time zone of ``time``.
    day_offset
        Days from the label to the strike: 1 for a value struck at 00:00 after its date.
    calendar
        ``"XNYS"`` (early closes move the strike), ``"US-BOND"``, ``"FX"`` (weekdays) or ``"24/7"``.
    tolerance_hours
        Largest distance to a sampling instant at which the value still counts as fresh.
    """

    time: str
    zone: str
    day_offset: int = 0
    calendar: str = "XNYS"
    tolerance_hours: float = 2.0


@dataclass(frozen=True, kw_only=True)
class SeriesSpec:
    """One row of the catalogue.

    Attributes
    ----------
    id
        Short lower-case id, e.g. ``"dfii10"``.
    kind
        ``price`` changes by log return; every other kind changes by difference.
    unit
        Unit of the level, a name of :mod:`comove.core.units`.
    clock, publication
        When a value is struck, and when it becomes known.
    adjusted
        Dividend-adjusted: returns are right, old levels are below the quotes.
    sign
        Values that can occur; None: ``positive`` for a price, ``any`` for every other kind.
    made_from
        Ids this series is computed from; closes the door on circular explanations.
    tags
        What the asset is, for propositions that speak of a class: ``"gold_miner"``, ``"gold"``,
        ``"crypto"``, ``"equity"``, ``"treasury"``.
    stands_for
        Id of the series whose place it takes where series are joined at the closes of an exchange:
        the same asset, struck at those closes.
    related
        Id of the series its clock is checked against, with a strong same-day correlation.
    sources
        Where it comes from, in order of preference, e.g. ``("yahoo:GDX",)``.
    titles
        Display name per language.
    aliases
        Other names people use for it.
    caveats
        What a reader must know of its figures, per language: what a total leaves out.
    """

    id: str
    kind: Kind
    unit: str
    clock: Clock
    publication: Publication = "at_once"
    adjusted: bool = False
    sign: Sign | None = None
    made_from: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    stands_for: str = ""
    related: str = ""
    sources: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=lambda: _EMPTY, hash=False)
    aliases: tuple[str, ...] = ()
    caveats: Mapping[str, str] = field(default_factory=lambda: _EMPTY, hash=False)

    def __post_init__(self) -> None:
        """Refuse what does not exist, and a price without a logarithm."""
        if self.kind not in get_args(Kind):
            raise QuestionError(
                "series.kind", "{id} has no known kind: {kind}.", id=self.id, kind=self.kind
            )
        if self.publication not in get_args(Publication):
            raise QuestionError(
                "series.publication",
                "{id} has no known publication rule: {rule}.",
                id=self.id,
                rule=self.publication,
            )
        if self.sign not in (None, *get_args(Sign)):
            raise QuestionError(
                "series.sign", "{id} has no known sign: {sign}.", id=self.id, sign=self.sign
            )
        if self.kind == "price" and self.sign not in (None, "positive"):
            raise QuestionError(
                "series.no_logarithm",
                "{id} is declared a price that may be zero or negative, and has no log return.",
                'Declare kind = "level": its changes are differences.',
                id=self.id,
            )
        for name in ("titles", "caveats"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def signs(self) -> Sign:
        """Values that can occur, as declared or by kind."""
        return self.sign or ("positive" if self.kind == "price" else "any")

    @property
    def change_is_log(self) -> bool:
        """True when a change is a log return, False when it is a difference."""
        return self.kind == "price"
