"""Series handed out as a table: every value with its instants and where it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from comove.core.errors import OutputError
from comove.core.observations import Observations

COLUMNS = ("series", "date", "value", "unit", "struck", "known", "origin")
"""One row per series and date; a file of this form can be imported again."""


def exported(tracks: Sequence[Observations], form: str) -> bytes:
    """Write series as one long table.

    Parameters
    ----------
    tracks
        Any number.
    form
        ``csv`` or ``parquet``.

    Returns
    -------
    bytes
        Values with every digit they have; instants in UTC.

    Raises
    ------
    OutputError
        For Parquet without pyarrow.

    Examples
    --------
    >>> from comove.data.reader import Facts
    >>> exported([Facts().observations("gdx")], "csv").splitlines()[0]
    b'series,date,value,unit,struck,known,origin'
    """
    return _parquet(tracks) if form == "parquet" else _csv(tracks)


def _csv(tracks: Sequence[Observations]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for track in tracks:
        struck = np.datetime_as_string(track.struck, timezone="UTC")
        known = np.datetime_as_string(track.known, timezone="UTC")
        rows = zip(track.labels.astype(str), track.values.tolist(), struck, known, strict=True)
        writer.writerows(
            (track.spec.id, day, repr(value), track.spec.unit, at, since, track.origin)
            for day, value, at, since in rows
        )
    return out.getvalue().encode("utf-8")


def _parquet(tracks: Sequence[Observations]) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise OutputError(
            "output.parquet",
            "Parquet needs pyarrow, which is not installed.",
            "Install comove[files], or export as csv.",
        ) from None
    counts = [len(track) for track in tracks]

    def each(name: str) -> np.ndarray:
        return np.repeat([getattr(track.spec, name) for track in tracks], counts)

    def joined(name: str, dtype: str) -> np.ndarray:
        found = [np.asarray(getattr(track, name)) for track in tracks]
        return np.concatenate(found) if found else np.array([], dtype=dtype)

    utc = pa.timestamp("s", tz="UTC")
    table = pa.table(
        {
            "series": pa.array(each("id").tolist(), pa.string()),
            "date": pa.array(joined("labels", "M8[D]")),
            "value": pa.array(joined("values", "f8")),
            "unit": pa.array(each("unit").tolist(), pa.string()),
            "struck": pa.array(joined("struck", "M8[s]")).cast(utc),
            "known": pa.array(joined("known", "M8[s]")).cast(utc),
            "origin": pa.array(np.repeat([t.origin for t in tracks], counts).tolist(), pa.string()),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
