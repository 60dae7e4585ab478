"""Hidden states: other software's likelihoods and probabilities, slow loops, recovered truth."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps
from statsmodels.regression.linear_model import OLS
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from comove.core.errors import NotEstimable
from comove.stats.regimes import (
    SwitchingOptions,
    choose_states,
    markov_switching,
    regime_probabilities,
)
from comove.stats.regimes import _likelihood as likelihood
from comove.stats.regimes._design import design
from comove.stats.regimes._kernels import climb, run_filter, smooth, stationary
from comove.stats.regimes._search import search

COMMON = SwitchingOptions(variance="common")


def chain(rng, nobs, transition):
    """States of a chain that begins in state 0."""
    states, cut = np.zeros(nobs, dtype=int), np.cumsum(transition, axis=1)
    for t, u in enumerate(rng.random(nobs)):
        states[t] = np.searchsorted(cut[states[t - 1] if t else 0], u)
    return states


def two_state(rng, nobs, sd=(1.0, 3.0), mean=(0.1, -0.2), stay=(0.98, 0.95)):
    transition = np.array([[stay[0], 1 - stay[0]], [1 - stay[1], stay[1]]])
    states = chain(rng, nobs, transition)
    return np.take(mean, states) + np.take(sd, states) * rng.standard_normal(nobs), states


# --- reference ------------------------------------------------------------------------------


def test_reference_federal_funds_rate(peers):
    y = peers("input_fedfunds.csv").index.to_numpy()
    fit = markov_switching(y, options=COMMON)
    assert fit.loglik == pytest.approx(-508.63592, abs=5e-6)
    known = peers("w7_regimes.json")["sm_fedfunds_const_k2"]
    assert fit.loglik >= known["llf"] - 1e-9
    names = known["params"]
    assert fit.coef[:, 0] == pytest.approx([names["const[0]"], names["const[1]"]], rel=2e-5)
    assert fit.variance == pytest.approx([names["sigma2"]] * 2, rel=2e-5)
    assert fit.transition[:, 0] == pytest.approx([names["p[0->0]"], names["p[1->0]"]], rel=5e-4)
    theirs = peers("w7_fedfunds_probs.csv").reset_index()
    assert fit.filtered[:, 0] == pytest.approx(theirs["filtered0"].to_numpy(), abs=1e-4)
    assert fit.smoothed[:, 0] == pytest.approx(theirs["smoothed0"].to_numpy(), abs=1e-4)


def test_reference_regression_whose_slope_and_variance_switch(peers):
    y = peers("input_areturns.csv").index.to_numpy()
    fit = markov_switching(y[1:], y[:-1])
    known = peers("w7_regimes.json")["sm_areturns_L1_var_k2"]
    assert fit.loglik == pytest.approx(known["stata_llf"], abs=5e-5)
    theirs = [[known["params"][f"{name}[{j}]"] for name in ("const", "x1")] for j in (0, 1)]
    assert fit.coef == pytest.approx(np.array(theirs), rel=2e-3)
    assert fit.names == ("const", "0")


def test_reference_stock_returns_reach_the_best_known_optimum(peers):
    y = peers("input_sp500ret_pct.csv")["SP500RET"].to_numpy()[-2500:]
    known = peers("w7_regimes.json")
    two, three = markov_switching(y), markov_switching(y, states=3)
    assert two.loglik >= known["sm_sp500_k2"]["llf"] - 1e-6
    assert two.loglik == pytest.approx(known["sm_sp500_k2"]["llf_search20"], abs=1e-5)
    assert three.loglik >= known["sp500_k3_best_known"]["statsmodels_from_hmm_start_llf"] - 1e-6
    best = known["sp500_k3_best_known"]["params"]
    assert three.variance == pytest.approx([best[f"sigma2[{j}]"] for j in range(3)], rel=2e-3)
    assert three.transition[0, 2] < 1e-6
    assert np.isnan(three.transition_se[0, 2])
    assert np.isfinite(three.transition_se[0, :2]).all()
    for fit, name in ((two, "k2"),):
        for which in ("filtered", "smoothed"):
            theirs = peers(f"w7_sp500_{name}_{which}.csv").reset_index().to_numpy()
            assert getattr(fit, which) == pytest.approx(theirs, abs=2e-3)


@pytest.mark.parametrize("case", ["mean", "slope", "common slope", "no intercept"])
def test_reference_statsmodels_agrees_on_likelihood_and_errors(case):
    rng = np.random.default_rng(11)
    y, states = two_state(rng, 500, mean=(0.0, 1.0))
    x = rng.standard_normal((500, 1))
    y = y + np.where(states == 0, 1.0, -1.0 if case == "slope" else 1.0) * x[:, 0]
    kwargs = {"k_regimes": 2, "switching_variance": True}
    options = SwitchingOptions()
    given_x = x
    if case == "mean":
        given_x = None
    elif case == "common slope":
        options = SwitchingOptions(common=("0",))
        kwargs["switching_exog"] = False
    elif case == "no intercept":
        options = SwitchingOptions(intercept=False)
        kwargs["trend"] = "n"
    fit = markov_switching(y, given_x, options=options)
    model = MarkovRegression(y, exog=given_x, **kwargs)
    start = [fit.transition[0, 0], fit.transition[1, 0]]
    if case == "common slope":
        start += [*fit.coef[:, 0], fit.coef[0, 1]]
    else:
        start += list(fit.coef.T.ravel())
    start = np.array([*start, *fit.variance])
    assert model.loglike(start) == pytest.approx(fit.loglik, abs=1e-7)
    result = model.smooth(start, cov_type="approx")
    assert fit.filtered == pytest.approx(result.filtered_marginal_probabilities, abs=1e-8)
    assert fit.smoothed == pytest.approx(result.smoothed_marginal_probabilities, abs=1e-8)
    if case != "common slope":
        errors = [*fit.transition_se[:, 0], *fit.coef_se.T.ravel(), *fit.variance_se]
        assert errors == pytest.approx(result.bse, rel=1e-3)


def test_reference_robust_errors_agree_with_differences_of_the_filter():
    rng = np.random.default_rng(4)
    y, _ = two_state(rng, 700)
    y = y * rng.standard_t(6, 700) / np.abs(rng.standard_normal(700)).clip(0.5)
    fit = markov_switching(y, options=SwitchingOptions(errors="robust"))
    model = MarkovRegression(y, k_regimes=2, switching_variance=True)
    at = np.array([*fit.transition[:, 0], *fit.coef[:, 0], *fit.variance])
    scores, hessian = np.empty((700, 6)), np.empty((6, 6))

    def rows(theta):
        return model.loglikeobs(theta)

    steps = 1e-5 * np.maximum(np.abs(at), 0.01)
    for i in range(6):
        e = np.zeros(6)
        e[i] = steps[i]
        scores[:, i] = (rows(at + e) - rows(at - e)) / (2 * steps[i])
    wide = 30 * steps
    for i in range(6):
        for j in range(6):
            total = 0.0
            for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)):
                e = np.zeros(6)
                e[i] += a * wide[i]
                e[j] += b * wide[j]
                total += sign * rows(at + e).sum()
            hessian[i, j] = total / (4 * wide[i] * wide[j])
    inverse = np.linalg.inv(-hessian)
    errors = np.sqrt(np.diag(inverse @ scores.T @ scores @ inverse))
    ours = [*fit.transition_se[:, 0], *fit.coef_se[:, 0], *fit.variance_se]
    assert ours == pytest.approx(errors, rel=0.02)


def enumerate_paths(density, transition, initial):
    """Likelihood and state probabilities by going through every path of states."""
    nobs, states = density.shape
    total, smoothed, filtered = 0.0, np.zeros((nobs, states)), np.zeros((nobs, states))
    for length in range(1, nobs + 1):
        whole = 0.0
        for path in np.ndindex(*[states] * length):
            weight = initial[path[0]] * math.exp(density[0, path[0]])
            for t in range(1, length):
                weight *= transition[path[t - 1], path[t]] * math.exp(density[t, path[t]])
            whole += weight
            filtered[length - 1, path[-1]] += weight
            if length == nobs:
                for t in range(nobs):
                    smoothed[t, path[t]] += weight
        filtered[length - 1] /= whole
        total = whole
    return math.log(total), filtered, smoothed / total


def test_reference_filter_and_smoother_equal_a_walk_over_all_paths():
    rng = np.random.default_rng(0)
    density = rng.normal(-1.0, 1.0, (7, 3))
    transition = rng.dirichlet(np.ones(3), 3)
    initial = np.empty(3)
    stationary(transition, initial)
    assert initial @ transition == pytest.approx(initial, abs=1e-14)
    filtered, smoothed = np.empty((7, 3)), np.empty((7, 3))
    gains, moves = np.empty(7), np.empty((3, 3))
    loglik = run_filter(density, transition, initial, filtered, gains)
    smooth(filtered, transition, smoothed, moves)
    slow = enumerate_paths(density, transition, initial)
    assert loglik == pytest.approx(slow[0], abs=1e-12)
    assert gains.sum() == pytest.approx(loglik, abs=1e-12)
    assert filtered == pytest.approx(slow[1], abs=1e-13)
    assert smoothed == pytest.approx(slow[2], abs=1e-13)
    assert moves.sum(axis=1) == pytest.approx(smoothed[:-1].sum(axis=0), abs=1e-12)


def test_reference_one_pass_of_the_climb_equals_a_slow_loop():
    rng = np.random.default_rng(3)
    nobs = 40
    x = np.column_stack([np.ones(nobs), rng.standard_normal(nobs)])
    y = rng.standard_normal(nobs)
    weights = rng.dirichlet(np.ones(2), nobs)
    # the intercept switches, the slope is common: coefficients are (c0, c1, slope)
    places = np.array([[0, 2], [1, 2]])
    coef, variance, transition = np.zeros(3), np.ones(2), np.zeros((2, 2))
    begun = weights.copy()
    loglik = climb((y, x, places), (False, 1e-6, 1, 0.0), weights, (coef, variance, transition))
    gram, target = np.zeros((3, 3)), np.zeros(3)
    for t in range(nobs):
        for j in range(2):
            row = np.zeros(3)
            row[places[j]] = x[t]
            gram += begun[t, j] * np.outer(row, row)
            target += begun[t, j] * row * y[t]
    slow = np.linalg.solve(gram, target)
    assert coef == pytest.approx(slow, abs=1e-12)
    for j in range(2):
        left = y - x @ slow[places[j]]
        assert variance[j] == pytest.approx((begun[:, j] * left**2).sum() / begun[:, j].sum())
    pairs = sum(np.outer(begun[t - 1], begun[t]) for t in range(1, nobs))
    assert transition == pytest.approx(pairs / pairs.sum(axis=1, keepdims=True), abs=1e-12)
    density = sps.norm.logpdf(y[:, None], (x @ coef[places].T), np.sqrt(variance))
    initial = np.array([transition[1, 0], transition[0, 1]])
    filtered, gains = np.empty((nobs, 2)), np.empty(nobs)
    expected = run_filter(density, transition, initial / initial.sum(), filtered, gains)
    assert loglik == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("variance", ["common", "switching"])
def test_reference_slope_equals_differences_of_the_likelihood(variance):
    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(60), rng.standard_normal(60)])
    made = design(rng.standard_normal(60), x, (True, False), 3, variance == "common")
    count = made.size + made.variances + 6
    theta = rng.normal(0.0, 0.5, count)
    here = likelihood.run(likelihood.unpack(theta, made), made)
    exact = likelihood.slope(here, made)
    for i in range(count):
        ends = []
        for step in (1e-6, -1e-6):
            moved = theta.copy()
            moved[i] += step
            ends.append(likelihood.run(likelihood.unpack(moved, made), made).loglik)
        assert exact[i] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)
    again = likelihood.pack(here.params, made)
    assert again == pytest.approx(theta, abs=1e-12)


def test_reference_one_state_is_least_squares():
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((200, 2)), rng.standard_normal(200)
    found = choose_states(y, x, most=2)
    ols = OLS(y, np.column_stack([np.ones(200), x])).fit()
    assert found.loglik[0] == pytest.approx(ols.llf, abs=1e-9)
    assert found.bic[0] == pytest.approx(ols.bic + math.log(200), abs=1e-8)


# --- recovery -------------------------------------------------------------------------------


def test_recovery_intervals_cover_the_truth():
    rng, runs = np.random.default_rng(7), 100
    truth = {"mean": (0.1, -0.2), "sd": (1.0, 3.0), "stay": (0.98, 0.95)}
    hits = {"const": 0, "variance": 0, "to": 0}
    for _ in range(runs):
        y, _ = two_state(rng, 700)
        frame = markov_switching(y).to_frame()
        for row in frame.itertuples():
            if row.parameter == "const":
                hits["const"] += row.low <= truth["mean"][row.state] <= row.high
            elif row.parameter == "variance":
                hits["variance"] += row.low <= truth["sd"][row.state] ** 2 <= row.high
            elif row.parameter == f"to {row.state}":
                hits["to"] += row.low <= truth["stay"][row.state] <= row.high
    # two states a run; the odds of moves are the least normal of them in short samples
    low, high = sps.binom.ppf([0.001, 0.999], 2 * runs, [0.93, 0.97])
    assert low <= hits["const"] <= high
    assert low <= hits["variance"] <= high
    assert hits["to"] >= sps.binom.ppf(0.001, 2 * runs, 0.90)


@pytest.mark.nightly
def test_recovery_intervals_cover_over_many_runs():
    rng, runs, hits = np.random.default_rng(8), 2000, 0
    for _ in range(runs):
        y, _ = two_state(rng, 1000)
        frame = markov_switching(y).to_frame()
        row = frame[(frame.state == 1) & (frame.parameter == "variance")].iloc[0]
        hits += row.low <= 9.0 <= row.high
    low, high = sps.binom.ppf([0.0005, 0.9995], runs, [0.93, 0.97])
    assert low <= hits <= high


def test_recovery_live_probabilities_find_the_state():
    rng = np.random.default_rng(9)
    y, states = two_state(rng, 3000)
    fit = markov_switching(y[:2000])
    live = regime_probabilities(fit, y[2000:], follows=True)
    assert (live.filtered.argmax(axis=1) == states[2000:]).mean() > 0.9
    # predictions are calibrated: among rows given chance p, a share p is in that state
    said, was = live.predicted[:, 1], states[2000:] == 1
    for low, high in ((0.0, 0.1), (0.1, 0.9), (0.9, 1.0)):
        inside = (said >= low) & (said <= high)
        if inside.sum() > 30:
            error = math.sqrt(0.25 / inside.sum())
            assert abs(was[inside].mean() - said[inside].mean()) < 4 * error


def test_recovery_three_states_with_their_means():
    rng = np.random.default_rng(10)
    transition = np.array([[0.95, 0.04, 0.01], [0.02, 0.96, 0.02], [0.01, 0.04, 0.95]])
    states = chain(rng, 3000, transition)
    y = np.take([0.0, 1.0, -2.0], states) + np.take([0.5, 1.0, 2.0], states) * rng.normal(size=3000)
    fit = markov_switching(y, states=3)
    assert fit.coef[:, 0] == pytest.approx([0.0, 1.0, -2.0], abs=0.25)
    assert np.sqrt(fit.variance) == pytest.approx([0.5, 1.0, 2.0], abs=0.15)
    assert fit.transition == pytest.approx(transition, abs=0.03)
    assert fit.shares == pytest.approx(np.bincount(states) / 3000, abs=0.05)


def test_recovery_bic_chooses_the_number_of_states_and_keeps_its_level():
    rng, wrong = np.random.default_rng(12), 0
    for _ in range(40):
        wrong += choose_states(rng.standard_normal(400), most=2).states > 1
    assert wrong <= sps.binom.ppf(0.999, 40, 0.05)
    y, _ = two_state(rng, 1000)
    found = choose_states(y, most=3)
    assert found.states == 2
    assert found.best is not None
    assert found.best.loglik == found.loglik[1]
    assert found.to_frame().index.tolist() == [1, 2, 3]


# --- invariance -----------------------------------------------------------------------------


def both(first, second):
    """Two fits that should tell the same, or None where both samples are refused alike."""
    fits, reasons = [], []
    for sample in (first, second):
        try:
            fits.append(markov_switching(*sample))
        except NotEstimable as refused:
            reasons.append(refused.reason)
    assert len(fits) in (0, 2)
    assert len(set(reasons)) <= 1
    return fits or None


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-4, 1e4), st.sampled_from([0.0, -3.0, 1e3]))
def test_invariance_to_units_and_levels(seed, unit, level):
    rng = np.random.default_rng(seed)
    y, _ = two_state(rng, 250)
    y -= y.mean()
    fits = both((y,), (level * unit + unit * y,))
    if fits is None:
        return
    base, moved = fits
    assert moved.loglik == pytest.approx(base.loglik - 250 * math.log(unit), abs=1e-6)
    assert moved.variance == pytest.approx(base.variance * unit**2, rel=1e-5)
    assert (moved.coef - level * unit) / unit == pytest.approx(base.coef, abs=1e-5)
    assert moved.filtered == pytest.approx(base.filtered, abs=1e-5)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6))
def test_invariance_to_the_sign_and_to_a_change_of_regressors(seed):
    rng = np.random.default_rng(seed)
    y, _ = two_state(rng, 300)
    x = rng.standard_normal((300, 2))
    fits = both((y + x[:, 0], x), (-(y + x[:, 0]), x[:, ::-1] * [3.0, -0.5] + [1e4, 2.0]))
    if fits is None:
        return
    base, turned = fits
    assert turned.loglik == pytest.approx(base.loglik, abs=1e-5)
    assert -turned.coef[:, 2] * -0.5 == pytest.approx(base.coef[:, 1], abs=1e-4)
    assert turned.smoothed == pytest.approx(base.smoothed, abs=1e-3)


def test_invariance_to_a_large_offset_and_to_running_it_again():
    y, _ = two_state(np.random.default_rng(1), 400)
    y = np.round(y * 2**20) / 2**20  # so that the offset loses no bit of the data
    base, far, again = markov_switching(y), markov_switching(y + 1e8), markov_switching(y)
    assert far.variance == pytest.approx(base.variance, rel=1e-6)
    assert again.filtered.tobytes() == base.filtered.tobytes()
    assert again.transition_se.tobytes() == base.transition_se.tobytes()


def test_invariance_states_are_ordered_from_calm_to_wild():
    y, _ = two_state(np.random.default_rng(2), 600, sd=(3.0, 1.0))
    fit = markov_switching(y)
    assert fit.variance[0] < fit.variance[1]
    assert fit.duration == pytest.approx(1.0 / (1.0 - np.diag(fit.transition)))
    mean, _ = two_state(np.random.default_rng(2), 600, sd=(1.0, 1.0), mean=(4.0, -1.0))
    level = markov_switching(mean, options=COMMON)
    assert level.coef[0, 0] < level.coef[1, 0]


def test_invariance_live_rows_do_not_see_later_ones():
    rng = np.random.default_rng(13)
    y, _ = two_state(rng, 600)
    fit = markov_switching(y[:400])
    whole = regime_probabilities(fit, y[400:])
    part = regime_probabilities(fit, y[400:450])
    assert whole.filtered[:50].tobytes() == part.filtered.tobytes()
    rerun = regime_probabilities(fit, y[:400])
    assert rerun.filtered == pytest.approx(fit.filtered, abs=1e-10)
    assert rerun.loglik == pytest.approx(fit.loglik, abs=1e-8)


def test_frames_keep_their_labels():
    y, _ = two_state(np.random.default_rng(3), 300)
    days = pd.date_range("2020-01-01", periods=300)
    frame = pd.DataFrame({"y": y, "x": np.roll(y, 1)}, index=days)
    fit = markov_switching(frame[["y"]], frame[["x"]])
    assert fit.names == ("const", "x")
    assert fit.probabilities().index.equals(days)
    assert "MarkovSwitching" in fit.summary()
    with pytest.raises(ValueError, match="read-only"):
        fit.filtered[0, 0] = 1.0


# --- degenerate -----------------------------------------------------------------------------

Z = np.random.default_rng(14).standard_normal(200)
X = np.random.default_rng(15).standard_normal((200, 1))


@pytest.mark.parametrize(
    ("y", "x", "states", "options", "reason"),
    [
        (np.ones(200), None, 2, None, "constant"),
        (np.where(Z[5] == Z, np.nan, Z), None, 2, None, "not_finite"),
        (np.where(Z[5] == Z, np.inf, Z), None, 2, None, "not_finite"),
        (Z[:20], None, 2, None, "too_short"),
        (Z, None, 1, None, "states"),
        (Z, None, 7, None, "states"),
        (np.column_stack([Z, Z]), None, 2, None, "shape"),
        (Z, X[:50], 2, None, "shape"),
        (Z, np.hstack([X, 2 * X]), 2, None, "collinear"),
        (Z, np.ones((200, 1)), 2, None, "collinear"),
        (Z, None, 2, SwitchingOptions(common=("beta",)), "option"),
        (Z, None, 2, SwitchingOptions(common=("const",), variance="common"), "option"),
        (Z, None, 2, SwitchingOptions(variance="none"), "option"),
        (Z, None, 2, SwitchingOptions(errors="none"), "option"),
        (Z, None, 2, SwitchingOptions(level=1.0), "level"),
    ],
)
def test_degenerate_samples_are_refused(y, x, states, options, reason):
    with pytest.raises(NotEstimable) as caught:
        markov_switching(y, x, states, options)
    assert caught.value.reason == reason


def test_degenerate_likelihood_without_a_maximum_is_refused():
    # half of the rows are one repeated number: a state of no variance has endless likelihood
    y = np.where(np.arange(300) % 2 == 0, 0.0, np.random.default_rng(16).standard_normal(300))
    with pytest.raises(NotEstimable) as caught:
        markov_switching(y)
    assert caught.value.reason == "collapsed"


def test_degenerate_outliers_of_any_size_are_numbers():
    y, _ = two_state(np.random.default_rng(17), 500)
    fit = markov_switching(y)
    wild = y[:50].copy()
    wild[20] = 1e6
    live = regime_probabilities(fit, wild)
    assert np.isfinite(live.filtered).all()
    assert live.filtered[20] == pytest.approx([0.0, 1.0])
    assert math.isfinite(live.loglik)
    # both densities underflow, and only the unlikely state could have made it
    filtered, gains = np.empty((2, 2)), np.empty(2)
    density = np.array([[-1.0, -2.0], [-5000.0, -800.0]])
    transition = np.array([[1.0, 1e-300], [1e-300, 1.0]])
    assert math.isfinite(run_filter(density, transition, np.array([1.0, 1e-300]), filtered, gains))
    assert filtered[1] == pytest.approx([0.0, 1.0])


def test_degenerate_state_nobody_stays_in_has_errors_for_the_rest():
    rng = np.random.default_rng(20)
    y, _ = two_state(rng, 1500, sd=(0.5, 0.5), mean=(0.0, 5.0), stay=(0.8, 0.0))
    fit = markov_switching(y, options=COMMON)
    assert fit.transition[1] == pytest.approx([1.0, 0.0], abs=1e-6)
    assert np.isnan(fit.transition_se[1]).all()
    assert fit.transition_se[0] == pytest.approx(
        math.sqrt(0.8 * 0.2 / (1500 * fit.shares[0])), rel=0.05
    )
    assert fit.coef_se[:, 0] == pytest.approx(0.5 / np.sqrt(1500 * fit.shares), rel=0.05)


def test_degenerate_live_rows_are_refused():
    fit = markov_switching(two_state(np.random.default_rng(18), 300)[0])
    for y, x, reason in ((Z, X, "shape"), ([1.0, np.nan], None, "not_finite")):
        with pytest.raises(NotEstimable) as caught:
            regime_probabilities(fit, y, x)
        assert caught.value.reason == reason
    assert regime_probabilities(fit, [0.3]).filtered.sum() == pytest.approx(1.0)
    with pytest.raises(NotEstimable):
        choose_states(Z, most=9)


def test_search_reports_what_it_left_behind():
    rng = np.random.default_rng(19)
    made = design(rng.standard_t(3, 300), np.ones((300, 1)), (True,), 3, False)
    found = search(made)
    assert list(found.tops) == sorted(found.tops, reverse=True)
    assert found.starts >= 20
