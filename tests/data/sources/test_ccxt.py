"""ccxt: its dialects are used, its network is not."""

import socket
import sys

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError, SourceError
from comove.data.sources.ccxt import source
from sources.asking import SPECS, answered, ms, span, values

KRAKEN = "kraken/XXBTZUSD/1d"
WEEK = span("2026-02-02", "2026-02-06")


def kraken(*rows, **changed):
    return {"error": [], "result": {"XXBTZUSD": list(rows), "last": 1}} | changed


def bar(day, close="100.5", high="101"):
    return [ms(f"2026-02-0{day}T00:00:00") // 1000, "100", high, "99", close, "100", "5", 9]


def test_a_call_is_described_and_never_made(monkeypatch):
    def refused(*_args, **_kwargs):
        pytest.fail("ccxt reached for the network")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    (call,) = source.ask(SPECS["btc"], KRAKEN, WEEK, {})
    assert call.url == "https://api.kraken.com/0/public/OHLC"
    assert values(call, "pair", "interval") == ("XXBTZUSD", "1440")
    assert int(values(call, "since")[0]) <= ms("2026-02-02T00:00:00") // 1000


@pytest.mark.parametrize(
    "venue",
    ["bitstamp/btcusd", "coinbaseexchange/BTC-USD", "bitfinex/tBTCUSD", "kucoin/BTC-USDT",
     "mexc/BTCUSDT", "bitget/BTCUSDT", "upbit/KRW-BTC", "gemini/btcusd"],
)  # fmt: skip
def test_the_same_question_gives_the_same_call(venue):
    """No venue's call may hang on the time of day."""
    first = source.ask(SPECS["btc"], f"{venue}/1d", WEEK, {})
    assert first == source.ask(SPECS["btc"], f"{venue}/1d", WEEK, {})
    assert all(call.url.startswith("https://") for call in first)


def test_a_call_without_a_start_is_made_once():
    calls = source.ask(
        SPECS["funding_btc"], "bitget/BTCUSDT/funding", span("2025-01-01", "2026-02-06"), {}
    )
    assert len(calls) == 1


def test_bars_are_struck_when_they_close():
    rows = answered(source, KRAKEN, "btc", kraken(bar(3), bar(4)), "2026-02-04T12:00:00")
    assert [str(label) for label in rows.labels] == ["2026-02-03"]
    assert str(rows.struck[0]) == "2026-02-04T00:00:00"


@pytest.mark.parametrize(
    "code",
    ["nosuchvenue/BTCUSD/1d", "kraken/1d", "kraken/XXBTZUSD", "kraken/XXBTZUSD/1w",
     "Exchange/XXBTZUSD/1d", "base/x/1d", "bitflyer/BTC_JPY/1d", "kraken/XXBTZUSD/funding"],
)  # fmt: skip
def test_codes_it_cannot_serve(code):
    with pytest.raises(QuestionError, match="cannot serve"):
        source.ask(SPECS["btc"], code, WEEK, {})


def test_the_venues_own_no_is_quoted():
    with pytest.raises(PayloadError, match="Unknown asset pair"):
        answered(source, KRAKEN, "btc", kraken(error=["EQuery:Unknown asset pair"]))


@pytest.mark.parametrize(
    "sent",
    [
        {"error": []},
        {"error": [], "result": {}},
        {"error": [], "result": None},
        kraken(bar(3)[:-1], bar(4)),  # a cell lost
        kraken(bar(3), bar(4)[1:]),
        kraken(bar(3, close="１００")),  # digits of another script
        kraken(bar(3, close="1_00")),
        kraken(bar(3, close="n/a")),
        kraken(bar(3, close=None)),
        kraken(bar(3, close="102")),  # above the day's high
        kraken([[1, 2], "100", "101", "99", "100", "100", "5", 9]),
    ],
    ids=str,
)
def test_what_ccxt_would_read_generously_is_refused(sent):
    with pytest.raises(PayloadError):
        answered(source, KRAKEN, "btc", sent)


def test_a_span_without_bars_has_no_rows():
    assert len(answered(source, KRAKEN, "btc", kraken())) == 0


def test_funding_in_another_dialect():
    data = [
        {"symbol": "BTCUSDT", "fundingRate": "0.0001",
         "fundingTime": str(ms(f"2026-02-03T{hour:02d}:00:00"))}
        for hour in (16, 8, 0)
    ]  # fmt: skip
    sent = {"code": "00000", "msg": "success", "requestTime": 1, "data": data}
    rows = answered(source, "bitget/BTCUSDT/funding", "funding_btc", sent)
    np.testing.assert_allclose(rows.values, [1.0], rtol=1e-12)


@pytest.mark.parametrize("rate", [True, "1_000", " 1", "nan", "Infinity", "٤", None, "", []])
def test_funding_that_is_no_plain_number_is_refused(rate):
    row = {"symbol": "BTCUSDT", "fundingRate": rate, "fundingTime": str(ms("2026-02-03T08:00:00"))}
    sent = {"code": "00000", "msg": "success", "requestTime": 5, "data": [row]}
    with pytest.raises(PayloadError):
        answered(source, "bitget/BTCUSDT/funding", "funding_btc", sent)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(SourceError, match=r"comove\[crypto\]"):
        source.ask(SPECS["btc"], KRAKEN, WEEK, {})


def test_it_is_not_imported_until_it_is_asked():
    import subprocess

    code = "import sys, comove.data.sources.ccxt; print('ccxt' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "False"
