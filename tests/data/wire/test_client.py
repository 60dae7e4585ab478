"""Fetching: attempts, pauses, turns, limits, and how a failing source is left alone."""

import gzip

import httpx2
import numpy as np
import pytest

from comove.core.errors import PayloadError, SourceError, UnavailableError
from comove.core.source import Request
from comove.data.http.standing import Standing
from wire.desk import ASKED, OPEN, START, Clocks, Script, bad, good, opened


@pytest.fixture
def clocks():
    return Clocks()


def test_a_payload_says_what_was_asked_and_what_came(clocks):
    client = opened(Script(clocks, good(b"x,y\n", **{"last-modified": "yesterday"})))
    payload = client.fetch(ASKED, OPEN)
    assert (payload.body, payload.status, payload.content_type) == (b"x,y\n", 200, "text/csv")
    assert payload.request == ASKED
    assert payload.received == np.datetime64(int(START), "s")
    assert ("last-modified", "yesterday") in payload.headers


def test_parameters_headers_and_body_are_sent(clocks):
    script = Script(clocks, good())
    asked = Request(
        source="trial",
        url="https://data.example/rows",
        params=(("a", "1 & 2"), ("b", "é")),
        headers=(("x-key", "secret-1"),),
        method="POST",
        body=b"{}",
        secrets=("x-key",),
        accepts=("text/csv",),
    )
    opened(script).fetch(asked, OPEN)
    (sent,) = script.requests
    assert str(sent.url) == "https://data.example/rows?a=1+%26+2&b=%C3%A9"
    assert (sent.method, sent.content, sent.headers["x-key"]) == ("POST", b"{}", "secret-1")
    assert "cookie" not in sent.headers


def test_attempts_pause_longer_each_time_and_not_all_alike(clocks):
    script = Script(clocks, bad())
    with pytest.raises(UnavailableError):
        opened(script, attempts=5, pause=1.0, longest_pause=3.0).fetch(ASKED, OPEN)
    assert len(script.times) == 5
    for nap, most in zip(clocks.naps, (1.0, 2.0, 3.0, 3.0), strict=True):
        assert most / 2 <= nap <= most
    assert len({round(nap, 9) for nap in clocks.naps}) == 4


def test_the_same_chance_gives_the_same_pauses():
    naps = []
    for _ in range(2):
        clocks = Clocks()
        with pytest.raises(UnavailableError):
            opened(Script(clocks, bad())).fetch(ASKED, OPEN)
        naps.append(clocks.naps)
    assert naps[0] == naps[1]


def test_retry_after_is_honoured_to_the_second(clocks):
    script = Script(clocks, bad(429, **{"retry-after": "7"}), good())
    opened(script).fetch(ASKED, OPEN)
    assert clocks.naps == [7.0]


def test_retry_after_as_a_date_is_understood(clocks):
    wish = "Mon, 02 Feb 2026 02:40:30 GMT"  # 30 seconds after the start
    script = Script(clocks, bad(503, **{"retry-after": wish}), good())
    opened(script).fetch(ASKED, OPEN)
    assert clocks.naps == [30.0]


@pytest.mark.parametrize("wish", ["soon", "-5", "", "1e3", "9" * 400, "32 Feb 2026"])
def test_a_strange_retry_after_does_no_harm(clocks, wish):
    script = Script(clocks, bad(429, **{"retry-after": wish}))
    client = opened(script)
    with pytest.raises(UnavailableError):
        client.fetch(ASKED, OPEN)
    assert client.standings["trial"].shut_until <= START + 86_400 + 60


def test_a_wish_beyond_the_deadline_ends_the_fetch_and_is_remembered(clocks):
    script = Script(clocks, bad(429, **{"retry-after": "600"}))
    client = opened(script)
    with pytest.raises(UnavailableError):
        client.fetch(ASKED, OPEN)
    assert clocks.naps == []
    with pytest.raises(UnavailableError) as refusal:
        client.fetch(ASKED, OPEN)
    assert refusal.value.code == "source.left_alone"
    assert len(script.times) == 1
    clocks.now += 601
    with pytest.raises(UnavailableError):
        client.fetch(ASKED, OPEN)
    assert len(script.times) == 2


