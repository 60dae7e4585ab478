"""Where sentences begin and end, and which lines are headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 700
"""Letters of a clause that are read; what is longer is no sentence."""


_STOP = re.compile(r"[。!?]+[」』)\"]?|[.]+[\"')]?(?=\s|$)|\n+")
_SHORT = re.compile(
    r"(?:\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|vs|ca|cf|St|Mr|Ms|Dr|No|Inc|Ltd|Co|e\.g|i\.e|U\.S|U\.K|est)|\b[A-Z])$"
)
_DIGIT = re.compile(r"\d")
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|第\d{1,2})|\b(?:19|20)\d{2}年?|\d{1,2}月")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Find the sentences of a text.

    Parameters
    ----------
    text
        Without markup.

    Yields
    ------
    tuple of int
        Beginning and end of each, no longer than :data:`LONGEST`.
    """
    begin = 0
    for match in _STOP.finditer(text):
        if match.group(0)[0] == "." and _SHORT.search(
            text[max(begin, match.start() - 8) : match.start()]
        ):
            continue
        yield from _cut(text, begin, match.end())
        begin = match.end()
    yield from _cut(text, begin, len(text))


def is_heading(line: str) -> bool:
    """Tell a heading: a short line without a figure that ends without a stop.

    Parameters
    ----------
    line
        Narrowed.

    Returns
    -------
    bool
        True where nothing is stated.
    """
    ends = line.rstrip()[-1:]
    numbered = _NUMBERED.sub("", line)
    if not any(letter.isalpha() for letter in numbered):
        return True
    if line.startswith(("【", "■", "◆", "◇", "●")) and "。" not in line and len(line) < 100:
        return True
    return len(line) < 100 and ends not in "。.!?」)" and not _DIGIT.search(numbered)


def _cut(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while end - begin > LONGEST:
        yield begin, begin + LONGEST
        begin += LONGEST
    while begin < end and text[begin].isspace():
        begin += 1
    if text[begin:end].strip():
        yield begin, end
