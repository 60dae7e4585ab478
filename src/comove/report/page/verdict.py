"""Verdicts and outcomes as a sign, a word and a colour: any one of the three is enough."""

from __future__ import annotations

from html import escape

from comove.report.words import Words

_CHECK = '<path d="M2 6.5l2.8 3L10 2.8"/>'
_CROSS = '<path d="M2.5 2.5l7 7M9.5 2.5l-7 7"/>'
_QUERY = '<path d="M3.4 4.2a2.6 2.4 0 1 1 3.9 2c-.9.5-1.3.9-1.3 1.8M6 10.4v.1"/>'
_BANG = '<path d="M6 2v5M6 9.9v.2"/>'
_DASH = '<path d="M2.5 6h7"/>'
_LOOKS = {
    "verdict.supports": ("supports", _CHECK),
    "verdict.against": ("against", _CROSS),
    "verdict.cannot_tell": ("cannot-tell", _QUERY),
    "verdict.silent": ("silent", _DASH),
    "verdict.holds": ("supports", _CHECK),
    "verdict.does_not_hold": ("against", _CROSS),
    "verdict.misleading": ("misleading", _BANG),
    "verdict.not_testable": ("silent", _DASH),
    "outcome.passed": ("passed", _CHECK),
    "outcome.failed": ("against", _CROSS),
    "outcome.informs": ("silent", _DASH),
    "outcome.ok": ("passed", _CHECK),
    "outcome.note": ("silent", _DASH),
    "outcome.problem": ("against", _CROSS),
}
SIGNED = frozenset(_LOOKS)
"""Keys of the word catalogues that are shown with a sign."""


def badge(verdict: str, words: Words) -> str:
    """Write a verdict that stands by itself.

    Parameters
    ----------
    verdict
        One of the four; another word is shown without a sign.
    words
        Of the reader.

    Returns
    -------
    str
        Markup.

    Examples
    --------
    >>> badge("supports", Words("en", {"verdict.supports": "supports"})).count("<path")
    1
    """
    return _set(f"verdict.{verdict}", words, "verdict")


def mark(key: str, words: Words) -> str:
    """Write a verdict or an outcome within a table.

    Parameters
    ----------
    key
        Of the word catalogues, e.g. ``"outcome.passed"``.
    words
        Of the reader.

    Returns
    -------
    str
        Markup, without a frame.
    """
    return _set(key, words, "mark")


def _set(key: str, words: Words, look: str) -> str:
    word = escape(words.label(key))
    if key not in _LOOKS:
        return f'<span class="{look} silent">{word}</span>'
    name, path = _LOOKS[key]
    sign = f'<svg class="sign" viewBox="0 0 12 12" aria-hidden="true">{path}</svg>'
    return f'<span class="{look} {name}">{sign}{word}</span>'
