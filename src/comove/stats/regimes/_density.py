"""Crowding: the share of pairs that correlate strongly, and a switch that does not flap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels, table
from comove.stats.regimes._windows import trailing_covariances
from comove.stats.result import Result
from comove.stats.sample import Floats, matrix

if TYPE_CHECKING:
    from pandas import DataFrame

Flags = NDArray[np.bool_]


def hysteresis(x: ArrayLike, enter: float = 0.65, leave: float = 0.45) -> Flags:
    """Turn a path into a state that is entered above one threshold and left below another.

    Parameters
    ----------
    x
        Shape (T,).  A NaN leaves the state as it was.
    enter, leave
        The state begins when x reaches ``enter`` and ends when it falls below ``leave``;
        leave <= enter.

    Returns
    -------
    ndarray of bool
        Shape (T,), read-only; off before the first value.

    Raises
    ------
    NotEstimable
        ``shape``, or ``option`` when a threshold is not finite or ``leave`` is above ``enter``.

    Notes
    -----
    s_t = 1 if x_t >= enter; 0 if x_t < leave; else s_{t-1}.  With one threshold a path that wanders
    around it switches daily; the gap asks for evidence of the return.

    Examples
    --------
    >>> hysteresis([0.5, 0.7, 0.5, 0.44, 0.5]).tolist()
    [False, True, True, False, False]
    """
    path = np.asarray(x, dtype=np.float64)
    if path.ndim != 1:
        raise NotEstimable("shape", ndim=path.ndim, expected=1)
    if not (math.isfinite(enter) and math.isfinite(leave) and leave <= enter):
        raise NotEstimable("option", enter=enter, leave=leave)
    # what decides is the latest row that said something; before the first one the state is off
    says = np.where(path >= enter, 1, np.where(path < leave, 0, -1))
    rows = np.where(says >= 0, np.arange(len(path)), -1)
    latest = np.maximum.accumulate(rows) if len(rows) else rows
    state = np.asarray(np.where(latest >= 0, says[latest] == 1, False))
    state.setflags(write=False)
    return state


@dataclass(frozen=True, kw_only=True)
class DensityOptions:
    """How crowding is measured and when it counts.

    Attributes
    ----------
    window
        Rows of each correlation.
    threshold
        Absolute correlation from which a pair counts as joined.
    smoothing
        Rows of the trailing mean that the switch sees.
    enter, leave
        Share of joined pairs at which the state begins, and below which it ends.
    """

    window: int = 63
    threshold: float = 0.5
    smoothing: int = 5
    enter: float = 0.65
    leave: float = 0.45


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EdgeDensity(Result):
    """The share of strongly correlated pairs over time.

    Attributes
    ----------
    names, index
        Of the columns and rows of x.
    density
        Shape (T,), share of pairs at or beyond the threshold; NaN before the first full window.
    smoothed
        Shape (T,), trailing mean of the density.
    mean_correlation
        Shape (T,), mean over pairs, signs kept.
    state
        Shape (T,), whether the crowd is on.
    spells
        Number of spells in the state.
    options, nobs
        As asked; T.
    """

    names: tuple[str, ...]
    index: Labels
    density: Floats
    smoothed: Floats
    mean_correlation: Floats
    state: Flags
    spells: int
    options: DensityOptions
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return one line a row: density, smoothed, mean_correlation, state."""
        import pandas as pd

        columns = ("density", "smoothed", "mean_correlation", "state")
        return pd.DataFrame({name: getattr(self, name) for name in columns}, index=self.index)


def edge_density(x: object, options: DensityOptions | None = None) -> EdgeDensity:
    """Follow the share of pairs whose trailing correlation is strong.

    Parameters
    ----------
    x
        Shape (T, k), k >= 2, T >= window: returns, array or frame.  No NaN, no constant column.
    options
        Window, thresholds, smoothing; 63 rows, half, 5 rows, in at 0.65 and out at 0.45 when None.

    Returns
    -------
    EdgeDensity
        Row t uses rows up to t and nothing later.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short``, ``not_finite``, ``constant`` or ``option``.

    Notes
    -----
    A pair with a column that is constant inside the window has no correlation and is left out of
    that day's share.  The trailing mean waits for ``smoothing`` values.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> returns = rng.standard_normal((400, 6))
    >>> returns[200:] += 2.0 * rng.standard_normal((200, 1))
    >>> found = edge_density(returns)
    >>> bool(found.state[199]), bool(found.state[-1]), found.spells
    (False, True, 1)
    """
    chosen = options or DensityOptions()
    _refuse(chosen)
    given = table(x)
    values = matrix(given.values, least=chosen.window)
    nobs, width = values.shape
    if width < 2:
        raise NotEstimable("shape", columns=width, least=2)
    density, mean = np.full(nobs, math.nan), np.full(nobs, math.nan)
    upper = np.triu_indices(width, 1)
    for rows, _, covariance in trailing_covariances(values, chosen.window):
        variance = np.einsum("nii->ni", covariance)
        both = (variance[:, :, None] * variance[:, None, :])[:, upper[0], upper[1]]
        known = both > 0.0
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = covariance[:, upper[0], upper[1]] / np.sqrt(both)
            strong = (np.abs(correlation) >= chosen.threshold - 1e-12) & known
            ends = slice(rows.start + chosen.window - 1, rows.stop + chosen.window - 1)
            count = known.sum(axis=1)
            density[ends] = strong.sum(axis=1) / count
            mean[ends] = np.where(known, correlation, 0.0).sum(axis=1) / count
    smoothed = _trailing_mean(density, chosen.smoothing)
    state = hysteresis(smoothed, chosen.enter, chosen.leave)
    return EdgeDensity(
        names=given.names,
        index=given.index,
        density=density,
        smoothed=smoothed,
        mean_correlation=mean,
        state=state,
        spells=int(state[0]) + int((state[1:] & ~state[:-1]).sum()),
        options=chosen,
        nobs=nobs,
    )


def _refuse(chosen: DensityOptions) -> None:
    if chosen.window < 3:
        raise NotEstimable("option", window=chosen.window, least=3)
    if not 0.0 < chosen.threshold <= 1.0:
        raise NotEstimable("option", threshold=chosen.threshold)
    if chosen.smoothing < 1:
        raise NotEstimable("option", smoothing=chosen.smoothing, least=1)


def _trailing_mean(path: Floats, span: int) -> Floats:
    out = np.full(len(path), math.nan)
    if len(path) >= span:
        windows = np.lib.stride_tricks.sliding_window_view(path, span)
        out[span - 1 :] = windows.mean(axis=1)
    return out
