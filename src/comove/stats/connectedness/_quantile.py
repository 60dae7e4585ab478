"""Connectedness in the tails: a vector autoregression of quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats._quantile_solver import problem, slide
from comove.stats.connectedness._fevd import Decomposition, Method, decompose, spectral_radius
from comove.stats.connectedness._quantile_factors import fit_factors
from comove.stats.connectedness._results import Connectedness, ConnectednessPath
from comove.stats.connectedness._var import lagged, least_rows
from comove.stats.frames import Table, table
from comove.stats.sample import Floats, matrix

Codes = NDArray[np.int8]

LEAST_VARIANCE = 1e-13
"""Variance of a residual, in units of its column, below which it is rounding."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QuantileConnectedness(Connectedness):
    """One connectedness table of quantiles.

    Parameters
    ----------
    tau
        The quantile of each column.
    centre
        Whether the residuals were centred before their covariance was taken.
    factors
        Common factors taken out of the errors first.
    """

    tau: tuple[float, ...]
    centre: bool
    factors: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class QuantileConnectednessPath(ConnectednessPath):
    """A connectedness table of quantiles per window.

    Parameters
    ----------
    tau
        The quantile of each column.
    centre
        Whether the residuals were centred before their covariance was taken.
    factors
        Common factors taken out of the errors first.
    """

    tau: tuple[float, ...]
    centre: bool
    factors: int


@dataclass(frozen=True, kw_only=True)
class QuantileVarOptions:
    """How the table is made.

    Parameters
    ----------
    method, normalize
        See :func:`comove.stats.connectedness.static`.
    factors
        Number r of common factors taken out of the errors of all equations first, 6 r < k; one
        ``tau`` for all columns.  What is left is connectedness beyond the common move.
    """

    method: Method = "generalized"
    normalize: bool = True
    factors: int = 0


@overload
def quantile(
    x: object,
    tau: float | Sequence[float],
    lags: int,
    horizon: int,
    window: None = None,
    centre: bool = True,
    *,
    options: QuantileVarOptions | None = None,
) -> QuantileConnectedness: ...


@overload
def quantile(
    x: object,
    tau: float | Sequence[float],
    lags: int,
    horizon: int,
    window: int,
    centre: bool = True,
    *,
    options: QuantileVarOptions | None = None,
) -> QuantileConnectednessPath: ...


