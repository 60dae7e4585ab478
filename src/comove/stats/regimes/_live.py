"""Regime probabilities without hindsight: parameters of earlier rows, new rows one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels
from comove.stats.regimes._reading import read_regression
from comove.stats.regimes._switching import MarkovSwitching
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RegimeProbabilities(Result):
    """Probabilities of the states, each row from rows up to it.

    Attributes
    ----------
    index
        Row labels of y.
    predicted
        Shape (T, k), given rows before t.
    filtered
        Shape (T, k), given rows up to t.
    loglik
        Predictive log-likelihood of these rows.
    nobs
        T.
    """

    index: Labels
    predicted: Floats
    filtered: Floats
    loglik: float
    nobs: int

    def to_frame(self) -> DataFrame:
        """Return filtered probabilities with the row labels of y, one column a state."""
        import pandas as pd

        return pd.DataFrame(self.filtered, index=self.index)


def regime_probabilities(
    fit: MarkovSwitching, y: object, x: object = None, *, follows: bool = False
) -> RegimeProbabilities:
    """Filter rows through a model fitted earlier, its parameters frozen.

    Parameters
    ----------
    fit
        Fitted on earlier rows.
    y
        Shape (T,), T >= 1, array or frame.  No NaN.
    x
        Shape (T, p), the regressors of the fit in their order; None when it had none.
    follows
        The rows come right after those of the fit: begin from its last probabilities instead of
        the long-run shares.

    Returns
    -------
    RegimeProbabilities
        Row t uses rows up to t and nothing later.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` or ``not_finite``.

    Notes
    -----
    P(s_t | y_1..t) is proportional to f(y_t | s_t) sum_i P(s_{t-1} = i | y_1..t-1) p_ij.

    References
    ----------
    Hamilton (1989), "A new approach to the economic analysis of nonstationary time series and the
    business cycle".

    Examples
    --------
    >>> from comove.stats.regimes import markov_switching
    >>> rng = np.random.default_rng(0)
    >>> y = np.where((np.arange(700) // 100) % 2 == 1, 3.0, 1.0) * rng.standard_normal(700)
    >>> fit = markov_switching(y[:600])
    >>> bool(regime_probabilities(fit, y[600:], follows=True).filtered[20:, 0].mean() > 0.9)
    True
    """
    from comove.stats.regimes import _kernels

    series, columns, names, index = read_regression(
        y, x, intercept=fit.options.intercept, varies=False
    )
    if len(names) != len(fit.names):
        raise NotEstimable("shape", got=columns.shape, columns=len(fit.names))
    begin = fit.filtered[-1] @ fit.transition if follows else fit.shares
    nobs, states = len(series), fit.states
    density, filtered, gains = np.empty((nobs, states)), np.empty((nobs, states)), np.empty(nobs)
    places = np.arange(states * len(names)).reshape(states, len(names))
    data = (series, columns, places)
    _kernels.densities(data, fit.coef.ravel().copy(), fit.variance.copy(), density)
    transition = np.ascontiguousarray(fit.transition)
    loglik = _kernels.run_filter(density, transition, np.ascontiguousarray(begin), filtered, gains)
    predicted = np.vstack([begin, filtered[:-1] @ fit.transition])
    return RegimeProbabilities(
        index=index, predicted=predicted, filtered=filtered, loglik=loglik, nobs=nobs
    )
