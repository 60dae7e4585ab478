"""Colours of a terminal, or none."""

from __future__ import annotations

from dataclasses import dataclass

_CODES = {
    "strong": "1",
    "faint": "2",
    "title": "1",
    "supports": "32",
    "against": "31",
    "cannot_tell": "33",
    "silent": "2",
    "holds": "32",
    "does_not_hold": "31",
    "misleading": "35",
    "not_testable": "2",
    "rise": "34",
    "fall": "35",
}


@dataclass(frozen=True)
class Paint:
    """Wraps finished text in colour codes.

    Attributes
    ----------
    on
        False leaves every text as it is.

    Examples
    --------
    >>> Paint(False)("against", "text")
    'text'
    """

    on: bool

    def __call__(self, style: str, text: str) -> str:
        """Return ``text`` in a style; blank text stays blank."""
        if not self.on or not text.strip():
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"
