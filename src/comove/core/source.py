"""What is asked of a service, what it sent back, and the rows that were read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np

from comove.core.errors import PayloadError
from comove.core.observations import Floats, Instants
from comove.core.series import SeriesSpec

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The labels that are wanted, both ends included.

    Attributes
    ----------
    first, last
        First and last label.
    """

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call to a service, described and not yet made.

    Attributes
    ----------
    source
        Key of the source, whose rate limit and circuit breaker apply.
    url
        Without query.
    params, headers
        ``(name, value)`` pairs in the order they are sent.
    method, body
        ``GET``, or ``POST`` with a body.  A request is a question: asking again changes nothing.
    secrets
        Names of parameters and headers whose values are keys: they are sent, and appear in no log,
        archive or error.
    accepts
        Content types that may be data; anything else is refused unread.
    limit
        Largest body in bytes, after decompression.
    """

    source: str
    url: str
    params: Pairs = ()
    headers: Pairs = ()
    method: str = "GET"
    body: bytes = b""
    secrets: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ("application/json",)
    limit: int = 50_000_000

    def public(self) -> Request:
        """Return the same request with every secret struck out."""

        def struck_out(pairs: Pairs) -> Pairs:
            return tuple((name, "***" if name in self.secrets else value) for name, value in pairs)

        return replace(self, params=struck_out(self.params), headers=struck_out(self.headers))


@dataclass(frozen=True, kw_only=True)
class Payload:
    """What a service sent back, byte for byte.

    Attributes
    ----------
    request
        What was asked, without secrets.
    status
        HTTP status.
    content_type
        As declared by the service, without parameters.
    body
        Decompressed.
    received
        UTC instant, ``datetime64[s]``.
    headers
        What the service said about the body, e.g. ``("last-modified", ...)``; no cookies.
    """

    request: Request
    status: int
    content_type: str
    body: bytes
    received: np.datetime64
    headers: Pairs = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Rows as a source gave them, before any quality gate.

    Attributes
    ----------
    labels
        Shape (T,), ``datetime64[D]``, in the order of the payload; may repeat or go back.  Bars
        within a day carry the UTC day on which they were struck.
    values
        Shape (T,), in the unit of the catalogue row; NaN where the source says that a value is
        missing.
    struck
        Shape (T,), ``datetime64[s]`` UTC, where the source tells the instant; a bar is struck when
        it closes, not when it opens.  None: the catalogue's clock decides.
    known
        Shape (T,), ``datetime64[s]`` UTC, where the source tells when a value was published
        (vintages); None: the catalogue's publication rule decides.
    currency
        As declared by the source; empty where it says none.
    coverage
        What the figures leave out, e.g. ``"lower bound: one order per symbol per second"``.
    splits
        ``(ISO date, shares after for one before)`` as declared by the source, for the gate that
        looks for jumps.

    Raises
    ------
    PayloadError
        When the arrays differ in length.
    """

    labels: Instants
    values: Floats
    struck: Instants | None = None
    known: Instants | None = None
    currency: str = ""
    coverage: str = ""
    splits: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        """Own the arrays, close them for writing, and refuse lengths that differ."""
        for name, dtype in (
            ("labels", "M8[D]"),
            ("values", "f8"),
            ("struck", "M8[s]"),
            ("known", "M8[s]"),
        ):
            if (given := getattr(self, name)) is None:
                continue
            array = np.array(given, dtype=dtype)
            if array.shape != (len(self.labels),):
                raise PayloadError(
                    "source.shape", "{name} differs in length from the labels.", name=name
                )
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)


class Source(Protocol):
    """A service that publishes series; two pure functions around one shared HTTP layer.

    A source is a file of ``comove.data.sources`` whose ``source`` is one of these.
    """

    @property
    def name(self) -> str:
        """Key: the file's name, and what stands before the colon in ``sources`` of a series."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the settings it needs, e.g. ``("fred_api_key",)``; empty when it is open."""

    @property
    def calls(self) -> tuple[int, float]:
        """Documented limit: calls per so many seconds."""

    @property
    def page(self) -> str:
        """Address of the service's own documentation, where a key can be had if it needs one."""

    @property
    def sample(self) -> str:
        """A code the service is sure to know, for a trial call."""

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls that fetch a series, page by page.

        ``code`` is what stands behind the colon in ``sources``: ``"GDX"`` of ``"yahoo:GDX"``; what
        is measured stands behind a slash, ``"BTCUSDT/funding"``, and so does a bar that is not a
        day, ``"BTC-USD/1h"``.  A code that the source cannot serve is a QuestionError.
        """

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; PayloadError for anything that is not data, never a guess."""
