"""The way to the network: proxies of the environment, and a deadline that drips do not extend."""

import httpx2
import numpy as np
import pytest
from faults.server import FaultServer, always, answer

from comove.core.errors import SourceError, UnavailableError
from comove.data.http.client import Client
from comove.data.http.patience import Patience, Timepiece
from comove.data.http.wire import Wire
from wire.desk import ASKED, OPEN, Clocks, Script, good, opened

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environment(monkeypatch):
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


class Stream:
    """A connection that says how long it was told to wait."""

    def read(self, most, timeout=None):
        return timeout


def test_a_read_never_outlasts_the_deadline_of_the_call_under_way():
    clock = {"ticks": 100.0}
    wire, stream = Wire(None, lambda: clock["ticks"]), Stream()
    wire._watch("connection.connect_tcp.complete", {"return_value": stream})
    for deadline, ticks, asked, allowed in (
        (110.0, 100.0, 15.0, 10.0),
        (110.0, 100.0, 3.0, 3.0),
        (110.0, 109.5, 15.0, 0.5),
        (110.0, 109.5, None, 0.5),
        (110.0, 200.0, 15.0, 0.001),
        (260.0, 200.0, 15.0, 15.0),  # the next call on the same connection
    ):
        wire._deadline, clock["ticks"] = deadline, ticks
        assert stream.read(10, asked) == pytest.approx(allowed)


def test_other_events_leave_a_connection_alone():
    wire, stream = Wire(None, lambda: 0.0), Stream()
    wire._watch("http11.send_request_headers.complete", {"return_value": stream})
    assert stream.read(10, 99.0) == 99.0


def fetch():
    patience = Patience(connect=1.0, read=1.0, total=5.0, attempts=1)
    timepiece = Timepiece(now=lambda: 1_770_000_000.0)
    with Client(timepiece, np.random.default_rng(1), patience=patience) as client:
        return client.fetch(ASKED, OPEN)


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("written", ["http://127.0.0.1:{}", "127.0.0.1:{}"])
def test_the_proxy_of_the_environment_is_asked(environment, written):
    with FaultServer(always(answer(b"", 502))) as server:
        environment.setenv("HTTPS_PROXY", written.format(server.port))
        with pytest.raises(UnavailableError) as refusal:
            fetch()
        assert refusal.value.code == "source.connection"
        assert server.seen.lines == ["CONNECT data.example:443 HTTP/1.1"]


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_host_may_be_excepted_from_the_proxy(environment):
    environment.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    environment.setenv("NO_PROXY", "data.example")
    environment.setattr("socket.getaddrinfo", no_name)
    with pytest.raises(UnavailableError):
        fetch()


def no_name(*_, **__):
    raise OSError("Name or service not known")


@pytest.mark.parametrize("proxy", ["gopher://secret-word@x:1", "socks4://x:1", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(environment, proxy):
    environment.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(SourceError) as refusal:
        fetch()
    assert refusal.value.code == "source.proxy"
    assert "secret-word" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_addresses_that_are_none_end_in_a_refusal():
    clocks = Clocks()
    script = Script(clocks, (302, {"location": "/" + "x" * 70_000}, b""), good())
    with pytest.raises(SourceError) as refusal:
        opened(script).fetch(ASKED, OPEN)
    assert refusal.value.code == "source.redirect"


def test_the_client_says_who_it_is():
    clocks = Clocks()
    script = Script(clocks, good())
    opened(script).fetch(ASKED, OPEN)
    (sent,) = script.requests
    assert "comove" in sent.headers["user-agent"]
    assert isinstance(sent, httpx2.Request)
