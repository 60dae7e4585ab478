"""No venue is asked for what lies before its own beginning."""

from datetime import UTC, date, datetime
from importlib import import_module

import orjson
import pytest

from comove.core.source import Span
from sources.asking import SPECS

CODES = [
    ("binance", "BTCUSDT/1d"), ("binance", "BTCUSDT/funding"), ("bybit", "BTCUSDT/1h"),
    ("okx", "BTC-USDT/1d"), ("deribit", "BTC/dvol"), ("deribit", "BTC-PERPETUAL/funding"),
    ("gate", "BTC_USDT/oi"), ("gate", "BTC_USDT/funding"), ("hyperliquid", "BTC/funding"),
]  # fmt: skip
STARTS = ("startTime", "start", "before", "start_timestamp", "from")


def start_of(request):
    """The day a call begins with, whatever the venue calls it and counts it in."""
    held = dict(request.params) or orjson.loads(request.body)
    count = int(next(held[name] for name in STARTS if name in held))
    seconds = count / 1000 if count > 10**11 else count
    return datetime.fromtimestamp(seconds + 1, UTC).date()


@pytest.mark.parametrize(("name", "code"), CODES)
def test_a_span_from_long_before_begins_with_the_venue(name, code):
    module = import_module(f"comove.data.sources.{name}")
    begins = module.BEGINS if isinstance(module.BEGINS, date) else module.BEGINS[code.split("/")[1]]
    calls = module.source.ask(
        SPECS["btc"], code, Span(first=date(2009, 1, 3), last=date(2026, 2, 6)), {}
    )
    assert start_of(calls[0]) == begins
    before = Span(first=date(2009, 1, 3), last=date(2015, 12, 31))
    assert module.source.ask(SPECS["btc"], code, before, {}) == ()
