"""The climb to the highest likelihood of a random walk, in logarithms of its variances."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.kalman._descent import descend
from comove.stats.kalman._design import Design
from comove.stats.kalman._filtering import retraced, run
from comove.stats.kalman._model import Variances
from comove.stats.sample import Floats

Bools = NDArray[np.bool_]
Belief = tuple[Floats, Floats]

_PACES = (1e-2, 1e-4, 1e-6)  # drifts tried first, over the noise, for drivers of unit size
_AGAIN = 1e-4  # the same for a drift that had vanished too early
_BOUNDS = (math.log(1e-16), math.log(1e4))  # variances, over that of the target
_QUIETEST = 1e-12  # noise below which there is none
_SAME = 1e-7  # of log-likelihood: rounding
_ROUNDS = 6
_LEAST_NU, _FIRST_NU, _LARGEST_NU = 2.05, 8.0, 200.0
_NUDGE = 1e-4  # of a logarithm, for a numerical slope
_BEND = 1e-3  # the same for a curvature


class Hill:
    """The log-likelihood of a target and drivers of unit size over noise and drifts."""

    def __init__(self, said: Design, start: Belief | None) -> None:
        self.said, self.start, self.evaluations = said, start, 0

    def model(self, theta: Floats, free: Bools, nu: float = math.inf) -> Variances:
        """Read logarithms of the noise and of the free drifts; the other drifts are zero."""
        drift = np.zeros(len(free))
        drift[free] = np.exp(theta[1:])
        return Variances(math.exp(theta[0]), nu, drift, self.start)

    def height(self, model: Variances) -> float:
        """Log-likelihood."""
        self.evaluations += 1
        return run(self.said, model).loglik

    def slopes(self, model: Variances) -> tuple[float, Floats]:
        """Log-likelihood and its slopes by noise and drifts (q + 1), for normal noise."""
        self.evaluations += 1
        done = run(self.said, model, keep=True, priors=False)
        return done.loglik, retraced(self.said, done)

    def down(self, theta: Floats, free: Bools) -> tuple[float, Floats]:
        """Minus the log-likelihood and its slope by theta."""
        model = self.model(theta, free)
        loglik, slopes = self.slopes(model)
        chained = np.r_[model.noise * slopes[0], (model.drift * slopes[1:])[free]]
        return -loglik, -chained

    def down_tailed(self, theta: Floats, free: Bools) -> float:
        """Minus the log-likelihood under t noise; the last of theta is log(nu - 2)."""
        return -self.height(self.model(theta[:-1], free, 2.0 + math.exp(theta[-1])))


def highest(said: Design, start: Belief | None, *, tails: bool) -> tuple[Variances, Floats, int]:
    """Find the highest likelihood.

    Returns
    -------
    tuple
        The model, the standard errors (q + 1,) of the logarithms of noise and drifts, NaN for a
        drift of zero, and how often the filter was run.

    Raises
    ------
    NotEstimable
        ``collinear``, ``start`` or ``exact``.
    """
    hill = Hill(said, start)
    theta, free = _normal(hill)
    if math.exp(theta[0]) < _QUIETEST:
        raise NotEstimable("exact", noise=math.exp(theta[0]))
    nu = math.inf
    slope: Callable[[Floats], Floats] = lambda at: hill.down(at, free)[1]  # noqa: E731
    nudge = _NUDGE
    if tails:
        theta = _tailed(hill, theta, free)
        nu = 2.0 + math.exp(theta[-1])
        slope, nudge = _numerical(lambda at: hill.down_tailed(at, free), _BEND), _BEND
    error = np.full(len(free) + 1, np.nan)
    error[np.r_[True, free]] = _errors(slope, theta, nudge)[: 1 + int(free.sum())]
    model = hill.model(theta[:-1] if tails else theta, free, nu)
    return model, error, hill.evaluations


def _normal(hill: Hill) -> tuple[Floats, Bools]:
    """Climb from every pace, then settle which drifts are zero."""
    size = hill.said.rows.shape[1]
    free = np.ones(size, dtype=bool)
    left = (
        hill.said.target
        - hill.said.rows @ np.linalg.lstsq(hill.said.rows, hill.said.target, rcond=None)[0]
    )
    noise = math.log(max(float((left**2).mean()), _QUIETEST))
    tries = [
        _climb(hill, np.r_[noise, np.full(size, noise + math.log(pace))], free) for pace in _PACES
    ]
    theta = min(tries, key=lambda found: found[0])[1]
    for _ in range(_ROUNDS):
        held, kept = _settled(hill, theta, free)
        if (kept == free).all():
            break
        _, theta = _climb(hill, held, kept)
        free = kept
    return theta, free


def _settled(hill: Hill, theta: Floats, free: Bools) -> tuple[Floats, Bools]:
    """Let go of drifts that the likelihood does not miss; take up zeros that it asks for."""
    model = hill.model(theta, free)
    drift, top = model.drift.copy(), hill.height(model)
    for i in np.argsort(drift):
        if drift[i] > 0.0:
            trial = drift.copy()
            trial[i] = 0.0
            without = hill.height(Variances(model.noise, model.nu, trial, model.start))
            if without >= top - _SAME:
                drift, top = trial, max(top, without)
    trial = drift.copy()
    _, slopes = hill.slopes(Variances(model.noise, model.nu, drift, model.start))
    asked = (drift == 0.0) & (slopes[1:] * model.noise * _AGAIN > _SAME)
    trial[asked] = model.noise * _AGAIN
    kept = trial > 0.0
    return np.r_[theta[0], np.log(trial[kept])], kept


def _climb(hill: Hill, theta: Floats, free: Bools) -> tuple[float, Floats]:
    low, high = np.full(len(theta), _BOUNDS[0]), np.full(len(theta), _BOUNDS[1])
    return descend(lambda at: hill.down(at, free), theta, (low, high))


def _tailed(hill: Hill, theta: Floats, free: Bools) -> Floats:
    """Climb on under t noise, from the normal optimum."""
    first = _FIRST_NU - 2.0
    begin = np.r_[theta[0] + math.log(first / _FIRST_NU), theta[1:], math.log(first)]
    low, high = np.full(len(begin), _BOUNDS[0]), np.full(len(begin), _BOUNDS[1])
    low[-1], high[-1] = math.log(_LEAST_NU - 2.0), math.log(_LARGEST_NU)
    slope = _numerical(lambda at: hill.down_tailed(at, free), _NUDGE)
    return descend(lambda at: (hill.down_tailed(at, free), slope(at)), begin, (low, high))[1]


def _numerical(fall: Callable[[Floats], float], nudge: float) -> Callable[[Floats], Floats]:
    """Central differences of a function."""

    def slope(at: Floats) -> Floats:
        steps = nudge * np.eye(len(at))
        return np.array([fall(at + step) - fall(at - step) for step in steps]) / (2.0 * nudge)

    return slope


def _errors(slope: Callable[[Floats], Floats], theta: Floats, nudge: float) -> Floats:
    """Return standard errors from the curvature, NaN where the hill is not round."""
    steps = nudge * np.eye(len(theta))
    bend = np.array([slope(theta + step) - slope(theta - step) for step in steps]) / (2.0 * nudge)
    bend = 0.5 * (bend + bend.T)
    if np.linalg.eigvalsh(bend)[0] <= 0.0:
        return np.full(len(theta), np.nan)
    return np.asarray(np.sqrt(np.linalg.inv(bend).diagonal()))
