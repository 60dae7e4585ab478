"""What is held, how fresh it is and whether it is sane, laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import cast

from comove.core.answered import SCHEMA
from comove.core.document import Block, Cell, Document, Paragraph, Section, Table
from comove.core.holding import Finding, Holding
from comove.core.message import Message, Name, Quantity, say
from comove.core.plain import as_plain
from comove.core.series import Clock
from comove.core.store import Quarantined
from comove.core.units import Unit

Titles = Mapping[str, Mapping[str, str]]

_OUTCOMES = ("problem", "note", "ok")
SHOWN = 50
"""Rows held back that a page shows."""

_FLAT = ("id", "kind", "unit", "rows", "first", "last", "latest", "due", "behind", "origin")


def compose_list(holdings: tuple[Holding, ...], waiting: tuple[str, ...] = ()) -> Document:
    """Lay out the catalogue of what is held.

    Parameters
    ----------
    holdings
        One per series.
    waiting
        Ids of the series that the catalogue describes and of which nothing is held.

    Returns
    -------
    Document
        One table: id, title, kind, clock, span, aliases, caveats.
    """
    blocks: list[Block] = []
    if holdings:
        first = min(entry.first for entry in holdings)
        last = max(entry.last for entry in holdings)
        message = say("report.inventory.held", count=len(holdings), days=(first, last))
        blocks.append(Paragraph(says=(message,)))
    blocks.append(
        Table(
            title=say("table.holdings", count=len(holdings)),
            columns=("series", "title", "kind", "clock", "first", "last", "aliases", "caveats"),
            rows=tuple(_listed(entry) for entry in holdings),
        )
    )
    if waiting:
        message = say("report.inventory.waiting", count=len(waiting), series=waiting)
        blocks.append(Paragraph(says=(message,)))
    return _document("list", tuple(blocks), holdings, _titles(holdings))


def compose_status(holdings: tuple[Holding, ...]) -> Document:
    """Lay out how fresh every series is.

    Parameters
    ----------
    holdings
        One per series.

    Returns
    -------
    Document
        A sentence on what is behind, and a table: last label, latest value, last label due, status.
    """
    behind = tuple(entry for entry in holdings if entry.behind)
    message = say("report.inventory.fresh")
    if behind:
        message = say(
            "report.inventory.stale",
            count=len(behind),
            total=len(holdings),
            series=tuple(Name(entry.spec.id) for entry in behind),
        )
    table = Table(
        title=say("table.freshness", count=len(holdings), behind=len(behind)),
        columns=("series", "title", "last", "latest", "due", "status", "rows", "origin"),
        rows=tuple(_status(entry) for entry in holdings),
    )
    blocks = (Paragraph(says=(message,)), table)
    return _document("status", blocks, holdings, _titles(holdings))


def compose_check(
    findings: tuple[Finding, ...],
    quarantined: tuple[Quarantined, ...],
    titles: Titles,
    folders: Iterable[str],
) -> Document:
    """Lay out the outcome of the quality rules.

    Parameters
    ----------
    findings
        One per series and rule.
    quarantined
        Rows that were held back when they came in, in that order.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences of the findings.

    Returns
    -------
    Document
        Problems first, then notes, then what passed.
    """
    counts = {key: sum(entry.outcome == key for entry in findings) for key in _OUTCOMES}
    troubled = dict.fromkeys(entry.series for entry in findings if entry.outcome == "problem")
    message = say("report.inventory.clean")
    if troubled:
        message = say(
            "report.inventory.problems",
            count=counts["problem"],
            series=tuple(_series(series) for series in troubled),
        )
    order = sorted(findings, key=lambda entry: _OUTCOMES.index(entry.outcome))
    table = Table(
        title=say(
            "table.findings", problems=counts["problem"], notes=counts["note"], oks=counts["ok"]
        ),
        columns=("outcome", "series", "rule", "finding"),
        rows=tuple(
            (Name(f"outcome.{e.outcome}"), _series(e.series), Name(f"rule.{e.rule}"), e.says)
            for e in order
        ),
    )
    return Document(
        title=say("report.inventory.title_check"),
        headline=(message,),
        sections=(
            Section(key="findings", blocks=(table,)),
            *((Section(key="quarantine", blocks=_held_back(quarantined)),) if quarantined else ()),
        ),
        titles=titles,
        words=tuple(folders),
        payload={
            "schema": SCHEMA,
            "answer": "data_check",
            "findings": [_plain_finding(e) for e in order],
            "quarantined": [as_plain(row) for row in quarantined],
        },
        records=tuple(
            {"series": e.series, "rule": e.rule, "outcome": e.outcome, "says": e.says.key}
            for e in order
        ),
        colophon=say("report.inventory.colophon_check"),
    )


def _held_back(rows: tuple[Quarantined, ...]) -> tuple[Block, ...]:
    """Show the latest rows held back, with the reason; machine formats have them all."""
    shown = rows[: -SHOWN - 1 : -1]
    table = Table(
        title=say("table.quarantine", shown=len(shown), total=len(rows)),
        columns=("series", "fetched_from", "rule", "finding"),
        rows=tuple((row.series, row.source, Name(f"rule.{row.rule}"), row.reason) for row in shown),
    )
    return (table,)


def _document(
    answer: str, blocks: tuple[Block, ...], holdings: tuple[Holding, ...], titles: Titles
) -> Document:
    key = {"list": "holdings", "status": "freshness"}[answer]
    return Document(
        title=say(f"report.inventory.title_{answer}"),
        headline=(),
        sections=(Section(key=key, blocks=blocks),),
        titles=titles,
        words=(),
        payload={
            "schema": SCHEMA,
            "answer": f"data_{answer}",
            "holdings": [_plain_holding(entry) for entry in holdings],
        },
        records=tuple(_record(entry) for entry in holdings),
        colophon=say(f"report.inventory.colophon_{answer}"),
    )


def _listed(entry: Holding) -> tuple[Cell, ...]:
    spec = entry.spec
    return (
        spec.id,
        Name(spec.id),
        Name(f"kind.{spec.kind}"),
        _clock(spec.clock),
        entry.first,
        entry.last,
        tuple(spec.aliases) or None,
        Name(_caveat(spec.id)) if entry.caveats else None,
    )


def _status(entry: Holding) -> tuple[Cell, ...]:
    spec = entry.spec
    return (
        spec.id,
        Name(spec.id),
        entry.last,
        say("report.value", value=Quantity(entry.latest, cast("Unit", spec.unit))),
        entry.due,
        say("report.inventory.behind", count=entry.behind)
        if entry.behind
        else Name("outcome.fresh"),
        Quantity(entry.rows, "count"),
        entry.origin,
    )


def _clock(clock: Clock) -> Message:
    place = {"time": clock.time, "zone": clock.zone.rpartition("/")[2].replace("_", " ")}
    if clock.day_offset:
        later = say("report.inventory.later", count=clock.day_offset)
        return say("report.inventory.clock_later", offset=later, **place)
    return say("report.inventory.clock", **place)


def _caveat(series: str) -> str:
    return f"caveat.{series}"


def _titles(holdings: tuple[Holding, ...]) -> Titles:
    """Display names, and the caveats under names of their own: both differ by language."""
    named: dict[str, Mapping[str, str]] = {}
    for entry in holdings:
        named[entry.spec.id] = entry.spec.titles
        if entry.caveats:
            named[_caveat(entry.spec.id)] = dict(entry.caveats)
    return named


def _series(series: str) -> Cell:
    return say("report.inventory.all_series") if series == "*" else series


def _plain_finding(finding: Finding) -> dict[str, object]:
    return dict(as_plain(finding))


def _plain_holding(entry: Holding) -> dict[str, object]:
    held = {field.name: getattr(entry, field.name) for field in fields(entry)}
    held["caveats"] = dict(entry.caveats)
    return {name: as_plain(value) for name, value in held.items()}


def _record(entry: Holding) -> dict[str, object]:
    spec = entry.spec
    values = {"id": spec.id, "kind": spec.kind, "unit": spec.unit}
    return {name: as_plain(values.get(name, getattr(entry, name, None))) for name in _FLAT}
