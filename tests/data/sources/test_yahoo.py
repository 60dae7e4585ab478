"""Yahoo's charts: whose day it is, when a bar is struck, and which bars are over."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.core.source import Payload, Request, Span
from comove.data.catalogue import Catalogue
from sources.cases import sources

SPECS = Catalogue.load().specs
SOURCE = sources()["yahoo"]


def at(text, zone="UTC"):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def chart(symbol, zone, stamps, closes, *, session, **more):
    meta = {
        "symbol": symbol,
        "currency": "USD",
        "exchangeTimezoneName": zone,
        "dataGranularity": "1d",
        "currentTradingPeriod": {"regular": {"start": session[0], "end": session[1]}},
    }
    meta |= more.pop("meta", {})
    result = {"meta": meta, "timestamp": stamps}
    result["indicators"] = {"quote": [{"close": closes}], "adjclose": [{"adjclose": closes}]}
    return {"chart": {"result": [result | more], "error": None}}


def read(body, code, series, received="2026-02-07T12:00:00"):
    payload = Payload(
        request=Request(source="yahoo", url="https://query1.finance.yahoo.com/"),
        status=200,
        content_type="application/json",
        body=json.dumps(body).encode(),
        received=np.datetime64(received),
    )
    return SOURCE.read(payload, SPECS[series], code)


NEW_YORK = "America/New_York"
FRIDAY = (at("2026-02-06T09:30", NEW_YORK), at("2026-02-06T16:00", NEW_YORK))


def test_days_are_those_of_the_exchange():
    stamps = [at("2026-02-05T00:00", "Asia/Tokyo"), at("2026-02-06T00:00", "Asia/Tokyo")]
    session = (at("2026-02-06T00:00", "Asia/Tokyo"), at("2026-02-06T06:00", "Asia/Tokyo"))
    rows = read(chart("SPY", "Asia/Tokyo", stamps, [1.0, 2.0], session=session), "SPY", "spy")
    assert [str(day) for day in rows.labels] == ["2026-02-05", "2026-02-06"]


@pytest.mark.parametrize(
    ("received", "count"),
    [("2026-02-06T14:31:00", 1), ("2026-02-06T20:59:59", 1), ("2026-02-06T21:00:00", 2)],
)
def test_a_session_under_way_is_left_out(received, count):
    stamps = [at("2026-02-05T09:30", NEW_YORK), at("2026-02-06T11:17", NEW_YORK)]
    body = chart("SPY", NEW_YORK, stamps, [1.0, 2.0], session=FRIDAY)
    assert len(read(body, "SPY", "spy", received)) == count


def test_a_coin_is_struck_at_the_end_of_its_day():
    stamps = [at("2026-02-05"), at("2026-02-06")]
    session = (at("2026-02-06"), at("2026-02-06T23:59:59"))
    body = chart("BTC-USD", "UTC", stamps, [1.0, 2.0], session=session)
    assert len(read(body, "BTC-USD", "btc", "2026-02-06T22:00:00")) == 1
    assert len(read(body, "BTC-USD", "btc", "2026-02-07T00:00:00")) == 2


@pytest.mark.parametrize("day", ["2026-03-06", "2026-03-09", "2025-10-31", "2025-11-03"])
def test_bars_are_struck_at_their_end_on_either_side_of_a_clock_change(day):
    opening, close = at(f"{day}T09:30", NEW_YORK), at(f"{day}T16:00", NEW_YORK)
    stamps = [*range(opening, close, 3600), close]
    more = {
        "meta": {"dataGranularity": "1h", "tradingPeriods": [[{"start": opening, "end": close}]]}
    }
    closes = [float(place) for place in range(len(stamps))]
    body = chart("SPY", NEW_YORK, stamps, closes, session=(opening, close), **more)
    rows = read(body, "SPY/1h", "spy", "2026-04-01T00:00:00")
    local = [
        datetime.fromtimestamp(int(instant), UTC).astimezone(ZoneInfo(NEW_YORK)).strftime("%H:%M")
        for instant in rows.struck.astype(np.int64)
    ]
    assert local == ["10:30", "11:30", "12:30", "13:30", "14:30", "15:30", "16:00", "16:00"]


def test_bars_of_a_half_day_end_with_it():
    opening, close = at("2025-11-28T09:30", NEW_YORK), at("2025-11-28T13:00", NEW_YORK)
    more = {
        "meta": {"dataGranularity": "60m", "tradingPeriods": [[{"start": opening, "end": close}]]}
    }
    stamps = list(range(opening, close, 3600))
    body = chart("SPY", NEW_YORK, stamps, [1.0] * 4, session=(opening, close), **more)
    rows = read(body, "SPY/1h", "spy")
    assert str(rows.struck[-1]) == "2025-11-28T18:00:00"


def test_a_bar_that_has_not_ended_is_left_out():
    stamps = [at("2026-02-06T14:00"), at("2026-02-06T15:00")]
    body = chart(
        "BTC-USD", "UTC", stamps, [1.0, 2.0], session=(1, 2), meta={"dataGranularity": "1h"}
    )
    assert read(body, "BTC-USD/1h", "btc", "2026-02-06T15:59:59").values.tolist() == [1.0]
    assert read(body, "BTC-USD/1h", "btc", "2026-02-06T16:00:00").values.tolist() == [1.0, 2.0]


def test_splits_and_currency_are_told():
    split = {"date": FRIDAY[0], "numerator": 1, "denominator": 5, "splitRatio": "1:5"}
    body = chart(
        "SPY", NEW_YORK, [FRIDAY[0]], [1.0], session=FRIDAY, events={"splits": {"1": split}}
    )
    rows = read(body, "SPY", "spy")
    assert rows.splits == (("2026-02-06", 0.2),)
    assert rows.currency == "USD"


def test_nothing_in_a_span_is_an_answer():
    body = chart("SPY", NEW_YORK, [], [], session=FRIDAY)
    del body["chart"]["result"][0]["timestamp"]
    assert len(read(body, "SPY", "spy")) == 0


@pytest.mark.parametrize(
    "meta",
    [
        {"symbol": "GLD"},
        {"dataGranularity": "1wk"},
        {"exchangeTimezoneName": "Mars/Olympus"},
        {"exchangeTimezoneName": "../../etc/passwd"},
        {"currency": 5},
        {"currentTradingPeriod": {"regular": {"start": FRIDAY[1], "end": FRIDAY[0]}}},
        {"currentTradingPeriod": {}},
    ],
)
def test_another_chart_than_asked_for_is_refused(meta):
    body = chart("SPY", NEW_YORK, [FRIDAY[0]], [1.0], session=FRIDAY, meta=meta)
    with pytest.raises(PayloadError):
        read(body, "SPY", "spy")


@pytest.mark.parametrize(
    ("stamps", "closes"),
    [
        ([FRIDAY[0]], [1.0, 2.0]),
        ([FRIDAY[0] * 1000], [1.0]),
        ([FRIDAY[0] + 0.5], [1.0]),
        ([FRIDAY[0]], ["x"]),
        ([None], [1.0]),
    ],
)
def test_stamps_and_closes_that_do_not_fit_are_refused(stamps, closes):
    with pytest.raises(PayloadError):
        read(chart("SPY", NEW_YORK, stamps, closes, session=FRIDAY), "SPY", "spy")


def test_the_service_says_no_in_words():
    said = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
    with pytest.raises(PayloadError, match="may be delisted"):
        read({"chart": {"result": None, "error": said}}, "SPY", "spy")


def test_a_long_span_of_bars_is_asked_for_in_pieces_that_join():
    span = Span(first=date(2024, 1, 1), last=date(2026, 2, 6))
    calls = [dict(call.params) for call in SOURCE.ask(SPECS["btc"], "BTC-USD/1h", span, {})]
    edges = [(int(call["period1"]), int(call["period2"])) for call in calls]
    assert edges[0][0] <= at("2024-01-01")
    assert edges[-1][1] >= at("2026-02-07")
    assert all(end - start <= 730 * 86_400 for start, end in edges)
    assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]
    assert len(SOURCE.ask(SPECS["btc"], "BTC-USD", span, {})) == 1


@pytest.mark.parametrize("code", ["SPY/1wk", "SPY/", "SPY/1h/x", "SP Y", "../x"])
def test_codes_it_cannot_serve_are_refused(code):
    span = Span(first=date(2026, 1, 1), last=date(2026, 2, 6))
    if code == "SPY/":
        assert SOURCE.ask(SPECS["spy"], code, span, {})[0].url.endswith("/SPY")
        return
    with pytest.raises(QuestionError):
        SOURCE.ask(SPECS["spy"], code, span, {})
