"""Every fault a service can have, for every source: a defined end, few calls, nothing half-read."""

import gzip
import time
from functools import cache

import httpx2
import numpy as np
import pytest
from sources.cases import cases, sources
from sources.changes import CHANGES

from comove.core.errors import PayloadError, SourceError, UnavailableError
from comove.data.http.client import Client
from comove.data.http.patience import Patience, Timepiece
from faults.server import FaultServer, Road, always, answer, drip, reset_after, silent

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

HASTE = Patience(connect=0.2, read=0.08, total=0.2, attempts=2, hops=2, pause=0.001)
CALM = Patience(connect=5.0, read=5.0, total=20.0, attempts=2, hops=2, pause=0.001)
LIMIT = (1000, 1.0)
NOW = 1_770_000_000.0
HANGING = 10.0
"""Seconds no fault may take; a fault that is not cut off takes longer, or never ends."""

HTML = b"<!doctype html><html><body><h1>Sorry</h1></body></html>"
MAINTENANCE = b'{"status":"maintenance","message":"We will be back soon","code":503}'
BOMB = gzip.compress(b"0" * 60_000_000, 9)


@cache
def first_case(name):
    return next(case for case in cases() if case.source.name == name)


class Asked:
    """A case asked for over a road to a misbehaving server."""

    def __init__(self, name, patience=HASTE):
        self.case = first_case(name)
        self.patience = patience
        self.client = None

    def data(self, body=None, **more):
        case = self.case
        return answer(
            case.payload.body if body is None else body, kind=case.payload.content_type, **more
        )

    def through(self, road):
        """Ask, fetch and read over a road."""
        self.client = Client(
            Timepiece(now=lambda: NOW),
            np.random.default_rng(4),
            patience=self.patience,
            transport=road,
        )
        case = self.case
        request = case.request
        began = time.monotonic()
        try:
            with self.client as client:
                payload = client.fetch(request, LIMIT)
            fixed = case.payload.received
            return case.source.read(
                type(payload)(**{**vars(payload), "received": fixed}), case.spec, case.code
            )
        finally:
            assert time.monotonic() - began < HANGING

    def against(self, behave):
        """Ask a server that behaves in some way; return the outcome and the number of calls."""
        with FaultServer(behave) as server:
            try:
                return self.through(Road(server.port)), server.calls
            except SourceError as error:
                return error, server.calls


def refuses(outcome, kind, code=None):
    assert isinstance(outcome, kind), outcome
    if code:
        assert outcome.code == code


def same(rows, case):
    wanted = case.read()
    np.testing.assert_array_equal(rows.labels, wanted.labels)
    np.testing.assert_array_equal(rows.values, wanted.values)


every_source = pytest.mark.parametrize("name", sources())


@every_source
def test_a_good_answer_is_read_plain_and_packed(name):
    asked = Asked(name, CALM)
    outcome, calls = asked.against(always(asked.data()))
    same(outcome, asked.case)
    assert calls == 1
    packed = gzip.compress(asked.case.payload.body)
    outcome, _ = asked.against(always(asked.data(packed, headers=[("Content-Encoding", "gzip")])))
    same(outcome, asked.case)


@every_source
def test_silence_and_drips_end_at_the_deadline(name):
    asked = Asked(name)
    outcome, calls = asked.against(silent)
    refuses(outcome, UnavailableError, "source.timeout")
    assert calls <= HASTE.attempts
    outcome, calls = asked.against(drip(asked.data() + b" " * 5000))
    refuses(outcome, UnavailableError, "source.timeout")
    assert calls <= HASTE.attempts


