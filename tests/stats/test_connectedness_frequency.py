"""Connectedness by frequency: against two R packages, a slow loop and known spectra."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import simulated, slow_fit, stable
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.connectedness import FrequencyConnectedness, frequency, static
from comove.stats.connectedness._fevd import moving_average

ALL = ((0, 5), (5, 20), (20, np.inf))
CUSTOMARY = ((1, 5), (5, 20), (20, np.inf))
seeds = st.integers(0, 2**31)


def drawn(seed, lags=2, width=3, nobs=300):
    rng = np.random.default_rng(seed)
    return simulated(*stable(rng, lags, width), nobs, rng)


# reference


def test_reference_bands_of_r(facts):
    found = frequency(facts("facts_returns.csv"), lags=2, horizon=100, bands=CUSTOMARY)
    for line, name in zip(found.table, ("1_5", "5_20", "20_Inf"), strict=True):
        expected = facts(f"bk_var2_h100_ct_{name}.csv").to_numpy()
        np.testing.assert_allclose(line, expected, rtol=0.0, atol=1e-12)
    whole = facts("bk_var2_h100_ct_Total.csv").to_numpy()
    np.testing.assert_allclose(found.table.sum(axis=0), whole, rtol=0.0, atol=1e-12)
    totals = facts("bk_var2_h100_tci.csv").to_numpy()[0]
    np.testing.assert_allclose(100 * found.total, totals[1:], rtol=0.0, atol=1e-10)
    assert 100 * found.overall == pytest.approx(totals[0], abs=1e-10)


def test_reference_bands_of_both_packages(peers):
    x = peers("input_dy2012.csv")
    left_out, complete = (frequency(x, 4, 100, bands) for bands in (CUSTOMARY, ALL))
    for place, name in enumerate(("1_5", "5_20", "20_Inf")):
        expected = peers(f"w1_freq_CA_CT_{name}.csv").to_numpy()
        np.testing.assert_allclose(left_out.table[place], expected, rtol=0.0, atol=1e-12)
        expected = peers(f"w1_freq_BK_table_{place + 1}.csv").to_numpy()
        np.testing.assert_allclose(complete.table[place], expected, rtol=0.0, atol=1e-12)
    # the packages differ by the one frequency that the first partition leaves out
    assert 100 * left_out.overall == pytest.approx(16.2170, abs=5e-5)
    assert 100 * complete.overall == pytest.approx(16.0923, abs=6e-5)


@pytest.mark.parametrize("method", ["generalized", "cholesky"])
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("horizon", [20, 21])
def test_reference_slow_loop_over_frequencies(method, normalize, horizon):
    x = drawn(1)
    coefficients, sigma = slow_fit(x, 2)
    points = horizon + 1
    half = points // 2
    responses = moving_average(coefficients, points)
    weights = sigma if method == "generalized" else np.linalg.cholesky(sigma)
    bands, bottom = np.zeros((2, 3, 3)), np.zeros(3)
    for point in range(points):
        wave = sum(responses[h] * np.exp(-2j * np.pi * point * h / points) for h in range(points))
        square = np.abs(wave @ weights) ** 2
        if method == "generalized":
            square /= np.diag(sigma)
        place = min(point, points - point) / half  # of pi
        bands[0 if place >= 0.25 else 1] += square
        bottom += np.diag(wave @ sigma @ wave.conj().T).real
    if normalize:
        bottom = bands.sum(axis=(0, 2))
    found = frequency(x, 2, horizon, ((0, 4), (4, np.inf)), method, normalize)
    np.testing.assert_allclose(found.table, bands / bottom[:, None], rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("method", ["generalized", "cholesky"])
@pytest.mark.parametrize("normalize", [True, False])
def test_reference_bands_add_up_to_the_static_table(method, normalize):
    x = drawn(2)
    whole = static(x, 2, 101, method, normalize).table
    found = frequency(x, 2, 100, ALL, method, normalize)
    np.testing.assert_allclose(found.table.sum(axis=0), whole, rtol=0.0, atol=1e-12)


def test_reference_within_a_band_by_hand():
    found = frequency(drawn(3), 2, 100, ALL)
    for place, line in enumerate(found.table):
        outside = line.sum() - np.trace(line)
        assert found.within[place] == pytest.approx(outside / line.sum())
        assert found.total[place] == pytest.approx(outside / 3)
    np.testing.assert_allclose(found.total_corrected, 1.5 * found.total)


# recovery


def test_recovery_of_slow_and_quick_spillovers():
    rng = np.random.default_rng(4)
    slow = np.array([[[0.95, 0.0], [0.2, 0.5]]])
    quick = np.array([[[-0.95, 0.0], [0.2, -0.5]]])
    for coefficients, most in ((slow, 2), (quick, 0)):
        x = simulated(coefficients, np.eye(2), 5000, rng)
        found = frequency(x, 1, 100, ((0, 2), (2, 10), (10, np.inf)))
        assert found.from_[most, 1] > 0.7 * found.from_[:, 1].sum() > 0.1
        np.testing.assert_allclose(found.from_[:, 0], 0.0, atol=0.02)


def test_recovery_of_the_spectrum_of_noise():
    x = np.random.default_rng(5).standard_normal((20_000, 2))
    found = frequency(x, 1, 199, ((0, 2), (2, 4), (4, np.inf)))
    # noise has as much variance in a band as the band is wide
    np.testing.assert_allclose(found.table[:, 0, 0], [0.5, 0.25, 0.25], atol=0.02)


# invariance


@settings(max_examples=25, deadline=None)
@given(seeds, st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3), st.permutations(range(3)))
def test_invariance_to_units_signs_and_order(seed, units, order):
    x = drawn(seed)
    before = frequency(x, 2, 50).table
    after = frequency(-x[:, order] * units, 2, 50).table
    expected = before[:, order][:, :, order]
    np.testing.assert_allclose(after, expected, rtol=0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([1.0, -1e4, 1e8]))
def test_invariance_to_constants(seed, constant):
    x = np.round(drawn(seed) * 2**16) / 2**16  # exact beside 1e8
    before, after = frequency(x, 2, 50).table, frequency(x + constant, 2, 50).table
    np.testing.assert_allclose(after, before, rtol=0.0, atol=1e-9)


# degenerate

GOOD = np.random.default_rng(0).standard_normal((100, 3))


@pytest.mark.parametrize(
    "bands",
    [
        (),
        ((5, 1),),
        ((-1, 5),),
        ((1, 5), (4, 20)),
        ((2, 2),),
        ((3, 3.01),),
        ((1, np.nan),),
    ],
)
def test_degenerate_bands_are_refused(bands):
    with pytest.raises(NotEstimable) as refusal:
        frequency(GOOD, 1, 20, bands)
    assert refusal.value.reason == "bands"


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (GOOD[:, :1], "shape"),
        (GOOD[:5], "too_short"),
        (GOOD * np.nan, "not_finite"),
        (GOOD * [1.0, 0.0, 1.0], "constant"),
        (GOOD[:, [0, 1, 0]], "collinear"),
    ],
)
def test_degenerate_samples_are_refused(x, reason):
    with pytest.raises(NotEstimable) as refusal:
        frequency(x, 1)
    assert refusal.value.reason == reason


# what is handed over


def test_frame_in_frame_out():
    found = frequency(pd.DataFrame(GOOD, columns=["a", "b", "c"]), 1, 100, ALL)
    assert isinstance(found, FrequencyConnectedness)
    out = found.to_frame()
    assert list(out.index) == ["0-5", "5-20", "20-inf"]
    assert list(out.columns[:3]) == ["total", "within", "to_a"]
    assert "overall" in found.summary()
