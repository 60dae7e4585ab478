"""Several breaks: brute force, published critical values, levels, dates, coverage."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps
from statsmodels.regression.linear_model import OLS

from comove.core.errors import NotEstimable
from comove.stats.breaks import (
    BreakOptions,
    bai_perron,
    date_law,
    date_quantile,
    most_breaks,
    product_breaks,
    sup_pvalue,
)
from comove.stats.breaks._bai_perron import partitions
from comove.stats.breaks._sup_law import typical_f


def stepped(rng, nobs, at, levels):
    y = rng.standard_normal(nobs)
    for start, level in zip((0, *at), levels, strict=True):
        y[start:] += level - (0 if start == 0 else levels[(0, *at).index(start) - 1])
    return y


# --- reference ------------------------------------------------------------------------------


def squares_of(y, x, edges):
    total = 0.0
    for start, stop in itertools.pairwise(edges):
        total += np.linalg.lstsq(x[start:stop], y[start:stop], rcond=None)[1][0]
    return total


@pytest.mark.parametrize("width", [1, 2])
def test_reference_partition_equals_brute_force(width):
    rng = np.random.default_rng(1)
    nobs, least = 40, 6
    x = np.column_stack([np.ones(nobs), rng.standard_normal(nobs)])[:, :width]
    y = stepped(rng, nobs, (17, 29), (0.0, 2.0, -1.0))
    squares, places = partitions(y, np.ascontiguousarray(x), least, 3)
    for count in range(4):
        every = [
            (0, *cut, nobs)
            for cut in itertools.combinations(range(least, nobs - least + 1), count)
            if min(np.diff((0, *cut, nobs))) >= least
        ]
        best = min(every, key=lambda edges: squares_of(y, x, edges))
        assert squares[count] == pytest.approx(squares_of(y, x, best), rel=1e-10)
        assert places[count] == best[1:-1]


def slow_f(y, x, edges, lags, typical):
    """Wald statistic of equal coefficients, from dense matrices."""
    nobs, width = x.shape
    count = len(edges) - 1
    wide = np.zeros((nobs, count * width))
    for segment, (start, stop) in enumerate(itertools.pairwise(edges)):
        wide[start:stop, segment * width : (segment + 1) * width] = x[start:stop]
    coef = np.linalg.lstsq(wide, y, rcond=None)[0]
    scores = x * (y - wide @ coef)[:, None]
    long_run = scores.T @ scores / nobs
    for lag in range(1, lags + 1):
        crossed = scores[lag:].T @ scores[:-lag] / nobs
        long_run += (1 - lag / (lags + 1)) * (crossed + crossed.T)
    meat = np.zeros((count * width, count * width))
    for segment, (start, stop) in enumerate(itertools.pairwise(edges)):
        block = slice(segment * width, (segment + 1) * width)
        meat[block, block] = (stop - start) * long_run
    bread = np.linalg.inv(wide.T @ wide)
    cov = bread @ meat @ bread
    r = np.zeros(((count - 1) * width, count * width))
    for i in range((count - 1) * width):
        r[i, i], r[i, i + width] = 1.0, -1.0
    d = r @ coef
    raw = d @ np.linalg.solve(r @ cov @ r.T, d) / len(d)
    return raw * (1 - (width + len(d) * typical) * (lags + 1) / nobs)


@pytest.mark.parametrize("width", [1, 2])
def test_reference_f_statistics_and_errors_equal_dense_algebra(width):
    rng = np.random.default_rng(2)
    nobs = 200
    x = rng.standard_normal((nobs, 1)) + 3.0
    y = stepped(rng, nobs, (90,), (0.0, 0.7)) * 5.0 + 100.0
    found = bai_perron(y, x if width == 2 else None, BreakOptions(choose="bic"))
    whole = np.column_stack([np.ones(nobs), x])[:, :width]
    lags = int(4 * (nobs / 100) ** (2 / 9))
    for count, breaks in enumerate(found.by_breaks, start=1):
        edges = (0, *breaks, nobs)
        slow = slow_f(y, whole, edges, lags, typical_f(width, 0.15, count))
        assert found.sup_f[count - 1] == pytest.approx(slow, rel=1e-8)
        assert found.squares[count] == pytest.approx(squares_of(y, whole, edges), rel=1e-9)
    sizes = (np.arange(6) + 1) * width + np.arange(6)
    bic = np.log(found.squares / nobs) + sizes * np.log(nobs) / nobs
    lwz = np.log(found.squares / (nobs - sizes)) + 0.299 * sizes / nobs * np.log(nobs) ** 2.1
    assert found.bic == pytest.approx(bic)
    assert found.lwz == pytest.approx(lwz)
    edges = (0, *found.breaks, nobs)
    for segment, (start, stop) in enumerate(itertools.pairwise(edges)):
        fit = OLS(y[start:stop], whole[start:stop]).fit()
        assert found.coef[segment] == pytest.approx(fit.params, rel=1e-9)


@pytest.mark.parametrize(
    ("trim", "breaks", "five_percent"),
    [
        # one coefficient, Bai and Perron (1998; 2003 for the double maximum and other trims)
        (0.15, 1, 8.58),
        (0.15, 2, 7.22),
        (0.15, 3, 5.96),
        (0.15, 4, 4.99),
        (0.15, 5, 3.91),
        (0.15, 0, 8.88),
    ],
)
def test_reference_law_agrees_with_published_critical_values(trim, breaks, five_percent):
    # both are simulations of about 10,000 and 20,000 draws with 1,000 and 800 steps
    assert sup_pvalue(five_percent, 1, trim, breaks) == pytest.approx(0.05, abs=0.01)


def test_reference_law_agrees_with_the_asymptotic_tail():
    # P(sup > c) -> c^(1/2) e^(-c/2) / (2^(1/2) Gamma(1/2)) (log odds (1 - 1/c) + 2/c)
    for trim in (0.10, 0.15, 0.20):
        odds = math.log(((1 - trim) / trim) ** 2)
        for c in (9.0, 12.0):
            density = math.sqrt(c) * math.exp(-c / 2) / (math.sqrt(2) * math.gamma(0.5))
            tail = density * (odds * (1 - 1 / c) + 2 / c)
            assert sup_pvalue(c, 1, trim, 1) == pytest.approx(tail, rel=0.2)


def test_reference_date_law_is_that_of_a_simulated_path():
    rng, step = np.random.default_rng(3), 0.05
    places = []
    for _ in range(1500):
        walks = np.cumsum(rng.standard_normal((2, 1600)) * math.sqrt(step), axis=1)
        walks -= 0.5 * step * np.arange(1, 1601)
        peaks, at = walks.max(axis=1), (walks.argmax(axis=1) + 1) * step
        side = int(peaks[1] > peaks[0])
        places.append((at[side] if peaks[side] > 0 else 0.0) * (1 if side else -1))
    for x in (0.5, 2.0, 7.687, 11.033):
        share = (np.array(places) <= x).mean()
        assert share == pytest.approx(date_law(x), abs=0.035)
    assert date_law(-2.0) == pytest.approx(1 - date_law(2.0))
    assert [date_quantile(level) for level in (0.9, 0.95)] == pytest.approx(
        [7.687, 11.033], abs=5e-3
    )
    with pytest.raises(NotEstimable):
        date_quantile(1.0)


def test_reference_products_are_the_correlation():
    rng = np.random.default_rng(4)
    z = rng.standard_normal((300, 2)) * [1.0, 20.0] + 5.0
    found = product_breaks(z, "none", BreakOptions(choose="lwz"))
    assert found.count == 0
    assert found.coef[0, 0] == pytest.approx(np.corrcoef(z.T)[0, 1], abs=1e-12)


# --- recovery -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["normal", "products", "autocorrelated"])
def test_recovery_false_positives_keep_the_level(kind):
    rng, runs = np.random.default_rng(5), 250
    rejected = np.zeros(4)
    for _ in range(runs):
        y = rng.standard_normal(300)
        if kind == "products":
            y = y * (0.5 * y + math.sqrt(0.75) * rng.standard_normal(300))
        elif kind == "autocorrelated":
            y = y + 0.3 * np.roll(y, 1)
        found = bai_perron(y)
        pvalues = found.pvalue[0], found.pvalue[2], found.double_max_pvalue, found.next_pvalue[0]
        rejected += np.array(pvalues) < 0.05
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.035, 0.07])
    assert (rejected >= (0 if kind == "products" else low)).all()
    assert (rejected <= high).all()


@pytest.mark.nightly
def test_recovery_false_positives_keep_the_level_over_many_runs():
    rng, rejected = np.random.default_rng(6), np.zeros(3)
    for _ in range(2000):
        found = bai_perron(rng.standard_normal(500))
        rejected += np.array([found.pvalue[0], found.pvalue[2], found.double_max_pvalue]) < 0.05
    low, high = sps.binom.ppf([0.0005, 0.9995], 2000, [0.035, 0.065])
    assert ((rejected >= low) & (rejected <= high)).all()


def test_recovery_number_dates_and_means_are_found():
    rng, runs = np.random.default_rng(7), 150
    right = dated = covered = 0
    for _ in range(runs):
        y = stepped(rng, 450, (150, 300), (0.0, 1.2, 0.0))
        found = bai_perron(y)
        if found.count != 2:
            continue
        right += 1
        dated += ((found.date_low <= [150, 300]) & (found.date_high >= [150, 300])).sum()
        covered += ((found.low[:, 0] <= [0, 1.2, 0]) & (found.high[:, 0] >= [0, 1.2, 0])).sum()
    assert right > 0.9 * runs
    low, high = sps.binom.ppf([0.001, 0.999], 2 * right, [0.93, 0.99])
    assert low <= dated <= high
    low, high = sps.binom.ppf([0.001, 0.999], 3 * right, [0.92, 0.97])
    assert low <= covered <= high


def test_recovery_breaks_of_correlation_are_found():
    rng, hits = np.random.default_rng(8), 0
    for _ in range(40):
        z = rng.standard_normal((600, 2))
        z[200:400, 1] = 0.8 * z[200:400, 0] + 0.6 * z[200:400, 1]
        found = product_breaks(z, "none")
        hits += found.count == 2 and np.abs(np.array(found.breaks) - [200, 400]).max() < 40
    assert hits > 30


def test_recovery_two_breaks_that_undo_each_other_show_in_the_double_maximum():
    rng, single, double = np.random.default_rng(9), 0, 0
    for _ in range(60):
        found = bai_perron(stepped(rng, 240, (80, 160), (0.0, 0.9, 0.0)))
        single += found.pvalue[0] < 0.05
        double += found.double_max_pvalue < 0.05
    assert double > single


# --- invariance -----------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6), st.sampled_from([0.0, -4.0, 1e8]))
def test_invariance_to_units_signs_and_levels(seed, unit, level):
    y = stepped(np.random.default_rng(seed), 150, (70,), (0.0, 1.0))
    y = np.round(y * 2**20) / 2**20
    power = 2.0 ** round(math.log2(unit))
    base, moved = bai_perron(y), bai_perron(-power * y + power * level)
    assert moved.by_breaks == base.by_breaks
    assert moved.sup_f == pytest.approx(base.sup_f, rel=1e-9)
    assert moved.next_pvalue == pytest.approx(base.next_pvalue, rel=1e-8, nan_ok=True)
    assert moved.se == pytest.approx(base.se * power, rel=1e-9)
    assert (level - moved.coef / power) == pytest.approx(base.coef, abs=1e-7)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_invariance_to_a_change_of_regressors(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((160, 1)), rng.standard_normal(160)
    y[80:] += 2.0 * x[80:, 0]
    options = BreakOptions(trim=0.20)
    base, moved = bai_perron(y, x, options), bai_perron(y, 50.0 - 10.0 * x, options)
    assert moved.breaks == base.breaks
    assert moved.sup_f == pytest.approx(base.sup_f, rel=1e-7)
    assert -10.0 * moved.coef[:, 1] == pytest.approx(base.coef[:, 1], rel=1e-7)


# --- degenerate -----------------------------------------------------------------------------

Z = np.random.default_rng(10).standard_normal(200)
X = np.random.default_rng(11).standard_normal((200, 3))


@pytest.mark.parametrize(
    ("y", "x", "options", "reason"),
    [
        (np.ones(200), None, None, "constant"),
        (np.where(Z[3] == Z, np.nan, Z), None, None, "not_finite"),
        (np.where(Z[3] == Z, np.inf, Z), None, None, "not_finite"),
        (Z[:40], None, None, "too_short"),
        (X, None, None, "shape"),
        (Z, X, None, "shape"),
        (Z, X[:50, :1], None, "shape"),
        (Z, X[:, [0, 0]], None, "collinear"),
        (Z, np.ones((200, 1)), None, "constant"),
        (Z, (np.arange(200.0) > 150)[:, None] * 1.0, None, "collinear"),
        (Z, None, BreakOptions(trim=0.3), "option"),
        (Z, None, BreakOptions(most=9), "option"),
        (Z, None, BreakOptions(choose="aic"), "option"),
        (Z, None, BreakOptions(alpha=0.0), "option"),
        (Z, None, BreakOptions(level=0.0), "level"),
        (Z, None, BreakOptions(lags=60), "lags"),
        (Z, None, BreakOptions(lags=-1), "lags"),
    ],
)
def test_degenerate_samples_are_refused(y, x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        bai_perron(y, x, options)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("x", "margins", "reason"),
    [
        (X[:, :2], "none", "too_short"),
        (X[:, :1], "none", "shape"),
        (X[:, [0, 0]], "none", "collinear"),
        (X[:, :2], "other", "option"),
    ],
)
def test_degenerate_pairs_are_refused(x, margins, reason):
    with pytest.raises(NotEstimable) as caught:
        product_breaks(x[:50] if reason == "too_short" else x, margins)
    assert caught.value.reason == reason


def test_degenerate_law_is_refused_outside_its_table():
    for arguments in ((5.0, 9, 0.15, 1), (5.0, 1, 0.3, 1), (5.0, 1, 0.15, 6)):
        with pytest.raises(NotEstimable):
            sup_pvalue(*arguments)
    with pytest.raises(NotEstimable):
        most_breaks(0.05)
    assert math.isnan(sup_pvalue(math.nan, 1, 0.15, 1))
    assert sup_pvalue(0.0, 1, 0.15, 1) == 1.0
    beyond = [sup_pvalue(value, 1, 0.15, 1) for value in (16.0, 17.0, 30.0)]
    assert beyond[0] > beyond[1] > beyond[2] > 0.0


def test_frames_keep_their_labels():
    days = pd.date_range("2020-01-01", periods=200)
    y = pd.DataFrame({"ret": stepped(np.random.default_rng(12), 200, (90,), (0, 2))}, index=days)
    found = bai_perron(y)
    assert found.labels == (days[found.breaks[0]].to_datetime64(),)
    assert found.tests().index.tolist() == [1, 2, 3, 4, 5]
    assert found.to_frame()["const"].tolist() == pytest.approx(found.coef[:, 0].tolist())
    assert "double_max" in found.summary()
