"""Blocks of a document as markup, in the order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from comove.core.document import Badge, Block, Paragraph, Passage, Table
from comove.core.exhibit import Exhibit
from comove.core.message import say
from comove.report.charts.render import Picture, picture
from comove.report.page.passage import passage
from comove.report.page.tables import table
from comove.report.page.verdict import badge
from comove.report.words import Words


@dataclass
class Setter:
    """Sets blocks; counts figures and verdicts as it goes.

    Attributes
    ----------
    words
        Of the reader.
    shown
        Exhibit that stands at the head of the page and is not repeated.
    """

    words: Words
    shown: Exhibit | None = None
    _figures: int = field(default=0, init=False)
    _badges: int = field(default=0, init=False)
    _pictured: bool = field(default=False, init=False)

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Set the blocks of a section.

        Parameters
        ----------
        blocks
            In reading order.

        Returns
        -------
        str
            Markup; what follows a verdict is set with it.
        """
        listed = tuple(blocks)
        self._pictured = any(isinstance(block, Exhibit) for block in listed)
        return "".join(self._readings(_pictures_first(listed)))

    def figure(self, exhibit: Exhibit) -> str:
        """Set a numbered picture with its caption.

        Parameters
        ----------
        exhibit
            To be drawn.

        Returns
        -------
        str
            Markup; empty for an exhibit without rows.
        """
        drawn = picture(exhibit, self.words)
        if not drawn.wide:
            return ""
        self._figures += 1
        number = self.words.text(say("page.picture", number=self._figures))
        caption = escape(self.words.text(exhibit.caption))
        return (
            f'<figure id="{escape(exhibit.key, quote=True)}">'
            f"<figcaption><b>{escape(number)}</b> {caption}</figcaption>"
            f"{_drawings(drawn)}</figure>"
        )

    def _readings(self, blocks: Iterable[Block]) -> Iterator[str]:
        opened = False
        for kind, group in groupby(blocks, key=_kind):
            if kind == "badge":
                for block in group:
                    yield "</article>" if opened else ""
                    yield self._badge(block)
                    opened = True
            elif kind == "item":
                yield f"<ul>{''.join(self._item(block) for block in group)}</ul>"
            else:
                yield from (self._block(block) for block in group)
        yield "</article>" if opened else ""

    def _block(self, block: Block) -> str:
        if isinstance(block, Table):
            return table(block, self.words, bars=not self._pictured)
        if isinstance(block, Exhibit):
            return "" if block is self.shown else self.figure(block)
        if isinstance(block, Passage):
            return passage(block, self.words)
        return self._paragraph(block)

    def _paragraph(self, block: Block) -> str:
        if not isinstance(block, Paragraph):
            raise TypeError(type(block).__name__)
        return f'<p class="{block.role}">{escape(self.words.prose(block.says))}</p>'

    def _item(self, block: Block) -> str:
        says = block.says if isinstance(block, Paragraph) else ()
        return f"<li>{escape(self.words.prose(says))}</li>"

    def _badge(self, block: Block) -> str:
        if not isinstance(block, Badge):
            raise TypeError(type(block).__name__)
        self._badges += 1
        title = escape(self.words.text(block.title))
        says = f"<p>{escape(self.words.prose(block.says))}</p>" if block.says else ""
        return (
            f'<article class="reading" id="verdict-{self._badges}"><header>'
            f"{badge(block.verdict, self.words)}<h3>{title}</h3></header>{says}"
        )


def _pictures_first(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Set the pictures of a section before its tables; what follows a verdict stays in place."""
    end = next((i for i, block in enumerate(blocks) if isinstance(block, Badge)), len(blocks))
    head = blocks[:end]
    start = next((i for i, block in enumerate(head) if not isinstance(block, Paragraph)), end)
    pictures = tuple(block for block in head if isinstance(block, Exhibit))
    rest = tuple(block for block in head[start:] if not isinstance(block, Exhibit))
    return (*head[:start], *pictures, *rest, *blocks[end:])


def _kind(block: Block) -> str:
    if isinstance(block, Badge):
        return "badge"
    return "item" if isinstance(block, Paragraph) and block.role == "item" else "block"


def _drawings(drawn: Picture) -> str:
    panels = "panels several" if len(drawn.wide) > 1 else "panels"
    if not drawn.narrow:
        return f'<div class="{panels}">{"".join(drawn.wide)}</div>'
    return (
        f'<div class="wide {panels}">{"".join(drawn.wide)}</div>'
        f'<div class="narrow {panels}">{"".join(drawn.narrow)}</div>'
    )
