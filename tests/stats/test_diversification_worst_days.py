"""Hedges on the worst days: slow loops, simulated truth, what must not change, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import stationary_indices
from comove.stats.diversification import BandOptions, WorstDayOptions, worst_day_hedge

FIGURES = ("calm", "worst", "beta", "response")
QUICK = WorstDayOptions(band=BandOptions(replications=99))


def market(rng, nobs=819, slope=0.3, tails=None):
    """An asset with a slope on the rest; both Student t with one common scale if asked."""
    rest, own = rng.standard_normal((2, nobs))
    if tails is not None:
        scale = np.sqrt(rng.chisquare(tails, nobs) / tails)
        rest, own = rest / scale, own / scale
    return slope * rest + own, rest


def slow(asset, rest, weight, share):
    """The four figures row by row, for a whole number of worst rows."""
    x, r = asset - asset.mean(), rest - rest.mean()
    worst = set(sorted(range(r.size), key=lambda row: r[row])[: round(share * r.size)])
    kinds = {
        "calm": [row for row in range(r.size) if row not in worst],
        "worst": sorted(worst),
    }
    found = {
        name: 1.0 - sum((r[t] + weight * x[t]) ** 2 for t in rows) / sum(r[t] ** 2 for t in rows)
        for name, rows in kinds.items()
    }
    calm = kinds["calm"]
    found["beta"] = np.cov(x[calm], r[calm])[0, 1] / r[calm].var(ddof=1)
    found["response"] = x[kinds["worst"]].mean() / r[kinds["worst"]].mean()
    return found


@pytest.mark.parametrize("weight", [0.05, -0.4, 3.0])
@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_figures_match_a_slow_loop(weight, share):
    asset, rest = market(np.random.default_rng(1), nobs=400)
    options = WorstDayOptions(share=share, band=BandOptions(replications=50))
    found = worst_day_hedge(asset, rest, weight, np.random.default_rng(2), options)
    for name, value in slow(asset, rest, weight, share).items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-12)
    assert found.days == round(share * 400)
    assert found.nobs == 400


def test_percentile_bands_match_replications_made_row_by_row():
    asset, rest = market(np.random.default_rng(3), nobs=200)
    band = BandOptions(replications=60, block=4.0, level=0.9)
    options = WorstDayOptions(share=0.05, band=band)
    found = worst_day_hedge(asset, rest, 0.5, np.random.default_rng(4), options)
    rows = stationary_indices(200, 200, 4.0, 60, np.random.default_rng(4))
    drawn = [slow(asset[each], rest[each], 0.5, 0.05)["response"] for each in rows]
    edges = np.quantile(drawn, [0.05, 0.95])
    assert (found.response_low, found.response_high) == pytest.approx(tuple(edges), abs=1e-12)


def test_without_a_tail_of_its_own_effectiveness_is_the_share_of_variance():
    """Calm and worst weighed by their squared swings give one less the ratio of variances."""
    asset, rest = market(np.random.default_rng(5), nobs=600)
    found = worst_day_hedge(asset, rest, -0.3, np.random.default_rng(0), QUICK)
    r = rest - rest.mean()
    inside = np.argsort(r)[:30]
    swings = np.array([(r**2).sum() - (r[inside] ** 2).sum(), (r[inside] ** 2).sum()])
    whole = swings @ [found.calm, found.worst] / swings.sum()
    assert whole == pytest.approx(1.0 - (rest - 0.3 * asset).var() / rest.var(), abs=1e-12)


def covered(tails, runs, replications, seed):
    """How often each band held the truth, found on a long sample."""
    rng = np.random.default_rng(seed)
    x, r = market(rng, 1_000_000, tails=tails)
    worst = r < np.quantile(r, 0.05)
    hedged = r + 0.5 * x
    truth = {
        "calm": 1.0 - (hedged[~worst] ** 2).sum() / (r[~worst] ** 2).sum(),
        "worst": 1.0 - (hedged[worst] ** 2).sum() / (r[worst] ** 2).sum(),
        "beta": 0.3,
        "response": 0.3,
    }
    hits = dict.fromkeys(FIGURES, 0)
    options = WorstDayOptions(band=BandOptions(replications=replications))
    for _ in range(runs):
        found = worst_day_hedge(*market(rng, tails=tails), 0.5, rng, options)
        for name in FIGURES:
            low, high = getattr(found, f"{name}_low"), getattr(found, f"{name}_high")
            hits[name] += low <= truth[name] <= high
    return hits


@pytest.mark.parametrize("tails", [None, 5])
def test_the_bands_cover_the_truth(tails):
    hits = covered(tails, runs=60, replications=99, seed=6)
    for name in FIGURES:
        assert hits[name] >= binom.ppf(1e-3, 60, 0.92), (name, hits)


@pytest.mark.nightly
@pytest.mark.parametrize("tails", [None, 5])
def test_the_bands_cover_the_truth_at_their_level(tails):
    hits = covered(tails, runs=1000, replications=499, seed=7)
    for name in FIGURES:
        assert 0.92 <= hits[name] / 1000 <= 0.98, (name, hits)


def test_recovery_a_hedge_that_fails_when_needed_is_found():
    """Against the rest on ordinary days, with it in the tail."""
    rng = np.random.default_rng(8)
    asset, rest = market(rng, 2000, slope=0.0)
    tail = rest < np.quantile(rest, 0.05)
    asset = 0.3 * asset + np.where(tail, 0.8, -0.5) * rest
    found = worst_day_hedge(asset, rest, 0.5, rng, QUICK)
    assert found.beta_high < 0.0 < found.calm_low
    assert found.worst_high < 0.0 < found.response_low


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([1e-6, 0.01, 1.0, 1e4]),
    shift=st.sampled_from([-3.0, 0.0, 0.5]),
)
def test_scale_and_level_of_the_returns_do_not_matter(seed, scale, shift):
    asset, rest = market(np.random.default_rng(seed), nobs=300)
    plain = worst_day_hedge(asset, rest, 0.4, np.random.default_rng(1), QUICK)
    moved = worst_day_hedge(
        (asset + shift) * scale, (rest - shift) * scale, 0.4, np.random.default_rng(1), QUICK
    )
    assert moved.to_frame().to_numpy() == pytest.approx(plain.to_frame().to_numpy(), abs=1e-8)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), weight=st.sampled_from([0.05, 0.5, 2.0]))
def test_selling_the_mirror_image_is_the_same_hedge(seed, weight):
    asset, rest = market(np.random.default_rng(seed), nobs=300)
    held = worst_day_hedge(asset, rest, weight, np.random.default_rng(1), QUICK)
    sold = worst_day_hedge(-asset, rest, -weight, np.random.default_rng(1), QUICK)
    assert (sold.calm, sold.worst) == pytest.approx((held.calm, held.worst), abs=1e-10)
    assert (sold.beta, sold.response) == pytest.approx((-held.beta, -held.response), abs=1e-10)


def test_series_and_their_frame_say_what_arrays_say():
    asset, rest = market(np.random.default_rng(9), nobs=300)
    plain = worst_day_hedge(asset, rest, 0.5, np.random.default_rng(1), QUICK)
    named = worst_day_hedge(pd.Series(asset), pd.Series(rest), 0.5, np.random.default_rng(1), QUICK)
    pd.testing.assert_frame_equal(plain.to_frame(), named.to_frame())
    assert list(plain.to_frame().index) == list(FIGURES)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"asset": np.ones(300)}, "constant"),
        ({"rest": np.ones(300)}, "constant"),
        ({"asset": np.arange(5.0)}, "too_short"),
        ({"asset": np.random.default_rng(0).standard_normal(250)}, "shape"),
        ({"asset": np.random.default_rng(0).standard_normal((300, 2))}, "shape"),
        ({"asset": np.full(300, np.nan)}, "not_finite"),
        ({"weight": 0.0}, "option"),
        ({"weight": np.nan}, "option"),
        ({"share": 0.5}, "tail"),
        ({"share": 0.01}, "too_short"),
        ({"level": 1.0}, "level"),
        ({"multiple": 0.7}, "collinear"),
        ({"multiple": -2.0}, "collinear"),
    ],
    ids=str,
)
def test_degenerate_samples_are_refused_with_a_reason(change, reason):
    asset, rest = market(np.random.default_rng(10), nobs=300)
    given_ = {"asset": asset, "rest": rest, "weight": 0.5, "share": 0.05, "level": 0.95} | change
    if "multiple" in change:  # 0.7: moves as the rest does; -2: takes all of it away
        given_["asset"] = change["multiple"] * rest
    options = WorstDayOptions(
        share=given_["share"], band=BandOptions(replications=50, level=given_["level"])
    )
    with pytest.raises(NotEstimable) as refused:
        worst_day_hedge(
            given_["asset"], given_["rest"], given_["weight"], np.random.default_rng(0), options
        )
    assert refused.value.reason == reason
