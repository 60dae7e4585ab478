"""Where data come in: plan calls and make them, take files, and keep what passes the gates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NoDataError
from comove.core.fetch import Errand, Fetched, Taken
from comove.core.fetch_request import FetchRequest
from comove.core.observations import Observations
from comove.core.registry import members
from comove.core.source import Source
from comove.core.store import Store
from comove.data.fetching.planning import Shelf, plan
from comove.data.fetching.running import run
from comove.data.history import CATALOGUE, History
from comove.data.reader import Facts
from comove.data.store.disk import write_whole
from comove.data.store.faults import named
from comove.data.store.home import home
from comove.data.store.opening import open_store

if TYPE_CHECKING:
    import httpx2

    from comove.core.checkup import Checkup
    from comove.data.catalogue import Catalogue
    from comove.data.fetching.hands import Hands
    from comove.data.files.options import FileOptions
    from comove.data.http.client import Client
    from comove.data.http.standing import Standing
    from comove.data.keys import Keys

STANDINGS = "standings.json"
"""File in the user's folder: how services have behaved, so that a failing one is left alone."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Intake:
    """Brings data in.

    Attributes
    ----------
    facts
        What is held when it begins; its catalogue says what the series are.
    now
        UTC seconds since 1970; the desk's clock.
    today
        Day in New York.
    transport
        What carries calls; None for the network.
    """

    facts: Facts
    now: Callable[[], float]
    today: date
    transport: httpx2.BaseTransport | None = None

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Installed sources by name."""
        found = members("comove.data.sources").values()
        return {module.source.name: module.source for module in found}

    @cached_property
    def keys(self) -> Keys:
        """Keys that are set."""
        from comove.data.keys import Keys

        names = dict.fromkeys(key for source in self.sources.values() for key in source.keys)
        return Keys.load(tuple(names), home())

    @cached_property
    def store(self) -> Store:
        """Where what comes in is kept; made by the first row."""
        return open_store()

    def plan(self, request: FetchRequest) -> tuple[Errand, ...]:
        """Say whom to ask for what.

        Parameters
        ----------
        request
            What to bring up to date.

        Returns
        -------
        tuple of Errand
            Nobody has been asked.

        Raises
        ------
        QuestionError
            For an unknown series or source.
        """
        return plan(request, self._shelf())

    def fetch(self, errands: tuple[Errand, ...]) -> Iterator[Fetched]:
        """Run errands one by one.

        Parameters
        ----------
        errands
            From :meth:`plan`.

        Yields
        ------
        Fetched
            As soon as it is known; what was yielded is on disk.

        Raises
        ------
        StoreError
            When what comes in cannot be kept.
        """
        with self._client() as client:
            yield from run(errands, self._shelf(), self.hands(client))

    def doctor(self) -> Iterator[Checkup]:
        """Try every source for real.

        Yields
        ------
        Checkup
            One per source, as it answers; nothing is stored.
        """
        from comove.data.doctor import doctor

        with self._client() as client:
            yield from doctor(self.sources, self.facts.catalogue, self.keys, client, self.today)

    def take(
        self, path: Path, options: FileOptions, waived: tuple[str, ...], *, trial: bool
    ) -> Iterator[Taken]:
        """Take a user's file.

        Parameters
        ----------
        path
            CSV, Parquet or Excel.
        options
            How it is to be read.
        waived
            Rules that are not to run.
        trial
            Judge only; keep nothing.

        Yields
        ------
        Taken
            One per series, when it is on disk.

        Raises
        ------
        ComoveError
            When the file cannot be read, a series is not declared, or it cannot be kept.
        """
        from comove.data.taking import tables, take

        found = tables(path, options, self.facts.catalogue)
        own = None if trial else home() / CATALOGUE
        known = self.facts.catalogue.with_series({table.spec.id: table.spec for table in found})
        yield from take(path, found, self.hands(catalogue=known), waived, own)

    def backup(self, target: Path) -> Path:
        """Copy the store; see :class:`~comove.core.store.Store`.

        Raises
        ------
        NoDataError
            When there is nothing to copy yet.
        StoreError
            When the target is there already or cannot be written.
        """
        if not self.store.series():
            raise NoDataError(
                "data.no_store",
                "Nothing has been fetched or imported yet: there is nothing to back up.",
                "The bundled history is part of the package.",
            )
        return self.store.backup(target)

    def hands(self, client: Client | None = None, catalogue: Catalogue | None = None) -> Hands:
        """Return what judges and keeps rows.

        Parameters
        ----------
        client
            None where no call is made, for files.
        catalogue
            With series that are new; by default what the facts hold.

        Returns
        -------
        Hands
            On the user's store.
        """
        from comove.data.fetching.hands import Hands

        history = History(store=self.store, catalogue=catalogue or self.facts.catalogue)

        def held(series: str) -> Observations | None:
            try:
                track = history.observations(series)
            except NoDataError:
                return None
            return track if len(track) else None

        return Hands(
            client=client, store=self.store, held=held, now=self._instant, sources=self.sources
        )

    def _instant(self) -> np.datetime64:
        return np.datetime64(int(self.now() * 1e6), "us")

    def _shelf(self) -> Shelf:
        stocks = self.store.series()
        history = History(store=self.store, catalogue=self.facts.catalogue)
        return Shelf(
            catalogue=self.facts.catalogue,
            ends={
                track.spec.id: track.labels[-1].item()
                for track in history.all_known()
                if len(track)
            },
            ends_by_source={(stock.series, stock.source): stock.last for stock in stocks},
            sources=self.sources,
            keys=self.keys.revealed(),
            today=self.today,
        )

    @contextmanager
    def _client(self) -> Iterator[Client]:
        """Open the way out, and remember afterwards how services behaved."""
        from comove.data.http.client import Client
        from comove.data.http.patience import Timepiece

        file = home() / STANDINGS
        seconds = int(self.now())
        with Client(
            Timepiece(now=self.now),
            np.random.default_rng(seconds),
            standings=_standings(file),
            transport=self.transport,
        ) as client:
            try:
                yield client
            finally:
                _remember(file, client.standings)


def _standings(file: Path) -> dict[str, Standing]:
    """Read how services behaved; what cannot be read is forgotten, at the cost of a call."""
    from comove.data.http.standing import Standing

    try:
        found = json.loads(file.read_bytes())
        return {str(name): Standing.of(record) for name, record in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _remember(file: Path, standings: Mapping[str, Standing]) -> None:
    text = json.dumps({name: held.record() for name, held in standings.items()}, sort_keys=True)
    with named(str(file)):
        write_whole(file, text.encode())
