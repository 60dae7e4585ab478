"""A clock that is a day off is found; a right one, or one that cannot be told, is not accused."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.data.clock_check import clock_check

DAYS = np.arange("2020-01-01", "2024-01-01", dtype="M8[D]")
WEEKDAYS = DAYS[np.is_busday(DAYS)]


def pair(seed, nobs=800, correlation=0.5, tails=None):
    rng = np.random.default_rng(seed)
    draw = rng.standard_normal((nobs, 2)) if tails is None else rng.standard_t(tails, (nobs, 2))
    draw[:, 1] = correlation * draw[:, 0] + np.sqrt(1 - correlation**2) * draw[:, 1]
    return np.cumsum(draw, axis=0).T


def test_the_three_figures_equal_a_slow_loop():
    rng = np.random.default_rng(3)
    first = np.sort(rng.choice(WEEKDAYS, 600, replace=False))
    second = np.sort(rng.choice(WEEKDAYS, 700, replace=False))
    x, y = rng.normal(size=600), rng.normal(size=700)
    found = clock_check(first, x, second, y)
    a = dict(zip(first.tolist(), x.tolist(), strict=True))
    b = dict(zip(second.tolist(), y.tolist(), strict=True))
    shared = sorted(a.keys() & b.keys())
    dx = [a[t] - a[s] for s, t in pairwise(shared)]
    dy = [b[t] - b[s] for s, t in pairwise(shared)]
    for lag, figure in ((-1, found.before), (0, found.same), (1, found.after)):
        both = [(dx[i], dy[i + lag]) for i in range(len(dx)) if 0 <= i + lag < len(dy)]
        assert figure == pytest.approx(np.corrcoef(np.array(both).T)[0, 1], abs=1e-12)
    assert found.nobs == len(shared) - 1
    assert found.margin == pytest.approx(3 * np.sqrt(2 / found.nobs))


@pytest.mark.parametrize("shift", [-1, 1])
@pytest.mark.parametrize("seed", range(20))
def test_recovery_a_shift_by_one_step_is_found(seed, shift):
    x, y = pair(seed, len(WEEKDAYS))
    moved = WEEKDAYS[1:] if shift > 0 else WEEKDAYS[:-1]
    kept = x[:-1] if shift > 0 else x[1:]
    found = clock_check(moved, kept, WEEKDAYS, y)
    assert found.verdict == "shifted"
    beside = found.before if shift > 0 else found.after
    assert beside == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("seed", range(20))
def test_recovery_a_right_clock_is_in_step(seed):
    x, y = pair(seed, len(WEEKDAYS))
    assert clock_check(WEEKDAYS, x, WEEKDAYS, y).verdict == "in_step"


@pytest.mark.parametrize("tails", [None, 4])
def test_false_positive_rate_under_independence(tails):
    """3 σ on the larger of two: under 0.3 % a side; 400 runs allow five with probability 0.99."""
    verdicts = []
    for seed in range(400):
        x, y = pair(seed, 300, correlation=0.0, tails=tails)
        verdicts.append(clock_check(DAYS[:300], x, DAYS[:300], y).verdict)
    assert verdicts.count("shifted") <= 5
    assert verdicts.count("in_step") <= 5


@given(
    st.integers(0, 100),
    st.floats(0.01, 100),
    st.sampled_from([-1.0, 1.0]),
    st.floats(-100, 100),
)
@settings(max_examples=25, deadline=None)
def test_invariance_to_scale_sign_and_level(seed, scale, sign, constant):
    x, y = pair(seed, 200)
    one = clock_check(DAYS[:200], x, DAYS[:200], y)
    other = clock_check(DAYS[:200], sign * scale * x + constant, DAYS[:200], y)
    for name in ("before", "same", "after"):
        assert getattr(other, name) == pytest.approx(sign * getattr(one, name), abs=1e-9)
    assert other.verdict == one.verdict


@given(st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_invariance_exchange_of_the_two_mirrors_the_lags(seed):
    x, y = pair(seed, 200)
    one = clock_check(DAYS[:200], x, DAYS[:200], y)
    other = clock_check(DAYS[:200], y, DAYS[:200], x)
    assert other.before == pytest.approx(one.after, abs=1e-12)
    assert other.after == pytest.approx(one.before, abs=1e-12)
    assert other.same == pytest.approx(one.same, abs=1e-12)


X, Y = pair(1, 100)
D = DAYS[:100]


@pytest.mark.parametrize(
    ("reason", "arguments"),
    [
        ("too_short", (D[:60], X[:60], D, Y)),
        ("too_short", (D, X, D + 99, Y)),
        ("too_short", (D[:0], X[:0], D, Y)),
        ("too_short", (D, X, D[:0], Y[:0])),
        ("constant", (D, X, D, np.full(100, 3.0))),
        ("constant", (D, np.zeros(100), D, Y)),
        ("not_finite", (D, np.append(X[1:], np.nan), D, Y)),
        ("not_finite", (D, X, D, np.append(Y[1:], np.inf))),
        ("shape", (D, X[:50], D, Y)),
        ("shape", (D.reshape(10, 10), X.reshape(10, 10), D, Y)),
    ],
)
def test_degenerate_input_is_refused(reason, arguments):
    with pytest.raises(NotEstimable) as refusal:
        clock_check(*arguments)
    assert refusal.value.reason == reason
