"""Plain or coloured text for a terminal of any width."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from comove.core.document import Document
from comove.report.screen import Screen
from comove.report.terminal.page import Page
from comove.report.terminal.paint import Paint
from comove.report.words import Words

NARROWEST = 40


@dataclass(frozen=True)
class TextWriter:
    """Writes what a reader needs first; the whole of it is in the other formats.

    Attributes
    ----------
    screen
        Width and colour; 80 columns without colour unless :meth:`fitted`.
    format
        Name on the command line.
    """

    screen: Screen = field(default_factory=Screen)
    format: str = "text"

    def fitted(self, screen: Screen) -> TextWriter:
        """Return a writer for a screen."""
        return replace(self, screen=screen)

    def write(self, document: Document, language: str) -> bytes:
        """Return the document as UTF-8 text.

        Parameters
        ----------
        document
            Any.
        language
            ``"en"`` or ``"ja"``.

        Returns
        -------
        bytes
            Lines no wider than the screen, a single figure excepted.
        """
        words = Words.of(document, language)
        page = Page(words, max(self.screen.width, NARROWEST), Paint(self.screen.colour))
        return ("\n".join(page.lines(document)) + "\n").encode()


writer = TextWriter()
