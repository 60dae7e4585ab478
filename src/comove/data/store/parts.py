"""Which Parquet file holds which rows: the manifest, in the tables of the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import Any

from comove.data.store.bulk import Group, Part
from comove.data.store.ledger import Session

_GROUPS = """SELECT part, track, place, start, length, sha256, rows, first, last, known
    FROM part_track ORDER BY part"""
_GROUPS_OF = """SELECT part, track, place, start, length, sha256, rows, first, last, known
    FROM part_track WHERE track = ? ORDER BY part"""
_PARTS = "SELECT id, batch, sha256, size, rows, footer, footer_sha256 FROM part ORDER BY id"


def enter(session: Session, batch: int, part: Part) -> None:
    """Write a file that is on stable storage into the manifest.

    Parameters
    ----------
    session
        The transaction of the batch.
    batch
        Its number.
    part
        As written.
    """
    (number,) = next(iter(session.rows("SELECT coalesce(max(id), 0) + 1 FROM part")))
    described = (part.sha256, part.size, part.rows, part.footer, part.footer_sha256)
    session.many("part", [(number, batch, *described)])
    session.many(
        "part_track", [(group.track, number, *astuple(group)[1:]) for group in part.groups]
    )


def listed(session: Session) -> dict[int, tuple[int, Part]]:
    """Return every file, without its groups, and its batch, by number."""
    return {
        row[0]: (
            row[1],
            Part(sha256=row[2], size=row[3], rows=row[4], footer=row[5], footer_sha256=row[6]),
        )
        for row in session.rows(_PARTS)
    }


def holding(session: Session, tracks: Sequence[int] | None, newest: int) -> list[tuple[int, Part]]:
    """Return the files that hold rows of some tracks.

    Parameters
    ----------
    session
        Of a reader.
    tracks
        Numbers; None for all.
    newest
        Number of the last batch that counts.

    Returns
    -------
    list of tuple
        Batch and file, with the groups of these tracks alone.
    """
    parts = listed(session)
    if not parts:
        return []
    if tracks is None:
        rows = list(session.rows(_GROUPS))
    else:
        rows = [row for track in tracks for row in session.rows(_GROUPS_OF, (track,))]
    groups: dict[int, list[Group]] = {}
    for row in rows:
        if parts[row[0]][0] <= newest:
            groups.setdefault(row[0], []).append(_group(row))
    return [
        (parts[number][0], replace(parts[number][1], groups=tuple(found)))
        for number, found in sorted(groups.items())
    ]


def _group(row: Sequence[Any]) -> Group:
    return Group(
        track=row[1],
        place=row[2],
        start=row[3],
        length=row[4],
        sha256=row[5],
        rows=row[6],
        first=row[7],
        last=row[8],
        known=row[9],
    )
