"""Which move is explained: found, given, rising, or none at all."""

from datetime import date
from math import prod

import numpy as np
import pytest

from comove.core.errors import NoDataError, StaleDataError, WindowError
from comove.core.question import LEAST_DEPENDENCE

ASOF = "2026-02-06"
SESSIONS = 63


def moves(diagnosis):
    return [path.move.value for path in diagnosis.together.paths]


def test_without_a_joint_episode_the_latest_sessions_are_described(ask):
    found = ask("DXY USDJPY", asof="2024-08-05")
    together = found.together
    assert (together.direction, together.joint, together.open) == ("none", False, False)
    assert together.window.sessions == SESSIONS
    assert together.window.end == date(2024, 8, 5)
    assert found.unusual.rank is None
    assert [message.key for message in found.headline] == [
        "explain.headline.none",
        "explain.headline.no_episode",
    ]
    assert found.headline[0]["window"] == (together.window.start, together.window.end)
    assert found.why.reason is None


def test_nasdaq_and_bitcoin_did_not_fall_together(ask):
    found = ask("QQQ BTC", asof=ASOF)
    assert found.together.direction == "none"
    assert found.together.window.sessions == SESSIONS
    assert found.headline[0].key == "explain.headline.none"


def test_a_joint_rise_is_the_fall_turned_upside_down(ask):
    found = ask("BTC GDX", asof="2025-08-01")
    together = found.together
    assert (together.direction, together.joint) == ("rising", True)
    assert found.headline[0].key == "explain.headline.rising"
    for path in together.paths:
        assert path.peak < path.trough
        assert path.drawdown.value == pytest.approx(path.trough / path.peak - 1.0, abs=1e-12)
        assert path.worst.value > 0.0
    assert together.severity.value > 0.0
    assert all(move > 0.0 for move in moves(found))
    named = [part for split in found.why.returns for part in split.parts]
    assert len(named) > 0
    for episode in found.unusual.episodes:
        assert prod(1.0 + fall for fall in episode.falls) > 1.0


@pytest.mark.parametrize(
    ("assets", "asof"),
    [
        ("QQQ BTC", "2025-08-06"),
        ("SPY QQQ", "2021-08-06"),
        ("SPY QQQ", "2026-08-06"),
        ("GLD GDX", "2025-02-06"),
        ("SLV GDX", "2018-08-06"),
    ],
)
def test_an_explained_move_is_never_older_than_the_lookback(ask, assets, asof):
    window = ask(assets, asof=asof).together.window
    assert window.sessions <= 252
    assert window.end >= date.fromisoformat(asof).replace(year=int(asof[:4]) - 1)


def test_a_short_episode_is_split_all_the_same(ask):
    found = ask("GLD GDX", asof=ASOF)
    assert found.together.window.sessions == 2
    assert found.why.reason is None
    assert {split.window.sessions for split in found.why.returns} == {2}


def test_a_group_is_led_by_one_of_its_pairs(ask):
    found = ask("GLD GDX SLV", asof=ASOF)
    assert len(found.together.paths) == 3
    assert len(found.unusual.pairs) == len(found.why.covariances) == 3
    assert len(found.refuge) == 6
    assert {len(episode.falls) for episode in found.unusual.episodes} == {2}
    assert all(move < 0.0 for move in moves(found))


@pytest.mark.parametrize(
    ("window", "direction", "key"),
    [
        ("2026-01-28:2026-02-05", "falling", "explain.headline.falling"),
        ("2025-11-21:2025-12-10", "rising", "explain.headline.rising"),
        ("2026-02-02:2026-02-06", "none", "explain.headline.apart"),
        ("2015-06-01:2015-08-03", "none", "explain.headline.apart"),
    ],
)
def test_a_given_window_is_named_after_what_the_prices_did_in_it(ask, window, direction, key):
    found = ask("BTC GDX", asof=ASOF, window=window)
    first, last = (date.fromisoformat(day) for day in window.split(":"))
    assert found.together.chosen
    assert (found.together.window.start, found.together.window.end) == (first, last)
    assert found.together.direction == direction
    signs = set(np.sign(moves(found)))
    assert signs == {"falling": {-1.0}, "rising": {1.0}, "none": {-1.0, 1.0}}[direction]
    assert found.headline[0].key == key


def test_a_given_window_equal_to_the_found_one_gives_the_same_figures(ask):
    found, given = (
        ask("BTC GDX", asof=ASOF),
        ask("BTC GDX", asof=ASOF, window="2026-01-28:2026-02-05"),
    )
    assert given.together.paths == found.together.paths
    assert given.together.overlap == found.together.overlap
    assert given.unusual == found.unusual
    assert given.why.returns == found.why.returns
    assert given.levels == found.levels


def test_what_happened_after_the_window_does_not_enter_its_figures(ask):
    window = "2025-10-06:2025-11-20"
    later = ask("BTC GDX", asof=ASOF, window=window)
    then = ask("BTC GDX", asof="2025-11-20", window=window)
    assert later.together.window == then.together.window
    assert later.refuge == then.refuge
    assert later.unusual.pairs == then.unusual.pairs
    assert later.together.overlap == then.together.overlap
    assert later.together.severity == then.together.severity
    assert later.what_if == then.what_if
    assert all(entry.slope.last == later.together.window.end for entry in later.refuge)
    assert later.levels != then.levels


def test_a_window_that_starts_on_a_weekend_starts_from_fridays_close(ask):
    window = ask("BTC GDX", asof=ASOF, window="2026-01-31:2026-02-05").together.window
    assert (window.start, window.sessions) == (date(2026, 1, 30), 4)


