"""Binance: klines carry the opening time, funding is three settlements a day."""

import itertools

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.data.sources.binance import source
from sources.asking import SPECS, answered, ms, span, values

BTC, FUNDING = SPECS["btc"], SPECS["funding_btc"]


def kline(opened, close="100.5", width=86_400_000):
    return [opened, "100", "101", "99", close, "5", opened + width - 1, "500", 9, "2", "200", "0"]


def settled(text, rate):
    return {"symbol": "BTCUSDT", "fundingTime": ms(text), "fundingRate": rate, "markPrice": "1"}


def test_a_price_is_a_kline_and_a_rate_is_funding():
    week = span("2026-02-02", "2026-02-06")
    assert source.ask(BTC, "BTCUSDT", week, {}) == source.ask(BTC, "BTCUSDT/1d", week, {})
    assert source.ask(FUNDING, "BTCUSDT", week, {})[0].url.endswith("/fapi/v1/fundingRate")
    with pytest.raises(QuestionError, match="BTCUSDT"):
        source.ask(SPECS["oi_btc"], "BTCUSDT", week, {})
    with pytest.raises(QuestionError, match="1m"):
        source.ask(BTC, "BTCUSDT/1m", week, {})


@pytest.mark.parametrize(
    ("what", "rows_a_day"), [("1d", 1), ("1h", 24), ("15m", 96), ("funding", 6)]
)
def test_pages_join_without_gap_or_overlap_and_stay_below_the_limit(what, rows_a_day):
    calls = source.ask(BTC, f"BTCUSDT/{what}", span("2021-03-04", "2026-02-06"), {})
    edges = [tuple(map(int, values(call, "startTime", "endTime"))) for call in calls]
    assert edges[0][0] == ms("2021-03-04T00:00:00")
    assert edges[-1][1] == ms("2026-02-07T00:00:00") - 1
    assert all(end + 1 == start for (_, end), (start, _) in itertools.pairwise(edges))
    for start, end in edges:
        assert rows_a_day * (end + 1 - start) / 86_400_000 < 1000


def test_a_full_page_has_been_cut_off():
    day = ms("2023-01-01T00:00:00")
    page = [kline(day + 86_400_000 * place) for place in range(1000)]
    with pytest.raises(PayloadError, match="part of an answer"):
        answered(source, "BTCUSDT/1d", "btc", page)
    assert len(answered(source, "BTCUSDT/1d", "btc", page[:999])) == 999


def test_the_label_is_the_day_that_opens_and_the_strike_the_midnight_that_ends_it():
    rows = answered(source, "BTCUSDT/1d", "btc", [kline(ms("2026-02-05T00:00:00"))])
    assert (str(rows.labels[0]), str(rows.struck[0])) == ("2026-02-05", "2026-02-06T00:00:00")


@pytest.mark.parametrize(
    ("received", "rows"),
    [("2026-02-06T23:59:59", 1), ("2026-02-07T00:00:00", 2), ("2026-02-06T00:00:00", 1)],
)
def test_the_bar_that_runs_is_left_out_until_it_closes(received, rows):
    sent = [kline(ms("2026-02-05T00:00:00")), kline(ms("2026-02-06T00:00:00"))]
    assert len(answered(source, "BTCUSDT/1d", "btc", sent, received)) == rows


def test_a_bar_from_the_future_is_left_to_the_gates():
    sent = [kline(ms("2026-02-05T00:00:00")), kline(ms("2027-02-05T00:00:00"))]
    rows = answered(source, "BTCUSDT/1d", "btc", sent, "2026-02-06T12:00:00")
    assert [str(label) for label in rows.labels] == ["2026-02-05", "2027-02-05"]


@pytest.mark.parametrize(
    "opened",
    [
        ms("2026-02-05T00:00:00") // 1000,  # seconds
        ms("2026-02-05T00:00:00") * 1000,  # microseconds
        ms("2026-02-05T08:00:00"),  # a day of another place
        True,
        None,
        1.5,
    ],
)
def test_an_opening_time_that_cannot_be_is_refused(opened):
    sent = [kline(ms("2026-02-05T00:00:00"))]
    sent[0][0] = opened
    with pytest.raises(PayloadError):
        answered(source, "BTCUSDT/1d", "btc", sent)


def test_funding_is_the_mean_of_the_days_settlements_in_basis_points():
    """As the bundled series has it: 3 settlements a day, mean in basis points per 8 hours."""
    sent = [
        settled("2026-02-03T00:00:00.002", "0.00010000"),
        settled("2026-02-03T08:00:00.000", "0.00007000"),
        settled("2026-02-03T16:00:00.011", "-0.00002000"),
    ]
    rows = answered(source, "BTCUSDT/funding", "funding_btc", sent)
    np.testing.assert_allclose(rows.values, [0.5], rtol=1e-14)
    assert str(rows.struck[0]) == "2026-02-03T16:00:00"
    assert rows.coverage == "whole days only"


