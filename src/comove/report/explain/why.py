"""Why: what the moves and the correlation went with, part by part."""

from __future__ import annotations

from comove.core.case import LeftOut
from comove.core.diagnosis import CorrelationShift, CovarianceSplit, Diagnosis, Part, ReturnSplit
from comove.core.document import Block, Cell, Paragraph, Table
from comove.core.estimate import Estimate
from comove.core.message import Name, Quantity, say
from comove.report.explain.unusual import leading_first


def splits(diagnosis: Diagnosis) -> tuple[Block, ...]:
    """Lay out the joint split.

    Parameters
    ----------
    diagnosis
        An answer.

    Returns
    -------
    tuple of Block
        The reason when there is no split; else tables per asset and pair, exposures, and drivers
        that did not enter.
    """
    why = diagnosis.why
    if why.reason is not None:
        return (Paragraph(says=(why.reason,)), *_left_out(why.left_out))
    blocks: list[Block] = [_return_table(split, diagnosis) for split in why.returns]
    for linked in leading_first(diagnosis, why.covariances):
        blocks.append(_covariance_table(linked))
        blocks += [_shift_table(shift) for shift in why.shifts if shift.pair == linked.pair]
    if why.betas:
        blocks.append(_beta_table(diagnosis))
    return (*blocks, *_left_out(why.left_out), *_caution(diagnosis))


def _return_table(split: ReturnSplit, diagnosis: Diagnosis) -> Table:
    baseline = diagnosis.why.baseline
    return Table(
        title=say(
            "table.return_split",
            asset=Name(split.asset),
            total=split.total.quantity,
            days=(split.window.start, split.window.end),
        ),
        columns=("part", "log_points", "drivers"),
        rows=(*map(_part, split.parts), _total(split.total)),
        note=None
        if baseline is None
        else say(
            "note.return_split",
            sessions=Quantity(baseline.sessions, "sessions"),
            days=(baseline.start, baseline.end),
            level=Quantity(diagnosis.question.level, "share"),
        ),
        bars=1,
    )


def _covariance_table(split: CovarianceSplit) -> Table:
    unit = split.parts[0].estimate.unit
    note = say(
        "note.covariance_split",
        day=split.window.start,
        residual=Quantity(split.residual, unit),
        cross=Quantity(split.cross, unit),
    )
    return Table(
        title=say(
            "table.covariance_split",
            first=Name(split.pair[0]),
            second=Name(split.pair[1]),
            sessions=Quantity(split.window.sessions, "sessions"),
            last=split.window.end,
            total=split.total.quantity,
        ),
        columns=("part", "correlation" if unit == "correlation" else "share", "drivers"),
        rows=(*map(_part, split.parts), *_total_of_parts(split)),
        note=note
        if split.in_window is None
        else say(
            "note.covariance_split_in_window",
            split=note,
            unexplained=Quantity(split.in_window, unit),
        ),
        bars=1,
    )


def _total_of_parts(split: CovarianceSplit) -> tuple[tuple[Cell, ...], ...]:
    """Return the row of the total where it has the unit of its parts."""
    same = split.total.unit == split.parts[0].estimate.unit
    return (_total(split.total),) if same else ()


def _shift_table(shift: CorrelationShift) -> Table:
    return Table(
        title=say(
            "table.shift",
            before=Quantity(shift.before, "correlation"),
            after=Quantity(shift.after, "correlation"),
        ),
        columns=("part", "correlation"),
        rows=(
            *((Name(f"shift.{part.channel}"), part.estimate) for part in shift.parts),
            (say("report.why.change"), shift.change),
        ),
        bars=1,
    )


def _part(part: Part) -> tuple[Cell, ...]:
    """Lay out one term; a channel without a driver was not measured, so it has no number."""
    title = Name(f"channel.{part.channel}.share")
    if part.channel in ("intercept", "unexplained"):
        return (title, part.estimate, None)
    if not part.drivers:
        return (title, None, say("report.why.no_driver"))
    return (title, part.estimate, tuple(Name(f"driver.{driver}") for driver in part.drivers))


def _total(total: Estimate) -> tuple[Cell, ...]:
    return (say("report.why.total"), total, None)


def _beta_table(diagnosis: Diagnosis) -> Table:
    return Table(
        title=say("table.betas"),
        columns=("asset", "driver", "beta", "nobs"),
        rows=tuple(
            (Name(asset), Name(f"driver.{driver}"), estimate, Quantity(estimate.nobs, "count"))
            for asset, driver, estimate in diagnosis.why.betas
        ),
        note=None
        if diagnosis.why.condition is None
        else say("note.betas", condition=Quantity(diagnosis.why.condition, "ratio")),
    )


def _left_out(entries: tuple[LeftOut, ...]) -> tuple[Block, ...]:
    if not entries:
        return ()
    rows = tuple(
        (
            Name(f"driver.{entry.driver}"),
            Name(f"channel.{entry.channel}"),
            say(f"left_out.{entry.reason}", series=Name(entry.series)),
            entry.last,
        )
        for entry in entries
    )
    return (
        Table(
            title=say("table.left_out"), columns=("driver", "channel", "reason", "last"), rows=rows
        ),
    )


def _caution(diagnosis: Diagnosis) -> tuple[Block, ...]:
    says = tuple(
        say(
            "report.why.inseparable",
            asset=Name(entry.asset),
            first=Name(f"channel.{entry.first}"),
            second=Name(f"channel.{entry.second}"),
        )
        for entry in diagnosis.why.inseparable
    )
    return (Paragraph(says=says, role="note"),) if says else ()
