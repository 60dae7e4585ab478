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
_EMPTY = re.compile(r"\n[ \t]*\n\s*\n")
_RULE = re.compile(r"^\s{0,3}(?:[-*_]\s?){3,80}$|^\s{0,3}=+\s*$|^[\s|:-]{3,200}$")
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
    return _tidy(_from_markdown(text))


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
    lines, fenced = [], False
    for position, line in enumerate(text.split("\n")):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or (_RULE.match(line) and (position or line.strip("- ") or not line)):
            lines.append("")
            continue
        whole = _LEAD.sub("", line, count=1) if len(line) < 20_000 else line
        if "](" in whole:
            whole = _LINK.sub(r"\1", whole)
        if "*" in whole or "__" in whole or "`" in whole:
            whole = _EMPHASIS.sub("", whole)
        lines.append(whole.replace("|", " ") if whole.lstrip().startswith("|") else whole)
    return "\n".join(lines)


def _tidy(text: str) -> str:
    """Set paragraphs apart by one empty line and lines of blanks to none."""
    lines = [" ".join(line.split(" ")).strip() for line in text.split("\n")]
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1]):
            found.append(line)
    return "\n".join(found).strip("\n")
