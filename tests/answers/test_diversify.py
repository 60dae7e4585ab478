"""A portfolio's diversification: identities, known cases, look-ahead, the same bytes."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import orjson
import pytest

import comove
from comove.answers.diversify import answer
from comove.answers.diversify.judging import state
from comove.answers.diversify.measuring import daily, tail
from comove.answers.diversify.setting import find_setting
from comove.core.diversify import Diversification
from comove.core.diversify_question import DiversifyQuestion
from comove.core.errors import NoDataError, NotEstimable, StaleDataError
from comove.data.clocks import end_of_day
from comove.desk import Desk
from comove.run.serial import Serial
from comove.stats.diversification import (
    BandOptions,
    breakdown,
    diversification_ratio,
    effective_bets,
    hedge_effectiveness,
    risk_contributions,
    tail_ratio,
)

MIX = "spy=.6,tlt=.3,gdx=.05,btc=.05"


def question(weights=MIX, **options):
    return DiversifyQuestion(
        weights=weights, **{"asof": "2026-02-06", "replications": 99} | options
    )


def written(found):
    return orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)


@pytest.fixture(scope="module")
def mix(desk):
    return desk.diversify(question())


@pytest.fixture(scope="module")
def returns(desk, mix):
    """Window and baseline of the standing example, read apart from the answer."""
    values = desk.facts.read(mix.question.assets, (), mix.asof).panel(mix.question.assets)
    values = values.changes().values
    return values[-63:], values[-63 - 756 : -63]


def made_up(desk, values, weights, **options):
    """Ask about made-up returns under the names and clocks of bundled assets."""
    return answer(*prepared(desk, values, weights, **options), {}, Serial())


def prepared(desk, values, weights, **options):
    names = ("spy", "tlt", "gdx", "gld")[: values.shape[1]]
    held = dict(zip(names, weights, strict=True))
    asked = desk.resolve(question(held, **{"hedges": (), "cash": 1.0 - sum(weights)} | options))
    snapshot = desk.facts.read(names, (), asked.asof)
    tracks = {}
    for place, asset in enumerate(names):
        track = snapshot.tracks[asset]
        prices = np.full(len(track.values), 100.0)
        prices[-len(values) :] *= np.exp(np.cumsum(values[:, place]))
        tracks[asset] = replace(track, values=prices)
    return asked, replace(snapshot, tracks=tracks)


def market(seed, rho, nobs=900, width=3):
    """Returns with one common correlation over the last quarter, and 0.1 before."""
    rng = np.random.default_rng(seed)
    own, common = rng.standard_normal((nobs, width)), rng.standard_normal((nobs, 1))
    level = np.full((nobs, 1), 0.1)
    level[-63:] = rho
    return 0.01 * (np.sqrt(level) * common + np.sqrt(1.0 - level) * own)


def test_contributions_add_up_to_the_volatility_and_nothing_is_left(mix):
    split = mix.now.split
    total = sum(part.contribution.value for part in split.parts)
    assert abs(split.volatility.value - total - split.unexplained) < 1e-15
    assert abs(split.unexplained) < 1e-12
    assert sum(part.share.value for part in split.parts) == pytest.approx(1.0, abs=1e-12)
    assert sum(part.tail_share.value for part in split.parts) == pytest.approx(1.0, abs=1e-12)
    alone = sum(part.alone.value for part in split.parts)
    assert split.gross.value == pytest.approx(alone, abs=1e-12)
    assert split.saved.value == pytest.approx(alone - split.volatility.value, abs=1e-12)


def test_the_factors_multiply_and_the_pairs_add_up(mix):
    for ratios in (mix.now.ratios, mix.now.five_session):
        assert ratios.now.value == pytest.approx(
            ratios.before.value * ratios.volatility_effect.value * ratios.correlation_effect.value,
            abs=1e-12,
        )
        assert ratios.squared.value == pytest.approx(ratios.now.value**2, abs=1e-12)
        at_baseline = ratios.at_baseline.value
        assert ratios.at_baseline_squared.value == pytest.approx(at_baseline**2, abs=1e-12)
    whole = (mix.now.ratios.at_baseline.value / mix.now.ratios.now.value) ** 2 - 1.0
    assert sum(loss.effect.value for loss in mix.now.pairs) == pytest.approx(whole, abs=1e-12)
    for loss in mix.now.pairs:
        assert loss.change.value == pytest.approx(loss.now.value - loss.before.value, abs=1e-12)
        assert loss.together_low <= loss.effect.value <= loss.together_high
        assert -1.0 - loss.before.high <= loss.change.low
        assert loss.change.high <= 1.0 - loss.before.low


def test_the_figures_are_those_of_the_estimators(mix, returns):
    now, before = returns
    weights = np.array([0.6, 0.3, 0.05, 0.05])
    covariance = np.cov(now.T, bias=True)
    parts = risk_contributions(weights, covariance * 252)
    held = [part.contribution.value for part in mix.now.split.parts]
    np.testing.assert_allclose(held, parts.contributions, atol=1e-12)
    ratios = mix.now.ratios
    assert ratios.now.value == pytest.approx(
        diversification_ratio(weights, covariance).value, abs=1e-9
    )
    found = breakdown(weights, now, before, np.random.default_rng(0), BandOptions(replications=50))
    assert ratios.correlation_effect.value == pytest.approx(found.value, abs=1e-9)
    assert ratios.at_baseline.value == pytest.approx(found.ratio_baseline, abs=1e-9)
    assert ratios.before.value == pytest.approx(found.ratio_before, abs=1e-9)
    both = np.vstack([before, now])
    tail = tail_ratio(weights, both, np.random.default_rng(0), 0.05, BandOptions(replications=50))
    assert mix.now.tail.penalty.value == pytest.approx(tail.penalty, abs=1e-9)
    assert mix.now.tail.shortfall.value == pytest.approx(tail.shortfall, abs=1e-9)
    shares = [part.tail_share.value for part in mix.now.split.parts]
    np.testing.assert_allclose(shares, tail.contributions / tail.shortfall, atol=1e-9)
    assert mix.now.bets.value == pytest.approx(effective_bets(weights, covariance).value, abs=1e-6)


def test_a_hedge_is_measured_against_the_rest_and_an_asset_not_held_against_the_whole(
    mix, returns, desk
):
    both = np.vstack(returns[::-1])
    weights = np.array([0.6, 0.3, 0.05, 0.05])
    rest = np.delete(both, 3, axis=1) @ np.delete(weights, 3)
    found = mix.now.hedge("btc")
    worst = np.argsort(rest)[:41]
    # 819 rows at 5 % are 40.95: the 41st worst day counts almost in full
    centred = rest - rest.mean(), both[:, 3] - both[:, 3].mean()
    response = centred[1][worst].mean() / (centred[0][worst].mean() / 0.95)
    assert found.response.value == pytest.approx(response, rel=0.02)
    whole = hedge_effectiveness(
        rest, both @ weights, np.random.default_rng(0), BandOptions(replications=50)
    )
    edges = sorted((found.calm.value, found.worst.value))
    assert edges[0] <= whole.value <= edges[1]
    gold = mix.now.hedge("gld")
    assert (gold.held, gold.weight) == (False, 0.05)
    panel = desk.facts.read(("gld", *mix.question.assets), (), mix.asof)
    values = panel.panel(("gld", *mix.question.assets)).changes().values[-819:]
    book = values[:, 1:] @ weights
    worst = np.argsort(book)[:41]
    above = values[worst, 0].mean() - values[:, 0].mean()
    assert gold.response.value == pytest.approx(
        above / (book[worst].mean() - book.mean()), rel=0.02
    )


def test_every_interval_holds_its_value_and_every_path_is_its_own(mix):
    rows = mix.to_records()
    for row in rows:
        assert row["exact"] or row["low"] <= row["value"] <= row["high"], row["path"]
    assert len({row["path"] for row in rows}) == len(rows)
    assert {row["clock"] for row in rows} == {"XNYS"}


def test_known_facts_of_the_standing_example(mix):
    """Equities carry most of the risk; bitcoin and miners fall with the rest; bets are no alarm."""
    shares = {part.asset: part.share.value for part in mix.now.split.parts}
    assert max(shares, key=shares.get) == "spy"
    assert mix.now.hedge("btc").verdict == mix.now.hedge("gdx").verdict == "against"
    assert mix.now.window.end == date(2026, 2, 6)
    assert "bets" not in {entry.key for entry in mix.now.propositions}


def test_the_whole_fails_with_one_part_and_holds_with_both(mix):
    verdicts = {entry.key: entry.verdict for entry in mix.now.propositions}
    parts = {verdicts["correlations"], verdicts["tail"]}
    expected = "against" if "against" in parts else "supports" if parts == {"supports"} else None
    assert verdicts["holds"] == (expected or "cannot_tell")


def test_recovery_a_rise_of_correlations_is_against_and_none_is_not(desk):
    broken = made_up(desk, market(1, 0.8), (0.4, 0.3, 0.3))
    assert broken.verdict("correlations") == broken.verdict("holds") == "against"
    truth = np.sqrt(
        (0.34 + 0.66 * 0.1) / (0.34 + 0.66 * 0.8)
    )  # equal volatilities, weights .4 .3 .3
    effect = broken.now.ratios.correlation_effect
    assert effect.low < truth < effect.high
    assert broken.headline[0].key == "diversify.headline.against"
    whole = made_up(desk, market(2, 0.1), (0.4, 0.3, 0.3))
    assert whole.verdict("correlations") != "against"


def test_recovery_a_rise_of_one_volatility_is_not_taken_for_correlation(desk):
    values = market(3, 0.1)
    values[-63:, 0] *= 5.0
    found = made_up(desk, values, (0.4, 0.3, 0.3))
    assert found.verdict("correlations") != "against"
    ratios = found.now.ratios
    assert ratios.volatility_effect.high < 1.0
    assert ratios.now.value < ratios.before.value


def test_recovery_the_pair_that_broke_is_named(desk):
    values = market(4, 0.1)
    rng = np.random.default_rng(5)
    values[-63:, 1] = 0.95 * values[-63:, 0] + 0.3 * 0.01 * rng.standard_normal(63)
    found = made_up(desk, values, (0.4, 0.3, 0.3))
    first, *others = found.now.pairs
    assert (first.pair, first.verdict) == (("spy", "tlt"), "supports")
    assert all(loss.verdict != "supports" for loss in others)


def test_recovery_holdings_that_crash_together_fail_in_the_tail(desk):
    values = market(6, 0.1)
    crash = np.random.default_rng(7).choice(900, 45, replace=False)
    values[crash] = -0.04 + 0.004 * np.random.default_rng(8).standard_normal((45, 3))
    found = made_up(desk, values, (0.4, 0.3, 0.3))
    assert found.verdict("tail") == found.verdict("holds") == "against"
    assert all(entry.verdict == "against" for entry in found.now.hedges)


def test_recovery_a_hedge_is_called_one(desk):
    values = market(9, 0.1)
    values[:, 2] = -0.5 * (values[:, 0] + values[:, 1]) + 0.3 * values[:, 2]
    found = made_up(desk, values, (0.4, 0.4, 0.2))
    assert found.now.hedge("gdx").verdict == "supports"
    assert found.now.hedge("gdx").worst.low > 0.0
    assert found.headline[1]["hedging"].key.startswith("diversify.headline.hedges.")


def test_the_false_alarms_of_the_verdict_are_as_many_as_said(desk):
    """Constant correlation, normal returns, 80 % so that few runs tell: two claims of 10 % each."""
    against = 0
    for seed in range(40):
        asked, snapshot = prepared(desk, market(100 + seed, 0.1), (0.4, 0.3, 0.3), level=0.8)
        setting, rng = find_setting(asked, snapshot, snapshot.day), np.random.default_rng(seed)
        claims = state(daily(setting, rng).ratios, tail(setting, rng)[0])
        against += claims[0].verdict == "against"
    # 99.9 % of a binomial with n = 40, p = 0.2
    assert 1 <= against <= 17


def test_a_short_position_turns_its_moves_around(desk):
    long = made_up(desk, market(10, 0.5)[:, :2], (0.5, 0.5))
    values = market(10, 0.5)[:, :2].copy()
    values[:, 1] *= -1.0
    short = made_up(desk, values, (0.5, -0.5))
    assert short.now.ratios.now.value == pytest.approx(long.now.ratios.now.value, abs=1e-6)
    assert short.now.pairs[0].now.value == pytest.approx(-long.now.pairs[0].now.value, abs=1e-6)
    assert short.now.pairs[0].effect.value == pytest.approx(
        long.now.pairs[0].effect.value, abs=1e-6
    )
    assert {entry.key for entry in short.limits} >= {
        "diversify.limit.short",
        "diversify.limit.cash",
    }


@pytest.mark.parametrize("day", [date(2020, 3, 20), date(2024, 7, 4), date(2026, 2, 6)], ids=str)
def test_nothing_later_than_the_as_of_day_is_used(desk, days_in, day):
    asked = question(asof=day)
    full = desk.diversify(asked)
    cut = Desk.open(channels=(), facts=desk.facts.truncated(end_of_day(day))).diversify(asked)
    assert written(cut) == written(full)
    assert [(path, when) for path, when in days_in(full) if when > day] == []


def test_an_earlier_day_is_seen_as_it_was_then(desk, mix):
    both = desk.diversify(question(versus="2022-10-14"))
    alone = desk.diversify(question(asof="2022-10-14"))
    assert both.now == mix.now
    assert both.then == alone.now
    parted = both.comparison
    assert parted.ratio.value == pytest.approx(
        parted.correlation_effect.value * parted.volatility_effect.value, abs=1e-12
    )
    assert parted.ratio.value == pytest.approx(
        both.now.ratios.now.value / both.then.ratios.now.value, abs=1e-9
    )


def test_windows_that_share_sessions_are_not_compared(desk):
    found = desk.diversify(question(versus="2026-01-06"))
    assert found.then is not None
    assert found.comparison is None
    assert "diversify.limit.overlap" in {entry.key for entry in found.limits}


def test_the_same_question_gives_the_same_bytes_and_another_seed_others(desk, mix):
    again = Desk.open(channels=(), facts=desk.facts).diversify(question())
    assert again is not mix
    assert written(again) == written(mix)
    other = desk.diversify(question(seed=8))
    assert other.now.ratios.now.value == mix.now.ratios.now.value
    assert other.now.ratios.now.high != mix.now.ratios.now.high


def test_other_processes_say_what_this_one_says(mix):
    """Whatever the hash seed, the time zone and the number of threads."""
    script = (
        "import hashlib, orjson, comove\n"
        f"found = comove.diversify({MIX!r}, asof='2026-02-06', replications=99)\n"
        "told = orjson.dumps(found.to_dict(), option=orjson.OPT_SORT_KEYS)\n"
        "print(hashlib.sha256(told).hexdigest())"
    )
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, **dict.fromkeys(threads, count)},
        )
        for seed, zone, count in (("0", "Asia/Tokyo", "1"), ("5", "America/New_York", "2"))
    ]
    digests = {each.communicate(timeout=120)[0].strip() for each in started}
    assert digests == {hashlib.sha256(written(mix)).hexdigest()}


def test_adding_a_part_leaves_the_figures_of_the_others(desk, mix):
    more = desk.diversify(question(versus="2020-03-20"))
    assert more.now == mix.now
    fewer = desk.diversify(question(hedges=("gld",)))
    assert fewer.now.hedges == mix.now.hedges
    assert fewer.now.ratios == mix.now.ratios


def test_the_order_of_the_holdings_does_not_matter_for_the_figures(desk, mix):
    turned = desk.diversify(question("btc=.05,gdx=.05,tlt=.3,spy=.6"))
    assert turned.now.ratios.now.value == pytest.approx(mix.now.ratios.now.value, abs=1e-12)
    for part in mix.now.split.parts:
        other = next(p for p in turned.now.split.parts if p.asset == part.asset)
        assert other.share.value == pytest.approx(part.share.value, abs=1e-12)


def test_clocks_are_named_and_guarded_against_where_they_differ_and_only_there(desk, mix):
    clocks = [entry for entry in mix.limits if entry.key == "diversify.limit.clock"]
    assert [[asset.id for asset in entry["assets"]] for entry in clocks] == [["btc"]]
    assert mix.now.five_session is not None
    same = desk.diversify(question("spy=.6,tlt=.4"))
    assert same.now.five_session is None
    assert all(entry.key != "diversify.limit.clock" for entry in same.limits)


def test_assets_that_are_late_together_are_named_in_one_sentence(desk):
    found = desk.diversify(question("spy=.5,tlt=.3,gold=.2", hedges=()))
    clocks = [entry for entry in found.limits if entry.key == "diversify.limit.clock"]
    assert [[asset.id for asset in entry["assets"]] for entry in clocks] == [["spy", "tlt"]]
    assert [other.id for other in clocks[0]["others"]] == ["gold"]


def test_the_exhibits_show_the_figures_of_the_answer(mix):
    pictures = {exhibit.key: exhibit for exhibit in mix.exhibits}
    ratios = mix.now.ratios
    history = pictures["history"].columns
    assert (history["now"][-1], history["at_baseline"][-1]) == (
        ratios.now.value,
        ratios.at_baseline.value,
    )
    assert history["day"][-1] == "2026-02-06"
    assert len(set(history["day"])) == len(history["day"])
    added = [
        value
        for group, value, role in zip(
            *(pictures["risk"].columns[name] for name in ("group", "value", "role")), strict=True
        )
        if group == "diversify.group.added" and role == "part"
    ]
    assert sum(added) == pytest.approx(mix.now.split.volatility.value, abs=1e-12)
    changes = dict(
        zip(
            zip(
                pictures["correlations"].columns["row"],
                pictures["correlations"].columns["column"],
                strict=True,
            ),
            pictures["correlations"].columns["value"],
            strict=True,
        )
    )
    for loss in mix.now.pairs:
        assert changes[loss.pair] == changes[loss.pair[::-1]] == loss.change.value


def test_the_library_verb_is_the_desk(mix):
    found = comove.diversify(MIX, asof="2026-02-06", replications=99)
    assert isinstance(found, Diversification)
    assert written(found) == written(mix)
    assert "ratio 1.34" in repr(found)


def test_the_plan_reads_holdings_and_hedges_and_nothing_else(desk):
    planned = desk.plan(question())
    assert planned.assets == ("spy", "tlt", "gdx", "btc")
    assert planned.series == ("spy", "tlt", "gdx", "btc", "gld")
    assert planned.answer == "diversify"
    assert planned.tables == planned.channels == ()
    assert "compare" in desk.plan(question(versus="2020-03-20")).steps


def test_what_the_data_cannot_carry_is_refused(desk):
    with pytest.raises(NoDataError):
        desk.diversify(question(asof="2015-06-01"))
    with pytest.raises(NoDataError):
        desk.diversify(question(versus="2015-06-01"))
    with pytest.raises(StaleDataError):
        desk.diversify(question("spy=.5,hyg=.5", asof="2026-12-01"))
    values = market(11, 0.1)[:, :2]
    values[:, 1] = values[:, 0]
    with pytest.raises(NotEstimable) as refused:
        made_up(desk, values, (0.5, 0.5))
    assert refused.value.reason == "collinear"
    with pytest.raises(NotEstimable) as refused:
        made_up(desk, values, (0.5, -0.5))
    assert refused.value.reason == "no_risk"


def test_a_hedge_without_history_is_silent_and_the_rest_answers(desk):
    found = desk.diversify(question(asof="2018-06-01", hedges=("eth", "gld")))
    assert found.now.hedge("eth").verdict == "silent"
    assert found.now.hedge("eth").response is None
    assert found.now.hedge("gld").verdict != "silent"


def test_where_there_is_little_to_lose_it_is_said(desk, mix):
    found = desk.diversify(question("btc=.5,eth=.5", asof="2026-04-16", hedges=()))
    assert found.now.ratios.at_baseline.value < 1.1
    assert "diversify.limit.little" in {entry.key for entry in found.limits}
    assert "diversify.limit.little" not in {entry.key for entry in mix.limits}


def test_two_of_the_same_are_not_called_diversified_because_nothing_was_lost(desk):
    found = desk.diversify(question("gld=.5,gold=.5", asof="2026-02-06", hedges=()))
    assert found.verdict() == "supports"
    assert found.headline[0].key == "diversify.headline.little"


def test_a_short_history_leaves_out_what_it_cannot_carry_and_says_so(desk):
    found = desk.diversify(question(asof="2016-09-30"))
    keys = {entry.key for entry in found.limits}
    assert "diversify.limit.baseline" in keys
    assert found.now.unrest is None
    assert "diversify.limit.no_unrest" in keys
