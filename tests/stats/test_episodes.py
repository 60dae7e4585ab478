"""Joint episodes: a day-by-day machine, causality, planted falls, refusals."""

from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.episodes import (
    EpisodeRule,
    Rank,
    joint_episodes,
    severity_rank,
    what_followed,
)


def walks(nobs, seed, sd=0.025, rho=0.5):
    rng = np.random.default_rng(seed)
    common, own = rng.standard_t(4, (nobs, 1)), rng.standard_t(4, (nobs, 2))
    moves = sd / np.sqrt(2.0) * (np.sqrt(rho) * common + np.sqrt(1.0 - rho) * own)
    return 100.0 * np.exp(np.cumsum(moves, axis=0))


def deepest(prices, tops, sigma, opened, end):
    sums = [
        sum((prices[t][i] / tops[i] - 1.0) / sigma[i] for i in (0, 1))
        for t in range(opened, end + 1)
    ]
    return opened + int(np.argmin(sums)), min(sums)


def machine(prices, rule):
    """Walk through the days as someone living through them would."""
    found, current = [], None
    for t in range(len(prices)):
        if current is None:
            first = max(0, t - rule.lookback + 1)
            peaks = [max(range(first, t + 1), key=lambda s, i=i: (prices[s, i], s)) for i in (0, 1)]
            later = max(peaks)
            returns = np.diff(np.log(prices[max(0, later - rule.lookback) : later + 1]), axis=0)
            if len(returns) < 60:
                continue
            sigma = returns.std(axis=0, ddof=1)
            fall = [prices[t, i] / prices[peaks[i], i] - 1.0 for i in (0, 1)]
            if any(fall[i] > -max(rule.floor, sigma[i] * np.sqrt(rule.horizon)) for i in (0, 1)):
                continue
            candidate = {"start": later, "opened": t, "peaks": tuple(peaks), "sigma": sigma}
            if not recovered(prices, t, peaks, rule):
                current = candidate
        elif recovered(prices, t, current["peaks"], rule):
            found.append({**current, "closed": t})
            current = None
    if current is not None:
        found.append({**current, "closed": None})
    return joined(found)


def recovered(prices, t, peaks, rule):
    for i in (0, 1):
        lowest = min(range(peaks[i], t + 1), key=lambda s, i=i: prices[s, i])
        low = prices[lowest, i]
        top = prices[max(0, lowest - rule.lookback + 1) : lowest + 1, i].max()
        if prices[t, i] - low >= rule.recovery * (top - low):
            return True
    return False


def joined(runs):
    result = []
    for run in runs:
        if result and run["start"] <= result[-1]["closed"]:
            result[-1]["closed"] = run["closed"]
        else:
            result.append(dict(run))
    return result


RULES = [
    EpisodeRule(),
    EpisodeRule(lookback=90, floor=0.03, horizon=5),
    EpisodeRule(floor=0.12, recovery=0.25),
    EpisodeRule(lookback=120, recovery=1.0),
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_equals_the_day_by_day_machine(rule, seed):
    prices = walks(900, seed)
    episodes = joint_episodes(prices, rule)
    expected = machine(prices, rule)
    assert len(episodes) == len(expected) > 0
    for episode, run in zip(episodes, expected, strict=True):
        assert (episode.start, episode.opened, episode.peaks, episode.closed) == (
            run["start"],
            run["opened"],
            run["peaks"],
            run["closed"],
        )
        assert episode.sigma == pytest.approx(tuple(run["sigma"]), rel=1e-12)
        tops = prices[list(run["peaks"]), [0, 1]]
        end = len(prices) - 1 if run["closed"] is None else run["closed"]
        trough, severity = deepest(prices, tops, run["sigma"], run["opened"], end)
        assert episode.trough == trough
        assert episode.severity == pytest.approx(severity, rel=1e-12)
        assert episode.falls == pytest.approx(tuple(prices[trough] / prices[run["start"]] - 1.0))
        assert episode.depths == pytest.approx(tuple(prices[trough] / tops - 1.0))
        assert episode.start < episode.opened <= episode.trough


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(150, 880), st.booleans())
def test_the_future_changes_nothing_already_settled(seed, cut, rising):
    prices = walks(900, seed)
    garbled = prices.copy()
    garbled[cut:] = prices[cut:][::-1] ** 1.5
    known = joint_episodes(prices[:cut], rising=rising)
    for later in (prices, garbled):
        whole = [e for e in joint_episodes(later, rising=rising) if e.opened < cut]
        assert len(whole) == len(known)
        for old, new in zip(known, whole, strict=True):
            settled = ("start", "opened", "peaks", "sigma")
            assert [getattr(old, f) for f in settled] == [getattr(new, f) for f in settled]
            if new.closed is not None and new.closed < cut:
                assert old == new


