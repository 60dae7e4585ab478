"""A text whose claims are to be tested, as a question that is checked before any reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from numbers import Integral, Real
from typing import ClassVar

from comove.core.about import about
from comove.core.claim import Claim
from comove.core.errors import QuestionError
from comove.core.question import LEAST_REPLICATIONS, parse_day

LONGEST = 2_000_000
"""Characters of a text; more is not a commentary."""


@dataclass(frozen=True, kw_only=True)
class AuditQuestion:
    """Which numbers and causes in this text hold, as known that day?

    Attributes
    ----------
    text
        The text, in English or Japanese: plain, Markdown, HTML, or claims in TOML.
    asof
        The text's date; what was published later is not used. None: the date the text states.
    level
        Coverage of the intervals.
    replications
        Simulated samples behind a test that needs them.
    seed
        Of every random draw.
    source
        Name of the file the text came from; a date in it counts when the text has none.
    claims
        Structured claims instead of a text; of a settled question, what was understood of the text.
    unread
        Of a settled question: sentences with figures or assets that were not understood, as
        ``(start, end)`` in the text.
    dated
        Of a settled question: where the date came from, ``asked``, ``text``, ``month``, ``source``
        or ``latest``.

    Raises
    ------
    QuestionError, WindowError
        At birth, before any data is read.

    Examples
    --------
    >>> AuditQuestion(text="Bitcoin closed at $62,702 on 5 February 2026.").level
    0.95
    """

    answer: ClassVar[str] = "audit"

    text: str = field(
        metadata=about(
            "A text in English or Japanese, or - for standard input.", reads="file", metavar="FILE"
        )
    )
    asof: date | None = field(
        default=None,
        metadata=about(
            "Date of the text, where it states none.",
            flag="--date",
            also=("--asof",),
            metavar="DATE",
        ),
    )
    level: float = field(default=0.95, metadata=about("Coverage of the intervals."))
    replications: int = field(
        default=499, metadata=about("Simulated samples behind a test that needs them.")
    )
    seed: int = field(default=7, metadata=about("Seed of every random draw."))
    source: str = field(default="", metadata=about("Name of the file.", door=False))
    claims: tuple[Claim, ...] = field(default=(), metadata=about("Structured claims.", door=False))
    unread: tuple[tuple[int, int], ...] = field(
        default=(), metadata=about("What was not understood.", door=False)
    )
    dated: str = field(default="", metadata=about("Where the date came from.", door=False))

    def __post_init__(self) -> None:
        """Coerce text to a date and refuse contradictions."""
        object.__setattr__(self, "asof", None if self.asof is None else parse_day(self.asof))
        object.__setattr__(self, "claims", tuple(self.claims))
        if not self.text.strip() and not self.claims:
            raise QuestionError(
                "audit.empty", "There is nothing to audit.", "Give a text with words in it."
            )
        if len(self.text) > LONGEST:
            raise QuestionError(
                "audit.too_long",
                "The text has {length} characters; at most {most} are read.",
                "Audit its parts one by one.",
                length=len(self.text),
                most=LONGEST,
            )
        _within("level", self.level, 0.5, 0.999)
        _within("replications", self.replications, LEAST_REPLICATIONS, 100_000)
        _within("seed", self.seed, 0, 2**63 - 1)


def _within(name: str, value: object, low: float, high: float) -> None:
    kind = Real if name == "level" else Integral
    if not (isinstance(value, kind) and low <= value <= high):  # type: ignore[operator]
        raise QuestionError(
            "question.range",
            "{name} is {value}; it must lie between {low} and {high}.",
            name=name,
            value=value,
            low=low,
            high=high,
        )
