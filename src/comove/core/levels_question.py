"""Which levels matter, and how likely are they reached, as a question."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from comove.core.about import about
from comove.core.errors import QuestionError
from comove.core.question import distinct, parse_day
from comove.core.ranges import real, whole

MOST_ASSETS = 8
MOST_OWN = 40


@dataclass(frozen=True, kw_only=True)
class LevelsQuestion:
    """Which levels matter, how likely are they reached, and what followed past touches?

    Attributes
    ----------
    assets
        One to eight names: ids, tickers or aliases in English or Japanese.
    asof
        End of this day in New York; nothing published later is used. None: the last day on which
        every asset is fresh.
    own
        Levels of the user's own: ``"btc=60000"``, or with a name ``"btc=60000:round number"``.
    levels
        Path of a TOML file with more of them; read before anything else.
    draws
        Times the history of shocks is drawn again behind each probability.
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
    >>> LevelsQuestion(assets=("BTC",), own=("BTC=60000:round number",)).draws
    99
    """

    answer: ClassVar[str] = "levels"

    assets: tuple[str, ...] = field(metadata=about("One to eight assets: ids, tickers or names."))
    asof: date | None = field(
        default=None,
        metadata=about("Use only what was known by the end of this day in New York."),
    )
    own: tuple[str, ...] = field(
        default=(),
        metadata={
            **about("A level of your own, btc=60000 or btc=60000:name; repeatable."),
            "metavar": "NAME=PRICE",
        },
    )
    levels: str | None = field(
        default=None,
        metadata={**about("A TOML file with levels of your own."), "metavar": "FILE"},
    )
    draws: int = field(
        default=99, metadata=about("Times the shocks are drawn again behind each probability.")
    )
    level: float = field(default=0.95, metadata=about("Coverage of the intervals."))
    seed: int = field(default=7, metadata=about("Seed of every random draw."))

    def __post_init__(self) -> None:
        """Coerce text and refuse contradictions."""
        for name in ("assets", "own"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        whole("assets", len(self.assets), 1, MOST_ASSETS)
        whole("own", len(self.own), 0, MOST_OWN)
        whole("draws", self.draws, 39, 5000)
        real("level", self.level, 0.5, 0.999)
        whole("seed", self.seed, 0, 2**63 - 1)
        for text in self.own:
            OwnLevel.read(text)
        distinct(self.assets)


@dataclass(frozen=True, kw_only=True)
class OwnLevel:
    """A level of the user's own.

    Attributes
    ----------
    asset
        A name; after settling, a catalogue id.
    value
        In the unit of the asset's price.
    name
        What the user calls it; empty for nothing.

    Examples
    --------
    >>> OwnLevel.read("BTC=60,000:節目").text
    'BTC=60000:節目'
    """

    asset: str
    value: float
    name: str = ""

    @classmethod
    def read(cls, text: str) -> OwnLevel:
        """Read ``asset=value`` or ``asset=value:name``.

        Parameters
        ----------
        text
            Thousands may be set apart by commas.

        Returns
        -------
        OwnLevel
            Its asset is not looked up yet.

        Raises
        ------
        QuestionError
            ``levels.own`` when it cannot be read, or the value is not above zero.
        """
        asset, _, rest = unicodedata.normalize("NFKC", str(text)).partition("=")
        size, _, name = rest.partition(":")
        try:
            value = float(size.replace(",", "").strip())
        except ValueError:
            value = math.nan
        if not asset.strip() or not 0.0 < value < math.inf:
            raise QuestionError(
                "levels.own",
                "{text} is not a level.",
                "Write an asset and a price above zero: btc=60000, or btc=60000:round number.",
                text=repr(str(text)),
            )
        return cls(asset=asset.strip(), value=value, name=name.strip())

    @property
    def text(self) -> str:
        """The level as it is written on a command line."""
        named = f":{self.name}" if self.name else ""
        return f"{self.asset}={self.value:.12g}{named}"
