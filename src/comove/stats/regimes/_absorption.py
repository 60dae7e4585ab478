"""Absorption ratio: how much of all variance a few directions carry, and how fast that rose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, table
from comove.stats.regimes._windows import trailing_covariances
from comove.stats.regression import critical_value, long_run_covariance, newey_west_lags
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST = 3
"""Fewest rows of a covariance."""

_ONE = 1e-12  # a ratio nearer to one than this is an identity


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AbsorptionRatio(Result):
    """Share of total variance in the first principal directions of one sample.

    Attributes
    ----------
    value, low, high
        In (0, 1].
    factors
        Directions counted.
    eigenvalues
        Shape (k,), of the covariance (divisor T - 1), largest first.
    level, nobs
        Coverage, T.
    """

    value: float
    low: float
    high: float
    factors: int
    eigenvalues: Floats
    level: float
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return eigenvalues with their shares, one line a direction."""
        import pandas as pd

        share = self.eigenvalues / self.eigenvalues.sum()
        columns = {"eigenvalue": self.eigenvalues, "share": share, "absorbed": share.cumsum()}
        return pd.DataFrame(columns, index=pd.RangeIndex(1, len(share) + 1, name="direction"))


def absorption_ratio(x: object, fraction: float = 0.2, level: float = 0.95) -> AbsorptionRatio:
    r"""Return the share of variance that the first principal directions carry.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2, T >= 3: returns, array or frame.  No NaN.
    fraction
        Directions counted as a share of k, in (0, 1): a fifth, rounded (half upwards), at least
        one and fewer than k.
    level
        Coverage of the interval.

    Returns
    -------
    AbsorptionRatio
        Without standardising: volatile columns weigh more, as published.  Standardise the columns
        for the tightness of correlations alone.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant``, ``option`` (fraction) or ``level``.

    Notes
    -----
    AR = (l_1 + .. + l_m) / (l_1 + .. + l_k), l the eigenvalues of the covariance.  To first order a
    day moves it by psi_t = (sum_{i<=m} (v_i' r_t)^2 - AR r_t' r_t) / sum l; the long-run variance
    of psi (Bartlett, default lag) gives the interval, on the log odds.  Independent columns already
    give AR = m/k plus sampling noise that only raises it (the largest eigenvalues are picked after
    the fact), by about sqrt(k/T): compare values of one k and T only.

    References
    ----------
    Kritzman, Li, Page and Rigobon (2011), "Principal components as a measure of systemic risk";
    Anderson (1963), "Asymptotic theory for principal component analysis".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shared, own = rng.standard_normal((500, 1)), rng.standard_normal((500, 10))
    >>> absorption_ratio(own).value < 0.3, absorption_ratio(own + 2 * shared).value > 0.7
    (True, True)
    """
    critical = critical_value(level)
    values = matrix(table(x).values, least=FEWEST)
    nobs, width = values.shape
    factors = _factors(width, fraction)
    scale = float(np.abs(values - values[0]).max())
    centred = (values - values[0]) / scale
    centred -= centred.mean(axis=0)
    roots, vectors = np.linalg.eigh(centred.T @ centred / (nobs - 1))
    roots = np.maximum(roots[::-1], 0.0)
    total = float(roots.sum())
    value = float(roots[:factors].sum()) / total
    low = high = value
    if value < 1.0 - _ONE:
        along = centred @ vectors[:, ::-1][:, :factors]
        squares = np.einsum("ti,ti->t", centred, centred)
        influence = (np.einsum("ti,ti->t", along, along) - value * squares) / total
        influence -= influence.mean()
        spread = long_run_covariance(influence[:, None], newey_west_lags(nobs))[0, 0]
        half = critical * math.sqrt(float(spread) / nobs) / (value * (1.0 - value))
        odds = math.log(value / (1.0 - value))
        low, high = (1.0 / (1.0 + math.exp(-odds + sign * half)) for sign in (1.0, -1.0))
    return AbsorptionRatio(
        value=value,
        low=low,
        high=high,
        factors=factors,
        eigenvalues=roots * scale**2,
        level=level,
        nobs=nobs,
    )


