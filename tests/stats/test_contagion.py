import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.contagion import forbes_rigobon


def orthonormal(nobs, seed=0):
    """Two columns of mean zero, variance one (divisor T - 1) and no correlation, exactly."""
    z = np.random.default_rng(seed).standard_normal((nobs, 2))
    q, _ = np.linalg.qr(z - z.mean(axis=0))
    return q.T * np.sqrt(nobs - 1)


def line(rng, nobs, slope, sd, nu=None):
    x, e = rng.standard_normal((2, nobs)) if nu is None else rng.standard_t(nu, (2, nobs))
    return sd * x, slope * sd * x + e


@pytest.mark.parametrize(("variance", "raw"), [(1, 0.4472), (4, 0.7071), (9, 0.8321)])
def test_same_line_same_adjusted_correlation(variance, raw):
    u, e = orthonormal(80)
    v, f = orthonormal(50, 1)
    x = np.sqrt(variance) * v
    found = forbes_rigobon(u, 0.5 * u + e, x, 0.5 * x + f)
    assert found.raw_crisis == pytest.approx(raw, abs=5e-5)
    assert found.raw_stable == pytest.approx(0.4472, abs=5e-5)
    assert found.adjusted == pytest.approx(found.raw_stable, abs=1e-12)
    assert found.delta == pytest.approx(variance - 1, abs=1e-12)
    assert found.z == pytest.approx(0.0, abs=1e-10)
    assert found.pvalue == pytest.approx(0.5)


def test_equals_the_published_formula():
    rng = np.random.default_rng(2)
    xs, ys = line(rng, 200, 0.3, 1.0)
    xc, yc = line(rng, 60, 0.8, 2.0)
    found = forbes_rigobon(xs, ys, xc, yc)
    stable, crisis = sps.pearsonr(xs, ys).statistic, sps.pearsonr(xc, yc).statistic
    delta = xc.var(ddof=1) / xs.var(ddof=1) - 1
    adjusted = crisis / np.sqrt(1 + delta * (1 - crisis**2))
    z = (np.arctanh(adjusted) - np.arctanh(stable)) / np.sqrt(1 / 197 + 1 / 57)
    assert found.raw_stable == pytest.approx(stable, abs=1e-13)
    assert found.raw_crisis == pytest.approx(crisis, abs=1e-13)
    assert found.delta == pytest.approx(delta, rel=1e-12)
    assert found.adjusted == pytest.approx(adjusted, abs=1e-13)
    assert found.z == pytest.approx(z, abs=1e-11)
    assert found.pvalue == pytest.approx(sps.norm.sf(z), rel=1e-9)
    assert (found.nobs_stable, found.nobs_crisis) == (200, 60)
    assert found.low < found.adjusted < found.high


def adjusted_z(stable, crisis, ws, wc):
    """Fisher z of the adjusted correlation with weighted observations."""

    def covariance(z, w):
        w = w / w.sum()
        d = z - (w[:, None] * z).sum(axis=0)
        return (w[:, None] * d).T @ d * len(z) / (len(z) - 1)

    a, b = covariance(stable, ws), covariance(crisis, wc)
    rho = b[0, 1] / np.sqrt(b[0, 0] * b[1, 1])
    delta = b[0, 0] / a[0, 0] - 1
    return np.arctanh(rho / np.sqrt(1 + delta * (1 - rho**2)))


def test_interval_equals_numerical_influence_under_fat_tails():
    rng = np.random.default_rng(8)
    stable = np.column_stack(line(rng, 120, 1.5, 1.0, 2.5))
    crisis = np.column_stack(line(rng, 80, 1.5, 1.2, 2.5))
    found = forbes_rigobon(*stable.T, *crisis.T)
    variance = 0.0
    for sample, which in ((stable, 0), (crisis, 1)):
        nobs = len(sample)
        influence = np.empty(nobs)
        for t in range(nobs):
            shift = []
            for step in (1e-4, -1e-4):
                weights = [np.ones(120), np.ones(80)]
                weights[which][t] += step
                shift.append(adjusted_z(stable, crisis, *weights))
            influence[t] = nobs * (shift[0] - shift[1]) / 2e-4
        lags = int(4 * (nobs / 100) ** (2 / 9))
        for lag in range(lags + 1):
            weight = (1 - lag / (lags + 1)) * (2 if lag else 1)
            variance += weight * (influence[lag:] @ influence[: nobs - lag]) / nobs**2
    half = (np.arctanh(found.high) - np.arctanh(found.low)) / 2
    assert half == pytest.approx(1.959964 * np.sqrt(variance), rel=1e-4)


