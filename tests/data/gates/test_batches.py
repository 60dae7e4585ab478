"""Rules about the batch as a whole: gaps, weekdays, order, the clock; and what always holds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import QuestionError
from comove.core.observations import Observations
from comove.core.source import Rows
from comove.data.gates import every_rule, judge
from comove.report.words import Words

from .making import (
    ADJUSTED,
    LEVEL,
    NOW,
    PRICE,
    PUBLISHED,
    SEEDS,
    days,
    found,
    held,
    judged,
    reasons,
    rows,
    walk,
    yields,
)

# Gaps


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("count", "outcome"), [(1, "note"), (5, "problem"), (6, "problem")])
def test_missing_days_are_found(seed, count, outcome):
    labels, values = days(300), walk(seed)
    keep = np.ones(300, dtype=bool)
    keep[20 + 7 * seed : 20 + 7 * seed + count] = False
    verdict = judged(labels[keep], values[keep])
    assert found(verdict) == {"gap": outcome}
    assert reasons(verdict) == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_days_missing_since_what_is_held_are_found(seed):
    labels, values = days(300), walk(seed)
    lost = 1 + seed % 8
    track = held(labels[:100], values[:100])
    verdict = judged(labels[100 + lost :], values[100 + lost :], track=track)
    assert next(f for f in verdict.findings if f.rule == "gap").says["count"].value == lost


@pytest.mark.parametrize("seed", SEEDS)
def test_holidays_and_what_is_held_are_no_gaps(seed):
    labels, values = days(300), walk(seed)
    assert found(judged(labels, values)) == {}
    odd = np.arange(300) % 3 == seed % 3
    track = held(labels[~odd], values[~odd])
    assert "gap" not in found(judged(labels[odd], values[odd], track=track))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weekly_series_has_no_daily_gaps(seed):
    labels = np.arange("2020-01-07", "2026-01-01", 7, dtype="M8[D]")
    assert found(judged(labels, walk(seed, len(labels)), LEVEL)) == {}
    twice = np.repeat(labels, 2)
    known = twice.astype("M8[s]") + np.tile([3, 30], len(labels)).astype("m8[D]")
    assert found(judged(twice, walk(seed, len(twice)), LEVEL, known=known)) == {}


# Weekdays


@pytest.mark.parametrize("seed", SEEDS)
def test_a_set_without_one_weekday_is_found(seed):
    labels, values = days(400), walk(seed, 400)
    lost = seed % 5
    keep = (labels.astype(int) + 3) % 7 != lost
    verdict = judged(labels[keep], values[keep])
    finding = next(f for f in verdict.findings if f.rule == "weekday")
    assert finding.outcome == "problem"
    assert (
        finding.says["weekday"].id
        == "data.weekday." + (("monday", "tuesday", "wednesday", "thursday", "friday")[lost])
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_all_weekdays_pass_also_round_the_clock(seed):
    labels, values = days(400), walk(seed, 400)
    assert "weekday" not in found(judged(labels[seed:], values[seed:]))
    always = np.arange("2020-01-01", "2021-01-01", dtype="M8[D]")
    spec = replace(PRICE, clock=replace(PRICE.clock, calendar="24/7"))
    assert "weekday" not in found(judged(always, walk(seed, 366), spec))


# Order


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_out_of_order_are_put_in_order_and_it_is_said(seed):
    labels, values = days(100), walk(seed, 100)
    order = np.random.default_rng(seed).permutation(100)
    verdict = judged(labels[order], values[order])
    assert found(verdict) == {"order": "note"}
    assert (verdict.accepted.labels == labels).all()
    assert verdict.accepted.values.tolist() == values.tolist()
    assert found(judged(labels, values)) == {}


# The clock


def joined(seed: int, count: int = 300):
    """Two series that move together."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(count)
    labels = days(count)
    one = 100 * np.exp(np.cumsum(0.01 * (common + 0.5 * rng.standard_normal(count))))
    two = 50 * np.exp(np.cumsum(0.01 * (common + 0.5 * rng.standard_normal(count))))
    return labels, one, held(labels, two, replace(PRICE, id="y"))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("step", [-1, 1])
def test_a_mislabelled_batch_is_set_aside_whole(seed, step):
    labels, values, related = joined(seed)
    moved = (labels[1:], values[:-1]) if step > 0 else (labels[:-1], values[1:])
    verdict = judged(*moved, related=related)
    assert set(reasons(verdict).values()) == {"clock.shifted"}
    assert len(verdict.quarantined) == 299


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_in_step_passes(seed):
    labels, values, related = joined(seed)
    assert reasons(judged(labels, values, related=related)) == {}
    alone = judged(labels, walk(seed), related=related)
    assert "clock" not in alone.quarantined.counts
    few = judged(labels[1:41], values[:40], related=related)
    assert reasons(few) == {}


