"""Who sends shocks to whom, as a question: a value that is checked before any data is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from comove.core.about import about
from comove.core.question import LEAST_REPLICATIONS, distinct, parse_day
from comove.core.ranges import real, whole

MOST_ASSETS = 12
ROWS_PER_COEFFICIENT = 4


@dataclass(frozen=True, kw_only=True)
class SpilloverQuestion:
    """Who sends shocks to whom, and is it more than noise?

    Attributes
    ----------
    assets
        Two to twelve names: ids, tickers or aliases in English or Japanese.
    asof
        End of this day in New York; nothing published later is used. None: the last day on which
        every asset is fresh.
    lags
        Lags of the vector autoregression, in sessions.
    horizon
        Sessions ahead whose forecast variance is shared out.
    window
        Sessions the table rests on; at least four for every coefficient of an equation.
    replications
        Simulated samples behind each interval and each null band.
    level
        Coverage of the intervals and of the null bands.
    seed
        Of every random draw.

    Raises
    ------
    QuestionError, WindowError
        At birth, before any data is read.

    Examples
    --------
    >>> SpilloverQuestion(assets=("BTC", "GDX"), asof="2026-02-06").window
    250
    """

    answer: ClassVar[str] = "spillover"

    assets: tuple[str, ...] = field(metadata=about("Two to twelve assets: ids, tickers or names."))
    asof: date | None = field(
        default=None,
        metadata=about("Use only what was known by the end of this day in New York."),
    )
    lags: int = field(default=1, metadata=about("Lags of the vector autoregression, in sessions."))
    horizon: int = field(
        default=10, metadata=about("Sessions ahead whose forecast variance is shared out.")
    )
    window: int = field(default=250, metadata=about("Sessions the table rests on."))
    replications: int = field(
        default=500, metadata=about("Simulated samples behind intervals and null bands.")
    )
    level: float = field(
        default=0.95, metadata=about("Coverage of the intervals and of the null bands.")
    )
    seed: int = field(default=7, metadata=about("Seed of every random draw."))

    def __post_init__(self) -> None:
        """Coerce text to a date and refuse contradictions."""
        assets = (self.assets,) if isinstance(self.assets, str) else tuple(self.assets)
        object.__setattr__(self, "assets", assets)
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        self._check_numbers()
        distinct(assets)

    def _check_numbers(self) -> None:
        count = len(self.assets)
        whole("assets", count, 2, MOST_ASSETS)
        whole("lags", self.lags, 1, 5)
        whole("horizon", self.horizon, 2, 100)
        whole("window", self.window, ROWS_PER_COEFFICIENT * (count * self.lags + 1) + 48, 2500)
        whole("replications", self.replications, LEAST_REPLICATIONS, 100_000)
        real("level", self.level, 0.5, 0.999)
        whole("seed", self.seed, 0, 2**63 - 1)
