import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats import garch
from comove.stats.haven import HavenOptions, baur_mcdermott


def respond(rng, nobs, slopes, noise=0.5, alpha=0.0):
    """Return (asset, other): ``slopes`` are the total slopes outside and in the three tails."""
    x = rng.standard_t(5, nobs)
    e = rng.standard_normal(nobs)
    variance = 1.0
    for t in range(nobs if alpha else 0):
        e[t] *= np.sqrt(variance)
        variance = 0.05 + alpha * e[t] ** 2 + (0.95 - alpha) * variance
    where = (x[:, None] < np.quantile(x, [0.10, 0.05, 0.01])).sum(axis=1)
    return np.asarray(slopes)[where] * x + noise * e, x


def dummies(x):
    q10, q5, q1 = np.quantile(x, [0.10, 0.05, 0.01])
    return sm.add_constant(np.column_stack([x, x * (x < q10), x * (x < q5), x * (x < q1)]))


SUMS = np.array([[0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 1, 1, 1, 1]])


def test_least_squares_version_equals_statsmodels():
    y, x = respond(np.random.default_rng(1), 1200, [0.2, 0.1, -0.1, -0.4])
    found = baur_mcdermott(y, x)
    theirs = sm.OLS(y, dummies(x)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False}
    )
    test = theirs.t_test(SUMS)
    interval = test.conf_int(0.05)
    ours = found.ols
    np.testing.assert_allclose([ours.hedge, *ours.tail], test.effect, rtol=1e-9)
    np.testing.assert_allclose([ours.hedge_low, *ours.tail_low], interval[:, 0], rtol=1e-8)
    np.testing.assert_allclose([ours.hedge_high, *ours.tail_high], interval[:, 1], rtol=1e-8)
    assert found.counts == (120, 60, 12)
    assert found.estimated == (True, True, True)
    assert (found.nobs, found.lags, found.level) == (1200, 5, 0.95)
    np.testing.assert_allclose(found.thresholds, np.quantile(x, [0.10, 0.05, 0.01]))


def test_garch_version_equals_two_explicit_rounds():
    y, x = respond(np.random.default_rng(2), 900, [0.2, 0.1, -0.1, -0.4], alpha=0.1)
    found = baur_mcdermott(y, x).garch
    design = dummies(x)
    theirs = sm.OLS(y, design).fit()
    for _ in range(2):
        weights = 1 / garch.fit((y - design @ theirs.params)[:, None]).sigma2[:, 0]
        theirs = sm.WLS(y, design, weights=weights).fit(cov_type="HC0")
    test = theirs.t_test(SUMS)
    np.testing.assert_allclose([found.hedge, *found.tail], test.effect, rtol=1e-7)
    np.testing.assert_allclose([found.hedge_low, *found.tail_low], test.conf_int()[:, 0], rtol=1e-6)


def test_weighting_pays_under_clustered_noise():
    rng, ols, weighted = np.random.default_rng(3), [], []
    for _ in range(40):
        y, x = respond(rng, 1000, [-0.3] * 4, noise=1.0, alpha=0.3)
        found = baur_mcdermott(y, x)
        ols.append(found.ols.hedge)
        weighted.append(found.garch.hedge)
    assert np.mean(weighted) == pytest.approx(-0.3, abs=0.03)
    assert np.std(weighted) < np.std(ols)


def test_intervals_cover():
    rng, runs = np.random.default_rng(4), 120
    slopes = np.array([0.3, 0.1, -0.1, -0.5])
    hits = {"ols": np.zeros(4), "garch": np.zeros(4)}
    for _ in range(runs):
        y, x = respond(rng, 1000, slopes, alpha=0.1)
        found = baur_mcdermott(y, x)
        for name, each in (("ols", found.ols), ("garch", found.garch)):
            low = np.array([each.hedge_low, *each.tail_low])
            high = np.array([each.hedge_high, *each.tail_high])
            hits[name] += (low <= slopes) & (slopes <= high)
    # Ten days in the 1 % tail: robust errors are short there, and the docstring says how short.
    few, least, most = sps.binom.ppf([0.001, 0.001, 0.999], runs, [0.88, 0.93, 0.96])
    for name, each in hits.items():
        assert (least <= each[:3]).all(), name
        assert few <= each[3], name
        assert (each <= most).all(), name


@pytest.mark.parametrize(
    ("slopes", "hedge", "haven"),
    [
        ([-0.5, -0.5, -0.5, -0.5], "strong_hedge", "strong_haven"),
        ([0.0, 0.0, 0.0, 0.0], "weak_hedge", "weak_haven"),
        ([0.5, 0.5, 0.5, 0.5], "no_hedge", "no_haven"),
        ([0.5, 0.0, -0.5, -0.5], "no_hedge", "strong_haven"),
        ([-0.5, -0.5, 0.0, 0.8], "strong_hedge", "no_haven"),
        ([-0.5, -0.5, 0.8, -0.5], "strong_hedge", "no_haven"),
        ([0.0, 0.0, -0.8, 0.0], "weak_hedge", "weak_haven"),
    ],
)
def test_classes(slopes, hedge, haven):
    rng = np.random.default_rng(11)
    found = [baur_mcdermott(*respond(rng, 1500, slopes, noise=0.3)) for _ in range(9)]
    # One interval in twenty errs, so a single draw may; the majority may not.
    for version in ("ols", "garch"):
        assert sum(getattr(each, version).hedge_class == hedge for each in found) >= 7
        assert sum(getattr(each, version).haven_class == haven for each in found) >= 6


