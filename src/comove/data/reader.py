"""The bundled facts, read as they were known at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from comove.core.errors import NoDataError, QuestionError, StaleDataError, UnknownSeriesError
from comove.core.observations import BUNDLED, Instants, Observations
from comove.core.panel import Sessions
from comove.core.series import SeriesSpec
from comove.core.snapshot import Row, Snapshot
from comove.data import calendars, clocks
from comove.data.calendars import DAY, Bools, day_number, member
from comove.data.catalogue import Catalogue
from comove.data.manifest import Manifest, Record, damaged
from comove.data.parsing import dated_values, table_rows
from comove.data.sampling import on_sessions

if TYPE_CHECKING:
    from comove.core.holding import Finding
    from comove.core.store import Quarantined

FOLDER = Path(__file__).with_name("facts")
PATIENCE = 5
"""Sessions an asset may be behind before it counts as ended."""

_LOOKBACK = 30 * DAY
_NEWEST = {"at_once": DAY, "next_business_day": -DAY, "weekly": -3 * DAY}
"""No label further from a day than this can be known at its end."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """The read-only layer that comes with the package.

    Attributes
    ----------
    root
        Folder of the files and their manifest.
    catalogue
        What the series are.
    until
        UTC instant after which nothing is held; None for all.  See :meth:`truncated`.

    Examples
    --------
    >>> snapshot = Facts().read(["btc", "dfii10"], day=date(2026, 2, 6))
    >>> [str(snapshot[series].labels[-1]) for series in ("btc", "dfii10")]
    ['2026-02-06', '2026-02-05']
    """

    root: Path = FOLDER
    catalogue: Catalogue = field(default_factory=Catalogue.load)
    until: np.datetime64 | None = None

    @cached_property
    def manifest(self) -> Manifest:
        """Records of the files."""
        return Manifest.load(self.root)

    @property
    def sessions(self) -> Sessions:
        """The sampling instants: closes of the New York Stock Exchange."""
        return calendars.sessions()

    @property
    def ids(self) -> tuple[str, ...]:
        """Catalogue ids of the series of which something is held, in its order."""
        return tuple(series for series in self.catalogue.specs if self.record(series))

    @property
    def state(self) -> str:
        """What changes whenever what is held changes; equal answers for an equal state."""
        return ""

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the rows that were held back when they came in, in that order."""
        return ()

    def record(self, series: str) -> Record | None:
        """Return the record of a series' bundled file; None when it has none."""
        return self.manifest.records.get(f"{series}.csv")

    def own_findings(self) -> tuple[Finding, ...]:
        """Return whether a user's own data are intact; nothing where there are none."""
        return ()

    def as_recorded(self, instant: np.datetime64) -> Self:  # noqa: ARG002 - bundled: always there
        """Return facts that hold nothing recorded after an instant.

        Parameters
        ----------
        instant
            UTC.  The bundled files count as recorded before any of a user's own data.

        Returns
        -------
        Facts
            What a replay of that instant may see.
        """
        return self

    def truncated(self, instant: np.datetime64) -> Self:
        """Return facts that hold nothing known after an instant.

        Parameters
        ----------
        instant
            UTC.

        Returns
        -------
        Facts
            Reading them at any as-of instant up to ``instant`` gives the same bytes.
        """
        earliest = instant if self.until is None else min(instant, self.until)
        return replace(self, until=earliest)

    def observations(self, series: str) -> Observations:
        """Return everything held of one series, as it is known now.

        Parameters
        ----------
        series
            Catalogue id.

        Returns
        -------
        Observations
            On the series' own grid; nothing is filled.

        Raises
        ------
        UnknownSeriesError
            When the catalogue does not hold it.
        NoDataError
            When nothing is held of it.
        DamagedFileError
            When a file is not the published one.
        """
        track = self._known([series], self.until)[series]
        if track is None:
            raise NoDataError(
                "data.not_held",
                "Nothing is held of {id}.",
                "Fetch it (comove data fetch {id}) or import a file (comove data import).",
                id=series,
            )
        return track

    def _known(
        self, ids: Iterable[str], instant: np.datetime64 | None
    ) -> dict[str, Observations | None]:
        """Return what was known of some series by an instant; None for one that is not held."""
        return {series: self._bundled(series, instant) for series in ids}

    def _bundled(self, series: str, instant: np.datetime64 | None) -> Observations | None:
        """Return what the bundled files tell of a series by an instant."""
        spec = self.catalogue[series]
        if self.record(series) is None:
            return None
        file = f"{series}.csv"
        labels, values = dated_values(self.manifest.read(file), file)
        record = self.manifest.record(file)
        found = (labels[0].item(), labels[-1].item()) if len(labels) else None
        if found != (record.first, record.last) or len(labels) != record.rows:
            raise damaged(file)
        struck, known = clocks.instants(labels, spec)
        origin = f"{BUNDLED}{file}@sha256:{record.sha256[:8]}"
        track = Observations(spec, labels, struck, known, values, origin)
        return track if instant is None else track.known_by(instant)

    def all_known(self) -> tuple[Observations, ...]:
        """Return every series of which something is held, in the order of the catalogue."""
        return tuple(track for track in self._known(self.ids, self.until).values() if track)

    def table(self, name: str) -> tuple[Row, ...]:
        """Return the rows held of one table.

        Parameters
        ----------
        name
            Catalogue id of the table.

        Returns
        -------
        tuple of mappings
            In the order of the file.

        Raises
        ------
        UnknownSeriesError
            When the catalogue does not hold it.
        DamagedFileError
            When the file is not the published one.
        """
        if name not in self.catalogue.tables:
            raise UnknownSeriesError(
                "data.unknown_table",
                "{name} is not a table of the catalogue.",
                "The tables are {tables}.",
                name=name,
                tables=", ".join(self.catalogue.tables),
            )
        file = f"{name}.csv"
        rows = table_rows(self.manifest.read(file), self.catalogue.tables[name].columns, file)
        if len(rows) != self.manifest.record(file).rows or any(
            not row["published"] for row in rows
        ):
            raise damaged(file)
        return rows if self.until is None else published_by(rows, self.until)

    def read(
        self,
        ids: Iterable[str],
        tables: Iterable[str] = (),
        day: date | None = None,
        recorded_by: np.datetime64 | None = None,
    ) -> Snapshot:
        """Read series and tables as they were known at the end of a day in New York.

        Parameters
        ----------
        ids
            Catalogue ids.
        tables
            Catalogue ids of tables; a row enters from its day of publication.
        day
            As-of day; None for the last day on which every one of ``ids`` is fresh.
        recorded_by
            UTC instant; what was recorded later is shut out.  None: see :meth:`as_recorded`.

        Returns
        -------
        Snapshot
            A series of which nothing is held is there, without rows.  ``specs`` holds every row of
            the catalogue, also of series that were not read.

        Raises
        ------
        UnknownSeriesError
            For a name the catalogue does not hold.
        NoDataError
            When ``day`` lies outside the bundled calendars, or no day is fresh.
        DamagedFileError
            When a file is not the published one.
        """
        if recorded_by is not None:
            return self.as_recorded(recorded_by).read(ids, tables, day)
        ids = tuple(ids)
        if day is None:
            day = self.last_fresh_day(ids)
        calendars.within(np.array([day_number(day)]))
        asof = clocks.end_of_day(day)
        until = asof if self.until is None else min(asof, self.until)
        tracks = self._known(ids, until)
        sessions = self.sessions.upto(asof)
        return Snapshot(
            asof=asof,
            day=day,
            sessions=sessions,
            tracks={
                series: nothing(self.catalogue[series]) if track is None else track
                for series, track in tracks.items()
            },
            specs=self.catalogue.specs,
            tables={name: published_by(self.table(name), asof) for name in tables},
            sampled=self._sampled(tracks, sessions, until),
        )

    def _sampled(
        self,
        tracks: Mapping[str, Observations | None],
        sessions: Sessions,
        until: np.datetime64,
    ) -> dict[str, Observations]:
        """Return what takes the place of tracks at the sampling instants, where that is held."""
        specs = self.catalogue.specs.values()
        twins = {spec.id: spec.stands_for for spec in specs if spec.stands_for in tracks}
        known = self._known(twins, until)
        found = {
            series: on_sessions(track, twin, sessions)
            for name, series in twins.items()
            if (twin := known[name]) is not None and (track := tracks[series]) is not None
        }
        return {series: joined for series, joined in found.items() if joined is not None}

    def last_fresh_day(self, assets: Sequence[str]) -> date:
        """Return the last session at whose end every asset had the value that was due.

        Parameters
        ----------
        assets
            Catalogue ids.

        Returns
        -------
        datetime.date
            A session.  For series published at once, the day of that session's own value.

        Raises
        ------
        NoDataError
            When there is no such day.
        """
        tracks = [self.observations(series) for series in assets]
        ended = [track.labels[-1] for track in tracks if len(track)]
        if len(ended) == len(tracks) and ended:
            horizon = min(min(ended) + _LOOKBACK, calendars.LAST)
            days = self.sessions.labels[self.sessions.labels <= horizon]
            if self.until is not None:
                days = days[clocks.ends_of_days(days) <= self.until]
            fresh = np.logical_and.reduce([_fresh(track, days) for track in tracks])
            if fresh.any():
                found: date = days[fresh][-1].item()
                return found
        raise NoDataError(
            "data.no_fresh_day",
            "There is no day on which {ids} all have the value that was due.",
            "Ask about series with common history: comove data list.",
            ids=", ".join(track.spec.id for track in tracks),
        )

    def text(self, path: str) -> str:
        """Return the text of a file that a request names.

        Parameters
        ----------
        path
            Of a file on this machine, in UTF-8.

        Returns
        -------
        str
            As it stands, without a byte order mark.

        Raises
        ------
        QuestionError
            When there is no such file, or it is not text.
        """
        try:
            return Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError):
            raise QuestionError(
                "question.file",
                "{path} cannot be read as a text file.",
                "Check the path; the text must be UTF-8.",
                path=path,
            ) from None

    def require_fresh(self, snapshot: Snapshot, assets: Sequence[str]) -> None:
        """Refuse a snapshot in which an asset has not begun or has ended.

        Parameters
        ----------
        snapshot
            As read.
        assets
            Ids of the assets asked about.

        Raises
        ------
        NoDataError
            When an asset's history begins after the as-of day; names the first day held.
        StaleDataError
            When more than five sessions have passed without a value that was due; names the last
            day held and the last day on which every asset was fresh.
        """
        for series in assets:
            track = snapshot[series]
            if not len(track):
                raise self._not_begun(series, snapshot.day)
            due = due_label(track.spec, snapshot.day) or snapshot.day
            passed = snapshot.sessions.labels > track.labels[-1]
            passed &= snapshot.sessions.labels <= day_number(due)
            if int(passed.sum()) > PATIENCE:
                raise StaleDataError(
                    "data.stale",
                    "{id} ends on {last}, before the as-of day {day}.",
                    "Every asset is fresh on {fresh}: --asof {fresh}.",
                    id=series,
                    last=track.labels[-1].item(),
                    day=snapshot.day,
                    fresh=self.last_fresh_day(assets),
                )

    def _not_begun(self, series: str, day: date) -> NoDataError:
        held = self.observations(series)
        first = held.labels[0].item() if len(held) else day
        return NoDataError(
            "data.before_history",
            "{id} is held from {first}; nothing of it was known on {day}.",
            "Ask about a later day.",
            id=series,
            first=first,
            day=day,
        )


