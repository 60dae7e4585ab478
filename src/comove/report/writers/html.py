"""The document as one HTML page: nothing to load, nothing to run, fit for screen and paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import TypeVar

from comove.core.document import Badge, Document, Section
from comove.core.exhibit import Exhibit
from comove.report.charts.render import WORDS as CHART_WORDS
from comove.report.page.blocks import Setter
from comove.report.page.verdict import badge
from comove.report.words import Words

_PAGE = Path(__file__).parents[1] / "page"
_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\b\d{1,2} [A-Z][a-z]{2}\b(?: \d{4})?")

B = TypeVar("B", Badge, Exhibit)


@dataclass(frozen=True)
class HtmlWriter:
    """Writes a page to send: readable by day and by night, on a telephone and on paper.

    Attributes
    ----------
    format
        Name on the command line.
    """

    format: str = "html"

    def write(self, document: Document, language: str) -> bytes:
        """Return the document as UTF-8: markup, stylesheet and pictures in one, without script.

        Parameters
        ----------
        document
            Any.
        language
            ``"en"`` or ``"ja"``.

        Returns
        -------
        bytes
            A whole page.

        Raises
        ------
        OutputError
            When a word or a kind of chart is missing.

        Notes
        -----
        The first exhibit of the document is set below the headline.
        """
        words = Words.load(language, (*document.words, CHART_WORDS, str(_PAGE)), document.titles)
        return _page(document, words).encode()


writer = HtmlWriter()


def _page(document: Document, words: Words) -> str:
    key = next(_of(document, Exhibit), None)
    setter = Setter(words, key)
    headline = words.prose(document.headline)
    figure = "" if key is None else setter.figure(key)
    return Template((_PAGE / "page.html").read_text(encoding="utf-8")).substitute(
        language=words.language,
        title=escape(words.text(document.title)),
        description=escape(headline, quote=True),
        style=(_PAGE / "page.css").read_text(encoding="utf-8"),
        brand=escape(words.label("page.brand")),
        headline=f'<p class="headline">{_unbroken(escape(headline))}</p>\n' if headline else "",
        layout="study" if any(_of(document, Badge)) else "register",
        glance=_glance(document, words) if document.glance else "",
        figure=f'<div class="key">{figure}</div>\n' if figure else "",
        sections="".join(_section(section, setter) for section in document.sections),
        colophon=escape(words.text(document.colophon)),
    )


def _of(document: Document, kind: type[B]) -> Iterator[B]:
    for section in document.sections:
        yield from (block for block in section.blocks if isinstance(block, kind))


def _unbroken(text: str) -> str:
    """Keep a date in one line."""
    return _DATE.sub(r'<span class="day">\g<0></span>', text)


def _section(section: Section, setter: Setter) -> str:
    body = setter.blocks(section.blocks)
    if not body:
        return ""
    heading = escape(setter.words.label(f"section.{section.key}"))
    anchor = escape(section.key, quote=True)
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-heading">'
        f'<h2 id="{anchor}-heading">{heading}</h2><div class="body">{body}</div></section>\n'
    )


def _glance(document: Document, words: Words) -> str:
    """List every verdict with a link to its reasons."""
    found = tuple(_of(document, Badge))
    if not found:
        return ""
    rows = "".join(
        f'<li><a href="#verdict-{place}">{badge(block.verdict, words)}'
        f"<span>{escape(words.text(block.title))}</span></a></li>"
        for place, block in enumerate(found, 1)
    )
    heading = escape(words.label("page.glance"))
    return f'<section class="glance"><h2>{heading}</h2><ul>{rows}</ul></section>\n'
