"""How a number is written: by its unit, its size and the language, the same digits everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from comove.core.errors import OutputError
from comove.core.estimate import Estimate
from comove.core.message import Quantity

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

MISSING = {"en": "n/a", "ja": "算出不能"}
"""What stands for a number that is not finite, in a sentence."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_Steps = tuple[tuple[float, int], ...]
_FINE: _Steps = ((100.0, 0), (0.0, 1))
_PLAIN: _Steps = ((10.0, 0), (0.0, 1))
_BASIS: _Steps = ((10.0, 0), (1.0, 1), (0.0, 2))
_BETA: _Steps = ((0.095, 2), (0.0095, 3), (0.0, 4))
_MONEY: _Steps = ((1000.0, 0), (1.0, 2), (0.0, 4))
_TWO: _Steps = ((1000.0, 0), (0.0, 2))
_ONE: _Steps = ((100.0, 0), (0.0, 1))
_WHOLE: _Steps = ((0.0, 0),)
_HOURS: _Steps = ((10.0, 0), (0.0, 1))
_THREE_FIGURES: _Steps = ((100.0, 0), (10.0, 1), (1.0, 2), (0.1, 3), (0.0, 4))


@dataclass(frozen=True)
class Form:
    """How much of a number is shown.

    Attributes
    ----------
    sign
        ``natural`` marks negatives only, ``always`` also positives, ``never`` neither.
    size
        ``full`` for a sentence, ``short`` for a table cell under a heading that names the unit,
        ``bare`` for the digits alone.
    trim
        True to leave out zeros at the end, for round figures.
    """

    sign: Literal["natural", "always", "never"] = "natural"
    size: Literal["full", "short", "bare"] = "full"
    trim: bool = False


@dataclass(frozen=True)
class _Style:
    """Scale, decimals by size, and the unit's words around ``#``."""

    en: str
    ja: str
    steps: _Steps = _TWO
    scale: float = 1.0
    short: tuple[str, str] | None = None
    one: str = ""
    signed: bool = False
    trim: bool = False

    def around(self, language: Language, form: Form, digits: str) -> str:
        if form.size == "bare":
            return "#"
        if form.size == "short" and self.short is not None:
            return self.short[LANGUAGES.index(language)]
        if language == "ja":
            return self.ja
        return self.one if self.one and digits == "1" else self.en


_PERCENT = _Style("#%", "#%", _FINE, 100.0, signed=True)
_STYLES: dict[str, _Style] = {
    "simple_return": _PERCENT,
    "log_return": _Style(
        "# log points", "#対数ポイント", _FINE, 100.0, short=("#", "#"), signed=True
    ),
    "share": _Style("#%", "#%", _PLAIN, 100.0),
    "correlation": _Style("#", "#", signed=True),
    "covariance": _Style("# %²", "#%²", _TWO, 1e4, signed=True),
    "probability": _Style("#", "#"),
    "sigma": _Style("# sigma", "#σ", _ONE, short=("#σ", "#σ"), signed=True),
    "ratio": _Style("#", "#"),
    "beta": _Style("#", "#", _BETA),
    "usd": _Style("$#", "#ドル", _MONEY),
    "jpy": _Style("¥#", "#円", _MONEY),
    "index": _Style("#", "#"),
    "percent": _Style("#%", "#%"),
    "basis_points": _Style("# bp", "#bp", _BASIS, signed=True, trim=True),
    "percent_change": _Style("# pp", "#%ポイント", signed=True),
    "vol_points": _Style("# vol points", "#ボラポイント", _ONE, short=("#", "#")),
    "tonnes": _Style("# tonnes", "#トン", _WHOLE, one="# tonne", short=("# t", "#t")),
    "hours": _Style("# hours", "#時間", _HOURS, one="# hour", trim=True),
    "sessions": _Style("# sessions", "#営業日", _HOURS, one="# session", trim=True),
    "days": _Style("# days", "#日", _HOURS, one="# day", trim=True),
    "weeks": _Style("# weeks", "#週", _HOURS, one="# week", trim=True),
    "count": _Style("#", "#", _HOURS, trim=True),
}


