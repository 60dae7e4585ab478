"""A shock: one series and how far it moves, in the unit people speak of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from math import log1p

from comove.core.errors import QuestionError
from comove.core.message import Quantity
from comove.core.series import SeriesSpec
from comove.core.units import Unit

_FORM = re.compile(r"(?P<name>[^=]+?)\s*(?:=\s*(?P<size>[+-]?\d*\.?\d+)\s*(?P<unit>\D*))?")
_UNITS = {
    "": "",
    **dict.fromkeys(("%", "pct", "percent", "パーセント"), "%"),
    **dict.fromkeys(("bp", "bps", "basis points", "ベーシスポイント"), "bp"),
    **dict.fromkeys(("pt", "pts", "point", "points", "ポイント"), "pt"),
}
_MINUS = str.maketrans({"−": "-", "–": "-", "▲": "-", "△": "-", "‐": "-"})
_WANTED = {"price": "%", "yield": "bp", "rate": "bp", "level": "pt"}
_EXAMPLES = {"%": "-3%", "bp": "-50bp", "pt": "+10"}


@dataclass(frozen=True, kw_only=True)
class Shock:
    """A move of one series.

    Attributes
    ----------
    series
        A name; after :meth:`of`, a catalogue id.
    size
        In the unit written: -3 is -3 %, -50 is -50 basis points; None where the size is still to
        be found.
    written
        ``"%"``, ``"bp"``, ``"pt"``, or empty for a bare number.

    Examples
    --------
    >>> Shock.read("ドル指数=-3%")
    Shock(series='ドル指数', size=-3.0, written='%')
    >>> Shock.read("dfii10")
    Shock(series='dfii10', size=None, written='')
    """

    series: str
    size: float | None
    written: str = ""

    @classmethod
    def read(cls, text: str) -> Shock:
        """Read ``name=size``, or a name alone.

        Parameters
        ----------
        text
            E.g. ``"dfii10=-50bp"``, ``"dxy=-3%"``, ``"vix=+10"``; width does not matter.

        Returns
        -------
        Shock
            Its series is not looked up yet.

        Raises
        ------
        QuestionError
            ``scenario.shock`` when it cannot be read.
        """
        plain = unicodedata.normalize("NFKC", str(text)).translate(_MINUS).strip()
        found = _FORM.fullmatch(plain)
        unit = None if found is None else _UNITS.get((found["unit"] or "").strip().lower())
        if found is None or unit is None:
            raise QuestionError(
                "scenario.shock",
                "{text} is not a shock.",
                "Write a series and its move: dfii10=-50bp, dxy=-3%, vix=+10.",
                text=repr(str(text)),
            )
        size = None if found["size"] is None else float(found["size"])
        return cls(series=found["name"].strip(), size=size, written=unit)

    def of(self, spec: SeriesSpec) -> Shock:
        """Return the shock with its catalogue id, its unit checked against the kind of series.

        Parameters
        ----------
        spec
            The catalogue row of its series.

        Returns
        -------
        Shock
            With the unit that kind of series moves in.

        Raises
        ------
        QuestionError
            ``scenario.unit`` when the unit is another one, ``scenario.too_low`` for a price that
            would not stay above zero, ``scenario.no_move`` for a move of zero.
        """
        wanted = _WANTED.get(spec.kind, "pt")
        if self.size is None:
            return Shock(series=spec.id, size=None)
        if self.written != wanted and not (wanted == "pt" and self.written == ""):
            raise QuestionError(
                "scenario.unit",
                "{id} is a {kind}; its moves are given in {wanted}, not {given}.",
                "For example: --shock {id}={example}.",
                id=spec.id,
                kind=spec.kind,
                wanted={"%": "%", "bp": "bp", "pt": "points"}[wanted],
                given={"": "a bare number", "pt": "points"}.get(self.written, self.written),
                example=_EXAMPLES[wanted],
            )
        if wanted == "%" and self.size <= -100.0:
            raise QuestionError("scenario.too_low", "{id} cannot fall by 100% or more.", id=spec.id)
        if self.size == 0.0:
            raise QuestionError(
                "scenario.no_move",
                "A move of zero in {id} is no shock.",
                "Leave it out, or give its size.",
                id=spec.id,
            )
        return Shock(series=spec.id, size=self.size, written=wanted)

    @property
    def text(self) -> str:
        """The shock as it is written on a command line."""
        if self.size is None:
            return self.series
        unit = "" if self.written == "pt" else self.written
        return f"{self.series}={self.size:+.10g}{unit}"

    def change(self, spec: SeriesSpec) -> float:
        """Return the move as a panel's change: log return, or difference of the level.

        Parameters
        ----------
        spec
            The catalogue row of its series.

        Returns
        -------
        float
            NaN where the size is still to be found.
        """
        if self.size is None:
            return float("nan")
        if spec.kind == "price":
            return log1p(self.size / 100.0)
        return self.size / 100.0 if spec.unit == "percent" else self.size


def spoken(change: float, spec: SeriesSpec) -> Quantity:
    """Turn a panel's change of a series into the unit people speak of it.

    Parameters
    ----------
    change
        Log return of a price, difference of everything else.
    spec
        The catalogue row.

    Returns
    -------
    Quantity
        Simple return, basis points, or points of the level.

    Examples
    --------
    >>> from comove.core.series import Clock
    >>> clock = Clock(time="16:00", zone="UTC")
    >>> spec = SeriesSpec(id="y", kind="yield", unit="percent", clock=clock)
    >>> spoken(-0.5, spec)
    Quantity(value=-50.0, unit='basis_points')
    """
    if spec.kind == "price":
        from math import expm1

        return Quantity(expm1(change), "simple_return")
    if spec.unit == "percent":
        return Quantity(100.0 * change, "basis_points")
    unit: Unit = {"basis_points": "basis_points", "vol_points": "vol_points"}.get(  # type: ignore[assignment]
        spec.unit, "index"
    )
    return Quantity(change, unit)