def test_a_venue_that_settles_more_often_compares():
    four = [settled(f"2026-02-03T{hour:02d}:00:00", "0.00005000") for hour in range(0, 24, 4)]
    rows = answered(source, "BTCUSDT/funding", "funding_btc", four)
    np.testing.assert_allclose(rows.values, [1.0], rtol=1e-14)


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_day_that_lacks_a_settlement_is_left_out(missing):
    sent = [settled(f"2026-02-0{d}T{h:02d}:00:00", "0.0001") for d in (3, 4) for h in (0, 8, 16)]
    del sent[missing]
    rows = answered(source, "BTCUSDT/funding", "funding_btc", sent)
    assert [str(label) for label in rows.labels] == ["2026-02-04"]


def test_a_settlement_seen_twice_counts_once_and_two_that_differ_are_refused():
    sent = [settled(f"2026-02-03T{h:02d}:00:00", "0.0001") for h in (0, 8, 16, 16)]
    rows = answered(source, "BTCUSDT/funding", "funding_btc", sent)
    np.testing.assert_allclose(rows.values, [1.0], rtol=1e-14)
    sent[-1]["fundingRate"] = "0.0002"
    with pytest.raises(PayloadError):
        answered(source, "BTCUSDT/funding", "funding_btc", sent)


def test_a_settlement_off_the_hour_is_refused():
    with pytest.raises(PayloadError, match="settlement time"):
        answered(source, "BTCUSDT/funding", "funding_btc", [settled("2026-02-03T08:02:00", "0.1")])


def test_another_symbol_is_refused():
    with pytest.raises(PayloadError, match="symbol"):
        answered(source, "ETHUSDT/funding", "funding_eth", [settled("2026-02-03T08:00:00", "0.1")])


def test_open_interest_is_asked_for_without_a_start_for_a_month_at_most():
    wide = source.ask(SPECS["oi_btc"], "BTCUSDT/oi", span("2020-01-01", "2026-02-06"), {})
    assert values(wide[0], "limit", "endTime") == ("30", str(ms("2026-02-07T00:00:00")))
    assert "startTime" not in dict(wide[0].params)
    assert len(wide) == 1


def test_open_interest_belongs_to_the_day_that_ends_and_is_a_snapshot():
    row = {"symbol": "BTCUSDT", "sumOpenInterest": "1", "sumOpenInterestValue": "7", "timestamp": 0}
    row["timestamp"] = ms("2026-02-06T00:00:00")
    rows = answered(source, "BTCUSDT/oi", "oi_btc", [row])
    assert (str(rows.labels[0]), str(rows.struck[0])) == ("2026-02-05", "2026-02-06T00:00:00")
    assert "Binance alone" in rows.coverage
    row["timestamp"] = ms("2026-02-06T00:05:00")
    with pytest.raises(PayloadError, match="time"):
        answered(source, "BTCUSDT/oi", "oi_btc", [row])


def test_its_own_errors_are_quoted():
    with pytest.raises(PayloadError, match=r"Invalid symbol\."):
        answered(source, "BTCUSDT/1d", "btc", {"code": -1121, "msg": "Invalid symbol."})
    maintenance = {"status": 1, "msg": "system_maintenance"}
    with pytest.raises(PayloadError, match="maintenance"):
        answered(source, "BTCUSDT/1d", "btc", maintenance)


def test_a_span_without_trading_has_no_rows():
    assert len(answered(source, "BTCUSDT/1d", "btc", [])) == 0
    assert len(answered(source, "BTCUSDT/funding", "funding_btc", [])) == 0


@pytest.mark.parametrize("rate", ["1.5", "-2", "1e308"])
def test_a_rate_beyond_the_whole_position_is_refused(rate):
    with pytest.raises(PayloadError, match="rate"):
        answered(source, "BTCUSDT/funding", "funding_btc", [settled("2026-02-03T08:00:00", rate)])


def test_a_bar_within_the_day_carries_the_day_of_its_close():
    last = kline(ms("2026-02-05T23:00:00"), width=3_600_000)
    rows = answered(source, "BTCUSDT/1h", "btc_ny", [last])
    assert (str(rows.labels[0]), str(rows.struck[0])) == ("2026-02-06", "2026-02-06T00:00:00")


@pytest.mark.parametrize("hours", [(0,), (0, 12), (0, 8), (8, 16), (0, 4, 8, 12)])
def test_a_day_that_has_only_begun_is_not_taken_for_one_of_few_settlements(hours):
    sent = [settled(f"2026-02-03T{hour:02d}:00:00", "0.0001") for hour in hours]
    assert len(answered(source, "BTCUSDT/funding", "funding_btc", sent)) == 0
