"""Connectedness window by window."""

from __future__ import annotations

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.connectedness._fevd import Decomposition, Method
from comove.stats.connectedness._results import ConnectednessPath
from comove.stats.connectedness._var import least_rows
from comove.stats.frames import table
from comove.stats.sample import Floats, matrix


def rolling(
    x: object,
    lags: int,
    horizon: int,
    window: int,
    method: Method = "generalized",
    normalize: bool = True,
) -> ConnectednessPath:
    """Measure connectedness over every window of a fixed number of rows.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2: an array or a data frame.  No NaN.
    lags, horizon
        Lags p and horizon H, see :func:`static`.
    window
        Rows of x in a window, lag rows included, so that w - p rows are regressed.  200 or 250 are
        customary for daily data.  (The ``window.size`` of the R package ConnectednessApproach is
        this number plus p.)
    method, normalize
        See :func:`static`.

    Returns
    -------
    ConnectednessPath
        One line per window, T - w + 1 in all, labelled by the last row of the window.  Windows with
        a root outside the unit circle are NaN and counted in ``explosive``; windows in which a
        column does not vary or is explained by the others are NaN and counted in ``singular``.

    Raises
    ------
    NotEstimable
        ``shape``, ``lags``, ``horizon``, ``method``, ``too_short`` (a window with fewer than
        p + k p + 1 + k rows, or a sample shorter than it), ``not_finite``, ``constant``, or
        ``explosive`` / ``collinear`` when no window can be estimated.

    Notes
    -----
    The products of a window are the sum of one sum over the end of a block and one over the
    beginning of the next: nothing is subtracted, so a spike leaves no trace once it has left.
    Compiled on the first call and kept.

    Neighbouring windows share all rows but one: the path is smooth by construction, and a jump
    is as often a row that left as one that came.  Short windows with many lags find spillover in
    noise (four unrelated series, 200 rows, 4 lags: 7.7 percent on average), see
    :func:`null_band`.

    References
    ----------
    Diebold, F. X. and Yilmaz, K. (2012). Better to give than to receive: predictive directional
    measurement of volatility spillovers. International Journal of Forecasting 28, 57-66.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal((300, 3))
    >>> path = rolling(x, lags=1, horizon=10, window=250)
    >>> path.total.shape, path.dates[[0, -1]].tolist(), path.explosive
    ((51,), [249, 299], 0)
    """
    how = Decomposition(horizon=horizon, method=method, normalize=normalize)
    given = table(x)
    least = least_rows(given.values.shape[1], lags)
    if window < least:
        raise NotEstimable("too_short", nobs=window, least=least)
    values = matrix(given.values, least=window)
    tables, explosive, singular = windows(values, lags, window, how)
    if explosive + singular == tables.shape[0]:
        raise NotEstimable("explosive" if explosive else "collinear", windows=tables.shape[0])
    return ConnectednessPath(
        names=given.names,
        dates=given.index[window - 1 :],
        table=tables,
        method=method,
        lags=lags,
        horizon=horizon,
        nobs=values.shape[0],
        window=window,
        explosive=explosive,
        singular=singular,
    )


def windows(values: Floats, lags: int, window: int, how: Decomposition) -> tuple[Floats, int, int]:
    """Decompose all windows of checked values.

    Parameters
    ----------
    values
        Shape (T, k), finite, T >= window.
    lags, window
        Lags p and rows of a window, lag rows included.
    how
        Horizon, method and normalisation.

    Returns
    -------
    tables : Floats
        Shape (T - window + 1, k, k); NaN where skipped.
    explosive, singular : int
        How many were skipped, and why.
    """
    from comove.stats.connectedness._kernels import EXPLOSIVE, SINGULAR, slide

    units = (values - values.mean(axis=0)) / values.std(axis=0)
    nobs, width = units.shape
    rows, lines = window - lags, nobs - window + 1
    tables = np.empty((lines, width, width))
    codes = np.empty(lines, dtype=np.int8)
    options = (how.horizon, how.method == "generalized", how.normalize)
    for first in range(0, lines, rows):
        last = min(first + rows, lines)
        reach = units[first : last + window - 1]
        centred = reach - np.median(reach, axis=0)
        slide(centred, (lags, rows), options, tables[first:last], codes[first:last])
    return tables, int((codes == EXPLOSIVE).sum()), int((codes == SINGULAR).sum())
