"""Trying sources for real: what is asked, and what a trial may come to."""

from datetime import date

import numpy as np
import pytest
from pydantic import SecretStr
from sources.cases import cases, sources

from comove.core.errors import UnavailableError
from comove.core.source import Payload
from comove.data.catalogue import Catalogue
from comove.data.doctor import MOST_CALLS, doctor
from comove.data.keys import Keys

DAY = date(2026, 2, 6)
CATALOGUE = Catalogue.load()
ALL_KEYS = Keys({key: SecretStr("k-12345") for s in sources().values() for key in s.keys})


class Caller:
    """Answers with bytes by source, and counts."""

    def __init__(self, bodies):
        self.bodies, self.asked = bodies, []

    def fetch(self, request, limit, *, anyway=False):
        assert anyway
        self.asked.append(request)
        body = self.bodies(request, len(self.asked))
        if isinstance(body, Exception):
            raise body
        return Payload(
            request=request.public(),
            status=200,
            content_type=request.accepts[0],
            body=body,
            received=np.datetime64("2026-02-07T12:00:00"),
        )


def tried(name, bodies, keys=ALL_KEYS):
    caller = Caller(bodies)
    (found,) = doctor({name: sources()[name]}, CATALOGUE, keys, caller, DAY)
    return found, caller


def payload_of(name, code):
    return next(c for c in cases() if c.source.name == name and c.code == code).payload.body


@pytest.mark.parametrize(
    ("name", "code", "last"),
    [
        ("cboe", "VIX", date(2026, 2, 6)),
        ("treasury", "real/10y", date(2026, 2, 6)),
        ("alternative_me", "fng", date(2026, 2, 6)),
        ("h10", "JRXWTFB_N.B", date(2026, 1, 20)),
    ],
)
def test_a_source_that_answers_is_well(name, code, last):
    body = payload_of(name, code)
    found, caller = tried(name, lambda *_: body)
    assert (found.outcome, found.code, found.last, found.calls) == ("ok", code, last, 1)
    assert found.rows > 0
    assert found.refusal is None
    assert len(caller.asked) == 1


def test_a_source_whose_figures_have_stopped_is_not_well():
    body = payload_of("cboe", "VIX").replace(b"/2026", b"/2025")
    found, _ = tried("cboe", lambda *_: body)
    assert (found.outcome, found.last) == ("failed", date(2025, 2, 6))
    assert "2025-02-06" in str(found.refusal)


def test_a_source_without_its_key_is_not_called():
    found, caller = tried("fred", lambda *_: b"", Keys({}))
    assert found.outcome == "no_key"
    assert "COMOVE_FRED_API_KEY" in str(found.refusal)
    assert caller.asked == []


def test_a_source_that_fails_says_why():
    found, _ = tried("cboe", lambda *_: UnavailableError("source.timeout", "cboe did not answer."))
    assert (found.outcome, found.refusal.code) == ("failed", "source.timeout")
    found, _ = tried("cboe", lambda *_: b"<html>")
    assert (found.outcome, found.refusal.code) == ("failed", "payload.field")


def test_an_empty_latest_page_is_followed_by_the_one_before():
    header = b'Date,"5 YR","7 YR","10 YR","20 YR","30 YR"\n'
    caller = Caller(lambda _, number: header if number == 1 else payload_of("treasury", "real/10y"))
    new_year = date(2026, 1, 1)
    (found,) = doctor({"t": sources()["treasury"]}, CATALOGUE, ALL_KEYS, caller, new_year)
    assert (found.outcome, found.calls) == ("ok", 2)
    assert "/2026/" in caller.asked[0].url
    assert "/2025/" in caller.asked[1].url


def test_nothing_at_all_is_a_failure():
    header = b'Date,"5 YR","7 YR","10 YR","20 YR","30 YR"\n'
    found, _ = tried("treasury", lambda *_: header)
    assert (found.outcome, found.refusal.code) == ("failed", "payload.empty")


@pytest.mark.parametrize("name", sources())
def test_every_source_is_tried_with_few_calls(name):
    error = UnavailableError("source.timeout", "no")
    found, caller = tried(name, lambda *_: error)
    assert found.outcome == "failed"
    assert found.refusal is error
    assert 1 <= len(caller.asked) <= MOST_CALLS
    assert found.page.startswith("https://")
