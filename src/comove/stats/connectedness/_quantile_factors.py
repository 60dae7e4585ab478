"""A quantile vector autoregression whose errors share common factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats._quantile_solver import Problem, Vertex, check_loss, descend, problem
from comove.stats.sample import Floats

_ROUNDS = 200
_ENOUGH = 1e-7  # relative fall of the loss in a round below which the fit has settled


@dataclass(frozen=True, kw_only=True, eq=False)
class FactorFit:
    """One fit.

    Parameters
    ----------
    coefs
        Shape (k, 1 + k p), constant first, without the loadings.
    factors
        Shape (n, r), of unit second moment and uncorrelated about zero.
    residuals
        Shape (n, k), what neither lags nor factors explain.
    loss
        Sum of the check function over the residuals.
    """

    coefs: Floats
    factors: Floats
    residuals: Floats
    loss: float


def fit_factors(regressors: Floats, targets: Floats, tau: float, count: int) -> FactorFit:
    """Fit all equations and the factors in their errors by turns.

    Parameters
    ----------
    regressors
        Shape (n, k p), lags in units of their columns.
    targets
        Shape (n, k).
    tau
        The quantile of all columns.
    count
        Number r of factors, 6 r < k.

    Returns
    -------
    FactorFit
        Where neither half-step lowers the loss any more.

    Raises
    ------
    NotEstimable
        ``factors``, ``too_short``, ``collinear``.

    Notes
    -----
    Given the factors each equation is a quantile regression on constant, lags and factors; given
    the loadings the factors of each row are a quantile regression of its k errors on them.  Both
    are solved exactly, so the loss never rises.  The walk begins with the leading components of
    the errors without factors; the minimum it finds is local.

    References
    ----------
    Ando, T. and Bai, J. (2020). Quantile co-movement in financial markets: a panel quantile model
    with unobserved heterogeneity. Journal of the American Statistical Association 115, 266-279.
    """
    width = targets.shape[1]
    if not 0 < 6 * count < width:
        raise NotEstimable("factors", factors=count, columns=width)
    known = regressors.shape[1]
    starts: list[Vertex | None] = [None] * width
    factors = _components(regressors, targets, tau, count)
    best = np.inf
    for _ in range(_ROUNDS):
        design = np.column_stack([regressors, factors])
        coefs = np.empty((width, 1 + design.shape[1]))
        for place in range(width):
            scaled = problem(targets[:, place], design)
            starts[place] = vertex = _solved(scaled, tau, starts[place])
            coefs[place] = scaled.restore(vertex.coef.copy())
        own, loadings = coefs[:, : 1 + known], coefs[:, 1 + known :]
        errors = targets - own[:, 0] - regressors @ own[:, 1:].T
        factors = _by_row(loadings, errors, tau)
        residuals = errors - factors @ loadings.T
        loss = float(check_loss(residuals, tau).sum())
        factors = _normalised(factors)
        if loss > best * (1.0 - _ENOUGH):
            break
        best = loss
    return FactorFit(coefs=own, factors=factors, residuals=residuals, loss=loss)


def _solved(scaled: Problem, tau: float, start: Vertex | None) -> Vertex:
    """Solve from the last vertex, or afresh when its rows have become dependent."""
    if start is not None:
        try:
            return descend(scaled, tau, start=start)
        except NotEstimable:
            pass
    return descend(scaled, tau)


def _components(regressors: Floats, targets: Floats, tau: float, count: int) -> Floats:
    """Leading components (n, r) of the errors of the autoregression without factors."""
    errors = np.empty_like(targets)
    for place in range(targets.shape[1]):
        scaled = problem(targets[:, place], regressors)
        coef = scaled.restore(descend(scaled, tau).coef.copy())
        errors[:, place] = targets[:, place] - coef[0] - regressors @ coef[1:]
    components = np.linalg.svd(errors - errors.mean(axis=0), full_matrices=False)[0]
    return _normalised(components[:, :count])


def _normalised(factors: Floats) -> Floats:
    """Rotate factors (n, r) to unit second moments."""
    unit = np.asarray(np.linalg.svd(factors, full_matrices=False)[0], dtype=np.float64)
    unit *= np.sqrt(factors.shape[0])
    return unit


def _by_row(loadings: Floats, errors: Floats, tau: float) -> Floats:
    """Quantile regression of each row of errors (n, k) on the loadings (k, r)."""
    from comove.stats.connectedness._quantile_kernels import row_by_row

    scale = np.sqrt(np.square(loadings).mean(axis=0))
    if not (scale > 0.0).all():
        raise NotEstimable("collinear")
    found = np.empty((errors.shape[0], loadings.shape[1]))
    if not row_by_row(loadings / scale, np.ascontiguousarray(errors), tau, found):
        raise NotEstimable("collinear")
    found /= scale
    return found
