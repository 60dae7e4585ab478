"""One call over the network: connect, send, and read the head of the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from comove.core.source import Request
from comove.data.http import refusals
from comove.data.http.patience import Patience
from comove.data.http.refusals import Trouble

if TYPE_CHECKING:
    import httpx2

_BUSY: ContextVar[bool] = ContextVar("comove_http_busy", default=False)
_CHATTY = ("connection", "http11", "http2", "proxy", "socks")
AGENT = "Mozilla/5.0 (compatible; comove)"
"""Some services turn away clients that do not begin like a browser; this one says who it is."""


class Wire:
    """Connections to services, kept open between calls; for one thread at a time.

    Parameters
    ----------
    transport
        What carries the calls; by default the network, through the proxy of the environment.
    ticks
        Seconds of a clock that never steps.
    """

    def __init__(self, transport: httpx2.BaseTransport | None, ticks: Callable[[], float]) -> None:
        self._given = transport
        self._routes: dict[str, httpx2.BaseTransport] = {}
        self._ticks = ticks
        self._deadline = 0.0
        _hush()

    def close(self) -> None:
        """Close every connection."""
        for route in self._routes.values():
            route.close()
        self._routes.clear()

    def left(self) -> float:
        """Return the seconds left before the deadline of the call under way, at least 1 ms."""
        return max(0.001, self._deadline - self._ticks())

    @contextmanager
    def call(
        self, request: Request, url: str, first: bool, patience: Patience, deadline: float
    ) -> Iterator[httpx2.Response]:
        """Make one call and yield its answer, body unread.

        Parameters
        ----------
        request
            What is asked; its parameters are only sent on the ``first`` call, since a redirection
            names its own.
        url
            Where.
        first
            False after a redirection.
        patience
            Seconds allowed for the parts.
        deadline
            In ticks, for everything until the body has been read.

        Yields
        ------
        httpx2.Response
            To be read before the block ends.

        Raises
        ------
        Trouble
            When there is no answer; errors while the body is read become one too.
        SourceError
            When the address, or the proxy of the environment, is none.
        """
        import httpx2

        self._deadline = deadline
        source = request.source
        quiet = _BUSY.set(True)
        try:
            sent = self._sent(request, url, first, patience)
            response = self._route(source, url).handle_request(sent)
            try:
                yield response
            finally:
                response.close()
        except httpx2.InvalidURL:
            raise refusals.elsewhere(source, "?") from None
        except httpx2.TimeoutException:
            raise Trouble(refusals.timed_out(source)) from None
        except (httpx2.ConnectError, httpx2.ProxyError, httpx2.UnsupportedProtocol):
            raise Trouble(refusals.unreachable(source)) from None
        except httpx2.TransportError:
            late = self._ticks() >= deadline
            error = refusals.timed_out(source) if late else refusals.broken_off(source)
            raise Trouble(error) from None
        finally:
            _BUSY.reset(quiet)

    def _sent(self, request: Request, url: str, first: bool, patience: Patience) -> httpx2.Request:
        import httpx2

        left = self.left()
        parts = {
            "connect": min(patience.connect, left),
            "read": min(patience.read, left),
            "write": min(patience.read, left),
            "pool": left,
        }
        return httpx2.Request(
            request.method,
            httpx2.URL(url, params=list(request.params)) if first and request.params else url,
            headers=[
                ("user-agent", AGENT),
                ("accept", ", ".join(request.accepts)),
                ("accept-encoding", "gzip"),
                *request.headers,
            ],
            content=request.body or None,
            extensions={"timeout": parts, "trace": self._watch},
        )

    def _watch(self, event: str, info: dict[str, Any]) -> None:
        """Cut every read on a new connection short at the deadline, so that drips do not extend it.

        The stream outlives the call it was opened for, so the deadline is looked up each time.
        """
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            patiently = stream.read

            def read(most: int, timeout: float | None = None) -> bytes:
                left = self.left()
                got: bytes = patiently(
                    most, timeout=left if timeout is None else min(timeout, left)
                )
                return got

            stream.read = read

    def _route(self, source: str, url: str) -> httpx2.BaseTransport:
        """Choose the way to a host: the given transport, the environment's proxy, or straight."""
        if self._given is not None:
            return self._given
        proxy = _proxy(urlsplit(url).hostname or "")
        if proxy not in self._routes:
            import httpx2

            try:
                self._routes[proxy] = httpx2.HTTPTransport(proxy=proxy or None)
            except (ImportError, ValueError, httpx2.InvalidURL):
                raise refusals.no_proxy(source) from None  # the cause may quote its password
        return self._routes[proxy]


def _proxy(host: str) -> str:
    """Return the proxy that the environment names for a host, empty for none."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all") or ""
    if not proxy or proxy_bypass(host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _silent(record: logging.LogRecord) -> bool:  # noqa: ARG001 - a filter is given every record
    return not _BUSY.get()


def _hush() -> None:
    """Keep the libraries below from logging addresses and heads of our calls: keys are in them."""
    for name in _CHATTY:
        logger = logging.getLogger(f"httpcore2.{name}")
        if _silent not in logger.filters:
            logger.addFilter(_silent)
