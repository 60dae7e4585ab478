"""OKX: days of UTC, bars that say whether they are over, both ends of a page left out."""

import itertools

import pytest

from comove.core.errors import PayloadError
from comove.data.sources.okx import source
from sources.asking import SPECS, answered, ms, span, values

OPENED = [ms(f"2026-02-0{day}T00:00:00") for day in (5, 4, 3)]


def candle(opened, over="1"):
    return [str(opened), "100", "101", "99", "100.5", "5", "500", "500", over]


def envelope(rows, code="0", said=""):
    return {"code": code, "msg": said, "data": rows}


def test_a_day_is_a_day_of_utc():
    asked = source.ask(SPECS["btc"], "BTC-USDT/1d", span("2026-02-02", "2026-02-06"), {})[0]
    assert values(asked, "bar", "instId") == ("1Dutc", "BTC-USDT")


@pytest.mark.parametrize(
    ("what", "rows_a_day"), [("1d", 1), ("1h", 24), ("15m", 96), ("funding", 6)]
)
def test_pages_join_and_stay_below_the_limit(what, rows_a_day):
    calls = source.ask(SPECS["btc"], f"BTC-USDT/{what}", span("2024-02-28", "2024-12-06"), {})
    edges = [tuple(map(int, values(call, "before", "after"))) for call in calls]
    assert edges[0][0] == ms("2024-02-28T00:00:00") - 1
    assert edges[-1][1] == ms("2024-12-07T00:00:00")
    # both ends are left out: a bar that opens at "after" must lie on the next page
    assert all(end - 1 == start for (_, end), (start, _) in itertools.pairwise(edges))
    for start, end in edges:
        assert rows_a_day * (end - start - 1) / 86_400_000 < 100


def test_a_bar_that_is_not_confirmed_is_left_out_however_late_it_is():
    sent = envelope([candle(OPENED[0], "0"), candle(OPENED[1]), candle(OPENED[2])])
    rows = answered(source, "BTC-USDT/1d", "btc", sent, "2026-03-01T00:00:00")
    assert [str(label)[-2:] for label in rows.labels] == ["03", "04"]


def test_a_confirmation_that_is_neither_is_refused():
    with pytest.raises(PayloadError, match="confirm"):
        answered(source, "BTC-USDT/1d", "btc", envelope([candle(OPENED[0], "2")]))


def test_the_realised_rate_counts():
    rows = [
        {"instId": "BTC-USDT-SWAP", "fundingRate": "0.9", "realizedRate": "0.0001",
         "fundingTime": str(ms(f"2026-02-03T{hour:02d}:00:00"))}
        for hour in (16, 8, 0)
    ]  # fmt: skip
    found = answered(source, "BTC-USDT-SWAP/funding", "funding_btc", envelope(rows))
    assert found.values.tolist() == pytest.approx([1.0], rel=1e-14)
    rows[1]["realizedRate"] = ""
    with pytest.raises(PayloadError, match="realizedRate"):
        answered(source, "BTC-USDT-SWAP/funding", "funding_btc", envelope(rows))


def test_its_own_errors_are_quoted():
    with pytest.raises(PayloadError, match="doesn't exist"):
        answered(source, "BTC-USDT/1d", "btc", envelope([], "51001", "Instrument doesn't exist"))
    with pytest.raises(PayloadError):
        answered(source, "BTC-USDT/1d", "btc", envelope([], 0))
