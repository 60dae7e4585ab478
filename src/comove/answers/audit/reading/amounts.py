"""Figures with their units: ranges, currencies, 万 and 億, thousand and billion, hedges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,8})?"
_SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "b": 1e9,
    "billion": 1e9, "tn": 1e12, "trillion": 1e12, "千": 1e3, "万": 1e4, "百万": 1e6, "億": 1e8,
    "兆": 1e12, "千万": 1e7,
}  # fmt: skip
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|bn|mn|tn|[kmb](?![a-z])))"
_JA = r"兆|億|千万|百万|万|千"
_NUMBER = rf"(?:{_DIGITS})(?:{_JA})(?:\d{{1,4}}(?:,\d{{3}})?(?:億|千万|百万|万|千)?){{0,2}}|(?:{_DIGITS}){_SCALE}?"
_UNIT_EN = (
    r"%|percentage points?|percent|per cent|pct|basis points?|bps?(?![a-z])|tonnes?|metric tons|tons|"
    r"dollars|US dollars|USD|yen|JPY|vol points?|points|pp(?![a-z])|x(?![a-z])|times"
)
_UNIT_JA = (
    r"%ポイント|パーセントポイント|%|パーセント|ベーシスポイント|bp|ベーシス|トン|米ドル|ドル|円|倍|ポイント|"
    r"割|分の1"
)
_SIGN = r"(?P<sign>(?<![\w)%])[-+−▲△](?=[$¥\d])|(?<=\s)minus\s|マイナス)?"
_COIN = r"US\$|\$|¥|€|USD\s?"
_UNIT = rf"(?:\s?(?P<unit>{_UNIT_JA}|{_UNIT_EN}))?(?P<bracket>台)?"
_SINGLE = re.compile(rf"{_SIGN}(?P<coin>{_COIN})?(?P<low>{_NUMBER}){_UNIT}", re.IGNORECASE)
_REST = re.compile(
    rf"\s?(?P<to>-|~|から|to(?=\s)|and(?=\s)|or(?=\s))\s?(?P<coin>{_COIN})?(?P<high>{_NUMBER}){_UNIT}",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?P<word>halved|half|a third|one third|a quarter|one quarter|two thirds|three quarters|"
    r"doubled|tripled|one fifth|a fifth)\b|(?P<ja>半値|半減|半分|2倍|倍増|3割|2割|1割)",
    re.IGNORECASE,
)
_FRACTIONS = {
    "halved": 0.5, "half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25,
    "one quarter": 0.25, "two thirds": 2 / 3, "three quarters": 0.75, "a fifth": 0.2,
    "one fifth": 0.2, "半値": 0.5, "半減": 0.5, "半分": 0.5,
}  # fmt: skip
_HEDGE_BEFORE = re.compile(
    r"(?:about|around|roughly|some|approximately|approx\.?|nearly|almost|close to|near|circa|ca\.|"
    r"~|in the region of|just (?:over|under|above|below)|a little (?:over|under)|to around|"
    r"約|およそ|概ね|おおむね|ほぼ|大体|だいたい)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_HEDGE_AFTER = re.compile(
    r"^(?:前後|程度|ほど|近く|近辺|付近|あまり|弱|強|見当|内外|or so|-ish|ish)"
)
_LEAST_BEFORE = re.compile(
    r"(?:more than|over|above|at least|in excess of|exceed(?:s|ed|ing)?|upwards of|north of|"
    r"beyond|no less than|greater than|higher than|topp(?:ed|ing)|>)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_MOST_BEFORE = re.compile(
    r"(?:less than|under|below|at most|no more than|fewer than|lower than|south of|beneath|"
    r"up to|as much as|<)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_LEAST_AFTER = re.compile(r"^(?:以上|超|を超え|を上回|超え|or more|or higher|or above)")
_MOST_AFTER = re.compile(r"^(?:以下|未満|を下回|割れ|を割|弱|or less|or lower|or below)")
_NOT_BEFORE = re.compile(r"(?:[A-Za-z_#.]|Nasdaq[- ]|S&P ?|ナスダック|NASDAQ[- ]?)$", re.IGNORECASE)
_NOT_AFTER = re.compile(
    r"^(?:[-\s]?(?:day|week|month|year|hour|minute|session)s?\b|st\b|nd\b|rd\b|th\b|"
    r"桁|トロイ|オンス|ounces?\b|oz\b|BTC|枚|株|営業日|日|週|カ月|か月|ヶ月|ヵ月|ケ月|月|年|時|分|つ|社|人|件|回|番|位|指数|種|本|名|章|点|四半期|代)",
    re.IGNORECASE,
)
_UNITS = {
    "%": "%", "percent": "%", "per cent": "%", "pct": "%", "パーセント": "%", "割": "割",
    "percentage point": "pp", "percentage points": "pp", "pp": "pp", "%ポイント": "pp",
    "パーセントポイント": "pp", "basis point": "bp", "basis points": "bp", "bp": "bp", "bps": "bp",
    "ベーシスポイント": "bp", "ベーシス": "bp", "ton": "tonnes", "tons": "tonnes", "tonne": "tonnes",
    "tonnes": "tonnes", "metric tons": "tonnes", "トン": "tonnes", "dollars": "usd",
    "us dollars": "usd", "usd": "usd", "ドル": "usd", "米ドル": "usd", "yen": "jpy", "jpy": "jpy",
    "円": "jpy", "x": "times", "times": "times", "倍": "times", "points": "points", "point": "points",
    "ポイント": "points", "vol point": "points", "vol points": "points",
}  # fmt: skip
_COINS = {"$": "usd", "us$": "usd", "usd": "usd", "¥": "jpy", "€": "eur"}
_SLACK = 24


@dataclass(frozen=True)
class Amount:
    """A figure as stated.

    Attributes
    ----------
    start, end
        Where it stands, hedge and bound included.
    low, high
        Range in ``unit``; equal for a single figure.
    unit
        ``%``, ``pp``, ``bp``, ``usd``, ``jpy``, ``eur``, ``tonnes``, ``times``, ``points``, or
        empty for a bare number.
    step
        Place value of the last digit stated.
    hedged
        "About".
    bound
        ``least`` ("over"), ``most`` ("under") or empty.
    ranged
        Two ends are stated.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    step: float
    hedged: bool = False
    bound: str = ""
    ranged: bool = False


