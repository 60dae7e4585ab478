"""Every source of the registry asks and reads as a pure function, and refuses what is not data."""

import re
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.core.series import Clock, SeriesSpec
from comove.core.source import Request, Rows, Span

sys.path.insert(0, str(Path(__file__).parent.parent / "data"))

from sources.cases import CANARY, cases, keys, sources

SOURCES = sources()
ANYTHING = SeriesSpec(
    id="anything", kind="price", unit="usd", clock=Clock(time="00:00", zone="UTC")
)
WEEK = Span(first=date(2026, 2, 2), last=date(2026, 2, 6))
ADDRESS = re.compile(r"https://[a-z0-9.]+(/[A-Za-z0-9._=^$:-]+)*/?", re.ASCII)
every_source = pytest.mark.parametrize("name", SOURCES)
every_case = pytest.mark.parametrize("case", cases(), ids=str)


@every_source
def test_attributes_of_the_protocol(name):
    source = SOURCES[name]
    assert source.name == name
    assert all(key == key.lower() and key.isidentifier() for key in source.keys)
    calls, seconds = source.calls
    assert calls >= 1
    assert seconds > 0
    assert source.page.startswith("https://")
    assert source.sample


@every_source
def test_a_payload_is_at_hand(name):
    assert [case for case in cases() if case.source.name == name]


@every_case
def test_it_asks_the_same_every_time_and_touches_nothing(case):
    held = keys(case.source)
    before = repr((case.spec, held))
    asked = case.source.ask(case.spec, case.code, case.span, held)
    assert asked == case.source.ask(case.spec, case.code, case.span, held)
    assert repr((case.spec, held)) == before
    assert isinstance(asked, tuple)
    assert asked


@every_case
def test_what_it_asks_can_be_sent(case):
    for request in case.source.ask(case.spec, case.code, case.span, keys(case.source)):
        assert isinstance(request, Request)
        assert request.source == case.source.name
        assert request.url.startswith("https://")
        assert "?" not in request.url
        assert request.method in {"GET", "POST"}
        assert request.method == "POST" or not request.body
        assert request.accepts
        assert "text/html" not in request.accepts
        assert 0 < request.limit <= 50_000_000


@every_case
def test_keys_are_declared_secret(case):
    for request in case.source.ask(case.spec, case.code, case.span, keys(case.source)):
        assert CANARY not in repr(request.public())
        sent = [name for name, value in (*request.params, *request.headers) if CANARY in value]
        assert set(sent) <= set(request.secrets)
        assert CANARY not in request.url
        assert CANARY.encode() not in request.body
        assert bool(sent) == bool(case.source.keys)


@every_case
def test_a_longer_span_never_asks_for_less(case):
    longer = Span(first=case.span.first.replace(year=case.span.first.year - 3), last=case.span.last)
    held = keys(case.source)
    more = case.source.ask(case.spec, case.code, longer, held)
    assert len(more) >= len(case.source.ask(case.spec, case.code, case.span, held))
    assert len(set(more)) == len(more)


@every_case
def test_it_reads_the_rows_of_the_payload(case):
    rows = case.read()
    found = [
        (str(label), value) for label, value in zip(rows.labels, rows.values.tolist(), strict=True)
    ]
    wanted = [(str(row[0]), float(row[1])) for row in case.rows]
    assert [label for label, _ in found] == [label for label, _ in wanted]
    np.testing.assert_allclose([v for _, v in found], [v for _, v in wanted], rtol=1e-12)
    for place, name in ((2, "struck"), (3, "known")):
        told = [row[place] for row in case.rows if len(row) > place and row[place]]
        if told:
            instants = np.array([str(cell).rstrip("Z") for cell in told], dtype="M8[s]")
            np.testing.assert_array_equal(getattr(rows, name), instants)


@every_case
def test_it_reads_the_same_every_time_and_only_reads(case):
    first, second = case.read(), case.read()
    assert isinstance(first, Rows)
    for name in ("labels", "values", "struck", "known"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        if (array := getattr(first, name)) is not None:
            assert not array.flags.writeable
    assert (first.currency, first.coverage, first.splits) == (
        second.currency,
        second.coverage,
        second.splits,
    )


@every_case
def test_nothing_read_lies_in_the_future(case):
    rows = case.read()
    assert len(rows)
    if rows.struck is not None:
        assert rows.struck.max() <= case.payload.received


@every_case
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"\x00",
        b"<!doctype html><html><body>Down for maintenance</body></html>",
        b'{"status": "maintenance", "message": "back soon"}',
        b"[1, 2",
        b"null",
        b"\xff\xfe\x00\x01",
        b'{"data": NaN}',
        b"[" * 5000,
    ],
)
def test_what_is_not_data_is_refused(case, body):
    with pytest.raises(PayloadError):
        case.read(body)


@every_source
def test_a_code_it_cannot_serve_is_refused_before_any_call(name):
    for code in ("", "/", "/1d", "///"):
        with pytest.raises(QuestionError):
            SOURCES[name].ask(ANYTHING, code, WEEK, keys(SOURCES[name]))


@every_source
@pytest.mark.parametrize(
    "code", ["../../etc/passwd", "a b", "x?y=z", "x#y", "\u00e9", "a@b", "x\r\ny"]
)
def test_no_code_leads_to_another_address(name, code):
    source = SOURCES[name]
    usual = {urlsplit(request.url).netloc for request in asked(source, source.sample)}
    for request in asked(source, code):
        assert urlsplit(request.url).netloc in usual
        assert ADDRESS.fullmatch(request.url)
        assert ".." not in request.url


def asked(source, code):
    try:
        return source.ask(ANYTHING, code, WEEK, keys(source))
    except QuestionError:
        return ()
