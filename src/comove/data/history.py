"""A user's own data over the bundled facts, series by series, as of any instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from comove.core.observations import Observations
from comove.core.series import SeriesSpec
from comove.data.catalogue import Catalogue
from comove.data.overlay import layered, ranked, yielding
from comove.data.reader import Facts
from comove.data.store.home import home
from comove.data.store.opening import existing_store

if TYPE_CHECKING:
    from comove.core.holding import Finding
    from comove.core.store import Quarantined, Store, Track

CATALOGUE = "catalogue.toml"
"""File in the store's folder with a user's own rows of the catalogue."""


@dataclass(frozen=True, eq=False, kw_only=True)
class History(Facts):
    """What is held, of whatever source: the same doors as the bundled facts.

    Attributes
    ----------
    store
        A user's own data.
    recorded_by
        UTC instant after which nothing had been recorded; None for all.  See :meth:`as_recorded`.

    Notes
    -----
    Of a label the first source in the order of :func:`~comove.data.overlay.ranked` counts, unless
    its value is out of reach and that of another is not (:func:`~comove.data.overlay.yielding`);
    the bundled facts lie under all of them.
    """

    store: Store
    recorded_by: np.datetime64 | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Catalogue ids of the series of which something is held, in its order."""
        held = {stock.series for stock in self.store.series()}
        return tuple(name for name in self.catalogue.specs if name in held or self.record(name))

    @property
    def state(self) -> str:
        """Hash of what is stored."""
        return self.store.fingerprint()

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the rows that were held back when they came in, in that order.

        A row that was sent and held back again counts once, where it came in last; the store
        keeps it with each batch, so that the counts of every batch add up.
        """
        latest: dict[tuple[object, ...], Quarantined] = {}
        for row in reversed(self.store.quarantined()):
            what = (row.series, row.source, row.rule, row.label, row.value, row.raw)
            latest.setdefault(what, row)
        return tuple(reversed(latest.values()))

    def own_findings(self) -> tuple[Finding, ...]:
        """Return whether every bit of the store is what was written."""
        from comove.data.store.checking import check
        from comove.data.store.ledger import Ledger

        return check(self.store) if isinstance(self.store, Ledger) else ()

    def as_recorded(self, instant: np.datetime64) -> Self:
        """Return a history that holds nothing recorded after an instant.

        Parameters
        ----------
        instant
            UTC.  The bundled files count as recorded before any of a user's own data.

        Returns
        -------
        History
            What was known by t and recorded by ``instant`` is the same for ever, whatever is
            fetched or imported later.
        """
        earliest = instant if self.recorded_by is None else min(instant, self.recorded_by)
        return replace(self, recorded_by=earliest)

    def _known(
        self, ids: Iterable[str], instant: np.datetime64 | None
    ) -> dict[str, Observations | None]:
        wanted = tuple(ids)
        under = super()._known(wanted, instant)
        stored = self.store.read(wanted, known_by=instant, recorded_by=self.recorded_by)
        known = {}
        for series in wanted:
            spec = self.catalogue[series]
            tracks = {track.source: track for track in stored.get(series, ())}
            layers = [observed(tracks[name], spec) for name in ranked([*tracks], spec)]
            for lower in layers[1:]:
                layers[0] = yielding(layers[0], lower)
            bundled = under[series]
            if bundled is not None:
                layers.append(bundled)
            known[series] = layered(layers) if layers else None
        return known


def observed(track: Track, spec: SeriesSpec) -> Observations:
    """Return rows of a store as observations.

    Parameters
    ----------
    track
        Read as of an instant.
    spec
        The catalogue row.

    Returns
    -------
    Observations
        With the source and the number of the newest batch as their origin.
    """
    newest = int(track.batches.max())
    origin = f"{track.source}#{newest}"
    return Observations(spec, track.labels, track.struck, track.known, track.values, origin)


def open_history(*, offline: bool = False) -> Facts:
    """Return what is held on this machine.

    Parameters
    ----------
    offline
        True: the bundled facts alone, whatever else is there.

    Returns
    -------
    Facts
        A :class:`History` when the user has a store; the user's own rows of the catalogue count
        before anything is stored.
    """
    if offline:
        return Facts()
    own = home() / CATALOGUE
    catalogue = Catalogue.load()
    if own.exists():
        catalogue = catalogue.extended(own)
    store = existing_store()
    return (
        Facts(catalogue=catalogue) if store is None else History(store=store, catalogue=catalogue)
    )