def quantile(  # noqa: PLR0913 - the words in which such a table is described
    x: object,
    tau: float | Sequence[float],
    lags: int,
    horizon: int,
    window: int | None = None,
    centre: bool = True,
    *,
    options: QuantileVarOptions | None = None,
) -> QuantileConnectedness | QuantileConnectednessPath:
    r"""Measure connectedness at a quantile: in falls, in rises, or around the median.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  Returns or log volatilities; any unit.  No
        NaN.
    tau
        The quantile, strictly between 0 and 1: 0.05 for falls, 0.5 for the middle, 0.95 for rises;
        or one for each column.
    lags, horizon
        Lags p and horizon H, see :func:`static`.
    window
        Rows of x in a window, lag rows included, see :func:`rolling`; None for the whole sample.
    centre
        Take the covariance of the residuals about their means.  False takes it about zero, which
        reproduces the R package ConnectednessApproach and is wrong: see the notes.
    options
        Method, normalisation, common factors; the defaults of :class:`QuantileVarOptions` when
        None.

    Returns
    -------
    QuantileConnectedness or QuantileConnectednessPath
        The latter when a window is given, with one line per window.  Windows with a root outside
        the unit circle are NaN and counted in ``explosive``; windows with dependent columns are NaN
        and counted in ``singular``.

    Raises
    ------
    NotEstimable
        ``tau``, ``shape``, ``lags``, ``horizon``, ``method``, ``too_short`` (fewer than
        p + k p + 1 + k rows, or less than one row expected beyond the quantile), ``not_finite``,
        ``constant``, ``collinear``, ``factors`` (too many for the columns, or with several tau), or
        ``explosive`` when the sample, or every window, has a root outside the unit circle.

    Notes
    -----
    Each equation is a quantile regression on a constant and the lags of all columns, solved
    exactly (:func:`comove.stats.quantile_regression.solve`); its slopes and the covariance of its
    residuals u are decomposed as in :func:`static`.

    **The centre matters.**  A residual of a tail quantile is far from zero on average: the line
    lies below most of the data.  Second moments about zero, :math:`U'U/T`, then hold the product
    of the means, a correlation that is there whatever the data.  For unrelated normal series at
    tau = 0.05 the mean is m = 1.645 deviations, the correlation reads
    :math:`m^2 / (m^2 + 1) = 0.73`, and the index of four such series comes out near 62 percent
    instead of 1.  Studies that rest on the uncentred form find that spillovers intensify in both
    tails; part of that is this artefact, and it vanishes with ``centre=True``.

    **A common factor** in the same row is spillover to every entry of the generalised table.  With
    ``options.factors`` each equation also has r factors that all share, found by turns with their
    loadings so that the loss of all equations together is least (``fit_factors``), and only
    the errors beyond them are decomposed.  It wants many columns: with seven and no factor in
    the data the index comes out a few points too high; it takes a tenth of a second a window.

    The slopes say how the *quantile* of tomorrow moves with today; the responses assume that this
    quantile is met again and again over the horizon, which is a way of speaking.  In the tails the
    estimates rest on T tau rows: with 250 rows at tau = 0.05 on a dozen, and the index of unrelated
    series is far from zero.

    References
    ----------
    White, H., Kim, T.-H. and Manganelli, S. (2015). VAR for VaR: measuring tail dependence using
    multivariate regression quantiles. Journal of Econometrics 187, 169-188.

    Ando, T., Greenwood-Nimmo, M. and Shin, Y. (2022). Quantile connectedness: modeling tail
    behavior in the topology of financial networks. Management Science 68, 2401-2431.

    Chatziantoniou, I., Gabauer, D. and Stenfors, A. (2021). Interest rate swaps and the
    transmission mechanism of monetary policy: a quantile connectedness approach. Economics Letters
    204, 109891.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((1000, 2))
    >>> apart = quantile(x, 0.05, lags=1, horizon=10)
    >>> uncentred = quantile(x, 0.05, lags=1, horizon=10, centre=False)
    >>> apart.total < 0.05, uncentred.total > 0.3
    (True, True)
    """
    chosen = options or QuantileVarOptions()
    how = Decomposition(horizon=horizon, method=chosen.method, normalize=chosen.normalize)
    given = table(x)
    width = given.values.shape[1]
    taus = _quantiles(tau, width)
    span = given.values.shape[0] if window is None else window
    beyond = min(*taus, 1.0 - max(taus))
    least = max(least_rows(width, lags), lags + math.ceil(1.0 / beyond - 1e-9))
    if span < least:
        raise NotEstimable("too_short", nobs=span, least=least)
    values = matrix(given.values, least=span)
    units = (values - values.mean(axis=0)) / values.std(axis=0)
    recipe = _Recipe(taus=taus, lags=lags, centre=centre, how=how, factors=chosen.factors)
    if window is None:
        return _whole(given, units, recipe)
    tables, codes = _tables(units, window, recipe)
    return _path(given, tables, codes, recipe)


@dataclass(frozen=True, kw_only=True)
class _Recipe:
    taus: tuple[float, ...]
    lags: int
    centre: bool
    how: Decomposition
    factors: int

    def __post_init__(self) -> None:
        """Refuse factors of different quantiles."""
        if self.factors < 0 or (self.factors and len(set(self.taus)) > 1):
            raise NotEstimable("factors", factors=self.factors, tau=self.taus)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Parts:
    """Effects (p, k, k) and residual covariance (k, k) in units of the columns, and the table."""

    effects: Floats
    sigma: Floats
    radius: float
    table: Floats


def _quantiles(tau: float | Sequence[float], width: int) -> tuple[float, ...]:
    """One quantile a column."""
    taus = np.atleast_1d(np.asarray(tau, dtype=np.float64))
    if taus.ndim != 1 or taus.size not in {1, width} or not ((taus > 0.0) & (taus < 1.0)).all():
        raise NotEstimable("tau", tau=tau)
    return tuple(np.broadcast_to(taus, (width,)).tolist())


def _solved(units: Floats, taus: tuple[float, ...], lags: int, rows: int) -> Floats:
    """Coefficients (W, k, 1 + k p) of all windows of ``rows`` regression rows, constant first."""
    regressors, targets = lagged(units, lags), units[lags:]
    coefs = np.empty((targets.shape[0] - rows + 1, len(taus), 1 + regressors.shape[1]))
    for place, tau in enumerate(taus):
        scaled = problem(targets[:, place], regressors)
        coefs[:, place] = scaled.restore(slide(scaled, tau, rows)[0])
    return coefs


