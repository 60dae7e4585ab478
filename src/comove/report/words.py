"""Word catalogues: a message and a language make a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from comove.core.document import Document
from comove.core.errors import OutputError, QuestionError
from comove.core.estimate import Estimate
from comove.core.message import Message, Name, Quantity
from comove.report import numbers
from comove.report.catalogue import FIELD, catalogue
from comove.report.numbers import LANGUAGES, Form, Language

EMPTY = "–"
"""What stands in an empty table cell."""

BETWEEN = " / "
"""What stands between the values of a cell that holds several."""

Titles = Mapping[str, Mapping[str, str]]

_ROOM = str(Path(__file__).parent)
_CONTROL = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), " "
)
_NO_TITLES: Titles = MappingProxyType({})

_NUMBER_FORMS: dict[str, Callable[[Form], Form]] = {
    "abs": lambda form: replace(form, sign="never"),
    "signed": lambda form: replace(form, sign="always"),
    "plain": lambda form: replace(form, size="bare"),
    "short": lambda form: replace(form, size="short"),
    "trim": lambda form: replace(form, trim=True),
}
_DAY_FORMS = ("", "short", "month", "iso")
_LIST_FORMS = ("and", "list", "clauses")


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one language.

    A catalogue is a ``words.toml``: nested tables whose leaves hold ``en`` and ``ja``.  A leaf may
    have leaves below it (``channel.gold`` and ``channel.gold.share``).  A template holds fields:

    =====================  =========================================================
    ``{field}``            the value: number by unit, date, title, list, sentence
    ``{field:abs}``        a number without its sign; ``signed`` with a plus as well
    ``{field:plain}``      the digits alone; ``short`` as in a table cell
    ``{field:trim}``       without zeros at the end: a round figure that was declared, not measured
    ``{day:short}``        a day without year; ``month``, ``iso``
    ``{count:s}``          English plural ending: nothing for one, else ``s``
    ``{name:cap}``         first letter large
    ``{items:list}``       commas only; ``and`` joins with ``と`` in Japanese
    ``{days:range}``       two days as one stretch
    ``{estimate:full}``    the point with its unit in words, and the interval
    =====================  =========================================================

    Attributes
    ----------
    language
        ``"en"`` or ``"ja"``.
    entries
        Key to template.
    titles
        Series id to display name in this language.

    Examples
    --------
    >>> from comove.core.message import say
    >>> words = Words("en", {"fell": "{asset} fell {move:abs}."}, {"gdx": "GDX"})
    >>> words.text(say("fell", asset=Name("gdx"), move=Quantity(-0.176, "simple_return")))
    'GDX fell 17.6%.'
    """

    language: Language
    entries: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, language: str, folders: Iterable[str] = (), titles: Titles = _NO_TITLES) -> Words:
        """Read the catalogues of the report room and of some folders.

        Parameters
        ----------
        language
            ``"en"`` or ``"ja"``.
        folders
            Folders that hold a ``words.toml`` each; the report room's own comes by itself.
        titles
            Series id to display name per language.

        Returns
        -------
        Words
            Every key once.

        Raises
        ------
        QuestionError
            For a language that is not spoken, a folder without words, a file that cannot be read,
            a leaf that lacks a language, or a key that is defined twice.

        Examples
        --------
        >>> Words.load("ja").text(Message("verdict.supports"))
        '支持'
        """
        if language not in LANGUAGES:
            raise QuestionError(
                "words.language",
                "{language} is not a language of the word catalogues.",
                "Choose en or ja.",
                language=language,
            )
        spoken = LANGUAGES[LANGUAGES.index(language)]
        entries: dict[str, str] = {}
        for folder in dict.fromkeys((_ROOM, *folders)):
            for key, texts in catalogue(folder).items():
                if key in entries:
                    raise QuestionError(
                        "words.twice",
                        "{key} is worded twice: again in {folder}.",
                        "Rename the key in one of the two words.toml files.",
                        key=key,
                        folder=folder,
                    )
                entries[key] = texts[spoken]
        named = {series: _title(series, spoken, names) for series, names in titles.items()}
        return cls(spoken, entries, named)

    @classmethod
    def of(cls, document: Document, language: str) -> Words:
        """Read the words that a document needs.

        Parameters
        ----------
        document
            Names its folders and its series titles.
        language
            ``"en"`` or ``"ja"``.

        Returns
        -------
        Words
            As :meth:`load`.
        """
        return cls.load(language, document.words, document.titles)

    def text(self, message: Message) -> str:
        """Write a message as a sentence.

        Parameters
        ----------
        message
            Key and values.

        Returns
        -------
        str
            In this language; no markup.

        Raises
        ------
        OutputError
            When the key or a field is missing, or a value cannot be written.
        """
        template = self.label(message.key)
        values = dict(message.items)

        def fill(found: re.Match[str]) -> str:
            name, form = found.group(1), found.group(2) or ""
            if name not in values:
                raise OutputError(
                    "words.field",
                    "The sentence {key} needs {name}, which was not given.",
                    key=message.key,
                    name=name,
                )
            return self.value(values[name], form)

        return FIELD.sub(fill, template)

    def prose(self, messages: Iterable[Message]) -> str:
        """Write several sentences as one paragraph.

        Parameters
        ----------
        messages
            In reading order.

        Returns
        -------
        str
            Joined by a space in English, by nothing in Japanese.
        """
        return ("" if self.language == "ja" else " ").join(self.text(entry) for entry in messages)

    def label(self, key: str) -> str:
        """Return a template as it stands; for headings, units and other words without fields.

        Parameters
        ----------
        key
            Of the catalogues.

        Returns
        -------
        str
            The template.

        Raises
        ------
        OutputError
            When no catalogue holds the key.
        """
        if key not in self.entries:
            raise OutputError(
                "words.unknown",
                "No words are known for {key}.",
                "Add it in en and ja to the words.toml beside what uses it.",
                key=key,
            )
        return self.entries[key]

    def has(self, key: str) -> bool:
        """Tell whether a catalogue holds a key."""
        return key in self.entries

    def title(self, key: str) -> str:
        """Return the title of a series id or of ``"<room>.<key>"``.

        Parameters
        ----------
        key
            What a :class:`~comove.core.message.Name` holds.

        Returns
        -------
        str
            In this language.

        Raises
        ------
        OutputError
            When neither the titles nor the catalogues hold it.
        """
        return self.titles[key] if key in self.titles else self.label(key)

    def column(self, key: str) -> str:
        """Return the heading of a table column: a word of the catalogues or a series title.

        Parameters
        ----------
        key
            An entry of ``Table.columns``.

        Returns
        -------
        str
            ``column.<key>``; for a series id its title.
        """
        return self.titles[key] if key in self.titles else self.label(f"column.{key}")

    def number(self, quantity: Quantity, form: str = "") -> str:
        """Write a quantity.

        Parameters
        ----------
        quantity
            Number and unit.
        form
            Words as in a template: ``"abs"``, ``"signed plain"``.

        Returns
        -------
        str
            See :func:`comove.report.numbers.number`.
        """
        return numbers.number(quantity, self.language, _form(form))

    def estimate(self, estimate: Estimate) -> str:
        """Write an estimate with its interval, as in a table cell.

        Parameters
        ----------
        estimate
            Exact ones show the point alone.

        Returns
        -------
        str
            E.g. ``"+0.37 [0.14, 0.56]"``.
        """
        bounds = numbers.interval(estimate, self.language)
        return f"{self._cell_number(estimate.quantity)} {bounds}".rstrip()

    def pvalue(self, pvalue: float | None) -> str:
        """Write a p-value for a table cell.

        Parameters
        ----------
        pvalue
            None where there is no test.

        Returns
        -------
        str
            Two decimals, ``"<0.01"``, or the sign of an empty cell.
        """
        if pvalue is None:
            return EMPTY
        return self.number(Quantity(pvalue, "probability"), "short")

    def cell(self, cell: object) -> str:
        """Write a table cell.

        Parameters
        ----------
        cell
            See :data:`comove.core.document.Cell`.

        Returns
        -------
        str
            Numbers in short form, changes with their sign; a dash for an empty cell.
        """
        if cell is None or cell == ():
            return EMPTY
        if isinstance(cell, tuple):
            return self._cells(cell)
        if isinstance(cell, Quantity):
            return EMPTY if cell.value != cell.value else self._cell_number(cell)
        if isinstance(cell, Estimate):
            return EMPTY if cell.value != cell.value else self.estimate(cell)
        return self.value(cell)

    def value(self, value: object, form: str = "") -> str:
        """Write what fills a field.

        Parameters
        ----------
        value
            See :data:`comove.core.message.Value`; an :class:`Estimate` is taken as well.
        form
            What stands behind the colon of the field.

        Returns
        -------
        str
            In this language.

        Raises
        ------
        OutputError
            For a value without unit or of another kind, or a form it does not have.
        """
        if isinstance(value, tuple):
            return self._several(value, form)
        forms = form.split()
        if "cap" in forms:
            rest = " ".join(word for word in forms if word != "cap")
            text = self.value(value, rest)
            return text[:1].upper() + text[1:]
        if form == "s":
            return "" if _amount(value) == 1 else "s"
        return self._one(value, form)

    def _one(self, value: object, form: str) -> str:
        if isinstance(value, Quantity):
            return self.number(value, form)
        if isinstance(value, Estimate):
            return self._measured(value, form)
        if isinstance(value, date) and form in _DAY_FORMS:
            return numbers.day(value, self.language, form)
        if form:
            raise OutputError(
                "words.form", "{value} cannot be written as {form}.", value=repr(value), form=form
            )
        return self._as_it_is(value)

    def _as_it_is(self, value: object) -> str:
        if isinstance(value, Message):
            return self.text(value)
        if isinstance(value, Name):
            return self.title(value.id)
        if isinstance(value, int) and not isinstance(value, bool):
            return numbers.whole(value)
        if isinstance(value, str):
            return harmless(value)
        raise OutputError("words.value", "{value} has no unit and no words.", value=repr(value))

    def _several(self, items: tuple[object, ...], form: str) -> str:
        forms = form.split()
        if "range" in forms:
            return self._range(items)
        rest = " ".join(word for word in forms if word not in _LIST_FORMS)
        texts = [self.value(item, rest) for item in items]
        if not texts:
            return self.label("report.none")
        if "clauses" in forms:
            return ("。" if self.language == "ja" else "; ").join(texts)
        if self.language == "ja":
            return ("と" if "and" in forms and len(texts) == 2 else "、").join(texts)
        if "list" in forms or len(texts) == 1:
            return ", ".join(texts)
        return f"{', '.join(texts[:-1])} and {texts[-1]}"

    def _range(self, items: tuple[object, ...]) -> str:
        days = [item for item in items if isinstance(item, date)]
        if len(days) != len(items) or len(days) != 2:
            raise OutputError(
                "words.form", "{value} cannot be written as {form}.", value=items, form="range"
            )
        return numbers.days(days[0], days[1], self.language)

    def _measured(self, estimate: Estimate, form: str) -> str:
        if form == "full":
            bounds = numbers.interval(estimate, self.language)
            return f"{self.number(estimate.quantity)} {bounds}".rstrip()
        return self.number(estimate.quantity, form) if form else self.estimate(estimate)

    def _cells(self, cells: tuple[object, ...]) -> str:
        if any(isinstance(item, Name | Message | str) for item in cells):
            return self._several(cells, "list")
        texts = [self.cell(item) for item in cells]
        if texts[-1].endswith("%"):
            texts[:-1] = [text.removesuffix("%") for text in texts[:-1]]
        return BETWEEN.join(texts)

    def _cell_number(self, quantity: Quantity) -> str:
        return self.number(
            quantity, "signed short" if numbers.signed_unit(quantity.unit) else "short"
        )


def harmless(text: str) -> str:
    r"""Take the commands to a terminal out of a text that came from outside.

    Parameters
    ----------
    text
        A title, a code, what a user typed.

    Returns
    -------
    str
        Control and direction characters replaced by spaces.

    Examples
    --------
    >>> harmless("a\x1b[31mb")
    'a [31mb'
    """
    return text.translate(_CONTROL)


def _form(words: str) -> Form:
    form = Form()
    for word in words.split():
        if word not in _NUMBER_FORMS:
            raise OutputError(
                "words.form", "{value} cannot be written as {form}.", value="A number", form=word
            )
        form = _NUMBER_FORMS[word](form)
    return form


def _amount(value: object) -> float:
    if isinstance(value, Quantity):
        return value.value
    if isinstance(value, int):
        return value
    raise OutputError("words.value", "{value} has no unit and no words.", value=repr(value))


def _title(series: str, language: Language, names: Mapping[str, str]) -> str:
    return harmless(names.get(language) or next(iter(names.values()), series.upper()))
