"""A hundred further venues through ccxt's dialects; the calls are made by our own client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from comove.core.errors import PayloadError, SourceError
from comove.core.observations import Floats
from comove.core.series import SeriesSpec
from comove.core.source import Payload, Request, Rows, Span
from comove.data.sources import _venue as venue
from comove.data.sources._payload import (
    instant,
    listing,
    message,
    nothing,
    number,
    partial,
    unusable,
)

ROWS = 200
"""Rows asked for in one call: no venue's limit for bars is smaller."""
DAYS = {"1d": 200, "1h": 8, "15m": 2, "funding": 30}

_BAR = ((0, "ms"), *((column, "number") for column in range(1, 6)))
_PLAIN = re.compile(r"[-+.0-9eE]*", re.ASCII)
_COMPLAINTS = ("error", "errors", "err", "msg", "message", "warnings")
_MISREAD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a library written for good answers may raise on bad ones."""


class _Asked(Exception):  # noqa: N818 - a call on its way out, caught before it leaves
    """Carries what ccxt would have sent."""


@dataclass(frozen=True)
class Ccxt:
    """``VENUE/MARKET/1d`` (``/1h``, ``/15m``, ``/funding``): ``kraken/XXBTZUSD/1d``.

    Notes
    -----
    VENUE is ccxt's id, MARKET the venue's own.  ccxt never reaches the network here: its outgoing
    call is taken from it and described, and the answer is handed to it to be read.  Its clock is
    the end of the page, so that the same question gives the same call.
    """

    name: str = "ccxt"
    keys: tuple[str, ...] = ()
    calls: tuple[int, float] = (1, 1.0)
    page: str = "https://docs.ccxt.com"
    sample: str = "kraken/XXBTZUSD/1d"
    serves: tuple[str, ...] = ("1d", "1h", "15m", "funding")

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls; see :class:`~comove.core.source.Source`."""
        asked = self._asked(code)
        found = (self._call(asked, code, page) for page in venue.pages(span, DAYS[asked.what]))
        return tuple(dict.fromkeys(found))

    def _asked(self, code: str) -> venue.Code:
        """Take the code apart; the symbol keeps the venue, ``kraken/XXBTZUSD``."""
        symbol, _, what = code.rpartition("/")
        if what not in self.serves or "/" not in symbol.strip("/"):
            raise venue.refusal(self.name, code, self.serves)
        return venue.Code(symbol, what)

    def _call(self, asked: venue.Code, code: str, page: Span) -> Request:
        def outgoing(
            url: str, method: str = "GET", headers: object = None, body: object = None
        ) -> NoReturn:
            raise _Asked(url, method, headers, body)

        dialect = _Dialect(self, asked, code)
        end = venue.milliseconds(venue.after(page.last))
        dialect.exchange.milliseconds = lambda: end
        dialect.exchange.fetch = outgoing
        since = venue.milliseconds(page.first)
        try:
            dialect.rows(since, ROWS)
        except _Asked as call:
            return self._described(*call.args)
        except (dialect.error, *_MISREAD) as cause:
            raise venue.refusal(self.name, code, self.serves) from cause
        raise venue.refusal(self.name, code, self.serves)

    def _described(self, url: str, method: str, headers: Any, body: Any) -> Request:  # noqa: ANN401
        parts = urlsplit(url)
        return Request(
            source=self.name,
            url=parts._replace(query="").geturl(),
            params=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers=tuple((headers or {}).items()),
            method=method,
            body=(body or "").encode(),
            accepts=("application/json", "text/json", "text/plain"),
        )

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; see :class:`~comove.core.source.Source`."""
        asked = self._asked(code)
        found = venue.answer(payload)
        if _ragged(found):
            raise partial(payload)
        if _lenient(found):
            raise unusable(payload, "number")
        dialect = _Dialect(self, asked, code)
        answers = iter([found])
        dialect.exchange.fetch = lambda *_, **__: next(answers)
        try:
            dialect.complain(payload, found)
            rows = dialect.rows(None, None)
        except dialect.error as said:
            raise message(payload, said) from said
        except (RuntimeError, StopIteration, *_MISREAD) as cause:
            raise unusable(payload, "answer") from cause
        if not rows and not _empty(found):
            raise nothing(payload)
        if asked.what == "funding":
            return _funding(payload, found, rows)
        return _bars(payload, found, rows, venue.BARS[asked.what])


class _Dialect:
    """One market of one venue, as ccxt speaks to it."""

    def __init__(self, source: Ccxt, asked: venue.Code, code: str) -> None:
        try:
            import ccxt
        except ImportError as cause:
            raise SourceError(
                "source.extra",
                "{source} needs a package that is not installed.",
                "pip install comove[{extra}]",
                source=source.name,
                extra="crypto",
            ) from cause
        name, _, market = asked.symbol.partition("/")
        if name not in ccxt.exchanges:
            raise venue.refusal(source.name, code, source.serves)
        self.what = asked.what
        self.error: type[Exception] = ccxt.BaseError
        self.exchange: Any = getattr(ccxt, name)({"enableRateLimit": False})
        described = self.exchange.safe_market_structure(_market(market, asked.what))
        self.exchange.set_markets([described])
        self.symbol = described["symbol"]

    def rows(self, since: int | None, limit: int | None) -> list[Any]:
        """Have ccxt make its call and read what comes back."""
        if self.what == "funding":
            found = self.exchange.fetch_funding_rate_history(self.symbol, since, limit)
        else:
            found = self.exchange.fetch_ohlcv(self.symbol, self.what, since, limit)
        return list(found)

    def complain(self, payload: Payload, found: object) -> None:
        """Let ccxt raise if the answer is the venue's way of saying no."""
        text = payload.body.decode("utf-8", "replace")
        request = payload.request
        self.exchange.handle_errors(
            payload.status, "", request.url, request.method, {}, text, found, {}, None
        )


