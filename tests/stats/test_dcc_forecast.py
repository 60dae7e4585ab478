"""What is expected after the sample: against a day more of data, simulation, and the far end."""

import numpy as np
import pytest
from garch_cases import dcc_returns
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import dcc, garch

X = dcc_returns((1, 800, 3), (0.05, 0.92), 61)[0]


@pytest.mark.parametrize("model", ["dcc", "cdcc", "adcc"])
@pytest.mark.parametrize("margins", ["garch", "gjr"])
def test_reference_first_day_of_one_more_row(model, margins):
    found = dcc.fit(X, model=model, margins=margins, start="sample_variance")
    ahead = dcc.forecast(found, 3)
    # The first day rests on the last row and on what was before; a row more does not move it,
    # once the moments of the sample are held: so it is compared with the recursion written out.
    run, z = found.moments, found.margins.residuals
    a, b, g = found.a, found.b, found.g
    target, negative = found.target, run.negative
    q = target.copy()
    for row in z:
        scale = np.sqrt(np.diag(q))
        y = row * scale if model == "cdcc" else row
        n = np.minimum(y, 0)
        q = (1 - a - b) * target - g * negative + b * q + a * np.outer(y, y) + g * np.outer(n, n)
    scale = np.sqrt(np.diag(q))
    np.testing.assert_allclose(ahead.correlation[0], q / np.outer(scale, scale), atol=1e-10)
    np.testing.assert_allclose(ahead.sigma**2, garch.forecast(found.margins, 3))


def test_recovery_of_what_simulation_does():
    # The mean of R five days on, over many futures of the fitted model.
    found = dcc.fit(X)
    ahead = dcc.forecast(found, 6)
    rng = np.random.default_rng(2)
    k, count = 3, 20_000
    target, a, b = found.target, found.a, found.b
    q = np.tile(next_q(found), (count, 1, 1))
    for _ in range(5):
        scale = np.sqrt(np.einsum("rii->ri", q))
        correlation = q / (scale[:, :, None] * scale[:, None])
        z = np.einsum(
            "rij,rj->ri", np.linalg.cholesky(correlation), rng.standard_normal((count, k))
        )
        q = (1 - a - b) * target + a * z[:, :, None] * z[:, None] + b * q
    scale = np.sqrt(np.einsum("rii->ri", q))
    expected = (q / (scale[:, :, None] * scale[:, None])).mean(axis=0)
    np.testing.assert_allclose(ahead.correlation[5], expected, atol=0.01)


def next_q(found):
    q = found.target.copy()
    shocks = found.margins.residuals
    weights = 0.94 ** np.arange(75)
    early = (shocks[:75] * (weights / weights.sum())[:, None]).T @ shocks[:75]
    q = (1 - found.a - found.b) * found.target + (found.a + found.b) * early
    for z in shocks:
        q = (1 - found.a - found.b) * found.target + found.a * np.outer(z, z) + found.b * q
    return q


@pytest.mark.parametrize("model", ["dcc", "cdcc", "adcc"])
def test_recovery_of_the_long_run(model):
    found = dcc.fit(X, model=model)
    ahead = dcc.forecast(found, 3000)
    scale = np.sqrt(np.diag(found.target))
    np.testing.assert_allclose(
        ahead.correlation[-1], found.target / np.outer(scale, scale), atol=1e-6
    )
    margins = found.margins
    np.testing.assert_allclose(
        ahead.sigma[-1] ** 2, margins.omega / (1 - margins.persistence), rtol=1e-3
    )
    np.testing.assert_allclose(np.einsum("hii->hi", ahead.covariance), ahead.sigma**2)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(3)), st.floats(1e-3, 1e3))
def test_invariance_to_order_and_unit(order, scale):
    base, moved = dcc.forecast(dcc.fit(X), 5), dcc.forecast(dcc.fit(scale * X[:, order]), 5)
    expected = base.correlation[:, order][:, :, order]
    np.testing.assert_allclose(moved.correlation, expected, atol=1e-9)
    np.testing.assert_allclose(moved.sigma, scale * base.sigma[:, order], rtol=1e-9)


def test_degenerate_horizon():
    with pytest.raises(NotEstimable) as caught:
        dcc.forecast(dcc.fit(X), 0)
    assert caught.value.reason == "horizon"


def test_frame():
    frame = dcc.forecast(dcc.fit(X[:, :2]), 4).to_frame()
    assert list(frame) == ["sigma_0", "sigma_1", "0_1"]
    assert list(frame.index) == [1, 2, 3, 4]