@dataclass(frozen=True, kw_only=True)
class AbsorptionOptions:
    """How the path of the absorption ratio is computed.

    Attributes
    ----------
    window
        Rows behind each value.
    half_life
        Rows after which a row of the window weighs half; None weighs all alike.
    fraction
        Directions counted as a share of k.
    short, long
        Rows of the two averages whose difference is the shift.
    alarm
        Shift above which the alarm is on.
    """

    window: int = 500
    half_life: float | None = 250.0
    fraction: float = 0.2
    short: int = 15
    long: int = 252
    alarm: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AbsorptionPath(Result):
    """The absorption ratio over time and its standardised shift.

    Attributes
    ----------
    index
        Row labels of x.
    value
        Shape (T,), of the window that ends with each row; NaN before the first.
    shift
        Shape (T,), (short mean - long mean) / long standard deviation; NaN until the long average
        is full, or where the ratio did not move.
    alarm
        Shape (T,), whether the shift is above the threshold.
    factors
        Directions counted.
    options, nobs
        As asked; T.
    """

    index: Labels
    value: Floats
    shift: Floats
    alarm: np.ndarray[tuple[int], np.dtype[np.bool_]]
    factors: int
    options: AbsorptionOptions
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line a row: value, shift, alarm."""
        import pandas as pd

        columns = {"value": self.value, "shift": self.shift, "alarm": self.alarm}
        return pd.DataFrame(columns, index=self.index)


def absorption_path(x: object, options: AbsorptionOptions | None = None) -> AbsorptionPath:
    r"""Follow the absorption ratio through trailing windows.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2, T >= window: returns, array or frame.  No NaN, no constant column.
    options
        Window, weights, averages; 500 rows with half-life 250, 15 against 252, when None.

    Returns
    -------
    AbsorptionPath
        Row t uses rows up to t and nothing later.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` or ``option``.

    Notes
    -----
    Weights are proportional to 2^(-age / half-life).  dAR = (mean of the last 15 values - mean of
    the last 252) / their standard deviation (divisor n - 1).  Successive values share nearly their
    whole window, so the path wanders by itself and dAR > 1 is on for a good part of any history: it
    is a state, not a test.

    References
    ----------
    Kritzman, Li, Page and Rigobon (2011), "Principal components as a measure of systemic risk".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> returns = rng.standard_normal((600, 5))
    >>> returns[500:] += 2.0 * rng.standard_normal((100, 1))
    >>> found = absorption_path(returns, AbsorptionOptions(window=100, half_life=50, long=120))
    >>> bool(found.alarm[530]), bool(found.value[-1] > found.value[450])
    (True, True)
    """
    chosen = options or AbsorptionOptions()
    _refuse(chosen)
    given = table(x)
    values = matrix(given.values, least=max(chosen.window, FEWEST))
    nobs, width = values.shape
    factors = _factors(width, chosen.fraction)
    weights = None
    if chosen.half_life is not None:
        weights = 2.0 ** (np.arange(1.0 - chosen.window, 1.0) / chosen.half_life)
        weights /= weights.sum()
    path = np.full(nobs, math.nan)
    for rows, _, covariance in trailing_covariances(values, chosen.window, weights):
        roots = np.maximum(np.linalg.eigvalsh(covariance)[:, ::-1], 0.0)
        total = roots.sum(axis=1)
        ends = slice(rows.start + chosen.window - 1, rows.stop + chosen.window - 1)
        with np.errstate(invalid="ignore"):
            path[ends] = roots[:, :factors].sum(axis=1) / total
    shift = _shift(path, chosen)
    return AbsorptionPath(
        index=given.index,
        value=path,
        shift=shift,
        alarm=np.nan_to_num(shift, nan=-math.inf) > chosen.alarm,
        factors=factors,
        options=chosen,
        nobs=nobs,
    )


def _refuse(chosen: AbsorptionOptions) -> None:
    if chosen.window < FEWEST:
        raise NotEstimable("option", window=chosen.window, least=FEWEST)
    if chosen.half_life is not None and not chosen.half_life > 0.0:
        raise NotEstimable("option", half_life=chosen.half_life)
    if not 1 <= chosen.short < chosen.long:
        raise NotEstimable("option", short=chosen.short, long=chosen.long)


def _factors(width: int, fraction: float) -> int:
    """Directions counted: the rounded share, at least one, fewer than all."""
    if width < 2:
        raise NotEstimable("shape", columns=width, least=2)
    if not 0.0 < fraction < 1.0:
        raise NotEstimable("option", fraction=fraction)
    return min(max(1, math.floor(width * fraction + 0.5)), width - 1)


def _shift(path: Floats, chosen: AbsorptionOptions) -> Floats:
    out = np.full(len(path), math.nan)
    if len(path) < chosen.long:
        return out
    windows = sliding_window_view(path, chosen.long)
    centre = windows.mean(axis=1)
    spread = windows.std(axis=1, ddof=1)
    near = windows[:, -chosen.short :].mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = (near - centre) / spread
    out[chosen.long - 1 :] = np.where(spread > 1e-12, shift, math.nan)
    return out
