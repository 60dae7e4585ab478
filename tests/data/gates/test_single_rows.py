"""Rules that need one row, or rows of one date: sign, value, date, future, currency, duplicate."""

from dataclasses import replace

import numpy as np
import pytest

from comove.core.errors import QuestionError
from comove.core.series import SeriesSpec

from .making import (
    ADJUSTED,
    LEVEL,
    NEW_YORK,
    NOW,
    PRICE,
    PUBLISHED,
    SEEDS,
    VOLATILITY,
    YIELD,
    days,
    judged,
    reasons,
    walk,
    yields,
)

BAD = (0.0, -0.0, -1e-12, -36.98, -100.0)


# Sign


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("spec", [PRICE, ADJUSTED, VOLATILITY], ids=["price", "adjusted", "vol"])
def test_values_that_cannot_be_are_set_aside(seed, spec):
    labels, values = days(300), walk(seed)
    place = 7 * seed + 3
    values[place] = BAD[seed % len(BAD)]
    said = reasons(judged(labels, values, spec))
    assert said == {place: "sign.zero" if values[place] == 0.0 else "sign.negative"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("value", [0.0, -0.5, 0.01])
def test_a_yield_may_be_zero_or_negative(seed, value):
    labels, values = days(300, name="US-BOND"), yields(seed) - 3.0
    values[5 * seed] = value
    assert "sign" not in judged(labels, values, YIELD).quarantined.counts


def test_oil_below_zero_passes_where_the_series_says_so():
    oil = replace(LEVEL, unit="usd")
    labels = np.array(["2020-04-17", "2020-04-20", "2020-04-21", "2020-04-22"], dtype="M8[D]")
    prices = [18.31, -36.98, 8.91, 13.64]
    assert reasons(judged(labels, prices, oil)) == {}
    assert reasons(judged(labels, prices, PRICE)) == {1: "sign.negative"}


def test_zero_passes_where_only_negative_values_are_forbidden():
    index = replace(LEVEL, sign="not_negative")
    assert reasons(judged(days(3), [12.0, 0.0, -1.0], index)) == {2: "sign.negative"}


@pytest.mark.parametrize("sign", ["any", "not_negative"])
def test_a_price_without_a_logarithm_cannot_be_declared(sign):
    with pytest.raises(QuestionError, match="no log return"):
        replace(PRICE, sign=sign)
    with pytest.raises(QuestionError, match="no known sign"):
        SeriesSpec(id="x", kind="level", unit="index", clock=NEW_YORK, sign="odd")


# Value and date


@pytest.mark.parametrize("seed", SEEDS)
def test_missing_and_infinite_values_are_kept_apart(seed):
    labels, values = days(300), walk(seed)
    values[seed], values[seed + 50], values[seed + 99] = np.nan, np.inf, -np.inf
    verdict = judged(labels, values)
    assert reasons(verdict) == {
        seed: "value.missing",
        seed + 50: "value.infinite",
        seed + 99: "value.infinite",
    }
    assert verdict.quarantined.problems == 2
    assert not verdict.sound


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_without_a_possible_date_are_set_aside(seed):
    labels, values = days(300).copy(), walk(seed)
    labels[seed], labels[seed + 40] = np.datetime64("NaT"), np.datetime64("0026-02-06")
    assert reasons(judged(labels, values)) == {seed: "date.none", seed + 40: "date.ancient"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_publication_that_no_calendar_tells_is_set_aside(seed):
    labels = np.array(["2003-01-02", "2014-11-08", "2020-01-02"], dtype="M8[D]") + seed
    verdict = judged(labels, [1.0, 1.1, 1.2], PUBLISHED)
    assert reasons(verdict) == {0: "date.beyond", 1: "date.beyond"}
    known = labels.astype("M8[s]") + np.timedelta64(2, "D")
    assert reasons(judged(labels, [1.0, 1.1, 1.2], PUBLISHED, known=known)) == {}


@pytest.mark.parametrize("year", range(1930, 2010, 4))
def test_a_long_history_published_at_once_needs_no_calendar(year):
    first = np.datetime64(f"{year}-03-01")
    labels = np.arange(first, first + 40)
    assert reasons(judged(labels, walk(year, 40))) == {}


# Future


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_struck_after_now_is_set_aside(seed):
    labels, values = days(300), walk(seed)
    last = labels[250 + seed].astype("M8[s]")
    now = last + np.timedelta64(20 * 3600, "s")  # 15:00 or 16:00 in New York, before the close
    first = 250 + seed + _summer(labels[250 + seed])  # 20:00 UTC is the close in summer
    said = reasons(judged(labels, values, now=now))
    assert set(said) == set(range(first, 300))
    soon = labels <= now.astype("M8[D]") + 2
    unfinished = {i for i, why in said.items() if why == "future.unfinished"}
    assert unfinished <= set(np.flatnonzero(soon))
    assert {why for i, why in said.items() if i not in unfinished} == {"future.struck"}


def _summer(label: np.datetime64) -> bool:
    return np.datetime64("2020-03-08") <= label < np.datetime64("2020-11-01") or (
        np.datetime64("2021-03-14") <= label < np.datetime64("2021-11-07")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_close_is_accepted_from_the_second_it_is_struck(seed):
    labels, values = days(300), walk(seed)
    close = judged(labels[:1], values[:1]).accepted.labels[0].astype("M8[s]")
    at = close + np.timedelta64(21 * 3600, "s")
    assert reasons(judged(labels[:1], values[:1], now=at)) == {}
    early = judged(labels[:1], values[:1], now=at - 1)
    assert reasons(early) == {0: "future.unfinished"}
    assert early.sound  # nothing is wrong with it


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_published_yet_waits(seed):
    labels, values = days(300, name="US-BOND"), yields(seed)
    place = 13 * seed + 5
    evening = labels[place].astype("M8[s]") + np.timedelta64(23 * 3600, "s")
    early = judged(labels[: place + 1], values[: place + 1], PUBLISHED, now=evening)
    assert reasons(early) == {place: "future.unpublished"}
    later = judged(labels[: place + 1], values[: place + 1], PUBLISHED, now=evening + 5 * 86400)
    assert reasons(later) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_known_before_struck_is_impossible(seed):
    labels, values = days(40), walk(seed, 40)
    known = labels.astype("M8[s]") + np.timedelta64(21 * 3600, "s")
    known[seed] -= np.timedelta64(2, "D")
    known[seed + 15] -= np.timedelta64(20 * 3600, "s")  # a date without a time of day
    assert reasons(judged(labels, values, known=known)) == {seed: "future.reversed"}


# Currency


@pytest.mark.parametrize("currency", ["jpy", "EUR", " gbp", "chf", "usdt"] * 4)
def test_another_currency_is_set_aside_whole(currency):
    verdict = judged(days(5), walk(1, 5), currency=currency)
    assert set(reasons(verdict).values()) == {"currency.other"}
    assert len(verdict.accepted.labels) == 0


@pytest.mark.parametrize("currency", ["", "usd", "USD", " Usd "] * 5)
def test_the_series_own_currency_passes(currency):
    assert reasons(judged(days(5), walk(1, 5), currency=currency)) == {}


@pytest.mark.parametrize("unit", ["index", "percent", "vol_points", "ratio", "basis_points"] * 4)
def test_a_unit_that_is_no_currency_has_none(unit):
    spec = replace(LEVEL, unit=unit)
    assert reasons(judged(days(5), walk(1, 5), spec, currency="usd")) == {}


# Duplicates


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_row_twice_is_accepted_once(seed):
    labels, values = days(60), walk(seed, 60)
    twice = np.concatenate([np.arange(60), [seed, seed + 30, seed]])
    verdict = judged(labels[twice], values[twice])
    assert list(reasons(verdict).values()) == ["duplicate.same"] * 3
    assert verdict.accepted.values.tolist() == values.tolist()
    assert verdict.quarantined.problems == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_two_values_for_one_date_are_both_set_aside(seed):
    labels, values = days(60), walk(seed, 60)
    more = np.concatenate([np.arange(60), [seed]])
    values = np.concatenate([values, [values[seed] * (1.001, 0.5, 2.0)[seed % 3]]])
    verdict = judged(labels[more], values)
    assert reasons(verdict) == {seed: "duplicate.conflict", 60: "duplicate.conflict"}
    assert labels[seed] not in verdict.accepted.labels


@pytest.mark.parametrize("seed", SEEDS)
def test_revisions_are_no_duplicates(seed):
    labels, values = days(60)[np.repeat(np.arange(30), 2)], np.repeat(yields(seed, 30), 2)
    values[1::2] += 0.01
    known = labels.astype("M8[s]") + np.timedelta64(2, "D")
    known[1::2] += np.timedelta64(30, "D")
    assert "duplicate" not in judged(labels, values, YIELD, known=known).quarantined.counts


def test_a_majority_does_not_decide():
    labels = np.repeat(days(1), 5)
    verdict = judged(labels, [10.0, 10.0, 10.0, 10.0, 11.0])
    assert set(reasons(verdict).values()) == {"duplicate.conflict"}


def test_now_is_late_enough_for_every_case():
    assert days(300)[-1] < NOW
