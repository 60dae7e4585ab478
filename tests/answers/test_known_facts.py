"""What anyone can check by hand about 28 January to 6 February 2026, read off the answer."""

from datetime import date
from math import exp

import numpy as np
import pytest

START, END, ASOF = date(2026, 1, 28), date(2026, 2, 5), date(2026, 2, 6)


@pytest.fixture
def paths(standing):
    return {path.asset: path for path in standing.together.paths}


@pytest.fixture
def pair(standing):
    (found,) = standing.unusual.pairs
    return found


def split(standing, asset):
    found = next(each for each in standing.why.returns if each.asset == asset)
    return {part.channel: part.estimate for part in found.parts}


def test_they_fall_together_from_the_peak_of_the_miners_to_bitcoins_trough(standing):
    together = standing.together
    assert (together.direction, together.joint, together.open) == ("falling", True, True)
    assert not together.chosen
    assert (together.window.start, together.window.end) == (START, END)
    assert (together.window.sessions, together.window.multi_day_spans) == (6, 0)


def test_gold_miners(paths):
    gdx = paths["gdx"]
    assert (gdx.peak_day, gdx.peak) == (START, 112.16)
    assert (gdx.trough_day, gdx.trough) == (END, 92.44)
    assert (gdx.latest_day, gdx.latest) == (ASOF, 97.39)
    assert gdx.drawdown.value == pytest.approx(92.44 / 112.16 - 1.0, abs=1e-12)
    assert gdx.drawdown.value == pytest.approx(-0.176, abs=5e-4)
    assert gdx.move.value == pytest.approx(gdx.drawdown.value, abs=1e-12)
    assert gdx.worst_day == date(2026, 1, 30)
    assert gdx.worst.value == pytest.approx(-0.137, abs=1e-3)
    assert gdx.recovered == pytest.approx((97.39 - 92.44) / (112.16 - 92.44), abs=1e-12)
    assert gdx.unit == "usd"


def test_bitcoin(paths):
    btc = paths["btc"]
    assert (btc.peak_day, btc.peak) == (date(2025, 10, 6), 124_753.0)
    assert (btc.trough_day, btc.trough) == (END, 62_702.0)
    assert btc.latest_day == ASOF
    assert btc.drawdown.value == pytest.approx(62_702 / 124_753 - 1.0, abs=1e-12)
    assert btc.worst_day == END
    assert btc.worst.value == pytest.approx(-0.152, abs=1e-3)
    assert btc.move.value == pytest.approx(exp(-0.352) - 1.0, abs=1e-3)


def test_the_falls_lay_apart_and_overlap_no_more_than_chance(standing):
    together = standing.together
    assert together.worst_days_apart == 4
    assert together.overlap.value == pytest.approx(0.44, abs=5e-3)
    assert together.overlap.nobs == 6
    assert together.overlap.pvalue > 0.3
    assert together.expected_overlap == pytest.approx(together.overlap.value, abs=0.05)
    assert together.severity.value < 0.0
    assert 0.0 < together.severity.pvalue <= 1.0


def test_the_overlap_by_hand(standing, desk):
    tracks = desk.facts.read(("btc", "gdx"), (), ASOF)
    levels = tracks.panel(("btc", "gdx"))
    moves = np.diff(np.log(levels.values[-8:-1]), axis=0)
    losses = np.maximum(-moves, 0.0)
    by_hand = float((losses / losses.sum(axis=0)).min(axis=1).sum())
    assert standing.together.overlap.value == pytest.approx(by_hand, abs=1e-12)


