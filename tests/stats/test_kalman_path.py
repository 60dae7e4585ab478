"""Filter and smoother: against exact fractions, dense least squares, other software, coverage."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from comove.core.errors import NotEstimable
from comove.stats.kalman import Discount, RandomWalk, Start, filtered, smoothed
from comove.stats.kalman._design import design
from comove.stats.kalman._filtering import retraced, run
from comove.stats.kalman._kernels import tailed
from comove.stats.kalman._model import Variances

W5 = (1e-8, 1e-4, 4e-4, 2.5e-5, 9e-4, 1e-4, 1e-12)


def walks(seed, nobs=60, drift=(0.01, 0.02, 0.0), noise=0.5, nu=math.inf):
    """Return y, x, coefficients and the model that made them; the constant comes first."""
    rng = np.random.default_rng(seed)
    steps = rng.standard_normal((nobs, len(drift))) * np.sqrt(drift)
    beta = np.cumsum(steps, axis=0) + rng.standard_normal(len(drift))
    x = rng.standard_normal((nobs, len(drift) - 1)) * np.linspace(0.5, 2.0, len(drift) - 1)
    rows = np.column_stack([np.ones(nobs), x])
    shocks = rng.standard_normal(nobs) if nu == math.inf else rng.standard_t(nu, nobs)
    y = (rows * beta).sum(axis=1) + math.sqrt(noise) * shocks
    return y, x, beta, RandomWalk(noise=noise, drift=drift, nu=nu)


def dense(y, x, noise, steps, start=None):
    """All coefficients at once by least squares; ``steps`` (T - 1, q, q) roots of the drifts.

    The walk is written as b_t = b_0 + steps e, so that a drift of zero needs no division.
    """
    rows = np.column_stack([np.ones(len(y)), x])
    nobs, size = rows.shape
    count = size * nobs
    # unknowns: b_0 and the shocks
    place = np.zeros((nobs, size, count))
    place[:, :, :size] = np.eye(size)
    for t in range(1, nobs):
        place[t:, :, t * size : (t + 1) * size] = steps[t - 1]
    parts = [np.einsum("tq,tqc->tc", rows, place) / math.sqrt(noise), np.eye(count)[size:]]
    aims = [y / math.sqrt(noise), np.zeros(count - size)]
    if start is not None:
        root = np.linalg.inv(np.linalg.cholesky(start.cov))
        parts.append(root @ place[0])
        aims.append(root @ start.mean)
    left, right = np.concatenate(parts), np.concatenate(aims)
    q, r = np.linalg.qr(left)
    inverse = np.linalg.inv(r)
    coef = place @ (inverse @ (q.T @ right))
    spread = np.einsum("tqc,cd,tqd->tq", place, inverse @ inverse.T, place)
    return coef, spread


def constant_steps(drift, nobs):
    return np.broadcast_to(np.diag(np.sqrt(drift)), (nobs - 1, len(drift), len(drift)))


START = Start(mean=np.array([0.5, -1.0, 2.0]), cov=np.diag([1.0, 2.0, 0.5]) + 0.2)


@pytest.mark.parametrize("start", [None, START])
def test_reference_smoother_equals_dense_least_squares(start):
    y, x, _, model = walks(0)
    model = RandomWalk(noise=model.noise, drift=model.drift, start=start)
    path = smoothed(y, x, model)
    coef, spread = dense(y, x, 0.5, constant_steps(model.drift, 60), start)
    np.testing.assert_allclose(path.coef, coef, atol=1e-11)
    np.testing.assert_allclose(path.variance, spread, rtol=1e-9)


@pytest.mark.parametrize("start", [None, START])
def test_reference_filter_equals_dense_least_squares_of_the_rows_so_far(start):
    y, x, _, model = walks(1)
    x[2:9, 1] = 0.0  # rows that tell nothing of one driver, the start's among them
    x[:2, 1] = 0.0
    model = RandomWalk(noise=model.noise, drift=model.drift, start=start)
    path = filtered(y, x, model)
    first = 0 if start is not None else 9
    assert path.first == first
    assert np.isnan(path.coef[:first]).all()
    assert np.isnan(path.low[:first]).all()
    assert np.isnan(path.predicted[: first + (start is None)]).all()
    for t in (first, first + 1, 20, 59):
        steps = constant_steps(model.drift, t + 1)
        coef, spread = dense(y[: t + 1], x[: t + 1], 0.5, steps, start)
        np.testing.assert_allclose(path.coef[t], coef[-1], atol=1e-10)
        np.testing.assert_allclose(path.variance[t], spread[-1], rtol=1e-9)
        if t + 1 < 60:
            row = np.r_[1.0, x[t + 1]]
            assert path.predicted[t + 1] == pytest.approx(row @ coef[-1], abs=1e-10)


def oracle(y, x, model):
    """The same model in other software."""
    rows = np.column_stack([np.ones(len(y)), x])
    size = rows.shape[1]
    other = sm.tsa.statespace.MLEModel(y, k_states=size)
    other["design"] = rows.T[None]
    other["transition"] = other["selection"] = np.eye(size)
    other["state_cov"], other["obs_cov", 0, 0] = np.diag(model.drift), model.noise
    if model.start is None:
        other.ssm.initialize_diffuse()
    else:
        other.ssm.initialize_known(model.start.mean, model.start.cov)
    return other.ssm.smooth()


@pytest.mark.parametrize("start", [None, START])
def test_reference_statsmodels(start):
    y, x, _, model = walks(2, nobs=300)
    model = RandomWalk(noise=model.noise, drift=model.drift, start=start)
    other = oracle(y, x, model)
    early, late = filtered(y, x, model), smoothed(y, x, model)
    first = early.first
    np.testing.assert_allclose(early.coef[first:], other.filtered_state.T[first:], atol=1e-11)
    np.testing.assert_allclose(late.coef, other.smoothed_state.T, atol=1e-11)
    spread = np.einsum("iit->ti", other.smoothed_state_cov)
    np.testing.assert_allclose(late.variance, spread, rtol=1e-8)
    # that program counts log 2 pi for every row, others (KFAS) and we for T - q of them
    free = 0 if start is not None else 3
    expected = other.llf_obs.sum() + 0.5 * free * math.log(2 * math.pi)
    assert early.loglik == late.loglik
    assert early.loglik == pytest.approx(expected, abs=1e-8)


def w5(peers):
    table = peers("input_w5.csv")
    return table.index.to_numpy(dtype=float), table.reset_index(drop=True)


def lines(peers, name):
    return peers(name).reset_index().to_numpy()


@pytest.mark.parametrize("kind", ["known", "diffuse"])
def test_reference_peers_agree(peers, kind):
    y, x = w5(peers)
    start = Start(mean=np.zeros(7), cov=np.eye(7)) if kind == "known" else None
    model = RandomWalk(noise=1e-4, drift=W5, start=start)
    early, late = filtered(y, x, model), smoothed(y, x, model)
    assert early.names == ("const", "x1", "x2", "x3", "x4", "x5", "x6")
    for package in ("KFAS", "statsmodels"):
        before = lines(peers, f"w5_{package}_{kind}_filtered.csv")
        after = lines(peers, f"w5_{package}_{kind}_smoothed.csv")
        # the first lines of a diffuse start are looked at below
        clear = 0 if kind == "known" else 10
        np.testing.assert_allclose(early.coef[clear:], before[clear:], rtol=0, atol=1e-12)
        np.testing.assert_allclose(late.coef, after, rtol=0, atol=1e-12)
    figures = peers("w5_KFAS.json")[kind]
    assert early.loglik == pytest.approx(figures["loglik"], abs=1e-9)


def exact(y, rows, noise, drift):
    """Coefficients after the last row from nothing, in exact fractions (generalised LS)."""
    nobs, size = rows.shape
    x = [[Fraction(float(value)) for value in row] for row in rows]
    target = [Fraction(float(value)) for value in y]
    walk = [Fraction(float(value)) for value in drift]

    def shared(s, t):
        moved = sum(a * b * q for a, b, q in zip(x[s], x[t], walk, strict=True))
        return moved * (nobs - 1 - max(s, t)) + (Fraction(float(noise)) if s == t else 0)

    def solve(left, right):
        lines = [a + b for a, b in zip(left, right, strict=True)]
        for c in range(len(lines)):
            pivot = max(range(c, len(lines)), key=lambda r: abs(lines[r][c]))
            lines[c], lines[pivot] = lines[pivot], lines[c]
            for r in range(len(lines)):
                factor = lines[r][c] / lines[c][c]
                if r != c and factor:
                    lines[r] = [a - factor * b for a, b in zip(lines[r], lines[c], strict=True)]
        return [[value / line[i] for value in line[len(lines) :]] for i, line in enumerate(lines)]

    sigma = [[shared(s, t) for t in range(nobs)] for s in range(nobs)]
    weighted = solve(sigma, [[*row, value] for row, value in zip(x, target, strict=True)])
    products = [
        [sum(x[t][i] * weighted[t][j] for t in range(nobs)) for j in range(size + 1)]
        for i in range(size)
    ]
    found = solve([line[:size] for line in products], [line[size:] for line in products])
    return np.array([float(value[0]) for value in found])


def test_reference_first_lines_of_a_diffuse_start_in_exact_fractions(peers):
    """Where two packages are off by 4e-11 and agree with each other, the fractions decide."""
    y, x = w5(peers)
    rows = np.column_stack([np.ones(len(y)), x])
    path = filtered(y, x, RandomWalk(noise=1e-4, drift=W5))
    others = lines(peers, "w5_KFAS_diffuse_filtered.csv")
    for count in (7, 8, 12):
        truth = exact(y[:count], rows[:count], 1e-4, W5)
        ours, theirs = (abs(found[count - 1] - truth).max() for found in (path.coef, others))
        assert ours < 1e-14
        assert theirs > 30 * ours


def test_reference_slopes_of_the_likelihood_equal_differences():
    y, x, _, _ = walks(3, nobs=40)
    said = design(y, x, intercept=True)
    for start in (None, (np.zeros(3), np.eye(3))):
        drift = np.array([0.02, 0.01, 0.0])
        found = retraced(said, run(said, Variances(0.5, math.inf, drift, start), keep=True))

        def height(noise, drift, start=start):
            return run(said, Variances(noise, math.inf, drift, start)).loglik

        by_noise = (height(0.5 + 1e-5, drift) - height(0.5 - 1e-5, drift)) / 2e-5
        assert found[0] == pytest.approx(by_noise, rel=1e-6)
        for i in range(3):
            step = 1e-6 * np.eye(3)[i]
            # a variance of zero cannot be lowered: a one-sided slope, to second order
            ends = height(0.5, drift), height(0.5, drift + step), height(0.5, drift + 2 * step)
            slope = (-3 * ends[0] + 4 * ends[1] - ends[2]) / 2e-6
            assert found[i + 1] == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("nu", [2.5, 4.0, 30.0, 300.0])
@pytest.mark.parametrize(("error", "spread"), [(0.3, 0.5), (8.0, 0.5), (2.0, 5.0), (0.5, 1e-3)])
def test_reference_normal_plus_t_equals_quadrature(nu, error, spread):
    root = math.sqrt(spread)

    def joint(z, power):
        density = stats.norm.pdf(z, scale=root) * stats.t.pdf(error - z, nu)
        return z**power * density

    def over(power):
        marks = [point for point in (0.0, error) if abs(point) < 11 * root]
        return integrate.quad(
            joint, -12 * root, 12 * root, (power,), points=marks, epsabs=0, epsrel=1e-11, limit=400
        )[0]

    mass = over(0)
    mean, second = over(1) / mass, over(2) / mass
    score, slope, density = tailed(error, spread, 1.0, nu)
    assert density == pytest.approx(math.log(mass), rel=1e-7)
    # the mean and variance of what the normal part was
    assert spread * score == pytest.approx(mean, rel=1e-6)
    assert spread - spread**2 * slope == pytest.approx(second - mean**2, rel=1e-6)


def test_reference_light_tails_agree_with_the_normal_filter():
    y, x, _, model = walks(4, nobs=200)
    plain = smoothed(y, x, model)
    tails = smoothed(y, x, RandomWalk(noise=model.noise, drift=model.drift, nu=1e6))
    np.testing.assert_allclose(tails.coef, plain.coef, atol=1e-4)
    np.testing.assert_allclose(tails.variance, plain.variance, rtol=1e-3)


@pytest.mark.parametrize("delta", [0.9, 0.99, 1.0])
def test_reference_discount_equals_weighted_least_squares(delta):
    y, x, _, _ = walks(5, nobs=120)
    path = filtered(y, x, Discount(delta=delta, variance_delta=0.97))
    rows = np.column_stack([np.ones(120), x])
    noise, freedom = 0.0, 0.0
    for t in range(3, 120):
        weight = delta ** (0.5 * np.arange(t, -1, -1))
        left, right = rows[: t + 1] * weight[:, None], y[: t + 1] * weight
        coef = np.linalg.lstsq(left, right, rcond=None)[0]
        before = np.linalg.lstsq(left[:-1], right[:-1], rcond=None)[0]
        size = 1.0 + rows[t] @ np.linalg.inv(left[:-1].T @ left[:-1]) @ rows[t]
        error = y[t] - rows[t] @ before
        noise = (0.97 * freedom * noise + error**2 / size) / (0.97 * freedom + 1.0)
        freedom = 0.97 * freedom + 1.0
        np.testing.assert_allclose(path.coef[t], coef, atol=1e-9)
        spread = noise * np.linalg.inv(left.T @ left).diagonal()
        np.testing.assert_allclose(path.variance[t], spread, rtol=1e-8)
        assert path.predicted[t] == pytest.approx(y[t] - error, abs=1e-9)
        assert path.critical[t] == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)
    assert path.first == 2


def test_reference_discount_smoother_equals_dense_least_squares():
    """A discount is a walk whose steps have the filtered covariance times 1 / delta - 1."""
    y, x, _, _ = walks(6, nobs=50)
    delta = 0.9
    path = smoothed(y, x, Discount(delta=delta, variance_delta=1.0))
    rows = np.column_stack([np.ones(50), x])
    precision, steps = rows[:3].T @ np.diag(delta ** np.arange(2.0, -1.0, -1.0)) @ rows[:3], []
    begin = np.linalg.inv(precision)
    for t in range(3, 50):
        steps.append(np.linalg.cholesky(np.linalg.inv(precision) * (1 / delta - 1)))
        precision = delta * precision + np.outer(rows[t], rows[t])
    early = filtered(y, x, Discount(delta=delta, variance_delta=1.0))
    start = Start(mean=early.coef[2], cov=begin)
    # row 2 is in the start already: give it no weight
    y[2], x[2] = early.coef[2, 0], 0.0
    silent = np.vstack([steps])
    coef, spread = dense_after(y[2:], x[2:], silent, start)
    np.testing.assert_allclose(path.coef[2:], coef, atol=1e-8)
    noise = path.variance[-1] / spread[-1]
    np.testing.assert_allclose(path.variance[2:], spread * noise, rtol=1e-6)
    assert np.isnan(path.coef[:2]).all()


def dense_after(y, x, steps, start):
    """As :func:`dense` with unit noise, but the first row says nothing."""
    rows = np.column_stack([np.ones(len(y)), x])
    nobs, size = rows.shape
    count = size * nobs
    place = np.zeros((nobs, size, count))
    place[:, :, :size] = np.eye(size)
    for t in range(1, nobs):
        place[t:, :, t * size : (t + 1) * size] = steps[t - 1]
    root = np.linalg.inv(np.linalg.cholesky(start.cov))
    seen = np.einsum("tq,tqc->tc", rows, place)[1:]
    left = np.concatenate([seen, np.eye(count)[size:], root @ place[0]])
    right = np.concatenate([y[1:], np.zeros(count - size), root @ start.mean])
    inverse = np.linalg.inv(left.T @ left)
    coef = place @ (inverse @ (left.T @ right))
    return coef, np.einsum("tqc,cd,tqd->tq", place, inverse, place)


def test_reference_start_far_wider_than_the_noise_keeps_its_digits():
    """Joseph's form, against the same recursion in extended precision."""
    y, x, _, _ = walks(7, nobs=80, noise=1e-4, drift=(1e-6, 1e-6, 1e-6))
    model = RandomWalk(noise=1e-4, drift=1e-6, start=Start(mean=np.zeros(3), cov=1e4 * np.eye(3)))
    path = filtered(y, x, model)
    rows = np.column_stack([np.ones(80), x]).astype(np.longdouble)
    mean, cov = np.zeros(3, np.longdouble), 1e4 * np.eye(3, dtype=np.longdouble)
    for t, row in enumerate(rows):
        gain = cov @ row
        size = gain @ row + np.longdouble(1e-4)
        mean = mean + gain * (y[t] - row @ mean) / size
        cov = cov - np.outer(gain, gain) / size
        if t > 3:
            np.testing.assert_allclose(path.coef[t], mean.astype(float), atol=1e-9)
            spread = cov.diagonal().astype(float)
            np.testing.assert_allclose(path.variance[t], spread, rtol=1e-6)
        cov = cov + np.longdouble(1e-6) * np.eye(3, dtype=np.longdouble)


