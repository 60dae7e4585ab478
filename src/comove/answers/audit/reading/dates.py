"""Days and periods in a text, relative ones too, as they were meant on the day of the text."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
_WORDS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "several": 3, "few": 3, "couple of": 2,
}  # fmt: skip
_COUNT = r"\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
_FIRST, _LAST = date(1990, 1, 1), date(2100, 1, 1)
_PART = (
    r"(?P<part>early|mid|middle of|late|beginning of|start of|end of|first half of|second half of)"
)
JA_PART = r"(?P<part>初旬|上旬|中旬|下旬|半ば|中頃|初め|初頭|末|後半|前半|月末)"
_EN_LEAD = r"(?:(?P<lead>since|from|before|prior to|until|till|by|through|after|as of|up to|pre-?)\s?(?:the\s)?)?"
_JA_TAIL = (
    r"(?P<tail>以来|以降|以後|から|以前|より前|前(?=は|の|と|に比べ)|まで|にかけて|時点|末時点)?"
)


@dataclass(frozen=True)
class Period:
    """A stretch of days as named.

    Attributes
    ----------
    start, end
        Its days, both included.
    place
        Where it stands in the clause, first character and the one after the last.
    form
        ``in``, ``since``, ``before``, ``by`` or ``day``.
    vague
        Named loosely: early, late, 初旬.
    until
        Of ``since``: where the stretch that was named ends itself.
    exact
        True for a single day.
    """

    start: date
    end: date
    place: tuple[int, int]
    form: str = "in"
    vague: bool = False
    until: date | None = None

    @property
    def exact(self) -> bool:
        """True for a single day."""
        return self.start == self.end


Found = tuple[date, date] | None
Reader = Callable[["re.Match[str]", date], Found]


def periods(text: str, asof: date) -> tuple[Period, ...]:
    """Return every day and period named in a clause.

    Parameters
    ----------
    text
        Narrowed.
    asof
        Day of the text: "last December" is the one before it.

    Returns
    -------
    tuple of Period
        In order, without overlap; longer readings first.
    """
    taken: list[Period] = []
    for pattern, reader in _READERS:
        for match in pattern.finditer(text):
            if any(
                match.start() < other.place[1] and other.place[0] < match.end() for other in taken
            ):
                continue
            try:
                found = reader(match, asof)
            except ValueError:
                continue
            if found is not None and _FIRST <= found[0] <= found[1] <= _LAST:
                taken.append(_formed(match, found, asof))
    return _joined(text, sorted(taken, key=lambda period: period.place))


def _between(text: str, period: Period) -> bool:
    return text[: period.place[0]].rstrip().lower().endswith("between")


_BETWEEN = ("", "to", "through", "until", "till", "and", "-", "~", "に", "から")


def _joined(text: str, found: list[Period]) -> tuple[Period, ...]:
    """Make one stretch of "from early January to mid February" and 1月末から2月上旬にかけて."""
    joined: list[Period] = []
    for period in found:
        before = joined[-1] if joined else None
        if (
            before is not None
            and (before.form == "since" or _between(text, before))
            and text[before.place[1] : period.place[0]].strip() in _BETWEEN
            and before.start < period.start
        ):
            joined[-1] = Period(
                before.start,
                period.end,
                (before.place[0], period.place[1]),
                vague=before.vague or period.vague,
            )
        else:
            joined.append(period)
    return tuple(joined)


_FORMS = {
    "since": "since", "from": "since", "after": "since", "before": "before", "prior to": "before",
    "pre": "before", "pre-": "before", "until": "by", "till": "by", "by": "by", "through": "by",
    "up to": "by", "as of": "in", "以来": "since", "以降": "since", "以後": "since", "から": "since",
    "than": "since", "以前": "before", "より前": "before", "前": "before", "まで": "by", "にかけて": "by",
}  # fmt: skip


_SINCE = re.compile(r"\bsince\s[^,.;]{1,36}$|\bthan (?:at|in|on) (?:the )?$", re.IGNORECASE)


def _formed(match: re.Match[str], found: tuple[date, date], asof: date) -> Period:
    groups = match.groupdict()
    lead = (groups.get("lead") or groups.get("tail") or "").lower()
    form = _FORMS.get(lead, "in")
    start, end = found
    if form == "in" and _SINCE.search(match.string[max(0, match.start() - 40) : match.start()]):
        form = "since"
    if form == "since" and (groups.get("month2") or groups.get("day2")):
        form = "in"
    until = end
    if form == "since":
        if (groups.get("part") or "").lower() in ("末", "年末", "end of") and (
            end - start
        ).days > 27:
            start = end if end.month == 12 and end.day == 31 else start
        end = max(asof, start)
    if form == "before":
        start, end = _FIRST, start - timedelta(days=1)
    if ("month" in groups and match.group(0).endswith("月末比")) or groups.get(
        "told", "前日比"
    ) != "前日比":
        form = "since"
    return Period(
        start, end, match.span(), form, bool(groups.get("part") or groups.get("ja_part")), until
    )


def month_of(year: int, month: int, part: str = "") -> tuple[date, date]:
    """Return first and last day of a month, or of a part of it as people call it.

    Parameters
    ----------
    year, month
        Of the calendar.
    part
        ``early``, ``mid``, ``late``, 初旬, 末 ...; empty for the whole month.

    Returns
    -------
    tuple of date
        Early ends on the 10th, mid runs from the 10th to the 20th, late begins on the 20th.
    """
    last = calendar.monthrange(year, month)[1]
    first, final = 1, last
    if part in (
        "early",
        "beginning of",
        "start of",
        "初旬",
        "上旬",
        "初め",
        "初頭",
        "first half of",
        "前半",
    ):
        final = 15 if part in ("first half of", "前半") else 10
    elif part in ("mid", "middle of", "中旬", "半ば", "中頃"):
        first, final = 10, 20
    elif part in ("late", "end of", "下旬", "末", "月末", "second half of", "後半"):
        first = 16 if part in ("second half of", "後半") else 20
    return date(year, month, first), date(year, month, final)


def _recent_year(month: int, asof: date) -> int:
    return asof.year if month <= asof.month else asof.year - 1


def month_named(text: str) -> int:
    """Return the number of a month by its English name.

    Parameters
    ----------
    text
        The name or its abbreviation, with or without a full stop.

    Returns
    -------
    int
        1 to 12.
    """
    return _MONTHS[text.lower().rstrip(".")]


def _part(match: re.Match[str]) -> str:
    return (match.groupdict().get("part") or "").lower().strip("-")


def _day_month_year(match: re.Match[str], asof: date) -> Found:
    month = month_named(match["month"])
    year = int(match["year"]) if match["year"] else _recent_year(month, asof)
    found = date(year, month, int(match["day"]))
    if not match["year"] and found > asof:
        found = found.replace(year=year - 1)
    return found, found


def _day_span(match: re.Match[str], asof: date) -> Found:
    first_month = month_named(match["month"])
    last_month = month_named(match["month2"]) if match["month2"] else first_month
    year = int(match["year"]) if match["year"] else _recent_year(last_month, asof)
    start = date(year if first_month <= last_month else year - 1, first_month, int(match["day"]))
    return start, date(year, last_month, int(match["day2"]))


def _month_year(match: re.Match[str], asof: date) -> Found:
    month = month_named(match["month"])
    if match["year"]:
        year = int(match["year"])
    elif match.groupdict().get("last"):
        year = asof.year - 1
    else:
        year = _recent_year(month, asof)
    return month_of(year, month, _part(match))


def _since_month(match: re.Match[str], asof: date) -> Found:
    month = int(match["month"])
    last = month_of(_ja_year(match, month, asof), month)[1]
    return last, max(last, asof)


def _compared(match: re.Match[str], asof: date) -> Found:
    told = match["told"]
    if told == "前日比":
        return asof, asof
    if "週" in told:
        return asof - timedelta(days=asof.weekday() + 3), asof
    if "月" in told:
        return asof.replace(day=1) - timedelta(days=1), asof
    return date(asof.year, 1, 1), asof


def _month_told(match: re.Match[str], asof: date) -> Found:  # noqa: ARG001 - a reader's signature
    first = asof.replace(day=1)
    if asof.day > 10:
        return first, asof
    before = first - timedelta(days=1)
    return before.replace(day=1), before


def _ago(match: re.Match[str], asof: date) -> Found:
    days = {"week": 7, "month": 30, "year": 365}[match["unit"].lower()]
    day = asof - timedelta(days=days)
    return day, day


def _span_to(match: re.Match[str], asof: date) -> Found:
    month = month_named(match["month"] or match["month2"])
    year = int(match["year"]) if match["year"] else _recent_year(month, asof)
    end = date(year, month, int(match["day"] or match["day2"]))
    days = {"week": 6, "month": 30, "quarter": 91, "year": 365}[match["unit"].lower()]
    return end - timedelta(days=days), end


def _week(match: re.Match[str], asof: date) -> Found:
    told = match["month"]
    month = int(told) if told.isdigit() else month_named(told)
    year = int(match["year"]) if match["year"] else _recent_year(month, asof)
    last = calendar.monthrange(year, month)[1]
    places = {"first": 1, "second": 2, "third": 3, "1": 1, "2": 2, "3": 3, "4": 4}
    place = places.get(match["week"].lower())
    first = last - 6 if place is None else 7 * place - 6
    return date(year, month, first), date(year, month, min(first + 6, last))


def _month_span(match: re.Match[str], asof: date) -> Found:
    first, last = month_named(match["month"]), month_named(match["month2"])
    year = int(match["year"]) if match["year"] else _recent_year(last, asof)
    start = month_of(year if first <= last else year - 1, first)[0]
    return start, month_of(year, last)[1]


def _iso(match: re.Match[str], asof: date) -> Found:  # noqa: ARG001 - a reader's signature
    found = date(int(match["year"]), int(match["month"]), int(match["day"]))
    return found, found


def _year(match: re.Match[str], asof: date) -> Found:
    if match.groupdict().get("year2"):
        last = match["year2"]
        last = last if len(last) == 4 else match["year"][:2] + last
        return date(int(match["year"]), 1, 1), date(int(last), 12, 31)
    return _year_part(int(match["year"]), _part(match), asof)


def _year_part(year: int, part: str, asof: date) -> Found:  # noqa: ARG001 - the same in all readers
    spans = {
        "early": (1, 3), "beginning of": (1, 1), "start of": (1, 1), "年初": (1, 1), "初め": (1, 2),
        "初頭": (1, 2), "mid": (5, 8), "middle of": (5, 8), "半ば": (5, 8), "late": (9, 12),
        "end of": (12, 12), "末": (12, 12), "年末": (12, 12), "first half of": (1, 6),
        "second half of": (7, 12), "前半": (1, 6), "後半": (7, 12), "上半期": (1, 6),
        "下半期": (7, 12), "上期": (1, 6), "下期": (7, 12), "春": (3, 5), "夏": (6, 8), "秋": (9, 11),
        "冬": (12, 12), "spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11),
    }  # fmt: skip
    first, last = spans.get(part, (1, 12))
    return date(year, first, 1), month_of(year, last)[1]


def _quarter(match: re.Match[str], asof: date) -> Found:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4}
    told = match["quarter"].lower()
    quarter = words.get(told) or int(told)
    year = int(match["year"]) if match["year"] else asof.year
    if not match["year"] and date(year, 3 * quarter - 2, 1) > asof:
        year -= 1
    return date(year, 3 * quarter - 2, 1), month_of(year, 3 * quarter)[1]


def _relative_year(match: re.Match[str], asof: date) -> Found:
    told = match["which"].lower()
    years = {
        "last year": -1, "昨年": -1, "前年": -1, "去年": -1, "一昨年": -2, "this year": 0,
        "今年": 0, "本年": 0,
    }  # fmt: skip
    start, end = _year_part(asof.year + years[told], _part(match), asof) or (asof, asof)
    return start, min(end, asof) if years[told] == 0 else end


def _relative_month_of_year(match: re.Match[str], asof: date) -> Found:
    back = {"昨年": 1, "前年": 1, "去年": 1, "一昨年": 2, "今年": 0, "本年": 0, "last": 1}
    return month_of(asof.year - back[match["which"].lower()], int(match["month"]), _part(match))


def _year_to_date(match: re.Match[str], asof: date) -> Found:  # noqa: ARG001
    return date(asof.year, 1, 1), asof


def _relative(match: re.Match[str], asof: date) -> Found:
    told = match["which"].lower()
    monday = asof - timedelta(days=asof.weekday())
    first = asof.replace(day=1)
    before = first - timedelta(days=1)
    ended = monday if asof.weekday() > 4 else monday - timedelta(days=7)
    table: dict[str, tuple[date, date]] = {
        "this week": (monday, asof), "今週": (monday, asof),
        "last week": (ended, ended + timedelta(days=6)),
        "先週": (ended, ended + timedelta(days=6)),
        "前週": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "this month": (first, asof), "今月": (first, asof),
        "so far this month": (first, asof), "month to date": (first, asof), "月初来": (first, asof),
        "last month": (before.replace(day=1), before), "先月": (before.replace(day=1), before),
        "前月": (before.replace(day=1), before),
        "yesterday": (asof - timedelta(days=1),) * 2, "昨日": (asof - timedelta(days=1),) * 2,
        "前日": (asof - timedelta(days=1),) * 2, "today": (asof, asof), "本日": (asof, asof),
        "今日": (asof, asof), "over the weekend": _weekend(asof), "at the weekend": _weekend(asof),
        "週末": _weekend(asof), "先週末": _weekend(asof),
    }  # fmt: skip
    start, end = table[told]
    if _part(match):
        month = month_of(start.year, start.month, _part(match))
        return month[0], min(month[1], asof)
    return start, end


def _weekend(asof: date) -> tuple[date, date]:
    sunday = asof - timedelta(days=(asof.weekday() + 1) % 7)
    return sunday - timedelta(days=2), sunday


def _past(match: re.Match[str], asof: date) -> Found:
    told = match["count"].lower().strip()
    told = {"数": "3", "": "1", "半": "0.5"}.get(told, told)
    count = _WORDS.get(told) or float(told)
    unit = match["unit"].lower()
    days = next(
        length
        for start, length in (
            ("営業日", 1.4), ("session", 1.4), ("trading", 1.4), ("day", 1), ("日", 1), ("week", 7),
            ("週", 7), ("month", 30.44), ("カ月", 30.44), ("か月", 30.44), ("ヶ月", 30.44),
            ("ヵ月", 30.44), ("ケ月", 30.44), ("year", 365.25), ("年", 365.25), ("decade", 3652),
        )
        if unit.startswith(start)
    )  # fmt: skip
    return asof - timedelta(days=round(count * days)), asof


def _weekday(match: re.Match[str], asof: date) -> Found:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    back = (asof.weekday() - names.index(match["weekday"].lower()[:3])) % 7
    if not back and match["last"]:
        back = 7
    found = asof - timedelta(days=back)
    return found, found


def _ja_day(match: re.Match[str], asof: date) -> Found:
    month = int(match["month"]) if match["month"] else asof.month
    year = _ja_year(match, month, asof)
    if not match["month"]:
        found = _latest(int(match["day"]), asof)
        return found, found
    found = date(year, month, int(match["day"]))
    if match["year"] is None and match["which"] is None and found > asof:
        found = found.replace(year=found.year - 1)
    return found, found


def _latest(number: int, asof: date) -> date:
    """Return the last day of that number that is not after the text."""
    first = asof.replace(day=1)
    for _ in range(3):
        if number <= calendar.monthrange(first.year, first.month)[1]:
            found = first.replace(day=number)
            if found <= asof:
                return found
        first = (first - timedelta(days=1)).replace(day=1)
    raise ValueError(number)


def _ja_year(match: re.Match[str], month: int, asof: date) -> int:
    if match["year"]:
        return _full_year(match["year"])
    told = match["which"]
    if told:
        return asof.year - {"昨年": 1, "前年": 1, "去年": 1, "一昨年": 2}.get(told, 0)
    return _recent_year(month, asof)


def _full_year(told: str) -> int:
    return int(told) if len(told) == 4 else 2000 + int(told)


def _ja_span(match: re.Match[str], asof: date) -> Found:
    last_month = int(match["month2"] or match["month"])
    year = _ja_year(match, last_month, asof)
    first = int(match["month"])
    start_year = year if first <= last_month or match["year"] else year - 1
    end_year = year if first <= last_month or not match["year"] else year + 1
    return date(start_year, first, int(match["day"])), date(
        end_year, last_month, int(match["day2"])
    )


def _ja_month(match: re.Match[str], asof: date) -> Found:
    month = int(match["month"])
    return month_of(_ja_year(match, month, asof), month, _part(match))


def _ja_months(match: re.Match[str], asof: date) -> Found:
    first, last = int(match["month"]), int(match["month2"])
    year = _ja_year(match, last, asof)
    start_year = year if first <= last or match["year"] else year - 1
    end_year = year + 1 if match["year"] and first > last else year
    return date(start_year, first, 1), month_of(end_year, last)[1]


def _ja_year_only(match: re.Match[str], asof: date) -> Found:
    if match.groupdict().get("year2"):
        return date(_full_year(match["year"]), 1, 1), date(_full_year(match["year2"]), 12, 31)
    return _year_part(_full_year(match["year"]), _part(match), asof)


def _day_span_loose(match: re.Match[str], asof: date) -> Found:
    last = month_named(match["month2"])
    first = month_named(match["month"]) if match["month"] else last
    year = int(match["year"]) if match["year"] else _recent_year(last, asof)
    start = date(year if first <= last else year - 1, first, int(match["day"]))
    return start, date(year, last, int(match["day2"]))


def _past_en(match: re.Match[str], asof: date) -> Found:
    if match["count"] is None:
        days = {"w": 7, "m": 30, "y": 365, "d": 1, "s": 1, "t": 1}
        return asof - timedelta(days=days[match["unit"][0].lower()]), asof
    return _past(match, asof)


def _is_verb(match: re.Match[str]) -> bool:
    """Tell "may" and "march" as verbs from months: months are written large, or follow a word."""
    told = match["month"]
    if told.lower() not in ("may", "march", "mar", "sep", "dec", "jan"):
        return False
    settled = match["year"] or match["lead"] or match["part"] or match["last"]
    if settled:
        return False
    before = match.string[max(0, match.start() - 8) : match.start()].lower()
    after = match.string[match.end() : match.end() + 12].lower()
    preposition = before.rstrip().endswith(("in", "of", "its", "the", "during", "last", "this"))
    owned = after.lstrip().startswith(("peak", "high", "low", "top"))
    return not (told[:1].isupper() and (preposition or owned or told.lower() == "march"))


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (rf"\b(?:in|over|during) the (?P<unit>week|month|quarter|year) (?:to|ended|ending|through|until) (?:(?P<day>\d{{1,2}}) (?P<month>{MONTH})|(?P<month2>{MONTH}) (?P<day2>\d{{1,2}}))(?:,? (?P<year>\d{{4}}))?", _span_to),
        (rf"(?P<lead>since|by|as of)?\s?\b(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})\b{_JA_TAIL}", _iso),
        (r"(?:(?P<year>\d{4})年|(?P<which>昨年|前年|去年|今年|一昨年))?の?(?P<month>\d{1,2})月(?P<day>\d{1,2})日?(?:から|~|-)(?:(?P<month2>\d{1,2})月)?(?P<day2>\d{1,2})日(?:にかけて|まで)?", _ja_span),
        (rf"(?:(?P<year>\d{{4}})年|(?P<which>昨年|前年|去年|今年|一昨年))?の?(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日{_JA_TAIL}", _ja_day),
        (rf"{_EN_LEAD}(?:the )?\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{MONTH})?(?: ?(?:-|to|and|until) ?)(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<month2>{MONTH}),?(?: (?P<year>\d{{4}}))?", _day_span_loose),
        (rf"(?P<lead>between|from)?\s?\b(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: ?(?:-|to|and|until|through) ?)(?:(?P<month2>{MONTH}) )?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year>\d{{4}}))?", _day_span),
        (rf"{_EN_LEAD}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{MONTH}),?(?: (?P<year>\d{{4}}))?", _day_month_year),
        (rf"{_EN_LEAD}\b(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year>\d{{4}}))?", _day_month_year),
        (rf"(?P<lead>between|from)?\s?\b(?P<month>{MONTH})(?: ?(?:-|to|and|through|until) ?)(?P<month2>{MONTH})(?:,? (?P<year>\d{{4}}))?", _month_span),
        (r"(?:(?P<year>\d{4})年|(?P<which>昨年|前年|今年))?の?(?P<month>\d{1,2})月末比", _since_month),
        (r"\b(?:for|on|over) the month\b|月間(?:で|では|に|の)?", _month_told),
        (r"(?P<told>前日比|先週末比|前週末比|前月末比|先月末比|昨年末比|前年末比)", _compared),
        (r"(?P<lead>than|since|from)?\s?\b(?:a|one) (?P<unit>week|month|year) (?:ago|earlier|before)\b", _ago),
        (rf"(?:the )?\b(?P<week>first|second|third|last|final) week of (?P<month>{MONTH})(?:,? (?P<year>\d{{4}}))?", _week),
        (r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月第(?P<week>[1-4])週", _week),
        (rf"{_EN_LEAD}(?:{_PART}[ -]?(?:of )?)?(?:(?P<last>last) )?\b(?P<month>{MONTH})(?:,? (?:of )?(?P<year>\d{{4}}))?(?!\w)", lambda m, a: None if _is_verb(m) else _month_year(m, a)),
        (r"(?:(?P<year>\d{4})年|(?P<which>昨年|前年|去年|今年|一昨年))?の?(?P<month>\d{1,2})(?:月?(?:から|~|-))(?P<month2>\d{1,2})月(?:期|にかけて|まで)?", _ja_months),
        (rf"(?:(?P<year>\d{{4}})年|(?P<which>昨年|前年|去年|今年|一昨年))?の?(?P<month>\d{{1,2}})月(?:の)?{JA_PART}?{_JA_TAIL}(?!\s?期)", _ja_month),
        (r"(?P<year>\d{4})年?(?:から|~|-)(?P<year2>\d{4})年", _ja_year_only),
        (rf"(?P<year>\d{{4}})年(?:の)?(?P<part>初め|初頭|半ば|末|後半|前半|上半期|下半期|上期|下期|春|夏|秋|冬|年初)?{_JA_TAIL}(?!物|債)", _ja_year_only),
        (r"(?:(?P<year>\d{4})年)?第(?P<quarter>[1-4])四半期", _quarter),
        (r"\b(?:the )?(?P<quarter>first|second|third|fourth) quarter(?: of (?P<year>\d{4}))?", _quarter),
        (r"\bQ(?P<quarter>[1-4])(?: of)?(?: (?P<year>\d{4}))?\b", _quarter),
        (rf"(?P<which>一昨年|昨年|前年|去年|今年|本年)(?:の)?(?P<part>初め|初頭|半ば|末|後半|前半|上半期|下半期|上期|下期|春|夏|秋|冬|年初)?{_JA_TAIL}(?!来|比)", _relative_year),
        (rf"(?P<which>今月|先月|前月)(?:の)?{JA_PART}?{_JA_TAIL}(?!比)", _relative),
        (r"\b(?:year[- ]to[- ]date|YTD|so far this year|(?:for|on) the year|since the (?:start|beginning|turn) of the year)\b|年初来|年初から|年明け以降|年明けから|年明け", _year_to_date),
        (r"\bat the (?P<part>start|beginning|turn) of the year\b|(?P<ja_part>年初)(?=の|に|は)", lambda m, a: (date(a.year, 1, 1), date(a.year, 1, 10))),  # noqa: ARG005
        (rf"{_EN_LEAD}(?:{_PART}[ -])?\b(?P<which>last year|this year)\b", _relative_year),
        (r"(?P<which>\bthis week|\blast week|\bso far this month|\bmonth[- ]to[- ]date|\bthis month|\blast month|\byesterday|\btoday|\bover the weekend|\bat the weekend|今週|先週末|先週|前週|月初来|昨日|前日(?!比)|本日|今日|週末)", _relative),
        (rf"\b(?:over|in|during|within|for)?\s?(?:the )?(?:past|last|previous|prior|trailing)\s(?P<count>{_COUNT}|couple of|few|several)?\s?(?P<unit>trading days|sessions?|days?|weeks?|months?|years?|decade)\b", _past_en),
        (rf"\bin (?P<count>{_COUNT}) (?P<unit>trading days|sessions?|days?|weeks?|months?)\b", _past),
        (r"(?:過去|直近|ここ|この)(?P<count>\d{1,3}|数|半)(?P<unit>営業日|日|週間?|カ月|か月|ヶ月|ヵ月|ケ月|年)間?", _past),
        (r"(?:on )?(?P<last>last )?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b", _weekday),
        (rf"{_EN_LEAD}(?:{_PART}[ -]?(?:of )?)?(?<![\d$¥,.])\b(?P<year>(?:19|20)\d{{2}})(?:[-/](?P<year2>\d{{2}}|\d{{4}}))?\b(?![\d,.]*\d|\s?(?:ドル|円|トン|tonnes|dollars|%|万|億))", _year),
        (r"(?<![\d月年.,])(?:(?P<which>同月)|(?P<year>$.)|(?P<month>$.))?(?P<day>\d{1,2})日(?=に|の|は|、|時点|夜|終値)", _ja_day),
    )
)  # fmt: skip
