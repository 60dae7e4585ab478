"""Everything read for one question, as it was known at the as-of instant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np

from comove.core.errors import UnknownSeriesError
from comove.core.observations import Observations
from comove.core.panel import Panel, Sessions
from comove.core.series import SeriesSpec

Row = Mapping[str, object]


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """Tracks, tables and sampling instants known at one instant.

    Attributes
    ----------
    asof
        UTC instant: the end of ``day`` in New York.
    day
        The as-of day.
    sessions
        Sampling instants up to ``asof``.
    tracks
        Id to observations; every one known by ``asof``.
    specs
        Every catalogue row, also of series that were not read: what a series is made from.
    tables
        Name to rows of dated events and annual figures published by ``day``.
    sampled
        Id to what takes the place of a track wherever tracks are joined: the same asset with values
        struck at the sampling instants.
    """

    asof: np.datetime64
    day: date
    sessions: Sessions
    tracks: Mapping[str, Observations]
    specs: Mapping[str, SeriesSpec]
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    sampled: Mapping[str, Observations] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("tracks", "specs", "tables", "sampled"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __getitem__(self, series: str) -> Observations:
        """Return one track."""
        if series not in self.tracks:
            raise UnknownSeriesError(
                "snapshot.unknown",
                "{id} was not read for this question.",
                "Name it in the channel's drivers or reads.",
                id=series,
            )
        return self.tracks[series]

    def panel(self, ids: Iterable[str]) -> Panel:
        """Join some tracks on the sampling instants; see :meth:`Panel.join`."""
        tracks = [self.sampled.get(series, self[series]) for series in ids]
        return Panel.join(tracks, self.sessions, self.asof)

    def ancestors(self, series: str) -> frozenset[str]:
        """Return a series with everything it is made from, directly or not.

        Parameters
        ----------
        series
            A catalogue id.

        Returns
        -------
        frozenset of str
            Including ``series`` itself.
        """
        found: set[str] = set()
        ahead = [series]
        while ahead:
            current = ahead.pop()
            if current not in found:
                found.add(current)
                ahead.extend(self.specs[current].made_from if current in self.specs else ())
        return frozenset(found)

    def circular(self, series: str, asset: str) -> bool:
        """Tell whether one of two series is, or is made from, the other."""
        return asset in self.ancestors(series) or series in self.ancestors(asset)

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the SHA-256 of all that was read."""
        digest = hashlib.sha256(f"{self.asof}|{self.sessions.name}".encode())
        digest.update(self.sessions.instants.astype(np.int64).tobytes())
        tracks = [self.tracks[series] for series in sorted(self.tracks)]
        tracks += [self.sampled[series] for series in sorted(self.sampled)]
        for track in tracks:
            digest.update(f"{track.spec.id}|{track.spec!r}".encode())
            for array in (
                track.struck.astype(np.int64),
                track.known.astype(np.int64),
                track.values,
            ):
                digest.update(np.ascontiguousarray(array).tobytes())
        for name in sorted(self.tables):
            digest.update(repr((name, [sorted(row.items()) for row in self.tables[name]])).encode())
        return digest.hexdigest()[:16]
