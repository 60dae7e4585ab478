"""How services answered a trial call, laid out for reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from comove.core.answered import SCHEMA
from comove.core.checkup import Checkup
from comove.core.document import Document, Paragraph, Section, Table
from comove.core.errors import ComoveError
from comove.core.message import Message, Name, Quantity, say
from comove.core.refusal import told
from comove.report.failure import FOLDER, worded

Titles = Mapping[str, Mapping[str, str]]


def compose_doctor(
    checkups: tuple[Checkup, ...], titles: Titles, folders: Iterable[str]
) -> Document:
    """Lay trial calls out.

    Parameters
    ----------
    checkups
        One per source.
    titles
        Series id to display name per language.
    folders
        Folders whose ``words.toml`` hold the sentences.

    Returns
    -------
    Document
        One row per source, then why some did not answer.
    """
    counts = {
        word: sum(entry.outcome == word for entry in checkups)
        for word in ("ok", "no_key", "failed")
    }
    table = Table(
        title=say("table.doctor"),
        columns=("fetched_from", "asked_for", "outcome", "calls", "rows_received", "last"),
        rows=tuple(
            (
                entry.source,
                entry.code,
                Name(f"checkup.{entry.outcome}"),
                Quantity(entry.calls, "count"),
                Quantity(entry.rows, "count"),
                entry.last,
            )
            for entry in checkups
        ),
    )
    sections = [Section(key="sources", blocks=(table,))]
    remarks = tuple(
        Paragraph(says=(_remark(entry.source, entry.refusal),), role="item")
        for entry in checkups
        if entry.refusal is not None
    )
    if remarks:
        sections.append(Section(key="remarks", blocks=remarks))
    records = [_plain(entry) for entry in checkups]
    return Document(
        title=say("report.doctor.title"),
        headline=(say("report.doctor.done", total=len(checkups), **counts),),
        sections=tuple(sections),
        titles=titles,
        words=(*folders, FOLDER),
        payload={"schema": SCHEMA, "answer": "data_doctor", "sources": records},
        records=tuple(records),
        colophon=say("report.doctor.colophon"),
    )


def _remark(source: str, refusal: ComoveError) -> Message:
    return say("report.fetch.note", series=source, says=worded(told(refusal)))


def _plain(entry: Checkup) -> dict[str, object]:
    return {
        "source": entry.source,
        "code": entry.code,
        "outcome": entry.outcome,
        "calls": entry.calls,
        "rows": entry.rows,
        "last": entry.last.isoformat() if entry.last else None,
        "reason": "" if entry.refusal is None else str(entry.refusal),
        "page": entry.page,
    }