def covered(runs, noise, nu=math.inf, seeds=0, model=None):
    """Share of coefficients inside the band: filtered at the end, smoothed in the middle."""
    inside = []
    for seed in range(seeds, seeds + runs):
        y, x, beta, true = walks(seed, nobs=150, drift=(0.01, 0.02), noise=noise, nu=nu)
        early, late = filtered(y, x, model or true), smoothed(y, x, model or true)
        inside.append(
            [
                (early.low[-1] <= beta[-1]) & (beta[-1] <= early.high[-1]),
                (late.low[70] <= beta[70]) & (beta[70] <= late.high[70]),
            ]
        )
    return np.mean(inside, axis=(0, 2))


def test_recovery_bands_cover_the_truth():
    # 200 runs of 2 coefficients: sd 0.011
    assert (abs(covered(200, 0.5) - 0.95) < 0.04).all()


@pytest.mark.nightly
def test_recovery_bands_cover_the_truth_in_2000_runs():
    assert (abs(covered(2000, 0.5, seeds=10_000) - 0.95) < 0.012).all()


def test_recovery_bands_cover_the_truth_under_heavy_tails():
    assert (abs(covered(200, 0.5, nu=3.0) - 0.95) < 0.04).all()


def test_recovery_heavy_tails_are_followed_better_by_the_tailed_filter():
    errors = []
    for seed in range(60):
        y, x, beta, model = walks(seed, nobs=200, drift=(0.0, 0.005), noise=0.25, nu=2.5)
        plain = RandomWalk(noise=0.25 * 5.0, drift=model.drift)  # the same variance
        paths = [filtered(y, x, each).coef[20:, 1] for each in (model, plain)]
        errors.append([np.mean((path - beta[20:, 1]) ** 2) for path in paths])
    tailed_error, plain_error = np.array(errors).T
    assert (tailed_error < plain_error).sum() >= 40
    assert tailed_error.mean() < 0.75 * plain_error.mean()