def test_interval_is_never_narrower_than_under_normality():
    rng = np.random.default_rng(9)
    z = rng.uniform(-1, 1, (4, 200))
    found = forbes_rigobon(z[0], z[0] + z[1], 2 * z[2], 2 * z[2] + z[3])
    t = found.adjusted / np.sqrt(1 - found.adjusted**2)
    variance = 1 / (200 * (1 + found.delta)) + t**2 * (1 / 200 + 1 / 200) / 2
    half = (np.arctanh(found.high) - np.arctanh(found.low)) / 2
    least = 1.959964 * np.sqrt(variance / (1 + t**2))
    assert half == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("rise", [1.0, 3.0])
def test_false_positives_never_exceed_the_nominal_level_under_normality(rise):
    rng, runs = np.random.default_rng(3), 400
    rejected = raw = 0
    for _ in range(runs):
        sample = (*line(rng, 150, 0.5, 1.0), *line(rng, 60, 0.5, rise))
        found = forbes_rigobon(*sample)
        rejected += found.pvalue < 0.05
        gap = np.arctanh(found.raw_crisis) - np.arctanh(found.raw_stable)
        raw += gap / np.sqrt(1 / 147 + 1 / 57) > 1.645
    assert rejected <= sps.binom.ppf(0.999, runs, 0.05)
    if rise > 1:
        assert raw > 0.9 * runs


@pytest.mark.parametrize(("slope", "rise", "nu"), [(0.5, 3.0, None), (1.0, 0.7, None), (0.5, 2, 6)])
def test_interval_covers(slope, rise, nu):
    rng, runs, hits = np.random.default_rng(4), 400, 0
    truth = slope / np.sqrt(1 + slope**2)
    for _ in range(runs):
        found = forbes_rigobon(*line(rng, 200, slope, 1.0, nu), *line(rng, 100, slope, rise, nu))
        hits += found.low <= truth <= found.high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.92 if nu else 0.94, 0.96])
    assert low <= hits <= high


def test_sees_a_slope_that_rises():
    rng, found = np.random.default_rng(5), 0
    for _ in range(100):
        found += forbes_rigobon(*line(rng, 250, 0.2, 1.0), *line(rng, 100, 1.0, 2.0)).pvalue < 0.05
    assert found > 90


def test_source_and_target_are_not_exchangeable():
    rng = np.random.default_rng(6)
    xs, ys, xc, yc = *line(rng, 200, 0.5, 1.0), *line(rng, 60, 0.5, 3.0)
    one, two = forbes_rigobon(xs, ys, xc, yc), forbes_rigobon(ys, xs, yc, xc)
    assert one.raw_crisis == pytest.approx(two.raw_crisis, abs=1e-12)
    assert abs(one.adjusted - two.adjusted) > 0.05


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(-100, 100))
def test_units_levels_and_signs_do_not_matter(seed, scale, unit, shift):
    rng = np.random.default_rng(seed)
    xs, ys, xc, yc = *line(rng, 50, 0.5, 1.0), *line(rng, 30, 0.5, 2.0)
    base = forbes_rigobon(xs, ys, xc, yc)
    moved = forbes_rigobon(-scale * xs + shift, ys * unit, -scale * xc, yc * unit + shift)
    assert moved.adjusted == pytest.approx(-base.adjusted, abs=1e-8)
    assert moved.delta == pytest.approx(base.delta, rel=1e-8)
    assert moved.z == pytest.approx(-base.z, abs=1e-7)
    assert [-moved.high, -moved.low] == pytest.approx([base.low, base.high], abs=1e-8)