def _market(market: str, what: str) -> dict[str, object]:
    """Describe a market by its id alone: all that building a call and reading bars needs."""
    swap = what == "funding"
    return {
        "id": market,
        "lowercaseId": market.lower(),
        "symbol": "BASE/QUOTE:QUOTE" if swap else "BASE/QUOTE",
        "base": "BASE",
        "quote": "QUOTE",
        "baseId": "BASE",
        "quoteId": "QUOTE",
        "type": "swap" if swap else "spot",
        "spot": not swap,
        "swap": swap,
        "future": False,
        "option": False,
        "margin": False,
        "contract": swap,
        "linear": True if swap else None,
        "inverse": False if swap else None,
        "settle": "USDT" if swap else None,
        "settleId": "USDT" if swap else None,
        "contractSize": 1.0 if swap else None,
        "active": True,
    }


def _empty(found: object) -> bool:
    """Tell whether an answer holds an empty list of rows: nothing happened in the span then.

    ccxt reads an answer without its rows as one without rows, and would hide that a field is gone.
    """
    return any(not rows for field, rows in _lists(found) if field not in _COMPLAINTS)


def _ragged(found: object) -> bool:
    """Tell whether rows of a list differ in length: ccxt takes one that lost a cell as whole."""
    return any(
        len({len(row) for row in rows if isinstance(row, list)}) > 1 for _, rows in _lists(found)
    )


def _lenient(found: object) -> bool:
    """Tell whether a text is a number to Python alone: ``"1_000"``, or in digits of any script."""
    if isinstance(found, list | dict):
        return any(map(_lenient, found.values() if isinstance(found, dict) else found))
    if not isinstance(found, str) or _PLAIN.fullmatch(found):
        return False
    try:
        float(found)
    except ValueError:
        return False
    return True


def _told(payload: Payload, found: object, values: Floats) -> Floats:
    """Return values if the answer holds every one of them as a number.

    ccxt takes ``true`` for one.
    """
    if not {*_numbers(payload, found)}.issuperset(values.tolist()):
        raise unusable(payload, "number")
    return values


def _numbers(payload: Payload, found: object) -> Iterator[float]:
    """Yield every JSON number, and every text that is nothing but one."""
    if isinstance(found, list | dict):
        for part in found.values() if isinstance(found, dict) else found:
            yield from _numbers(payload, part)
    else:
        with suppress(PayloadError):
            yield number(payload, found, "number")


def _lists(found: object, field: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield every JSON list with the name of the field that holds it."""
    if isinstance(found, list):
        yield field, found
        for part in found:
            yield from _lists(part, field)
    elif isinstance(found, dict):
        for name, part in found.items():
            yield from _lists(part, name)


def _bars(payload: Payload, found: object, rows: list[Any], width: np.timedelta64) -> Rows:
    """Read bars; one whose extremes do not enclose its ends was not read as it was meant."""
    read = venue.columns(payload, [row[:6] for row in rows], _BAR, width=6)
    first, high, low, last = (np.array(read[column], "f8") for column in range(1, 5))
    if ((low > np.minimum(first, last)) | (high < np.maximum(first, last))).any():
        raise unusable(payload, "bar")
    return venue.bars(payload, venue.instants(read[0]), _told(payload, found, last), width)


def _funding(payload: Payload, found: object, rows: list[Any]) -> Rows:
    listing(payload, rows, "list of rows")
    times = [instant(payload, row.get("timestamp"), "timestamp", 1000) for row in rows]
    rates = [number(payload, row.get("fundingRate"), "fundingRate") for row in rows]
    told = _told(payload, found, np.array(rates, "f8"))
    return venue.funding(payload, venue.instants(times), told)


source = Ccxt()