def test_the_headline_says_so(standing):
    moved, caused = standing.headline
    assert moved.key == "explain.headline.falling"
    assert moved["window"] == (START, END)
    assert [move.value for move in moved["moves"]] == pytest.approx([-0.297, -0.176], abs=1e-3)
    synchrony = moved["synchrony"]
    assert synchrony.key == "explain.headline.synchrony.apart.chance"
    assert [said["day"] for said in synchrony["days"]] == [END, date(2026, 1, 30)]
    assert caused.key == "explain.headline.causes"
    keys = {name.id: clause.key for clause in caused["clauses"] for name in clause["asset"]}
    assert keys["btc"] == "explain.headline.cause.unexplained"
    gdx = next(clause for clause in caused["clauses"] if clause["asset"][0].id == "gdx")
    assert gdx["channel"].id == "channel.gold.share"
    assert gdx.key in ("explain.headline.cause.all", "explain.headline.cause.most")


def test_gold_implies_more_than_the_whole_fall_of_the_miners(standing):
    parts = split(standing, "gdx")
    assert parts["gold"].value == pytest.approx(-0.26, abs=0.02)
    assert parts["gold"].excludes_zero
    assert parts["unexplained"].value > 0.0


def test_all_drivers_together_imply_little_of_bitcoins_fall(standing):
    parts = split(standing, "btc")
    implied = sum(part.value for key, part in parts.items() if key != "unexplained")
    assert implied == pytest.approx(-0.08, abs=0.02)
    assert parts["unexplained"].value < -0.2
    assert parts["unexplained"].excludes_zero


def test_a_fit_inside_the_window_would_leave_hardly_anything(standing):
    (linked,) = standing.why.covariances
    assert abs(linked.in_window) < 0.05


def test_the_clocks_share_seven_eighths_of_a_winter_day(pair, desk):
    assert pair.clock_overlap == pytest.approx(0.875, abs=0.005)
    panel = desk.facts.read(("btc", "gdx"), (), ASOF).panel(("btc", "gdx"))
    shares, times = np.unique(panel.overlap("btc", "gdx").round(6), return_counts=True)
    assert set(shares[np.argsort(times)[-2:]]) == {0.875, 0.833333}


def test_a_summer_question_sees_five_sixths(ask):
    (pair,) = ask("BTC GDX", asof="2025-08-29").unusual.pairs
    assert pair.clock_overlap == pytest.approx(5 / 6, abs=0.005)


def test_the_level_facts(standing):
    levels = {(level.asset, level.key): level for level in standing.levels}
    assert levels["btc", "sma_200_week"].value == pytest.approx(57_946, abs=1.0)
    assert levels["btc", "ema_200_week"].value == pytest.approx(68_300, abs=200.0)
    assert levels["btc", "high_year"].value == 124_753.0
    assert levels["btc", "low_year"].value == 62_702.0
    assert levels["gdx", "high_year"].value == 112.16
    assert levels["gdx", "start"].value == 112.16
    for (asset, _), level in levels.items():
        latest = next(path.latest for path in standing.together.paths if path.asset == asset)
        assert level.distance == pytest.approx(level.value / latest - 1.0, abs=1e-12)
        assert np.sign(level.sigmas) == np.sign(level.distance)


def test_the_200_week_average_by_hand(standing, desk):
    track = desk.facts.observations("btc")
    weekday = (track.labels.astype("M8[D]").view("int64") + 3) % 7
    sundays = track.values[(weekday == 6) & (track.labels <= np.datetime64("2026-02-01"))]
    level = next(each for each in standing.levels if each.key == "sma_200_week")
    assert level.value == pytest.approx(sundays[-200:].mean(), abs=1e-6)


def test_a_level_no_history_can_carry_is_absent(ask):
    keys = {level.key for level in ask("BTC ETH", asof="2025-11-21").levels if level.asset == "eth"}
    assert "sma_200_day" in keys
    assert not keys & {"sma_200_week", "ema_200_week"}


def test_correlations_stand_beside_each_other_with_their_samples(pair):
    assert pair.pair == ("btc", "gdx")
    assert pair.dependence.nobs == 63
    assert pair.baseline.nobs == 756
    assert [sessions for sessions, _ in pair.windows] == [21, 63, 126, 252]
    assert all(found.nobs == sessions for sessions, found in pair.windows)
    assert dict(pair.windows)[63].value == pytest.approx(pair.dependence.value, abs=1e-12)
    for found in (pair.dependence, pair.baseline, pair.long_run, pair.five_day, pair.ewma):
        assert found.low < found.value < found.high


