"""Fetching: a turn within the limit, attempts with pauses, and a memory of failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import SourceError
from comove.core.source import Payload, Request
from comove.data.http import refusals
from comove.data.http.exchange import exchanged
from comove.data.http.patience import Patience, Timepiece
from comove.data.http.refusals import Trouble
from comove.data.http.standing import PATIENT, Standing
from comove.data.http.wire import Wire

if TYPE_CHECKING:
    import httpx2

_OUR_FAULT = "source.refused"


class Client:
    """Fetches what sources ask for; for one thread at a time.

    Parameters
    ----------
    timepiece
        The clocks it goes by.
    chance
        For pauses between attempts.
    patience
        What one fetch may cost.
    standings
        How sources have behaved in earlier processes, by source.
    transport
        What carries the calls; by default the network.

    Attributes
    ----------
    standings
        How sources have behaved, to be kept for the next process.
    """

    def __init__(
        self,
        timepiece: Timepiece,
        chance: np.random.Generator,
        *,
        patience: Patience | None = None,
        standings: Mapping[str, Standing] | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.standings = dict(standings or {})
        self._timepiece = timepiece
        self._chance = chance
        self._patience = patience or Patience()
        self._wire = Wire(transport, timepiece.ticks)

    def __enter__(self) -> Client:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self._wire.close()

    def fetch(self, request: Request, limit: tuple[int, float], *, anyway: bool = False) -> Payload:
        """Make a request, again if that may help, within its deadline.

        Parameters
        ----------
        request
            What is asked.
        limit
            Calls per so many seconds that the source allows.
        anyway
            Ask even a source that is being left alone, for a person who wants to know.

        Returns
        -------
        Payload
            With a status of 200, a type among those accepted, complete and within its limit;
            whether it is data is for the source to say.

        Raises
        ------
        UnavailableError
            When it does not answer, is in trouble, or is being left alone.
        PayloadError
            When what it sends cannot be data.
        SourceError
            When it refuses, or points elsewhere.
        """
        source = request.source
        now = self._timepiece.now()
        standing = self.standings.get(source, Standing())
        if not anyway and (left := standing.shut(now)):
            raise refusals.left_alone(source, now + left)
        try:
            payload = self._attempts(request, limit, anyway)
        except Trouble as trouble:
            self._failed(source, trouble.wish or 0.0)
            raise trouble.error from None
        except SourceError as error:
            if error.code != _OUR_FAULT:
                self._failed(source)
            raise
        self._remember(source, Standing.succeeded)
        return payload

    def _failed(self, source: str, wish: float = 0.0) -> None:
        self._remember(source, lambda held: held.failed(self._timepiece.now(), wish))

    def _attempts(self, request: Request, limit: tuple[int, float], anyway: bool) -> Payload:
        deadline = self._timepiece.ticks() + self._patience.total
        doubted = self.standings.get(request.source, Standing()).failures >= PATIENT
        most = 1 if doubted or anyway else self._patience.attempts
        attempt = 1
        while True:
            try:
                return self._exchanged(request, limit, deadline)
            except Trouble as trouble:
                attempt += 1
                pause = trouble.wish
                if pause is None:
                    pause = self._patience.before(attempt, float(self._chance.random()))
                if attempt > most or self._timepiece.ticks() + pause >= deadline:
                    raise
                self._timepiece.sleep(pause)

    def _exchanged(self, request: Request, limit: tuple[int, float], deadline: float) -> Payload:
        def turn() -> None:
            self._take_turn(request.source, limit, deadline)

        return exchanged(self._wire, request, self._patience, deadline, turn, self._timepiece.now)

    def _take_turn(self, source: str, limit: tuple[int, float], deadline: float) -> None:
        wait = self.standings.get(source, Standing()).wait(self._timepiece.now(), limit)
        if self._timepiece.ticks() + wait >= deadline:
            raise refusals.too_many(source)
        if wait:
            self._timepiece.sleep(wait)
        self._remember(source, lambda held: held.called(self._timepiece.now(), limit))

    def _remember(self, source: str, change: Callable[[Standing], Standing]) -> None:
        self.standings[source] = change(self.standings.get(source, Standing()))
