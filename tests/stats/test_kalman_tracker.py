"""The filter row by row: the batch filter to the last bit, whatever the model."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats.kalman import Discount, RandomWalk, Start, Tracker, filtered

MODELS = {
    "diffuse": RandomWalk(noise=1.0, drift=1e-3),
    "known": RandomWalk(
        noise=1.0, drift=[0.0, 0.01, 0.0], start=Start(mean=np.zeros(3), cov=np.eye(3))
    ),
    "sharp": RandomWalk(noise=1e-6, drift=1e-3, start=Start(mean=np.zeros(3), cov=np.eye(3))),
    "tailed": RandomWalk(noise=1.0, drift=1e-3, nu=4.0),
    "discount": Discount(delta=0.97),
    "bare": Discount(delta=0.97, intercept=False),
}


def market(seed, nobs=120):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((nobs, 2))
    x[:6, 1] = 0.0
    return 2.0 + x @ [1.0, -0.5] + rng.standard_normal(nobs), x


def updates(model, y, x):
    kept = Tracker(model, drivers=x.shape[1])
    return [kept.update(value, row) for value, row in zip(y, x, strict=True)]


@pytest.mark.parametrize("name", MODELS)
def test_reference_batch_filter_is_matched_to_the_last_bit(name):
    y, x = market(0)
    path = filtered(y, x, MODELS[name])
    seen = updates(MODELS[name], y, x)
    for field in ("coef", "low", "high", "predicted", "spread"):
        np.testing.assert_array_equal([getattr(each, field) for each in seen], getattr(path, field))
    assert [each.nobs for each in seen] == list(range(1, 121))
    assert not seen[-1].coef.flags.writeable


def test_recovery_of_a_beta_that_jumps():
    rng = np.random.default_rng(1)
    kept = Tracker(Discount(delta=0.95), drivers=1)
    for t in range(400):
        driver = rng.standard_normal()
        last = kept.update(
            (1.0 if t < 200 else 3.0) * driver + 0.1 * rng.standard_normal(), [driver]
        )
        if t == 199:
            before = last
    assert before.low[1] < 1.0 < before.high[1]
    assert last.low[1] < 3.0 < last.high[1]


def test_updates_do_not_share_memory():
    y, x = market(2)
    kept = Tracker(MODELS["known"], drivers=2)
    first = kept.update(y[0], x[0])
    copied = first.coef.copy()
    kept.update(y[1], x[1])
    np.testing.assert_array_equal(first.coef, copied)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), scale=st.floats(1e-3, 1e3), name=st.sampled_from(sorted(MODELS)))
def test_invariance_scale(seed, scale, name):
    y, x = market(seed, 40)
    model = MODELS[name]
    moved = model
    if isinstance(model, RandomWalk):
        start = model.start
        if start is not None:
            start = Start(mean=start.mean, cov=scale**2 * start.cov)
        drift = scale**2 * np.asarray(model.drift)
        moved = RandomWalk(noise=scale**2 * model.noise, drift=drift, start=start, nu=model.nu)
    plain, other = updates(model, y, x)[-1], updates(moved, scale * y, x)[-1]
    for field in ("coef", "low", "high", "predicted", "spread"):
        expected = np.asarray(getattr(plain, field))
        np.testing.assert_allclose(np.asarray(getattr(other, field)) / scale, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((math.nan, [1.0, 1.0]), "not_finite"),
        ((1.0, [math.inf, 1.0]), "not_finite"),
        ((1.0, [1.0]), "shape"),
        ((1.0,), "shape"),
    ],
)
def test_degenerate_row_is_refused_and_leaves_no_trace(row, reason):
    y, x = market(3)
    kept, other = (Tracker(MODELS["diffuse"], drivers=2) for _ in range(2))
    for t in range(50):
        kept.update(y[t], x[t])
        other.update(y[t], x[t])
    with pytest.raises(NotEstimable) as refused:
        kept.update(*row)
    assert refused.value.reason == reason
    expected = other.update(y[50], x[50])
    np.testing.assert_array_equal(kept.update(y[50], x[50]).coef, expected.coef)


@pytest.mark.parametrize(
    ("model", "drivers", "level", "reason"),
    [
        (MODELS["diffuse"], -1, 0.95, "shape"),
        (MODELS["bare"], 0, 0.95, "shape"),
        (MODELS["known"], 1, 0.95, "params"),
        (RandomWalk(noise=-1.0, drift=0.0), 1, 0.95, "params"),
        (Discount(delta=2.0), 1, 0.95, "delta"),
        (Discount(), 1, 1.5, "level"),
    ],
)
def test_degenerate_models_are_refused(model, drivers, level, reason):
    with pytest.raises(NotEstimable) as refused:
        Tracker(model, drivers=drivers, level=level)
    assert refused.value.reason == reason
