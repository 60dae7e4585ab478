"""Rows after the quality gates: accepted, or quarantined with a reason; never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comove.core.holding import Finding
from comove.core.message import Message, Name, say
from comove.core.observations import Floats, Instants
from comove.core.series import SeriesSpec
from comove.core.source import Rows

Places = NDArray[np.int64]


def figure(value: float) -> str:
    """Write a received value with all its digits, so that it can be found in what was received.

    Parameters
    ----------
    value
        As received.

    Returns
    -------
    str
        Without unit; ``"?"`` for NaN.

    Examples
    --------
    >>> figure(0.00012), figure(20.37), figure(1234567.0)
    ('0.00012', '20.37', '1234567')
    """
    return "?" if np.isnan(value) else f"{value:.12g}"


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """One row that was set aside.

    Attributes
    ----------
    place
        Its place among the rows received, from 0.
    label
        Its date; None when it has none.
    value
        As received; NaN when the source gave none.
    rule
        Key of the rule, e.g. ``"sign"``.
    outcome
        ``note`` for a harmless row (a repeated one, a missing value), ``problem`` otherwise.
    says
        The reason as a sentence to be.
    """

    place: int
    label: date | None
    value: float
    rule: str
    outcome: str
    says: Message


@dataclass(frozen=True, eq=False, kw_only=True)
class Quarantine:
    """The rows that were set aside, by column; iterating builds one :class:`Quarantined` each.

    Attributes
    ----------
    spec
        The series.
    places
        Shape (n,), ascending: places among the rows received.
    labels
        Shape (n,), ``datetime64[D]``; NaT where a row has no date.
    values
        Shape (n,), as received.
    reasons
        Shape (n,): places in ``keys``.
    keys
        ``(rule, reason, outcome)`` of every reason that can occur.
    references
        Shape (n,): the figure the value was held against; NaN where there is none.
    """

    spec: SeriesSpec
    places: Places
    labels: Instants
    values: Floats
    reasons: Places
    keys: tuple[tuple[str, str, str], ...]
    references: Floats

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.places)

    def __iter__(self) -> Iterator[Quarantined]:
        """Iterate over the rows in the order they were received."""
        return (self[i] for i in range(len(self)))

    def __getitem__(self, i: int) -> Quarantined:
        """Return one row."""
        rule, reason, outcome = self.keys[int(self.reasons[i])]
        label: date | None = self.labels[i].item()
        value, reference = float(self.values[i]), float(self.references[i])
        fields: dict[str, Any] = {
            "series": Name(self.spec.id),
            "day": label or "?",
            "value": figure(value),
            "other": figure(reference),
        }
        return Quarantined(
            place=int(self.places[i]),
            label=label,
            value=value,
            rule=rule,
            outcome=outcome,
            says=say(f"data.gate.{rule}.{reason}", **fields),
        )

    @property
    def counts(self) -> dict[str, int]:
        """Rows per rule, in the order the rules run."""
        found: dict[str, int] = {}
        for i, number in enumerate(np.bincount(self.reasons, minlength=len(self.keys))):
            if number:
                rule = self.keys[i][0]
                found[rule] = found.get(rule, 0) + int(number)
        return found

    @property
    def problems(self) -> int:
        """Rows whose outcome is ``problem``."""
        bad = np.array([outcome == "problem" for *_, outcome in self.keys], dtype=bool)
        return int(bad[self.reasons].sum()) if len(self) else 0


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Two sources disagree on one date; both figures are kept.

    Attributes
    ----------
    label
        The date.
    value
        Of the first source.
    other
        Of the other source.
    source
        Name of the other source.
    chosen
        ``first`` or ``other``: which one the rule believes.
    why
        ``order``: both are plausible, the order of sources decides.  ``level``: only the other is
        within reach of the previous level.
    """

    label: date
    value: float
    other: float
    source: str
    chosen: str
    why: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Judged:
    """The verdict on a batch; ``len(accepted.labels) + len(quarantined)`` is what was received.

    Attributes
    ----------
    accepted
        By label, then by publication; the same for any order of the rows received.
    quarantined
        With reasons.
    findings
        What is wrong with the batch as a whole.
    disputes
        Dates on which another source says otherwise.
    """

    accepted: Rows
    quarantined: Quarantine
    findings: tuple[Finding, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def received(self) -> int:
        """Rows accepted and rows quarantined."""
        return len(self.accepted.labels) + len(self.quarantined)

    @property
    def sound(self) -> bool:
        """True when no row and no finding is a problem."""
        return not self.quarantined.problems and all(
            finding.outcome != "problem" for finding in self.findings
        )
