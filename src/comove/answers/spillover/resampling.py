"""Samples drawn from a fitted autoregression: intervals, and what same-day links alone show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import stationary_indices
from comove.stats.connectedness._fevd import Decomposition, decompose, spectral_radius
from comove.stats.connectedness._measures import total_index
from comove.stats.connectedness._static import stable_fit
from comove.stats.connectedness._var import fit_many, lagged
from comove.stats.frames import table
from comove.stats.sample import Floats

BLOCK = 20.0
"""Mean length of the blocks of residuals: keeps their spells of volatility."""
_WARM = 100
_BATCH = 1 << 20


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """How a table is made, and how often it is made again.

    Attributes
    ----------
    lags, horizon
        Of the autoregression and of the decomposition.
    replications
        Simulated samples R.
    level
        Coverage.
    turned
        Give every row of residuals a random sign: what one row says about the next goes, what moves
        on the same day stays.
    """

    lags: int
    horizon: int
    replications: int
    level: float
    turned: bool = False

    @property
    def how(self) -> Decomposition:
        """The generalised decomposition at the horizon."""
        return Decomposition(horizon=self.horizon)


def in_units(values: Floats) -> Floats:
    """Return columns with mean 0 and deviation 1; shares of variance do not depend on units.

    Parameters
    ----------
    values
        Shape (T, k), no column constant.

    Returns
    -------
    Floats
        Shape (T, k).
    """
    centred: Floats = (values - values.mean(axis=0)) / values.std(axis=0)
    return centred


def simulated(
    coefficients: Floats, residuals: Floats, design: Design, rng: np.random.Generator
) -> Iterator[Floats]:
    """Simulate samples as long as the data, residuals drawn in blocks of whole rows.

    Parameters
    ----------
    coefficients
        Shape (p, k, k).
    residuals
        Shape (T - p, k).
    design
        Lags and replications.
    rng
        Source of chance.

    Yields
    ------
    Floats
        Shape (r, T, k), in batches that bound the memory.
    """
    nobs, width = residuals.shape
    rows = nobs + design.lags
    size = max(1, _BATCH // ((rows + _WARM) * width * design.lags))
    for first in range(0, design.replications, size):
        count = min(size, design.replications - first)
        drawn = stationary_indices(nobs, rows + _WARM, BLOCK, count, rng)
        path: Floats = residuals[drawn]
        if design.turned:
            path *= rng.integers(0, 2, size=(count, rows + _WARM, 1)) * 2.0 - 1.0
        for row in range(1, path.shape[1]):
            for lag in range(min(row, design.lags)):
                path[:, row] += path[:, row - lag - 1] @ coefficients[lag].T
        yield path[:, _WARM:]


def made_again(values: Floats, design: Design, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Make the table again on samples drawn from its own autoregression.

    Parameters
    ----------
    values
        Shape (T, k), finite.
    design
        Lags, horizon, replications.
    rng
        Source of chance.

    Returns
    -------
    tables : Floats
        Shape (r, k, k), r <= R: samples with a root outside the unit circle are left out.
    leads : Floats
        Shape (r,), see :func:`lead`.

    Raises
    ------
    NotEstimable
        As :func:`comove.stats.connectedness.static`; ``explosive`` also when no sample is left.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((200, 2))
    >>> design = Design(lags=1, horizon=10, replications=50, level=0.95)
    >>> made_again(x, design, np.random.default_rng(1))[0].shape
    (50, 2, 2)
    """
    model, _ = stable_fit(table(in_units(values)), design.lags)
    width = values.shape[1]

    def both(fitted: Floats, sigma: Floats, samples: Floats) -> Floats:
        tables = decompose(fitted, sigma, design.how)
        later = total_index(tables) - _same_day(samples, design)
        return np.column_stack([tables.reshape(len(tables), -1), later])

    batches = simulated(model.coefficients, model.residuals, design, rng)
    found = _figures(batches, design, both)
    return found[:, :-1].reshape(-1, width, width), found[:, -1]


def lead(values: Floats, design: Design, rng: np.random.Generator) -> tuple[float, Floats]:
    r"""Measure what the lags of the other columns add to the total, and what chance adds.

    Parameters
    ----------
    values
        Shape (T, k), finite.
    design
        Lags, horizon, replications.
    rng
        Source of chance.

    Returns
    -------
    observed : float
        Total of the table less the total with own lags only, a fraction.
    draws : Floats
        Shape (r,), the same on samples whose columns are linked on the same day only.

    Raises
    ------
    NotEstimable
        As :func:`made_again`.

    Notes
    -----
    The generalised decomposition counts what moves on the same day both ways: two columns with
    correlation rho and no lags at all share :math:`\rho^2 / (1 + \rho^2)` of their variance.  What
    is left when that is taken away is what arrives later.  Under the null every column follows its
    own lags, and residuals are drawn in blocks of whole rows, each row with a random sign: same-day
    links and spells of volatility stay, what one day says about the next goes.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((300, 2))
    >>> x[1:, 1] += x[:-1, 0]
    >>> design = Design(lags=1, horizon=10, replications=99, level=0.95)
    >>> found, draws = lead(x, design, np.random.default_rng(1))
    >>> bool(found > draws.max())
    True
    """
    units = in_units(values)
    stable_fit(table(units), design.lags)
    own, residuals = _own_lags(units[None], design.lags)

    def later(fitted: Floats, sigma: Floats, samples: Floats) -> Floats:
        whole = total_index(decompose(fitted, sigma, design.how))
        return np.asarray(whole - _same_day(samples, design))

    observed = later(*fit_many(units[None], design.lags), units[None])
    batches = simulated(own[0], residuals[0], replace(design, turned=True), rng)
    return float(observed[0]), _figures(batches, design, later)


