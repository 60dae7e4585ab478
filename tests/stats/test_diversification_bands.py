"""Diversification of a sample: slow loops, derivatives, coverage, what must not change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm
from scipy.stats import t as student

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import optimal_block, stationary_indices
from comove.stats.diversification import (
    BandOptions,
    breakdown,
    diversification_ratio,
    hedge_effectiveness,
    sample_ratio,
    tail_ratio,
)
from comove.stats.diversification._breakdown import _against
from comove.stats.diversification._portfolio import positions
from comove.stats.diversification._tail import _contributions, _tail
from comove.stats.diversification._variance import ratio_terms, spread

WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])
QUICK = BandOptions(replications=160)
FIXED = BandOptions(replications=100, block=5.0)


def market(rng, nobs, rho=0.4, tails=None):
    """Four columns with one common correlation; Student t when ``tails`` says so."""
    root = np.linalg.cholesky(rho + (1.0 - rho) * np.eye(4))
    normal = rng.standard_normal((nobs, 4)) @ root.T
    return normal if tails is None else normal / np.sqrt(rng.chisquare(tails, (nobs, 1)) / tails)


def true_ratio(rho=0.4):
    return diversification_ratio(WEIGHTS, rho + (1.0 - rho) * np.eye(4)).value


def covers(found, truth, prefix=""):
    low, high = (getattr(found, f"{prefix}{edge}") for edge in ("low", "high"))
    return low <= truth <= high


def assert_covered(hits, level=0.95, slack=0.02):
    """The hits of many runs are what a coverage of the level, give or take, would show."""
    runs = len(hits)
    assert (
        binom.ppf(5e-4, runs, level - slack) <= sum(hits) <= binom.ppf(0.9995, runs, level + 0.01)
    )


def slow_ratio(x):
    return WEIGHTS @ x.std(axis=0) / (x @ WEIGHTS).std()


def slow_breakdown(now, before):
    deviations = np.diag(now.std(axis=0))
    old = deviations @ np.corrcoef(before.T) @ deviations
    return np.sqrt(WEIGHTS @ old @ WEIGHTS) / (now @ WEIGHTS).std()


def slow_shortfall(returns, share):
    """Mean of the worst losses below the mean, the last one in part."""
    losses = sorted(-(returns - returns.mean()), reverse=True)
    depth, total = share * len(losses), 0.0
    for place, loss in enumerate(losses):
        total += loss * min(max(depth - place, 0.0), 1.0)
    return total / depth


def slow_band(statistic, error, samples, rows, level):
    """Resample the rows themselves, one replication after the other."""
    value, se = statistic(*samples), error(*samples)
    distances = []
    for place in range(len(rows[0])):
        drawn = [sample[each[place]] for sample, each in zip(samples, rows, strict=True)]
        distances.append(abs(statistic(*drawn) - value) / error(*drawn))
    reach = np.quantile(distances, level) * se
    return np.exp([value, value - reach, value + reach])


# reference


def test_reference_sample_ratio_and_band_by_a_slow_loop():
    x = market(np.random.default_rng(0), 120)

    def influence(rows):
        z = (rows - rows.mean(axis=0)) / rows.std(axis=0)
        shares = WEIGHTS * rows.std(axis=0) / (WEIGHTS @ rows.std(axis=0))
        portfolio = rows @ WEIGHTS
        zp = (portfolio - portfolio.mean()) / portfolio.std()
        return 0.5 * (z**2 @ shares - zp**2)

    def error(rows):
        return np.sqrt((influence(rows) ** 2).sum()) / len(rows)

    block = optimal_block(influence(x))
    rows = stationary_indices(120, 120, block, 150, np.random.default_rng(5))
    expected = slow_band(lambda rows: np.log(slow_ratio(rows)), error, [x], [rows], 0.9)
    options = BandOptions(level=0.9, replications=150)
    found = sample_ratio(WEIGHTS, x, np.random.default_rng(5), options)
    np.testing.assert_allclose([found.value, found.low, found.high], expected, rtol=1e-10)
    assert found.block == pytest.approx(block)
    exact = diversification_ratio(WEIGHTS, np.cov(x.T))
    assert found.value == pytest.approx(exact.value, rel=1e-12)
    assert found.squared == pytest.approx(exact.squared, rel=1e-12)


def test_reference_breakdown_by_its_definition():
    rng = np.random.default_rng(1)
    now, before = market(rng, 63, 0.7) * [1.0, 2.0, 3.0, 4.0], market(rng, 300)
    found = breakdown(WEIGHTS, now, before, rng, QUICK)
    assert found.value == pytest.approx(slow_breakdown(now, before), rel=1e-12)
    assert found.ratio_now == pytest.approx(slow_ratio(now), rel=1e-12)
    assert found.ratio_before == pytest.approx(slow_ratio(before), rel=1e-12)
    scale = np.diag(now.std(axis=0))
    old = diversification_ratio(WEIGHTS, scale @ np.corrcoef(before.T) @ scale)
    assert found.ratio_baseline == pytest.approx(old.value, rel=1e-12)
    assert found.ratio_now == pytest.approx(
        found.ratio_before * found.volatility_effect * found.value, rel=1e-12
    )
    drawn = breakdown(WEIGHTS, now, before, np.random.default_rng(8), FIXED)
    same = breakdown(WEIGHTS, now, before, np.random.default_rng(8), FIXED)
    assert (drawn.low, drawn.high) == (same.low, same.high)


def test_reference_tail_by_a_slow_loop():
    rng = np.random.default_rng(2)
    x = market(rng, 250, tails=4) * [1.0, 2.0, 0.5, 3.0] + 0.1
    share = 0.0507  # 12.675 rows
    found = tail_ratio(WEIGHTS, x, rng, share, QUICK)
    alone = [slow_shortfall(WEIGHTS[i] * x[:, i], share) for i in range(4)]
    together = slow_shortfall(x @ WEIGHTS, share)
    np.testing.assert_allclose(found.standalone, alone, rtol=1e-12)
    assert found.shortfall == pytest.approx(together, rel=1e-12)
    assert found.value == pytest.approx(sum(alone) / together, rel=1e-12)
    assert found.contributions.sum() == pytest.approx(together, rel=1e-12)
    assert found.volatility_ratio == pytest.approx(slow_ratio(x), rel=1e-12)
    assert found.penalty == pytest.approx(found.value / found.volatility_ratio, rel=1e-12)
    losses = np.sort(-(x @ WEIGHTS - (x @ WEIGHTS).mean()))[::-1]
    expected = (sum(alone) - together) / (sum(alone) - losses[12])
    assert found.benefit == pytest.approx(expected, rel=1e-12)


def test_reference_tail_contributions_by_hand():
    x = np.zeros((40, 2))
    x[:4] = [[-4.0, -1.0], [-1.0, -3.0], [-2.0, 1.0], [7.0, 3.0]]
    # tail of a quarter: the three losing rows and seven without a move
    np.testing.assert_allclose(_contributions(positions([1.0, 1.0], x, 2), 0.25), [0.7, 0.3])


def test_reference_hedge_effectiveness_equals_r_squared_at_the_fitted_ratio():
    rng = np.random.default_rng(3)
    spot, future = market(rng, 400, 0.8)[:, :2].T
    ratio = np.polyfit(future, spot, 1)[0]
    found = hedge_effectiveness(spot, spot - ratio * future, rng, QUICK)
    assert found.value == pytest.approx(np.corrcoef(spot, future)[0, 1] ** 2, rel=1e-12)
    assert found.unhedged == pytest.approx(spot.std(), rel=1e-12)
    assert found.low < found.value < found.high


def derivative(figure, nobs, place, step=1e-6):
    """Slope of a figure in the weight of one row, the weights adding up to T, times T."""
    ones = np.ones((1, nobs))
    sides = []
    for sign in (1.0, -1.0):
        counts = (1.0 - sign * step) * ones
        counts[0, place] += sign * step * nobs
        sides.append(figure(counts)[0])
    return (sides[0] - sides[1]) / (2.0 * step)


@pytest.mark.parametrize("place", [0, 7, 39])
def test_reference_influence_equals_the_derivative(place):
    rng = np.random.default_rng(4)
    now, before = market(rng, 40) * WEIGHTS, market(rng, 60) * WEIGHTS
    now, before = now - now.mean(axis=0), before - before.mean(axis=0)
    one, other = np.ones((1, 40)), np.ones((1, 60))

    expected = derivative(lambda counts: ratio_terms(spread(now, counts))[0], 40, place)
    assert ratio_terms(spread(now, one))[1][0, place] == pytest.approx(expected, abs=1e-7)

    late, early = spread(now, one), spread(before, other)
    _, of_now, of_before = _against(late, early)
    slope = derivative(lambda counts: _against(spread(now, counts), early)[0], 40, place)
    assert of_now[0, place] == pytest.approx(slope, abs=1e-7)
    slope = derivative(lambda counts: _against(late, spread(before, counts))[0], 60, place)
    assert of_before[0, place] == pytest.approx(slope, abs=1e-7)

    loss = now[:, 0]
    slope = derivative(lambda counts: _tail(loss, counts, 0.123).shortfall, 40, place)
    assert _tail(loss, one, 0.123).influence[0, place] == pytest.approx(slope, abs=1e-6)


def test_reference_weighted_tail_equals_the_tail_of_repeated_rows():
    rng = np.random.default_rng(5)
    loss = rng.standard_normal(50)
    loss -= loss.mean()
    rows = stationary_indices(50, 50, 3.0, 20, rng)
    counts = np.stack([np.bincount(each, minlength=50) for each in rows]).astype(float)
    found = _tail(loss, counts, 0.15).shortfall
    expected = [slow_shortfall(-loss[each], 0.15) for each in rows]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# recovery


def covered_ratio(runs, tails=None):
    hits = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        found = sample_ratio(WEIGHTS, market(rng, 120, tails=tails), rng, QUICK)
        hits.append(covers(found, true_ratio()))
    return hits


def covered_breakdown(runs, tails=None):
    hits = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        now, before = market(rng, 63, tails=tails), market(rng, 252, tails=tails)
        found = breakdown(WEIGHTS, now * [1.0, 1.0, 2.0, 1.0], before, rng, QUICK)
        hits.append(covers(found, 1.0))
    return hits


def covered_tail(runs, tails=None):
    share = 0.1
    quantile = norm.ppf(share) if tails is None else student.ppf(share, tails)
    density = (
        norm.pdf(quantile)
        if tails is None
        else student.pdf(quantile, tails) * (tails + quantile**2) / (tails - 1)
    )
    shortfall = density / share
    gross, net = WEIGHTS.sum(), WEIGHTS.sum() / true_ratio()
    benefit = shortfall * (gross - net) / (shortfall * gross + quantile * net)
    hits = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        found = tail_ratio(WEIGHTS, market(rng, 200, tails=tails), rng, share, QUICK)
        hits.append(
            (
                covers(found, true_ratio()),
                covers(found, 1.0, "penalty_"),
                covers(found, true_ratio(), "volatility_ratio_"),
                covers(found, benefit, "benefit_"),
            )
        )
    return list(zip(*hits, strict=True))


def covered_hedge(runs, tails=None):
    hits = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        x = market(rng, 200, 0.8, tails)
        found = hedge_effectiveness(x[:, 0], x[:, 0] - 0.8 * x[:, 1], rng, QUICK)
        hits.append(covers(found, 0.64))
    return hits


def test_recovery_band_of_the_ratio_covers():
    assert_covered(covered_ratio(200))


def test_recovery_band_of_the_breakdown_covers_and_false_positives_are_few():
    assert_covered(covered_breakdown(200))


def test_recovery_bands_of_the_tail_cover():
    for hits in covered_tail(200):
        assert_covered(hits, slack=0.03)


def test_recovery_band_of_the_hedge_covers():
    assert_covered(covered_hedge(200))


@pytest.mark.nightly
@pytest.mark.parametrize("tails", [None, 5])
def test_recovery_bands_cover_in_many_runs(tails):
    assert_covered(covered_ratio(2000, tails))
    assert_covered(covered_breakdown(2000, tails))
    assert_covered(covered_hedge(2000, tails))
    for hits in covered_tail(2000, tails):
        assert_covered(hits, slack=0.03)


def test_recovery_of_a_squeeze():
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        now, before = market(rng, 63, 0.85), market(rng, 400, 0.2)
        found.append(breakdown(WEIGHTS, now, before, rng, QUICK))
    assert all(each.high < 1.0 for each in found)
    truth = true_ratio(0.85) / true_ratio(0.2)
    assert np.mean([each.value for each in found]) == pytest.approx(truth, abs=0.02)


def test_recovery_of_volatility_that_is_no_breakdown():
    rng = np.random.default_rng(1)
    now, before = market(rng, 3000) * [1.0, 1.0, 1.0, 12.0], market(rng, 3000)
    found = breakdown(WEIGHTS, now, before, rng, QUICK)
    assert found.volatility_effect < 0.95
    assert found.value == pytest.approx(1.0, abs=0.02)


def test_recovery_of_positions_that_only_fall_together():
    rng = np.random.default_rng(2)
    crash = np.where(rng.random((1500, 1)) < 0.06, -4.0, 0.0)
    found = tail_ratio(WEIGHTS, rng.standard_normal((1500, 4)) + crash, rng, options=QUICK)
    assert found.penalty_high < 1.0
    assert found.benefit < 0.9


# invariance

FIGURES = {
    sample_ratio: ("value", "low", "high"),
    tail_ratio: ("value", "low", "high", "penalty_low", "benefit_high"),
}


def grid(seed, nobs=220):
    """Returns on a grid fine enough to add 1e8 to them without rounding."""
    x = market(np.random.default_rng(seed), nobs, tails=6)
    return np.round(x * 2.0**20) / 2.0**20


@pytest.mark.parametrize("estimator", FIGURES)
@given(
    seed=st.integers(0, 10**6),
    factor=st.floats(1e-6, 1e6),
    constant=st.sampled_from([0.0, 0.25, -3.5, 1e8]),
    order=st.permutations(range(4)),
    flips=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
)
@settings(max_examples=25, deadline=None)
def test_invariance_to_scale_sign_order_and_constants(
    estimator, seed, factor, constant, order, flips
):
    x, turned = grid(seed), np.array(flips)
    first = estimator(WEIGHTS, x, np.random.default_rng(1), options=FIXED)
    moved = (x * turned + constant)[:, order]
    held = (WEIGHTS * turned)[list(order)] * factor
    second = estimator(held, moved, np.random.default_rng(1), options=FIXED)
    for name in FIGURES[estimator]:
        assert getattr(second, name) == pytest.approx(getattr(first, name), rel=1e-9, abs=1e-9)


@given(
    seed=st.integers(0, 10**6),
    factor=st.floats(1e-3, 1e3),
    constant=st.sampled_from([0.0, -3.5, 1e8]),
    order=st.permutations(range(4)),
)
@settings(max_examples=25, deadline=None)
def test_invariance_of_the_breakdown(seed, factor, constant, order):
    now, before = grid(seed, 50), grid(seed + 1, 90)
    first = breakdown(WEIGHTS, now, before, np.random.default_rng(1), FIXED)
    second = breakdown(
        WEIGHTS[list(order)] * factor,
        now[:, order] + constant,
        before[:, order] - constant,
        np.random.default_rng(1),
        FIXED,
    )
    third = breakdown(WEIGHTS, now, before * factor, np.random.default_rng(1), FIXED)
    for name in ("value", "low", "high", "ratio_now_low", "ratio_baseline"):
        assert getattr(second, name) == pytest.approx(getattr(first, name), rel=1e-9)
        assert getattr(third, name) == pytest.approx(getattr(first, name), rel=1e-9)


@given(
    seed=st.integers(0, 10**6),
    factor=st.floats(1e-3, 1e3),
    constant=st.sampled_from([0.0, -3.5, 1e8]),
)
@settings(max_examples=25, deadline=None)
def test_invariance_of_the_hedge(seed, factor, constant):
    alone, both = grid(seed, 60)[:, :2].T
    first = hedge_effectiveness(alone, both, np.random.default_rng(1), FIXED)
    if constant == 0.0:
        alone, both = alone * factor, both * factor
    second = hedge_effectiveness(alone + constant, constant - both, np.random.default_rng(1), FIXED)
    for name in ("value", "low", "high"):
        assert getattr(second, name) == pytest.approx(getattr(first, name), abs=1e-9)


# degenerate


def spoiled(value):
    x = market(np.random.default_rng(0), 300)
    x[7, 2] = value
    return x


CONSTANT = spoiled(0.0) * [1.0, 1.0, 0.0, 1.0]
ALONE = spoiled(0.0)[:, :1]


@pytest.mark.parametrize(
    ("x", "held", "reason"),
    [
        (spoiled(np.nan), WEIGHTS, "not_finite"),
        (spoiled(np.inf), WEIGHTS, "not_finite"),
        (CONSTANT, WEIGHTS, "constant"),
        (spoiled(0.0)[:20], WEIGHTS, "too_short"),
        (ALONE, [1.0], "positions"),
        (np.hstack([ALONE, 2.0 * ALONE]), [1.0, 1.0], "collinear"),
        (np.hstack([ALONE, 2.0 * ALONE]), [2.0, -1.0], "no_risk"),
        (spoiled(0.0), [1.0, 1.0], "shape"),
        (np.zeros((300, 2, 2)), [1.0, 1.0], "shape"),
        (spoiled(0.0), {"a": 1.0}, "names"),
    ],
)
def test_degenerate_samples_are_refused(x, held, reason):
    rng = np.random.default_rng(0)
    for call in (
        lambda: sample_ratio(held, x, rng, FIXED),
        lambda: tail_ratio(held, x, rng, options=FIXED),
        lambda: breakdown(held, x, x, rng, FIXED),
    ):
        with pytest.raises(NotEstimable) as refusal:
            call()
        assert refusal.value.reason == reason


def test_degenerate_options_and_hedges_are_refused():
    rng = np.random.default_rng(0)
    x = spoiled(0.0)
    one = x[:, 0]
    for call, reason in (
        (lambda: sample_ratio(WEIGHTS, x, rng, BandOptions(level=1.0)), "level"),
        (lambda: sample_ratio(WEIGHTS, x, rng, BandOptions(block=0.5)), "block"),
        (lambda: sample_ratio(WEIGHTS, x, rng, BandOptions(replications=1)), "too_short"),
        (lambda: tail_ratio(WEIGHTS, x, rng, 0.0), "tail"),
        (lambda: tail_ratio(WEIGHTS, x, rng, 0.5), "tail"),
        (lambda: tail_ratio(WEIGHTS, x, rng, 0.03), "too_short"),
        (lambda: breakdown(WEIGHTS, pd.DataFrame(x, columns=list("abcd")), x, rng), "names"),
        (lambda: hedge_effectiveness(one, one[1:], rng), "shape"),
        (lambda: hedge_effectiveness(x, one, rng), "shape"),
        (lambda: hedge_effectiveness(one, 0.0 * one, rng), "constant"),
        (lambda: hedge_effectiveness(0.0 * one, one, rng), "constant"),
        (lambda: hedge_effectiveness(one, 0.5 * one, rng), "collinear"),
        (lambda: hedge_effectiveness(one[:29], one[:29], rng), "too_short"),
        (lambda: hedge_effectiveness(spoiled(np.nan)[:, 2], one, rng), "not_finite"),
    ):
        with pytest.raises(NotEstimable) as refusal:
            call()
        assert refusal.value.reason == reason


def test_degenerate_replications_are_refused():
    x = np.zeros((40, 2))
    x[[3, 9], [0, 1]] = 1.0
    with pytest.raises(NotEstimable) as refusal:
        sample_ratio([1.0, 1.0], x, np.random.default_rng(0), FIXED)
    assert refusal.value.reason == "not_finite"


# the door


def test_frames_and_results():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(market(rng, 300), columns=["spx", "gld", "gdx", "btc"])
    held = {"btc": 0.5, "gdx": 0.5, "gld": 0.0, "spx": 0.25}
    tail = tail_ratio(held, frame, rng, options=QUICK)
    assert tail.names == ("spx", "gdx", "btc")
    assert tail.to_frame()["shares"].sum() == pytest.approx(1.0)
    assert not tail.standalone.flags.writeable
    split = breakdown(held, frame[-63:], frame[:-63], rng, QUICK)
    assert split.to_frame().loc["breakdown", "low"] == split.low
    assert (split.nobs, split.nobs_baseline) == (63, 237)
    ratio = sample_ratio(held, frame, rng, QUICK)
    assert ratio.to_frame().loc["squared", "value"] == pytest.approx(ratio.value**2)
    hedge = hedge_effectiveness(frame["spx"], frame["spx"] - frame["gld"], rng, QUICK)
    assert hedge.to_frame().loc["effectiveness", "value"] == hedge.value
    for found in (tail, split, ratio, hedge):
        assert "\n" not in repr(found)
        assert found.summary().startswith(type(found).__name__)
