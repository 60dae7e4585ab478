"""What a rule is: it flags rows of a batch, or says something of the batch as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from comove.core.holding import Finding
from comove.core.judged import Dispute, Places
from comove.core.message import Name, say
from comove.core.observations import Floats
from comove.data.calendars import Bools
from comove.data.gates.batch import Batch


@dataclass(frozen=True, eq=False, kw_only=True)
class Flags:
    """Which rows a rule sets aside.

    Attributes
    ----------
    reasons
        Shape (T,): 0 for a row that passes, else one more than the place in the rule's reasons.
    references
        Shape (T,): the figure a value was held against; NaN where there is none.
    """

    reasons: Places
    references: Floats

    @classmethod
    def first(cls, *reasons: Bools, references: Floats | None = None) -> Flags:
        """Flag each row with the first reason that holds.

        Parameters
        ----------
        *reasons
            Shape (T,) each, in the order of the rule's reasons.
        references
            Shape (T,); None for none.

        Returns
        -------
        Flags
            One reason a row.
        """
        found = np.zeros(len(reasons[0]), dtype=np.int64)
        for number, rows in enumerate(reasons, start=1):
            found[(found == 0) & rows] = number
        if references is None:
            references = np.full(len(found), np.nan)
        return cls(reasons=found, references=references)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Attributes
    ----------
    key
        Its name.
    order
        Rules run in ascending order; each sees only the rows that passed those before it.
    reasons
        ``(reason, outcome)`` of the rows it sets aside.
    flags
        Flags rows; None for a rule that speaks of the whole batch alone.
    finds
        Says what is wrong with the whole batch, seen after all rows were judged; None for a rule
        that flags rows alone.
    disputes
        Lists what other sources say otherwise, before the rule flags rows; None for most rules.
    """

    key: str
    order: int
    reasons: tuple[tuple[str, str], ...] = ()
    flags: Callable[[Batch], Flags] | None = None
    finds: Callable[[Batch], tuple[Finding, ...]] | None = None
    disputes: Callable[[Batch], tuple[Dispute, ...]] | None = None


def found(batch: Batch, rule: str, outcome: str, reason: str, /, **values: object) -> Finding:
    """Build a finding on a batch.

    Parameters
    ----------
    batch
        Its series is named in the sentence.
    rule
        Key of the rule.
    outcome
        ``note`` or ``problem``.
    reason
        The rest of the sentence's key.
    **values
        What fills the sentence.

    Returns
    -------
    Finding
        With the key ``data.gate.<rule>.<reason>``.
    """
    series = batch.spec.id
    says = say(f"data.gate.{rule}.{reason}", series=Name(series), **values)
    return Finding(series=series, rule=rule, outcome=outcome, says=says)  # type: ignore[arg-type]