def test_classes_follow_the_intervals():
    rng = np.random.default_rng(5)
    for _ in range(30):
        y, x = respond(rng, 900, rng.normal(0, 0.2, 4))
        each = baur_mcdermott(y, x).ols
        sign = (each.hedge_low > 0) - (each.hedge_high < 0)
        assert each.hedge_class == {-1: "strong_hedge", 0: "weak_hedge", 1: "no_hedge"}[int(sign)]
        if (each.tail_low[1:] > 0).any():
            expected = "no_haven"
        elif (each.tail_high[1:] < 0).all():
            expected = "strong_haven"
        else:
            expected = "weak_haven"
        assert each.haven_class == expected


def test_a_thin_tail_is_said_and_not_estimated():
    y, x = respond(np.random.default_rng(6), 500, [-0.3] * 4)
    found = baur_mcdermott(y, x)
    assert found.counts == (50, 25, 5)
    assert found.estimated == (True, True, False)
    for each in (found.ols, found.garch):
        assert np.isnan([each.tail[2], each.tail_low[2], each.tail_high[2]]).all()
        assert np.isfinite(each.tail[:2]).all()
        assert each.haven_class is None
        assert each.hedge_class == "strong_hedge"
    design = dummies(x)[:, :4]
    theirs = sm.OLS(y, design).fit()
    assert found.ols.tail[1] == pytest.approx(theirs.params[1:].sum(), rel=1e-9)


def test_no_tail_at_all_leaves_the_hedge():
    y, x = respond(np.random.default_rng(7), 150, [-0.3] * 4)
    found = baur_mcdermott(y, x, HavenOptions(fewest=20))
    assert found.estimated == (False, False, False)
    assert np.isnan(found.ols.tail).all()
    assert found.ols.hedge == pytest.approx(np.polyfit(x, y, 1)[0], rel=1e-9)


def test_756_sessions_carry_all_three_tails():
    y, x = respond(np.random.default_rng(8), 756, [0.1] * 4)
    assert baur_mcdermott(y, x).counts == (76, 38, 8)


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.booleans())
def test_units_and_sign_of_the_asset_do_not_matter(scale, unit, flip):
    y, x = respond(np.random.default_rng(9), 300, [0.2, 0.0, -0.2, 0.0])
    sign = -1.0 if flip else 1.0
    base = baur_mcdermott(y, x)
    moved = baur_mcdermott(sign * unit * y + 3 * unit, scale * x)
    factor = sign * unit / scale
    assert moved.ols.hedge == pytest.approx(base.ols.hedge * factor, rel=1e-8)
    assert moved.garch.hedge == pytest.approx(base.garch.hedge * factor, rel=1e-5)
    np.testing.assert_allclose(moved.ols.tail[:2], base.ols.tail[:2] * factor, rtol=1e-8)
    bounds = sorted([base.ols.hedge_low * factor, base.ols.hedge_high * factor])
    assert [moved.ols.hedge_low, moved.ols.hedge_high] == pytest.approx(bounds, rel=1e-8)


Y, X = respond(np.random.default_rng(10), 200, [0.1] * 4)


@pytest.mark.parametrize(
    ("asset", "other", "options", "reason"),
    [
        (np.ones(200), X, {}, "constant"),
        (Y, np.ones(200), {}, "constant"),
        (Y[:-1], X, {}, "shape"),
        (Y[:99], X[:99], {}, "too_short"),
        (np.where(Y[4] == Y, np.nan, Y), X, {}, "not_finite"),
        (Y, np.where(X[4] == X, np.inf, X), {}, "not_finite"),
        (Y, X, {"level": 1.0}, "level"),
        (Y, X, {"lags": -1}, "lags"),
    ],
)
def test_refuses(asset, other, options, reason):
    with pytest.raises(NotEstimable) as caught:
        baur_mcdermott(asset, other, HavenOptions(**options))
    assert caught.value.reason == reason


def test_two_tails_with_the_same_days_are_collinear():
    x = np.linspace(-0.5, 0.5, 200)
    x[:9] = -5.0 - 0.1 * np.arange(9)
    x[9:21] = -0.5
    with pytest.raises(NotEstimable) as caught:
        baur_mcdermott(Y, x)
    assert caught.value.reason == "collinear"


def test_arrays_cannot_be_written():
    found = baur_mcdermott(Y, X)
    assert not found.thresholds.flags.writeable
    assert not found.ols.tail.flags.writeable
    assert not found.garch.tail_low.flags.writeable