def amounts(text: str, masked: tuple[tuple[int, int], ...] = ()) -> tuple[Amount, ...]:
    """Return every figure in order.

    Parameters
    ----------
    text
        Narrowed, one clause or sentence.
    masked
        Stretches that are dates or names and hold no figure.

    Returns
    -------
    tuple of Amount
        Without days, counts of months and the like.
    """
    hidden = list(text)
    for start, end in masked:
        hidden[start:end] = "\x00" * (end - start)
    seen = "".join(hidden)
    found = list(_numbers(seen))
    found += [amount for match in _WORDS.finditer(seen) if (amount := _worded(match))]
    return tuple(sorted(found, key=lambda amount: amount.start))


def _numbers(text: str) -> Iterator[Amount]:
    place = 0
    while (match := _SINGLE.search(text, place)) is not None:
        rest = _REST.match(text, match.end())
        amount = None if rest is None else _amount(text, match, rest)
        place = match.end() if amount is None or rest is None else rest.end()
        amount = amount or _amount(text, match, None)
        if amount is not None:
            yield amount


def _worded(match: re.Match[str]) -> Amount | None:
    size = _FRACTIONS.get(match.group(0).lower())
    if size is None:
        return None
    percent = 100.0 * size
    return Amount(match.start(), match.end(), percent, percent, "%", 10.0, hedged=True)


