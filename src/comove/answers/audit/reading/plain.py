"""Markup taken off: what a reader of the page or the Markdown file would see."""

from __future__ import annotations

import re
from html import unescape

_HTML = re.compile(r"(?i)<(?:!doctype|html|head|body|p|div|article|h[1-6]|table|ul|ol|br)\b")
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg"})
_BREAKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "blockquote",
        "table",
        "ul",
        "ol",
        "td",
        "th",
        "title",
        "header",
        "footer",
        "figcaption",
        "dt",
        "dd",
        "pre",
        "main",
    ]
)
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,15})")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
LONG = 20_000
"""Letters from which a line is no line of prose."""
LEAST, WIDEST = 40, 400
"""Columns from which a line may have been broken to fit."""
SENTENCES, UNBROKEN = 4, 1_000_000
"""Lines of a block that may be sentences; a width no line reaches."""
_ENDS = "。．.!?！？:：」』"
_EMPTY = re.compile(r"\n[ \t]*\n\s*\n")
_FRONT = re.compile(r"\A---\n(?:[^\n]{0,400}\n){0,40}?---\n")
_RULE = re.compile(r"^\s{0,3}(?:[-*_]\s?){3,80}$|^\s{0,3}=+\s*$|^[\s|:-]{3,200}$")
_DATE_LINE = re.compile(
    r"^\s*[(\[*_]{0,2}(?:(?:published|updated|posted|date)\s?:?\s?)?(?:\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2} [A-Z][a-z]{2,8} \d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})[^\n]{0,24}$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^[ \t]{0,8}(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+|\d{1,2}[.)][ \t]+)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,500}(?:\s\"[^\"\n]{0,200}\")?\)")
_EMPHASIS = re.compile(
    r"(\*\*|__|`)(?=\S)|(?<=\S)(\*\*|__|`)|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])"
)


def plain(text: str, source: str = "") -> str:
    """Take the markup off a text.

    Parameters
    ----------
    text
        Plain, Markdown or HTML.
    source
        Name of the file; its ending decides where there is one.

    Returns
    -------
    str
        Lines as they are read; paragraphs are set apart by an empty line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "").replace("\0", " ")
    text = _EMPTY.sub("\n\n", text)
    ending = source.rpartition(".")[2].lower()
    if ending in ("html", "htm", "xhtml") or (
        ending not in ("txt", "md") and _HTML.search(text[:5000])
    ):
        return _tidy(_from_html(text))
    return _tidy(_from_markdown(_FRONT.sub("", text, count=1)))


def _from_html(text: str) -> str:
    """Walk from bracket to bracket; every character is looked at a fixed number of times."""
    found: list[str] = []
    place, unseen = 0, ""
    while True:
        opened = text.find("<", place)
        if opened < 0:
            break
        if not unseen:
            found.append(unescape(" ".join(text[place:opened].split("\n"))))
        if text.startswith("<!--", opened):
            closed = text.find("-->", opened + 4)
            place = len(text) if closed < 0 else closed + 3
            continue
        name = _NAME.match(text, opened + 1)
        if name is None and not text.startswith(("<!", "<?"), opened):
            found.append("" if unseen else "<")
            place = opened + 1
            continue
        closed = text.find(">", opened)
        if closed < 0:
            place = len(text)
            break
        tag = name.group(1).lower() if name else ""
        closing = text.startswith("</", opened)
        if tag in _UNSEEN:
            unseen = "" if closing and tag == unseen else unseen or ("" if closing else tag)
        elif tag in _BREAKS and not unseen:
            found.append("\n" if tag in ("br", "li", "td", "th") else "\n\n")
        place = closed + 1
    if not unseen:
        found.append(unescape(text[place:]))
    return "".join(found)


def _from_markdown(text: str) -> str:
    lines: list[str] = []
    fenced, closed = False, True
    raw = text.split("\n")
    widths = _block_widths(raw)
    for position, line in enumerate(raw):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or (_RULE.match(line) and (position or line.strip("- ") or not line)):
            lines.append("")
            continue
        led = _LEAD.match(line) if len(line) < LONG else None
        whole = _unmarked(line[led.end() :] if led else line)
        if (
            lines
            and led is None
            and not closed
            and _wrapped(raw[position - 1], whole, widths[position])
        ):
            lines[-1] = f"{lines[-1].rstrip()}{_glue(lines[-1], whole)}{whole.lstrip()}"
        else:
            lines.append(whole)
        closed = line.lstrip().startswith("#")
    return "\n".join(lines)


def _unmarked(line: str) -> str:
    whole = line
    if "](" in whole:
        whole = _LINK.sub(r"\1", whole)
    if "*" in whole or "__" in whole or "`" in whole:
        whole = _EMPHASIS.sub("", whole)
    return whole.replace("|", " ") if whole.lstrip().startswith("|") else whole


def _block_widths(lines: list[str]) -> list[int]:
    """Return, for every line, the widest line between the empty lines around it."""
    found = [0] * len(lines)
    begin = 0
    for position in range(len(lines) + 1):
        if position == len(lines) or not lines[position].strip():
            block = lines[begin:position]
            widest = UNBROKEN if _by_sentence(block) else max(map(_columns, block), default=0)
            found[begin:position] = [widest] * (position - begin)
            begin = position + 1
    return found


def _by_sentence(block: list[str]) -> bool:
    """Tell lines that are sentences, one of them a heading, from prose broken to fit."""
    ended = sum(line.rstrip().endswith(tuple(_ENDS)) for line in block)
    return len(block) >= SENTENCES and ended >= len(block) - 1


def _wrapped(line: str, following: str, widest: int) -> bool:
    """Tell a line that was broken to fit: without a stop, and with no room for the next word."""
    text = line.rstrip()
    if _DATE_LINE.match(following) or _DATE_LINE.match(text):
        return False
    if not text or not following.strip() or len(text) > LONG or text[-1] in _ENDS:
        return False
    word = following.split(maxsplit=1)[0]
    word = word[:2] if word[:1] >= "\u2e80" else word[:30]
    filled = _columns(text)
    return filled >= LEAST and filled + 1 + _columns(word) > widest


def _columns(text: str) -> int:
    """Count the columns of a line; Japanese letters take two."""
    return sum(1 if letter < "\u2e80" else 2 for letter in text[:WIDEST])


def _glue(line: str, following: str) -> str:
    """Return what a broken line is joined with: nothing between Japanese letters."""
    return "" if line.rstrip()[-1:] >= "\u2e80" or following.lstrip()[:1] >= "\u2e80" else " "


def _tidy(text: str) -> str:
    """Set paragraphs apart by one empty line and lines of blanks to none."""
    lines = [" ".join(line.split(" ")).strip() for line in text.split("\n")]
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1]):
            found.append(line)
    return "\n".join(found).strip("\n")
