"""Sentences and clauses with the names, figures and dates in them, and what they carry over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from comove.answers.audit.reading import cues
from comove.answers.audit.reading.amounts import Amount, amounts
from comove.answers.audit.reading.dates import Period, periods
from comove.answers.audit.reading.letters import language_of, narrow
from comove.answers.audit.reading.names import RATES, Mention, lexicon, plausible
from comove.answers.audit.reading.sentences import is_heading, sentences
from comove.core.claim import Claim, ClaimKind
from comove.core.series import SeriesSpec

MOST = 30
"""Names and figures of a sentence that are looked at; prose has fewer."""
DRIVERS = RATES | {"dxy", "usdjpy"}
"""What moves others: "both" never means them."""
LEADING = 4
"""Times that a name in the title, or in the first sentence with names, counts."""
LEAD = 24
"""Letters before a condition that are no statement of their own: "For miners, if ..."."""
OPENING = 4
"""Letters within which a period opens its sentence and holds for all of it."""

_SAME = re.compile(
    r"\b(?:the same|that|this) (?:period|time|stretch|span|window)|meanwhile|over that|同期間|同じ期間|この間|同時期",
    re.IGNORECASE,
)
_SPLIT_EN = re.compile(
    r"\s*;\s+|\s+-\s+|,?\s+(?:while|whereas|although|though)\s+|,\s+(?:but|yet|and|so)\s+|\s+but\s+"
)
_SPLIT_JA = re.compile(
    r"(?:[たるいだすん]が|ものの|のに対して?|一方で?|とともに)、|;|(?<=[いたるくし])一方(?=[^、])"
)
_FACT_JA = re.compile(
    r"(?:位置し|にあり|であり|とな(?:り|って(?:おり|いて))|して(?:おり|いて)|(?:[たるいだ])が|た一方で?|ものの|ため)、"
)
_FACT_EN = re.compile(
    r"(?:[,;]\s(?:and|but|so|yet)|;|\s-)\s+(?=(?:if|once|unless|should)\b)", re.IGNORECASE
)
_TAKES_OVER = re.compile(r"[高安]?[はもが]")
_OBJECT_BEFORE = re.compile(
    r"(?:unlike|versus|vs\.?|than|against|with|to|relative to|compared with|alongside|despite|from|into|of|for|on|by|in|after)\s(?:the\s|both\s|us\s|u\.s\.\s)?$",
    re.IGNORECASE,
)
_OBJECT_AFTER = re.compile(
    r"^(?:に対し|に比べ|と比べ|より|との|と(?!もに)|を受け|を背景|につれ|とは|対比|に)"
)
_IN = re.compile(
    r"\s(?:(?:fall|drop|decline|rise|gain|jump|plunge|slide|rally|loss|drawdown|correction)\s)?(?:in|for)\s(?:the\s)?",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"^(?:'s)?[\s-]?(?:record\s|all-time\s|closing\s)?(?:peaks?|highs?|lows?|troughs?|tops?|bottoms?|records?)\b|^の?(?:最高値|高値|最安値|安値|ピーク|底)",
    re.IGNORECASE,
)
_ALIKE = re.compile(
    r"^\s*(?:,|and|&|や|と|、|・|および|及び|ならびに|並びに|,\s*and|or)?\s*(?:the\s)?\s*$"
)
_TOPIC = re.compile(
    r"\b(?:both|they|the two|the pair)\b|diversif|liquidat|両者|両資産|双方|いずれも|分散(?:効果|投資)|清算",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:both|the two|the pair|each of them|they)\b|両者|両資産|双方|いずれも|ともに|両方|2資産|どちらも",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:is|are|remains?|trades?|stands?|sits?|now|currently|changing hands|ha(?:s|ve) since|since then|today|still|at present|hovers?|holds?)\b|現在|足元|推移している|推移する|にある|位置する|している(?=。|$)|目下",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:,?\s*(?:while|and|but|whereas|although|though|yet|so|as)|[\s,、;:・-])+$", re.IGNORECASE
)
_BULLET = re.compile(r"^[・•●◆■\s,、;-]+")
_RELATIVE = re.compile(r"(?:which|who|where|whose|having)\b", re.IGNORECASE)
_ON_TO = re.compile(r",?\sto\s", re.IGNORECASE)
_CAME_FROM = re.compile(r"\bfrom\s(?:about\s|around\s|nearly\s|roughly\s)?$", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[,.;]|$)")
_FROM_LEVEL = re.compile(r"\bfrom\s[^,;]{0,40}\d[^,;]{0,20}$", re.IGNORECASE)
_MOVED_JA = re.compile(r"の[^、。]{0,16}から")
_DIGIT = re.compile(r"\d")
_VERB = re.compile(
    r"^[^,]{0,24}\b(?:is|are|was|were|has|have|had|stood|stands|traded|trades|closed|hit|held|remain\w*)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:is|are|was|were|has|have|rose|fell|lost|sank|slid|hit|rises|falls|[a-z]{3,}ed)\b|た。?$|る。?$|だ。?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """The smallest piece a rule looks at.

    Attributes
    ----------
    text
        Narrowed; of the same length as the piece of the text it stands for.
    start
        Where it begins in the text.
    asof
        Day of the text.
    language
        Of the sentence.
    mentions, amounts, periods
        In it, places counted from its own beginning.
    carried
        Ids of the assets spoken of before, the last one last.
    earlier
        Period named earlier in the sentence, for a clause without one.
    sentence
        Narrowed sentence it belongs to.
    sentence_mentions
        Names anywhere in the sentence, places counted from the sentence's beginning.
    quote_at
        Beginning and end of the sentence in the text.
    mains
        What "both" means: two assets the sentence before joins, else the two the text has spoken
        of most so far.
    latest
        The assets of the sentence before, where they are one or two.
    opens
        It begins a paragraph.
    spent
        Figures that a rule has taken already.
    """

    text: str
    start: int
    asof: date
    language: str
    mentions: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    periods: tuple[Period, ...]
    carried: tuple[str, ...] = ()
    earlier: Period | None = None
    sentence: str = ""
    sentence_mentions: tuple[Mention, ...] = field(default=(), repr=False)
    quote_at: tuple[int, int] = (0, 0)
    mains: tuple[str, ...] = ()
    spent: tuple[Amount, ...] = ()
    latest: tuple[str, ...] = ()
    opens: bool = False

    @property
    def hypothetical(self) -> bool:
        """A condition or a forecast: nothing that has happened."""
        return bool(cues.CONDITION.search(self.text))

    @property
    def future(self) -> bool:
        """A forecast, a target, a possibility."""
        return bool(cues.FUTURE.search(self.text))

    @property
    def asks(self) -> bool:
        """A question states nothing."""
        return bool(cues.QUESTION.search(self.sentence))

    @property
    def direction(self) -> str:
        """Which way it says that something went."""
        return cues.direction(self.text)

    def in_condition(self, place: int) -> bool:
        """Tell whether a place lies in what is supposed, not in what is to follow from it."""
        condition = cues.CONDITION.search(self.text)
        if condition is None:
            return False
        if self.language == "ja":
            return place < condition.end()
        head = self.text[: condition.start()].strip(" ,;-")
        comma = self.text.find(", ", condition.end())
        leads = len(head) < LEAD or comma > 0
        return place >= condition.start() and (not leads or comma < 0 or place < comma)

    @property
    def same_time(self) -> bool:
        """It says "over the same period", 同じ期間."""
        return bool(_SAME.search(self.sentence))

    @property
    def speaks_of_both(self) -> bool:
        """It says "both", "the two", 両者."""
        return bool(_BOTH.search(self.text))

    @property
    def is_label(self) -> bool:
        """A few words that head a point: "Strong dollar."."""
        whole = self.sentence.strip()
        short = len(whole.split()) <= 4 if self.language == "en" else len(whole) <= 10
        return short and not self.periods and not _PAST.search(whole)

    def subjects(self, place: int | None = None) -> tuple[str, ...]:
        """Return the assets a figure or verb at a place is about.

        Parameters
        ----------
        place
            Where it stands; None: the first subject of the clause.

        Returns
        -------
        tuple of str
            Several when they are joined by "and"; empty when nothing is named.
        """
        behind = self._behind(place)
        if behind is not None:
            return (behind.series,)
        acting = [m for m in self.mentions if not self.is_object(m)] or list(self.mentions)
        before = [m for m in acting if place is None or m.start < place]
        if before:
            last = before[0] if place is None else before[-1]
            return self._group(last)
        if _BOTH.search(self.text) and len(self.mains) > 1:
            return self.mains
        after = [m for m in self.mentions if place is not None and 0 <= m.start - place < 60]
        if after and (self.language == "en" or not self.carried):
            return self._group(after[0])
        return self._implied(place)

    def _implied(self, place: int | None) -> tuple[str, ...]:
        """Return who is meant where nobody is named: the last spoken of that the price can be of."""
        prices = [a for a in self.amounts if a.start == place and a.unit == "usd"]
        if not prices:
            return self.carried[-1:]
        price = prices[0]
        order = (*reversed(self.carried), *self.mains)
        fitting = [s for s in order if s not in RATES and plausible(s, price.low, price.high)]
        return tuple(fitting[:1]) or self.carried[-1:]

    def _behind(self, place: int | None) -> Mention | None:
        """Return the name in "$60,000 in bitcoin" and "a 30% fall in gold"."""
        if self.language == "ja" or place is None:
            return None
        ends = [amount.end for amount in self.amounts if amount.start == place]
        for mention in self.mentions:
            if ends and _IN.fullmatch(self.text[ends[0] : mention.start]):
                return mention
        return None

    def is_object(self, mention: Mention) -> bool:
        """Tell whether a name is what something is compared with or caused by."""
        if self.language == "ja":
            return bool(_OBJECT_AFTER.match(self.text[mention.end : mention.end + 6])) and not (
                _ALIKE.match(self._between(mention))
            )
        return bool(_OBJECT_BEFORE.search(self.text[max(0, mention.start - 18) : mention.start]))

    def _between(self, mention: Mention) -> str:
        later = [other for other in self.mentions if other.start >= mention.end]
        return self.text[mention.end : later[0].start] if later else "."

    def _group(self, mention: Mention) -> tuple[str, ...]:
        place = self.mentions.index(mention)
        low = high = place
        while low > 0 and self._joined(low - 1):
            low -= 1
        while high + 1 < len(self.mentions) and self._joined(high):
            high += 1
        return tuple(dict.fromkeys(m.series for m in self.mentions[low : high + 1]))

    def _joined(self, place: int) -> bool:
        first, second = self.mentions[place], self.mentions[place + 1]
        between = self.text[first.end : second.start]
        return bool(between.strip()) and bool(_ALIKE.match(between))

    def period(self, place: int | None = None) -> Period | None:
        """Return the period a figure or verb at a place belongs to.

        Parameters
        ----------
        place
            Where it stands; None: the first period of the clause.

        Returns
        -------
        Period or None
            The nearest one between the same commas, else the nearest before, else the one named
            earlier in the sentence unless the clause speaks of now.
        """
        if not self.periods:
            opened = self.earlier is not None and self.earlier.place[0] < OPENING
            return None if _NOW.search(self.text) and not opened else self.earlier
        if place is None:
            free = (p for p in self.periods if not _EXTREME.match(self.text[p.place[1] :]))
            return next(free, None)
        own = [
            period
            for period in self.periods
            if self._reaches(period, place) and not _EXTREME.match(self.text[period.place[1] :])
        ]
        if not own:
            return None
        comma = "、" if self.language == "ja" else ", "
        low = self.text.rfind(comma, 0, place)
        high = self.text.find(comma, place)
        high = len(self.text) if high < 0 else high
        inside = [p for p in own if low <= p.place[0] < high]
        if inside:
            return min(inside, key=lambda p: min(abs(p.place[0] - place), abs(p.place[1] - place)))
        before = [p for p in own if p.place[1] <= place and not self._aside(p, place)]
        if before and not _NOW.search(self.text[max(low, 0) : high]):
            return before[-1]
        return None if _NOW.search(self.text) or before else self.earlier

    def _reaches(self, period: Period, place: int) -> bool:
        """Tell whether a period reaches past another figure: only one that opens the clause does."""
        ahead = period.place[0] > place
        low, high = (place, period.place[0]) if ahead else (period.place[1], place)
        between = [a for a in self.amounts if low <= a.start and a.end <= high and a.start != place]
        if not between:
            return ahead or not self._left_behind(period, place)
        if ahead:
            return False
        if self.language == "ja":
            return not self.text[period.place[1] :].startswith("の")
        return period.place[0] < 12

    def _aside(self, period: Period, place: int) -> bool:
        """Tell whether a period stands in ", which ... ," and the place behind it."""
        low = self.text.rfind(", ", 0, period.place[0])
        closed = self.text.find(", ", period.place[1], place)
        return low >= 0 and closed >= 0 and bool(_RELATIVE.match(self.text[low + 2 :]))

    def _left_behind(self, period: Period, place: int) -> bool:
        """Tell whether a period is that of the level a move came from: "from 100 in May to"."""
        if self.language == "ja" or not _ON_TO.match(self.text[period.place[1] : place]):
            return False
        return any(
            a.end <= period.place[0] and _CAME_FROM.search(self.text[: a.start])
            for a in self.amounts
        )

    def dates_extreme(self, period: Period) -> bool:
        """Tell whether a period dates a peak or a low: "its March record"."""
        return bool(_EXTREME.match(self.text[period.place[1] :]))

    def carried_period(self) -> Period | None:
        """Return the period that later words mean by "the same": from where a move began on."""
        if not self.periods:
            return None
        last = self.periods[-1]
        days = sorted({p.start for p in self.periods if p.exact and p.end <= self.asof})
        if len(days) == 2 and last.exact:
            return replace(last, start=days[0], end=days[1], form="since", until=days[1])
        if self.language == "ja":
            began = bool(_MOVED_JA.match(self.text[last.place[1] :]))
        else:
            head = self.text[: last.place[0]]
            tail = self.text[last.place[1] :]
            began = bool(_FROM_LEVEL.search(head)) and bool(_ON_TO.match(tail) or _ENDS.match(tail))
        if not began or last.form != "in" or last.end >= self.asof:
            return last
        return replace(last, start=last.end, end=self.asof, form="since", until=last.end)

    def claim(self, kind: ClaimKind, span: tuple[int, int], **fields: object) -> Claim:
        """Make a claim of a stretch of this clause.

        Parameters
        ----------
        kind
            Of claim.
        span
            Where in the clause.
        **fields
            Of :class:`~comove.core.claim.Claim`.

        Returns
        -------
        Claim
            With its place in the text.
        """
        low, high = max(0, span[0]), min(len(self.text), span[1])
        quote = _TAIL.sub("", self.text[low:high])
        high = low + len(quote)
        low += len(quote) - len(_BULLET.sub("", quote))
        return Claim(
            kind=kind,
            place=(self.start + low, self.start + high),
            quote=self.text[low:high],
            language=self.language,
            attributed=bool(cues.ATTRIBUTION.search(self.sentence)),
            **fields,  # type: ignore[arg-type]
        )


def clauses(text: str, asof: date, specs: Mapping[str, SeriesSpec]) -> Iterator[Clause]:
    """Cut a text into clauses.

    Parameters
    ----------
    text
        Without markup.
    asof
        Day of the text.
    specs
        Every series by id.

    Yields
    ------
    Clause
        Only where a name or a digit stands in the sentence.
    """
    known = lexicon(specs)
    whole = language_of(text)
    carried: tuple[str, ...] = ()
    spoken_of: Counter[str] = Counter()
    before: Period | None = None
    joined: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    for start, end in sentences(text):
        raw = narrow(text[start:end])
        names = known.mentions(raw)[:MOST]
        leading = LEADING if names and not spoken_of else 1
        for series in dict.fromkeys(m.series for m in names if m.series not in DRIVERS):
            spoken_of[series] += leading
        if is_heading(raw):
            continue
        if not names and not _DIGIT.search(raw) and not _TOPIC.search(raw):
            continue
        spoken = language_of(raw) if len(raw) > 12 else whole
        sentence = Clause(
            raw,
            start,
            asof,
            spoken,
            names,
            (),
            (),
            carried,
            None,
            raw,
            names,
            (start, end),
            joined or tuple(series for series, _ in spoken_of.most_common(2)),
            latest=latest,
            opens=text[max(0, start - 2) : start] in ("\n\n", "\n\u3000"),
        )
        measured = _measured(sentence)
        if before is not None and not measured.periods and _SAME.search(raw):
            measured = replace(measured, earlier=before)
        yield from _pieces(measured)
        before = measured.carried_period() or before
        carried = _carry(carried, sentence)
        latest = _few(names)
        joined = () if cues.CORRELATION.search(raw) else _couple(sentence)


def _few(names: tuple[Mention, ...]) -> tuple[str, ...]:
    """Return the assets of a sentence where they are one or two."""
    found = tuple(dict.fromkeys(m.series for m in names if m.series not in RATES))
    return found if len(found) <= 2 else ()


def _couple(sentence: Clause) -> tuple[str, ...]:
    """Return the two assets a sentence joins as its subject, or nothing."""
    group = [series for series in sentence.subjects() if series not in RATES]
    named = {m.series for m in sentence.mentions} - RATES
    return tuple(group) if len(group) == 2 and named == set(group) else ()


def _measured(clause: Clause) -> Clause:
    """Find dates and figures, neither inside the other."""
    averages = [match.span() for match in cues.AVERAGE.finditer(clause.text)]
    windows = [match.span() for match in cues.WINDOW.finditer(clause.text)]
    named = [(m.start, m.end) for m in clause.mentions]
    masked = list(clause.text)
    for low, high in (*averages, *named):
        masked[low:high] = "\x00" * (high - low)
    found = periods("".join(masked), clause.asof)
    hidden = (*named, *averages, *windows, *(period.place for period in found))
    return replace(clause, periods=found, amounts=amounts(clause.text, tuple(hidden))[:MOST])


def _pieces(sentence: Clause) -> Iterator[Clause]:
    carried, earlier = sentence.carried, sentence.earlier
    for low, high in _bounds(sentence):
        piece = replace(
            sentence,
            text=sentence.text[low:high],
            start=sentence.start + low,
            mentions=tuple(
                replace(m, start=m.start - low, end=m.end - low)
                for m in sentence.mentions
                if low <= m.start < high
            ),
            amounts=tuple(
                replace(a, start=max(a.start - low, 0), end=a.end - low)
                for a in sentence.amounts
                if low <= a.end - 1 < high
            ),
            periods=tuple(
                replace(p, place=(max(p.place[0] - low, 0), p.place[1] - low))
                for p in sentence.periods
                if low <= p.place[1] - 1 < high
            ),
            carried=carried,
            earlier=earlier,
        )
        yield piece
        carried = _carry(carried, piece)
        earlier = piece.carried_period() or earlier


def _bounds(sentence: Clause) -> Iterator[tuple[int, int]]:
    """Cut where another asset takes over; a condition stays with what follows from it."""
    condition = cues.CONDITION.search(sentence.text)
    if condition is not None:
        yield from _conditional_bounds(sentence, condition.start())
        return
    pattern = _SPLIT_JA if sentence.language == "ja" else _SPLIT_EN
    cuts = [match.end() for match in pattern.finditer(sentence.text)]
    for mention in sentence.mentions:
        before = sentence.text[: mention.start]
        if sentence.language == "ja":
            leads = before.endswith("、") and bool(
                _TAKES_OVER.match(sentence.text[mention.end : mention.end + 3])
            )
        else:
            leads = bool(re.search(r"(?:\band|,)\s(?:the\s)?$", before[-12:])) and _acts(
                sentence.text[mention.end : mention.end + 40]
            )
        if leads and any(amount.end <= mention.start for amount in sentence.amounts):
            cuts.append(mention.start)
    begin = 0
    for cut in sorted({*cuts, len(sentence.text)}):
        if cut > begin and sentence.text[begin:cut].strip(" ,、;()-"):
            yield begin, cut
            begin = cut


def _conditional_bounds(sentence: Clause, place: int) -> Iterator[tuple[int, int]]:
    """Cut off what a sentence states as a fact before its condition begins."""
    pattern = _FACT_JA if sentence.language == "ja" else _FACT_EN
    cuts = [m.end() for m in pattern.finditer(sentence.text) if m.end() <= place]
    if cuts:
        yield 0, cuts[-1]
    yield cuts[-1] if cuts else 0, len(sentence.text)


def _acts(text: str) -> bool:
    """Tell whether a verb follows a name, so that it opens a statement of its own."""
    return bool(_VERB.search(text) or cues.DOWN.search(text) or cues.UP.search(text))


def _carry(carried: tuple[str, ...], clause: Clause) -> tuple[str, ...]:
    """Remember who was spoken of, the subject last."""
    if not clause.mentions:
        return carried
    subject = clause.subjects()
    if all(clause.is_object(mention) for mention in clause.mentions) and carried:
        subject = carried[-1:]
    rest = [m.series for m in clause.mentions if m.series not in subject]
    merged = [*carried, *rest, *subject]
    return tuple(dict.fromkeys(reversed(merged)))[4::-1] if merged else carried
