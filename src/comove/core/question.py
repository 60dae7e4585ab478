"""What is asked, as a value: cache key, log line, request body and command line in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from comove.core.about import about
from comove.core.errors import QuestionError, WindowError
from comove.core.ranges import real, whole

Window = tuple[date, date]

LEAST_BASELINE = 250
LEAST_DEPENDENCE = 40
"""Fewest sessions over which five-session returns can be correlated."""
LEAST_REPLICATIONS = 99


def parse_day(text: str | date) -> date:
    """Read an ISO date.

    Parameters
    ----------
    text
        ``"2026-02-06"`` or a date; of a date with a time of day, the date.

    Returns
    -------
    date
        The day.

    Raises
    ------
    WindowError
        When the text is not a calendar date.

    Examples
    --------
    >>> parse_day("2026-02-06")
    datetime.date(2026, 2, 6)
    """
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text).strip())
    except ValueError:
        raise WindowError(
            "window.date", "{text} is not a date.", "Write it as 2026-02-06.", text=repr(text)
        ) from None


def parse_window(text: str | Window | None) -> Window | None:
    """Read ``"auto"`` or ``"2026-01-28:2026-02-05"``.

    Parameters
    ----------
    text
        ``"auto"``, None, a ``first:last`` pair, or a tuple of two dates.

    Returns
    -------
    Window or None
        None stands for auto.

    Raises
    ------
    WindowError
        When it is neither, or reversed.

    Examples
    --------
    >>> parse_window("auto") is None
    True
    """
    if text is None or text == "auto":
        return None
    ends = text.split(":") if isinstance(text, str) else text
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise WindowError(
            "window.form",
            "{text} is not a window.",
            "Write auto or 2026-01-28:2026-02-05.",
            text=repr(text),
        )
    window = parse_day(ends[0]), parse_day(ends[1])
    if window[0] >= window[1]:
        raise WindowError(
            "window.reversed",
            "The window starts on {first}, not before its end on {last}.",
            "Give the earlier date first.",
            first=window[0],
            last=window[1],
        )
    return window


def distinct(assets: tuple[str, ...]) -> None:
    """Refuse a name that is asked about twice.

    Parameters
    ----------
    assets
        As typed.

    Raises
    ------
    QuestionError
        ``question.same_asset``.

    Examples
    --------
    >>> distinct(("BTC", "GDX"))
    """
    twice = sorted({name for name in assets if assets.count(name) > 1})
    if twice:
        raise QuestionError(
            "question.same_asset",
            "{name} is asked about twice.",
            "Name two different assets.",
            name=twice[0],
        )


@dataclass(frozen=True, kw_only=True)
class Question:
    """Why do these assets move together?

    Attributes
    ----------
    assets
        Two or more names: ids, tickers or aliases in English or Japanese.
    asof
        End of this day in New York; nothing published later is used. None: the last day on which
        every asset is fresh.
    window
        First and last day of the move to explain; None finds the episode.
    baseline
        Sessions before the window from which exposures are estimated.
    dependence
        Sessions, ending with the move, whose correlation is explained.
    channels
        Explanations to examine; empty for all that are installed.
    replications
        Bootstrap replications.
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
    >>> Question(assets=("BTC", "GDX"), asof="2026-02-06").asof
    datetime.date(2026, 2, 6)
    """

    answer: ClassVar[str] = "explain"

    assets: tuple[str, ...] = field(metadata=about("Two or more assets: ids, tickers or names."))
    asof: date | None = field(
        default=None,
        metadata=about("Use only what was known by the end of this day in New York."),
    )
    window: Window | None = field(
        default=None, metadata=about("auto, or FIRST:LAST day of the move.")
    )
    baseline: int = field(
        default=756, metadata=about("Sessions before the move that exposures are estimated on.")
    )
    dependence: int = field(default=63, metadata=about("Sessions whose correlation is explained."))
    channels: tuple[str, ...] = field(
        default=(),
        metadata={
            **about("Explanations to examine; all by default."),
            "room": "comove.channels",
        },
    )
    replications: int = field(
        default=1000, metadata=about("Bootstrap replications behind the intervals.")
    )
    level: float = field(default=0.95, metadata=about("Coverage of the intervals."))
    seed: int = field(default=7, metadata=about("Seed of every random draw."))

    def __post_init__(self) -> None:
        """Coerce text to dates and refuse contradictions."""
        assets = (self.assets,) if isinstance(self.assets, str) else tuple(self.assets)
        object.__setattr__(self, "assets", assets)
        channels = (self.channels,) if isinstance(self.channels, str) else self.channels
        object.__setattr__(self, "channels", tuple(dict.fromkeys(channels)))
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        object.__setattr__(self, "window", parse_window(self.window))
        self._check_assets()
        self._check_dates()
        self._check_numbers()

    def _check_assets(self) -> None:
        if len(self.assets) < 2:
            raise QuestionError(
                "question.one_asset",
                "Moving together takes at least two assets; {count} given.",
                "For example: comove explain BTC GDX.",
                count=len(self.assets),
            )
        distinct(self.assets)

    def _check_dates(self) -> None:
        if self.window and self.asof and self.window[1] > self.asof:
            raise WindowError(
                "window.after_asof",
                "The window ends on {last}, after the as-of day {asof}.",
                "End the window earlier or move --asof.",
                last=self.window[1],
                asof=self.asof,
            )

    def _check_numbers(self) -> None:
        whole("baseline", self.baseline, LEAST_BASELINE, 5000)
        whole("dependence", self.dependence, LEAST_DEPENDENCE, 756)
        whole("replications", self.replications, LEAST_REPLICATIONS, 100_000)
        real("level", self.level, 0.5, 0.999)
        whole("seed", self.seed, 0, 2**63 - 1)
