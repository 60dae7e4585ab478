"""A desk for the client: clocks that move when it sleeps, a service that answers by a script."""

from __future__ import annotations

import httpx2
import numpy as np

from comove.core.source import Request
from comove.data.http.client import Client
from comove.data.http.patience import Patience, Timepiece

START = 1_770_000_000.0
ASKED = Request(source="trial", url="https://data.example/rows", accepts=("text/csv",))
OPEN = (1000, 1.0)


class Clocks:
    """Time that passes only when somebody sleeps."""

    def __init__(self):
        self.now = START
        self.naps = []

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds

    @property
    def timepiece(self):
        return Timepiece(now=lambda: self.now, ticks=lambda: self.now, sleep=self.sleep)


class Script(httpx2.BaseTransport):
    """Answers call by call; the last answer is repeated."""

    def __init__(self, clocks, *answers, takes=0.0):
        self.clocks, self.answers, self.takes = clocks, answers, takes
        self.times = []
        self.requests = []

    def handle_request(self, request):
        self.times.append(self.clocks.now)
        self.requests.append(request)
        self.clocks.now += self.takes
        answer = self.answers[min(len(self.times), len(self.answers)) - 1]
        if isinstance(answer, type):
            raise answer("scripted", request=request)
        status, headers, body = answer
        return httpx2.Response(status, headers=headers, stream=httpx2.ByteStream(body))


def good(body=b"a,b\n", **headers):
    return 200, {"content-type": "text/csv; charset=utf-8", **headers}, body


def bad(status=503, **headers):
    return status, headers, b""


def opened(script, standings=None, **patience):
    return Client(
        script.clocks.timepiece,
        np.random.default_rng(7),
        patience=Patience(**patience),
        standings=standings,
        transport=script,
    )
