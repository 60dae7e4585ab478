"""The table of three tests: each line is its test, and the verdict counts them."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as sps

from comove.core.errors import NotEstimable
from comove.stats.contagion import (
    AgreementOptions,
    agreement,
    dcc_break,
    factor_residual,
    forbes_rigobon,
)

LATE = np.arange(500) >= 430


def market(rng, link=0.5, later=0.5, rise=1.0):
    factors = rng.standard_normal((500, 2))
    x = rng.standard_normal(500) * np.where(LATE, rise, 1.0)
    y = np.where(LATE, later, link) * x + rng.standard_normal(500)
    return np.column_stack([x, y]) + 0.5 * factors @ [[1.0, 1.0], [0.5, -0.5]], factors


def test_reference_lines_are_the_three_tests():
    x, factors = market(np.random.default_rng(1))
    found = agreement(x, LATE, factors)
    first = forbes_rigobon(x[~LATE, 0], x[~LATE, 1], x[LATE, 0], x[LATE, 1])
    second, third = factor_residual(x, LATE, factors), dcc_break(x, LATE)
    assert found.pvalue.tolist() == [first.pvalue_robust, second.pvalue, third.pvalue]
    assert found.change.tolist() == [first.change, second.change, third.change]
    assert found.low.tolist() == [first.change_low, second.low, third.low]
    assert found.stable[0] == first.raw_stable
    assert found.crisis[0] == first.adjusted
    assert found.sees.tolist() == [p < 0.05 for p in found.pvalue]
    assert found.votes == found.sees.sum()
    assert found.run == 3
    assert found.to_frame().index.tolist() == list(found.tests)


def test_reference_the_source_is_named():
    x, factors = market(np.random.default_rng(2), rise=3.0)
    frame = pd.DataFrame(x, columns=["btc", "gdx"])
    one = agreement(frame, LATE, factors)
    two = agreement(frame, LATE, factors, AgreementOptions(source="gdx"))
    assert (one.names, two.names) == (("btc", "gdx"), ("gdx", "btc"))
    assert abs(one.crisis[0] - two.crisis[0]) > 0.05
    assert one.pvalue[1] == pytest.approx(two.pvalue[1], abs=1e-12)
    assert "verdict" in one.summary()


def test_recovery_contagion_is_agreed_on_and_volatility_alone_is_not():
    rng, agreed, false, three = np.random.default_rng(3), 0, 0, 0
    for _ in range(25):
        x, factors = market(rng, 0.1, 1.2)
        agreed += agreement(x, LATE, factors).verdict == "contagion"
        x, factors = market(rng)
        quiet = agreement(x, LATE, factors)
        false += quiet.votes > 0
        three += quiet.verdict == "contagion"
    assert agreed > 18
    assert false <= sps.binom.ppf(0.999, 25, 0.15)
    assert three <= sps.binom.ppf(0.999, 25, 0.05)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-2, 1e2]))
def test_invariance_to_units(seed, unit):
    x, factors = market(np.random.default_rng(seed))
    base, moved = agreement(x, LATE, factors), agreement(x * unit, LATE, factors / unit)
    assert moved.pvalue == pytest.approx(base.pvalue, abs=1e-5)


def test_degenerate_tests_are_left_out_with_their_reason():
    x, factors = market(np.random.default_rng(4))
    found = agreement(x, LATE)
    assert found.reasons == ("", "missing", "")
    assert found.run == 2
    assert math.isnan(found.pvalue[1])
    assert not found.sees[1]
    doubled = agreement(x, LATE, factors[:, [0, 0]])
    assert doubled.reasons[1] == "collinear"
    short = agreement(x[-90:], LATE[-90:], factors[-90:])
    assert short.reasons == ("", "", "too_short")


X, F = market(np.random.default_rng(5))


@pytest.mark.parametrize(
    ("x", "crisis", "options", "reason"),
    [
        (X, LATE[:10], None, "shape"),
        (X[:, :1], LATE, None, "shape"),
        (X[:15], LATE[:15], None, "too_short"),
        (X, np.zeros(500, dtype=bool), None, "too_short"),
        (np.column_stack([X[:, 0], np.ones(500)]), LATE, None, "constant"),
        (np.where(np.eye(500, 2) > 0, np.nan, X), LATE, None, "not_finite"),
        (X[:, [0, 0]], LATE, None, "collinear"),
        (X, LATE, AgreementOptions(source="spy"), "option"),
        (X, LATE, AgreementOptions(source=2), "option"),
        (X, LATE, AgreementOptions(alpha=1.0), "option"),
        (X, LATE, AgreementOptions(level=1.0), "level"),
    ],
)
def test_degenerate_samples_are_refused(x, crisis, options, reason):
    with pytest.raises(NotEstimable) as caught:
        agreement(x, crisis, F, options)
    assert caught.value.reason == reason
