"""What each explanation says: verdict, reason, evidence, checks, caveats."""

from __future__ import annotations

from comove.core.diagnosis import Diagnosis
from comove.core.document import Badge, Block, Cell, Paragraph, Table
from comove.core.evidence import Check, Evidence
from comove.core.message import Name, Quantity, say
from comove.core.reading import Reading


def explanations(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out the readings, in the order they were asked for.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        Per channel a badge, then evidence, its pictures, checks and caveats where there are any.
    """
    return tuple(block for reading in diagnosis.readings for block in _reading(reading))


def _reading(reading: Reading) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Badge(
            verdict=reading.verdict,
            title=say(
                "report.why.reading",
                channel=Name(f"channel.{reading.channel}"),
                proposition=reading.proposition,
            ),
            says=(reading.because,),
        )
    ]
    if reading.evidence:
        blocks.append(_evidence_table(reading.evidence))
        blocks += [exhibit for entry in reading.evidence for exhibit in entry.exhibits]
    if reading.checks:
        blocks.append(_check_table(reading.checks))
    if reading.caveats:
        blocks.append(Paragraph(says=reading.caveats, role="note"))
    return tuple(blocks)


def _evidence_table(evidence: tuple[Evidence, ...]) -> Table:
    return Table(
        title=say("table.evidence"),
        columns=("finding", "verdict", "figure", "pvalue", "nobs", "rank", "method"),
        rows=tuple(_evidence(entry) for entry in evidence),
    )


def _evidence(entry: Evidence) -> tuple[Cell, ...]:
    found = entry.estimate
    pvalue = None if found is None else found.pvalue
    return (
        entry.says,
        Name(f"verdict.{entry.verdict}"),
        None if found is None else say("report.finding_value", estimate=found),
        None if pvalue is None else Quantity(pvalue, "probability"),
        None if found is None else Quantity(found.nobs, "count"),
        None if entry.rank is None else Quantity(entry.rank, "percentile"),
        Name(f"method.{entry.method}"),
    )


def _check_table(checks: tuple[Check, ...]) -> Table:
    return Table(
        title=say("table.checks"),
        columns=("check", "outcome", "finding", "figure"),
        rows=tuple(_check(entry) for entry in checks),
    )


def _check(check: Check) -> tuple[Cell, ...]:
    outcome = {True: "passed", False: "failed", None: "informs"}[check.passed]
    found = check.estimate
    return (
        Name(f"attack.{check.attack}"),
        Name(f"outcome.{outcome}"),
        check.says,
        None if found is None else say("report.finding_value", estimate=found),
    )