def test_each_day_of_an_episode_as_it_was_seen():
    """Replayed day by day: closing is only ever learned on the day, troughs only deepen."""
    prices = walks(500, 8)
    seen = {}
    for t in range(300, 500):
        for episode in joint_episodes(prices[: t + 1]):
            before = seen.get(episode.opened)
            assert episode.closed is None or episode.closed <= t
            if before is not None:
                assert episode.severity <= before.severity
                assert episode.trough in (before.trough, t)
            seen[episode.opened] = episode
    assert seen


def planted(depth=0.2, calm=320, fall=10, back=20, seed=0, sd=0.004):
    """Noise long enough for a standard deviation, a steady fall of both assets, a recovery."""
    rng = np.random.default_rng(seed)
    step = np.log(1.0 - depth)
    drift = np.repeat([0.0, step / fall, -step / back, 0.0], [calm, fall, back, 100])
    # noise around the path: a driftless walk would sooner or later stand 8 % below its peak
    noise = sd * rng.standard_normal((drift.size, 2))
    return 50.0 * np.exp(np.cumsum(drift)[:, None] + noise)


def test_planted_falls_are_found_and_calm_holds_none():
    hits, alarms, runs = 0, 0, 200
    for seed in range(runs):
        episodes = joint_episodes(planted(seed=seed))
        hits += len(episodes) == 1 and abs(episodes[0].trough - 329) <= 2
        alarms += len(joint_episodes(planted(depth=0.0, seed=seed)))
    assert hits >= 0.97 * runs
    assert alarms == 0


def test_one_asset_falling_alone_is_no_episode():
    prices = planted()
    prices[:, 1] = planted(depth=0.0, seed=5)[:, 1]
    assert joint_episodes(prices) == ()


def test_a_reopened_run_from_the_same_peak_is_one_episode():
    calm = 100.0 + np.arange(100) % 2
    path = np.concatenate([calm, [95.0, 88.0, 80.0, 91.0, 85.0, 70.0, 75.0, 90.0, 99.0]])
    prices = np.column_stack([path, 3.0 * path])
    (episode,) = joint_episodes(prices)
    # half of the fall from 101 to 80 is won back at 90.5 (row 103), then 70 is a new low;
    # half of the fall from 101 to 70 is 85.5 (row 107)
    assert (episode.start, episode.opened, episode.trough, episode.closed) == (99, 101, 105, 107)
    assert joint_episodes(prices[:104])[0].closed == 103
    assert joint_episodes(prices[:106])[0].closed is None


def test_a_day_that_closes_opens_nothing():
    """Asset 0 has won back over half of its old fall when asset 1 begins to fall."""
    calm = 100.0 + np.arange(100) % 2
    first = np.concatenate([calm, np.linspace(100.0, 50.0, 10), np.linspace(50.0, 85.0, 10)])
    second = np.concatenate([calm, 101.0 + np.arange(20.0) / 10.0])
    tail = np.linspace(0.0, 1.0, 10)
    prices = np.column_stack(
        [np.append(first, 85.0 - tail), np.append(second, 103.0 * (1.0 - 0.2 * tail))]
    )
    assert joint_episodes(prices) == ()


def test_sixty_returns_before_the_later_peak_are_needed():
    path = np.append(100.0 + np.arange(62) % 2, [80.0, 70.0])
    prices = np.column_stack([path, path])
    assert [e.start for e in joint_episodes(prices)] == [61]
    (edge,) = joint_episodes(prices[1:])
    assert edge.start == 60
    assert edge.sigma == pytest.approx([np.diff(np.log(path[1:62])).std(ddof=1)] * 2)
    assert joint_episodes(prices[2:]) == ()


def test_a_price_that_had_not_moved_opens_nothing():
    still = np.append(np.full(100, 100.0), [80.0, 70.0])
    lively = np.append(100.0 + np.arange(100) % 2, [80.0, 70.0])
    assert joint_episodes(np.column_stack([still, lively])) == ()


def test_the_threshold_is_the_larger_of_floor_and_monthly_sigma():
    rng = np.random.default_rng(3)
    base = 100.0 * np.exp(np.cumsum(0.02 * rng.standard_normal((253, 2)), axis=0))
    base[-1] = base.max(axis=0) * 1.001
    sigma = np.diff(np.log(base), axis=0).std(axis=0, ddof=1)
    theta = sigma * np.sqrt(21.0)
    assert (theta > 0.08).all()
    for margin, opens in ((1e-9, True), (-1e-9, False)):
        last = base[-1] * (1.0 - theta - margin)
        found = joint_episodes(np.vstack([base, last]))
        assert (len(found) > 0 and found[-1].opened == 253) is opens
    for last, opens in ((0.921, False), (0.919, True)):
        found = joint_episodes(np.vstack([base, base[-1] * last]), EpisodeRule(horizon=1))
        assert any(episode.opened == 253 for episode in found) is opens