def rolling_totals(values: Floats, design: Design, window: int) -> Floats:
    """Return the total of every window.

    Parameters
    ----------
    values
        Shape (T, k), finite, T >= window.
    design
        Lags and horizon.
    window
        Rows of a window, lag rows included.

    Returns
    -------
    Floats
        Shape (T - window + 1,); NaN where a root lies outside the unit circle.

    Notes
    -----
    The figures of :func:`comove.stats.connectedness.rolling`, without compiling anything: for the
    few hundred windows of a picture a batch of products is quicker than loading a compiler.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((300, 2))
    >>> design = Design(lags=1, horizon=10, replications=99, level=0.95)
    >>> rolling_totals(x, design, 250).shape
    (51,)
    """
    units = in_units(values)
    sliding = np.lib.stride_tricks.sliding_window_view(units, window, axis=0).transpose(0, 2, 1)
    size = max(1, _BATCH // (window * values.shape[1] * design.lags))
    totals = []
    for first in range(0, len(sliding), size):
        fitted, sigma = fit_many(sliding[first : first + size], design.lags)
        found = total_index(decompose(fitted, sigma, design.how))
        totals.append(np.where(spectral_radius(fitted) < 1.0, found, np.nan))
    return np.concatenate(totals)


def _same_day(samples: Floats, design: Design) -> Floats:
    """Total of samples (R, T, k) whose columns follow their own lags only, shape (R,)."""
    alone, errors = _own_lags(samples, design.lags)
    spread = errors.transpose(0, 2, 1) @ errors / errors.shape[1]
    return total_index(decompose(alone, spread, design.how))


def _own_lags(samples: Floats, lags: int) -> tuple[Floats, Floats]:
    """Regress every column on its own lags: coefficients (R, p, k, k), residuals (R, T - p, k)."""
    count, rows, width = samples.shape
    coefficients = np.zeros((count, lags, width, width))
    for column in range(width):
        alone, _ = fit_many(samples[..., column : column + 1], lags)
        coefficients[:, :, column, column] = alone[:, :, 0, 0]
    residuals = samples[:, lags:] - samples[:, lags:].mean(axis=1, keepdims=True)
    before = lagged(samples, lags)
    before = (before - before.mean(axis=1, keepdims=True)).reshape(count, rows - lags, lags, width)
    own = np.einsum("rlkk->rlk", coefficients)
    return coefficients, residuals - np.einsum("rtlk,rlk->rtk", before, own)


def _figures(
    batches: Iterator[Floats],
    design: Design,
    figure: Callable[[Floats, Floats, Floats], Floats],
) -> Floats:
    """Work a figure out on every sample that does not explode."""
    kept = []
    for samples in batches:
        try:
            fitted, sigma = fit_many(samples, design.lags)
        except np.linalg.LinAlgError:
            # a column that moves in a few rows only, none of which was drawn
            raise NotEstimable("constant") from None
        kept.append(figure(fitted, sigma, samples)[spectral_radius(fitted) < 1.0])
    found = np.concatenate(kept)
    if not len(found):
        raise NotEstimable("explosive", replications=design.replications)
    return found


def bounds(
    value: float, draws: Floats, level: float, least: float = -np.inf
) -> tuple[float, float]:
    r"""Return the interval of a figure from its bootstrap draws.

    Parameters
    ----------
    value
        The figure.
    draws
        Shape (r,), the figure on resampled data.
    level
        Coverage.
    least
        Smallest value there is.

    Returns
    -------
    tuple of float
        Low and high end.

    Notes
    -----
    The basic interval :math:`[2\hat\theta - q_{high}, 2\hat\theta - q_{low}]`: shares of variance
    are too large on average, in samples and once more in resamples, and the reflection takes
    that out.  Cut at ``least``, and stretched to hold the figure itself where a share is so small
    that the reflection passes it.

    References
    ----------
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge
    University Press, section 5.2.

    Examples
    --------
    >>> bounds(1.0, np.array([0.0, 1.0, 2.0, 3.0, 4.0]), 0.5)
    (-1.0, 1.0)
    """
    low, high = np.quantile(draws, [(1.0 - level) / 2, (1.0 + level) / 2]).tolist()
    return max(least, min(value, 2.0 * value - high)), max(value, 2.0 * value - low)
