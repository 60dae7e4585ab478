"""Bybit: an envelope with a status of its own, newest first."""

import itertools

import pytest

from comove.core.errors import PayloadError
from comove.data.sources.bybit import source
from sources.asking import SPECS, answered, ms, span, values

OPENED = [ms(f"2026-02-0{day}T00:00:00") for day in (5, 4, 3)]


def envelope(rows, symbol="BTCUSDT", status=0, said="OK"):
    result = {"category": "spot", "symbol": symbol, "list": rows}
    return {"retCode": status, "retMsg": said, "result": result, "retExtInfo": {}, "time": 1}


def kline(opened, close="100.5"):
    return [str(opened), "100", "101", "99", close, "5", "500"]


def test_rows_are_turned_into_the_order_of_time():
    rows = answered(source, "BTCUSDT/1d", "btc", envelope([kline(at) for at in OPENED]))
    assert [str(label)[-2:] for label in rows.labels] == ["03", "04", "05"]
    assert str(rows.struck[-1]) == "2026-02-06T00:00:00"


@pytest.mark.parametrize(
    ("what", "limit", "rows_a_day", "names"),
    [
        ("1d", 1000, 1, ("start", "end")),
        ("1h", 1000, 24, ("start", "end")),
        ("15m", 1000, 96, ("start", "end")),
        ("funding", 200, 6, ("startTime", "endTime")),
    ],
)
def test_pages_join_and_stay_below_the_limit(what, limit, rows_a_day, names):
    calls = source.ask(SPECS["btc"], f"BTCUSDT/{what}", span("2024-02-28", "2026-02-06"), {})
    edges = [tuple(map(int, values(call, *names))) for call in calls]
    assert edges[0][0] == ms("2024-02-28T00:00:00")
    assert edges[-1][1] == ms("2026-02-07T00:00:00") - 1
    assert all(end + 1 == start for (_, end), (start, _) in itertools.pairwise(edges))
    for call, (start, end) in zip(calls, edges, strict=True):
        assert values(call, "limit") == (str(limit),)
        assert rows_a_day * (end + 1 - start) / 86_400_000 < limit


def test_the_day_is_asked_for_in_the_venues_words():
    week = span("2026-02-02", "2026-02-06")
    asked = source.ask(SPECS["btc"], "BTCUSDT/1d", week, {})[0]
    assert values(asked, "category", "interval") == ("spot", "D")
    hour = source.ask(SPECS["btc_ny"], "BTCUSDT/1h", week, {})[0]
    assert values(hour, "interval") == ("60",)
    funding = source.ask(SPECS["funding_btc"], "BTCUSDT", week, {})[0]
    assert values(funding, "category") == ("linear",)


def test_its_own_errors_are_quoted_though_the_status_is_200():
    with pytest.raises(PayloadError, match="params error"):
        answered(source, "BTCUSDT/1d", "btc", envelope([], status=10001, said="params error"))
    for status in ("0", None, False, 0.0):  # a status that only looks like success
        with pytest.raises(PayloadError):
            answered(source, "BTCUSDT/1d", "btc", envelope([kline(OPENED[0])], status=status))


def test_another_symbol_or_a_full_page_is_refused():
    with pytest.raises(PayloadError, match="symbol"):
        answered(source, "BTCUSDT/1d", "btc", envelope([], symbol="BTCUSD"))
    page = [kline(OPENED[0] - 86_400_000 * place) for place in range(1000)]
    with pytest.raises(PayloadError, match="part"):
        answered(source, "BTCUSDT/1d", "btc", envelope(page))


def test_a_row_of_another_length_is_refused():
    with pytest.raises(PayloadError, match="row"):
        answered(source, "BTCUSDT/1d", "btc", envelope([kline(OPENED[0])[:-1]]))
