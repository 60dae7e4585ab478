"""The compiled engine: the sums of the numpy engine, in a tenth of its time, once compiled."""

from __future__ import annotations

import numpy as np

from comove.stats.garch import _beginning, _density
from comove.stats.garch._spec import Series, Spec, Sums
from comove.stats.sample import Floats


def values(series: Series, theta: Floats) -> Floats:
    """Log-likelihoods (k, C) of candidates ``theta`` (k, C, p)."""
    from comove.stats.garch import _kernels

    columns = theta[..., _columns(series.spec)]
    inverse_nu = theta[..., -1] if series.spec.tails else None
    if inverse_nu is not None:
        columns = np.concatenate([columns, 1.0 / inverse_nu[..., None]], axis=-1)
    start = np.ascontiguousarray(_beginning.variance(series, theta))
    kernel = _kernels.normal_values if inverse_nu is None else _kernels.tailed_values
    found = kernel(series.shocks, np.ascontiguousarray(columns.transpose(0, 2, 1)), start)
    return np.asarray(found + _density.constant(inverse_nu, series.shocks.shape[1]))


def sums(series: Series, theta: Floats, left: Floats, path: Floats, block: Floats) -> Sums:
    """Sum the derivatives of the variances at ``theta`` (k, p), weighted as the caller says."""
    from comove.stats.garch import _kernels

    spec = series.spec
    slope, curve = _beginning.slopes(series, theta)
    if not spec.split:
        slope = np.insert(slope, 3, 0.0, axis=1)
    first, second = _kernels.sums(
        left,
        path,
        np.ascontiguousarray(theta[:, _columns(spec)]),
        np.column_stack([slope, curve]),
        block,
    )
    # Without a leverage term both alphas are one parameter.
    place = np.eye(5)
    if not spec.split:
        place = np.delete(place, 3, axis=1)
        place[3, 2] = 1.0
    first, second = first @ place, place.T @ second @ place
    return Sums(first=first, products=second[:, 0], curved=second[:, 1])


def _columns(spec: Spec) -> list[int]:
    """Positions of (mean, omega, alpha of positive shocks, of negative ones, beta)."""
    return [0, 1, 2, 2 + spec.split, spec.beta]
