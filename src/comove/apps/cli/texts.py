"""A file, or standard input, as text: every encoding that writers of English or Japanese use."""

from __future__ import annotations

import codecs
import re
import sys
from pathlib import Path

from comove.core.errors import ComoveError, QuestionError, UnreadableFileError

MOST = 8_000_000
"""Bytes that are read."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{3,20})", re.IGNORECASE)
_KANA = re.compile(r"[\u3040-\u30ff]")
_ODD = re.compile(r"[\uff61-\uff9f\x80-\x9f]")


def text_of(path: str) -> str:
    """Read a text.

    Parameters
    ----------
    path
        A file, or ``-`` for standard input.

    Returns
    -------
    str
        Decoded.

    Raises
    ------
    QuestionError
        When it cannot be opened or is too large.
    UnreadableFileError
        When it is no text.
    """
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MOST + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(MOST + 1)
    except OSError as cause:
        raise _refused(path, cause) from cause
    if len(content) > MOST:
        raise QuestionError(
            "input.too_large",
            "{path} is larger than {most} bytes.",
            "Audit its parts one by one.",
            path=path,
            most=MOST,
        )
    return decoded(content, path)


def decoded(content: bytes, path: str) -> str:
    """Decode a text: byte-order mark, UTF-8, what the page declares, then Japanese encodings.

    Parameters
    ----------
    content
        The bytes.
    path
        For the error.

    Returns
    -------
    str
        Without byte-order mark.

    Raises
    ------
    UnreadableFileError
        When no encoding fits or the bytes are no text.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _strictly(content, name, path)
    if b"\x00" in content:
        raise _no_text(path)
    if b"\x1b$" in content or b"\x1b(" in content:
        return _strictly(content, "iso2022_jp", path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(content[:4000])
    names = [declared.group(1).decode("ascii")] if declared else []
    found = [text for name in (*names, "cp932", "euc_jp") if (text := _tried(content, name))]
    if declared and found:
        return found[0]
    if found:
        best = max(found, key=lambda text: len(_KANA.findall(text)) - 3 * len(_ODD.findall(text)))
        if _KANA.search(best):
            return best
    western = _tried(content, "cp1252")
    if western and not _ODD.search(western):
        return western
    raise _no_text(path)


def _tried(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _strictly(content: bytes, name: str, path: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as cause:
        raise _no_text(path) from cause


def _no_text(path: str) -> UnreadableFileError:
    return UnreadableFileError(
        "input.no_text",
        "{path} is not a text in an encoding that is known.",
        "Save it as UTF-8; plain text, Markdown, HTML and TOML are read.",
        path=path,
    )


def _refused(path: str, cause: OSError) -> ComoveError:
    if isinstance(cause, FileNotFoundError | NotADirectoryError):
        return QuestionError(
            "input.missing",
            "There is no file {path}.",
            "Give a text file, or - for standard input.",
            path=path,
        )
    if isinstance(cause, IsADirectoryError):
        return QuestionError(
            "input.is_folder", "{path} is a folder, not a file.", "Give a text file.", path=path
        )
    return QuestionError(
        "input.unreadable",
        "{path} cannot be read: {cause}.",
        "Check its permissions.",
        path=path,
        cause=cause.strerror or cause,
    )
