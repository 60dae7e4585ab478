"""Deribit: the index by the day, funding by the hour, settlements at the instant they state."""

import itertools

import numpy as np
import pytest

from comove.core.errors import PayloadError
from comove.data.sources.deribit import source
from sources.asking import SPECS, answered, ms, span, values

PRICE = SPECS["btc"]


def envelope(result, **more):
    return {"jsonrpc": "2.0", "result": result, "testnet": False, "usIn": 1, "usOut": 2} | more


def hour(text, rate):
    at = {"timestamp": ms(text), "index_price": 1.0, "prev_index_price": 1.0}
    return at | {"interest_8h": 8 * rate, "interest_1h": rate}


def settlement(text, **changed):
    row = {"type": "settlement", "timestamp": ms(text), "instrument_name": "BTC-PERPETUAL"}
    return row | {"index_price": 64000.5, "mark_price": 64001.0, "position": 1.0} | changed


@pytest.mark.parametrize(("code", "days"), [("BTC/dvol", 500), ("BTC-PERPETUAL/funding", 30)])
def test_pages_join_and_stay_below_the_limit(code, days):
    calls = source.ask(SPECS["dvol"], code, span("2021-03-24", "2026-02-06"), {})
    edges = [tuple(map(int, values(call, "start_timestamp", "end_timestamp"))) for call in calls]
    assert edges[0][0] == ms("2021-03-24T00:00:00")
    assert edges[-1][1] == ms("2026-02-07T00:00:00") - 1
    assert all(end + 1 == start for (_, end), (start, _) in itertools.pairwise(edges))
    assert all((end + 1 - start) / 86_400_000 <= days for start, end in edges)
    assert days * 24 < 744 or days < 1000


def test_an_answer_that_goes_on_elsewhere_is_refused():
    candles = [[ms("2026-02-05T00:00:00"), 40.0, 42.0, 39.0, 41.0]]
    with pytest.raises(PayloadError, match="part"):
        answered(source, "BTC/dvol", "dvol", envelope({"data": candles, "continuation": 1}))


def test_the_close_of_the_day_counts():
    candles = [[ms("2026-02-05T00:00:00"), 40.0, 42.0, 39.0, 41.0]]
    rows = answered(source, "BTC/dvol", "dvol", envelope({"data": candles, "continuation": None}))
    assert rows.values.tolist() == [41.0]
    assert str(rows.struck[0]) == "2026-02-06T00:00:00"


def test_the_hours_of_a_day_compare_with_three_settlements():
    """One basis point for eight hours, accrued hour by hour, is one basis point."""
    hours = [hour(f"2026-02-03T{h:02d}:00:00", 0.0001 / 8) for h in range(24)]
    rows = answered(source, "BTC-PERPETUAL/funding", "funding_btc", envelope(hours))
    np.testing.assert_allclose(rows.values, [1.0], rtol=1e-12)
    assert str(rows.struck[0]) == "2026-02-03T23:00:00"
    lacking = envelope(hours[:7] + hours[8:])
    assert len(answered(source, "BTC-PERPETUAL/funding", "funding_btc", lacking)) == 0
    every_eighth = envelope(hours[::8])  # regular for another venue, not for this one
    assert len(answered(source, "BTC-PERPETUAL/funding", "funding_btc", every_eighth)) == 0


def test_settlements_are_struck_when_the_venue_says():
    sent = envelope({"settlements": [settlement("2026-02-05T08:00:00.021")], "continuation": "x"})
    rows = answered(source, "BTC-PERPETUAL/settlement_index", PRICE, sent)
    assert (str(rows.labels[0]), str(rows.struck[0])) == ("2026-02-05", "2026-02-05T08:00:00")
    assert rows.values.tolist() == [64000.5]
    mark = answered(source, "BTC-PERPETUAL/settlement_mark", PRICE, sent)
    assert mark.values.tolist() == [64001.0]


def test_a_page_of_settlements_ends_with_its_last_day():
    calls = source.ask(
        PRICE, "BTC-PERPETUAL/settlement_index", span("2024-01-01", "2026-02-06"), {}
    )
    ends = [values(call, "search_start_timestamp", "count", "type") for call in calls]
    assert ends[-1] == (str(ms("2026-02-07T00:00:00") - 1), "268", "settlement")
    assert sum(int(count) for _, count, _ in ends) == 768
    assert all(int(count) <= 1000 for _, count, _ in ends)


@pytest.mark.parametrize("changed", [{"type": "delivery"}, {"instrument_name": "BTC-27MAR26"}])
def test_other_events_are_refused(changed):
    row = settlement("2026-02-05T08:00:00", **changed)
    sent = envelope({"settlements": [row], "continuation": None})
    with pytest.raises(PayloadError):
        answered(source, "BTC-PERPETUAL/settlement_index", PRICE, sent)


def test_figures_of_the_test_network_are_refused():
    sent = envelope({"data": [], "continuation": None})
    for network in (True, None, "false"):
        with pytest.raises(PayloadError, match="test network"):
            answered(source, "BTC/dvol", "dvol", sent | {"testnet": network})


def test_its_own_errors_are_quoted():
    error = {"code": -32602, "message": "Invalid params", "data": {"param": "currency"}}
    with pytest.raises(PayloadError, match="Invalid params"):
        answered(source, "BTC/dvol", "dvol", {"jsonrpc": "2.0", "error": error, "testnet": False})
