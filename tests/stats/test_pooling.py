"""Entropy pooling: closed forms, other software, what must not change, what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, linprog, minimize

from comove.core.errors import NotEstimable
from comove.stats.pooling import View, entropy_pooling

GRID = np.linspace(-3.0, 3.0, 601)
WIDE = np.linspace(-12.0, 12.0, 2401)


def bell(x):
    return np.exp(-(x**2) / 2.0)


def divergence(p, q):
    some = p > 0.0
    return float(p[some] @ np.log(p[some] / q[some]))


# reference


def test_reference_view_on_a_normal_variable():
    found = entropy_pooling([View(values=WIDE, target=-0.5)], bell(WIDE))
    assert found.divergence == pytest.approx(0.125, abs=1e-10)
    assert found.covariance(WIDE)[0, 0] == pytest.approx(1.0, abs=1e-10)
    np.testing.assert_allclose(found.probabilities, bell(WIDE + 0.5) / bell(WIDE).sum(), atol=1e-12)
    assert found.multipliers[0] == pytest.approx(0.5, abs=1e-10)


def test_reference_view_on_a_grid_that_ends_at_three_deviations():
    found = entropy_pooling([View(values=GRID, target=-0.5)], bell(GRID))
    assert round(found.divergence, 4) == 0.1289
    assert round(float(np.sqrt(found.covariance(GRID)[0, 0])), 4) == 0.9755


@pytest.mark.parametrize(("mean", "deviation"), [(0.3, 0.5), (-1.0, 1.4)])
def test_reference_views_on_mean_and_deviation_of_a_normal_variable(mean, deviation):
    views = [
        View(values=WIDE, target=mean),
        View(values=(WIDE - mean) ** 2, target=deviation**2),
    ]
    found = entropy_pooling(views, bell(WIDE))
    expected = (deviation**2 + mean**2 - 1.0) / 2.0 - np.log(deviation)
    assert found.divergence == pytest.approx(expected, abs=1e-9)
    assert found.mean(WIDE)[0] == pytest.approx(mean, abs=1e-11)
    shape = bell((WIDE - mean) / deviation)
    np.testing.assert_allclose(found.probabilities, shape / shape.sum(), atol=1e-10)


def test_reference_view_on_a_probability_scales_the_event():
    x = np.random.default_rng(0).standard_normal(500)
    event = x < -1.0
    found = entropy_pooling([View(values=event, target=0.4, sense=">=")])
    share = event.mean()
    expected = np.where(event, 0.4 / event.sum(), 0.6 / (~event).sum())
    np.testing.assert_allclose(found.probabilities, expected, rtol=1e-10)
    assert found.divergence == pytest.approx(
        0.4 * np.log(0.4 / share) + 0.6 * np.log(0.6 / (1.0 - share)), rel=1e-10
    )


def test_reference_one_view_by_root_finding():
    rng = np.random.default_rng(1)
    x, prior = rng.standard_t(3, 300), rng.random(300)

    def tilted(multiplier):
        weights = prior * np.exp(multiplier * x)
        return weights / weights.sum()

    root = brentq(lambda multiplier: tilted(multiplier) @ x - 0.8, -5.0, 5.0, xtol=1e-14)
    found = entropy_pooling([View(values=x, target=0.8)], prior)
    np.testing.assert_allclose(found.probabilities, tilted(root), atol=1e-12)
    assert found.multipliers[0] == pytest.approx(abs(root), rel=1e-9)


@pytest.mark.parametrize("seed", range(2))
def test_reference_equalities_and_inequalities_by_another_optimiser(seed):
    rng = np.random.default_rng(seed)
    x, prior = rng.standard_normal((25, 4)), rng.uniform(0.5, 1.5, 25)
    prior /= prior.sum()
    targets, senses = (0.2, -0.1, 0.25, -0.3), ("==", "<=", ">=", "<=")
    views = [View(values=x[:, i], target=targets[i], sense=senses[i]) for i in rng.permutation(4)]
    found = entropy_pooling(views, prior)
    signs = [{"==": 0.0, "<=": -1.0, ">=": 1.0}[sense] for sense in senses]
    other = minimize(
        lambda p: p @ np.log(p / prior),
        prior,
        jac=lambda p: np.log(p / prior) + 1.0,
        method="SLSQP",
        bounds=[(1e-9, 1.0)] * 25,
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1.0},
            *(
                {
                    "type": "eq" if sign == 0.0 else "ineq",
                    "fun": lambda p, i=i, sign=sign: (p @ x[:, i] - targets[i]) * (sign or 1.0),
                }
                for i, sign in enumerate(signs)
            ),
        ],
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert found.divergence == pytest.approx(divergence(found.probabilities, prior), abs=1e-12)
    assert found.divergence == pytest.approx(other.fun, abs=1e-7)
    np.testing.assert_allclose(found.probabilities, other.x, atol=1e-5)
    for view, reached in zip(views, found.achieved, strict=True):
        assert reached == pytest.approx(view.target, abs=1e-11) or (
            reached < view.target if view.sense == "<=" else reached > view.target
        )


@given(seed=st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_reference_conditions_of_the_optimum_hold_or_a_linear_programme_agrees_there_is_none(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))
    x = rng.standard_t(4, (60, count))
    targets, senses = rng.normal(0.0, 0.8, count), rng.choice(["==", "<=", ">="], count)
    views = [View(values=x[:, i], target=targets[i], sense=str(senses[i])) for i in range(count)]
    signs = np.array([{"==": 0.0, "<=": 1.0, ">=": -1.0}[str(sense)] for sense in senses])
    equal = signs == 0.0
    feasible = linprog(
        np.zeros(60),
        A_ub=(x * signs).T[~equal] if (~equal).any() else None,
        b_ub=(targets * signs)[~equal] if (~equal).any() else None,
        A_eq=np.vstack([np.ones(60), x.T[equal]]),
        b_eq=np.concatenate([[1.0], targets[equal]]),
        bounds=(0.0, 1.0),
    )
    if feasible.status == 2:
        with pytest.raises(NotEstimable, match="infeasible"):
            entropy_pooling(views)
        return
    assert feasible.status == 0
    found = entropy_pooling(views)
    slack = (found.achieved - targets) * np.where(equal, 1.0, -signs)
    assert np.abs(slack[equal]).max(initial=0.0) < 1e-9
    assert slack[~equal].min(initial=0.0) > -1e-9
    assert np.abs(slack * found.multipliers).max() < 1e-8
    # log p - log q is linear in what the views are about, with signs that push the right way
    pulls = np.where(equal, 0.0, -signs * found.multipliers)
    left = np.log(found.probabilities * 60.0) - x @ pulls
    design = np.column_stack([np.ones(60), x[:, equal]])
    residual = left - design @ np.linalg.lstsq(design, left, rcond=None)[0]
    assert np.abs(residual).max() < 1e-6


def test_reference_confidence_mixes_with_the_prior():
    view = [View(values=GRID, target=1.0)]
    prior = bell(GRID) / bell(GRID).sum()
    full, half = entropy_pooling(view, prior), entropy_pooling(view, prior, 0.5)
    np.testing.assert_allclose(half.probabilities, (full.probabilities + prior) / 2.0, atol=1e-15)
    assert half.achieved[0] == pytest.approx(0.5, abs=1e-11)


# recovery


def test_recovery_of_the_law_the_views_describe():
    """Views made from a tilted sample lead back to the tilt: 200 samples, no bias."""
    found = []
    for seed in range(200):
        x = np.random.default_rng(seed).standard_normal((2000, 2)) @ [[1.0, 0.6], [0.0, 0.8]]
        # under the tilt exp(-0.4 x_0) the means of this pair are -0.4 and -0.24
        pooled = entropy_pooling([View(values=x[:, 0], target=-0.4)])
        found.append([pooled.mean(x)[1], pooled.divergence, pooled.covariance(x)[0, 1]])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(200)
    assert (np.abs(mean - [-0.24, 0.08, 0.6]) < 4.0 * error + 0.001).all()


def test_recovery_of_views_that_hold_already():
    x = np.random.default_rng(0).standard_normal((300, 2))
    views = [
        View(values=x[:, 0], target=x[:, 0].mean()),
        View(values=x[:, 1], target=x[:, 1].mean() + 0.1, sense="<="),
    ]
    found = entropy_pooling(views)
    assert found.divergence == pytest.approx(0.0, abs=1e-12)
    assert found.effective == pytest.approx(300.0, rel=1e-9)
    assert found.binding.tolist() == [True, False]
    assert found.multipliers == pytest.approx([0.0, 0.0], abs=1e-9)


def test_recovery_at_the_edge_of_the_scenarios():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    found = entropy_pooling([View(values=x, target=3.0)])
    np.testing.assert_allclose(found.probabilities, [0.0, 0.0, 0.0, 1.0], atol=1e-9)
    assert found.effective == pytest.approx(1.0, abs=1e-6)
    assert found.divergence == pytest.approx(np.log(4.0), abs=1e-6)


# invariance


@given(
    seed=st.integers(0, 10**6),
    factor=st.sampled_from([2.0**-20, -1.0, 8.0, 2.0**20]),
    constant=st.sampled_from([0.0, -3.5, 1e8]),
)
@settings(max_examples=25, deadline=None)
def test_invariance_to_scale_sign_and_constants(seed, factor, constant):
    x = np.round(np.random.default_rng(seed).standard_normal((80, 2)) * 2.0**20) / 2.0**20
    flipped = {"==": "==", "<=": ">=", ">=": "<="}

    def pooled(scale, level):
        turned = scale < 0.0
        views = [
            View(values=x[:, 0] * scale + level, target=0.25 * scale + level),
            View(
                values=x[:, 1] * scale + level,
                target=-0.125 * scale + level,
                sense=flipped["<="] if turned else "<=",
            ),
        ]
        return entropy_pooling(views)

    if constant != 0.0:
        factor = np.sign(factor)
    first, second = pooled(1.0, 0.0), pooled(factor, constant)
    np.testing.assert_allclose(second.probabilities, first.probabilities, atol=1e-9)
    assert second.divergence == pytest.approx(first.divergence, abs=1e-9)


@given(seed=st.integers(0, 10**6), total=st.floats(1e-6, 1e6))
@settings(max_examples=25, deadline=None)
def test_invariance_to_order_repetition_and_total(seed, total):
    rng = np.random.default_rng(seed)
    x, prior = rng.standard_normal((60, 3)), rng.random(60)
    views = [View(values=column, target=0.1, sense=">=") for column in x.T]
    first = entropy_pooling(views, prior)
    order = rng.permutation(60)
    shuffled = [View(values=x[order, i], target=0.1, sense=">=") for i in (2, 0, 1)]
    second = entropy_pooling(shuffled, prior[order] * total)
    np.testing.assert_allclose(second.probabilities, first.probabilities[order], atol=1e-9)
    twice = entropy_pooling([*views, views[0]], prior)
    np.testing.assert_allclose(twice.probabilities, first.probabilities, atol=1e-9)
    doubled = entropy_pooling(
        [View(values=np.tile(column, 2), target=0.1, sense=">=") for column in x.T],
        np.tile(prior, 2),
    )
    np.testing.assert_allclose(doubled.probabilities[:60] * 2.0, first.probabilities, atol=1e-9)
    impossible = entropy_pooling(
        [View(values=np.append(column, 1e3), target=0.1, sense=">=") for column in x.T],
        np.append(prior, 0.0),
    )
    np.testing.assert_allclose(impossible.probabilities[:60], first.probabilities, atol=1e-9)


# degenerate

X = np.random.default_rng(0).standard_normal((50, 2))


@pytest.mark.parametrize(
    ("views", "prior", "reason"),
    [
        ([], None, "views"),
        ([View(values=X[:, 0], target=0.0, sense="=")], None, "views"),
        ([View(values=X[:, 0], target=9.0)], None, "infeasible"),
        ([View(values=X[:, 0], target=9.0, sense=">=")], None, "infeasible"),
        ([View(values=X[:, 0], target=0.1), View(values=X[:, 0], target=0.2)], None, "infeasible"),
        (
            [
                View(values=X[:, 0], target=0.1, sense="<="),
                View(values=X[:, 0], target=0.2, sense=">="),
            ],
            None,
            "infeasible",
        ),
        (
            [
                View(values=X[:, 0], target=0.1),
                View(values=X[:, 1], target=0.1),
                View(values=X[:, 0] + X[:, 1], target=0.5),
            ],
            None,
            "infeasible",
        ),
        ([View(values=np.ones(50), target=1.0)], None, "constant"),
        ([View(values=X[:, 0], target=0.0)], np.eye(50)[0], "constant"),
        ([View(values=X[:, 0], target=np.nan)], None, "not_finite"),
        ([View(values=np.append(X[1:, 0], np.inf), target=0.0)], None, "not_finite"),
        ([View(values=X, target=0.0)], None, "shape"),
        ([View(values=X[:, 0], target=0.0), View(values=X[1:, 0], target=0.0)], None, "shape"),
        ([View(values=X[:1, 0], target=0.0)], None, "too_short"),
        ([View(values=X[:, 0], target=0.0)], np.ones(49), "shape"),
        ([View(values=X[:, 0], target=0.0)], -np.ones(50), "not_positive"),
        ([View(values=X[:, 0], target=0.0)], np.zeros(50), "not_positive"),
        ([View(values=X[:, 0], target=0.0)], np.full(50, np.nan), "not_finite"),
    ],
)
def test_degenerate_views_are_refused(views, prior, reason):
    with pytest.raises(NotEstimable) as refusal:
        entropy_pooling(views, prior)
    assert refusal.value.reason == reason


def test_degenerate_options_are_refused():
    view = [View(values=X[:, 0], target=0.0)]
    for confidence in (0.0, 1.5, np.nan):
        with pytest.raises(NotEstimable) as refusal:
            entropy_pooling(view, confidence=confidence)
        assert refusal.value.reason == "option"
    with pytest.raises(NotEstimable) as refusal:
        entropy_pooling(view).mean(X[1:])
    assert refusal.value.reason == "shape"


# the door


def test_frames_and_results():
    frame = pd.DataFrame(X, columns=["gold", "btc"])
    found = entropy_pooling(
        [View(values=frame["gold"], target=0.1), View(values=frame["btc"], target=0.5, sense=">=")]
    )
    assert found.mean(frame).tolist() == pytest.approx([0.1, 0.5])
    assert found.to_frame()["senses"].tolist() == ["==", ">="]
    assert found.to_frame()["achieved"].tolist() == pytest.approx([0.1, 0.5])
    assert not found.probabilities.flags.writeable
    assert "\n" not in repr(found)
    assert found.summary().startswith("EntropyPooling")
    assert found.steps < 30
