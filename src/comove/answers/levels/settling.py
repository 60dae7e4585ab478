"""From what was typed to an exact question: names, the user's own levels, as-of day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from numbers import Real

from comove.core.errors import QuestionError
from comove.core.held import Held, asset_ids
from comove.core.levels_question import LevelsQuestion, OwnLevel

_KEYS = {"asset", "value", "name"}


def settle(question: LevelsQuestion, held: Held) -> LevelsQuestion:
    """Make a question exact.

    Parameters
    ----------
    question
        As asked.
    held
        What is held; a file of the user's own levels is read through it.

    Returns
    -------
    LevelsQuestion
        With catalogue ids, and the file's levels among ``own``.

    Raises
    ------
    UnknownSeriesError, QuestionError, DataError
        When a name is unknown, a level is not of an asset asked about, or a file unreadable.
    """
    assets = asset_ids(question.assets, held)
    own = [OwnLevel.read(text) for text in question.own]
    if question.levels is not None:
        own += _from_file(question.levels, held)
    settled = [replace(entry, asset=held.catalogue.resolve(entry.asset)) for entry in own]
    for entry in settled:
        if entry.asset not in assets:
            raise QuestionError(
                "levels.own_of",
                "There is a level of {asset}, which is not among the assets.",
                "Name it as an asset as well.",
                asset=entry.asset,
            )
    return replace(
        question,
        assets=assets,
        asof=question.asof or held.last_fresh_day(assets),
        own=tuple(dict.fromkeys(entry.text for entry in settled)),
        levels=None,
    )


def _from_file(path: str, held: Held) -> Iterator[OwnLevel]:
    try:
        found = tomllib.loads(held.text(path))
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, str(error)) from None
    listed = found.get("level")
    if set(found) != {"level"} or not isinstance(listed, list) or not listed:
        raise _unreadable(path, ", ".join(sorted(found)) or "-")
    for place, entry in enumerate(listed, start=1):
        known = isinstance(entry, dict) and {"asset", "value"} <= set(entry) <= _KEYS
        number = known and isinstance(entry["value"], Real) and not isinstance(entry["value"], bool)
        if not number or not all(isinstance(entry.get(key, ""), str) for key in ("asset", "name")):
            raise _unreadable(path, f"level {place}")
        name = str(entry.get("name", ""))
        yield OwnLevel.read(f"{entry['asset']}={entry['value']!r}" + (f":{name}" if name else ""))


def _unreadable(path: str, where: str) -> QuestionError:
    return QuestionError(
        "levels.file",
        "{path} is not a file of levels ({where}).",
        "Write tables [[level]] with asset, value and, if you like, name.",
        path=path,
        where=where,
    )
