"""Connectedness of volatilities from DCC: closed form, slow loop, known truth, refusals."""

import numpy as np
import pandas as pd
import pytest
from garch_cases import dcc_returns
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import dcc
from comove.stats.connectedness import from_dcc

X = dcc_returns((1, 600, 3), (0.05, 0.92), 81)[0]
FITTED = dcc.fit(X)


def test_reference_of_the_general_formula():
    """Slow loop: news of variances, their responses, and the decomposition entry by entry."""
    margins = FITTED.margins
    persistence = margins.alpha + margins.beta
    for day in (0, 100, 599):
        covariance = FITTED.covariance[day]
        news = 2 * covariance**2  # of products of normal shocks
        top, bottom = np.zeros((3, 3)), np.zeros(3)
        for step in range(20):
            response = np.diag(margins.alpha * persistence**step)
            for i in range(3):
                bottom[i] += response[i] @ news @ response[i]
                for j in range(3):
                    top[i, j] += (response[i] @ news[:, j]) ** 2 / news[j, j]
        share = top / bottom[:, None]
        share /= share.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(from_dcc(FITTED).table[day], share, atol=1e-12)


def test_reference_unit_shock_of_slow_loop():
    found = from_dcc(FITTED, 15, method="unit_shock")
    margins, a, b = FITTED.margins, FITTED.a, FITTED.b
    for day in (0, 250, 599):
        h = FITTED.covariance[day]
        total = h**2
        variance, q = np.diag(h).copy(), None
        for step in range(15):
            variance = margins.beta * variance + (margins.alpha if step == 0 else 0.0)
            if step == 0:
                q = (1 - a - b) * FITTED.target + a * np.diag(variance) + b * h
            else:
                q = (1 - a - b) * FITTED.target + (a + b) * q
            scale, sigma = np.sqrt(np.diag(q)), np.sqrt(variance)
            total = total + (np.outer(sigma, sigma) * q / np.outer(scale, scale)) ** 2
        expected = total / total.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(found.table[day], expected, rtol=1e-10)


def test_recovery_of_simulated_news():
    # Correlation of squared shocks, from draws: the square root of an entry before it is scaled.
    correlation = FITTED.correlation[300]
    rng = np.random.default_rng(3)
    z = rng.standard_normal((400_000, 3)) @ np.linalg.cholesky(correlation).T
    share = np.corrcoef((z**2).T) ** 2
    share /= share.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(from_dcc(FITTED).table[300], share, atol=0.005)


def test_recovery_of_no_connection():
    x = np.random.default_rng(4).standard_normal((1500, 3))
    assert from_dcc(x).total.mean() < 0.01
    assert from_dcc(np.column_stack([x[:, 0], x[:, 0] + 0.3 * x[:, 1]])).total.mean() > 0.4


@settings(max_examples=8, deadline=None)
@given(
    st.permutations(range(3)),
    st.lists(st.floats(1e-2, 1e2), min_size=3, max_size=3),
    st.lists(st.sampled_from([-1, 1]), min_size=3, max_size=3),
)
def test_invariance_to_order_unit_and_sign(order, scale, signs):
    moved = from_dcc((X * scale * signs)[:, order])
    np.testing.assert_allclose(
        moved.table, from_dcc(FITTED).table[:, order][:, :, order], atol=1e-9
    )


def test_unit_shock_depends_on_the_unit():
    percent, fraction = (from_dcc(scale * X, method="unit_shock").total for scale in (1.0, 0.01))
    assert np.abs(percent - fraction).max() > 0.01


@pytest.mark.parametrize(
    ("x", "options", "reason"),
    [
        (FITTED, {"horizon": 0}, "horizon"),
        (FITTED, {"method": "cholesky"}, "method"),
        (dcc.fit(X, margins="gjr"), {"method": "unit_shock"}, "model"),
        (dcc.fit(X, model="cdcc"), {"method": "unit_shock"}, "model"),
        (X[:, :1], {}, "shape"),
        (X[:50], {}, "too_short"),
    ],
)
def test_degenerate(x, options, reason):
    with pytest.raises(NotEstimable) as caught:
        from_dcc(x, **options)
    assert caught.value.reason == reason


def test_names_and_dates():
    dates = pd.date_range("2020-01-01", periods=600)
    path = from_dcc(pd.DataFrame(X, columns=["x", "y", "z"], index=dates))
    assert path.names == ("x", "y", "z")
    assert path.to_frame().index.equals(dates)
    np.testing.assert_allclose(path.table.sum(axis=2), 1.0)
    np.testing.assert_allclose(path.net.sum(axis=1), 0.0, atol=1e-12)
