"""What the index shows when nothing spills over: the null to print beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.bootstrap import stationary_indices
from comove.stats.connectedness._fevd import (
    Decomposition,
    Method,
    decompose,
    spectral_radius,
)
from comove.stats.connectedness._measures import between, total_index
from comove.stats.connectedness._rolling import windows
from comove.stats.connectedness._static import stable_fit
from comove.stats.connectedness._tvp import Drift, follow
from comove.stats.connectedness._var import fit_many, lagged, least_rows
from comove.stats.frames import Table, data_frame, table
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

_WARM = 100  # rows simulated and thrown away
_REACH = 0.99  # of the variance of two columns that the rest may explain together
_BATCH = 1 << 21  # numbers simulated at a time: 16 megabytes


@dataclass(frozen=True, kw_only=True)
class NullOptions:
    """What is simulated, how often, and which figure is kept.

    Parameters
    ----------
    replications
        Simulated samples R.
    level
        Coverage of the band.
    link
        Two columns, by name or number, between which nothing spills over; None for no spillover
        at all.
    block
        Mean length of the blocks of rows that residuals are drawn in, which keeps their spells of
        volatility; 1 draws rows one by one.
    kappa
        Forgetting factors: simulate the index of :func:`tvp_var` instead.
    method, normalize
        See :func:`static`.
    """

    replications: int = 500
    level: float = 0.95
    link: tuple[str | int, str | int] | None = None
    block: float = 20.0
    kappa: tuple[float, float] | None = None
    method: Method = "generalized"
    normalize: bool = True

    def __post_init__(self) -> None:
        """Refuse a level outside (0, 1) and less than one replication."""
        if not 0.0 < self.level < 1.0:
            raise NotEstimable("level", level=self.level)
        if self.replications < 1:
            raise NotEstimable("too_short", replications=self.replications, least=1)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class NullBand(Result):
    """Distribution of the index, or of one net pairwise figure, without spillover.

    Parameters
    ----------
    link
        Names of the two columns, or None.
    observed
        The figure of the data: of the whole sample, of its last window, or of its last line.
    pvalue
        Share of simulated figures at least as large as the observed one, that one included; for a
        link twice the smaller of the two tails.  NaN where the observed line was skipped.
    mean
        Mean of the simulated figures, a fraction.
    low, high
        Band at ``level``: one-sided, from 0, for the index; two-sided for a link.
    level
        Coverage of the band.
    rows
        Rows of a simulated sample.
    skipped
        Simulated samples without a figure (a root outside the unit circle).
    draws
        Simulated figures, fractions; shape (R,), with ``kappa`` (R * lines,).
    """

    link: tuple[str, str] | None
    observed: float
    pvalue: float
    mean: float
    low: float
    high: float
    level: float
    rows: int
    skipped: int
    draws: Floats

    def to_frame(self) -> DataFrame:
        """Return the simulated figures, one a line, fractions."""
        return data_frame({"draw": self.draws})


def null_band(
    x: object,
    lags: int,
    horizon: int,
    rng: np.random.Generator,
    window: int | None = None,
    options: NullOptions | None = None,
) -> NullBand:
    r"""Simulate the index under no spillover, series by series as persistent as the data.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  No NaN.
    lags, horizon
        Lags p and horizon H, see :func:`static`.
    rng
        Source of chance; the same state gives the same band.
    window
        Rows of a window for the null of :func:`rolling`, lag rows included; None for the null of
        :func:`static`, or of :func:`tvp_var` when ``options.kappa`` is given.
    options
        Replications, level, link, blocks and estimator.

    Returns
    -------
    NullBand
        Band, p-value of the observed figure, and the simulated figures.

    Raises
    ------
    NotEstimable
        As :func:`static` and :func:`rolling`; ``link`` for a column that is not there or twice the
        same; ``explosive`` when the restricted autoregression has a root outside the unit circle;
        ``window`` or ``link`` when given together with ``kappa``.

    Notes
    -----
    The vector autoregression is estimated again under the null, its residuals are drawn in blocks
    of rows, and signs are drawn at random, so that who was volatile when stays and what moved what
    goes.  For the index every column is regressed on its own lags only (off-diagonal coefficients
    zero), and every number gets a sign of its own (off-diagonal covariances zero).  For a link
    (i, j) the equations of i and j lose each other's lags, residuals are turned so that their
    covariance is that of the data with entry (i, j) zero, and every row gets one sign.  Where no
    such covariance exists, because both move with a third column, the covariances of i and j with
    the rest shrink by the least common factor that makes one.

    Two columns without a link still differ in what they get from each other by way of the rest.
    The band of a link is therefore placed around that figure of the restricted model, and its width
    is that of the difference between the two models, estimated on each sample.

    Columns that are volatile together show a larger index without any spillover than independent
    noise does.  With residuals drawn one by one (``block=1``) the five-percent test then rejects
    for one unrelated sample in four or five; in blocks of 20 it keeps its level.

    With ``kappa`` all lines after the burn-in of all paths count as figures: they are alike, not
    independent.

    References
    ----------
    Politis, D. N. and Romano, J. P. (1994). The stationary bootstrap. Journal of the American
    Statistical Association 89, 1303-1313.

    Wu, C. F. J. (1986). Jackknife, bootstrap and other resampling methods in regression analysis.
    Annals of Statistics 14, 1261-1295 (random signs).

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((200, 4))
    >>> band = null_band(x, 1, 10, np.random.default_rng(1))
    >>> round(band.mean, 2), band.low < band.observed < band.high
    (0.03, True)
    """
    chosen = options or NullOptions()
    if chosen.kappa is not None and (window is not None or chosen.link is not None):
        raise NotEstimable("window" if window else "link", kappa=chosen.kappa)
    how = Decomposition(horizon=horizon, method=chosen.method, normalize=chosen.normalize)
    given = table(x)
    link = _link(given.names, chosen.link)
    null = _null_model(given, lags, link)
    observed = _figures(_observed(given, lags, window, how, chosen), link)
    rows = window or given.values.shape[0]
    least = least_rows(len(given.names), lags)
    if rows < least:
        raise NotEstimable("too_short", nobs=rows, least=least)
    drawn = []
    size = max(1, _BATCH // ((rows + _WARM) * len(given.names)))
    for first in range(0, chosen.replications, size):
        count = min(size, chosen.replications - first)
        samples = _simulate(null, (count, rows), chosen.block, rng)
        drawn.append(_simulated_figures(samples, null, how, chosen))
    figures = np.concatenate(drawn)
    kept = figures[np.isfinite(figures)]
    if kept.size == 0:
        raise NotEstimable("explosive", replications=chosen.replications)
    return _band(observed, kept, chosen, _Shown(given, link, rows, figures.size))


@dataclass(frozen=True)
class _Shown:
    """What a band says about itself."""

    given: Table
    link: tuple[int, int] | None
    rows: int
    figures: int


def _band(observed: Floats, draws: Floats, options: NullOptions, shown: _Shown) -> NullBand:
    value = float(observed[0])
    two_sided = shown.link is not None
    tail = 1.0 - options.level
    edges = np.quantile(draws, [tail / 2, 1 - tail / 2] if two_sided else [0.0, options.level])
    names = shown.given.names
    return NullBand(
        link=None if shown.link is None else (names[shown.link[0]], names[shown.link[1]]),
        observed=value,
        pvalue=_pvalue(value, draws, two_sided),
        mean=float(draws.mean()),
        low=float(edges[0]) if two_sided else 0.0,
        high=float(edges[1]),
        level=options.level,
        rows=shown.rows,
        skipped=shown.figures - draws.size,
        draws=draws,
    )


def _pvalue(value: float, draws: Floats, two_sided: bool) -> float:
    if not np.isfinite(value):
        return np.nan
    above = (1.0 + int((draws >= value).sum())) / (1.0 + draws.size)
    if not two_sided:
        return above
    below = (1.0 + int((draws <= value).sum())) / (1.0 + draws.size)
    return min(1.0, 2.0 * min(above, below))


def _link(
    names: tuple[str, ...], link: tuple[str | int, str | int] | None
) -> tuple[int, int] | None:
    if link is None:
        return None
    places = []
    for end in link:
        known = end in names if isinstance(end, str) else 0 <= end < len(names)
        if not known:
            raise NotEstimable("link", column=end)
        places.append(names.index(end) if isinstance(end, str) else int(end))
    if len(places) != 2 or places[0] == places[1]:
        raise NotEstimable("link", link=str(link))
    return places[0], places[1]


@dataclass(frozen=True)
class _NullModel:
    """The autoregression without spillover, in units of each column's deviation."""

    coefficients: Floats
    sigma: Floats
    residuals: Floats
    link: tuple[int, int] | None

    @property
    def lags(self) -> int:
        return int(self.coefficients.shape[0])