def test_the_deadline_covers_attempts_and_pauses(clocks):
    script = Script(clocks, httpx2.ReadTimeout, takes=4.0)
    with pytest.raises(UnavailableError):
        opened(script, total=10.0, attempts=50, pause=1.0).fetch(ASKED, OPEN)
    assert clocks.now <= START + 10.0 + 4.0
    assert len(script.times) <= 3


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (httpx2.ConnectError, "source.connection"),
        (httpx2.ConnectTimeout, "source.timeout"),
        (httpx2.ReadTimeout, "source.timeout"),
        (httpx2.PoolTimeout, "source.timeout"),
        (httpx2.ReadError, "source.broken"),
        (httpx2.RemoteProtocolError, "source.broken"),
        (httpx2.ProxyError, "source.connection"),
    ],
)
def test_every_trouble_of_the_network_is_one_of_ours(clocks, trouble, code):
    with pytest.raises(UnavailableError) as refusal:
        opened(Script(clocks, trouble)).fetch(ASKED, OPEN)
    assert refusal.value.code == code
    assert (
        refusal.value.__cause__ is None
    )  # the library's own error knows the address, with its key
    assert refusal.value.__suppress_context__


def test_calls_keep_within_the_limit_of_a_source(clocks):
    script = Script(clocks, good())
    client = opened(script)
    for _ in range(25):
        client.fetch(ASKED, (10, 6.0))
    times = np.array(script.times)
    assert np.all(times[10:] - times[:-10] >= 6.0 - 1e-6)
    assert clocks.now == pytest.approx(START + 12.0)


def test_the_limit_counts_calls_of_an_earlier_process(clocks):
    script = Script(clocks, good())
    earlier = Standing(calls=tuple(START - 1.0 for _ in range(10)))
    opened(script, {"trial": earlier}).fetch(ASKED, (10, 6.0))
    assert script.times == [pytest.approx(START + 5.0)]


def test_a_turn_beyond_the_deadline_is_not_waited_for(clocks):
    script = Script(clocks, good())
    earlier = Standing(calls=(START,))
    with pytest.raises(UnavailableError) as refusal:
        opened(script, {"trial": earlier}, total=30.0).fetch(ASKED, (1, 600.0))
    assert refusal.value.code == "source.limit"
    assert script.times == []


def test_a_source_that_is_down_for_a_day_is_hardly_called(clocks):
    script = Script(clocks, bad())
    client = opened(script)
    refused = 0
    while clocks.now < START + 86_400:
        with pytest.raises(UnavailableError):
            client.fetch(ASKED, OPEN)
        refused += 1
        clocks.now += 10.0
    minutes = (np.array(script.times) - START) // 60
    assert len(script.times) <= 50
    assert np.bincount(minutes.astype(int))[2:].max() <= 1
    assert refused > 8000


def test_a_source_that_recovers_is_believed_at_once(clocks):
    script = Script(clocks, *[bad()] * 12, good())
    client = opened(script)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            client.fetch(ASKED, OPEN)
    assert client.standings["trial"].shut(clocks.now) > 0
    clocks.now += 61
    client.fetch(ASKED, OPEN)
    assert client.standings["trial"].failures == 0
    client.fetch(ASKED, OPEN)


def test_a_doubted_source_gets_one_attempt(clocks):
    script = Script(clocks, bad())
    client = opened(script, {"trial": Standing(failures=5)})
    with pytest.raises(UnavailableError):
        client.fetch(ASKED, OPEN)
    assert len(script.times) == 1


