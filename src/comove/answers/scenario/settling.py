"""From what was typed to an exact question: names, named scenarios, units, as-of day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from comove.core.errors import QuestionError, WindowError
from comove.core.held import Held, asset_ids
from comove.core.question import Window, parse_window
from comove.core.scenario_question import ScenarioQuestion, invested
from comove.core.shock import Shock
from comove.core.weights import FILES, weights_in

DRIVERS = ("dfii10", "dxy", "qqq", "vix", "gld")
"""Whose moves a past window or a reverse stress is made of, when none is named."""

_KEYS = {"shocks", "window", "drivers"}


@cache
def installed() -> Mapping[str, Mapping[str, Any]]:
    """Return the named scenarios that come with comove, by key."""
    text = Path(__file__).with_name("scenarios.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def settle(question: ScenarioQuestion, held: Held) -> ScenarioQuestion:
    """Make a question exact.

    Parameters
    ----------
    question
        As asked.
    held
        What is held; a file of the user's own scenarios is read through it.

    Returns
    -------
    ScenarioQuestion
        With catalogue ids, every shock in the unit of its series, a named scenario spelled out; one
        of a file is no longer named, since only its moves are kept.

    Raises
    ------
    UnknownSeriesError, QuestionError, WindowError, DataError
        When a name is unknown, a unit wrong, a file unreadable, or the past window not over yet.
    """
    question = _read(question, held)
    assets = asset_ids(question.assets, held)
    moves, window = _spelled_out(question, held)
    given = [*_each_once(question.shocks, held), *_each_once(moves, held)]
    if not given and (window is not None or question.reverse is not None):
        given = [Shock(series=name, size=None) for name in DRIVERS]
    merged: dict[str, Shock] = {}
    for shock in given:
        merged.setdefault(shock.series, shock)
    asof = question.asof or held.last_fresh_day(assets)
    if window is not None and window[1] > asof:
        raise WindowError(
            "window.after_asof",
            "The window ends on {last}, after the as-of day {asof}.",
            "End the window earlier or move --asof.",
            last=window[1],
            asof=asof,
        )
    return replace(
        question,
        assets=assets,
        asof=asof,
        shocks=tuple(shock.text for shock in merged.values()),
        named=question.named if question.scenarios is None else None,
        scenarios=None,
        window=window,
        weights=_weights(question.weights, assets, held),
    )


def _spelled_out(question: ScenarioQuestion, held: Held) -> tuple[tuple[str, ...], Window | None]:
    """Look up the moves and the window of a named scenario; a window that was asked goes first."""
    known: Mapping[str, Mapping[str, Any]] = installed()
    name = question.named
    if question.scenarios is not None:
        own = _own(question.scenarios, held)
        name = name or (next(iter(own)) if len(own) == 1 else None)
        known = own if name is None else {**known, **own}
    if name is None and question.scenarios is None:
        return (), question.window
    if name is None:
        raise QuestionError(
            "scenario.several",
            "{path} holds several scenarios.",
            "Choose with --named from {known}.",
            path=question.scenarios,
            known=", ".join(known),
        )
    if name not in known:
        raise QuestionError(
            "scenario.named",
            "There is no scenario {name}.",
            "Choose with --named from {known}.",
            name=name,
            known=", ".join(known),
        )
    entry = known[name]
    moves = (*entry.get("shocks", ()), *entry.get("drivers", ()))
    window = question.window or parse_window(entry.get("window"))
    return moves, window


def _own(path: str, held: Held) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = tomllib.loads(held.text(path))
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, str(error)) from None
    for name, entry in found.items():
        if not isinstance(entry, dict) or not entry or not set(entry) <= _KEYS:
            raise _unreadable(path, name)
        listed = [entry.get(key, []) for key in ("shocks", "drivers")]
        texts = all(isinstance(x, list) and all(isinstance(y, str) for y in x) for x in listed)
        if not texts or not isinstance(entry.get("window", ""), str):
            raise _unreadable(path, name)
    if not found:
        raise _unreadable(path, "-")
    return found


def _unreadable(path: str, where: str) -> QuestionError:
    return QuestionError(
        "scenario.file",
        "{path} is not a file of scenarios ({where}).",
        'Write tables such as [mine] with shocks = ["dfii10=-50bp"], or window and drivers.',
        path=path,
        where=where,
    )


def _each_once(texts: Iterable[str], held: Held) -> list[Shock]:
    """Read shocks with catalogue ids and units; one series takes one move."""
    found: dict[str, Shock] = {}
    for text in texts:
        shock = Shock.read(text)
        series = held.catalogue.resolve(shock.series)
        if series in found:
            raise QuestionError(
                "scenario.twice",
                "{name} is given two moves.",
                "Give it one; a series moves once in a scenario.",
                name=series,
            )
        found[series] = shock.of(held.catalogue.specs[series])
    return list(found.values())


def _read(question: ScenarioQuestion, held: Held) -> ScenarioQuestion:
    """Put the weights of a file in the place of its path."""
    path = question.weights
    if path is None or not path.lower().endswith(FILES):
        return question
    listed = weights_in(held.text(path), path)
    return replace(question, weights=",".join(f"{name}={size:.10g}" for name, size in listed))


def _weights(text: str | None, assets: tuple[str, ...], held: Held) -> str | None:
    if text is None:
        return None
    found: dict[str, float] = {}
    for name, share in invested(text):
        series = held.catalogue.resolve(name)
        if series in found:
            raise QuestionError(
                "weights.twice", "{name} is given two weights.", "Give their sum once.", name=series
            )
        found[series] = share
    strange = [name for name in found if name not in assets]
    if strange:
        raise QuestionError(
            "scenario.weight_of",
            "{name} has a weight but is not among the assets.",
            "Name it as an asset as well.",
            name=strange[0],
        )
    return ",".join(f"{asset}={found.get(asset, 0.0):.10g}" for asset in assets)
