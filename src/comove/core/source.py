"""What is asked of a service, what it sent back, and the rows that were read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

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
        ``GET``, or ``POST`` with a body.
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
        from dataclasses import replace

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
    """

    request: Request
    status: int
    content_type: str
    body: bytes
    received: np.datetime64


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Rows as a source gave them, before any quality gate.

    Attributes
    ----------
    labels
        Shape (T,), ``datetime64[D]``, in the order of the payload; may repeat or go back.
    values
        Shape (T,); NaN where the source says that a value is missing.
    struck
        Shape (T,), ``datetime64[s]`` UTC, where the source tells the instant; None: the catalogue's
        clock decides.
    known
        Shape (T,), ``datetime64[s]`` UTC, where the source tells when a value was published
        (vintages); None: the catalogue's publication rule decides.
    currency
        As declared by the source; empty where it says none.
    coverage
        What the figures leave out, e.g. ``"lower bound: one order per symbol per second"``.
    """

    labels: Instants
    values: Floats
    struck: Instants | None = None
    known: Instants | None = None
    currency: str = ""
    coverage: str = ""


class Source(Protocol):
    """A service that publishes series; two pure functions around one shared HTTP layer."""

    @property
    def name(self) -> str:
        """Key: the file's name, and what stands before the colon in ``sources`` of a series."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the settings it needs, e.g. ``("fred_api_key",)``; empty when it is open."""

    @property
    def calls(self) -> tuple[int, float]:
        """Documented limit: calls per so many seconds."""

    def ask(
        self, spec: SeriesSpec, code: str, span: Span, keys: Mapping[str, str]
    ) -> tuple[Request, ...]:
        """Describe the calls that fetch a series, page by page.

        ``code`` is what stands behind the colon in ``sources``, e.g. ``"GDX"`` of ``"yahoo:GDX"``.
        """

    def read(self, payload: Payload, spec: SeriesSpec, code: str) -> Rows:
        """Read one payload; a typed error for anything that is not data, never a guess."""
