"""Hyperliquid: funding every hour, asked for by POST."""

import itertools
import json

import numpy as np
import pytest

from comove.core.errors import PayloadError
from comove.data.sources.hyperliquid import source
from sources.asking import SPECS, answered, ms, span

SPEC = SPECS["funding_btc_hyperliquid"]


def hour(text, rate="0.0000125", coin="BTC"):
    return {"coin": coin, "fundingRate": rate, "premium": "-0.0001", "time": ms(text)}


def test_the_question_stands_in_the_body():
    (call,) = source.ask(SPEC, "BTC/funding", span("2026-02-02", "2026-02-06"), {})
    assert (call.method, call.params) == ("POST", ())
    assert json.loads(call.body) == {
        "type": "fundingHistory",
        "coin": "BTC",
        "startTime": ms("2026-02-02T00:00:00"),
        "endTime": ms("2026-02-07T00:00:00") - 1,
    }


def test_pages_join_and_stay_below_the_limit():
    calls = source.ask(SPEC, "BTC/funding", span("2023-05-12", "2026-02-06"), {})
    bodies = [json.loads(call.body) for call in calls]
    for body, following in itertools.pairwise(bodies):
        assert body["endTime"] + 1 == following["startTime"]
        assert (body["endTime"] + 1 - body["startTime"]) / 3_600_000 < 500
    assert bodies[-1]["endTime"] == ms("2026-02-07T00:00:00") - 1


def test_a_day_of_hours_compares_with_three_settlements():
    """0.00125 % an hour is one basis point per eight hours, the venue's own base rate."""
    sent = [hour(f"2026-02-03T{h:02d}:00:00.057") for h in range(24)]
    rows = answered(source, "BTC/funding", SPEC.id, sent)
    np.testing.assert_allclose(rows.values, [1.0], rtol=1e-12)
    assert str(rows.struck[0]) == "2026-02-03T23:00:00"


@pytest.mark.parametrize("missing", [0, 11, 23])
def test_a_day_that_lacks_an_hour_is_left_out(missing):
    sent = [hour(f"2026-02-03T{h:02d}:00:00") for h in range(24) if h != missing]
    assert len(answered(source, "BTC/funding", SPEC.id, sent)) == 0


def test_a_day_settled_three_times_is_no_day_of_this_venue():
    sent = [hour(f"2026-02-03T{h:02d}:00:00") for h in (0, 8, 16)]
    assert len(answered(source, "BTC/funding", SPEC.id, sent)) == 0


def test_another_coin_or_a_full_page_is_refused():
    with pytest.raises(PayloadError, match="coin"):
        answered(source, "BTC/funding", SPEC.id, [hour("2026-02-03T00:00:00", coin="ETH")])
    with pytest.raises(PayloadError, match="part"):
        answered(source, "BTC/funding", SPEC.id, [hour("2026-02-03T00:00:00")] * 500)
