import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats import rolling
from comove.stats.peak_correlation import PeakOptions, peak_test

QUICK = PeakOptions(replications=199)


def t_pairs(rng, nobs, runs, rho, nu=4):
    """Bivariate t shocks (T, 2, R) of unit variance and constant correlation."""
    z = rng.standard_normal((nobs, 2, runs))
    z[:, 1] = rho * z[:, 0] + np.sqrt(1 - rho**2) * z[:, 1]
    return z * np.sqrt((nu - 2) / rng.chisquare(nu, (nobs, 1, runs)))


def clustered(shocks, alpha=0.08, beta=0.89):
    x, variance = np.empty_like(shocks), np.ones(shocks.shape[1:])
    for t in range(len(shocks)):
        x[t] = np.sqrt(variance) * shocks[t]
        variance = 1 - alpha - beta + alpha * x[t] ** 2 + beta * variance
    return x


@pytest.mark.parametrize(
    ("rho", "window", "share"),
    [(0.45, 30, 0.61), (0.35, 30, 0.33), (0.55, 30, 0.90), (0.45, 90, 0.038)],
)
def test_how_often_constant_correlation_peaks_at_eighty(rho, window, share):
    x = t_pairs(np.random.default_rng(1), 500, 2000, rho)
    peaks = rolling.paths(x[:, 0], x[:, 1], window).max(axis=0)
    assert (peaks >= 0.80).mean() == pytest.approx(share, abs=0.03)


def test_usual_range_of_a_thirty_day_correlation():
    x = t_pairs(np.random.default_rng(2), 500, 2000, 0.45)
    values = rolling.paths(x[:, 0], x[:, 1], 30)
    assert np.median(values.max(axis=0)) == pytest.approx(0.82, abs=0.015)
    assert np.median(values.min(axis=0)) == pytest.approx(-0.14, abs=0.03)


def test_a_peak_of_eighty_is_not_called_unusual():
    rng = np.random.default_rng(3)
    x = t_pairs(rng, 500, 200, 0.45)
    values = rolling.paths(x[:, 0], x[:, 1], 30)
    peaks = values.max(axis=0)
    near = np.flatnonzero(np.abs(peaks - 0.80) < 0.01)[:15]
    assert len(near) == 15
    found = [peak_test(x[:, :, run], 30, rng, QUICK) for run in near]
    pvalues = np.array([each.pvalue for each in found])
    assert np.median(pvalues) > 0.3
    assert pvalues.min() > 0.05
    # The pointwise band, read at the peak, would have called most of them unusual.
    assert sum(each.band_high < each.peak for each in found) >= 10


@pytest.mark.parametrize("volatility", ["constant", "clustered"])
def test_false_positive_rate(volatility):
    rng, runs = np.random.default_rng(4), 200
    x = t_pairs(rng, 200, runs, 0.4, nu=5)
    if volatility == "clustered":
        x = clustered(x)
    options = PeakOptions(replications=99)
    found = [peak_test(x[:, :, run], 30, rng, options) for run in range(runs)]
    low, high = sps.binom.ppf([0.001, 0.999], runs, 0.05)
    for name in ("pvalue", "pvalue_latest", "pvalue_trough"):
        rejected = sum(getattr(each, name) <= 0.05 for each in found)
        assert low <= rejected <= high, name
    inside = sum(each.band_low <= each.latest <= each.band_high for each in found)
    assert runs - high <= inside <= runs - low
    outside = [not each.band_low <= each.latest <= each.band_high for each in found]
    assert sum(o != (each.pvalue_latest < 0.05) for o, each in zip(outside, found, strict=True)) < 3


def test_sees_a_real_rise():
    rng = np.random.default_rng(5)
    calm, coupled = t_pairs(rng, 400, 20, 0.0, nu=6), t_pairs(rng, 120, 20, 0.75, nu=6)
    x = np.concatenate([calm, coupled])
    found = [peak_test(x[:, :, run], 60, rng, QUICK) for run in range(20)]
    assert sum(each.pvalue <= 0.05 for each in found) >= 16
    assert sum(each.pvalue_latest <= 0.05 for each in found) >= 18
    assert all(each.at > 400 for each in found)


