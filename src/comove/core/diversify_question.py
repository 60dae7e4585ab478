"""Does a portfolio's diversification hold, as a question: checked before any data is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from numbers import Real
from pathlib import PurePath
from typing import ClassVar

from comove.core.about import about
from comove.core.errors import QuestionError, WindowError
from comove.core.question import LEAST_BASELINE, LEAST_REPLICATIONS, parse_day
from comove.core.ranges import real, whole
from comove.core.weights import CASH, FILES, Weights, parse_weights

MOST_HOLDINGS = 20
MOST_REPLICATIONS = 10_000
ROUNDING = 0.005
"""How far weights may miss one and still count as rounded."""

BASELINE = "baseline"
"""The target that means: the ratio at baseline correlations."""


@dataclass(frozen=True, kw_only=True)
class DiversifyQuestion:
    """Does my diversification hold under stress?

    Attributes
    ----------
    weights
        Names and weights: a mapping, pairs, text such as ``"spy=.6,tlt=.4"``, or the path of a
        TOML or CSV file, which goes to ``book``.  Negative for a short position.  ``cash`` among
        the names goes to the field of that name.
    book
        Path of a TOML or CSV file with the weights; empty once it has been read.
    cash
        Weight of money that is not invested, negative when borrowed.  None: what the weights leave
        of one.
    asof
        End of this day in New York; nothing published later is used. None: the last day on which
        every holding is fresh.
    versus
        An earlier day to compare with; its figures use nothing published after it.
    hedges
        Assets that are examined as hedges of the whole portfolio where it does not hold them.
    window
        Sessions that are now.
    baseline
        Sessions before the window whose correlations serve as the yardstick.
    tail
        Share of the days that count as the worst.
    target
        Diversification ratio to restore with the least change of the weights: a number above one,
        or ``"baseline"``.  None: no change is worked out.
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
    >>> DiversifyQuestion(weights="spy=.6,tlt=.3", asof="2026-02-06").cash
    0.1
    """

    answer: ClassVar[str] = "diversify"

    weights: tuple[tuple[str, float], ...] = field(
        default=(),
        metadata={
            **about(
                "Names and weights, e.g. spy=.6,tlt=.4, or a .toml or .csv file that has them."
            ),
            "flag": "--weights",
            "metavar": "NAME=WEIGHT,...|FILE",
        },
    )
    book: str | None = field(
        default=None,
        metadata={**about("A .toml or .csv file with the weights."), "metavar": "FILE"},
    )
    cash: float | None = field(
        default=None,
        metadata=about("Weight of cash, negative when borrowed; by default what is left of one."),
    )
    asof: date | None = field(
        default=None,
        metadata=about("Use only what was known by the end of this day in New York."),
    )
    versus: date | None = field(
        default=None, metadata={**about("An earlier day to compare with."), "metavar": "DATE"}
    )
    hedges: tuple[str, ...] = field(
        default=("gld", "gdx", "btc", "tlt"),
        metadata=about(
            "Assets to examine as hedges where not held; by default gld, gdx, btc, tlt."
        ),
    )
    window: int = field(default=63, metadata=about("Sessions that are now."))
    baseline: int = field(
        default=756,
        metadata=about("Sessions before them whose correlations are the yardstick."),
    )
    tail: float = field(default=0.05, metadata=about("Share of the days that count as the worst."))
    target: str | float | None = field(
        default=None,
        metadata={
            **about("Diversification ratio to restore with the least change, or baseline."),
            "metavar": "RATIO|baseline",
        },
    )
    replications: int = field(
        default=500, metadata=about("Bootstrap replications behind the intervals.")
    )
    level: float = field(default=0.95, metadata=about("Coverage of the intervals."))
    seed: int = field(default=7, metadata=about("Seed of every random draw."))

    def __post_init__(self) -> None:
        """Coerce text to values and refuse contradictions."""
        hedges = (self.hedges,) if isinstance(self.hedges, str) else tuple(self.hedges)
        object.__setattr__(self, "hedges", tuple(dict.fromkeys(hedges)))
        for name in ("asof", "versus"):
            day = getattr(self, name)
            object.__setattr__(self, name, None if day is None else parse_day(day))
        object.__setattr__(self, "target", _target(self.target))
        self._read_weights()
        self._check_dates()
        self._check_numbers()

    @property
    def assets(self) -> tuple[str, ...]:
        """The holdings."""
        return tuple(name for name, _ in self.weights)

    def _read_weights(self) -> None:
        named = _path_in(self.weights)
        if self.book is not None and (self.weights or named):
            raise QuestionError(
                "weights.both",
                "Weights are given both as they are and in the file {path}.",
                "Give one of the two.",
                path=self.book,
            )
        book = named or self.book
        object.__setattr__(self, "book", book)
        if book is not None:
            if not str(book).lower().endswith(FILES):
                raise QuestionError(
                    "weights.ending",
                    "{path} is neither a .toml nor a .csv file.",
                    "Write spy=0.6,tlt=0.4, or name a .toml or .csv file.",
                    path=book,
                )
            object.__setattr__(self, "weights", ())
            return
        entries = parse_weights(self.weights)
        invested = tuple(entry for entry in entries if entry[0].casefold() not in CASH)
        for _, money in (entry for entry in entries if entry[0].casefold() in CASH):
            if self.cash is not None:
                raise _twice("cash")
            object.__setattr__(self, "cash", money)
        object.__setattr__(self, "weights", invested)
        _check_holdings(invested)
        object.__setattr__(self, "cash", _cash(invested, self.cash))

    def _check_dates(self) -> None:
        if self.versus and self.asof and self.versus >= self.asof:
            raise WindowError(
                "window.versus",
                "The day to compare with, {versus}, is not before the as-of day {asof}.",
                "Give the later day to --asof.",
                versus=self.versus,
                asof=self.asof,
            )

    def _check_numbers(self) -> None:
        whole("window", self.window, 42, 504)
        whole("baseline", self.baseline, LEAST_BASELINE, 2520)
        real("tail", self.tail, 0.04, 0.25)
        whole("replications", self.replications, LEAST_REPLICATIONS, MOST_REPLICATIONS)
        real("level", self.level, 0.5, 0.999)
        whole("seed", self.seed, 0, 2**63 - 1)


def _path_in(weights: object) -> str | None:
    """Return the path when a file is named in place of weights."""
    if isinstance(weights, PurePath):
        return str(weights)
    pieces = (weights,) if isinstance(weights, str) else weights
    if isinstance(pieces, list | tuple) and len(pieces) == 1 and isinstance(pieces[0], str):
        text = pieces[0].strip()
        return text if "=" not in text and text.lower().endswith(FILES) else None
    return None


def _target(given: object) -> str | float | None:
    if given is None or given == BASELINE:
        return BASELINE if given else None
    try:
        ratio = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        ratio = 0.0
    if not 1.0 < ratio <= MOST_HOLDINGS:
        raise QuestionError(
            "weights.target",
            "The target {target} is not a diversification ratio.",
            "Give a number above 1, or baseline.",
            target=str(given),
        )
    return ratio


def _check_holdings(weights: Weights) -> None:
    names = [name for name, _ in weights]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _twice(twice[0])
    if not 2 <= len(names) <= MOST_HOLDINGS:
        raise QuestionError(
            "weights.count",
            "Diversification takes 2 to {most} holdings besides cash; {count} given.",
            "For example: --weights spy=.6,tlt=.3,gdx=.05,btc=.05.",
            most=MOST_HOLDINGS,
            count=len(names),
        )
    for name, weight in weights:
        if weight == 0.0:
            raise QuestionError(
                "weights.zero",
                "The weight of {name} is zero.",
                "Leave it out; --hedge {name} examines it as a hedge.",
                name=name,
            )


def _twice(name: str) -> QuestionError:
    return QuestionError(
        "weights.twice", "{name} is given two weights.", "Give their sum once.", name=name
    )


def _cash(weights: Weights, cash: float | None) -> float:
    """Return the weight of cash, or refuse weights that do not make a whole."""
    invested = sum(weight for _, weight in weights)
    if cash is not None and not (isinstance(cash, Real) and abs(float(cash)) < MOST_HOLDINGS):
        cash = float("nan")
    total = invested + (cash or 0.0)
    left = round(1.0 - invested, 12)
    if abs(total - 1.0) <= ROUNDING:
        return float(cash or 0.0)
    if cash is None and 0.0 < invested < 1.0:
        return left
    if cash is None and invested <= 0.0:
        raise QuestionError(
            "weights.sum_zero",
            "The weights add up to {total}: there is no whole they could be parts of.",
            "Say what is held in cash: cash={left}.",
            total=f"{invested:.4g}",
            left=f"{left:.4g}",
        )
    raise QuestionError(
        "weights.sum",
        "The weights add up to {total}, not to 1.",
        "Percentages carry a sign (spy=60%); money borrowed is cash={left}.",
        total=f"{total:.4g}",
        left=f"{left:.4g}",
    )