@every_source
def test_an_answer_that_breaks_off_is_asked_for_again_and_never_used(name):
    asked = Asked(name, CALM)
    whole = asked.data()
    for behave in (
        reset_after(whole[: len(whole) // 2 + 40]),
        always(whole[:-3]),
        always(asked.data(length=len(asked.case.payload.body) + 10)),
        always(b""),
        always(b"HTTP/1.1 200 OK\r\nContent-Le"),
        always(b"\x16\x03\x01 nonsense\r\n\r\n"),
    ):
        outcome, calls = asked.against(behave)
        refuses(outcome, UnavailableError, "source.broken")
        assert calls == CALM.attempts
    packed = gzip.compress(asked.case.payload.body)[:-5]
    outcome, calls = asked.against(
        always(asked.data(packed, headers=[("Content-Encoding", "gzip")]))
    )
    refuses(outcome, UnavailableError, "source.broken")


@every_source
def test_no_way_to_the_service(name):
    class NoName(httpx2.BaseTransport):
        def handle_request(self, request):
            raise httpx2.ConnectError("Name or service not known", request=request)

    with FaultServer(always(b"")) as server:
        closed = server.port
    with FaultServer(silent) as unencrypted:
        for road in (NoName(), Road(closed), Road(unencrypted.port, secure=True)):
            with pytest.raises(UnavailableError) as refusal:
                Asked(name, CALM).through(road)
            assert refusal.value.code == "source.connection"


@every_source
def test_a_service_in_trouble_is_asked_again_then_left(name):
    for status in (500, 502, 503):
        asked = Asked(name, CALM)
        outcome, calls = asked.against(always(answer(HTML, status, "text/html")))
        refuses(outcome, UnavailableError, "source.failing")
        assert calls == CALM.attempts
        assert asked.client.standings[name].failures == 1


@every_source
def test_a_service_that_recovers_is_read(name):
    asked = Asked(name, CALM)

    def behave(connection, number, _stopping):
        connection.sendall(answer(b"", 503) if number == 1 else asked.data())

    outcome, calls = asked.against(behave)
    same(outcome, asked.case)
    assert calls == 2
    assert asked.client.standings[name].failures == 0


@every_source
def test_too_many_calls(name):
    asked = Asked(name, CALM)
    outcome, calls = asked.against(always(answer(b"", 429)))
    refuses(outcome, UnavailableError, "source.busy")
    assert calls == CALM.attempts
    outcome, calls = asked.against(always(answer(b"", 429, headers=[("Retry-After", "0")])))
    assert calls == CALM.attempts
    for wish in ("3600", "Fri, 31 Dec 2100 23:59:59 GMT"):
        outcome, calls = asked.against(always(answer(b"", 429, headers=[("Retry-After", wish)])))
        refuses(outcome, UnavailableError, "source.busy")
        assert calls == 1
        assert asked.client.standings[name].shut_until >= NOW + 3600


@every_source
def test_redirections_are_followed_within_the_host_only(name):
    asked = Asked(name, CALM)
    host = httpx2.URL(asked.case.request.url).host

    def moved(connection, number, _stopping):
        there = answer(b"", 301, headers=[("Location", "/elsewhere?token=1")])
        connection.sendall(there if number == 1 else asked.data())

    outcome, calls = asked.against(moved)
    same(outcome, asked.case)
    assert calls == 2
    outcome, calls = asked.against(always(answer(b"", 302, headers=[("Location", "/again")])))
    refuses(outcome, SourceError, "source.circling")
    assert calls == CALM.hops + 1
    for place in (
        "https://elsewhere.example/",
        f"http://{host}/",
        f"https://{host}:8443/",
        f"https://{host}.elsewhere.example/",
        f"https://{host}@elsewhere.example/",
        "//169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[::1/",
        "",
    ):
        outcome, calls = asked.against(always(answer(b"", 302, headers=[("Location", place)])))
        refuses(outcome, SourceError, "source.redirect")
        assert calls == 1


@every_source
def test_a_refusal_is_not_repeated(name):
    for status in (400, 401, 403, 404, 418):
        asked = Asked(name, CALM)
        outcome, calls = asked.against(always(answer(b'{"error": "no"}', status)))
        refuses(outcome, SourceError)
        assert outcome.code in {"source.refused", "source.forbidden"}
        assert calls == 1


@every_source
def test_what_is_not_data_is_refused_unread_or_by_the_source(name):
    asked = Asked(name, CALM)
    kind = asked.case.payload.content_type
    for behave in (
        always(answer(HTML, kind="text/html; charset=utf-8")),
        always(answer(HTML, kind=kind)),
        always(answer(MAINTENANCE, kind=kind)),
        always(answer(b"", kind=kind)),
        always(answer(b"", kind="")),
        always(answer(b"{}", kind=kind, headers=[("Content-Encoding", "br")])),
    ):
        outcome, calls = asked.against(behave)
        refuses(outcome, PayloadError)
        assert calls == 1


@every_source
def test_bombs_are_cut_short(name):
    asked = Asked(name, CALM)
    outcome, calls = asked.against(always(asked.data(BOMB, headers=[("Content-Encoding", "gzip")])))
    refuses(outcome, PayloadError, "source.large")
    outcome, calls = asked.against(always(asked.data(b"", length=900_000_000)))
    refuses(outcome, PayloadError, "source.large")
    assert calls == 1


@every_source
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_shape_is_refused_or_harmless(name, change):
    asked = Asked(name, CALM)
    body, harmless = CHANGES[change](asked.case)
    outcome, calls = asked.against(always(asked.data(body)))
    assert calls == 1
    if harmless:
        same(outcome, asked.case)
    else:
        refuses(outcome, PayloadError)
