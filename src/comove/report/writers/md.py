"""Markdown as GitHub reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from comove.core.document import Badge, Block, Document, Paragraph, Passage, Run, Table
from comove.core.exhibit import Exhibit
from comove.core.message import say
from comove.report.figures import all_figures
from comove.report.marks import MARKS
from comove.report.words import Words, harmless

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~]|&(?=#?\w+;))")


@dataclass(frozen=True)
class MarkdownWriter:
    """Writes everything but the pictures, of which it keeps the captions.

    Attributes
    ----------
    format
        Name on the command line.
    """

    format: str = "md"

    def write(self, document: Document, language: str) -> bytes:
        """Return the document as Markdown.

        Parameters
        ----------
        document
            Any.
        language
            ``"en"`` or ``"ja"``.

        Returns
        -------
        bytes
            UTF-8; tables in the GitHub dialect, special characters escaped.
        """
        words = Words.of(document, language)
        lines = [f"# {escape(words.text(document.title))}", ""]
        if document.headline:
            lines += [f"**{escape(words.prose(document.headline))}**", ""]
        for section in document.sections:
            lines += [f"## {escape(words.label(f'section.{section.key}'))}", ""]
            for place, block in enumerate(section.blocks):
                lines += _block(block, words)
                if not _continues(section.blocks[place : place + 2]):
                    lines.append("")
        lines += ["---", "", f"<sub>{escape(words.text(document.colophon))}</sub>"]
        return ("\n".join(lines) + "\n").encode()


def escape(text: str) -> str:
    r"""Escape what Markdown would read as markup.

    Parameters
    ----------
    text
        Plain text.

    Returns
    -------
    str
        On one line.

    Examples
    --------
    >>> print(escape("a|b *c*"))
    a\|b \*c\*
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _continues(pair: tuple[Block, ...]) -> bool:
    """Tell whether two blocks belong to one list."""
    return len(pair) == 2 and all(
        isinstance(block, Paragraph) and block.role == "item" for block in pair
    )


def _block(block: Block, words: Words) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _paragraph(block, words)
    elif isinstance(block, Table):
        yield from _table(block, words)
    elif isinstance(block, Badge):
        verdict = f"{MARKS[block.verdict]} {words.label(f'verdict.{block.verdict}')}"
        yield f"### {escape(verdict)} — {escape(words.text(block.title))}"
        yield ""
        yield escape(words.prose(block.says))
    elif isinstance(block, Passage):
        for place, runs in enumerate(block.paragraphs):
            yield from ([">"] if place else [])
            yield f"> {''.join(map(_run, runs))}"
    elif isinstance(block, Exhibit):
        caption = words.text(say("report.figure", caption=block.caption))
        yield f"*{escape(caption)}*"


def _run(run: Run) -> str:
    if not run.numbers:
        return escape_run(run.text)
    told = ", ".join(map(str, run.numbers))
    return f"{escape_run(run.text)}<sup>{MARKS[run.verdict]}{told}</sup>"


def escape_run(text: str) -> str:
    """Escape a stretch of a line, its outer spaces kept."""
    head = " " if text[:1].isspace() else ""
    tail = " " if len(text) > 1 and text[-1:].isspace() else ""
    return f"{head}{escape(harmless(text))}{tail}"


def _paragraph(block: Paragraph, words: Words) -> str:
    text = escape(words.prose(block.says))
    if block.role == "item":
        return f"- {text}"
    return f"<sub>{text}</sub>" if block.role == "note" else text


def _table(table: Table, words: Words) -> Iterator[str]:
    yield f"**{escape(words.text(table.title))}**"
    yield ""
    yield _row(escape(words.column(key)) for key in table.columns)
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    yield _row("---:" if all_figures(cells) else "---" for cells in columns)
    for row in table.rows:
        yield _row(escape(words.cell(cell)) for cell in row)
    if table.note is not None:
        yield ""
        yield f"<sub>{escape(words.text(table.note))}</sub>"


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


writer = MarkdownWriter()