def _null_model(given: Table, lags: int, link: tuple[int, int] | None) -> _NullModel:
    stable_fit(given, lags)
    units = (given.values - given.values.mean(axis=0)) / given.values.std(axis=0)
    coefficients, sigma, residuals = (each[0] for each in _without(units[None], lags, link))
    radius = float(spectral_radius(coefficients))
    if not radius < 1.0:
        raise NotEstimable("explosive", radius=radius)
    if link is not None:
        # turned, so that their covariance becomes sigma
        before = np.linalg.cholesky(residuals.T @ residuals / residuals.shape[0])
        residuals = residuals @ np.linalg.solve(before.T, np.linalg.cholesky(sigma).T)
    return _NullModel(coefficients, sigma, residuals, link)


def _without(
    samples: Floats, lags: int, link: tuple[int, int] | None
) -> tuple[Floats, Floats, Floats]:
    """Estimate samples (R, T, k) without spillover: coefficients, sigma, residuals (R, n, k)."""
    width = samples.shape[-1]
    regressors, target = lagged(samples, lags), samples[:, lags:]
    regressors = regressors - regressors.mean(axis=1, keepdims=True)
    target = target - target.mean(axis=1, keepdims=True)
    across = regressors.transpose(0, 2, 1)
    products, sums = across @ regressors, across @ target
    slopes = np.linalg.solve(products, sums)
    for column in range(width) if link is None else link:
        allowed = {column} if link is None else set(range(width)) - (set(link) - {column})
        keep = [place for place in range(width * lags) if place % width in allowed]
        slopes[:, :, column] = 0.0
        own = np.linalg.solve(products[:, keep][:, :, keep], sums[:, keep, column, None])
        slopes[:, keep, column] = own[..., 0]
    residuals = target - regressors @ slopes
    sigma: Floats = residuals.transpose(0, 2, 1) @ residuals / residuals.shape[1]
    sigma = sigma * np.eye(width) if link is None else _unlinked(sigma, link)
    shaped = slopes.reshape(-1, lags, width, width).transpose(0, 1, 3, 2)
    return shaped, sigma, residuals


