"""What would these shocks do to my assets, as a question."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from comove.core.about import about
from comove.core.errors import QuestionError, WindowError
from comove.core.question import (
    LEAST_BASELINE,
    LEAST_REPLICATIONS,
    Window,
    distinct,
    parse_day,
    parse_window,
)
from comove.core.ranges import real, whole
from comove.core.shock import Shock
from comove.core.weights import CASH, FILES, Weights, parse_weights

MOST_ASSETS = 8
MOST_SHOCKS = 8
ROUNDED = 0.005
"""How far weights with cash may miss one and still count as rounded."""
USUAL = ("btc", "gdx")
"""The pair asked about when no asset is named."""


@dataclass(frozen=True, kw_only=True)
class ScenarioQuestion:
    """What would these shocks do to my assets?

    Attributes
    ----------
    assets
        One to eight names: ids, tickers or aliases in English or Japanese. None: those with a
        weight; without weights, bitcoin and gold miners.
    asof
        End of this day in New York; nothing published later is used. None: the last day on which
        every asset is fresh.
    shocks
        Moves over the horizon, e.g. ``"dfii10=-50bp"``, ``"dxy=-3%"``, ``"vix=+10"``; a name alone
        is a driver whose move a past window or the reverse stress fills in.
    named
        A scenario that comes with comove, or of the user's own file.
    scenarios
        Path of a TOML file with the user's own scenarios; read before anything else.
    window
        First and last day of a past stretch whose moves are replayed.
    reverse
        Fall in percent that every asset is to suffer: the most plausible shock that brings it.
    horizon
        Sessions over which the shock happens; None: 21, or the length of the past window.
    weights
        ``"btc=0.6,gdx=0.4"``, a mapping, or the path of a TOML or CSV file; what is missing to one
        is cash. None: equal.
    baseline
        Sessions the covariances rest on.
    replications
        Bootstrap replications behind the intervals.
    level
        Coverage of the intervals.
    seed
        Of every random draw.

    Raises
    ------
    QuestionError, WindowError
        At birth, before any data is read.

    Examples
    --------
    >>> asked = ScenarioQuestion(assets=("BTC", "GDX"), shocks=("dfii10=-50bp",))
    >>> asked.shocks
    ('dfii10=-50bp',)
    """

    answer: ClassVar[str] = "scenario"

    assets: tuple[str, ...] = field(
        default=(),
        metadata={
            **about("Up to eight assets; by default those with a weight, else BTC and GDX."),
            "placed": True,
        },
    )
    asof: date | None = field(
        default=None,
        metadata=about("Use only what was known by the end of this day in New York."),
    )
    shocks: tuple[str, ...] = field(
        default=(),
        metadata={
            **about(
                "A move: dfii10=-50bp (yields), dxy=-3% (prices), vix=+10 (levels); repeatable."
            ),
            "metavar": "NAME=MOVE",
        },
    )
    named: str | None = field(
        default=None,
        metadata={
            **about("A named scenario, e.g. real_yields_fall; the manual lists all."),
            "metavar": "NAME",
        },
    )
    scenarios: str | None = field(
        default=None,
        metadata={**about("A TOML file with scenarios of your own."), "metavar": "FILE"},
    )
    window: Window | None = field(
        default=None,
        metadata={
            **about("First and last day of a past stretch whose moves are replayed."),
            "metavar": "FIRST:LAST",
        },
    )
    reverse: float | None = field(
        default=None,
        metadata={
            **about(
                "Find the most plausible shock under which every asset falls by so many percent."
            ),
            "metavar": "PERCENT",
        },
    )
    horizon: int | None = field(
        default=None,
        metadata=about("Sessions the shock takes: 21, or as many as the past window has."),
    )
    weights: str | None = field(
        default=None,
        metadata={
            **about(
                "btc=0.6,gdx=0.4, or a .toml or .csv file; the rest is cash. Equal by default."
            ),
            "metavar": "WEIGHTS|FILE",
        },
    )
    baseline: int = field(default=756, metadata=about("Sessions the covariances rest on."))
    replications: int = field(
        default=500, metadata=about("Bootstrap replications behind the intervals.")
    )
    level: float = field(default=0.95, metadata=about("Coverage of the intervals."))
    seed: int = field(default=7, metadata=about("Seed of every random draw."))

    def __post_init__(self) -> None:
        """Coerce text and refuse contradictions."""
        for name in ("assets", "shocks"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        object.__setattr__(self, "window", parse_window(self.window))
        object.__setattr__(self, "weights", _typed(self.weights))
        if not self.assets and (self.weights is None or invested(self.weights)):
            weighted = tuple(name for name, _ in invested(self.weights))
            object.__setattr__(self, "assets", weighted or USUAL)
        self._check_numbers()
        self._check_asked()
        distinct(self.assets)
        invested(self.weights)

    def _check_numbers(self) -> None:
        unread = self.weights is not None and self.weights.lower().endswith(FILES)
        whole("assets", len(self.assets), 0 if unread else 1, MOST_ASSETS)
        whole("shocks", len(self.shocks), 0, MOST_SHOCKS)
        if self.horizon is not None:
            whole("horizon", self.horizon, 1, 126)
        if self.reverse is not None:
            real("reverse", self.reverse, 0.1, 95.0)
        whole("baseline", self.baseline, LEAST_BASELINE, 5000)
        whole("replications", self.replications, LEAST_REPLICATIONS, 20_000)
        real("level", self.level, 0.5, 0.999)
        whole("seed", self.seed, 0, 2**63 - 1)

    def _check_asked(self) -> None:
        read = [Shock.read(text) for text in self.shocks]
        found_elsewhere = self.named or self.scenarios or self.window or self.reverse
        if not read and not found_elsewhere:
            raise QuestionError(
                "scenario.nothing",
                "Nothing is said to happen.",
                "Give --shock, --named, --scenarios, --window or --reverse.",
            )
        if self.reverse is not None and len({shock.size is None for shock in read}) > 1:
            raise QuestionError(
                "scenario.mixed",
                "A reverse stress finds the size of all shocks or of none.",
                "Give every --shock a size, or none.",
            )
        bare = [shock.series for shock in read if shock.size is None]
        if bare and not found_elsewhere:
            raise QuestionError(
                "scenario.bare",
                "{name} is named without a move.",
                "Write it as {name}=-3%, or add --window or --reverse.",
                name=bare[0],
            )
        if self.window and self.asof and self.window[1] > self.asof:
            raise WindowError(
                "window.after_asof",
                "The window ends on {last}, after the as-of day {asof}.",
                "End the window earlier or move --asof.",
                last=self.window[1],
                asof=self.asof,
            )
        if self.window and self.reverse is not None:
            raise QuestionError(
                "scenario.both",
                "A past window and a reverse stress are two questions.",
                "Ask them one after the other.",
            )


def _typed(given: object) -> str | None:
    """Write weights as text, names and fractions; the path of a file stays one."""
    if given is None:
        return None
    if isinstance(given, str) and given.strip().lower().endswith(FILES):
        return given.strip()
    entries = parse_weights(given)
    names = [name for name, _ in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise QuestionError(
            "weights.twice", "{name} is given two weights.", "Give their sum once.", name=twice[0]
        )
    return ",".join(f"{name}={weight:.10g}" for name, weight in entries) or None


def invested(weights: str | None) -> Weights:
    """Return the weights of what is held, cash left out.

    Parameters
    ----------
    weights
        As in a :class:`ScenarioQuestion`.

    Returns
    -------
    Weights
        Empty for None, and for a file that has not been read.

    Raises
    ------
    QuestionError
        ``scenario.cash`` when cash is named and the whole is not one.

    Examples
    --------
    >>> invested("btc=0.5,gdx=0.3,cash=0.2")
    (('btc', 0.5), ('gdx', 0.3))
    """
    if weights is None or weights.lower().endswith(FILES):
        return ()
    entries = parse_weights(weights)
    held = tuple((name, weight) for name, weight in entries if name.lower() not in CASH)
    total = math.fsum(weight for _, weight in entries)
    if len(held) < len(entries) and abs(total - 1.0) > ROUNDED:
        raise QuestionError(
            "scenario.cash",
            "With cash the weights add up to {total}, not to 1.",
            "Leave cash out: it is what the other weights lack to 1.",
            total=f"{total:.4g}",
        )
    return held
