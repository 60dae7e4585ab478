"""A data frame over what is held: judged like anything that comes in, kept in memory alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from comove.core.errors import DataError
from comove.core.judged import Judged
from comove.core.observations import Observations
from comove.core.series import SeriesSpec
from comove.core.source import Rows
from comove.data import clocks
from comove.data.files.frames import read_frame
from comove.data.files.options import FileOptions
from comove.data.gates import Beside, judge
from comove.data.overlay import layered
from comove.data.reader import Facts

if TYPE_CHECKING:
    from comove.core.holding import Finding
    from comove.core.store import Quarantined

SOURCE = "frame"
"""What the origin of such a series begins with."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Framed(Facts):
    """What is held, with the series of a data frame over it.

    Attributes
    ----------
    beneath
        What is held without the frame.
    judged
        Id to the verdict of the quality gates on the rows of the frame.

    Notes
    -----
    Where both have a date, the value of the frame counts.  The frame is not written anywhere.
    """

    beneath: Facts
    judged: Mapping[str, Judged]

    @property
    def ids(self) -> tuple[str, ...]:
        """Catalogue ids of the series of which something is held, in its order."""
        held = {*self.beneath.ids, *self.judged}
        return tuple(series for series in self.catalogue.specs if series in held)

    @property
    def state(self) -> str:
        """What changes whenever what is held changes."""
        return f"{self.beneath.state}|{id(self.judged)}"

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the rows that were held back when they came in."""
        return self.beneath.quarantined()

    def own_findings(self) -> tuple[Finding, ...]:
        """Return what is to be said of the frame, and of what lies beneath."""
        findings = (finding for verdict in self.judged.values() for finding in verdict.findings)
        return (*self.beneath.own_findings(), *findings)

    def as_recorded(self, instant: np.datetime64) -> Self:
        """Return the same with nothing beneath that was recorded after an instant."""
        return replace(self, beneath=self.beneath.as_recorded(instant))

    def _known(
        self, ids: Iterable[str], instant: np.datetime64 | None
    ) -> dict[str, Observations | None]:
        wanted = tuple(ids)
        old = [name for name in wanted if name in self.beneath.catalogue.specs]
        known: dict[str, Observations | None] = dict.fromkeys(wanted)
        known |= self.beneath._known(old, instant)  # noqa: SLF001 - of its own kind
        for series in wanted:
            if series in self.judged:
                spec = self.catalogue[series]
                mine = observed(self.judged[series].accepted, spec, instant)
                under = known[series]
                known[series] = mine if under is None else layered([mine, under])
        return known


def observed(rows: Rows, spec: SeriesSpec, instant: np.datetime64 | None) -> Observations:
    """Return accepted rows as they were known at an instant.

    Parameters
    ----------
    rows
        By label, then by publication; see :class:`~comove.core.judged.Judged`.
    spec
        The series.
    instant
        UTC; None for the latest.

    Returns
    -------
    Observations
        One value a label, the last published.
    """
    struck = clocks.struck(rows.labels, spec.clock) if rows.struck is None else rows.struck
    known = rows.known
    if known is None:
        known = clocks.known(rows.labels, struck, spec.publication)
    keep = np.ones(len(rows.labels), dtype=bool) if instant is None else known <= instant
    labels = rows.labels[keep]
    last = np.concatenate([labels[1:] != labels[:-1], np.ones(min(len(labels), 1), dtype=bool)])
    return Observations(
        spec,
        labels[last],
        struck[keep][last],
        known[keep][last],
        rows.values[keep][last],
        f"{SOURCE}:{spec.id}",
    )


def framed(
    facts: Facts,
    frame: Any,  # noqa: ANN401 - a frame of any library
    declare: Mapping[str, Any],
    options: FileOptions,
    beside: tuple[np.datetime64, tuple[str, ...]],
) -> Framed:
    """Lay the series of a data frame over what is held.

    Parameters
    ----------
    facts
        What is held.
    frame
        See :func:`comove.data.files.frames.read_frame`.
    declare
        Id to declaration.
    options
        As for a file.
    beside
        UTC instant of judging, and the keys of rules that are waived.

    Returns
    -------
    Framed
        Every row of the frame passed the quality gates; repeated and missing ones were left out.

    Raises
    ------
    DataError
        When a row or the whole frame has a problem; names the first.
    ComoveError
        As :func:`~comove.data.files.frames.read_frame`.
    """
    now, waived = beside
    tables = read_frame(frame, declare, options, facts.catalogue)
    specs = {table.spec.id: table.spec for table in tables if table.declared}
    judged = {}
    for table in tables:
        related = table.spec.related
        against = Beside(
            related=facts.observations(related) if related in facts.ids else None, waived=waived
        )
        judged[table.spec.id] = judge(table.rows, table.spec, None, now, against)
        _refuse(table.spec, judged[table.spec.id])
    catalogue = facts.catalogue.with_series(specs)
    return Framed(
        root=facts.root, catalogue=catalogue, until=facts.until, beneath=facts, judged=judged
    )


def _refuse(spec: SeriesSpec, verdict: Judged) -> None:
    rows = [row for row in verdict.quarantined if row.outcome == "problem"]
    if rows:
        raise DataError(
            "frame.quarantined",
            "{count} values of {id} do not pass the quality rule {rule}, first {value} on {day}.",
            'Mend the frame, or waive the rule where you know better: waive=["{rule}"].',
            count=len(rows),
            id=spec.id,
            rule=rows[0].rule,
            value=rows[0].value,
            day=rows[0].label,
        )
    for finding in verdict.findings:
        if finding.outcome == "problem":
            raise DataError(
                "frame.finding",
                "{id} as a whole does not pass the quality rule {rule}.",
                'Mend the frame, or waive the rule where you know better: waive=["{rule}"].',
                id=spec.id,
                rule=finding.rule,
            )