def test_a_person_may_ask_anyway(clocks):
    script = Script(clocks, good())
    shut = Standing(failures=9, shut_until=START + 500)
    client = opened(script, {"trial": shut})
    assert client.fetch(ASKED, OPEN, anyway=True).body == b"a,b\n"
    assert client.standings["trial"].failures == 0


def test_sources_do_not_answer_for_each_other(clocks):
    script = Script(clocks, good())
    client = opened(script, {"other": Standing(failures=9, shut_until=START + 500)})
    client.fetch(ASKED, OPEN)
    assert client.standings["other"].failures == 9


def test_a_wrong_question_is_not_held_against_the_source(clocks):
    for status, failures in ((400, 0), (404, 0), (403, 1)):
        client = opened(Script(clocks, bad(status)))
        with pytest.raises(SourceError):
            client.fetch(ASKED, OPEN)
        assert client.standings["trial"].failures == failures


@pytest.mark.parametrize(
    "url",
    [
        "http://data.example/rows",
        "ftp://data.example/rows",
        "https://user:word@data.example/rows",
        "https:///rows",
        "data.example/rows",
    ],
)
def test_only_https_is_asked(clocks, url):
    script = Script(clocks, good())
    with pytest.raises(SourceError) as refusal:
        opened(script).fetch(Request(source="trial", url=url), OPEN)
    assert refusal.value.code == "source.insecure"
    assert script.times == []


def test_redirections_count_as_calls_and_carry_no_parameters(clocks):
    script = Script(clocks, (302, {"location": "/moved?page=2"}, b""), good())
    asked = Request(
        source="trial",
        url="https://data.example/rows",
        params=(("key", "secret-1"),),
        secrets=("key",),
        accepts=("text/csv",),
    )
    client = opened(script)
    client.fetch(asked, OPEN)
    assert [str(sent.url) for sent in script.requests] == [
        "https://data.example/rows?key=secret-1",
        "https://data.example/moved?page=2",
    ]
    assert len(client.standings["trial"].calls) == 2


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_bodies_up_to_the_limit_are_read(clocks, size):
    asked = Request(source="trial", url=ASKED.url, accepts=("text/csv",), limit=1000)
    body = b"x" * size
    assert opened(Script(clocks, good(body))).fetch(asked, OPEN).body == body
    packed = good(gzip.compress(body), **{"content-encoding": "gzip"})
    assert opened(Script(clocks, packed)).fetch(asked, OPEN).body == body


@pytest.mark.parametrize("packed", [False, True])
def test_bodies_beyond_the_limit_are_refused(clocks, packed):
    asked = Request(source="trial", url=ASKED.url, accepts=("text/csv",), limit=1000)
    body = b"x" * 1001
    answer = good(gzip.compress(body), **{"content-encoding": "gzip"}) if packed else good(body)
    with pytest.raises(PayloadError) as refusal:
        opened(Script(clocks, answer)).fetch(asked, OPEN)
    assert refusal.value.code == "source.large"


def test_a_body_packed_beyond_reason_is_refused(clocks):
    answer = good(gzip.compress(b"0" * 2_000_000), **{"content-encoding": "gzip"})
    with pytest.raises(PayloadError) as refusal:
        opened(Script(clocks, answer)).fetch(ASKED, OPEN)
    assert refusal.value.code == "source.large"


def test_a_packed_body_followed_by_more_is_refused(clocks):
    answer = good(gzip.compress(b"a,b\n") + b"more", **{"content-encoding": "gzip"})
    with pytest.raises(UnavailableError):
        opened(Script(clocks, answer)).fetch(ASKED, OPEN)


@pytest.mark.parametrize("kind", ["text/html", "application/pdf", "image/png", "", "TEXT/HTML ; x"])
def test_other_types_are_refused(clocks, kind):
    with pytest.raises(PayloadError) as refusal:
        opened(Script(clocks, (200, {"content-type": kind}, b"a,b\n"))).fetch(ASKED, OPEN)
    assert refusal.value.code == "source.type"
