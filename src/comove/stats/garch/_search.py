"""The search for the optimum: a grid that sees the whole likelihood, then climbing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from comove.stats.garch._climb import climb
from comove.stats.garch._spec import LARGEST_PERSISTENCE, Engine, Series, Spec
from comove.stats.sample import Floats

_COARSE, _FINE = 11, 5  # points per axis of the first grid, and of a look around each hill
_RIVAL = 3.0  # a hill this much lower on the grid is not climbed
_LEANS = np.array([0.0, 0.8, -0.8])  # tried shares of alpha moved to negative shocks
_INVERSE_NU = np.array([1 / 6, 1 / 3, 1 / 12, 1 / 40])  # the first is the one of the grid


def best_of(series: Series, engine: Engine) -> Floats:
    """Best parameters (k, p): every hill that a grid shows is climbed.

    The grid runs over persistence and alpha's share of it, at mean zero and under variance
    targeting, omega = 1 - persistence.
    """
    owners, places = _hills(series, engine)
    climbers = series.rows(owners)
    theta = climb(climbers, _refined(climbers, places, engine), engine)
    if len(owners) == len(series.shocks):
        return theta
    values = engine.values(climbers, theta[:, None])[:, 0]
    # The highest of each series: sorted by series, then by height, the last of each.
    order = np.lexsort((values, owners))
    last = np.append(owners[order][1:] != owners[order][:-1], True)
    return np.asarray(theta[order[last]])


def _hills(series: Series, engine: Engine) -> tuple[NDArray[np.intp], Floats]:
    """Local maxima of the coarse grid: their series (h,), and where they are (h, 2)."""
    ticks = _ticks()
    rows, shares = (part.ravel() for part in np.meshgrid(*ticks, indexing="ij"))
    count = len(series.shocks)
    theta = np.tile(_targeted(series.spec, rows, shares), (count, 1, 1))
    surface = engine.values(series, theta).reshape(count, _COARSE, _COARSE)
    padded = np.pad(surface, ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    summit = surface >= surface.max(axis=(1, 2), keepdims=True) - _RIVAL
    for i in range(3):
        for j in range(3):
            if (i, j) != (1, 1):
                summit &= surface > padded[:, i : i + _COARSE, j : j + _COARSE]
    # A plateau has no summit of its own: then its first point is one.
    flat = ~summit.any(axis=(1, 2))
    summit.reshape(count, -1)[flat, surface.reshape(count, -1)[flat].argmax(axis=1)] = True
    owners, row, column = np.nonzero(summit)
    return owners, np.stack([ticks[0][row], ticks[1][column]], axis=1)


def _refined(series: Series, places: Floats, engine: Engine) -> Floats:
    """Look closer around ``places`` (k, 2) for starting values (k, p)."""
    ticks, columns = _ticks(), np.arange(len(places))
    near = []
    for axis in range(2):
        step = ticks[axis][1] - ticks[axis][0]
        around = places[:, axis, None] + step * np.linspace(-1.0, 1.0, _FINE)
        near.append(np.clip(around, ticks[axis][0], ticks[axis][-1]))
    rows = np.repeat(near[0], _FINE, axis=1)
    shares = np.tile(near[1], (1, _FINE))
    theta = _targeted(series.spec, rows, shares)
    chosen = theta[columns, engine.values(series, theta).argmax(axis=1)]
    variants = [chosen]
    if series.spec.split:
        variants = [_leaning(chosen, lean) for lean in _LEANS]
    if series.spec.tails:
        variants = [_with_tails(row, h) for row in variants for h in _INVERSE_NU]
    if len(variants) == 1:
        return np.asarray(chosen)
    tried = np.stack(variants, axis=1)
    return np.asarray(tried[columns, engine.values(series, tried).argmax(axis=1)])


def _ticks() -> tuple[Floats, Floats]:
    """Axes of the grid: the cube root of 1 - persistence, the square root of alpha's share.

    They put most points where the likelihood turns fastest, near full persistence and small alpha.
    """
    lowest = math.cbrt(1.0 - LARGEST_PERSISTENCE)
    return np.linspace(lowest, 1.0, _COARSE), np.linspace(0.05, 1.0, _COARSE)


def _targeted(spec: Spec, rows: Floats, shares: Floats) -> Floats:
    """Parameters (..., p) at a point (...,) of the grid."""
    theta = np.zeros((*rows.shape, spec.size))
    alpha = (1.0 - rows**3) * shares**2
    theta[..., 1] = rows**3
    theta[..., spec.alphas] = alpha[..., None]
    theta[..., spec.beta] = 1.0 - rows**3 - alpha
    if spec.tails:
        theta[..., -1] = _INVERSE_NU[0]
    return theta


def _leaning(theta: Floats, lean: float) -> Floats:
    leaning = theta.copy()
    leaning[:, 2:4] *= np.array([1.0 - lean, 1.0 + lean])
    return leaning


def _with_tails(theta: Floats, inverse_nu: float) -> Floats:
    heavier = theta.copy()
    heavier[:, -1] = inverse_nu
    return heavier