def _parts(units: Floats, recipe: _Recipe) -> _Parts:
    """Fit and decompose one sample."""
    lags, width = recipe.lags, units.shape[1]
    regressors, targets = lagged(units, lags), units[lags:]
    if recipe.factors:
        fitted = fit_factors(regressors, targets, recipe.taus[0], recipe.factors)
        coefs, residuals = fitted.coefs, fitted.residuals
    else:
        coefs = _solved(units, recipe.taus, lags, targets.shape[0])[0]
        residuals = targets - coefs[:, 0] - regressors @ coefs[:, 1:].T
    if np.isnan(coefs).any():
        raise NotEstimable("collinear")
    if recipe.centre:
        residuals = residuals - residuals.mean(axis=0)
    sigma = residuals.T @ residuals / residuals.shape[0]
    if not np.diagonal(sigma).min() > LEAST_VARIANCE:
        raise NotEstimable("collinear")
    effects = coefs[:, 1:].reshape(width, lags, width).transpose(1, 0, 2)
    radius = float(spectral_radius(effects))
    if not radius < 1.0:
        raise NotEstimable("explosive", radius=radius)
    table_ = decompose(effects, sigma, recipe.how)
    return _Parts(effects=effects, sigma=sigma, radius=radius, table=table_)


def _whole(given: Table, units: Floats, recipe: _Recipe) -> QuantileConnectedness:
    """Describe the fit of the whole sample in units of the data."""
    parts, scale = _parts(units, recipe), given.values.std(axis=0)
    return QuantileConnectedness(
        names=given.names,
        table=parts.table,
        method=recipe.how.method,
        lags=recipe.lags,
        horizon=recipe.how.horizon,
        nobs=units.shape[0],
        radius=parts.radius,
        coefficients=parts.effects * (scale[:, None] / scale[None, :]),
        sigma=parts.sigma * np.outer(scale, scale),
        tau=recipe.taus,
        centre=recipe.centre,
        factors=recipe.factors,
    )


def _tables(units: Floats, window: int, recipe: _Recipe) -> tuple[Floats, Codes]:
    """Tables (W, k, k) of all windows, NaN where skipped, and why (W,)."""
    from comove.stats.connectedness._kernels import EXPLOSIVE, FINE, SINGULAR
    from comove.stats.connectedness._quantile_kernels import share_out

    how, lags, (nobs, width) = recipe.how, recipe.lags, units.shape
    count = nobs - window + 1
    tables, codes = np.full((count, width, width), np.nan), np.full(count, FINE, dtype=np.int8)
    if not recipe.factors:
        coefs = _solved(units, recipe.taus, lags, window - lags)
        options = (recipe.centre, (how.horizon, how.method == "generalized", how.normalize))
        share_out(coefs, lagged(units, lags), units[lags:].copy(), options, tables, codes)
        return tables, codes
    for first in range(count):
        part = units[first : first + window]
        spread = part.std(axis=0)
        if not spread.min() > 0.0:
            codes[first] = SINGULAR
            continue
        try:
            tables[first] = _parts((part - part.mean(axis=0)) / spread, recipe).table
        except NotEstimable as reason:
            if reason.reason not in {"explosive", "collinear"}:
                raise
            codes[first] = EXPLOSIVE if reason.reason == "explosive" else SINGULAR
    return tables, codes


def _path(given: Table, tables: Floats, codes: Codes, recipe: _Recipe) -> QuantileConnectednessPath:
    """Describe the fits of all windows."""
    from comove.stats.connectedness._kernels import EXPLOSIVE, SINGULAR

    count, nobs = tables.shape[0], given.values.shape[0]
    explosive, singular = int((codes == EXPLOSIVE).sum()), int((codes == SINGULAR).sum())
    if explosive + singular == count:
        raise NotEstimable("explosive" if explosive else "collinear", windows=count)
    return QuantileConnectednessPath(
        names=given.names,
        dates=given.index[nobs - count :],
        table=tables,
        method=recipe.how.method,
        lags=recipe.lags,
        horizon=recipe.how.horizon,
        nobs=nobs,
        window=nobs - count + 1,
        explosive=explosive,
        singular=singular,
        tau=recipe.taus,
        centre=recipe.centre,
        factors=recipe.factors,
    )
