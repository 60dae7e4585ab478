"""Two sentences: what happened, and what it does not need to mean."""

from __future__ import annotations

from comove.core.diagnosis import Path, ReturnSplit, Together, Why
from comove.core.message import Message, Name, say

MORE_THAN_CHANCE, DOUBTFUL = 0.05, 0.10
ALL, MOST, SOME = 0.9, 0.5, 0.25
NAMED = 2


def head(
    together: Together, why: Why, ordinary: frozenset[str] = frozenset()
) -> tuple[Message, ...]:
    """Compose the headline.

    Parameters
    ----------
    together, why
        The facts and the split.
    ordinary
        Assets whose move is too small to be divided up: no part of theirs is named.

    Returns
    -------
    tuple of Message
        One sentence on the move, one on its causes.
    """
    return (_move(together), _cause(together, why, ordinary))


def _move(together: Together) -> Message:
    window = (together.window.start, together.window.end)
    if together.direction == "none":
        key = "apart" if together.chosen else "none" if together.judged else "young"
        return say(f"explain.headline.{key}", window=window, **_named("", together.paths))
    movers = _movers(together)
    others = tuple(path for path in together.paths if path not in movers)
    return say(
        f"explain.headline.{together.direction}{'_but' if others else ''}",
        window=window,
        synchrony=_synchrony(together),
        **_named("", movers),
        **(_named("other_", others) if others else {}),
    )


def _named(prefix: str, paths: tuple[Path, ...]) -> dict[str, object]:
    return {
        f"{prefix}assets": tuple(Name(path.asset) for path in paths),
        f"{prefix}moves": tuple(path.move.quantity for path in paths),
    }


def _movers(together: Together) -> tuple[Path, ...]:
    """Return the assets that moved the way the answer is about; a group may hold others."""
    up = together.direction == "rising"
    return tuple(path for path in together.paths if (path.move.value > 0.0) == up)


def _synchrony(together: Together) -> Message:
    """Say how much of the moves fell on the same days."""
    overlap = together.overlap
    if overlap is None or overlap.pvalue is None:
        return say("explain.headline.no_synchrony")
    key = "more" if overlap.pvalue <= MORE_THAN_CHANCE else "chance"
    if MORE_THAN_CHANCE < overlap.pvalue <= DOUBTFUL:
        key = "unclear"
    extreme = Name(f"explain.word.extreme.{together.direction}")
    form = "day_of_year" if together.window.start.year == together.window.end.year else "day"
    days = tuple(say(f"explain.word.{form}", day=path.worst_day) for path in _movers(together))
    if together.worst_days_apart == 0:
        return say(
            f"explain.headline.synchrony.same_day.{key}",
            overlap=overlap.quantity,
            extreme=extreme,
            day=days[0],
        )
    return say(
        f"explain.headline.synchrony.apart.{key}",
        overlap=overlap.quantity,
        extreme=extreme,
        apart=together.worst_days_apart,
        days=days,
    )


def _cause(together: Together, why: Why, ordinary: frozenset[str]) -> Message:
    if why.reason is not None:
        return say("explain.headline.no_split", reason=why.reason)
    if together.direction == "none":
        return say(f"explain.headline.no_episode{'_chosen' if together.chosen else ''}")
    movers = {path.asset for path in _movers(together)}
    sign = 1.0 if together.direction == "rising" else -1.0
    move = Name(f"explain.word.{together.direction}")
    carried = [
        (split, ("ordinary", "") if split.asset in ordinary else _carrier(split, sign))
        for split in why.returns
        if split.asset in movers
    ]
    clauses = _clauses(carried, move, why)
    through = why.returns[0].window.end
    if through < together.window.end:
        return say("explain.headline.causes_through", clauses=clauses, day=through)
    return say("explain.headline.causes", clauses=clauses)


def _clauses(
    carried: list[tuple[ReturnSplit, tuple[str, str]]], move: Name, why: Why
) -> tuple[Message, ...]:
    """Say the same thing of several assets once."""
    said: dict[tuple[str, str], list[Name]] = {}
    for split, carrier in carried:
        said.setdefault(carrier, []).append(Name(split.asset))
    return tuple(
        say(
            f"explain.headline.cause.{size}",
            asset=tuple(assets),
            move=move,
            **({"channel": _through(why, channel)} if channel else {}),
        )
        for (size, channel), assets in said.items()
    )


def _through(why: Why, channel: str) -> Name | Message:
    """Name the one or two drivers that entered where the rest of a channel had to be left out."""
    entered = next(part.drivers for part in why.returns[0].parts if part.channel == channel)
    if len(entered) <= NAMED and any(entry.channel == channel for entry in why.left_out):
        names = tuple(Name(f"driver.{key}") for key in entered)
        return say(f"explain.headline.through.{'one' if len(names) == 1 else 'two'}", drivers=names)
    return Name(f"channel.{channel}.share")


def _carrier(split: ReturnSplit, sign: float) -> tuple[str, str]:
    """Find the one part of a split that carries an asset's move, when there is one."""
    total = split.total.value
    if sign * total <= 0.0:
        # the split may end before the window does, on a day on which the asset had not moved yet
        return "spread", ""
    named = [part for part in split.parts if part.channel not in ("intercept", "unexplained")]
    rest = next(part for part in split.parts if part.channel == "unexplained")
    top = max(named, key=lambda part: part.estimate.value / total)
    share = top.estimate.value / total
    if share >= SOME and top.estimate.excludes_zero and share >= rest.estimate.value / total:
        size = "all" if share >= ALL else "most" if share >= MOST else "some"
        return size, top.channel
    return ("unexplained" if rest.estimate.value / total >= MOST else "spread"), ""