def test_rising_is_falling_of_inverse_prices():
    prices = walks(900, 4)
    up, down = joint_episodes(prices, rising=True), joint_episodes(1.0 / prices)
    assert len(up) == len(down) > 0
    for rise, fall in zip(up, down, strict=True):
        assert replace(rise, falls=fall.falls) == fall
        assert rise.falls == pytest.approx([1.0 / (1.0 + f) - 1.0 for f in fall.falls])
        assert sum(rise.falls) > 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(1e-4, 1e4), st.floats(1e-4, 1e4))
def test_units_and_column_order_do_not_matter(seed, first, second):
    prices = walks(500, seed)
    plain = joint_episodes(prices)
    scaled = joint_episodes(prices * [first, second])
    swapped = joint_episodes(prices[:, ::-1])
    assert len(plain) == len(scaled) == len(swapped)
    for a, b, c in zip(plain, scaled, swapped, strict=True):
        for other, turn in ((b, 1), (c, -1)):
            assert (a.start, a.opened, a.closed, a.trough) == (
                other.start,
                other.opened,
                other.closed,
                other.trough,
            )
            assert a.peaks == other.peaks[::turn]
            assert a.severity == pytest.approx(other.severity, abs=1e-9, rel=1e-9)
            for field in ("falls", "depths", "sigma"):
                assert getattr(a, field) == pytest.approx(getattr(other, field)[::turn], abs=1e-9)


def test_rank_counts_the_deeper_ones():
    episodes = joint_episodes(walks(1500, 6))
    assert len(episodes) >= 4
    ordered = sorted(episodes, key=lambda e: e.severity)
    for place, episode in enumerate(ordered, start=1):
        assert severity_rank(episode, episodes) == Rank(place, len(episodes))
    twin = replace(ordered[1], start=0)
    assert severity_rank(twin, [*episodes, twin]) == Rank(2, len(episodes) + 1)
    with pytest.raises(NotEstimable) as caught:
        severity_rank(twin, episodes)
    assert caught.value.reason == "not_member"


def test_what_followed_reads_ahead_and_admits_the_end():
    prices = walks(200, 7)
    after = what_followed(prices, 100)
    assert after[:, 0] == pytest.approx(prices[121] / prices[100] - 1.0)
    assert after[:, 1] == pytest.approx(prices[163] / prices[100] - 1.0)
    assert np.isnan(after[:, 2]).all()
    edge = what_followed(prices[:, :1], 198, (1, 2))
    assert edge.shape == (1, 2)
    assert np.isnan(edge).tolist() == [[False, True]]
    with pytest.raises(ValueError, match="read-only"):
        after[0, 0] = 0.0


@pytest.mark.parametrize(
    ("index", "horizons", "reason"),
    [(200, (1,), "outside"), (-1, (1,), "outside"), (0, (0,), "option")],
)
def test_what_followed_refuses(index, horizons, reason):
    with pytest.raises(NotEstimable) as caught:
        what_followed(walks(200, 7), index, horizons)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("prices", "reason"),
    [
        (np.ones((100, 2)), "constant"),
        (np.ones((100, 3)), "shape"),
        (np.ones(100), "shape"),
        (np.ones((1, 2)), "too_short"),
        (np.where(np.eye(100, 2) > 0, np.nan, 1.0), "not_finite"),
        (np.arange(200.0).reshape(100, 2), "not_positive"),
    ],
)
def test_what_is_no_pair_of_prices_is_refused(prices, reason):
    with pytest.raises(NotEstimable) as caught:
        joint_episodes(prices)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "figures",
    [
        {"lookback": 1},
        {"floor": 0.0},
        {"floor": 1.0},
        {"horizon": 0},
        {"recovery": 0.0},
        {"recovery": 1.1},
        {"floor": float("nan")},
    ],
)
def test_a_rule_that_defines_nothing_is_refused(figures):
    with pytest.raises(NotEstimable) as caught:
        EpisodeRule(**figures)
    assert caught.value.reason == "option"


def bundled(name):
    path = resources.files("comove.data").joinpath("facts", f"{name}.csv")
    if not path.is_file():
        pytest.skip("facts are not bundled here")
    table = np.genfromtxt(path.read_text().splitlines(), delimiter=",", dtype=str)[1:]
    return table[:, 0].astype("datetime64[D]"), table[:, 1].astype(float)


def test_bitcoin_and_miners_in_february_2026():
    btc_days, btc = bundled("btc")
    days, gdx = bundled("gdx")
    until = np.datetime64("2026-02-06")
    both = np.isin(days, btc_days) & (days <= until)
    days = days[both]
    prices = np.column_stack([btc[np.searchsorted(btc_days, days)], gdx[both]])
    last = joint_episodes(prices)[-1]
    assert last.closed is None
    assert days[last.start] == np.datetime64("2026-01-28")
    assert days[last.trough] == np.datetime64("2026-02-05")
    assert last.falls == pytest.approx((62702 / 89185 - 1.0, 92.44 / 112.16 - 1.0))
