"""What a fetch would bring, and what it brought, laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.answered import SCHEMA
from comove.core.document import Block, Cell, Document, Paragraph, Section, Table
from comove.core.fetch import Errand, Fetched, Taken
from comove.core.message import Message, Name, Quantity, say
from comove.core.plain import as_plain
from comove.report.failure import FOLDER, worded

Titles = Mapping[str, Mapping[str, str]]

_FETCHED = (
    "series",
    "outcome",
    "fetched_from",
    "last",
    "rows_received",
    "written",
    "quarantined",
    "confirmed",
)


def compose_errands(
    errands: tuple[Errand, ...], titles: Titles, folders: Iterable[str]
) -> Document:
    """Lay out what would be asked for.

    Parameters
    ----------
    errands
        From the plan; nothing has been asked.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences.

    Returns
    -------
    Document
        One row per series, then why sources were left out.
    """
    ready = [errand for errand in errands if errand.span is not None]
    lead = say("report.fetch.plan", count=len(ready), calls=sum(errand.calls for errand in ready))
    table = Table(
        title=say("table.errands"),
        columns=("series", "title", "held_to", "wanted", "sources", "calls"),
        rows=tuple(_errand_row(errand) for errand in errands),
    )
    return Document(
        title=say("report.fetch.title_plan"),
        headline=(lead,),
        sections=(
            Section(key="fetch", blocks=(table,)),
            *_notes([(errand.series, errand.left_out) for errand in errands]),
        ),
        titles=titles,
        words=(*folders, FOLDER),
        payload={
            "schema": SCHEMA,
            "answer": "data_fetch_plan",
            "errands": [as_plain(errand) for errand in errands],
        },
        records=tuple(
            {
                "series": errand.series,
                "held": as_plain(errand.held),
                "first": errand.span and errand.span.first.isoformat(),
                "last": errand.span and errand.span.last.isoformat(),
                "sources": " ".join(errand.sources),
                "calls": errand.calls,
            }
            for errand in errands
        ),
        colophon=say("report.fetch.colophon"),
    )


def compose_fetched(
    results: tuple[Fetched, ...], titles: Titles, folders: Iterable[str]
) -> Document:
    """Lay out what came in.

    Parameters
    ----------
    results
        One per errand.
    titles, folders
        As for :func:`compose_errands`.

    Returns
    -------
    Document
        One row per series, then what a reader should know of each.
    """
    counts = {
        "updated": sum(entry.outcome in ("written", "disputed") for entry in results),
        "failed": sum(entry.outcome == "failed" for entry in results),
        "quarantined": sum(entry.quarantined for entry in results),
    }
    table = Table(
        title=say("table.fetched"),
        columns=_FETCHED,
        rows=tuple(_fetched_row(entry) for entry in results),
    )
    records = [as_plain(entry) for entry in results]
    return Document(
        title=say("report.fetch.title_done"),
        headline=(say("report.fetch.done", total=len(results), **counts),),
        sections=(
            Section(key="fetch", blocks=(table,)),
            *_notes([(entry.series, entry.says) for entry in results]),
        ),
        titles=titles,
        words=(*folders, FOLDER),
        payload={"schema": SCHEMA, "answer": "data_fetch", "fetched": records},
        records=tuple(
            {name: value for name, value in dict(record).items() if name != "says"}
            for record in records
        ),
        colophon=say("report.fetch.colophon"),
    )


def compose_taken(
    results: tuple[Taken, ...], titles: Titles, folders: Iterable[str], *, trial: bool
) -> Document:
    """Lay out what was taken from a file.

    Parameters
    ----------
    results
        One per series.
    titles, folders
        As for :func:`compose_errands`.
    trial
        Nothing was kept.

    Returns
    -------
    Document
        One row per series, then what a reader should know of each.
    """
    held_back = sum(entry.quarantined for entry in results)
    new = {entry.series: {"en": entry.series, "ja": entry.series} for entry in results}
    key = "trial" if trial else "taken"
    table = Table(
        title=say("table.fetched"),
        columns=("series", "from_column", "span", "rows_received", "written", "quarantined"),
        rows=tuple(_taken_row(entry) for entry in results),
    )
    records = [dict(as_plain(entry)) for entry in results]
    return Document(
        title=say(f"report.take.title_{key}"),
        headline=(say(f"report.take.{key}", total=len(results), quarantined=held_back),),
        sections=(
            Section(key="fetch", blocks=(table,)),
            *_notes([(entry.series, entry.says) for entry in results]),
        ),
        titles={**new, **titles},
        words=(*folders, FOLDER),
        payload={"schema": SCHEMA, "answer": "data_import", "trial": trial, "taken": records},
        records=tuple(
            {name: value for name, value in record.items() if name != "says"} for record in records
        ),
        colophon=say("report.fetch.colophon"),
    )


def _taken_row(entry: Taken) -> tuple[Cell, ...]:
    span: Cell = None
    if entry.first is not None and entry.last is not None:
        span = say("report.range", days=(entry.first, entry.last))
    numbers = (entry.received, entry.written, entry.quarantined)
    return (
        entry.series,
        entry.column or None,
        span,
        *(Quantity(number, "count") for number in numbers),
    )


def _errand_row(errand: Errand) -> tuple[Cell, ...]:
    wanted: Cell = Name("fetched.nothing" if errand.sources else "fetched.skipped")
    if errand.span is not None:
        wanted = say("report.range", days=(errand.span.first, errand.span.last))
    return (
        errand.series,
        Name(errand.series),
        errand.held,
        wanted,
        errand.sources or None,
        Quantity(errand.calls, "count") if errand.calls else None,
    )


def _fetched_row(entry: Fetched) -> tuple[Cell, ...]:
    numbers = (entry.received, entry.written, entry.quarantined)
    return (
        entry.series,
        Name(f"fetched.{entry.outcome}"),
        entry.source or None,
        entry.last,
        *(Quantity(number, "count") for number in numbers),
        entry.confirmed or None,
    )


def _notes(said: list[tuple[str, tuple[Message, ...]]]) -> tuple[Section, ...]:
    blocks: tuple[Block, ...] = tuple(
        Paragraph(says=(_note(series, worded(message)),), role="item")
        for series, messages in said
        for message in messages
    )
    return (Section(key="remarks", blocks=blocks),) if blocks else ()


def _note(series: str, message: Message) -> Message:
    """Name the series, unless the sentence does so itself."""
    if any(name == "series" for name, _ in message):
        return message
    return say("report.fetch.note", series=series, says=message)
