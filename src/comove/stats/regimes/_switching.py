"""Markov switching: a mean, a variance or a regression that jumps between a few states."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from comove.core.errors import NotEstimable
from comove.stats.frames import Labels
from comove.stats.regimes import _likelihood
from comove.stats.regimes._design import Design, design
from comove.stats.regimes._reading import read_regression
from comove.stats.regimes._search import search
from comove.stats.regression import critical_value
from comove.stats.result import Result
from comove.stats.sample import Floats

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_STATES = 6
"""Most states that are fitted."""

ROWS_A_PARAMETER = 5
"""Fewest rows for each free parameter."""


@dataclass(frozen=True, kw_only=True)
class SwitchingOptions:
    """What switches, and how errors are computed.

    Attributes
    ----------
    variance
        "switching" gives each state a variance of its own (returns), "common" one to all.
    common
        Names of columns whose coefficient does not switch; "const" is the intercept.
    intercept
        Put a constant before the columns of x.
    errors
        "hessian" trusts the model, "robust" survives a wrong distribution (sandwich).
    level
        Coverage of the intervals.
    """

    variance: Literal["switching", "common"] = "switching"
    common: tuple[str, ...] = ()
    intercept: bool = True
    errors: Literal["hessian", "robust"] = "hessian"
    level: float = 0.95


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MarkovSwitching(Result):
    """A fitted switching regression, states ordered from calm to wild.

    Attributes
    ----------
    names
        Of the coefficients, q of them; "const" is the intercept.
    index
        Row labels of y.
    states
        k.
    coef, coef_se
        Shape (k, q), units of y per unit of column.  State 0 has the smallest variance; with a
        common variance the smallest first coefficient.
    variance, variance_se
        Shape (k,), squared units of y.
    transition, transition_se
        Shape (k, k): line i holds the chances of moving from state i.  The error is NaN where a
        chance rests on zero: the likelihood has no curvature there.
    duration
        Shape (k,), expected rows of a spell: 1 / (1 - p_ii).
    shares
        Shape (k,), long-run shares of the states.
    filtered
        Shape (T, k), probabilities given rows up to t.  The parameters know the whole sample; for
        probabilities free of hindsight fit earlier rows and use :func:`regime_probabilities`.
    smoothed
        Shape (T, k), probabilities given all rows: history as seen from its end, never a signal.
    loglik, aic, bic
        Natural logarithm, constants included, first row at the long-run shares.
    tops
        Log-likelihoods of the distinct optima the search ended on, best first.
    starts, nobs, level
        Starts tried, T, coverage of the intervals of :meth:`to_frame`.
    options
        As asked.
    """

    names: tuple[str, ...]
    index: Labels
    states: int
    coef: Floats
    coef_se: Floats
    variance: Floats
    variance_se: Floats
    transition: Floats
    transition_se: Floats
    duration: Floats
    shares: Floats
    filtered: Floats
    smoothed: Floats
    loglik: float
    aic: float
    bic: float
    tops: tuple[float, ...]
    starts: int
    nobs: int
    level: float
    options: SwitchingOptions

    headline = ("gap",)

    @property
    def gap(self) -> float:
        """Log-likelihood by which the best optimum beats the next; infinite without another."""
        return self.tops[0] - self.tops[1] if len(self.tops) > 1 else math.inf

    @property
    def state(self) -> NDArray[np.int64]:
        """Most probable state of each row given rows up to it, (T,)."""
        return np.asarray(self.filtered.argmax(axis=1), dtype=np.int64)

    def to_frame(self) -> DataFrame:
        """Return one line a parameter: state, parameter, value, se, low, high.

        Intervals are normal for coefficients, for the logarithm of variances and for the log odds
        of chances, so they stay where the parameter can be.
        """
        import pandas as pd

        lines = [line for state in range(self.states) for line in self._lines(state)]
        return pd.DataFrame(lines, columns=["state", "parameter", "value", "se", "low", "high"])

    def _lines(self, state: int) -> Iterator[tuple[int, str, float, float, float, float]]:
        half = critical_value(self.level)
        for name, value, error in zip(
            self.names, self.coef[state].tolist(), self.coef_se[state].tolist(), strict=True
        ):
            yield state, name, value, error, value - half * error, value + half * error
        value, error = float(self.variance[state]), float(self.variance_se[state])
        times = math.exp(half * error / value)
        yield state, "variance", value, error, value / times, value * times
        for to in range(self.states):
            chance, error = float(self.transition[state, to]), float(self.transition_se[state, to])
            low, high = math.nan, math.nan
            if math.isfinite(error) and 0.0 < chance < 1.0:
                odds, reach = math.log(chance / (1.0 - chance)), error / (chance * (1.0 - chance))
                low, high = (1.0 / (1.0 + math.exp(-odds + s * half * reach)) for s in (1.0, -1.0))
            yield state, f"to {to}", chance, error, low, high

    def probabilities(self) -> DataFrame:
        """Return filtered and smoothed probabilities with the row labels of y."""
        import pandas as pd

        columns = {f"filtered {j}": self.filtered[:, j] for j in range(self.states)}
        columns |= {f"smoothed {j}": self.smoothed[:, j] for j in range(self.states)}
        return pd.DataFrame(columns, index=self.index)


def markov_switching(
    y: object, x: object = None, states: int = 2, options: SwitchingOptions | None = None
) -> MarkovSwitching:
    r"""Fit a mean, a variance or a regression that switches between hidden states.

    Parameters
    ----------
    y
        Shape (T,), array or frame of one column.  No NaN.
    x
        Shape (T, p), regressors (array or frame); a switching mean when None.
    states
        k, 2 to 6.  Let :func:`choose_states` choose by BIC: more states always fit better.
    options
        What switches and how errors are computed; mean and variance both switch when None.

    Returns
    -------
    MarkovSwitching
        Deterministic; states ordered by volatility, so labels do not switch between fits.

    Raises
    ------
    NotEstimable
        ``shape``, ``too_short`` (fewer than five rows a free parameter), ``not_finite``,
        ``constant``, ``collinear``, ``states``, ``option``, ``level``, or ``collapsed`` when every
        search ends in a state with almost no rows or no variance, where the likelihood has no
        maximum.

    Notes
    -----
    .. math::
        y_t = x_t' b_{s_t} + \sigma_{s_t} e_t,\quad P(s_t = j \mid s_{t-1} = i) = p_{ij},

    e standard normal, the first state drawn from the long-run shares of P.  The likelihood has many
    tops.  The sample is cut into states in some twenty fixed ways (by size, level, slope and
    time); each cut is climbed a few passes by expectation-maximisation, the six best further, and
    the three best that differ go to the top of the exact likelihood, by its exact slope.  ``tops``
    and ``gap`` say what was left behind: a gap near zero means that two different stories fit
    alike.  The filter scales every row by its largest density and works in logarithms where that
    underflows, so an outlier of any size is a number, not a NaN.  A top where a state keeps almost
    no rows or almost no variance is discarded.

    Errors come from the curvature (or the sandwich) of the log-likelihood; the distribution of the
    estimates is far from normal where states are hardly distinct, and a likelihood ratio of k
    against k - 1 states has no chi-squared law.

    References
    ----------
    Hamilton (1989), "A new approach to the economic analysis of nonstationary time series and the
    business cycle"; Kim (1994), "Dynamic linear models with Markov-switching"; Hamilton (1990),
    "Analysis of time series subject to changes in regime".

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> wild = (np.arange(600) // 100) % 2 == 1
    >>> fit = markov_switching(np.where(wild, 3.0, 1.0) * rng.standard_normal(600))
    >>> np.sqrt(fit.variance).round(1).tolist(), bool((fit.state == wild).mean() > 0.9)
    ([1.1, 2.8], True)
    """
    chosen = options or SwitchingOptions()
    model, names, index = _prepared(y, x, states, chosen)
    found = search(model)
    passes = found.passes
    count = model.size + model.variances + states * (states - 1)
    nobs = len(model.y)
    loglik = passes.loglik - nobs * math.log(model.scale)
    variance = passes.params.variance * model.scale**2
    coef = passes.params.coef[model.places] @ model.back.T + model.shift
    errors = _errors(passes, model, chosen.errors == "robust")
    order = np.lexsort((coef[:, 0], variance)) if coef.size else np.argsort(variance)
    transition = passes.params.transition[np.ix_(order, order)]
    with np.errstate(divide="ignore"):
        duration = 1.0 / (1.0 - np.diag(transition))
    return MarkovSwitching(
        names=names,
        index=index,
        states=states,
        coef=coef[order],
        coef_se=errors.coef[order],
        variance=variance[order],
        variance_se=errors.variance[order],
        transition=transition,
        transition_se=errors.transition[np.ix_(order, order)],
        duration=duration,
        shares=passes.initial[order],
        filtered=passes.filtered[:, order],
        smoothed=passes.backward[0][:, order],
        loglik=loglik,
        aic=2.0 * count - 2.0 * loglik,
        bic=math.log(nobs) * count - 2.0 * loglik,
        tops=tuple(top - nobs * math.log(model.scale) for top in found.tops),
        starts=found.starts,
        nobs=nobs,
        level=chosen.level,
        options=chosen,
    )


def _prepared(
    y: object, x: object, states: int, chosen: SwitchingOptions
) -> tuple[Design, tuple[str, ...], Labels]:
    """Check what came in and standardise it."""
    critical_value(chosen.level)
    if chosen.variance not in {"switching", "common"}:
        raise NotEstimable("option", variance=chosen.variance)
    if chosen.errors not in {"hessian", "robust"}:
        raise NotEstimable("option", errors=chosen.errors)
    if not 2 <= states <= MOST_STATES:
        raise NotEstimable("states", states=states, least=2, most=MOST_STATES)
    series, columns, names, index = read_regression(y, x, intercept=chosen.intercept)
    if not set(chosen.common) <= set(names):
        raise NotEstimable("option", common=", ".join(chosen.common))
    switches = tuple(name not in chosen.common for name in names)
    if not any(switches) and chosen.variance == "common":
        raise NotEstimable("option", common=", ".join(chosen.common), variance="common")
    free = sum(states if switch else 1 for switch in switches) + states * (states - 1)
    free += states if chosen.variance == "switching" else 1
    if len(series) < ROWS_A_PARAMETER * free:
        raise NotEstimable("too_short", nobs=len(series), least=ROWS_A_PARAMETER * free)
    model = design(series, columns, switches, states, chosen.variance == "common")
    return model, names, index


@dataclass(frozen=True, kw_only=True, eq=False)
class _Errors:
    """Standard errors in the caller's units: (k, q), (k,), (k, k)."""

    coef: Floats
    variance: Floats
    transition: Floats


def _errors(passes: _likelihood.Passes, model: Design, robust: bool) -> _Errors:
    kept = np.flatnonzero(_likelihood.free(passes, model))
    full = np.full((len(_likelihood.pack(passes.params, model)),) * 2, math.nan)
    full[np.ix_(kept, kept)] = _covariance(passes, model, robust)
    coef = np.empty(model.places.shape)
    for state, places in enumerate(model.places):
        turned = model.back @ full[np.ix_(places, places)] @ model.back.T
        coef[state] = np.sqrt(np.diag(turned))
    first = model.size + model.variances
    spread = np.sqrt(np.diag(full)[model.size : first]) * model.scale**2
    return _Errors(
        coef=coef,
        variance=spread * passes.params.variance,
        transition=_transition_errors(passes.params.transition, full[first:, first:]),
    )


def _covariance(passes: _likelihood.Passes, model: Design, robust: bool) -> Floats:
    """Covariance of the free entries of the unbounded vector; NaN without a proper peak."""
    curvature = _likelihood.curvature(passes, model)
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        return np.full_like(curvature, math.nan)
    inverse = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
    if not robust:
        return inverse
    scores = _likelihood.scores(passes, model)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse)


def _transition_errors(transition: Floats, odds: Floats) -> Floats:
    """Errors of chances from the covariance of the log odds, NaN where a chance rests on zero."""
    states = len(transition)
    out = np.full((states, states), math.nan)
    for i in range(states):
        others = np.delete(np.arange(states), i)
        block = odds[i * (states - 1) : (i + 1) * (states - 1)]
        block = block[:, i * (states - 1) : (i + 1) * (states - 1)]
        inner = np.isfinite(np.diag(block))
        moved = others[inner]
        jacobian = -np.outer(transition[i], transition[i, moved])
        jacobian[moved, np.arange(len(moved))] += transition[i, moved]
        spread = jacobian @ block[np.ix_(inner, inner)] @ jacobian.T
        out[i] = np.sqrt(np.maximum(np.diag(spread), 0.0))
        out[i, others[~inner]] = math.nan
        if not inner.any() or transition[i, i] <= _likelihood.BOUNDARY:
            out[i, i] = math.nan
    return out