def test_reports_the_rolling_path():
    x = t_pairs(np.random.default_rng(6), 250, 1, 0.3)[:, :, 0]
    found = peak_test(x, 40, np.random.default_rng(0), QUICK)
    values = rolling.pair(x[:, 0], x[:, 1], 40).value
    assert found.peak == np.nanmax(values) == values[found.at]
    assert found.trough == np.nanmin(values)
    assert found.latest == values[-1]
    assert (found.nobs, found.window, found.replications) == (250, 40, 199)
    assert found.correlation == pytest.approx(np.corrcoef(x.T)[0, 1], abs=0.08)
    assert found.band_low < found.correlation < found.band_high < found.sup_high


def test_same_generator_same_answer():
    x = t_pairs(np.random.default_rng(6), 200, 1, 0.3)[:, :, 0]
    first, second, other = (peak_test(x, 40, np.random.default_rng(s), QUICK) for s in (1, 1, 2))
    assert first == second
    assert first != other


@settings(max_examples=10, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(-1.0, 1.0), st.booleans())
def test_units_levels_and_order_do_not_matter(scale, shift, swap):
    x = t_pairs(np.random.default_rng(7), 150, 1, 0.3)[:, :, 0]
    moved = x * [scale, 1.0] + [shift * scale, shift]
    base = peak_test(x, 30, np.random.default_rng(1), QUICK)
    found = peak_test(moved[:, ::-1] if swap else moved, 30, np.random.default_rng(1), QUICK)
    assert found.peak == pytest.approx(base.peak, abs=1e-9)
    assert found.sup_high == pytest.approx(base.sup_high, abs=1e-7)
    assert found.band_low == pytest.approx(base.band_low, abs=1e-7)
    assert found.pvalue == base.pvalue


def test_opposite_sign_exchanges_peak_and_trough():
    x = t_pairs(np.random.default_rng(8), 150, 1, 0.3)[:, :, 0]
    base = peak_test(x, 30, np.random.default_rng(1), QUICK)
    turned = peak_test(x * [1.0, -1.0], 30, np.random.default_rng(1), QUICK)
    assert turned.peak == pytest.approx(-base.trough, abs=1e-12)
    assert turned.pvalue == base.pvalue_trough
    assert turned.pvalue_latest == pytest.approx(base.pvalue_latest, abs=1e-9)


X = t_pairs(np.random.default_rng(9), 120, 1, 0.3)[:, :, 0]
HALTED = X.copy()
HALTED[-30:, 0] = 0.0


@pytest.mark.parametrize(
    ("x", "window", "reason"),
    [
        (X[:, :1], 30, "shape"),
        (X[:, 0], 30, "shape"),
        (X[:99], 30, "too_short"),
        (X, 61, "too_short"),
        (X, 2, "too_short"),
        (np.column_stack([X[:, 0], np.ones(120)]), 30, "constant"),
        (HALTED, 30, "constant"),
        (np.where(X[5, 0] == X, np.nan, X), 30, "not_finite"),
    ],
)
def test_refuses(x, window, reason):
    with pytest.raises(NotEstimable) as caught:
        peak_test(x, window, np.random.default_rng(0), QUICK)
    assert caught.value.reason == reason


def test_a_halt_inside_the_sample_is_passed_over():
    x = X.copy()
    x[40:75, 0] = 0.0
    found = peak_test(x, 30, np.random.default_rng(0), QUICK)
    assert np.isfinite([found.peak, found.pvalue, found.sup_high]).all()


@pytest.mark.parametrize(
    ("options", "reason"), [({"replications": 98}, "too_short"), ({"level": 0.0}, "level")]
)
def test_refuses_options(options, reason):
    with pytest.raises(NotEstimable) as caught:
        PeakOptions(**options)
    assert caught.value.reason == reason
