"""A ``words.toml`` read and checked: every leaf in every language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from comove.core.errors import QuestionError
from comove.report.numbers import LANGUAGES, Language

FIELD = re.compile(r"\{(\w+)(?::([\w ]*))?\}")
"""A field of a template: its name, and how it is written."""


def catalogue(folder: str) -> Mapping[str, Mapping[Language, str]]:
    """Read one ``words.toml``.

    Parameters
    ----------
    folder
        Path of the folder that holds it.

    Returns
    -------
    Mapping
        Key to text per language.

    Raises
    ------
    QuestionError
        When it is missing, cannot be read, or a leaf lacks a language.
    """
    path = Path(folder) / "words.toml"
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        raise QuestionError(
            "words.missing",
            "{folder} holds no words.toml.",
            "Add one with en and ja texts.",
            folder=folder,
        ) from None
    return _catalogue(path, stamp)


@lru_cache(maxsize=128)
def _catalogue(path: Path, stamp: int) -> Mapping[str, Mapping[Language, str]]:  # noqa: ARG001
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise QuestionError(
            "words.damaged",
            "{path} cannot be read: {cause}.",
            "Check its TOML.",
            path=path,
            cause=cause,
        ) from cause
    return MappingProxyType(dict(_leaves(tree, "", path)))


def _leaves(
    tree: Mapping[str, object], prefix: str, path: Path
) -> Iterable[tuple[str, Mapping[Language, str]]]:
    texts = {name: text for name, text in tree.items() if isinstance(text, str)}
    if texts:
        if set(texts) != set(LANGUAGES):
            raise QuestionError(
                "words.language_missing",
                "{key} in {path} holds {held}; it needs exactly en and ja.",
                key=prefix,
                path=path,
                held=", ".join(sorted(texts)),
            )
        yield prefix, MappingProxyType({language: texts[language] for language in LANGUAGES})
    for name, below in tree.items():
        if isinstance(below, Mapping):
            yield from _leaves(below, f"{prefix}.{name}".lstrip("."), path)
        elif name not in texts:
            raise QuestionError(
                "words.leaf",
                "{key} in {path} is neither a text nor a table.",
                key=f"{prefix}.{name}".lstrip("."),
                path=path,
            )


def faults(folder: str) -> tuple[str, ...]:
    """List what is wrong with the templates of a catalogue.

    Parameters
    ----------
    folder
        Path of the folder that holds it.

    Returns
    -------
    tuple of str
        One line per key whose languages use different fields, that is empty, or that holds a
        brace outside a field.
    """
    found = []
    for key, texts in catalogue(folder).items():
        fields = [
            {match.group(1) for match in FIELD.finditer(text) if match.group(2) != "s"}
            for text in texts.values()
        ]
        if len({frozenset(names) for names in fields}) > 1:
            found.append(f"{key}: en and ja use different fields")
        if any(not text.strip() for text in texts.values()):
            found.append(f"{key}: empty")
        if any(set(FIELD.sub("", text)) & set("{}") for text in texts.values()):
            found.append(f"{key}: a brace outside a field")
    return tuple(found)