def test_recovery_one_wild_day_hardly_moves_the_tailed_filter():
    y, x, _, model = walks(9, nobs=100)
    wild = y.copy()
    wild[60] += 1e6
    tailed_model = RandomWalk(noise=0.5, drift=model.drift, nu=5.0)
    moved = [
        abs(filtered(wild, x, each).coef[60] - filtered(y, x, each).coef[59]).max()
        for each in (tailed_model, model)
    ]
    assert moved[0] < 0.3
    assert moved[1] > 1e3
    late = filtered(wild, x, tailed_model)
    assert (late.variance[60] > late.variance[59]).all()  # less is known than before


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 999),
    unit=st.floats(1e-3, 1e3),
    scale=st.floats(1e-3, 1e3),
    order=st.permutations(range(3)),
    nu=st.sampled_from([math.inf, 4.0]),
    diffuse=st.booleans(),
)
def test_invariance_units_signs_and_order(seed, unit, scale, order, nu, diffuse):
    y, x, _, _ = walks(seed, nobs=40, drift=(0.01, 0.02, 0.005, 0.0))
    units = np.array([1.0, unit, -1.0, 1.0])
    drift = np.array([0.01, 0.02, 0.005, 0.0])
    place = np.r_[0, 1 + np.array(order)]
    plain_start = None if diffuse else Start(mean=np.zeros(4), cov=np.eye(4))
    turn = (scale / units)[place]
    moved_start = None if diffuse else Start(mean=np.zeros(4), cov=np.diag(turn**2))
    plain = smoothed(y, x, RandomWalk(noise=0.5, drift=drift, start=plain_start, nu=nu))
    moved = smoothed(
        y * scale,
        (x * units[1:])[:, order],
        RandomWalk(
            noise=0.5 * scale**2,
            drift=(drift * turn[np.argsort(place)] ** 2)[place],
            start=moved_start,
            nu=nu,
        ),
    )
    np.testing.assert_allclose(moved.coef / turn, plain.coef[:, place], atol=1e-9)
    np.testing.assert_allclose(moved.variance / turn**2, plain.variance[:, place], atol=1e-9)
    expected = filtered(y, x, RandomWalk(noise=0.5, drift=drift, start=plain_start, nu=nu))
    np.testing.assert_allclose(moved.predicted / scale, expected.predicted, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), level=st.sampled_from([-3.0, 1e4, 1e8]))
