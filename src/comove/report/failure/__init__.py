"""An error as one line in the reader's language: what went wrong, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from comove.core.errors import ComoveError, NotEstimable
from comove.core.message import Message, say
from comove.report.words import Words, harmless

FOLDER = str(Path(__file__).parent)
"""Where the sentences of errors stand; loaded only when something has gone wrong."""

_FIELD = re.compile(r"\{(\w+)\}")


def failure_words(language: str) -> Words:
    """Read the words that failures need.

    Parameters
    ----------
    language
        ``"en"`` or ``"ja"``; any other falls back to English, for a failure must be told.

    Returns
    -------
    Words
        Of the report room, with the sentences of errors.
    """
    return Words.load(language if language in ("en", "ja") else "en", (FOLDER,))


def failure_text(error: ComoveError, words: Words) -> str:
    """Write an error as one line.

    Parameters
    ----------
    error
        Any error of the tree.
    words
        From :func:`failure_words`.

    Returns
    -------
    str
        Sentence and hint; a value called ``toml`` is text to copy and follows on lines of its own.
        Values stand as in the source: dates in ISO form, so that they can be
        typed again.  A code without words falls back to the English of the error itself.

    Examples
    --------
    >>> from comove.core.errors import QuestionError
    >>> error = QuestionError("question.same_asset", "{name} is asked about twice.", name="BTC")
    >>> failure_text(error, failure_words("ja"))
    'BTCが二重に指定されている。'
    """
    if isinstance(error, NotEstimable):
        text, hint = _refusal(error, words), ""
    else:
        text = _filled(f"error.{error.code}", error.values, words) or error.text
        hint = _filled(f"hint.{error.code}", error.values, words) or ""
        hint = hint if error.hint else ""
        hint = hint or error.hint
    gap = "" if words.language == "ja" and text.endswith("。") else " "
    line = " ".join(harmless(f"{text}{gap}{hint}").split())
    block = str(error.values.get("toml", ""))
    return line if not block else "\n".join([line, *map(harmless, block.splitlines())])


def worded(message: Message) -> Message:
    """Give the English of an error, anywhere in a message, where its code has no words.

    Parameters
    ----------
    message
        May hold what :func:`comove.core.refusal.told` made of an error.

    Returns
    -------
    Message
        With words for every part, in documents that name :data:`FOLDER`.
    """
    if message.key.startswith("error."):
        known = failure_words("en")
        if not known.has(message.key):
            return say("failure.english", text=message["english"])
        hint = f"hint.{message.key.removeprefix('error.')}"
        if not known.has(hint):
            return message
        return say("failure.both", text=message, hint=say(hint, **dict(message.items)))
    items = {
        name: worded(value) if isinstance(value, Message) else value for name, value in message
    }
    return say(message.key, **items)


def _refusal(error: NotEstimable, words: Words) -> str:
    key = f"not_estimable.{error.reason}"
    reason = words.label(key) if words.has(key) else error.reason
    figures = ", ".join(f"{name}={value}" for name, value in error.values.items())
    shown = words.label("failure.figures").replace("{figures}", figures) if figures else ""
    whole = words.label("failure.not_estimable").replace("{reason}", reason)
    return whole.replace("{figures}", shown)


def _filled(key: str, values: Mapping[str, object], words: Words) -> str | None:
    """Fill a template with plain values; None when there is none or a field is missing."""
    if not words.has(key):
        return None
    template = words.label(key).removesuffix("\n{toml}")
    if any(name not in values for name in _FIELD.findall(template)):
        return None
    return _FIELD.sub(lambda found: str(values[found.group(1)]), template)
