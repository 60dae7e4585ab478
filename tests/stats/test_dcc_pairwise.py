"""Each pair on its own: as if it had been fitted alone."""

import numpy as np
import pandas as pd
import pytest
from garch_cases import dcc_returns
from hypothesis import given, settings
from hypothesis import strategies as st

from comove.core.errors import NotEstimable
from comove.stats import dcc

X = dcc_returns((1, 500, 4), (0.05, 0.92), 51)[0]


@pytest.mark.parametrize("model", ["dcc", "cdcc", "adcc"])
def test_reference_of_each_pair_alone(model):
    found = dcc.pairwise(X, model=model, margins="gjr")
    assert found.pairs == (("0", "1"), ("0", "2"), ("0", "3"), ("1", "2"), ("1", "3"), ("2", "3"))
    for place in (0, 2, 5):
        columns = [int(name) for name in found.pairs[place]]
        alone = dcc.fit(X[:, columns], model=model, margins="gjr")
        assert found.loglik[place] == pytest.approx(alone.loglik, abs=1e-8)
        assert found.a[place] == pytest.approx(alone.a, abs=1e-9)
        assert found.g[place] == pytest.approx(alone.g, abs=1e-9)
        np.testing.assert_allclose(found.correlation[:, place], alone.pair(0, 1), atol=1e-9)


def test_recovery_of_parameters_that_differ():
    quick = dcc_returns((1, 3000, 2), (0.12, 0.80), 52)[0]
    slow = dcc_returns((1, 3000, 2), (0.02, 0.97), 53)[0]
    found = dcc.pairwise(np.hstack([quick, slow]), [(0, 1), (2, 3)])
    np.testing.assert_allclose(found.a, [0.12, 0.02], atol=0.04)
    np.testing.assert_allclose(found.b, [0.80, 0.97], atol=0.08)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(4)), st.floats(1e-3, 1e3))
def test_invariance_to_order_and_unit(order, scale):
    pairs = [(order.index(0), order.index(1)), (order.index(3), order.index(2))]
    found = dcc.pairwise(X[:, order] * scale, pairs)
    base = dcc.pairwise(X, [(0, 1), (3, 2)])
    np.testing.assert_allclose(found.a, base.a, atol=1e-9)
    np.testing.assert_allclose(found.correlation, base.correlation, atol=1e-9)


@pytest.mark.parametrize("pairs", [[(0, 0)], [(0, 4)], [("0", "x")], []])
def test_degenerate_pairs(pairs):
    with pytest.raises(NotEstimable) as caught:
        dcc.pairwise(X, pairs)
    assert caught.value.reason == "names"


def test_degenerate_samples():
    with pytest.raises(NotEstimable) as caught:
        dcc.pairwise(X[:, :1])
    assert caught.value.reason == "shape"
    with pytest.raises(NotEstimable) as caught:
        dcc.pairwise(X[:, [0, 1, 0]])
    assert caught.value.reason == "collinear"


def test_names():
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"])
    found = dcc.pairwise(frame, [("b", "a")])
    assert found.pairs == (("b", "a"),)
    assert list(found.to_frame()) == ["b_a"]
    assert found.sigma.shape == (500, 2)
