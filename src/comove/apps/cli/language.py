"""Which language the command speaks."""

from __future__ import annotations

import os
import sys

from comove.core.errors import QuestionError

LANGUAGES = ("en", "ja")


LANGUAGE = os.environ.get("COMOVE_LANG", "en")
"""What is spoken unless ``--lang`` is given."""


def checked_language(language: str) -> str:
    """Refuse a language that has no words.

    Parameters
    ----------
    language
        As given.

    Returns
    -------
    str
        The same.

    Raises
    ------
    QuestionError
        Naming the languages there are.
    """
    if language not in LANGUAGES:
        raise QuestionError(
            "cli.language",
            "{language} is not a language comove writes.",
            "Choose from {known}.",
            language=language,
            known=", ".join(LANGUAGES),
        )
    return language


def chosen_language() -> str:
    """Return the language of the running command, also when its flags could not be read."""
    words = sys.argv[1:]
    for place, word in enumerate(words):
        found = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            found = words[place + 1]
        if found in LANGUAGES:
            return found
    return LANGUAGE if LANGUAGE in LANGUAGES else "en"
