"""Block bootstrap of statistics: every draw against a slow loop, coverage, bands, laws."""

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from arch.bootstrap import (
    CircularBlockBootstrap,
    StationaryBootstrap,
    optimal_block_length,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import (
    ResampleOptions,
    circular_indices,
    optimal_block,
    percentile_interval,
    resample,
    row_counts,
    studentised_interval,
    sup_t_band,
)
from comove.stats.bootstrap._indices import circular_blocks, expanded, stationary_blocks


def returns(seed, nobs=200, columns=3, slope=0.0):
    """Correlated by one half, with volatility that clusters and, if asked, autocorrelation."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((nobs, 1))
    noise = rng.standard_normal((nobs, columns))
    shock = math.sqrt(0.5) * (common + noise)
    size = np.exp(0.5 * np.sin(np.arange(nobs) / 15.0))[:, None]
    x = size * shock
    for t in range(1, nobs):
        x[t] += slope * x[t - 1]
    return x


def rows_of(kind, nobs, block, count, seed):
    """The rows that resample draws from a generator of this seed."""
    draw = stationary_blocks if kind == "stationary" else circular_blocks
    begins, rows, _ = draw(nobs, nobs, block, count, np.random.default_rng(seed))
    return expanded(begins, rows, (count, nobs), nobs)


def slow(x, statistic):
    if statistic == "correlation":
        matrix = np.corrcoef(x.T)
        return matrix[np.triu_indices(x.shape[1], 1)]
    if statistic == "beta":
        design = np.column_stack([np.ones(len(x)), x[:, 1:]])
        return np.linalg.lstsq(design, x[:, 0], rcond=None)[0][1:]
    if statistic == "mean":
        return x.mean(axis=0)
    path = np.vstack([np.zeros(x.shape[1]), np.cumsum(x, axis=0)])
    return (path - np.maximum.accumulate(path, axis=0)).min(axis=0)


STATISTICS = ("correlation", "beta", "mean", "drawdown")


@pytest.mark.parametrize("kind", ["stationary", "circular"])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_reference_every_draw_equals_the_slow_loop(kind, statistic):
    x = returns(0)
    options = ResampleOptions(kind=kind, block=7, replications=150)
    found = resample(x, statistic, np.random.default_rng(5), options)
    rows = rows_of(kind, 200, 7, 150, 5)
    expected = np.array([slow(x[line], statistic) for line in rows])
    np.testing.assert_allclose(found.draws, expected, atol=1e-11)
    np.testing.assert_allclose(found.estimate, slow(x, statistic), atol=1e-11)
    low, high = percentile_interval(expected)
    np.testing.assert_allclose(found.low, low, atol=1e-11)
    np.testing.assert_allclose(found.high, high, atol=1e-11)


@pytest.mark.parametrize("kind", ["stationary", "circular"])
@pytest.mark.parametrize("statistic", ["correlation", "beta", "mean"])
def test_reference_studentised_interval_equals_the_slow_loop(kind, statistic):
    """Errors of replications block by block, the influence taken from its definition."""
    x = returns(1, nobs=80)
    options = ResampleOptions(kind=kind, block=6, replications=60, method="studentised")
    found = resample(x, statistic, np.random.default_rng(3), options)
    draw = stationary_blocks if kind == "stationary" else circular_blocks
    begins, rows, bounds = draw(80, 80, 6, 60, np.random.default_rng(3))
    index = expanded(begins, rows, (60, 80), 80)
    values, errors = [], []
    for r in range(60):
        sample = x[index[r]]
        what = influence(sample, statistic)
        cuts = begins[bounds[r] : bounds[r + 1]] - 80 * r
        parts = np.add.reduceat(what, cuts, axis=0)
        count = len(cuts)
        errors.append(np.sqrt((parts**2).sum(axis=0) * count / (count - 1)) / 80)
        values.append(slow(sample, statistic))
    value, values, errors = slow(x, statistic), np.array(values), np.array(errors)
    if statistic == "correlation":
        ends = studentised_interval(
            np.arctanh(value),
            found.error / (1 - value**2),
            np.arctanh(values),
            errors / (1 - values**2),
        )
        ends = tuple(np.tanh(end) for end in ends)
    else:
        ends = studentised_interval(value, found.error, values, errors)
    np.testing.assert_allclose(found.low, ends[0], rtol=1e-8)
    np.testing.assert_allclose(found.high, ends[1], rtol=1e-8)


def influence(x, statistic):
    """What each row adds to a statistic, from textbook formulas."""
    left = x - x.mean(axis=0)
    if statistic == "mean":
        return left
    if statistic == "correlation":
        u = left / left.std(axis=0)
        pairs = []
        for i, j in zip(*np.triu_indices(x.shape[1], 1), strict=True):
            r = (u[:, i] * u[:, j]).mean()
            pairs.append(u[:, i] * u[:, j] - 0.5 * r * (u[:, i] ** 2 + u[:, j] ** 2))
        return np.array(pairs).T
    drivers = left[:, 1:]
    beta = np.linalg.lstsq(drivers, left[:, 0], rcond=None)[0]
    residual = left[:, 0] - drivers @ beta
    return (drivers * residual[:, None]) @ np.linalg.inv(drivers.T @ drivers / len(x))


@pytest.mark.parametrize("kind", ["stationary", "circular"])
@pytest.mark.parametrize("block", [1.0, 5.0, 40.0])
def test_reference_error_of_a_mean_is_the_exact_bootstrap_variance(kind, block):
    """Against the spread of many draws; the sd of a sd of 20,000 draws is half a per cent."""
    x = returns(2, slope=0.4)
    options = ResampleOptions(kind=kind, block=block, replications=20_000)
    found = resample(x, "mean", np.random.default_rng(1), options)
    np.testing.assert_allclose(found.error, found.draws.std(axis=0), rtol=0.03)


@pytest.mark.parametrize(
    ("kind", "other"), [("stationary", StationaryBootstrap), ("circular", CircularBlockBootstrap)]
)
def test_reference_intervals_of_arch_agree_to_chance(kind, other):
    x = returns(3, columns=2, slope=0.3)
    options = ResampleOptions(kind=kind, block=10, replications=20_000)
    found = resample(x, "correlation", np.random.default_rng(1), options)
    theirs = other(10, x, seed=np.random.default_rng(2)).conf_int(
        lambda z: np.corrcoef(z.T)[0, 1], reps=4000, method="percentile"
    )
    spread = float(found.error[0])
    # a 2.5 % quantile of 4,000 draws has an error of about 0.04 standard deviations
    assert abs(found.low[0] - theirs[0, 0]) < 0.2 * spread
    assert abs(found.high[0] - theirs[1, 0]) < 0.2 * spread


@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.5, 0.9])
def test_reference_circular_block_length_equals_arch(slope):
    for seed in range(3):
        x = returns(seed, nobs=400, columns=1, slope=slope)[:, 0]
        theirs = optimal_block_length(x).iloc[0]
        ours = optimal_block(x, "circular")
        assert ours == pytest.approx(max(theirs["circular"], 1.0), rel=1e-9)
        assert optimal_block(x) == pytest.approx(max(theirs["stationary"], 1.0), rel=1e-9)


def test_reference_fast_blocks_follow_the_law_of_the_stationary_bootstrap():
    nobs, block, count = 300, 6.0, 400
    rows = rows_of("stationary", nobs, block, count, 2)
    follows = np.diff(rows, axis=1) % nobs == 1
    expected = 1.0 - (1.0 / block) * (1.0 - 1.0 / nobs)
    spread = math.sqrt(expected * (1.0 - expected) / follows.size)
    assert abs(follows.mean() - expected) < 4.0 * spread
    counts = row_counts(rows, nobs)
    assert abs(counts.mean(axis=0) - 1.0).max() < 5.0 * math.sqrt(2 * block / count)
    whole = rows_of("stationary", 7, 1e300, 5, 0)
    for line in whole:
        np.testing.assert_array_equal(line, (line[0] + np.arange(7)) % 7)


def test_reference_circular_rows_are_blocks_of_one_length_that_wrap():
    rows = circular_indices(10, 23, 4, 300, np.random.default_rng(1))
    inside = np.delete(np.diff(rows, axis=1) % 10, np.arange(3, 22, 4), axis=1)
    assert (inside == 1).all()
    counts = np.bincount(rows[:, ::4].ravel(), minlength=10)
    assert abs(counts - 180).max() < 5 * math.sqrt(180)


def test_reference_studentised_interval_by_hand():
    draws = 2.0 + np.linspace(-1.0, 3.0, 201)[:, None] * [0.5, 1.0]
    errors = np.broadcast_to([0.5, 1.0], draws.shape)
    low, high = studentised_interval([2.0, 2.0], [1.0, 0.1], draws, errors, level=0.9)
    # quantiles 0.05 and 0.95 of the ratio are -0.8 and 2.8
    np.testing.assert_allclose(low, [2.0 - 2.8, 2.0 - 0.28])
    np.testing.assert_allclose(high, [2.0 + 0.8, 2.0 + 0.08])


@pytest.mark.parametrize("size", [1, 5, 40])
def test_reference_band_of_independent_estimates_is_sidaks(size):
    draws = np.random.default_rng(4).standard_normal((40_000, size)) * np.linspace(1, 9, size)
    band = sup_t_band(np.zeros(size), draws, level=0.9)
    sidak = NormalDist().inv_cdf(0.5 + 0.5 * 0.9 ** (1.0 / size))
    assert band.critical == pytest.approx(sidak, rel=0.012)
    assert band.pointwise == pytest.approx(NormalDist().inv_cdf(0.95), rel=0.012)
    np.testing.assert_allclose(band.high, band.critical * draws.std(axis=0, ddof=1))
    same = sup_t_band(np.zeros(size), np.repeat(draws[:, :1], size, axis=1), level=0.9)
    assert same.critical == pytest.approx(same.pointwise, rel=1e-9)


def covered(statistic, truth, runs, method, seeds=0):
    """Share of runs whose interval holds the truth, and whose band holds all truths at once."""
    alone, together = [], []
    options = ResampleOptions(replications=500, method=method)
    for seed in range(seeds, seeds + runs):
        x = returns(seed, nobs=400, slope=0.2)
        found = resample(x, statistic, np.random.default_rng(seed), options)
        alone.append((found.low <= truth) & (truth <= found.high))
        band = found.band()
        together.append(((band.low <= truth) & (truth <= band.high)).all())
    return np.mean(alone), np.mean(together)


@pytest.mark.parametrize("method", ["percentile", "studentised"])
@pytest.mark.parametrize(
    ("statistic", "truth"), [("correlation", 0.5), ("beta", 1.0 / 3.0), ("mean", 0.0)]
)
def test_recovery_intervals_cover_the_truth(statistic, truth, method):
    """200 runs of some dependent statistics; blocks and 400 rows cost a few points."""
    alone, together = covered(statistic, truth, 200, method)
    least = 0.89 if method == "percentile" else 0.91
    assert least <= alone <= 0.985
    assert together >= 0.86


@pytest.mark.nightly
@pytest.mark.parametrize("method", ["percentile", "studentised"])
@pytest.mark.parametrize(
    ("statistic", "truth"), [("correlation", 0.5), ("beta", 1.0 / 3.0), ("mean", 0.0)]
)
def test_recovery_intervals_cover_the_truth_in_2000_runs(statistic, truth, method):
    alone, together = covered(statistic, truth, 2000, method, seeds=100_000)
    assert 0.905 <= alone <= 0.97
    assert together >= 0.88


def test_recovery_independent_rows_would_not_cover():
    """Why blocks: with strong autocorrelation single rows give intervals far too short."""
    missed = {1.0: 0, None: 0}
    for seed in range(60):
        x = returns(seed, nobs=300, columns=1, slope=0.8)
        for block in missed:
            options = ResampleOptions(replications=300, block=block)
            found = resample(x, "mean", np.random.default_rng(seed), options)
            missed[block] += not found.low[0] <= 0.0 <= found.high[0]
    assert missed[1.0] > 20
    assert missed[None] < 12


def test_recovery_of_the_law_of_a_drawdown():
    """Independent rows: the draws have the law of the falls of fresh samples."""
    rng = np.random.default_rng(6)
    x = rng.standard_normal((400, 1))
    x -= x.mean()
    options = ResampleOptions(block=1.0, replications=4000)
    found = resample(x, "drawdown", rng, options)
    fresh = np.cumsum(rng.standard_normal((4000, 400)) * x.std(), axis=1)
    path = np.concatenate([np.zeros((4000, 1)), fresh], axis=1)
    falls = (path - np.maximum.accumulate(path, axis=1)).min(axis=1)
    for chance in (0.05, 0.5, 0.95):
        expected = np.quantile(falls, chance)
        assert np.quantile(found.draws[:, 0], chance) == pytest.approx(expected, rel=0.05)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    scale=st.floats(1e-4, 1e4),
    level=st.sampled_from([0.0, 1e4, 1e8]),
    statistic=st.sampled_from(STATISTICS[:3]),
    method=st.sampled_from(["percentile", "studentised"]),
)
def test_invariance_scale_and_level(seed, scale, level, statistic, method):
    x = returns(seed, nobs=60)
    x = (x + level) - level
    options = ResampleOptions(block=4, replications=50, method=method)
    plain = resample(x, statistic, np.random.default_rng(seed), options)
    moved_x = x + level
    moved_x[:, 1] = scale * x[:, 1]
    moved = resample(moved_x, statistic, np.random.default_rng(seed), options)
    unit, shift = np.ones(len(plain.names)), np.zeros(len(plain.names))
    if statistic == "beta":
        unit[0] = 1.0 / scale
    if statistic == "mean":
        unit[1], shift = scale, np.array([level, 0.0, level])
    for name in ("estimate", "low", "high"):
        expected = getattr(plain, name)
        found = (getattr(moved, name) - shift) / unit
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 + 1e-15 * level)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(1e-4, 1e4), order=st.permutations(range(3)))
def test_invariance_order_and_sign(seed, scale, order):
    x = returns(seed, nobs=60)
    options = ResampleOptions(block=4, replications=50)
    plain = resample(x, "drawdown", np.random.default_rng(seed), options)
    moved = resample(scale * x[:, order], "drawdown", np.random.default_rng(seed), options)
    np.testing.assert_allclose(moved.draws / scale, plain.draws[:, order], rtol=1e-9)
    signs = np.array([1.0, -1.0, 1.0])
    plain = resample(x, "correlation", np.random.default_rng(seed), options)
    moved = resample(x * signs, "correlation", np.random.default_rng(seed), options)
    np.testing.assert_allclose(moved.draws * [-1.0, 1.0, -1.0], plain.draws, atol=1e-9)


def test_same_state_same_bytes_and_frames_keep_their_names():
    table = pd.DataFrame(returns(7), columns=["btc", "gdx", "qqq"])
    options = ResampleOptions(replications=100)
    one, two, other = (
        resample(table, "correlation", np.random.default_rng(seed), options) for seed in (1, 1, 2)
    )
    assert one.draws.tobytes() == two.draws.tobytes() != other.draws.tobytes()
    assert one.names == ("btc~gdx", "btc~qqq", "gdx~qqq")
    assert list(one.to_frame().index) == list(one.names)
    assert resample(table, "beta", np.random.default_rng(1), options).names == ("gdx", "qqq")
    assert "btc~gdx" in one.summary()
    assert not one.draws.flags.writeable
    longest = max(optimal_block(column) for column in influence(table.to_numpy(), "correlation").T)
    assert one.block == pytest.approx(longest, rel=1e-12)


X = returns(8, nobs=40)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: resample(X[:19], "mean", RNG), "too_short"),
        (lambda: resample(X[:, :1], "correlation", RNG), "shape"),
        (lambda: resample(X[:, :1], "beta", RNG), "shape"),
        (lambda: resample(np.ones((40, 2)), "mean", RNG), "constant"),
        (lambda: resample(np.where(X[3, 1] == X, np.nan, X), "beta", RNG), "not_finite"),
        (lambda: resample(np.column_stack([X, X[:, 1]]), "beta", RNG), "collinear"),
        (lambda: resample(X, "median", RNG), "option"),
        (lambda: resample(X, "drawdown", RNG, ResampleOptions(method="studentised")), "option"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(method="bca")), "option"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(replications=1)), "too_short"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(level=1.0)), "level"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(block=0.5)), "block"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(block=math.nan)), "block"),
        (lambda: resample(X, "mean", RNG, ResampleOptions(kind="moving")), "kind"),
        (
            lambda: resample(
                np.column_stack([np.eye(40)[0], X]), "correlation", RNG, ResampleOptions(block=2)
            ),
            "replications",
        ),
        (lambda: circular_indices(10, 0, 2, 2, RNG), "too_short"),
        (lambda: circular_indices(10, 5, 0, 2, RNG), "block"),
        (lambda: optimal_block(X[:, 0], "moving"), "kind"),
        (lambda: sup_t_band(np.zeros(2), np.zeros((9, 3))), "shape"),
        (lambda: sup_t_band(np.zeros(1), np.zeros((9, 1))), "constant"),
        (lambda: sup_t_band(np.full(3, np.nan), X), "not_finite"),
        (lambda: sup_t_band(np.zeros(3), X, level=0.0), "level"),
        (lambda: studentised_interval(0.0, 1.0, [1.0, 2.0], [1.0]), "shape"),
        (lambda: studentised_interval(0.0, 0.0, [1.0, 2.0], [1.0, 1.0]), "not_finite"),
        (lambda: studentised_interval(0.0, 1.0, [1.0, 2.0], [1.0, 0.0]), "not_finite"),
    ],
)
def test_degenerate_samples_and_options_are_refused(call, reason):
    with pytest.raises(NotEstimable) as refused:
        call()
    assert refused.value.reason == reason