def test_invariance_added_constant(seed, level):
    y, x, _, model = walks(seed, nobs=40)
    y = (y + level) - level  # what is left of it beside the level
    for each in (model, Discount(delta=0.97)):
        plain, moved = filtered(y, x, each), filtered(y + level, x, each)
        np.testing.assert_allclose(moved.coef[:, 1:], plain.coef[:, 1:], atol=1e-9)
        np.testing.assert_allclose(moved.coef[:, 0] - level, plain.coef[:, 0], atol=1e-7)
        np.testing.assert_allclose(moved.variance, plain.variance, rtol=1e-9)


def test_invariance_a_line_never_looks_ahead():
    y, x, _, model = walks(11, nobs=100)
    wild = y.copy()
    wild[70:] += 40.0
    for each in (model, RandomWalk(noise=0.5, drift=0.01, nu=4.0), Discount()):
        whole, cut = filtered(y, x, each), filtered(y[:70], x[:70], each)
        other = filtered(wild, x, each)
        for name in ("coef", "variance", "predicted", "spread"):
            np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name)[:70])
            np.testing.assert_array_equal(getattr(other, name)[:70], getattr(whole, name)[:70])
        assert (smoothed(wild, x, each).coef[60] != smoothed(y, x, each).coef[60]).all()


def test_frames_keep_their_names_and_dates():
    y, x, _, model = walks(12)
    days = pd.date_range("2024-01-01", periods=60)
    table = pd.DataFrame(x, columns=["gold", "rates"], index=days)
    path = filtered(pd.Series(y, index=days), table, model)
    assert path.names == ("const", "gold", "rates")
    frame = path.to_frame()
    assert frame.index.equals(days)
    assert list(frame)[3:6] == ["gold", "gold_low", "gold_high"]
    np.testing.assert_array_equal(frame["gold"], filtered(y, x, model).coef[:, 1])
    assert "gold" in path.summary()
    assert not path.coef.flags.writeable
    alone = filtered(y, None, RandomWalk(noise=1.0, drift=0.1))
    assert alone.names == ("const",)