def nothing(spec: SeriesSpec) -> Observations:
    """Return a series without rows.

    Parameters
    ----------
    spec
        The catalogue row.

    Returns
    -------
    Observations
        Of length 0.
    """
    none = np.array([], dtype="i8")
    return Observations(spec, none, none, none, none.astype("f8"))


def published_by(rows: Iterable[Row], instant: np.datetime64) -> tuple[Row, ...]:
    """Keep the rows of a table published by an instant.

    Parameters
    ----------
    rows
        Each with a date under ``published``.
    instant
        UTC; a row is known at the end of its day of publication in New York.

    Returns
    -------
    tuple of mappings
        In the order given.
    """
    rows = tuple(rows)
    if not rows:
        return ()
    days = np.array([row["published"] for row in rows], dtype="M8[D]")
    keep = clocks.ends_of_days(days) <= instant
    return tuple(row for row, kept in zip(rows, keep, strict=True) if kept)


def due_label(spec: SeriesSpec, day: date) -> date | None:
    """Return the last label of a series that could be known at the end of a day.

    Parameters
    ----------
    spec
        Its calendar, clock and publication rule decide.
    day
        Days end in New York.

    Returns
    -------
    datetime.date or None
        None when there is none since the bundled calendars begin.

    Raises
    ------
    NoDataError
        When the day lies outside the bundled calendars.

    Examples
    --------
    >>> due_label(Catalogue.load()["dfii10"], date(2025, 10, 13))
    datetime.date(2025, 10, 9)
    """
    found: date | None = _due(spec, np.array([day_number(day)]))[0].item()
    return found


def _due(spec: SeriesSpec, days: Instants) -> Instants:
    """Return the label due at the end of each ascending day; NaT before the calendars begin."""
    calendars.within(days)
    if not len(days):
        return days
    first = max(days[0] - _LOOKBACK, calendars.FIRST)
    last = min(days[-1] + _NEWEST[spec.publication], calendars.LAST)
    labels = calendars.calendar(spec.clock.calendar).between(first, last)
    _, known = clocks.instants(labels, spec)
    count = np.searchsorted(known, clocks.ends_of_days(days), side="right")
    padded = np.concatenate([np.array(["NaT"], dtype="M8[D]"), labels])
    return np.asarray(padded[count])


def _fresh(track: Observations, days: Instants) -> Bools:
    return member(_due(track.spec, days), track.labels)
