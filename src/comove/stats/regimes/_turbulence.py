"""Turbulence: how unlike the recent past a day's returns are, and in what way."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.conditioning import spectrum_condition
from comove.stats.frames import Labels, table
from comove.stats.regimes._windows import trailing_covariances
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

WINDOW = 504
"""Rows behind each day's moments when nothing else is said: two years of sessions."""

LARGEST_CONDITION = 1e6
"""Condition number of a window's correlations above which a day is left out."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Turbulence(Result):
    """Distance of each row from its own past.

    Attributes
    ----------
    names, index
        Of the columns and rows of x.
    turbulence
        Shape (T,), squared Mahalanobis distance over k; about 1 on an ordinary day.
    magnitude
        Shape (T,), the same without correlations: mean squared z-score.
    correlation
        Shape (T,), turbulence / magnitude: above 1 the day's signs or sizes do not go together as
        they used to, below 1 they do more than the moves themselves say.
    pvalue
        Shape (T,), chance of so large a distance were returns normal with constant moments; NaN for
        whole-sample moments, or where not asked for.
    rank
        Shape (T,), share of earlier values that are smaller; the first is NaN.
    window
        Rows behind the moments; 0 for the whole sample.
    skipped
        Rows left out because a column was constant or collinear in the window.
    nobs
        T.

    Notes
    -----
    NaN in the rows before the first full window, and where skipped.
    """

    names: tuple[str, ...]
    index: Labels
    turbulence: Floats
    magnitude: Floats
    correlation: Floats
    pvalue: Floats
    rank: Floats
    window: int
    skipped: int
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line a row: turbulence, magnitude, correlation, pvalue, rank."""
        import pandas as pd

        columns = ("turbulence", "magnitude", "correlation", "pvalue", "rank")
        return pd.DataFrame({name: getattr(self, name) for name in columns}, index=self.index)


def turbulence(x: object, window: int | None = WINDOW, *, pvalues: bool = True) -> Turbulence:
    r"""Measure how unusual each row of returns is against the rows before it.

    Parameters
    ----------
    x
        Shape (T, k), returns on one clock, array or frame.  No NaN, no constant column.
    window
        Rows before t whose mean and covariance judge row t, k + 2 <= window < T.  None takes the
        moments of the whole sample, row t and its future included: that reproduces the published
        index and is look-ahead.
    pvalues
        Whether to work out p-values; without them scipy is not loaded and they are NaN.

    Returns
    -------
    Turbulence
        Row t uses rows t - window .. t - 1 for the moments (their unbiased covariance).

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``window`` or ``collinear`` (the
        whole sample, or every window).

    Notes
    -----
    .. math::
        d_t = (r_t - m)' S^{-1} (r_t - m) / k,\quad
        a_t = \sum_i (r_{it} - m_i)^2 / s_i^2 / k,\quad c_t = d_t / a_t.

    The whole-sample form has S with divisor T, so d averages exactly 1.  With trailing moments of w
    rows of normal returns, :math:`d_t w (w - k) / ((w + 1)(w - 1))` is F with k and w - k degrees
    of freedom: the p-value.  Returns have fat tails, so small p-values come far too often; the rank
    in its own history is the sturdier statement.  The window has to be many times k, or S is mostly
    noise and its inverse more so.

    References
    ----------
    Kritzman and Li (2010), "Skulls, financial turbulence, and risk management"; Kinlaw and
    Turkington (2014), "Correlation surprise".

    Examples
    --------
    >>> calm = np.random.default_rng(0).standard_normal((300, 3))
    >>> calm[-1] = [6.0, -6.0, 6.0]
    >>> found = turbulence(calm, window=200)
    >>> float(found.rank[-1]), bool(found.turbulence[-1] > 20)
    (1.0, True)
    """
    given = table(x)
    values = matrix(given.values, least=2)
    nobs, width = values.shape
    if window is None:
        distance, size = _whole(values)
        pvalue = np.full(nobs, math.nan)
    else:
        if window < width + 2:
            raise NotEstimable("window", window=window, least=width + 2)
        if nobs <= window:
            raise NotEstimable("too_short", nobs=nobs, least=window + 1)
        distance, size = _trailing(values, window)
        pvalue = _pvalues(distance, window, width) if pvalues else np.full(nobs, math.nan)
    known = nobs - (window or 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = distance / size
    return Turbulence(
        names=given.names,
        index=given.index,
        turbulence=distance,
        magnitude=size,
        correlation=ratio,
        pvalue=pvalue,
        rank=_ranks(distance),
        window=window or 0,
        skipped=known - int(np.isfinite(distance).sum()),
        nobs=nobs,
    )


def _whole(values: Floats) -> tuple[Floats, Floats]:
    """Distances from the moments of the whole sample, divisor T."""
    nobs, width = values.shape
    centred = values - values.mean(axis=0)
    centred /= np.sqrt(np.mean(centred * centred, axis=0))
    correlation = centred.T @ centred / nobs
    condition = spectrum_condition(correlation)
    if nobs <= width or condition > LARGEST_CONDITION:
        raise NotEstimable("collinear", condition=condition)
    solved = np.linalg.solve(correlation, centred.T).T
    distance = np.einsum("ti,ti->t", centred, solved) / width
    return distance, np.asarray(np.mean(centred * centred, axis=1))


def _trailing(values: Floats, window: int) -> tuple[Floats, Floats]:
    """Distances from the moments of the rows before; NaN where there are none."""
    nobs, width = values.shape
    distance, size = np.full(nobs, math.nan), np.full(nobs, math.nan)
    for rows, means, covariance in trailing_covariances(values[:-1], window):
        ahead = slice(rows.start + window, rows.stop + window)
        variance = np.einsum("nii->ni", covariance)
        sound = (variance > 0.0).all(axis=1)
        spread = np.sqrt(np.where(variance > 0.0, variance, 1.0))
        z = (values[ahead] - means) / spread
        correlation = covariance / (spread[:, :, None] * spread[:, None, :])
        correlation[~sound] = np.eye(width)
        roots = np.linalg.eigvalsh(correlation)
        sound &= roots[:, 0] * LARGEST_CONDITION**2 > roots[:, -1]
        correlation[~sound] = np.eye(width)
        solved = np.linalg.solve(correlation, z[..., None])[..., 0]
        # the unbiased covariance is larger by w / (w - 1)
        shrink = (window - 1.0) / window / width
        distance[ahead] = np.where(sound, np.einsum("ni,ni->n", z, solved) * shrink, math.nan)
        size[ahead] = np.where(sound, np.einsum("ni,ni->n", z, z) * shrink, math.nan)
    if not np.isfinite(distance).any():
        raise NotEstimable("collinear", window=window)
    return distance, size


def _pvalues(distance: Floats, window: int, width: int) -> Floats:
    """Upper tail of the F law the distances have under normality."""
    from scipy.special import fdtrc

    scale = window * (window - width) / ((window + 1.0) * (window - 1.0))
    return np.asarray(fdtrc(width, window - width, distance * scale))


def _ranks(values: Floats) -> Floats:
    """Share of earlier values below each one; NaN passes through and does not count."""
    out = np.full(len(values), math.nan)
    seen: list[float] = []
    for t, value in enumerate(values.tolist()):
        if math.isnan(value):
            continue
        place = bisect_left(seen, value)
        if seen:
            out[t] = place / len(seen)
        seen.insert(place, value)
    return out
