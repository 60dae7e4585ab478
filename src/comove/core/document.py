"""An answer laid out for reading, still without a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from comove.core.exhibit import Exhibit
from comove.core.message import Message

Cell = object
"""A Quantity, Name, date, int, str code, Message, Estimate, or None for an empty cell."""


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """One or more sentences.

    Attributes
    ----------
    says
        Sentences in order, set as one paragraph.
    role
        ``lead`` (the headline), ``body``, ``note`` (small print), ``item`` (of a list).
    """

    says: tuple[Message, ...]
    role: Literal["lead", "body", "note", "item"] = "body"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under headed columns.

    Attributes
    ----------
    title
        Heading of the table.
    columns
        Keys of the word catalogues, ``column.<key>``.
    rows
        One cell per column.
    note
        Small print below.
    bars
        Index of the column that may be drawn as a bar (an Estimate); None for none.
    """

    title: Message
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Message | None = None
    bars: int | None = None


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A verdict with its sentence.

    Attributes
    ----------
    verdict
        One of the four words.
    title
        What is judged.
    says
        Why.
    """

    verdict: str
    title: Message
    says: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """A stretch of a quoted text.

    Attributes
    ----------
    text
        As it stands.
    numbers
        Of the badges that speak of it; empty for text that is not judged.
    verdict
        The gravest of their verdicts.
    """

    text: str
    numbers: tuple[int, ...] = ()
    verdict: str = ""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A text of somebody else's, quoted with marks; terminals leave it to the full formats.

    Attributes
    ----------
    paragraphs
        In order, each as runs.
    language
        Of the text.
    """

    paragraphs: tuple[tuple[Run, ...], ...]
    language: str


Block = Paragraph | Table | Badge | Exhibit | Passage


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed part.

    Attributes
    ----------
    key
        Anchor of the section; its heading is ``section.<key>``.
    blocks
        In reading order.
    """

    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """What writers write.

    Attributes
    ----------
    title
        Of the whole.
    headline
        Two sentences.
    sections
        In reading order.
    titles
        Series id to display name per language.
    words
        Folders (outside the report room) whose ``words.toml`` the sentences need.
    payload
        The result as plain data, for machine formats.
    records
        The result as flat rows, for CSV.
    colophon
        As-of, fingerprint, version: small print at the end.
    glance
        Whether a page may list the verdicts on top; not where a table does.
    """

    title: Message
    headline: tuple[Message, ...]
    sections: tuple[Section, ...]
    titles: Mapping[str, Mapping[str, str]] = field(hash=False)
    words: tuple[str, ...]
    payload: Mapping[str, object] = field(hash=False)
    records: tuple[Mapping[str, object], ...] = field(hash=False)
    colophon: Message
    glance: bool = True
