"""Betas that drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.works.inputs import Floats, drifting
from benchmarks.works.nouns import Known, Peer, Recorded, Work

Call = Callable[[], float]

NOISE = 1e-4
DRIFT = np.array([1e-8, 1e-4, 4e-4, 2.5e-5, 9e-4, 1e-4, 1e-12])


def works() -> Iterator[Work]:
    """Every line, in order."""
    y, x, published = drifting()
    yield Work(
        key="kalman",
        name="Kalman filter of drifting betas, 7 states, T=3,000",
        value="last beta",
        ours=lambda: _filter(y, x),
        target=0.0003,
        known=Known(value=0.70741512234086, within=1e-12, source="R KFAS") if published else None,
        peers=(Peer("statsmodels KalmanFilter", lambda: _statsmodels(y, x)),),
        recorded=(Recorded("R KFAS", 0.004), Recorded("prototype", 0.00025)),
    )


def _filter(y: Floats, x: Floats) -> Call:
    from comove.stats.kalman import RandomWalk, Start, filtered

    model = RandomWalk(noise=NOISE, drift=DRIFT, start=Start(mean=np.zeros(7), cov=np.eye(7)))
    return lambda: float(filtered(y, x, model).coef[-1, -1])


def _statsmodels(y: Floats, x: Floats) -> Call:
    from statsmodels.tsa.statespace.kalman_filter import KalmanFilter

    model = KalmanFilter(k_endog=1, k_states=7)
    model.bind(np.ascontiguousarray(y))
    model["design"] = np.column_stack([np.ones(len(y)), x]).T[None]
    model["transition"], model["selection"] = np.eye(7), np.eye(7)
    model["obs_cov"], model["state_cov"] = np.array([[NOISE]]), np.diag(DRIFT)
    model.initialize_known(np.zeros(7), np.eye(7))
    return lambda: float(model.filter().filtered_state[-1, -1])