def _unlinked(sigma: Floats, link: tuple[int, int]) -> Floats:
    """Zero one covariance of each matrix (R, k, k), and shrink others as little as need be."""
    wanted = sigma.copy()
    wanted[:, link, link[::-1]] = 0.0
    rest = [place for place in range(sigma.shape[-1]) if place not in link]
    if rest:
        pair = list(link)
        deviation = np.sqrt(sigma[:, pair, pair])[:, None, :]
        across = sigma[:, rest][:, :, pair] / deviation
        inner = np.linalg.solve(sigma[:, rest][:, :, rest], across)
        explained = np.linalg.eigvalsh(across.transpose(0, 2, 1) @ inner)[:, -1]
        factor = np.sqrt(np.minimum(1.0, _REACH / np.maximum(explained, _REACH)))
        shrunk = across * deviation * factor[:, None, None]
        wanted[np.ix_(range(len(sigma)), rest, pair)] = shrunk
        wanted[np.ix_(range(len(sigma)), pair, rest)] = shrunk.transpose(0, 2, 1)
    return wanted


def _simulate(
    model: _NullModel, shape: tuple[int, int], block: float, rng: np.random.Generator
) -> Floats:
    """Simulate samples of shape (R, rows, k)."""
    count, rows = shape
    nobs, width = model.residuals.shape
    length = rows + _WARM
    drawn = stationary_indices(nobs, length, block, count, rng)
    signs = rng.integers(0, 2, size=(count, length, width if model.link is None else 1)) * 2.0 - 1.0
    path: Floats = model.residuals[drawn] * signs
    for row in range(1, length):
        for lag in range(min(row, model.lags)):
            path[:, row] += path[:, row - lag - 1] @ model.coefficients[lag].T
    return path[:, _WARM:]


def _simulated_figures(
    samples: Floats, null: _NullModel, how: Decomposition, options: NullOptions
) -> Floats:
    """Figures of all samples, NaN where an autoregression explodes."""
    if options.kappa is not None:
        drift = Drift(lags=null.lags, kappa=options.kappa)
        paths = [follow(sample, drift, how).tables for sample in samples]
        return total_index(np.concatenate(paths))
    coefficients, sigma = fit_many(samples, null.lags)
    figures = _figures(decompose(coefficients, sigma, how), null.link)
    broken = spectral_radius(coefficients) >= 1.0
    if null.link is not None:
        coefficients, sigma, _ = _without(samples, null.lags, null.link)
        base = decompose(null.coefficients[None], null.sigma[None], how)
        figures = figures - _figures(decompose(coefficients, sigma, how), null.link)
        figures = figures + _figures(base, null.link)
        broken |= spectral_radius(coefficients) >= 1.0
    return np.where(broken, np.nan, figures)


def _observed(
    given: Table, lags: int, window: int | None, how: Decomposition, options: NullOptions
) -> Floats:
    """Table of the data, shape (1, k, k)."""
    if options.kappa is not None:
        return follow(given.values, Drift(lags=lags, kappa=options.kappa), how).tables[-1:]
    if window is not None:
        if window > given.values.shape[0]:
            raise NotEstimable("too_short", nobs=given.values.shape[0], least=window)
        return windows(given.values[-window:], lags, window, how)[0]
    model, _ = stable_fit(given, lags)
    return decompose(model.coefficients, model.sigma, how)[None]


def _figures(tables: Floats, link: tuple[int, int] | None) -> Floats:
    if link is None:
        return total_index(tables)
    return between(tables)[:, link[0], link[1]]
