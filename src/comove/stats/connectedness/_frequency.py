"""Connectedness by frequency: which part of it is quick and which is slow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.connectedness._fevd import (
    Decomposition,
    Method,
    contributions,
    moving_average,
)
from comove.stats.connectedness._results import FrequencyConnectedness
from comove.stats.connectedness._static import stable_fit
from comove.stats.frames import table

BANDS = ((1.0, 5.0), (5.0, 20.0), (20.0, np.inf))
_EDGE = 1e-9


def frequency(
    x: object,
    lags: int,
    horizon: int = 100,
    bands: Sequence[tuple[float, float]] = BANDS,
    method: Method = "generalized",
    normalize: bool = True,
) -> FrequencyConnectedness:
    r"""Split connectedness over bands of frequencies.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  No NaN.
    lags
        Lags p of the vector autoregression.
    horizon
        Horizon H; the responses 0 to H (H + 1 of them) are transformed, as the R packages do, so
        the bands together equal :func:`static` at H + 1.  It has to be long, for it sets how
        finely frequencies are told apart: 100.
    bands
        Periods (from, to) in observations; ``inf`` for no upper end.  Period d stands for the
        frequency pi / d, the custom of this literature: a move that lasts d rows, half a cycle.
        A band holds the frequencies pi / to <= w < pi / from.
    method, normalize
        See :func:`static`.

    Returns
    -------
    FrequencyConnectedness
        One table per band, ``total`` (of the variance in all bands: these add up) and ``within``
        (of the variance in the band).

    Raises
    ------
    NotEstimable
        As :func:`static`, and ``bands`` for a band without frequencies or two that overlap.

    Notes
    -----
    With :math:`\Psi(w)` the discrete Fourier transform of the responses over H + 1 points,

    .. math::
        \theta_{ij}(B) = \frac{\sigma_{jj}^{-1} \sum_{w \in B} |(\Psi(w) \Sigma)_{ij}|^2}
        {\sum_{w} (\Psi(w) \Sigma \Psi^*(w))_{ii}}

    with the sum below, and the row sums that normalise, over all frequencies of all bands given.
    Shares are therefore of the variance in the bands asked for: give bands that cover everything
    unless a part is left out on purpose.  ``(1, 5)`` leaves out the frequency pi itself, as the
    customary partition of the R package ConnectednessApproach does; ``(0, 5)`` has it.

    Frequencies are placed at j pi / floor((H + 1) / 2), the convention of the R package
    frequencyConnectedness, slightly off the Fourier frequencies when H + 1 is odd.

    References
    ----------
    Barunik, J. and Krehlik, T. (2018). Measuring the frequency dynamics of financial connectedness
    and systemic risk. Journal of Financial Econometrics 16, 271-296.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((500, 2))
    >>> found = frequency(x, lags=1, horizon=100, bands=((0, 4), (4, np.inf)))
    >>> found.table.shape, bool(np.allclose(found.table.sum(axis=(0, 2)), 1.0))
    ((2, 2, 2), True)
    """
    how = Decomposition(horizon=horizon, method=method, normalize=normalize)
    points = horizon + 1
    members = [_members(band, points) for band in bands]
    if not members or (np.sum(members, axis=0) > 1).any():
        raise NotEstimable("bands", bands=str(tuple(bands)))
    given = table(x)
    model, _ = stable_fit(given, lags)
    waves = np.fft.fft(moving_average(model.coefficients, points), axis=0)
    inside = np.any(members, axis=0)
    parts = np.zeros((points, *model.sigma.shape))
    parts[inside] = contributions(waves[inside], model.sigma, how)
    return FrequencyConnectedness(
        names=given.names,
        bands=tuple((float(low), float(high)) for low, high in bands),
        table=np.stack([parts[member].sum(axis=0) for member in members]),
        method=method,
        lags=lags,
        horizon=horizon,
        nobs=given.values.shape[0],
    )


def _members(band: tuple[float, float], points: int) -> NDArray[np.bool_]:
    """Tell which points of the Fourier transform lie in a band, both halves of the circle."""
    low, high = band
    half = points // 2
    if not 0.0 <= low < high or half == 0:
        raise NotEstimable("bands", band=f"({low:g}, {high:g})", points=points)
    place = np.arange(half + 1) / half
    upper = np.inf if low == 0.0 else 1.0 / low
    chosen = (place >= 1.0 / high - _EDGE) & (place < upper - _EDGE)
    if not chosen.any():
        raise NotEstimable("bands", band=f"({low:g}, {high:g})", points=points)
    mirrored = chosen[1:-1] if points % 2 == 0 else chosen[1:]
    return np.concatenate([chosen, mirrored[::-1]])
