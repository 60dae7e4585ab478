"""Coin Metrics: the same figure under two clocks, and null for what it does not have."""

import numpy as np
import pytest

from comove.core.errors import PayloadError, QuestionError
from comove.data.sources.coinmetrics import source
from sources.asking import SPECS, answered, span, values


def sent(*rows, metric="PriceUSD", **more):
    data = [{"asset": "btc", "time": f"{day}T00:00:00.000000000Z", metric: v} for day, v in rows]
    return {"data": data} | more


def test_a_price_and_a_reference_rate_of_one_instant_get_one_label():
    price = answered(source, "btc/PriceUSD", "btc", sent(("2026-02-03", "75630.5")))
    rate = sent(("2026-02-04", "75630.5"), metric="ReferenceRateUSD")
    reference = answered(source, "btc/ReferenceRateUSD", "btc", rate)
    for name in ("labels", "values", "struck"):
        np.testing.assert_array_equal(getattr(price, name), getattr(reference, name))
    assert (str(price.labels[0]), str(price.struck[0])) == ("2026-02-03", "2026-02-04T00:00:00")


def test_the_last_reference_rate_carries_the_next_day():
    week = span("2026-02-02", "2026-02-06")
    asked = source.ask(SPECS["btc"], "btc/ReferenceRateUSD", week, {})[0]
    assert values(asked, "start_time", "end_time") == ("2026-02-02", "2026-02-07")
    asked = source.ask(SPECS["btc"], "btc/PriceUSD", week, {})[0]
    assert values(asked, "end_time", "frequency") == ("2026-02-06", "1d")


def test_null_is_missing_and_everything_else_is_refused():
    assert np.isnan(answered(source, "btc/PriceUSD", "btc", sent(("2026-02-03", None))).values[0])
    for value in ("", "null", "NaN", "Infinity", True, [], "75,630.5", "７５"):
        with pytest.raises(PayloadError):
            answered(source, "btc/PriceUSD", "btc", sent(("2026-02-03", value)))


def test_a_day_that_is_not_over_is_left_out():
    rows = sent(("2026-02-03", "1"), ("2026-02-04", "2"))
    found = answered(source, "btc/PriceUSD", "btc", rows, "2026-02-04T23:59:59")
    assert found.values.tolist() == [1.0]


@pytest.mark.parametrize(
    "time", ["2026-02-03", "2026-02-03T01:00:00Z", "2026-02-30T00:00:00Z", "2026-02-03T00:00:00"]
)
def test_a_time_that_is_no_midnight_is_refused(time):
    row = {"asset": "btc", "time": time, "PriceUSD": "1"}
    with pytest.raises(PayloadError, match="time"):
        answered(source, "btc/PriceUSD", "btc", {"data": [row]})


def test_a_further_page_is_not_passed_over():
    with pytest.raises(PayloadError, match="part"):
        answered(source, "btc/PriceUSD", "btc", sent(("2026-02-03", "1"), next_page_token="x"))


def test_one_call_holds_a_quarter_of_a_century():
    assert len(source.ask(SPECS["btc"], "btc/PriceUSD", span("2010-07-18", "2026-02-06"), {})) == 1


def test_its_own_errors_are_quoted_and_other_assets_refused():
    error = {"error": {"type": "forbidden", "message": "not available with supplied credentials"}}
    with pytest.raises(PayloadError, match="not available"):
        answered(source, "btc/PriceUSD", "btc", error)
    with pytest.raises(PayloadError, match="asset"):
        answered(source, "eth/PriceUSD", "eth", sent(("2026-02-03", "1")))
    for code in ("btc", "btc/", "/PriceUSD", "btc/Price USD", "btc/PriceUSD/1h"):
        with pytest.raises(QuestionError):
            source.ask(SPECS["btc"], code, span("2026-02-02", "2026-02-06"), {})