# What always holds


def mess(seed: int) -> Rows:
    """Everything that can be wrong, at once."""
    rng = np.random.default_rng(seed)
    labels, values = days(200).copy(), walk(seed, 200)
    bad = (0.0, -5.0, 10.0 * values[99], 0.01 * values[99], np.nan, np.inf)
    values[rng.permutation(200)[: len(bad)]] = bad
    values[60:70] = values[60]
    labels[rng.integers(0, 200, 5)] = labels[rng.integers(0, 200, 5)]
    labels[rng.integers(0, 200)] = np.datetime64("2031-01-01")
    labels[rng.integers(0, 200)] = np.datetime64("NaT")
    return rows(labels, values)


ANY = {"seed": st.integers(0, 10**6), "copies": st.integers(0, 50)}


@given(**ANY)
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_and_order_and_copies_do_not_matter(seed, copies):
    shuffled(seed, copies)


@pytest.mark.nightly
@given(**ANY)
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_orders_and_copies_do_not_matter(seed, copies):
    shuffled(seed, copies)


def shuffled(seed, copies):
    given_rows = mess(seed)
    track = held(days(60), walk(seed, 200)[:60]) if seed % 2 else None
    plain = judge(given_rows, PRICE, track, NOW)
    assert plain.received == 200
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(200), rng.integers(0, 200, copies)])
    rng.shuffle(order)
    again = judge(rows(given_rows.labels[order], given_rows.values[order]), PRICE, track, NOW)
    assert again.received == 200 + copies
    assert (again.accepted.labels == plain.accepted.labels).all()
    assert again.accepted.values.tobytes() == plain.accepted.values.tobytes()
    _same(again, plain)


def _same(again, plain):
    def kept(verdict):
        return {
            (str(row.label), repr(row.value), row.says.key)
            for row in verdict.quarantined
            if row.says.key != "data.gate.duplicate.same"
        }

    assert kept(again) == kept(plain)
    said = [{f.says for f in verdict.findings if f.rule != "order"} for verdict in (again, plain)]
    assert said[0] == said[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_accepted_and_quarantined_are_the_rows_received(seed):
    given_rows = mess(seed)
    verdict = judge(given_rows, PRICE, None, NOW)
    places = {row.place for row in verdict.quarantined}
    rest = [i for i in range(200) if i not in places]
    received = sorted((str(given_rows.labels[i]), given_rows.values[i]) for i in rest)
    assert received == sorted(
        (str(a), b) for a, b in zip(verdict.accepted.labels, verdict.accepted.values, strict=True)
    )
    for row in verdict.quarantined:
        assert np.array_equal(row.value, given_rows.values[row.place], equal_nan=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_accepted_is_accepted_again(seed):
    verdict = judge(mess(seed), PRICE, None, NOW)
    again = judge(verdict.accepted, PRICE, None, NOW)
    assert len(again.quarantined) == 0


@pytest.mark.parametrize("spec", [PRICE, ADJUSTED, LEVEL, PUBLISHED])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows_are_judged_too(spec, count):
    verdict = judged(days(count or 1)[:count], yields(1, 3)[:count], spec)
    assert (verdict.received, len(verdict.quarantined)) == (count, 0)
    empty = Observations(spec, days(1)[:0], days(1)[:0], days(1)[:0], np.array([]))
    assert judged(days(1), [1.0], spec, track=empty).sound


def test_input_is_left_as_it_was():
    given_rows = mess(3)
    labels, values = given_rows.labels.copy(), given_rows.values.copy()
    judge(given_rows, PRICE, None, NOW)
    assert (given_rows.labels.astype(int) == labels.astype(int)).all()
    assert given_rows.values.tobytes() == values.tobytes()


def test_a_rule_that_does_not_exist_cannot_be_waived():
    with pytest.raises(QuestionError, match="no quality rule"):
        judged(days(1), [1.0], waived=("nonsense",))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_reason_has_words(language):
    from pathlib import Path

    import comove.data

    words = Words.load(
        language, [str(Path(comove.data.__file__).parent)], {"x": {"en": "X", "ja": "X"}}
    )
    for rule in every_rule():
        assert words.has(f"rule.{rule.key}")
        for reason, _ in rule.reasons:
            assert words.has(f"data.gate.{rule.key}.{reason}")
    for seed in range(4):
        for row in judge(mess(seed), PRICE, None, NOW).quarantined:
            assert words.text(row.says).endswith("。" if language == "ja" else ".")
