"""One attempt: a call, the redirections it is sent on, and the judgement of what came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import numpy as np

from comove.core.errors import SourceError
from comove.core.source import Payload, Request
from comove.data.http import body as bodies
from comove.data.http import refusals
from comove.data.http.patience import Patience
from comove.data.http.refusals import Trouble
from comove.data.http.wire import Wire

if TYPE_CHECKING:
    import httpx2

_FOUND = 200
_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_TROUBLES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_TOO_MANY = 429
_WISHING = frozenset({_TOO_MANY, 503})
"""Statuses whose Retry-After is heard."""

_KEPT = ("date", "etag", "last-modified", "content-length", "content-encoding")
_UNNAMED = "application/octet-stream"
_SHOWN, _READ = 160, 4096


def exchanged(
    wire: Wire,
    request: Request,
    patience: Patience,
    deadline: float,
    turn: Callable[[], None],
    now: Callable[[], float],
) -> Payload:
    """Make one attempt.

    Parameters
    ----------
    wire
        What makes the calls.
    request
        What is asked.
    patience
        How many redirections are followed.
    deadline
        In ticks.
    turn
        Waits until a call is within the source's limit; taken before every call.
    now
        UTC seconds since 1970.

    Returns
    -------
    Payload
        Complete.

    Raises
    ------
    Trouble
        When another attempt may help.
    SourceError
        When none will, of the kind that :meth:`comove.data.http.client.Client.fetch` describes.
    """
    url = request.url
    for hop in range(patience.hops + 1):
        _refuse_insecure(url, request)
        turn()
        with wire.call(request, url, hop == 0, patience, deadline) as response:
            if response.status_code not in _REDIRECTIONS:
                return _judged(response, request, now)
            url = _onward(url, response.headers.get("location", ""), request)
    raise refusals.circling(request.source)


def _refuse_insecure(url: str, request: Request) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise refusals.insecure(request.source)


def _onward(url: str, location: str, request: Request) -> str:
    """Return where a redirection leads: another place of the same host, or nowhere."""
    try:
        onward = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(onward)
        same = (here.hostname, here.port) == (there.hostname, there.port)
    except ValueError:
        raise refusals.elsewhere(request.source, "?") from None
    if not location or not same or there.scheme != "https":
        place = f"{there.scheme}://{there.netloc.rpartition('@')[2]}".encode()
        shown = bodies.struck_out(place, request).decode()
        raise refusals.elsewhere(request.source, shown[:_SHOWN])
    return onward


def _judged(response: httpx2.Response, request: Request, now: Callable[[], float]) -> Payload:
    """Return the payload of an answer, or raise what its status or its head says."""
    status = response.status_code
    kind = _told(response, "content-type", request).partition(";")[0].strip().lower() or _UNNAMED
    if status in _TROUBLES:
        wish = None
        if status in _WISHING:
            wish = _wish(response.headers.get("retry-after", ""), now())
        busy = status == _TOO_MANY
        source = request.source
        raise Trouble(refusals.busy(source) if busy else refusals.failing(source, status), wish)
    if status != _FOUND:
        raise _refusal(response, request, kind)
    if kind not in request.accepts:
        raise refusals.no_data(request.source, kind[:_SHOWN])
    if _declared(response) > request.limit:
        raise refusals.too_large(request.source, request.limit)
    encoding = _told(response, "content-encoding", request).strip().lower()
    body = bodies.read(response.iter_raw(), encoding, request)
    return Payload(
        request=request.public(),
        status=status,
        content_type=kind,
        body=bodies.struck_out(body, request),
        received=np.datetime64(int(now()), "s"),
        headers=tuple(
            (name, _told(response, name, request)[:_SHOWN])
            for name in _KEPT
            if name in response.headers
        ),
    )


def _told(response: httpx2.Response, name: str, request: Request) -> str:
    """Return a header field without the keys that were sent, should the service repeat them."""
    told: str = response.headers.get(name, "")
    return bodies.struck_out(told.encode(), request).decode()


def _declared(response: httpx2.Response) -> int:
    declared = response.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _refusal(response: httpx2.Response, request: Request, kind: str) -> SourceError:
    """Return the refusal with the service's own words, if it has any that are not a web page."""
    said = b""
    if kind in {"application/json", "text/plain"} and "content-encoding" not in response.headers:
        for piece in response.iter_raw(_READ):
            said = bodies.struck_out(piece, request)
            break
    words = said[:_SHOWN].decode("utf-8", "replace")
    shown = "".join(sign if sign.isprintable() and sign not in "\ufffd" else " " for sign in words)
    shown = " ".join(shown.split())
    return refusals.refused(request.source, response.status_code, f": {shown}" if shown else "")


def _wish(said: str, now: float) -> float | None:
    """Return the seconds for which a service asks to be left alone, None when it does not say."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, until.timestamp() - now)