Y, X, _, MODEL = walks(13)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"y": Y[:59]}, "shape"),
        ({"y": np.column_stack([Y, Y])}, "shape"),
        ({"y": np.ones(60)}, "constant"),
        ({"y": np.where(Y[3] == Y, np.nan, Y)}, "not_finite"),
        ({"x": np.where(X[3, 1] == X, np.inf, X)}, "not_finite"),
        ({"x": np.column_stack([X[:, 0], np.ones(60)])}, "constant"),
        ({"x": np.column_stack([X[:, 0], 2 * X[:, 0]])}, "collinear"),
        ({"y": Y[:3], "x": X[:3]}, "too_short"),
        ({"x": pd.DataFrame(X, columns=["const", "a"])}, "names"),
        ({"x": None, "model": RandomWalk(noise=1, drift=0, intercept=False)}, "shape"),
        ({"model": RandomWalk(noise=0.0, drift=0.1)}, "params"),
        ({"model": RandomWalk(noise=1.0, drift=-0.1)}, "params"),
        ({"model": RandomWalk(noise=1.0, drift=[0.1, 0.1])}, "params"),
        ({"model": RandomWalk(noise=1.0, drift=0.1, nu=2.0)}, "params"),
        (
            {"model": RandomWalk(noise=1, drift=0, start=Start(mean=np.zeros(2), cov=np.eye(2)))},
            "start",
        ),
        (
            {"model": RandomWalk(noise=1, drift=0, start=Start(mean=np.zeros(3), cov=-np.eye(3)))},
            "start",
        ),
        (
            {
                "model": RandomWalk(
                    noise=1,
                    drift=0,
                    start=Start(mean=np.zeros(3), cov=np.triu(np.ones((3, 3)))),
                )
            },
            "start",
        ),
        ({"model": Discount(delta=0.0)}, "delta"),
        ({"model": Discount(variance_delta=1.1)}, "delta"),
        ({"level": 1.0}, "level"),
    ],
)
@pytest.mark.parametrize("call", [filtered, smoothed])
def test_degenerate_samples_and_models_are_refused(call, change, reason):
    with pytest.raises(NotEstimable) as refused:
        call(**{"y": Y, "x": X, "model": MODEL, **change})
    assert refused.value.reason == reason


def test_degenerate_known_coefficient_and_known_start_of_collinear_drivers_are_no_obstacle():
    start = Start(mean=np.zeros(3), cov=np.diag([1.0, 0.0, 1.0]))
    path = filtered(Y, X, RandomWalk(noise=1.0, drift=[0.1, 0.0, 0.1], start=start))
    assert (path.coef[:, 1] == 0.0).all()
    twice = np.column_stack([X[:, 0], X[:, 0]])
    start = Start(mean=np.zeros(3), cov=np.eye(3))
    path = filtered(Y, twice, RandomWalk(noise=1.0, drift=0.0, start=start))
    np.testing.assert_allclose(path.coef[:, 1], path.coef[:, 2], atol=1e-12)