def test_the_peak_is_the_highest_of_two_years_and_no_news(pair, standing):
    assert pair.peak.nobs == 63
    assert pair.peak.value >= pair.latest.value
    assert pair.peak.pvalue > 0.1
    rolled = next(exhibit for exhibit in standing.exhibits if exhibit.key == "rolling")
    assert max(rolled.columns["value"]) == pytest.approx(pair.peak.value, abs=1e-12)
    place = rolled.columns["value"].index(max(rolled.columns["value"]))
    assert rolled.columns["day"][place] == pair.peak.last.isoformat()
    assert rolled.columns["value"][-1] == pytest.approx(pair.latest.value, abs=1e-9)


def test_this_episode_stands_among_the_others(standing):
    unusual = standing.unusual
    deeper = [each for each in unusual.episodes if each.severity < unusual.episodes[-1].severity]
    assert unusual.rank == len(deeper) + 1
    assert unusual.since == date(2015, 1, 2)
    last = unusual.episodes[-1]
    assert (last.start, last.trough, last.closed) == (START, END, None)
    assert all(value is None for _, moves in last.followed for value in moves)
    starts = [each.start for each in unusual.episodes]
    assert starts == sorted(starts)


def test_what_followed_an_earlier_episode_by_hand(standing, desk):
    crash = next(e for e in standing.unusual.episodes if e.trough == date(2020, 3, 13))
    panel = desk.facts.read(("btc", "gdx"), (), ASOF).panel(("btc", "gdx"))
    row = int(np.flatnonzero(panel.labels == np.datetime64("2020-03-13"))[0])
    for sessions, moves in crash.followed:
        assert moves == pytest.approx(panel.values[row + sessions] / panel.values[row] - 1.0)


def test_the_limits_name_clock_sample_and_what_was_left_out(standing):
    limits = {message.key: message for message in standing.limits}
    clock = limits["explain.limit.clock"]
    assert clock["asset"].id == "btc"
    assert (clock["least"].value, clock["most"].value) == (3.0, 6.0)
    assert limits["explain.limit.overlap"]["share"].value == pytest.approx(0.875, abs=0.005)
    assert limits["explain.limit.few_sessions"]["sessions"] == 6
    assert "dvol" in {name.id for name in limits["explain.limit.left_out.circular"]["series"]}
    assert [name.id for name in limits["explain.limit.adjusted"]["assets"]] == ["gdx"]


def test_what_if_is_measured_before_the_window(standing):
    shocks = {answer.driver: answer for answer in standing.what_if}
    assert set(shocks) == {"dfii10", "dxy", "qqq", "gld", "vix"}
    for answer in shocks.values():
        assert [asset for asset, _ in answer.effects] == ["btc", "gdx"]
        for _, effect in answer.effects:
            assert effect.last <= START
            assert effect.low <= effect.value <= effect.high
    gold = dict(shocks["gld"].effects)["gdx"]
    assert 0.12 < gold.value < 0.22


def test_every_channel_is_read_in_the_order_it_is_spoken_of(standing):
    order = ["risk", "deleveraging", "tech", "dollar", "gold"]
    assert [reading.channel for reading in standing.readings] == order
    assert list(standing.question.channels) == order
    assert [part.channel for part in standing.why.returns[0].parts] == [
        *order,
        "intercept",
        "unexplained",
    ]


def test_the_diagnosis_introduces_itself(standing):
    text = repr(standing)
    assert text.startswith("<Diagnosis btc gdx as of 2026-02-06: falling; risk: ")
    assert "\n" not in text
    assert standing.reading("gold").channel == "gold"
    assert standing.to_dict()["schema"] == 1
    assert standing.to_dict()["answer"] == "explain"