def number(quantity: Quantity, language: Language, form: Form | None = None) -> str:
    """Write a quantity.

    Parameters
    ----------
    quantity
        Unrounded.  NaN and infinities are written as not available.
    language
        ``"en"`` or ``"ja"``.
    form
        Sign and size; by default natural and full.

    Returns
    -------
    str
        Decimals follow the unit and the size, so that about three figures are read.

    Raises
    ------
    OutputError
        For a unit that has no style.

    Examples
    --------
    >>> number(Quantity(-0.1758, "simple_return"), "en")
    '-17.6%'
    >>> number(Quantity(62702.0, "usd"), "ja")
    '62,702ドル'
    >>> number(Quantity(0.97, "percentile"), "en")
    '97th percentile'
    """
    form = form or Form()
    if not math.isfinite(quantity.value):
        return MISSING[language]
    if quantity.unit == "percentile":
        return _percentile(quantity.value, language, form)
    if quantity.unit == "usd_bn":
        return _billions(quantity.value, language, form)
    if quantity.unit == "probability":
        return _probability(quantity.value, form)
    style = _style(quantity.unit)
    scaled = quantity.value * style.scale
    return _signed(scaled, style, language, form)


def interval(estimate: Estimate, language: Language) -> str:
    """Write the interval of an estimate.

    Parameters
    ----------
    estimate
        With or without interval.
    language
        ``"en"`` or ``"ja"``.

    Returns
    -------
    str
        Bounds without unit, with as many decimals as the point; empty for an exact value.

    Examples
    --------
    >>> day = date(2026, 2, 5)
    >>> interval(Estimate(value=.37, unit="correlation", low=.14, high=.56, nobs=63, first=day,
    ...                   last=day, method="fisher_hac"), "en")
    '[0.14, 0.56]'
    """
    if estimate.low is None or estimate.high is None:
        return ""
    bounds = [_bound(bound, estimate) for bound in (estimate.low, estimate.high)]
    bounds = [MISSING[language] if bound is None else bound for bound in bounds]
    return f"[{bounds[0]}, {bounds[1]}]"


def whole(value: int) -> str:
    """Write a whole number: thousands are set apart from 10,000 on, so that a year stays a year.

    Parameters
    ----------
    value
        Any whole number.

    Returns
    -------
    str
        The digits.

    Examples
    --------
    >>> whole(2026), whole(124753)
    ('2026', '124,753')
    """
    return f"{value:,}" if abs(value) >= 10_000 else str(value)


def ordinal(place: int) -> str:
    """Write a place in English.

    Parameters
    ----------
    place
        A whole number, from 0.

    Returns
    -------
    str
        The digits with their ending.

    Examples
    --------
    >>> ordinal(2), ordinal(11), ordinal(103)
    ('2nd', '11th', '103rd')
    """
    ends = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if place % 100 in (11, 12, 13) else ends.get(place % 10, "th")
    return f"{place}{ending}"


def day(value: date, language: Language, form: str = "") -> str:
    """Write a day.

    Parameters
    ----------
    value
        The day.
    language
        ``"en"`` or ``"ja"``.
    form
        Empty for the full date, ``"short"`` without the year, ``"month"`` without the day,
        ``"iso"`` for machines.

    Returns
    -------
    str
        The date as people write it.

    Examples
    --------
    >>> day(date(2026, 1, 28), "en"), day(date(2026, 1, 28), "ja", "short")
    ('28 Jan 2026', '1月28日')
    """
    month = _MONTHS[value.month - 1]
    if form == "iso":
        return value.isoformat()
    if form == "short":
        return f"{value.day} {month}" if language == "en" else f"{value.month}月{value.day}日"
    if form == "month":
        return f"{month} {value.year}" if language == "en" else f"{value.year}年{value.month}月"
    if language == "en":
        return f"{value.day} {month} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def days(first: date, last: date, language: Language) -> str:
    """Write a stretch of days.

    Parameters
    ----------
    first, last
        Its ends.
    language
        ``"en"`` or ``"ja"``.

    Returns
    -------
    str
        The year once when both share it.

    Examples
    --------
    >>> days(date(2026, 1, 28), date(2026, 2, 5), "en")
    '28 Jan to 5 Feb 2026'
    >>> days(date(2025, 11, 5), date(2026, 2, 5), "ja")
    '2025年11月5日〜2026年2月5日'
    """
    same = first.year == last.year
    if language == "en":
        return f"{day(first, language, 'short' if same else '')} to {day(last, language)}"
    return f"{day(first, language)}〜{day(last, language, 'short' if same else '')}"


