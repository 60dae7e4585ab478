"""Rules that look at levels: unit jumps, splits, a new basis, standing still, other sources."""

from dataclasses import replace

import numpy as np
import pytest

from comove.core.series import SeriesSpec

from .making import (
    ADJUSTED,
    LEVEL,
    PRICE,
    SEEDS,
    VOLATILITY,
    YIELD,
    days,
    found,
    held,
    judged,
    reasons,
    rows,
    rules_of,
    walk,
    yields,
)

FACTORS = (10.0, 0.1, 100.0, 0.01, 1000.0, 0.001)


# Jumps of unit


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("spec", [PRICE, VOLATILITY], ids=["price", "vol"])
def test_one_value_in_another_unit_is_set_aside(seed, spec):
    labels, values = days(300), walk(seed)
    place = 11 * seed + 20
    values[place] *= FACTORS[seed % 6]
    assert reasons(judged(labels, values, spec)) == {place: "jump.unit"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_unit_is_held_against_what_is_held(seed):
    labels, values = days(300), walk(seed)
    track = held(labels[:200], values[:200])
    fresh = values[200:] * FACTORS[seed % 6]
    verdict = judged(labels[200:], fresh, track=track)
    assert set(reasons(verdict)) == set(range(100))
    assert rules_of(verdict) == {"jump"}


@pytest.mark.parametrize("seed", SEEDS)
def test_without_history_the_commoner_level_stands(seed):
    labels, values = days(300), walk(seed)
    cut = 30 + 5 * seed
    values[:cut] *= FACTORS[seed % 6]
    assert set(reasons(judged(labels, values))) == set(range(cut))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_yield_in_basis_points_is_seen(seed):
    labels, values = days(300, name="US-BOND"), yields(seed)
    values += 1.0 - values.min()
    place = 11 * seed + 20
    values[place] *= (100.0, 0.01)[seed % 2]
    said = reasons(judged(labels, values, YIELD, held(labels[:10], values[:10], YIELD)))
    assert said.get(place) == "jump.unit" or values[place] < 0.1
    assert set(said) <= {place}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_revision_into_another_unit_is_seen(seed):
    labels, values = days(100), walk(seed, 100)
    verdict = judged(labels[-3:], values[-3:] * (100, 0.1)[seed % 2], track=held(labels, values))
    assert list(reasons(verdict).values()) == ["jump.unit"] * 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_leap_of_more_than_tenfold_is_seen(seed):
    labels, values = days(300), walk(seed)
    values[150 + seed :] *= (14.6, 1 / 155.0, 31.0, 1 / 17.0)[seed % 4]  # yen for dollars, say
    said = reasons(judged(labels, values, track=held(labels[:50], values[:50])))
    assert set(said) == set(range(150 + seed, 300))
    assert set(said.values()) == {"jump.leap"}


@pytest.mark.parametrize("seed", SEEDS)
def test_crashes_and_rallies_are_no_change_of_unit(seed):
    labels, values = days(300), walk(seed)
    place = 150 + seed
    values[place:] *= (0.5, 0.22, 3.0, 5.5, 0.15, 7.0)[seed % 6]
    assert reasons(judged(labels, values)) == {}
    assert (
        reasons(judged(labels[place:], values[place:], track=held(labels[:place], values[:place])))
        == {}
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_collapse_in_a_rout_is_no_change_of_unit(seed):
    rng = np.random.default_rng(seed)
    moves = 0.04 * rng.standard_normal(300)
    moves[150:160] = np.array([-0.3, -0.6, -0.5, -1.0, -2.4, -1.2, 0.7, -0.8, 0.6, -0.5])
    labels, values = days(300), 100.0 * np.exp(np.cumsum(moves))
    assert reasons(judged(labels, values)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_noisy_indices_are_no_change_of_unit(seed):
    rng = np.random.default_rng(seed)
    labels = days(300)
    values = np.exp(4.0 + 0.6 * rng.standard_normal(300))
    values[100 + seed] = 10.0 * values[99 + seed]
    assert reasons(judged(labels, values, VOLATILITY)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_rates_near_zero_are_no_change_of_unit(seed):
    rng = np.random.default_rng(seed)
    labels = days(300)
    values = np.round(0.05 + 0.04 * rng.standard_normal(300), 2)
    assert "jump" not in rules_of(judged(labels, values, YIELD))
    flows = np.round(50_000 * rng.standard_normal(300))
    assert "jump" not in rules_of(judged(labels, flows, LEVEL))


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_long_silence_nothing_is_said(seed):
    labels, values = days(400), walk(seed, 400)
    kept = np.r_[0:100, 300:400]
    values[300:] *= 10.0
    assert reasons(judged(labels[kept], values[kept])) == {}


# Splits


@pytest.mark.parametrize("seed", SEEDS)
def test_a_split_in_an_adjusted_series_is_set_aside(seed):
    labels, values = days(300), walk(seed, sigma=0.015)
    cut = 200 + 2 * seed
    values[cut:] *= (0.5, 1 / 3, 0.25, 0.2, 2.0, 4.0, 1 / 7, 0.05)[seed % 8]
    verdict = judged(
        labels[150:], values[150:], ADJUSTED, held(labels[:150], values[:150], ADJUSTED)
    )
    assert set(reasons(verdict)) == set(range(cut - 150, 150))
    assert rules_of(verdict) <= {"split", "jump"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fall_is_no_split(seed):
    labels, values = days(300), walk(seed)
    values[150 + seed :] *= (0.62, 0.7, 0.8, 1.35, 0.4, 2.35)[seed % 6]
    assert reasons(judged(labels, values, ADJUSTED)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_halving_that_another_source_confirms_is_a_market_move(seed):
    labels, values = days(300), walk(seed, sigma=0.01)
    values[200:] *= 0.5
    assert rules_of(judged(labels, values, ADJUSTED)) == {"split"}
    other = rows(labels, values * 1.001)
    assert reasons(judged(labels, values, ADJUSTED, others={"second": other})) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_split_shows_against_another_source(seed):
    labels, values = days(300), walk(seed)
    cut = 180 + seed
    split = values.copy()
    split[cut:] *= (0.5, 0.25, 3.0, 1 / 3)[seed % 4]
    verdict = judged(labels, split, PRICE, others={"second": rows(labels, values)})
    assert {i for i, why in reasons(verdict).items() if why == "split.fraction"} == set(
        range(cut, 300)
    )
    assert "split" not in rules_of(judged(labels, values, PRICE, others={"s": rows(labels, split)}))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dividend_rescales_the_history(seed):
    labels, values = days(300), walk(seed)
    track = held(labels[:280], values[:280], ADJUSTED)
    rate = 1.0 - (0.0035, 0.01, 0.002, 0.05)[seed % 4]
    fresh = np.concatenate([values[270:280] * rate, values[280:]])
    verdict = judged(labels[270:], fresh, ADJUSTED, track)
    assert set(reasons(verdict).values()) == {"split.rebased"}
    assert len(verdict.quarantined) == 30
    whole = judged(labels, np.concatenate([values[:280] * rate, values[280:]]), ADJUSTED, track)
    assert reasons(whole) == {}
    assert found(whole)["revision"] == "note"


@pytest.mark.parametrize(
    ("origin", "source", "stays"),
    [
        ("", "", False), ("yahoo:X#3 over bundled:x.csv", "yahoo:X", False),
        ("yahoo:X#3", "", False), ("bundled:x.csv@sha256:12", "", True),
        ("bundled:x.csv@sha256:12", "yahoo:X", True), ("yahoo:X#3", "file:x.csv", True),
    ],
)  # fmt: skip
def test_another_source_may_have_another_basis(origin, source, stays):
    labels, values = days(300), walk(1)
    track = replace(held(labels[:280], values[:280], ADJUSTED), origin=origin)
    fresh = np.concatenate([values[270:280] * 0.99, values[280:]])
    verdict = judged(labels[270:], fresh, ADJUSTED, track, source=source)
    assert ("split" not in rules_of(verdict)) is stays


@pytest.mark.parametrize("seed", SEEDS)
def test_rounding_is_no_new_basis(seed):
    rng = np.random.default_rng(seed)
    labels, values = days(300), walk(seed)
    fresh = values[270:] + 0.005 * (2 * rng.random(30) - 1)
    assert (
        reasons(judged(labels[270:], fresh, ADJUSTED, held(labels[:280], values[:280], ADJUSTED)))
        == {}
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_quotes_that_are_not_adjusted_may_be_revised(seed):
    labels, values = days(300), walk(seed)
    fresh = values[270:] * 0.99
    assert reasons(judged(labels[270:], fresh, PRICE, held(labels[:280], values[:280]))) == {}


# Standing still


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["price", "vol"])
def test_a_feed_that_stopped_is_set_aside_from_the_fifth_value(seed, kind):
    labels, values = days(300), walk(seed)
    place, run = 100 + 5 * seed, 6 + seed % 10
    values[place : place + run] = values[place]
    said = reasons(judged(labels, values, PRICE if kind == "price" else VOLATILITY))
    assert set(said.values()) == {"repeat.stale"}
    assert max(said) == place + run - 1
    assert min(said) in (place + 4, place + 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_standstill_is_counted_from_what_is_held(seed):
    labels, values = days(300), walk(seed)
    values[250:260] = values[249]
    track = held(labels[:253], values[:253])
    assert set(reasons(judged(labels[253:], values[253:], track=track))) == set(range(7))
    single = judged(labels[259:260], values[259:260], track=held(labels[:259], values[:259]))
    assert reasons(single) == {0: "repeat.stale"}


@pytest.mark.parametrize("seed", SEEDS)
def test_four_equal_values_are_no_standstill(seed):
    labels, values = days(300), walk(seed)
    values[100 + seed : 104 + seed] = values[100 + seed]
    values[200 + seed : 203 + seed] = values[200 + seed]
    assert reasons(judged(labels, values)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_policy_rates_stand_still_by_habit(seed):
    rng = np.random.default_rng(seed)
    steps = np.where(rng.random(700) < 0.02, 0.25, 0.0)
    labels, values = days(700, name="US-BOND"), 0.25 + np.cumsum(steps)
    assert reasons(judged(labels, values, YIELD)) == {}
    assert reasons(judged(labels, np.full(700, 0.25), YIELD)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_fetching_what_is_held_again_is_no_standstill(seed):
    labels, values = days(300), walk(seed)
    track = held(labels, values)
    assert reasons(judged(labels[-20:], values[-20:], track=track)) == {}
    assert reasons(judged(labels, values, track=track)) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_publishing_a_value_again_is_no_standstill(seed):
    labels, values = np.repeat(days(100), 8), np.repeat(walk(seed, 100), 8)
    known = labels.astype("M8[s]") + np.tile(np.arange(2, 10), 100).astype("m8[D]")
    assert reasons(judged(labels, values, known=known)) == {}
    values[-80:] = values[-81]
    assert len(reasons(judged(labels, values, known=known))) == 80 - 3 * 8


# Other sources


def test_vix_of_6_february_2026():
    vix = SeriesSpec(id="vix", kind="level", unit="index", sign="positive", clock=PRICE.clock)
    labels = np.array(["2026-02-05", "2026-02-06", "2026-02-09"], dtype="M8[D]")
    verdict = judged(
        labels, [21.77, 17.76, 17.36], vix, others={"yahoo": rows(labels, [21.77, 20.37, 17.36])}
    )
    assert verdict.accepted.values.tolist() == [21.77, 17.76, 17.36]
    (dispute,) = verdict.disputes
    assert (dispute.value, dispute.other, dispute.source) == (17.76, 20.37, "yahoo")
    assert (dispute.chosen, dispute.why) == ("first", "order")
    assert found(verdict)["sources"] == "note"


@pytest.mark.parametrize("seed", SEEDS)
def test_sources_that_differ_are_listed_and_the_first_stands(seed):
    labels, values = days(300), walk(seed)
    other = values.copy()
    other[seed + 100] *= (1.02, 0.985, 1.011, 0.97)[seed % 4]
    verdict = judged(labels, values, others={"second": rows(labels, other)})
    assert [each.label for each in verdict.disputes] == [labels[seed + 100].item()]
    assert reasons(verdict) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_out_of_reach_gives_way_to_one_within(seed):
    labels, values = days(300), walk(seed, sigma=0.01)
    wrong = values.copy()
    wrong[200 + seed] *= (1.4, 0.65, 2.4, 0.3)[seed % 4]
    verdict = judged(labels, wrong, others={"second": rows(labels, values)})
    assert reasons(verdict) == {200 + seed: "sources.reach"}
    assert [(each.chosen, each.why) for each in verdict.disputes] == [("other", "level")]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("spec", [PRICE, YIELD], ids=["price", "yield"])
def test_honest_sources_differ_a_little(seed, spec):
    rng = np.random.default_rng(seed)
    labels = days(300)
    values = walk(seed) if spec is PRICE else yields(seed)
    noise = 0.002 * values * (2 * rng.random(300) - 1) if spec is PRICE else 0.01
    assert (
        judged(labels, values, spec, others={"second": rows(labels, values + noise)}).disputes == ()
    )


def test_another_source_in_any_order_with_gaps_and_doubles():
    labels, values = days(100), walk(3, 100)
    mess = np.r_[99:0:-1, 5, 5, 17]
    other = rows(labels[mess], np.where(mess == 40, np.nan, values[mess]))
    assert judged(labels, values, others={"second": other}).disputes == ()
    assert judged(labels, values, others={"none": rows(labels[:0], values[:0])}).disputes == ()


def test_a_rule_that_is_waived_does_not_run():
    labels, values = days(300), walk(1)
    values[150] *= 10.0
    assert rules_of(judged(labels, values)) == {"jump"}
    assert reasons(judged(labels, values, waived=("jump",))) == {}
    spec = replace(ADJUSTED, sign="positive")
    assert reasons(judged(labels, walk(1), spec)) == {}