Z = np.random.default_rng(7).standard_normal((4, 30))


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ((Z[0], Z[0] * 2 + 1, Z[2], Z[3]), "collinear"),
        ((Z[0], Z[1], Z[2], -Z[2]), "collinear"),
        ((np.ones(30), Z[1], Z[2], Z[3]), "constant"),
        ((Z[0], Z[1], Z[2], np.ones(30)), "constant"),
        ((Z[0], Z[1, :20], Z[2], Z[3]), "shape"),
        ((Z[0], Z[1], Z[2, :9], Z[3, :9]), "too_short"),
        ((Z[0], Z[1], Z[2], np.where(Z[3] == Z[3, 4], np.nan, Z[3])), "not_finite"),
        ((Z[0], Z[1], Z[2], np.where(Z[3] == Z[3, 4], np.inf, Z[3])), "not_finite"),
    ],
)
def test_refuses(sample, reason):
    with pytest.raises(NotEstimable) as caught:
        forbes_rigobon(*sample)
    assert caught.value.reason == reason


def test_refuses_a_level():
    with pytest.raises(NotEstimable) as caught:
        forbes_rigobon(*Z, level=0.0)
    assert caught.value.reason == "level"


def robust_gap(stable, crisis, ws, wc):
    """Fisher z of adjusted minus stable with weighted observations."""
    w = ws / ws.sum()
    d = stable - (w[:, None] * stable).sum(axis=0)
    moments = (w[:, None] * d).T @ d
    rho = moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1])
    return adjusted_z(stable, crisis, ws, wc) - np.arctanh(rho)


def test_reference_robust_z_equals_numerical_influence():
    rng = np.random.default_rng(11)
    stable = np.column_stack(line(rng, 120, 1.5, 1.0, 3))
    crisis = np.column_stack(line(rng, 80, 0.7, 1.4, 3))
    found = forbes_rigobon(*stable.T, *crisis.T)
    variance = 0.0
    for nobs, which in ((120, 0), (80, 1)):
        influence = np.empty(nobs)
        for t in range(nobs):
            ends = []
            for step in (1e-4, -1e-4):
                weights = [np.ones(120), np.ones(80)]
                weights[which][t] += step
                ends.append(robust_gap(stable, crisis, *weights))
            influence[t] = nobs * (ends[0] - ends[1]) / 2e-4
        lags = int(4 * (nobs / 100) ** (2 / 9))
        for lag in range(lags + 1):
            weight = (1 - lag / (lags + 1)) * (2 if lag else 1)
            variance += weight * (influence[lag:] @ influence[: nobs - lag]) / nobs**2
    gap = np.arctanh(found.adjusted) - np.arctanh(found.raw_stable)
    assert found.z_robust == pytest.approx(gap / np.sqrt(variance), rel=1e-3)
    assert found.pvalue_robust == pytest.approx(sps.norm.sf(found.z_robust), rel=1e-9)
    assert found.change == pytest.approx(found.adjusted - found.raw_stable, abs=1e-12)
    assert found.change_low < found.change < found.change_high


@pytest.mark.parametrize(
    ("rho", "delta", "adjusted"), [(0.7, 3, 0.440086229423352), (0.5, 8.72, 0.182089260182307)]
)
def test_reference_other_software_adjusts_alike(rho, delta, adjusted):
    u, e = orthonormal(60)
    v, f = orthonormal(60, 1)
    x = np.sqrt(1.0 + delta) * v
    crisis = rho * v + np.sqrt(1 - rho**2) * f
    found = forbes_rigobon(u, u + e, x, crisis)
    assert found.adjusted == pytest.approx(adjusted, abs=1e-12)


@pytest.mark.parametrize("rise", [1.0, 3.0])
def test_false_positives_of_the_robust_test_keep_the_level(rise):
    rng, runs, rejected, covered = np.random.default_rng(12), 400, 0, 0
    for _ in range(runs):
        found = forbes_rigobon(*line(rng, 300, 0.5, 1.0), *line(rng, 100, 0.5, rise))
        rejected += found.pvalue_robust < 0.05
        covered += found.change_low <= 0.0 <= found.change_high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.035, 0.065])
    assert low <= rejected <= high
    low, high = sps.binom.ppf([0.001, 0.999], runs, [0.93, 0.97])
    assert low <= covered <= high


def test_shows_itself():
    found = forbes_rigobon(*Z)
    assert found.to_frame().index.tolist() == ["stable", "crisis"]
    assert "adjusted" in found.summary()
