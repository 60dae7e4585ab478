"""Lines of a given width, for scripts with spaces and without."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT_FIRST = frozenset(
    "、。,.:;!?)]}〉》」』】〕…‥・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%％〜~"
)
"""What may not begin a line; kept with what stands before it."""
_NOT_LAST = frozenset("([{〈《「『【〔$¥")
"""What may not end a line."""
_COUNTERS = frozenset("年月日回件円週時σ倍")
"""What is read together with the digits before it."""
_WORD = re.compile(r"\S+(?: (?=[,.:;!?)\]}%~])\S+)* ?")
"""An ASCII word with its space; further words that may not begin a line belong to it."""


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal.

    Parameters
    ----------
    text
        Without control characters.

    Returns
    -------
    int
        Two for wide characters, one for others.

    Examples
    --------
    >>> width("GDX"), width("金鉱株")
    (3, 6)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def pad(text: str, room: int, *, right: bool = False) -> str:
    """Fill a text with spaces up to a width.

    Parameters
    ----------
    text
        What is padded; left as it is when it is wider.
    room
        Columns.
    right
        True to align right.

    Returns
    -------
    str
        Padded.

    Examples
    --------
    >>> pad("金", 4) + "|", pad("金", 4, right=True) + "|"
    ('金  |', '  金|')
    """
    blank = " " * (room - width(text))
    return blank + text if right else text + blank


def pieces(text: str) -> list[str]:
    """Cut a text where a line may break.

    Parameters
    ----------
    text
        One paragraph.

    Returns
    -------
    list of str
        Words with the space that follows them; single wide characters, kept together where
        Japanese typesetting forbids a break.

    Examples
    --------
    >>> pieces("fell 17.6% in 6")
    ['fell ', '17.6% ', 'in ', '6']
    >>> pieces("2月5日に下落。")
    ['2月', '5日', 'に', '下', '落。']
    """
    if text.isascii():
        return _WORD.findall(" ".join(text.split()))
    found: list[str] = []
    for character in " ".join(text.split()):
        if found and _joins(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _joins(before: str, character: str) -> bool:
    last = before[-1]
    if character == " " or character in _NOT_FIRST or last in _NOT_LAST:
        return True
    if last == " ":
        return False
    if character in _COUNTERS and last.isdigit():
        return True
    return _cells(last) == 1 and _cells(character) == 1


def wrap(text: str, room: int, hanging: int = 0) -> list[str]:
    """Break a paragraph into lines.

    Parameters
    ----------
    text
        One paragraph.
    room
        Columns of a line; a piece that is wider stands alone.
    hanging
        Spaces before every line but the first.

    Returns
    -------
    list of str
        Without trailing spaces; one empty line for an empty text.

    Examples
    --------
    >>> wrap("Gold fell and miners fell with it", 14)
    ['Gold fell and', 'miners fell', 'with it']
    """
    lines: list[str] = []
    line, used = "", 0
    for piece in pieces(text):
        size = width(piece)
        if line.strip() and used + size - piece.endswith(" ") > room:
            lines.append(line.rstrip())
            line, used = " " * hanging, hanging
        line += piece
        used += size
    return [*lines, line.rstrip()]


def longest_piece(text: str) -> int:
    """Return the width below which a text cannot be wrapped."""
    return max((width(piece.rstrip()) for piece in pieces(text)), default=0)
