"""Gate: seconds in both directions, and totals that never lack their coverage."""

import itertools

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.data.sampling import totals
from comove.data.sources.gate import SIDES, STATISTICS, source
from sources.asking import SPECS, answered, ms, span, values

COUNTED = (
    "lsr_taker", "lsr_account", "long_liq_size", "long_liq_amount", "long_liq_usd",
    "short_liq_size", "short_liq_amount", "short_liq_usd", "open_interest", "open_interest_usd",
    "top_lsr_account", "top_lsr_size",
)  # fmt: skip
LONGS = "BTC_USDT/liq_long_orders/0.0001"


def statistic(text, **changed):
    return {"time": ms(text) // 1000} | dict.fromkeys(COUNTED, 1.5) | changed


def order(text, size, price="66000"):
    row = {"time": ms(text) // 1000, "contract": "BTC_USDT", "size": size, "fill_price": price}
    return row | {"order_size": -size, "left": 0, "order_price": price}


@pytest.mark.parametrize("code", [f"BTC_USDT/{what}" for what in ("oi", "liq_long", "funding")])
def test_every_time_it_asks_for_is_in_seconds(code):
    for call in source.ask(SPECS["oi_btc"], code, span("2020-01-01", "2026-02-06"), {}):
        for name, value in call.params:
            if name in ("from", "to"):
                assert (
                    ms("2020-01-01T00:00:00") // 1000
                    <= int(value)
                    < ms("2027-01-01T00:00:00") // 1000
                )


def test_milliseconds_are_refused():
    sent = [statistic("2026-02-03T00:00:00")]
    sent[0]["time"] *= 1000
    with pytest.raises(PayloadError, match="time"):
        answered(source, "BTC_USDT/oi", "oi_btc", sent)


@pytest.mark.parametrize(("what", "field"), STATISTICS.items())
def test_each_statistic_is_read_from_its_own_field(what, field):
    sent = [statistic("2026-02-03T00:00:00", **{field: 42.25})]
    rows = answered(source, f"BTC_USDT/{what}", "oi_btc", sent)
    assert rows.values.tolist() == [42.25]
    assert (str(rows.labels[0]), str(rows.struck[0])) == ("2026-02-03", "2026-02-04T00:00:00")


@pytest.mark.parametrize("what", ["liq_long", "liq_short"])
def test_every_total_of_liquidations_says_that_it_is_a_lower_bound(what):
    rows = answered(source, f"BTC_USDT/{what}", "liq_long_btc", [statistic("2026-02-03T00:00:00")])
    assert "lower bound" in rows.coverage
    assert len(answered(source, f"BTC_USDT/{what}", "liq_long_btc", [])) == 0
    assert "lower bound" in answered(source, f"BTC_USDT/{what}", "liq_long_btc", []).coverage


def test_orders_say_so_as_well():
    for side in SIDES:
        code = f"BTC_USDT/{side}/0.0001"
        assert "lower bound" in answered(source, code, "liq_long_btc", []).coverage


def test_the_day_that_runs_is_left_out():
    sent = [statistic("2026-02-03T00:00:00"), statistic("2026-02-04T00:00:00")]
    rows = answered(source, "BTC_USDT/oi", "oi_btc", sent, "2026-02-04T18:00:00")
    assert [str(label) for label in rows.labels] == ["2026-02-03"]


def test_statistics_have_no_end_so_the_count_of_days_is_the_limit():
    calls = source.ask(SPECS["oi_btc"], "BTC_USDT/oi", span("2025-01-01", "2026-02-06"), {})
    asked = [values(call, "from", "limit", "interval") for call in calls]
    assert [limit for _, limit, _ in asked] == ["100", "100", "100", "100", "2"]
    assert asked[1][0] == str(ms("2025-04-11T00:00:00") // 1000)
    assert {interval for *_, interval in asked} == {"1d"}


def test_coin_margined_contracts_have_their_own_address():
    week = span("2026-02-02", "2026-02-06")
    assert "/usdt/" in source.ask(SPECS["oi_btc"], "BTC_USDT/oi", week, {})[0].url
    assert "/btc/" in source.ask(SPECS["oi_btc"], "BTC_USD/oi", week, {})[0].url


def test_orders_are_asked_for_hour_by_hour():
    calls = source.ask(SPECS["liq_long_btc"], LONGS, span("2026-02-05", "2026-02-06"), {})
    edges = [tuple(map(int, values(call, "from", "to"))) for call in calls]
    assert len(edges) == 48
    assert all(end - start == 3599 for start, end in edges)
    assert all(end + 1 == start for (_, end), (start, _) in itertools.pairwise(edges))


def test_sides_are_told_apart_by_the_position_that_was_closed():
    """Sizes are contracts of 0.0001 coins: 1,000 at 66,000 dollars are 6,600 dollars."""
    sent = [order("2026-02-02T00:10:00", 1000), order("2026-02-02T00:20:00", -500, "65000")]
    longs = answered(source, LONGS, "liq_long_btc", sent)
    shorts = answered(source, "BTC_USDT/liq_short_orders/0.0001", "liq_short_btc", sent)
    np.testing.assert_allclose([longs.values[0], shorts.values[0]], [6600.0, 3250.0], rtol=1e-12)
    assert str(longs.struck[0]) == "2026-02-02T01:00:00"


def test_an_hour_without_orders_is_zero_and_a_running_hour_is_nothing():
    assert answered(source, LONGS, "liq_long_btc", []).values.tolist() == [0.0]
    assert len(answered(source, LONGS, "liq_long_btc", [], "2026-02-02T00:59:59")) == 0


def test_an_hour_with_too_many_orders_is_refused():
    sent = [order("2026-02-02T00:10:00", 1)] * 1000
    with pytest.raises(PayloadError, match="part"):
        answered(source, LONGS, "liq_long_btc", sent)


def test_hours_make_a_day_and_keep_their_coverage():
    spec = SPECS["liq_long_btc"]
    calls = source.ask(spec, LONGS, span("2026-02-02", "2026-02-02"), {})
    hours = [
        answered(source, LONGS, spec.id, [order(f"2026-02-02T{h:02d}:10:00", 1000)],
                 wanted=span("2026-02-02", "2026-02-02"))
        for h in range(1)
    ]  # fmt: skip
    joined = type(hours[0])(
        labels=np.repeat(hours[0].labels, 24),
        values=np.repeat(hours[0].values, 24),
        struck=hours[0].struck[0] + np.arange(24) * np.timedelta64(3600, "s"),
        coverage=hours[0].coverage,
    )
    day = totals(joined)
    assert len(calls) == 24
    np.testing.assert_allclose(day.values, [24 * 6600.0], rtol=1e-12)
    assert "lower bound" in day.coverage


@pytest.mark.parametrize(
    "code",
    ["BTC_USDT/liq_long_orders", "BTC_USDT/liq_long_orders/", "BTC_USDT/liq_long_orders/x",
     "BTC_USDT/liq_long_orders/0", "BTC_USDT/liq_long_orders/nan", "BTC_USDT/liq_long_orders/inf",
     "BTC_USDT/liq_long_orders/-1", "BTC_USDT/volume", "BTC_USDT"],
)  # fmt: skip
def test_codes_it_cannot_serve(code):
    with pytest.raises(QuestionError):
        source.ask(SPECS["oi_btc"], code, span("2026-02-02", "2026-02-06"), {})


def test_its_own_errors_are_quoted():
    for sent in (
        {"label": "CONTRACT_NOT_FOUND", "message": "no such contract"},
        {"label": "SERVER_ERROR"},
    ):
        with pytest.raises(PayloadError, match=r"no such contract|SERVER_ERROR"):
            answered(source, "BTC_USDT/oi", "oi_btc", sent)


def test_a_total_that_is_no_number_is_refused():
    sent = [order("2026-02-02T00:10:00", 10**18, "1e300")]
    with pytest.raises(PayloadError, match="size"):
        answered(source, LONGS, "liq_long_btc", sent)