def _amount(text: str, match: re.Match[str], rest: re.Match[str] | None) -> Amount | None:
    end = match.end() if rest is None else rest.end()
    before, after = text[: match.start()], text[end : end + _SLACK]
    unit = _unit(match, rest)
    if unit is None or (not match["coin"] and _NOT_BEFORE.search(before[-10:])):
        return None
    marker = not unit and (
        before[-1:] in ("(", "第", "#") and (after[:1] in ")にのは" or before[-1:] != "(")
    )
    if marker or (not unit and _NOT_AFTER.match(after)) or after.lstrip().startswith("="):
        return None
    made = _range(match, rest)
    if made is None:
        return None
    low, high, step = made
    if (match["sign"] or "").strip():
        low, high = -high, -low
    amount = Amount(match.start(), end, low, high, unit, step, ranged=rest is not None)
    if (match["bracket"] and rest is None) or (rest is not None and rest["bracket"]):
        amount = replace(amount, high=amount.high + step, ranged=True)
    if unit == "割":
        amount = replace(amount, low=low * 10, high=high * 10, step=step * 10, unit="%")
    return _bounded(amount, before, after)


def _unit(match: re.Match[str], rest: re.Match[str] | None) -> str | None:
    """Return the unit of a figure or a range; None for two ends of different units."""
    found = [_one_unit(part) for part in (match, rest) if part is not None]
    told = {unit for unit in found if unit}
    if len(told) > 1:
        return None
    return told.pop() if told else ""


def _one_unit(part: re.Match[str]) -> str:
    coin = _COINS.get((part["coin"] or "").strip().lower(), "")
    return coin or _UNITS.get((part["unit"] or "").lower(), "")


def _range(match: re.Match[str], rest: re.Match[str] | None) -> tuple[float, float, float] | None:
    low, scale, step = _value(match["low"])
    if rest is None:
        return low, low, step
    high, above, finer = _value(rest["high"])
    if above > 1.0 and scale == 1.0 and low < high:
        low, step = low * above, step * above
    if rest["to"].lower() != "~" and not (
        low < high <= 3.0 * low or (rest["to"] == "-" and low < high)
    ):
        return None
    if match["bracket"] and not rest["bracket"]:
        return None
    return min(low, high), max(low, high), min(step, finer)


def _value(text: str) -> tuple[float, float, float]:
    """Return value, scale of its last part, and place value of the last digit."""
    clean = text.replace(",", "").strip().lower()
    total, last, step, scale = 0.0, 1.0, 1.0, 1.0
    for digits, unit in re.findall(r"(\d+(?:\.\d+)?)\s?([a-z]+|[兆億万千百]*)", clean):
        scale = _SCALES.get(unit, 1.0)
        places = len(digits.partition(".")[2])
        total += float(digits) * scale
        last = scale
        whole = digits.rstrip("0") if not places else digits
        zeros = len(digits) - len(whole) if not places and len(whole) else 0
        step = scale * 10.0 ** (zeros if not places else -places)
    return total, last, step


def _bounded(amount: Amount, before: str, after: str) -> Amount:
    """Add what stands around the figure: about, over, under."""
    head = before[-_SLACK:]
    hedge = _HEDGE_BEFORE.search(head)
    start = amount.start - (len(head) - hedge.start()) if hedge else amount.start
    head = text_before = head[: hedge.start()] if hedge else head
    hedged = bool(hedge) or bool(_HEDGE_AFTER.match(after))
    bound = ""
    for name, pattern, behind in (
        ("least", _LEAST_BEFORE, _LEAST_AFTER),
        ("most", _MOST_BEFORE, _MOST_AFTER),
    ):
        found = pattern.search(text_before)
        if found:
            bound, start = name, start - (len(text_before) - found.start())
        elif behind.match(after) and not hedge:
            bound = name
    if hedge and hedge.group(0).lower().startswith(("just over", "just above", "a little over")):
        bound = "least"
    if hedge and hedge.group(0).lower().startswith(("just under", "just below", "a little under")):
        bound = "most"
    if amount.ranged:
        bound = ""
    return replace(amount, start=start, hedged=hedged, bound=bound)