def test_on_a_saturday_the_day_of_the_week_that_trades_is_used(ask):
    friday, saturday = ask("BTC GDX", asof=ASOF), ask("BTC GDX", asof="2026-02-07")
    assert saturday.together.window == friday.together.window
    latest = {path.asset: path.latest_day for path in saturday.together.paths}
    assert latest == {"btc": date(2026, 2, 7), "gdx": date(2026, 2, 6)}


REFUSED = [
    ("BTC GDX", {"window": "2014-06-02:2014-09-01"}, WindowError, "window.outside"),
    ("BTC GDX", {"window": "2026-02-04:2026-02-06"}, WindowError, "window.short"),
    ("BTC GDX", {"window": "2026-01-31:2026-02-01"}, WindowError, "window.short"),
    ("BTC GDX", {"window": "2015-01-05:2015-02-20"}, NoDataError, "data.short_overlap"),
    ("BTC ETH", {"asof": "2024-03-01"}, NoDataError, "data.short_overlap"),
    ("BTC GDX", {"asof": "2015-04-06"}, NoDataError, "data.short_overlap"),
    ("BTC ETH", {"asof": "2023-12-29"}, NoDataError, "data.before_history"),
    ("BTC GDX", {"asof": "1999-01-04"}, NoDataError, "data.beyond_calendar"),
    ("BTC ETH", {"asof": "2026-08-03"}, StaleDataError, "data.stale"),
]


@pytest.mark.parametrize(
    ("assets", "options", "kind", "code"), REFUSED, ids=[f"{r[0]} {r[1]}" for r in REFUSED]
)
def test_what_cannot_be_answered_is_refused_by_name(ask, assets, options, kind, code):
    with pytest.raises(kind) as refused:
        ask(assets, **{"asof": ASOF} | options)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)
    assert refused.value.hint or code == "data.beyond_calendar"


@pytest.mark.parametrize(
    ("assets", "asof"), [("TLT SPY", "2022-10-14"), ("BTC GDX", ASOF), ("BTC ETH", "2025-11-21")]
)
def test_a_fall_is_measured_from_the_highest_close_of_a_year(ask, desk, assets, asof):
    found = ask(assets, asof=asof)
    panel = desk.facts.read(found.question.assets, (), found.asof).panel(found.question.assets)
    end = panel.labels.tolist().index(found.together.window.end)
    for path in found.together.paths:
        track = desk.facts.observations(path.asset)
        first = panel.labels[end - 252]
        inside = (track.labels >= first) & (track.labels <= np.datetime64(path.trough_day))
        assert path.peak == track.values[inside].max()
        assert path.drawdown.value == pytest.approx(path.trough / path.peak - 1.0, abs=1e-12)
        assert path.drawdown.first == path.peak_day
        assert path.drawdown.last == path.trough_day


def test_an_asset_that_ended_names_its_last_day_and_the_day_that_works(ask):
    with pytest.raises(StaleDataError) as refused:
        ask("BTC ETH", asof="2026-08-03")
    assert refused.value.values["last"] == date(2026, 4, 16)
    fresh = refused.value.values["fresh"]
    assert ask("BTC ETH", asof=fresh).asof == fresh


def test_the_default_as_of_day_is_the_last_on_which_every_asset_is_fresh(ask, desk):
    for assets, last in (("BTC GDX", date(2026, 8, 27)), ("BTC ETH", date(2026, 4, 16))):
        found = ask(assets)
        assert found.asof == last
        assert min(path.latest_day for path in found.together.paths) == last
        ends = [desk.facts.observations(asset).labels[-1].item() for asset in found.question.assets]
        assert found.asof == min(ends)


def test_too_little_baseline_is_a_reason_and_the_rest_still_answers(ask):
    found = ask("BTC GDX", asof="2016-03-01")
    assert found.why.reason is not None
    assert found.why.returns == found.why.covariances == found.why.shifts == ()
    assert found.why.baseline is None
    assert found.headline[1].key == "explain.headline.no_split"
    assert found.headline[1]["reason"] == found.why.reason
    assert {reading.verdict for reading in found.readings} <= {"silent", "cannot_tell"}
    assert found.together.joint
    assert found.levels
    assert found.unusual.pairs[0].dependence.nobs == SESSIONS


def test_the_severity_of_the_last_episode_is_its_rank(ask):
    for assets, asof in (("BTC GDX", ASOF), ("TLT SPY", "2022-10-14"), ("BTC GDX", "2025-08-01")):
        unusual = ask(assets, asof=asof).unusual
        depths = sorted(episode.severity for episode in unusual.episodes)
        assert depths[unusual.rank - 1] == unusual.episodes[-1].severity


def test_a_window_of_ones_own_without_a_joint_move_is_not_called_the_latest(ask):
    found = ask("BTC GDX", asof=ASOF, window="2026-01-14:2026-01-28")
    assert [message.key for message in found.headline] == [
        "explain.headline.apart",
        "explain.headline.no_episode_chosen",
    ]
    # five-session returns correlate no more than daily ones here
    (pair,) = found.unusual.pairs
    assert abs(pair.five_day.value) < abs(pair.dependence.value)
    assert "explain.limit.overlap_unseen" in [message.key for message in found.limits]


@pytest.mark.parametrize("end", ["least", "most"])
def test_the_range_of_the_dependence_window_can_be_answered(ask, end):
    sessions = LEAST_DEPENDENCE if end == "least" else 756
    found = ask("BTC GDX", asof=ASOF, dependence=sessions)
    (pair,) = found.unusual.pairs
    assert (pair.dependence.nobs, pair.five_day.nobs) == (sessions, sessions)
    assert pair.five_day.low < pair.five_day.high
