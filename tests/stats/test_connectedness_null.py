"""The null of the index: its level, its power, the figures of noise, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from connectedness_cases import simulated
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from comove.core.errors import NotEstimable
from comove.stats.connectedness import (
    NullBand,
    NullOptions,
    null_band,
    rolling,
    static,
    tvp_var,
)
from comove.stats.connectedness._fevd import Decomposition, decompose
from comove.stats.connectedness._null import _null_model, _simulate, _unlinked, _without
from comove.stats.frames import table

GOOD = np.random.default_rng(0).standard_normal((200, 4))


def band(x, lags=1, seed=1, window=None, **options):
    return null_band(x, lags, 10, np.random.default_rng(seed), window, NullOptions(**options))


# reference


@pytest.mark.parametrize(
    ("width", "lags", "rows", "mean", "high"),
    [
        (4, 1, 200, 2.9, 4.3),
        (4, 4, 200, 7.7, 10.2),
        (7, 1, 200, 5.9, 7.9),
        (7, 4, 200, 15.1, 17.1),
        (7, 4, 100, 29.6, 33.7),
    ],
)
def test_reference_index_of_noise(width, lags, rows, mean, high):
    x = np.random.default_rng(2).standard_normal((rows, width))
    found = band(x, lags)
    assert 100 * found.mean == pytest.approx(mean, abs=0.5)
    assert 100 * found.high == pytest.approx(high, abs=0.9)
    assert found.rows == rows
    assert found.draws.shape == (500,)


@pytest.mark.parametrize(
    ("kappa", "mean", "high"), [((0.99, 0.99), 5.9, 7.6), ((0.99, 0.96), 12.8, 17.1)]
)
def test_reference_drifting_index_of_noise(kappa, mean, high):
    x = np.random.default_rng(2).standard_normal((1200, 7))
    found = band(x, kappa=kappa, replications=8, block=1.0)
    assert 100 * found.mean == pytest.approx(mean, abs=1.0)
    assert 100 * found.high == pytest.approx(high, abs=1.2)
    assert found.draws.shape == (8 * 1000,)
    assert found.observed == tvp_var(x, 1, 10, kappa).latest


def test_reference_slow_loop_over_samples():
    found = band(GOOD, 2, replications=20)
    samples = _simulate(
        _null_model(table(GOOD), 2, None), (20, 200), 20.0, np.random.default_rng(1)
    )
    expected = [static(sample, 2, 10).total for sample in samples]
    np.testing.assert_allclose(found.draws, expected, rtol=0.0, atol=1e-12)
    assert found.mean == pytest.approx(np.mean(expected))
    assert found.high == pytest.approx(np.quantile(expected, 0.95))
    observed = static(GOOD, 2, 10).total
    assert found.observed == pytest.approx(observed, abs=1e-13)
    assert found.pvalue == pytest.approx((1 + np.sum(np.array(expected) >= observed)) / 21)


def test_reference_restricted_equations_by_hand():
    alone = _null_model(table(GOOD), 2, None)
    for column in range(4):
        own = GOOD[:, column] / GOOD[:, column].std()
        regressors = np.column_stack([np.ones(198), own[1:-1], own[:-2]])
        slopes = np.linalg.lstsq(regressors, own[2:], rcond=None)[0]
        np.testing.assert_allclose(alone.coefficients[:, column, column], slopes[1:], atol=1e-12)
        errors = own[2:] - regressors @ slopes
        np.testing.assert_allclose(alone.residuals[:, column], errors, atol=1e-12)
    assert (alone.coefficients[:, ~np.eye(4, dtype=bool)] == 0.0).all()
    assert (alone.sigma[~np.eye(4, dtype=bool)] == 0.0).all()
    pair = _null_model(table(GOOD), 2, (1, 3))
    units = (GOOD - GOOD.mean(axis=0)) / GOOD.std(axis=0)
    keep = [0, 1, 2]  # the equation of column 1 without the lags of column 3
    regressors = np.column_stack([np.ones(198), units[1:-1, keep], units[:-2, keep]])
    slopes = np.linalg.lstsq(regressors, units[2:, 1], rcond=None)[0]
    np.testing.assert_allclose(pair.coefficients[:, 1, keep].ravel(), slopes[1:], atol=1e-12)
    assert (pair.coefficients[:, [1, 3], [3, 1]] == 0.0).all()
    assert pair.sigma[1, 3] == 0.0
    # the residuals that are drawn have the covariance wanted
    np.testing.assert_allclose(pair.residuals.T @ pair.residuals / 198, pair.sigma, atol=1e-12)


def test_reference_covariances_without_a_link():
    free = np.array([[2.0, 0.5, 0.3], [0.5, 1.0, 0.2], [0.3, 0.2, 1.5]])
    # in the second both follow the third so closely that the covariance asked for does not exist
    tight = np.array([[1.0, 0.95, 0.9], [0.95, 1.0, 0.9], [0.9, 0.9, 1.0]])
    loose, shrunk = _unlinked(np.array([free, tight]), (0, 1))
    expected = free.copy()
    expected[0, 1] = expected[1, 0] = 0.0
    np.testing.assert_allclose(loose, expected, atol=1e-15)
    assert shrunk[0, 1] == shrunk[1, 0] == 0.0
    np.testing.assert_allclose(np.diag(shrunk), 1.0)
    assert shrunk[0, 2] == pytest.approx(shrunk[1, 2])
    assert 0.5 < shrunk[0, 2] / 0.9 < 1.0
    assert np.linalg.eigvalsh(shrunk).min() > 0.0
    np.testing.assert_allclose(_unlinked(tight[None, :2, :2], (0, 1))[0], np.eye(2))


def test_reference_slow_loop_over_samples_without_a_link():
    found = band(GOOD, 2, replications=20, link=(3, 1))
    null = _null_model(table(GOOD), 2, (3, 1))
    how = Decomposition(horizon=10)
    expected = []
    for sample in _simulate(null, (20, 200), 20.0, np.random.default_rng(1)):
        without = decompose(*(each[0] for each in _without(sample[None], 2, (3, 1))[:2]), how)
        expected.append(static(sample, 2, 10).pairwise[3, 1] - (without - without.T)[3, 1])
    base = decompose(null.coefficients, null.sigma, how)
    np.testing.assert_allclose(
        found.draws, np.array(expected) + (base - base.T)[3, 1], rtol=0.0, atol=1e-12
    )
    assert found.low == pytest.approx(np.quantile(found.draws, 0.025))
    assert found.high == pytest.approx(np.quantile(found.draws, 0.975))
    above, below = (found.draws >= found.observed).sum(), (found.draws <= found.observed).sum()
    assert found.pvalue == pytest.approx(min(1.0, 2 * (1 + min(above, below)) / 21))


# recovery


TRUTHS = {
    "alone": (0.5 * np.eye(3), np.eye(3), None),
    # no link between 0 and 1, but both give to and take from 2
    "linked": (
        np.array([[0.5, 0.0, 0.4], [0.0, 0.3, 0.1], [0.1, 0.5, 0.2]]),
        np.array([[1.0, 0.0, 0.4], [0.0, 1.0, 0.3], [0.4, 0.3, 1.0]]),
        (0, 1),
    ),
}


def rejections(truth, runs, replications):
    coefficients, sigma, link = TRUTHS[truth]
    rng = np.random.default_rng(7)
    options = NullOptions(replications=replications, link=link)
    samples = simulated(coefficients[None], sigma, 120, rng, count=runs)
    return sum(null_band(x, 1, 10, rng, options=options).pvalue <= 0.05 for x in samples)


@pytest.mark.parametrize("truth", TRUTHS)
def test_recovery_false_positive_rate(truth):
    low, high = binom.ppf([0.0005, 0.9995], 200, 0.05)
    assert low <= rejections(truth, 200, 99) <= high


@pytest.mark.nightly
@pytest.mark.parametrize("truth", TRUTHS)
def test_recovery_false_positive_rate_over_many_runs(truth):
    assert 0.035 <= rejections(truth, 2000, 199) / 2000 <= 0.065


def test_recovery_power_against_a_weak_link():
    rng = np.random.default_rng(8)
    coefficients = np.array([[[0.3, 0.0, 0.0], [0.35, 0.3, 0.0], [0.0, 0.0, 0.3]]])
    samples = simulated(coefficients, np.eye(3), 250, rng, count=40)
    for link in (None, (1, 0)):
        seen = [band(x, replications=99, link=link) for x in samples]
        assert sum(one.pvalue <= 0.05 for one in seen) >= 36
    assert sum(one.observed > one.high for one in seen) >= 36  # column 1 receives from column 0


def test_recovery_band_is_as_persistent_as_the_data():
    rng = np.random.default_rng(9)
    persistent = simulated(0.97 * np.eye(4)[None], np.eye(4), 200, rng)
    assert band(persistent).mean > 1.5 * band(GOOD).mean


def together(rng, nobs, runs, width=3):
    """Unrelated returns that are volatile at the same time."""
    level = np.zeros((runs, nobs, 1))
    for row in range(1, nobs):
        level[:, row] = 0.95 * level[:, row - 1] + 0.3 * rng.standard_normal((runs, 1))
    return np.exp(level) * rng.standard_normal((runs, nobs, width))


def test_recovery_draws_keep_spells_of_volatility_and_no_direction():
    x = together(np.random.default_rng(10), 400, 1)[0]
    for link in (None, (0, 1)):
        drawn = _simulate(_null_model(table(x), 1, link), (50, 400), 20.0, np.random.default_rng(1))
        sizes, moves = np.abs(drawn), drawn
        memory = [np.corrcoef(one[1:, 0], one[:-1, 1])[0, 1] for one in sizes]
        assert np.mean(memory) > 0.2
        direction = [np.corrcoef(one[1:, 0], one[:-1, 1])[0, 1] for one in moves]
        assert abs(np.mean(direction)) < 4 * np.std(direction) / np.sqrt(50)


def test_recovery_false_positive_rate_under_shared_volatility():
    rng = np.random.default_rng(11)
    samples = together(rng, 150, 200)
    rejected = [
        sum(
            band(x, seed=seed, replications=99, block=block).pvalue <= 0.05
            for seed, x in enumerate(samples[:runs])
        )
        for block, runs in ((20.0, 200), (1.0, 60))
    ]
    low, high = binom.ppf([0.0005, 0.9995], 200, 0.05)
    assert low <= rejected[0] <= high
    # residuals drawn one by one forget the spells and cry spillover
    assert rejected[1] > binom.ppf(0.999, 60, 0.05)


# invariance


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**31),
    st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4),
    st.sampled_from([None, (0, 2)]),
)
def test_invariance_to_units_and_constants(seed, units, link):
    x = np.round(np.random.default_rng(seed).standard_normal((80, 4)) * 2**16) / 2**16
    before = band(x, replications=20, link=link)
    for other in (x * units, x + 1e8):
        after = band(other, replications=20, link=link)
        np.testing.assert_allclose(after.draws, before.draws, rtol=0.0, atol=1e-9)
        assert after.observed == pytest.approx(before.observed, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31))
def test_invariance_a_link_has_two_ends(seed):
    x = np.random.default_rng(seed).standard_normal((80, 4))
    one, other = (band(x, replications=20, link=link) for link in ((0, 2), (2, 0)))
    np.testing.assert_allclose(one.draws, -other.draws, rtol=0.0, atol=1e-9)
    assert one.pvalue == other.pvalue
    assert one.low == pytest.approx(-other.high, abs=1e-9)


def test_same_generator_same_bytes():
    assert band(GOOD).draws.tobytes() == band(GOOD).draws.tobytes()
    assert band(GOOD).draws.tobytes() != band(GOOD, seed=2).draws.tobytes()


# degenerate


@pytest.mark.parametrize(
    ("x", "reason"),
    [
        (GOOD[:, :1], "shape"),
        (GOOD[:8], "too_short"),
        (np.where(np.arange(200)[:, None] == 9, np.nan, GOOD), "not_finite"),
        (GOOD * [1.0, 0.0, 1.0, 1.0], "constant"),
        (GOOD[:, [0, 1, 0]], "collinear"),
    ],
)
def test_degenerate_samples_are_refused(x, reason):
    with pytest.raises(NotEstimable) as refusal:
        band(x)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("settings_", "reason"),
    [
        ({"link": ("a", "b")}, "link"),
        ({"link": (0, 4)}, "link"),
        ({"link": (0, -1)}, "link"),
        ({"link": (1, 1)}, "link"),
        ({"link": (0, 1, 2)}, "link"),
        ({"level": 1.0}, "level"),
        ({"replications": 0}, "too_short"),
        ({"block": 0.5}, "block"),
        ({"method": "girf"}, "method"),
        ({"window": 201}, "too_short"),
        ({"window": 8}, "too_short"),
        ({"window": 100, "kappa": (0.99, 0.99)}, "window"),
        ({"link": (0, 1), "kappa": (0.99, 0.99)}, "link"),
        ({"lags": 0}, "lags"),
        ({"kappa": (0.0, 0.99)}, "kappa"),
    ],
)
def test_degenerate_settings_are_refused(settings_, reason):
    with pytest.raises(NotEstimable) as refusal:
        band(GOOD, **settings_)
    assert refusal.value.reason == reason


# what is handed over


def test_window_is_the_last_one():
    found = band(GOOD, window=100, replications=50)
    assert found.observed == pytest.approx(rolling(GOOD, 1, 10, 100).latest, abs=1e-12)
    assert found.rows == 100
    assert found.mean > band(GOOD, replications=50).mean


def test_names_of_a_link_and_frame_out():
    frame = pd.DataFrame(GOOD, columns=["btc", "gdx", "dxy", "qqq"])
    found = band(frame, replications=30, link=("gdx", "qqq"))
    assert isinstance(found, NullBand)
    assert found.link == ("gdx", "qqq")
    assert found.low < 0.0 < found.high
    assert found.observed == pytest.approx(static(frame, 1, 10).pairwise[1, 3], abs=1e-12)
    assert found.to_frame().shape == (30, 1)
    assert "gdx, qqq" in repr(found)
