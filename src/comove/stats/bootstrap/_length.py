"""How long a block should be."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from comove.core.errors import NotEstimable
from comove.stats.sample import Floats, vector

Kind = Literal["stationary", "circular"]
"""Blocks of geometric length, or of one length."""

_WASTE = {"stationary": 2.0, "circular": 4.0 / 3.0}  # of variance, over the squared spectrum


def optimal_block(x: ArrayLike, kind: Kind = "stationary") -> float:
    """Choose the block length of a bootstrap from the data.

    Parameters
    ----------
    x
        Shape (T,), T >= 20.  No NaN.  Any unit: the answer does not depend on scale or level.
    kind
        ``"stationary"`` for the mean length of its blocks, ``"circular"`` for the one length.

    Returns
    -------
    float
        Block length in rows, not rounded, between 1 and ``ceil(min(3 sqrt(T), T / 3))``.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, or ``kind`` when not known.

    Notes
    -----
    ``b = (2 G^2 / D)^(1/3) T^(1/3)`` with ``G = sum h(k/M) |k| g_k``, ``D = 2 (sum h(k/M) g_k)^2``
    (4/3 in place of 2 for circular blocks, which may be 14 per cent longer for it), g_k the
    autocovariances over k = -M..M and h the flat-top window ``min(1, 2 (1 - |k/M|))``.  M is twice
    the first lag from which five autocorrelations in a row stay inside ``2 sqrt(log10(T) / T)``, at
    most ``ceil(sqrt(T)) + 5``.

    References
    ----------
    Politis, D. N. and White, H. (2004). Automatic block-length selection for the dependent
    bootstrap. Econometric Reviews 23, 53-70.
    Patton, A., Politis, D. N. and White, H. (2009). Correction to "Automatic block-length
    selection for the dependent bootstrap". Econometric Reviews 28, 372-375.

    Examples
    --------
    >>> noise = np.random.default_rng(1).standard_normal(400)
    >>> steady = np.convolve(noise, np.ones(10), mode="valid")
    >>> optimal_block(noise) < optimal_block(steady)
    True
    """
    if kind not in _WASTE:
        raise NotEstimable("kind", kind=kind)
    sample = vector(x, least=20)
    nobs = sample.size
    deviation = sample - sample.mean()
    deviation /= np.abs(deviation).max()
    run = max(5, int(math.log10(nobs)))
    furthest = math.ceil(math.sqrt(nobs)) + run
    covariance, correlation = _autocovariances(deviation, furthest)
    lags = _bandwidth(correlation, run, 2.0 * math.sqrt(math.log10(nobs) / nobs))
    k = np.arange(1, lags + 1)
    window = np.minimum(1.0, 2.0 * (1.0 - k / lags))
    slope = 2.0 * float(window * k @ covariance[1 : lags + 1])
    spectrum = float(covariance[0]) + 2.0 * float(window @ covariance[1 : lags + 1])
    largest = math.ceil(min(3.0 * math.sqrt(nobs), nobs / 3.0))
    if spectrum == 0.0:
        return float(largest)
    best = float(np.cbrt(2.0 / _WASTE[kind] * slope**2 / spectrum**2 * nobs))
    return min(max(best, 1.0), float(largest))


def _autocovariances(deviation: Floats, furthest: int) -> tuple[Floats, Floats]:
    """Autocovariances (divisor T) and absolute autocorrelations at lags 0..furthest."""
    nobs = deviation.size
    covariance = np.empty(furthest + 1)
    correlation = np.empty(furthest + 1)
    for lag in range(furthest + 1):
        late, early = deviation[lag:], deviation[: nobs - lag]
        product = float(late @ early)
        scale = math.sqrt(float(late @ late) * float(early @ early))
        covariance[lag] = product / nobs
        correlation[lag] = abs(product) / scale if scale > 0.0 else 0.0
    return covariance, correlation


def _bandwidth(correlation: Floats, run: int, bound: float) -> int:
    """Twice the first lag from which ``run`` autocorrelations in a row are inside the bound."""
    furthest = correlation.size - 1
    quiet = np.lib.stride_tricks.sliding_window_view(correlation[1:furthest] < bound, run).all(1)
    first = int(np.argmax(quiet)) + 1 if quiet.any() else furthest
    return min(2 * first, furthest)