def signed_unit(unit: str) -> bool:
    """Tell whether a unit is a change, which a table shows with its sign.

    Parameters
    ----------
    unit
        A name of :mod:`comove.core.units`.

    Returns
    -------
    bool
        True for returns, correlations, basis points and the like.

    Examples
    --------
    >>> signed_unit("simple_return"), signed_unit("usd")
    (True, False)
    """
    return unit in _STYLES and _STYLES[unit].signed


def _style(unit: str) -> _Style:
    if unit not in _STYLES:
        raise OutputError("numbers.unit", "No way is known to write the unit {unit}.", unit=unit)
    return _STYLES[unit]


def _decimals(scaled: float, steps: _Steps) -> int:
    size = abs(scaled)
    return next(decimals for least, decimals in steps if size >= least)


def _signed(scaled: float, style: _Style, language: Language, form: Form) -> str:
    digits = _digits(abs(scaled), _decimals(scaled, style.steps), trim=style.trim or form.trim)
    around = style.around(language, form, digits)
    return _sign(scaled, digits, form) + around.replace("#", digits)


def _digits(size: float, decimals: int, *, trim: bool = False) -> str:
    digits = f"{size:,.{decimals}f}"
    return digits.rstrip("0").rstrip(".") if trim and "." in digits else digits


def _sign(value: float, digits: str, form: Form) -> str:
    if form.sign == "never" or not digits.strip("0.,"):
        return ""
    if value < 0:
        return "-"
    return "+" if form.sign == "always" else ""


def _bound(bound: float, estimate: Estimate) -> str | None:
    if not math.isfinite(bound):
        return None
    if estimate.unit in ("percentile", "probability", "usd_bn"):
        scale, decimals = (100.0, 0) if estimate.unit == "percentile" else (1.0, 2)
    else:
        style = _style(estimate.unit)
        scale = style.scale
        known = estimate.value if math.isfinite(estimate.value) else bound
        decimals = _decimals(known * scale, style.steps)
    digits = _digits(abs(bound * scale), decimals)
    return _sign(bound, digits, Form()) + digits


def _probability(value: float, form: Form) -> str:
    if value < 0.01:
        relation, digits = "<", "0.01"
    elif value > 0.99:
        relation, digits = ">", "0.99"
    else:
        relation, digits = "=", f"{value:.2f}"
    if form.size == "full":
        return f"p {relation} {digits}"
    return digits if relation == "=" else relation + digits


def _percentile(value: float, language: Language, form: Form) -> str:
    place = round(100.0 * value)
    if form.size == "bare":
        return str(place)
    if language == "ja":
        return f"{place}%点" if form.size == "short" else f"過去の{place}%点"
    return ordinal(place) if form.size == "short" else f"{ordinal(place)} percentile"


def _billions(value: float, language: Language, form: Form) -> str:
    value = value if round(abs(value), 4) else 0.0  # what one language rounds away, both do
    trillions = abs(value) >= 1000.0
    if language == "ja":
        scaled, around = (value / 1000.0, "#兆ドル") if trillions else (value * 10.0, "#億ドル")
    else:
        scaled, around = (value / 1000.0, "$#tn") if trillions else (value, "$#bn")
    if form.size == "bare":
        scaled, around = value, "#"
    digits = _digits(abs(scaled), _decimals(scaled, _THREE_FIGURES))
    return _sign(value, digits, form) + around.replace("#", digits)
