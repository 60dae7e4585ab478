"""Several breaks in a regression, found together, tested robustly and dated with an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.breaks._dates import date_quantile
from comove.stats.breaks._found import BaiPerron, BreakOptions
from comove.stats.breaks._residuals import Margins, standardised_pair
from comove.stats.breaks._sup_law import TRIMS, most_breaks, sup_pvalue, typical_f
from comove.stats.breaks._wald import SegmentFit, f_statistic, fit_segments
from comove.stats.conditioning import spectrum_condition
from comove.stats.frames import Labels, table
from comove.stats.regression import critical_value
from comove.stats.sample import Floats, matrix, vector

MOST_COEFFICIENTS = 3
"""Most coefficients that may break together: the law is tabulated up to here."""

ROWS_A_COEFFICIENT = 10
"""Fewest rows of a segment for each coefficient."""

_CONDITION = 1e6


def bai_perron(y: object, x: object = None, options: BreakOptions | None = None) -> BaiPerron:
    r"""Find, test and date several breaks in the coefficients of a regression.

    Parameters
    ----------
    y
        Shape (T,), array or frame of one column.  No NaN, not constant.
    x
        Shape (T, p), p <= 2, regressors beside an intercept; breaks in the mean when None.  All
        coefficients break.
    options
        Trim, number of breaks, choice and lags; 15 %, sequential at 5 % when None.

    Returns
    -------
    BaiPerron
        For the number of breaks chosen; tests and criteria for all numbers.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (a segment of the trimmed length has fewer than 10 rows a
        coefficient), ``not_finite``, ``constant``, ``collinear``, ``option``, ``level`` or
        ``lags``.

    Notes
    -----
    The partition with the least sum of squares over all partitions, by dynamic programming.  Its F
    statistic, divided by q m, uses the Bartlett long-run variance of x_t e_t (e from the
    partition, all segments together).  Fitting takes low frequencies out of the residuals, and the
    search for the best places takes out more: of the true long-run variance about
    1 - p (L + 1) / T is left, L being the lag and p = q + q m F with F the median of the law below.
    F is multiplied by that; without it a nominal 5 % was 11 % at T = 200.  P-values come from the
    limit law

    .. math::
        \sup \frac{1}{m q} \sum_{i=1}^{m}
        \frac{|\lambda_i W(\lambda_{i+1}) - \lambda_{i+1} W(\lambda_i)|^2}
        {\lambda_i \lambda_{i+1} (\lambda_{i+1} - \lambda_i)}

    simulated once on 800 steps.  One more break is tested in the segment where it helps most; with
    l + 1 segments to look in, P = 1 - G^(l+1).  Sequential choice stops at the first break that
    does not help, and so can miss two breaks that undo each other: look at the double maximum.
    BIC(m) = log(SSR / T) + p* log T / T and LWZ(m) = log(SSR / (T - p*)) + 0.299 p* (log T)^2.1 / T
    with p* = (m + 1) q + m; BIC breaks too easily under autocorrelation.

    The interval of a date is T_i -+ (c L^-1 + 1) rows with L = (d'Qd)^2 / d'Od, from the law for
    small shifts; for shifts of less than half a standard deviation it is too short.

    References
    ----------
    Bai and Perron (1998), "Estimating and testing linear models with multiple structural changes";
    Bai and Perron (2003), "Computation and analysis of multiple structural change models"; Liu, Wu
    and Zidek (1997), "On segmented multivariate regression".

    Examples
    --------
    >>> y = np.random.default_rng(0).standard_normal(400)
    >>> y[150:] += 1.5
    >>> found = bai_perron(y)
    >>> found.count, abs(found.breaks[0] - 150) <= 3, found.double_max_pvalue < 0.01
    (1, True, True)
    """
    chosen = options or BreakOptions()
    series, columns, names, index = _read(y, x)
    return _analysed(series, columns, (names, index), chosen)


def product_breaks(
    x: object, margins: Margins = "garch", options: BreakOptions | None = None
) -> BaiPerron:
    """Find, test and date several breaks in the correlation of two series.

    Parameters
    ----------
    x
        Shape (T, 2), returns on one clock, array or frame; T >= 100 with GARCH margins.  No NaN,
        no constant column.
    margins
        "garch" standardises each series by a GARCH(1,1) of its own, so waves of volatility are not
        taken for correlation; "none" by its standard deviation.
    options
        As for :func:`bai_perron`.

    Returns
    -------
    BaiPerron
        The one coefficient, "correlation", is the mean product of the standardised series in each
        segment: their correlation where each keeps mean zero and variance one.

    Raises
    ------
    NotEstimable
        As :func:`bai_perron`, and ``option`` (margins) or ``collinear``.

    Notes
    -----
    Breaks in the mean of z_1t z_2t.  Where a segment's variance is not one (a level of volatility
    that the margins did not follow), the mean product moves without the correlation.

    References
    ----------
    Bai and Perron (1998), "Estimating and testing linear models with multiple structural changes".

    Examples
    --------
    >>> z = np.random.default_rng(3).standard_normal((600, 2))
    >>> z[300:, 1] = 0.8 * z[300:, 0] + 0.6 * z[300:, 1]
    >>> found = product_breaks(z, margins="none")
    >>> found.count, found.coef[:, 0].round(1).tolist()
    (1, [0.0, 0.8])
    """
    chosen = options or BreakOptions()
    values, index = standardised_pair(x, margins, 2)
    product = vector(values[:, 0] * values[:, 1])
    return _analysed(product, np.ones((len(product), 1)), (("correlation",), index), chosen)


def _read(y: object, x: object) -> tuple[Floats, Floats, tuple[str, ...], Labels]:
    target = table(y)
    if target.values.shape[1] != 1:
        raise NotEstimable("shape", got=target.values.shape, columns=1)
    series = vector(target.values[:, 0], least=2)
    columns = np.ones((len(series), 1))
    names: tuple[str, ...] = ("const",)
    if x is not None:
        given = table(x)
        values = matrix(given.values)
        if len(values) != len(series):
            raise NotEstimable("shape", got=values.shape, nobs=len(series))
        columns, names = np.hstack([columns, values]), (*names, *given.names)
    if columns.shape[1] > MOST_COEFFICIENTS:
        raise NotEstimable("shape", columns=columns.shape[1], most=MOST_COEFFICIENTS)
    return series, columns, names, target.index


@dataclass(frozen=True, kw_only=True, eq=False)
class _Scaled:
    """A regression in its own units and the way back: coefficients are ``back @ b + shift``."""

    y: Floats
    x: Floats
    back: Floats
    shift: Floats
    scale: float


def _scaled(y: Floats, x: Floats) -> _Scaled:
    level, width = float(y[0]), x.shape[1]
    away = y - level
    level += float(away.mean())
    away = away - away.mean()
    scale = math.sqrt(float(np.mean(away * away)))
    means = np.concatenate([[0.0], x[:, 1:].mean(axis=0)])
    sizes = np.concatenate([[1.0], x[:, 1:].std(axis=0)])
    columns = np.ascontiguousarray((x - means) / sizes)
    condition = spectrum_condition(columns.T @ columns / len(columns))
    if condition > _CONDITION:
        raise NotEstimable("collinear", condition=condition)
    back = np.diag(scale / sizes)
    back[0] -= means / sizes * scale
    shift = np.zeros(width)
    shift[0] = level
    return _Scaled(y=away / scale, x=columns, back=back, shift=shift, scale=scale)


def _analysed(
    y: Floats, x: Floats, labels: tuple[tuple[str, ...], Labels], chosen: BreakOptions
) -> BaiPerron:
    nobs, width = x.shape
    critical = _checked(chosen, nobs, width)
    most = most_breaks(chosen.trim)
    data = _scaled(y, x)
    least = math.ceil(chosen.trim * nobs)
    squares, places = partitions(data.y, data.x, least, most)
    fits = [fit_segments(data.y, data.x, breaks, chosen.lags) for breaks in places]
    asked = (width, chosen.trim)
    sup_f = np.array([f_statistic(fit, typical_f(*asked, m)) for m, fit in enumerate(fits)][1:])
    following = [_one_more(data, fit, chosen) for fit in fits[:-1]]
    next_p = [
        1.0 - (1.0 - sup_pvalue(value, *asked, 1)) ** (number + 1)
        for number, value in enumerate(following)
    ]
    bic, lwz = _criteria(squares * data.scale**2, nobs, width)
    count = _choice(next_p, bic, lwz, chosen)
    fit = fits[count]
    coef = fit.coef @ data.back.T + data.shift
    spread = np.einsum("ij,sjk,ik->si", data.back, fit.covariance, data.back)
    se = np.sqrt(spread)
    reach = _reach(fit, data.x, chosen.level)
    back = data.back / data.scale
    long_run = np.linalg.inv(back).T @ fit.long_run @ np.linalg.inv(back) * data.scale**2
    return BaiPerron(
        names=labels[0],
        count=count,
        breaks=places[count],
        labels=tuple(labels[1][row] for row in places[count]),
        date_low=np.maximum(np.array(places[count]) - reach, 0.0),
        date_high=np.minimum(np.array(places[count]) + reach, nobs - 1.0),
        coef=coef,
        se=se,
        low=coef - critical * se,
        high=coef + critical * se,
        sup_f=sup_f,
        pvalue=np.array([sup_pvalue(f, *asked, m) for m, f in enumerate(sup_f, start=1)]),
        double_max=float(sup_f.max()),
        double_max_pvalue=sup_pvalue(float(sup_f.max()), *asked, 0),
        next_f=np.array(following),
        next_pvalue=np.array(next_p),
        squares=squares * data.scale**2,
        bic=bic,
        lwz=lwz,
        by_breaks=tuple(places[1:]),
        long_run=long_run,
        level=chosen.level,
        nobs=nobs,
        options=chosen,
    )


def _checked(chosen: BreakOptions, nobs: int, width: int) -> float:
    """Refuse what cannot be done; the critical value of the intervals."""
    if chosen.trim not in TRIMS:
        raise NotEstimable("option", trim=chosen.trim)
    if chosen.choose not in {"sequential", "bic", "lwz"}:
        raise NotEstimable("option", choose=chosen.choose)
    if not 0.0 < chosen.alpha < 1.0:
        raise NotEstimable("option", alpha=chosen.alpha)
    largest = most_breaks(chosen.trim)
    most = largest if chosen.most is None else chosen.most
    if not 1 <= most <= largest:
        raise NotEstimable("option", most=most, largest=largest)
    if math.ceil(chosen.trim * nobs) < ROWS_A_COEFFICIENT * width:
        least = math.ceil(ROWS_A_COEFFICIENT * width / chosen.trim)
        raise NotEstimable("too_short", nobs=nobs, least=least)
    return critical_value(chosen.level)


def partitions(y: Floats, x: Floats, least: int, most: int) -> tuple[Floats, list[tuple[int, ...]]]:
    """Find the least sums of squares with 0 .. most breaks, and where the breaks are.

    Parameters
    ----------
    y
        Shape (T,), scaled.
    x
        Shape (T, q), scaled.
    least
        Fewest rows of a segment.
    most
        Most breaks.

    Returns
    -------
    tuple
        Sums of squares (most + 1,) and the places for each number of breaks.

    Raises
    ------
    NotEstimable
        ``collinear`` when the regressors of some segment are.
    """
    from comove.stats.breaks import _kernels

    nobs = len(y)
    squares = np.empty((most + 1, nobs + 1))
    last = np.zeros((most + 1, nobs + 1), dtype=np.int64)
    if _kernels.partition(y, x, least, squares, last) != _kernels.FINE:
        raise NotEstimable("collinear", rows=least)
    places = []
    for count in range(most + 1):
        found, end = [], nobs
        for segment in range(count, 0, -1):
            end = int(last[segment, end])
            found.append(end)
        places.append(tuple(reversed(found)))
    return squares[:, nobs].copy(), places


def _one_more(data: _Scaled, fit: SegmentFit, chosen: BreakOptions) -> float:
    """Largest robust F of one break inside a segment; NaN when none is long enough."""
    best = math.nan
    width = data.x.shape[1]
    for start, stop in pairwise(fit.edges):
        rows = slice(start, stop)
        least = math.ceil(chosen.trim * (stop - start))
        if least < ROWS_A_COEFFICIENT * width:
            continue
        _, places = partitions(data.y[rows], data.x[rows], least, 1)
        inner = fit_segments(data.y[rows], data.x[rows], places[1], chosen.lags)
        value = f_statistic(inner, typical_f(width, chosen.trim, 1))
        best = value if math.isnan(best) else max(best, value)
    return best


def _criteria(squares: Floats, nobs: int, width: int) -> tuple[Floats, Floats]:
    breaks = np.arange(len(squares))
    size = (breaks + 1.0) * width + breaks
    bic = np.log(squares / nobs) + size * math.log(nobs) / nobs
    lwz = np.log(squares / (nobs - size)) + 0.299 * size * math.log(nobs) ** 2.1 / nobs
    return bic, lwz


def _choice(next_p: list[float], bic: Floats, lwz: Floats, chosen: BreakOptions) -> int:
    most = most_breaks(chosen.trim) if chosen.most is None else chosen.most
    if chosen.choose == "bic":
        return int(bic[: most + 1].argmin())
    if chosen.choose == "lwz":
        return int(lwz[: most + 1].argmin())
    significant = [p < chosen.alpha for p in next_p[:most]]
    return significant.index(False) if False in significant else len(significant)


def _reach(fit: SegmentFit, x: Floats, level: float) -> Floats:
    """Rows to either side of each break."""
    square = x.T @ x / len(x)
    changes = np.diff(fit.coef, axis=0)
    signal = np.einsum("si,ij,sj->s", changes, square, changes)
    noise = np.einsum("si,ij,sj->s", changes, fit.long_run, changes)
    return np.asarray(np.floor(date_quantile(level) * noise / signal**2) + 1.0)
