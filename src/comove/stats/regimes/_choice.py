"""How many states a sample can carry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from comove.core.errors import NotEstimable
from comove.stats.regimes._design import design
from comove.stats.regimes._reading import read_regression
from comove.stats.regimes._switching import (
    MOST_STATES,
    MarkovSwitching,
    SwitchingOptions,
    markov_switching,
)
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StateChoice(Result):
    """Fits with one state, two, and so on.

    Attributes
    ----------
    states
        The number with the smallest BIC; 1 means that no switching is needed.
    tried
        Shape (n,), numbers of states.
    loglik, bic
        Shape (n,); NaN where a fit was not estimable.
    gap
        Shape (n,), log-likelihood between the two best optima; infinite where all searches agree,
        NaN for one state and where not estimable.
    nobs
        T.
    best
        The chosen fit; None when one state is enough.
    """

    states: int
    tried: Floats
    loglik: Floats
    bic: Floats
    gap: Floats
    nobs: int
    best: MarkovSwitching | None

    def to_frame(self) -> DataFrame:
        """Return one line for each number of states."""
        import pandas as pd

        columns = {"loglik": self.loglik, "bic": self.bic, "gap": self.gap}
        return pd.DataFrame(columns, index=pd.Index(self.tried.astype(int), name="states"))


def choose_states(
    y: object, x: object = None, most: int = 3, options: SwitchingOptions | None = None
) -> StateChoice:
    """Choose the number of states by BIC.

    Parameters
    ----------
    y, x
        As for :func:`markov_switching`.
    most
        Largest number tried, 2 to 6.
    options
        As for :func:`markov_switching`.

    Returns
    -------
    StateChoice
        The fits compared; ``best`` is the chosen one.

    Raises
    ------
    NotEstimable
        As :func:`markov_switching` does for two states.  A number of states that collapses, or
        needs more rows than there are beyond two, counts as not chosen.

    Notes
    -----
    BIC = n log T - 2 log L with n free parameters.  A likelihood ratio has no chi-squared law here
    (under fewer states some parameters do not exist), and BIC asks for much: on fat-tailed returns
    without regimes it still often takes two variances, because a mixture fits tails better than one
    normal does.  Two states are then a description, not two worlds.

    References
    ----------
    Schwarz (1978), "Estimating the dimension of a model".

    Examples
    --------
    >>> choose_states(np.random.default_rng(1).standard_normal(300)).states
    1
    """
    if not 2 <= most <= MOST_STATES:
        raise NotEstimable("states", states=most, least=2, most=MOST_STATES)
    chosen = options or SwitchingOptions()
    fits = [_attempted(y, x, states, chosen) for states in range(2, most + 1)]
    lone, size, nobs = _one_state(y, x, chosen)
    loglik = [lone] + [math.nan if fit is None else fit.loglik for fit in fits]
    bic = [size * math.log(nobs) - 2.0 * lone]
    bic += [math.nan if fit is None else fit.bic for fit in fits]
    gap = [math.nan] + [math.nan if fit is None else fit.gap for fit in fits]
    place = int(np.nanargmin(bic))
    return StateChoice(
        states=place + 1,
        tried=np.arange(1.0, most + 1.0),
        loglik=np.array(loglik),
        bic=np.array(bic),
        gap=np.array(gap),
        nobs=nobs,
        best=fits[place - 1] if place else None,
    )


def _attempted(
    y: object, x: object, states: int, chosen: SwitchingOptions
) -> MarkovSwitching | None:
    """Fit, or None where more states find nothing to hold on to."""
    try:
        return markov_switching(y, x, states, chosen)
    except NotEstimable as refusal:
        if refusal.reason == "collapsed" or (refusal.reason == "too_short" and states > 2):
            return None
        raise


def _one_state(y: object, x: object, chosen: SwitchingOptions) -> tuple[float, int, int]:
    """Log-likelihood, parameters and rows of the normal regression without states."""
    series, columns, names, _ = read_regression(y, x, intercept=chosen.intercept)
    model = design(series, columns, (True,) * len(names), 1, True)
    left = model.y - model.x @ np.linalg.lstsq(model.x, model.y, rcond=None)[0]
    nobs = len(left)
    variance = float(left @ left) / nobs * model.scale**2
    return -0.5 * nobs * (math.log(2.0 * math.pi * variance) + 1.0), len(names) + 1, nobs
