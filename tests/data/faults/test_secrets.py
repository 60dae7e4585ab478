"""Keys are sent to their service and found nowhere else: in no log, error, payload or repr."""

import gzip
import json
import logging
import traceback
from datetime import date

import numpy as np
import pytest
from sources.cases import CANARY, cases, sources

from comove.core.errors import ComoveError
from comove.core.source import Span
from comove.data.catalogue import Catalogue
from comove.data.doctor import doctor
from comove.data.http.client import Client
from comove.data.http.patience import Patience, Timepiece
from comove.data.keys import Keys
from faults.server import FaultServer, Road, always, answer, reset_after, silent

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

KEYED = [name for name, source in sources().items() if source.keys]
HASTE = Patience(connect=0.5, read=0.2, total=0.5, attempts=2, hops=2, pause=0.001)


def echo(secret):
    """Answers that repeat the key in every place an answer has."""
    body = json.dumps({"error_message": f"the key {secret} is not valid"}).encode()
    said = body * 50
    packed = gzip.compress(body)
    headers = [("X-Key", secret), ("Set-Cookie", f"key={secret}"), ("ETag", f'"{secret}"')]
    return {
        "good": answer(body, headers=headers),
        "good text": answer(body, kind="text/csv", headers=headers),
        "packed": answer(packed, headers=[("Content-Encoding", "gzip")]),
        "forbidden": answer(body, 403, headers=headers),
        "refused": answer(said, 400, headers=headers),
        "refused in plain text": answer(body, 404, "text/plain"),
        "trouble": answer(body, 500, headers=headers),
        "busy": answer(body, 429, headers=[("Retry-After", secret)]),
        "moved": answer(b"", 302, headers=[("Location", f"/again?api_key={secret}")]),
        "moved away": answer(b"", 302, headers=[("Location", f"https://x.example/{secret}")]),
        "moved to a host": answer(b"", 302, headers=[("Location", f"https://{secret}.example/")]),
        "odd type": answer(body, kind=f"text/{secret}"),
        "odd packing": answer(body, headers=[("Content-Encoding", secret)]),
        "page": answer(b"<html>" + secret.encode(), kind="text/html"),
    }


def everything_said(error):
    return (
        "".join(traceback.format_exception(error)) + repr(error) + repr(error.values) + str(error)
    )


@pytest.fixture
def every_log(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "comove"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize("kind", echo("x"))
def test_a_key_that_a_service_repeats_is_struck_out(every_log, name, kind):
    case = next(case for case in cases() if case.source.name == name)
    secret = next(
        value for _, value in (*case.request.params, *case.request.headers) if CANARY in value
    )
    with FaultServer(always(echo(secret)[kind])) as server:
        client = client_on(server.port)
        said = said_of(client, case)
        assert any(secret.encode() in head for head in server.seen.heads)
    assert said
    assert CANARY not in said
    assert secret not in repr(client.standings)
    assert secret not in repr(client)
    assert CANARY not in every_log.text
    assert CANARY not in repr([vars(record) for record in every_log.records])


@pytest.mark.parametrize("name", KEYED)
@pytest.mark.parametrize("behave", [silent, reset_after(b"HTTP/1.1 200 OK\r\n"), always(b"\x00")])
def test_no_trouble_of_the_network_tells_a_key(every_log, name, behave):
    case = next(case for case in cases() if case.source.name == name)
    with FaultServer(behave) as server, pytest.raises(ComoveError) as refusal:
        client_on(server.port).fetch(case.request, (100, 1.0))
    assert CANARY not in everything_said(refusal.value)
    assert CANARY not in every_log.text


def test_a_trial_of_every_source_tells_no_key(every_log, monkeypatch, tmp_path):
    names = tuple(dict.fromkeys(key for source in sources().values() for key in source.keys))
    for name in names:
        monkeypatch.setenv(f"COMOVE_{name.upper()}", f"{CANARY}-{name}")
    keys = Keys.load(names, tmp_path)
    with FaultServer(always(answer(b'{"message": "no such thing"}'))) as server:
        found = list(
            doctor(sources(), Catalogue.load(), keys, client_on(server.port), date(2026, 2, 6))
        )
        assert any(CANARY.encode() in head for head in server.seen.heads)
    assert [trial.source for trial in found] == list(sources())
    assert {trial.outcome for trial in found} == {"failed"}
    for trial in found:
        assert CANARY not in repr(trial)
        assert trial.refusal is not None
        assert CANARY not in everything_said(trial.refusal)
    assert CANARY not in every_log.text
    assert CANARY not in repr(keys)


def test_requests_without_secrets_keep_their_shape():
    span = Span(first=date(2026, 1, 1), last=date(2026, 2, 6))
    spec = Catalogue.load()["dfii10"]
    (asked,) = sources()["fred"].ask(spec, "DFII10", span, {"fred_api_key": CANARY})
    assert CANARY in repr(asked.params)
    assert [name for name, _ in asked.public().params] == [name for name, _ in asked.params]


def said_of(client, case):
    """Everything that a fetch and its reading leave behind."""
    said = ""
    try:
        payload = client.fetch(case.request, (100, 1.0))
        said = repr(payload)
        case.source.read(payload, case.spec, case.code)
    except ComoveError as error:
        said += everything_said(error)
    return said


def client_on(port):
    return Client(
        Timepiece(now=lambda: 1_770_000_000.0),
        np.random.default_rng(3),
        patience=HASTE,
        transport=Road(port),
    )
